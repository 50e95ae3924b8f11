#pragma once
/// Where frames come from: a WebSocket stream, a replayed session. One source is one lane with its own connection
/// state.
///
/// Thread: a source lives on the stream thread; it is made, started and destroyed there. It calls the intake
/// directly: no queued signal per frame, so that a slow pipeline slows the socket (TCP back-pressure) instead of
/// filling memory.
#include "core/base/error.h"
#include "core/frame/auditevent.h"
#include "core/frame/rawframe.h"

#include <QMetaType>
#include <QObject>
#include <chrono>
#include <optional>

namespace framescope {

enum class SourcePhase
{
    Idle,
    SigningIn,
    Connecting,
    Connected,
    Waiting,
    Suspended,
    Stopped,
    Failed
};
[[nodiscard]] QLatin1String sourcePhaseName(SourcePhase phase); // "connected"

/// What a person wants to know about a lane. Sent whole whenever any of it changes.
struct SourceState
{
    SourcePhase phase = SourcePhase::Idle;
    quint16 attempt = 0;
    qint64 nextAttemptMonoNs = 0;    ///< Waiting, Suspended: when the next attempt starts
    qint64 connectedSinceMonoNs = 0; ///< Connected
    qint64 tokenExpiresWallNs = 0;   ///< 0 when no token is held
    qint64 roundTripNs = -1;         ///< of the last ping; -1 unknown
    quint64 reconnects = 0;          ///< connections made after the first
    int closeCode = 0;               ///< of the last close, RFC 6455 section 7.4; 0 when none yet
    QString endpoint;                ///< scheme, host, port and path; never a query
    std::optional<Error> error;      ///< why it waits or failed
};

/// What a source delivers to. Implemented by the receiver.
class FrameIntake
{
public:
    FrameIntake() = default;
    FrameIntake(const FrameIntake&) = delete;
    FrameIntake& operator=(const FrameIntake&) = delete;
    virtual ~FrameIntake() = default;

    /// One whole message. The views in @p frame are read before the call returns.
    virtual void receive(const RawFrame& frame) = 0;
    /// A life-cycle event, in order with the frames.
    virtual void record(AuditEvent event) = 0;
    /// The service's list of topics with their schemas, as it was received. @p origin is "live" or "cached". True:
    /// later frames are judged by it; false: it cannot be used (the log says why), those before it go on judging.
    /// Sources without topics never call it.
    [[nodiscard]] virtual bool publishTopics(const QByteArray& availableTopicsJson, const QString& origin);
};

class FrameSource : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    virtual void start(FrameIntake* intake) = 0;
    /// Ends the stream for good: close frame if connected, no reconnect. finished() follows, within a second.
    virtual void stop() = 0;
    /// Skips the wait before the next attempt; nothing when connected.
    virtual void reconnectNow() = 0;
    /// The circuit breaker's hand on the stream: closes it and keeps it closed for @p coolDown, then connects once.
    virtual void suspend(std::chrono::milliseconds coolDown) = 0;

Q_SIGNALS:
    void stateChanged(const framescope::SourceState& state);
    /// The source will deliver no more. @p error is set when it gave up, not when it was stopped.
    void finished(const std::optional<framescope::Error>& error);
};

} // namespace framescope

Q_DECLARE_METATYPE(framescope::SourceState)
