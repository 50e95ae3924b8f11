#include "core/genesys/channelsocket.h"

#include "core/base/clock.h"
#include "core/base/redactor.h"
#include "core/stream/closecodes.h"
#include "core/stream/streamevents.h"
#include "core/stream/websockettransport.h"

namespace framescope {

namespace {

qint64 nsOf(std::chrono::milliseconds time)
{
    return time.count() * nsPerMs;
}

/// Why a handshake was refused, in words for a channel: there is no token in it.
QString refusalText(int status)
{
    return QStringLiteral("HTTP %1: the service does not know this channel any more. A new one is made; if it repeats, "
                          "another program may use up the channels of this OAuth client.")
        .arg(status);
}

} // namespace

ChannelSocket::ChannelSocket(ChannelSocketOwner* owner, Channel channel, ChannelSocketOptions options, QObject* parent)
    : QObject(parent)
    , m_owner(owner)
    , m_channel(std::move(channel))
    , m_options(std::move(options))
{
    // Silence is judged here: the transport's own deadline must not be the shorter one.
    m_options.limits.pongTimeout = std::max(m_options.limits.pongTimeout, m_options.timers.heartbeatLost);
    m_watchTimer.setSingleShot(true);
    connect(&m_watchTimer, &QTimer::timeout, this, &ChannelSocket::watch);
    connect(&m_pingTimer, &QTimer::timeout, this, &ChannelSocket::sendPing);
}

ChannelSocket::~ChannelSocket()
{
    if (m_transport)
        m_transport->abort();
}

void ChannelSocket::open()
{
    TransportRequest request{m_channel.connectUri, {}, m_options.caFile, m_options.limits};
    request.headers.push_back({"User-Agent", "Framescope/" FRAMESCOPE_VERSION});
    m_openedNs = monotonicNs();
    m_owner->socketRecords(this, auditEvent(AuditAction::ConnectStarted, Severity::Note, m_channel.endpoint));
    if (!m_owner)
        return;
    m_transport = new WebSocketTransport(this, this);
    m_transport->open(request);
}

void ChannelSocket::leave()
{
    constexpr int closeCode = 1000;
    ChannelSocketOwner* owner = std::exchange(m_owner, nullptr);
    m_pingTimer.stop();
    m_watchTimer.stop();
    if (Transport* transport = std::exchange(m_transport, nullptr)) {
        transport->setParent(parent()); // it says goodbye when we are gone already
        if (isOpen())
            transport->close(closeCode);
        else
            transport->abort();
        if (owner && isOpen())
            owner->socketRecords(this, streamevents::closedByUs(m_channel.endpoint, closeCode));
    }
    deleteLater();
}

void ChannelSocket::transportConnected()
{
    m_lastFrame = now();
    m_connectedSinceNs = m_lastFrame.monoNs;
    m_health = HeartbeatHealth::Good;
    m_watchDueNs = m_connectedSinceNs + nsOf(m_options.timers.heartbeatLate);
    m_watchTimer.start(m_options.timers.heartbeatLate);
    m_pingTimer.start(m_options.timers.pingInterval);
    m_owner->socketRecords(this, auditEvent(AuditAction::Connected, Severity::Note, m_channel.endpoint,
                                            {{QStringLiteral("attempt"), attempt()},
                                             {QStringLiteral("ms"), (m_connectedSinceNs - m_openedNs) / nsPerMs}}));
    if (m_owner)
        sendPing();
    if (m_owner)
        m_owner->socketOpened(this);
}

void ChannelSocket::frameCame(const Instant& arrival)
{
    m_delivered = true;
    m_secondChance = false;
    m_lastFrame = arrival;
    if (m_health != HeartbeatHealth::Late)
        return;
    m_health = HeartbeatHealth::Good;
    m_owner->socketHealthChanged(this);
}

void ChannelSocket::transportText(const QString& message, const Instant& arrival)
{
    frameCame(arrival);
    if (!m_owner)
        return;
    m_owner->socketReceived(this, textFrame(message, arrival, attempt()));
    if (!m_owner)
        return; // whoever took it parted from us: the breaker may suspend
    const ScannedNotification told = scanNotification(message);
    if (told.kind == NotificationKind::Pong && m_pingSentNs != 0)
        m_roundTripNs = arrival.monoNs - std::exchange(m_pingSentNs, 0);
    m_owner->socketTold(this, told, arrival);
}

void ChannelSocket::transportBinary(const QByteArray& message, const Instant& arrival)
{
    frameCame(arrival);
    if (!m_owner)
        return;
    m_owner->socketReceived(
        this, binaryFrame(message, arrival, attempt())); // never seen on this service; the decoder judges it
}

void ChannelSocket::transportClosed(const TransportClose& close)
{
    m_transport = nullptr;
    m_owner->socketRecords(this, streamevents::closed(m_channel.endpoint, close));
    QString why = closeSentence(close.code);
    if (!close.reason.isEmpty())
        why += QStringLiteral(" The service said: ") + redactor::redacted(close.reason);
    SocketEnd ending;
    ending.error = {ErrorCode::Closed, why, m_channel.endpoint};
    ending.cause = "closed " + QByteArray::number(close.code);
    ending.pace = closeCodeInfo(close.code).pace;
    ending.closeCode = close.code;
    end(std::move(ending));
}

void ChannelSocket::transportTripped(TransportGuard guard, const QString& what)
{
    m_transport = nullptr;
    m_owner->socketRecords(this, streamevents::tripped(m_channel.endpoint, guard, what));
    const bool limit = guard == TransportGuard::Limit;
    SocketEnd ending;
    ending.error = {limit ? ErrorCode::Protocol : ErrorCode::Timeout,
                    QStringLiteral("The connection was ended here: %1. It comes back by itself; if it repeats, %2.")
                        .arg(what, limit ? QStringLiteral("look at what the service sends")
                                         : QStringLiteral("check the network and proxies")),
                    m_channel.endpoint};
    ending.cause = streamevents::gapCause(guard).toLatin1();
    ending.pace = limit ? RetryPace::Slow : RetryPace::Normal;
    ending.closeCode = 1006;
    end(std::move(ending));
}

void ChannelSocket::transportFailed(const TransportFailure& failure)
{
    m_transport = nullptr;
    TransportFailure shown = failure;
    shown.error.place = m_channel.endpoint; // its own place is the whole URL
    const int status = failure.httpStatus;
    const bool refused = status == 401 || status == 403 || status == 404 || status == 410;
    if (refused) // not what the transport says: a channel's socket carries no token that could be wrong
        shown.error = {ErrorCode::Closed, refusalText(status), shown.error.place};
    m_owner->socketRecords(this, streamevents::connectFailed(m_channel.endpoint, shown));
    SocketEnd ending;
    ending.error = shown.error;
    ending.cause = status == 0 ? QByteArrayLiteral("unreachable") : "refused " + QByteArray::number(status);
    ending.after = afterFailure(failure);
    ending.pace = ending.after == AfterFailure::RetrySlowly ? RetryPace::Slow : RetryPace::Normal;
    ending.httpStatus = status;
    ending.refused = refused;
    end(std::move(ending));
}

void ChannelSocket::sendPing()
{
    if (!m_transport)
        return;
    m_pingSentNs = monotonicNs();
    m_transport->sendText(QStringLiteral("{\"message\":\"ping\"}"));
}

void ChannelSocket::watch()
{
    const qint64 time = monotonicNs();
    const qint64 late = nsOf(m_options.timers.heartbeatLate);
    const qint64 lost = std::max(nsOf(m_options.timers.heartbeatLost), late);
    const qint64 silence = time - m_lastFrame.monoNs;
    const auto lookAgainIn = [&](qint64 ns) {
        m_watchDueNs = time + ns;
        m_watchTimer.start(int(ns / nsPerMs + 1));
    };
    if (silence < late)
        return lookAgainIn(late - silence);
    // A look that comes late was held up by our own work: what lies unread in the socket is not known yet.
    const qint64 patience = std::max((lost - late) / 2, nsPerMs);
    if (time - m_watchDueNs > patience && !std::exchange(m_secondChance, true))
        return lookAgainIn(patience);
    if (silence >= lost)
        return heartbeatLost(silence);
    if (m_health != HeartbeatHealth::Late) {
        m_health = HeartbeatHealth::Late;
        m_owner->socketRecords(this, auditEvent(AuditAction::HeartbeatLate, Severity::Warning, m_channel.endpoint,
                                                {{QStringLiteral("silent_ms"), silence / nsPerMs}}));
        if (!m_owner)
            return;
        m_owner->socketHealthChanged(this);
    }
    if (m_owner)
        lookAgainIn(lost - silence);
}

void ChannelSocket::heartbeatLost(qint64 silenceNs)
{
    m_health = HeartbeatHealth::Lost;
    m_owner->socketRecords(this, auditEvent(AuditAction::HeartbeatLost, Severity::Error, m_channel.endpoint,
                                            {{QStringLiteral("silent_ms"), silenceNs / nsPerMs}}));
    if (!m_owner)
        return;
    Transport* transport = std::exchange(m_transport, nullptr);
    transport->setParent(parent());
    transport->abort(); // a close frame would go nowhere
    SocketEnd ending;
    ending.error = {ErrorCode::Timeout,
                    QStringLiteral("Nothing came for %1 s, not even a heartbeat: the connection is dead. It is made "
                                   "again; if it repeats, look for a proxy or firewall that drops quiet connections.")
                        .arg(double(silenceNs) / 1e9, 0, 'f', 1),
                    m_channel.endpoint};
    ending.cause = "heartbeat-lost";
    ending.closeCode = 1006;
    end(std::move(ending));
}

void ChannelSocket::end(SocketEnd ending)
{
    m_pingTimer.stop();
    m_watchTimer.stop();
    ending.wasOpen = isOpen();
    deleteLater();
    if (ChannelSocketOwner* owner = std::exchange(m_owner, nullptr))
        owner->socketEnded(this, ending);
}

} // namespace framescope
