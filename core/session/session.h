#pragma once
/// One session: builds the pipeline and its threads, starts it, reports on it, stops it in order (transport, drain
/// pipeline, drain storage, join). The only door between core and the window or the command line: data comes out by
/// feed, snapshots and readers, commands go in here.
///
/// Thread: the caller's (gui or main); every signal is emitted there. Nothing here waits, except the destructor, which
/// stops a session that still runs (at most 2 s).
#include "core/frame/framesource.h"
#include "core/genesys/notificationstate.h"
#include "core/metrics/metricssnapshot.h"
#include "core/session/sessionconfig.h"
#include "core/store/sessionwriter.h"

#include <QObject>
#include <functional>
#include <memory>

namespace framescope {

class FrameFeed;
class FrameSink;
class Router;

struct SessionSummary
{
    MetricsSnapshotPtr metrics;
    WriterStatus storage;
    SourceState source;
    std::size_t streamQueueHighWater = 0; ///< bytes that waited to be judged
    quint64 listenerDrops = 0;
    RedactionCounts redaction; ///< of PayloadPolicy::Redacted
    QString sessionPath;
    double seconds = 0;
    std::optional<Error> error; ///< why it ended by itself; none when it was asked to, or the stream ended normally
    std::vector<AuditEvent> unrecorded; ///< given to recordEvent() when the file was being closed: it lacks them
};

/// What the breaker does, for the status bar.
struct BreakerStatus
{
    BreakerState state = BreakerState::Closed;
    quint64 meanBytes = 0;
    qint64 probeAtMonoNs = 0; ///< Open: when the probe comes
};

class Session : public QObject
{
    Q_OBJECT

public:
    explicit Session(SessionConfig config, QObject* parent = nullptr);
    ~Session() override;

    /// Opens the session file, loads the matrix, starts the threads. Errors: those of the matrix and the session file.
    [[nodiscard]] Expected<void> start();
    /// Asynchronous: stopped() follows.
    void stop();
    void reconnectNow();
    /// Of a replay; nothing where there is none. 0.1 to 100 times the original's speed, 0: as fast as possible.
    void setReplaySpeed(double speed);
    void setReplayPaused(bool paused);
    /// In a pause: the next frame.
    void stepReplay();
    /// An event of the window's or the user's own (an export, a setting): into the audit log, in order. What comes too
    /// late is handed back by stopped(), for recordInFinished().
    void recordEvent(const AuditEvent& event);
    /// The same for a session that has ended or was opened from a file. In the background; @p reply comes on the
    /// application thread while @p context lives, with the sequence number that the event got. Errors: those of
    /// appendEventToFinishedSession().
    static void recordInFinished(const QString& path, const AuditEvent& event, QObject* context,
                                 std::function<void(Expected<quint64>)> reply);
    /// Several at once, all or none; the reply is the number of the first.
    static void recordInFinished(const QString& path, const std::vector<AuditEvent>& events, QObject* context,
                                 std::function<void(Expected<quint64>)> reply);
    /// Whether recordInFinished() can be done there, and if not why, without touching the file; as above.
    static void checkFinished(const QString& path, QObject* context, std::function<void(Expected<void>)> reply);
    /// A further listener, called on the pipeline thread. Before start() only; must outlive the session.
    void addSink(FrameSink* sink);

    [[nodiscard]] FrameFeed* feed() const;
    /// For subscribers by signal and slot (Router::batchRouted); null before start() and after stopped().
    [[nodiscard]] Router* router() const;
    [[nodiscard]] QString sessionPath() const;
    [[nodiscard]] const SessionConfig& config() const;
    [[nodiscard]] bool isRunning() const;
    [[nodiscard]] SourceState sourceState() const;
    [[nodiscard]] WriterStatus storageStatus() const;

Q_SIGNALS:
    void sourceStateChanged(const framescope::SourceState& state);
    /// Channels, topics, gaps and budgets; sessions of notifications only, at most twice a second.
    void notificationStateChanged(const framescope::NotificationStatePtr& state);
    /// At most 5 times a second while the session runs.
    void metricsUpdated(const framescope::MetricsSnapshotPtr& metrics);
    void breakerChanged(const framescope::BreakerStatus& status);
    /// Sessions that replay another: at most 5 times a second, and at each change of the pace.
    void replayStateChanged(const framescope::ReplayState& state);
    void storageFailed(const framescope::Error& error);
    void stopped(const framescope::SessionSummary& summary);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace framescope

Q_DECLARE_METATYPE(framescope::Error)
Q_DECLARE_METATYPE(framescope::SessionSummary)
Q_DECLARE_METATYPE(framescope::BreakerStatus)
