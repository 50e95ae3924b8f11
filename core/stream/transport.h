#pragma once
/// One connection attempt of a WebSocket stream (RFC 6455): opened once, used once.
///
/// The interface promises what every implementation can keep. It speaks of whole messages, not of frames, pings or raw
/// UTF-8, because QWebSocket hides those; another implementation may know more, and nothing here stands in its way.
/// Thread: the stream's; all calls of the listener come from its event loop, none from inside open().
/// Back-pressure: a message is handed over inside the call that read it from the socket; while the listener works,
/// nothing more is read, the kernel's buffer fills and TCP slows the sender. Nothing is queued. Owner: the source makes
/// a transport for each attempt and parts from it with close() or abort(), after which it hears no more of it and the
/// transport deletes itself.
#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/frame/rawframe.h"
#include "core/stream/directstreamconfig.h"

#include <QObject>

namespace framescope {

struct TransportRequest
{
    QUrl url;
    std::vector<HeaderField> headers;
    QString caFile;
    TransportLimits limits;
};

/// How a connection ended that had been open.
struct TransportClose
{
    int code = 1006;       ///< RFC 6455 section 7.4; 1006 when there was no close frame
    bool codeExact = true; ///< false: 1012, 1013 or 1014, QWebSocket hides which (it refuses all three)
    bool clean = false;    ///< the peer's close frame was received and well formed
    QString reason;        ///< the peer's words: foreign text
};

/// A guard of ours that ended the connection.
enum class TransportGuard
{
    Stall,      ///< a message began and does not move
    PongMissed, ///< a ping went unanswered, and nothing else came either
    Limit       ///< frame, message, fragments or write buffer over its limit
};

/// Why a connection never opened.
struct TransportFailure
{
    Error error;
    int httpStatus = 0; ///< of the handshake's answer; 0 when there was none
};

/// Exactly one of transportClosed, transportTripped and transportFailed is the last call.
class TransportListener
{
public:
    TransportListener() = default;
    TransportListener(const TransportListener&) = delete;
    TransportListener& operator=(const TransportListener&) = delete;
    virtual ~TransportListener() = default;

    virtual void transportConnected() = 0;
    /// @p arrival is taken before anything else looks at the message.
    virtual void transportText(const QString& message, const Instant& arrival) = 0;
    virtual void transportBinary(const QByteArray& message, const Instant& arrival) = 0;
    virtual void transportPong(std::chrono::nanoseconds roundTrip) = 0;
    virtual void transportClosed(const TransportClose& close) = 0;
    virtual void transportTripped(TransportGuard guard, const QString& what) = 0;
    virtual void transportFailed(const TransportFailure& failure) = 0;
};

class Transport : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Once. A request that our policy refuses fails (later) before a byte is sent.
    virtual void open(const TransportRequest& request) = 0;
    /// Nothing where the connection is not open. For a few small messages: nothing holds back a sender.
    virtual void sendText(const QString& message) = 0;
    /// Sends a close frame where the connection is open, and is gone within half a second. No call follows.
    virtual void close(int code) = 0;
    /// Gone at once, without a close frame. No call follows.
    virtual void abort() = 0;
};

/// A message of the transport as the frame that a source delivers: a view, as short-lived as the message.
[[nodiscard]] RawFrame textFrame(const QString& message, const Instant& arrival, quint16 attempt);
[[nodiscard]] RawFrame binaryFrame(const QByteArray& message, const Instant& arrival, quint16 attempt);

/// Whether these headers may go into a handshake: RFC 9110 section 5.5, no control characters (CWE-93), none of those
/// that the handshake itself writes. Errors: Refused, with the header's name, never its value.
[[nodiscard]] Expected<void> checkedHeaders(const std::vector<HeaderField>& headers);

} // namespace framescope
