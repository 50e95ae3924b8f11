#pragma once
/// One WebSocket on one notification channel, from its opening to its end, with the watch over its heartbeat.
///
/// The channel id in the URL is the credential: no Authorization header is sent. Every 14 s (and once at the start) it
/// sends {"message":"ping"}; the pong's arrival is the round trip. Nothing at all for 31 s is late, for 35 s the end of
/// the connection: the service sends a heartbeat about every 30 s. Outgoing pings are not frames of the session.
/// Thread: the stream's. Owner: the lane; it parts with leave(), after which it hears no more of it and the socket
/// deletes itself.
#include "core/genesys/channelcalls.h"
#include "core/genesys/notificationscan.h"
#include "core/genesys/notificationstate.h"
#include "core/stream/handshakefailure.h"
#include "core/stream/transport.h"

#include <QTimer>

namespace framescope {

/// How a socket ended, in the words of a lane.
struct SocketEnd
{
    Error error;
    QByteArray cause; ///< of the gap: "closed 1006", "heartbeat-lost", ...
    RetryPace pace = RetryPace::Normal;
    AfterFailure after = AfterFailure::Retry; ///< where it never opened
    int httpStatus = 0;                       ///< of a handshake that was answered otherwise than with 101
    bool refused = false;                     ///< ... in a way that says: this channel is gone
    int closeCode = 0;
    bool wasOpen = false;
};

class ChannelSocket;

class ChannelSocketOwner
{
public:
    ChannelSocketOwner() = default;
    ChannelSocketOwner(const ChannelSocketOwner&) = delete;
    ChannelSocketOwner& operator=(const ChannelSocketOwner&) = delete;
    virtual ~ChannelSocketOwner() = default;

    virtual void socketOpened(ChannelSocket* socket) = 0;
    /// Each message, before what it says is looked at.
    virtual void socketReceived(ChannelSocket* socket, RawFrame frame) = 0;
    virtual void socketTold(ChannelSocket* socket, const ScannedNotification& told, const Instant& arrival) = 0;
    virtual void socketRecords(ChannelSocket* socket, AuditEvent event) = 0;
    virtual void socketHealthChanged(ChannelSocket* socket) = 0;
    /// The last call.
    virtual void socketEnded(ChannelSocket* socket, const SocketEnd& end) = 0;
};

struct ChannelSocketOptions
{
    NotificationTimers timers;
    TransportLimits limits;
    QString caFile;
    quint16 attempt = 0;
};

class ChannelSocket : public QObject, private TransportListener
{
    Q_OBJECT

public:
    ChannelSocket(ChannelSocketOwner* owner, Channel channel, ChannelSocketOptions options, QObject* parent);
    ~ChannelSocket() override;

    void open();
    /// Close frame where it is open; no call follows. It says so in the log: {"by":"us"}.
    void leave();

    [[nodiscard]] bool isOpen() const { return m_connectedSinceNs != 0; }
    [[nodiscard]] quint16 attempt() const { return m_options.attempt; }
    [[nodiscard]] const QString& endpoint() const { return m_channel.endpoint; }
    [[nodiscard]] qint64 connectedSinceMonoNs() const { return m_connectedSinceNs; }
    [[nodiscard]] const Instant& lastFrame() const { return m_lastFrame; } ///< or when it opened
    [[nodiscard]] qint64 roundTripNs() const { return m_roundTripNs; }
    [[nodiscard]] HeartbeatHealth health() const { return m_health; }
    [[nodiscard]] bool hasDelivered() const { return m_delivered; }

private:
    void transportConnected() override;
    void transportText(const QString& message, const Instant& arrival) override;
    void transportBinary(const QByteArray& message, const Instant& arrival) override;
    void transportPong(std::chrono::nanoseconds) override {} // of RFC 6455 pings: liveness only
    void transportClosed(const TransportClose& close) override;
    void transportTripped(TransportGuard guard, const QString& what) override;
    void transportFailed(const TransportFailure& failure) override;

    void sendPing();
    void watch();
    void heartbeatLost(qint64 silenceNs);
    void frameCame(const Instant& arrival);
    void end(SocketEnd ending);

    ChannelSocketOwner* m_owner; ///< null once the last word is said
    Channel m_channel;
    ChannelSocketOptions m_options;
    Transport* m_transport = nullptr;
    QTimer m_pingTimer;
    QTimer m_watchTimer;
    Instant m_lastFrame;
    qint64 m_connectedSinceNs = 0;
    qint64 m_openedNs = 0; ///< when open() was called
    qint64 m_watchDueNs = 0;
    qint64 m_pingSentNs = 0; ///< 0: no pong is waited for
    qint64 m_roundTripNs = -1;
    HeartbeatHealth m_health = HeartbeatHealth::Unknown;
    bool m_delivered = false;
    bool m_secondChance = false; ///< silence was our own doing, perhaps: looked at again
};

} // namespace framescope
