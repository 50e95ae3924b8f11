// What ends a lane's connection or its channel, and what comes next: the answers of README.md's table.
#include "core/base/clock.h"
#include "core/genesys/notificationevents.h"
#include "core/genesys/notificationlane.h"
#include "core/stream/closecodes.h"
#include "core/stream/streamevents.h"

namespace framescope {

namespace {

constexpr int attemptsOnOneChannel = 4; ///< that did not open, in a row; then a new one
constexpr int channelsRefusedLimit = 3; ///< new ones in a row whose socket was refused: something else is wrong

} // namespace

void NotificationLane::socketTold(ChannelSocket* socket, const ScannedNotification& told, const Instant& arrival)
{
    if (socket == m_next && told.kind == NotificationKind::ChannelGone) {
        m_next = nullptr;
        socket->leave();
        return successorFailed();
    }
    if (socket != m_socket)
        return; // of one that is being parted from; the frames are delivered all the same
    if (told.kind == NotificationKind::Event) {
        ++m_status.events;
        m_status.lastEventMonoNs = arrival.monoNs;
        m_parts.ledger->countEvent(told.topicName(), arrival);
    } else if (told.kind == NotificationKind::Heartbeat) {
        ++m_status.heartbeats;
        m_status.lastHeartbeatMonoNs = arrival.monoNs;
    } else if (told.kind == NotificationKind::Pong) {
        return m_parts.host->laneChanged(); // the round trip
    } else {
        actOn(told);
    }
    m_parts.host->laneTouched();
}

void NotificationLane::actOn(const ScannedNotification& told)
{
    // A system message may name the channel that it is about; one of another channel changes nothing here.
    if (!told.channelId.isEmpty() && m_channel && told.channelId != m_channel->id.reveal())
        return;
    switch (told.kind) {
    case NotificationKind::SocketClosing: {
        if (m_status.closingDeadlineMonoNs != 0)
            return;
        record(notificationevents::told(AuditAction::SocketClosing, m_endpoint, told.reason), m_socket->attempt());
        if (isOver() || !m_socket)
            return;
        m_status.closingDeadlineMonoNs = monotonicNs() + m_parts.config->timers.closingGrace.count() * nsPerMs;
        m_parts.host->laneChanged();
        return beginTransfer();
    }
    case NotificationKind::NoLongerSubscribed:
        return channelTakenAway(AuditAction::NoLongerSubscribed, QByteArrayLiteral("no-longer-subscribed"),
                                told.reason);
    case NotificationKind::SocketReplaced:
        if (m_succession == Succession::Transfer && m_next) {
            m_handedOver = true;
            return;
        }
        return channelTakenAway(AuditAction::SocketReplaced, QByteArrayLiteral("socket-replaced"), told.reason);
    case NotificationKind::TokenRevoked:
        return channelTakenAway(AuditAction::TokenRevoked, QByteArrayLiteral("token-revoked"), told.reason);
    case NotificationKind::ChannelGone:
        return channelLost(QByteArrayLiteral("channel-lost"),
                           {ErrorCode::Closed, notificationevents::adviceFor(AuditAction::ChannelLost), m_endpoint});
    default:
        return;
    }
}

void NotificationLane::channelTakenAway(AuditAction action, const QByteArray& cause, const QByteArray& reason)
{
    record(notificationevents::told(action, m_endpoint, reason), m_status.attempt);
    if (isOver())
        return;
    if (action == AuditAction::TokenRevoked)
        m_parts.host->tokenRevoked(m_tokenGeneration);
    if (!isOver())
        channelLost(cause, {ErrorCode::Closed, notificationevents::adviceFor(action), m_endpoint});
}

void NotificationLane::socketEnded(ChannelSocket* socket, const SocketEnd& end)
{
    if (socket == m_retiring) {
        m_retiring = nullptr;
        m_retireTimer.stop();
        m_status.renewing = false;
        return m_parts.host->laneChanged();
    }
    if (socket == m_next) {
        m_next = nullptr;
        return successorFailed();
    }
    if (socket != m_socket)
        return;
    const bool wasLive = m_step == Step::Live;
    if (wasLive)
        noteLoss(*socket, end.cause);
    m_socket = nullptr;
    m_closeCode = end.closeCode;
    m_handedOver = m_handedOver || isHandover(end);
    m_status.closingDeadlineMonoNs = 0;
    if (end.wasOpen)
        m_backoff.connectionEnded(std::chrono::nanoseconds(monotonicNs() - socket->connectedSinceMonoNs()),
                                  socket->hasDelivered());
    if (isOver())
        return;
    if (m_succession == Succession::Transfer && m_next) {
        // The successor on the same channel is on its way already.
        m_socket = std::exchange(m_next, nullptr);
        m_succession = Succession::None;
        return enter(Step::Opening, SourcePhase::Connecting);
    }
    socketLost(end, wasLive);
}

/// The service closed our socket properly, clearly before the time that it had announced, while our successor was on
/// its way: the successor has arrived there, and the newer socket of a channel wins.
bool NotificationLane::isHandover(const SocketEnd& end) const
{
    const qint64 marginNs = m_parts.config->timers.closingGrace.count() * nsPerMs / 10;
    return m_succession == Succession::Transfer && m_next && end.wasOpen && isNormalClose(end.closeCode) &&
           monotonicNs() < m_status.closingDeadlineMonoNs - marginNs;
}

void NotificationLane::socketLost(const SocketEnd& end, bool wasLive)
{
    m_handedOver = false;
    abandonSuccession();
    m_parts.calls->cancel(std::exchange(m_call, 0));
    if (!m_parts.config->reconnect && (wasLive || end.wasOpen))
        return m_parts.host->laneLost(end.error, isNormalClose(end.closeCode));
    if (end.wasOpen)
        return waitAndRetry(end.error, end.pace);
    if (end.refused) {
        if (++m_refusals >= channelsRefusedLimit)
            return m_parts.host->laneFailed(
                {ErrorCode::TokenRejected,
                 QStringLiteral(
                     "The service refused %1 new channels in a row (HTTP %2). Check that the OAuth client is "
                     "active and that no proxy changes the requests, then connect again.")
                     .arg(m_refusals)
                     .arg(end.httpStatus),
                 m_endpoint});
        return channelLost(end.cause, end.error);
    }
    if (end.after == AfterFailure::Stop || !m_parts.config->reconnect)
        return m_parts.host->laneFailed(end.error);
    if (++m_socketFailures >= attemptsOnOneChannel)
        return channelLost(end.cause, end.error);
    waitAndRetry(end.error, end.pace);
}

/// The channel, or what it was for, is gone at the service. The wait before the new one grows as long as lanes are lost
/// in a row, so that two programs which take channels from each other do not do it without end and without pause.
void NotificationLane::channelLost(const QByteArray& cause, const Error& error)
{
    const bool wasOpen = m_socket && m_socket->isOpen();
    if (m_step == Step::Live && m_socket)
        noteLoss(*m_socket, cause);
    if (wasOpen)
        m_backoff.connectionEnded(std::chrono::nanoseconds(monotonicNs() - m_socket->connectedSinceMonoNs()),
                                  m_socket->hasDelivered());
    leaveAll(cause);
    record(notificationevents::channelLost(m_endpoint, cause, error.detail), m_status.attempt);
    m_channel.reset();
    m_subscribed = false;
    m_status.channelExpiresWallNs = 0;
    m_parts.ledger->setPending(m_status.lane);
    if (isOver())
        return;
    if (!m_parts.config->reconnect)
        return m_parts.host->laneLost(error, false);
    waitAndRetry(error, RetryPace::Normal);
}

/// Parts from everything that is under way. An empty @p cause: for good.
void NotificationLane::leaveAll(const QByteArray& cause)
{
    m_wake.stop();
    m_handedOver = false;
    m_parts.calls->cancel(std::exchange(m_call, 0));
    m_parts.maker->cancel(std::exchange(m_order, 0));
    abandonSuccession();
    m_retireTimer.stop();
    m_status.renewing = false;
    m_status.closingDeadlineMonoNs = 0;
    if (ChannelSocket* retiring = std::exchange(m_retiring, nullptr))
        retiring->leave();
    ChannelSocket* socket = std::exchange(m_socket, nullptr);
    if (!socket)
        return;
    if (!cause.isEmpty() && m_step == Step::Live)
        noteLoss(*socket, cause);
    m_closeCode = 1000;
    socket->leave();
}

/// The gap begins with the last message: what was sent after it and before the end is as unknown as the rest.
void NotificationLane::noteLoss(const ChannelSocket& socket, const QByteArray& cause)
{
    if (m_gapFromWallNs != 0)
        return;
    m_gapFromWallNs = socket.lastFrame().wallNs;
    m_gapSinceMonoNs = socket.lastFrame().monoNs;
    m_gapCause = cause;
}

void NotificationLane::closeGap(GapsEnd end)
{
    const Instant time = now();
    const qint64 from = std::exchange(m_gapFromWallNs, 0);
    // Handed over: from one socket to the next at the service itself, nothing was sent to nobody.
    if (!std::exchange(m_handedOver, false) && from != 0) {
        m_parts.ledger->openGaps(m_status.lane, from, m_gapCause);
        record(streamevents::gap(m_endpoint, (time.monoNs - m_gapSinceMonoNs) / nsPerMs, QString::fromUtf8(m_gapCause)),
               m_status.attempt);
    }
    const std::vector<TopicGapEntry> entries = m_parts.ledger->closeGaps(m_status.lane, time.wallNs, end);
    for (const TopicGapEntry& entry : entries)
        record(notificationevents::topicGap(entry), m_status.attempt);
}

} // namespace framescope
