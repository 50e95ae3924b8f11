// A successor for a lane's socket while the present one still works: no gap.
#include "core/base/clock.h"
#include "core/genesys/notificationevents.h"
#include "core/genesys/notificationlane.h"

namespace framescope {

namespace {

constexpr qint64 longestTimerMs = 24LL * 24 * 3600 * 1000; // of a QTimer

std::chrono::milliseconds timerTime(qint64 ns)
{
    return std::chrono::milliseconds(std::clamp<qint64>(ns / nsPerMs, 0, longestTimerMs));
}

} // namespace

void NotificationLane::scheduleRenewal()
{
    const qint64 before = std::min<qint64>(std::chrono::nanoseconds(m_parts.config->timers.renewChannelBefore).count(),
                                           m_channelLifeNs / 2);
    const qint64 left = m_channel->expiresWallNs - m_parts.host->clockOffsetNs() - now().wallNs;
    // A service whose channels end at once must not be asked for new ones without pause.
    const std::chrono::milliseconds soonest = m_parts.config->timers.retryUnit * 10;
    m_successionTimer.start(std::max(timerTime(left - before), soonest));
}

/// The service announced that it will close this socket: the same channel again, whose subscriptions it keeps. A
/// channel has one socket and the newer one wins, so that the old one goes by itself or is left.
void NotificationLane::beginTransfer()
{
    if (m_step != Step::Live || !m_socket || m_next)
        return;
    abandonSuccession(); // a renewal that had begun is begun again afterwards
    m_succession = Succession::Transfer;
    openSuccessor(*m_channel);
}

void NotificationLane::beginRenewal()
{
    if (m_step != Step::Live || m_succession != Succession::None)
        return;
    m_succession = Succession::Renewal;
    m_nextOrder = m_parts.maker->make([this](const tl::expected<MadeChannel, RestFailure>& reply) {
        m_nextOrder = 0;
        if (isOver())
            return;
        if (!reply) {
            record(notificationevents::callFailed(reply.error()), m_status.attempt);
            return successorFailed();
        }
        m_nextChannel = reply->channel;
        record(notificationevents::channelCreated(*reply, m_topics.size()), m_status.attempt);
        if (!isOver() && m_nextChannel)
            openSuccessor(*m_nextChannel);
    });
}

void NotificationLane::openSuccessor(const Channel& channel)
{
    m_next = makeSocket(channel);
    m_next->open();
    m_parts.host->laneChanged();
}

void NotificationLane::successorOpened()
{
    if (m_succession == Succession::Transfer)
        return takeOver();
    m_successionCall =
        m_parts.calls->subscribe(*m_nextChannel, m_topics, SubscribeMode::Replace, [this](const auto& reply) {
            m_successionCall = 0;
            if (isOver())
                return;
            if (!reply) {
                record(notificationevents::callFailed(reply.error()), m_status.attempt);
                return successorFailed();
            }
            applyAnswers(m_nextChannel->endpoint, *reply);
            if (!isOver() && m_next)
                takeOver();
        });
}

/// The present socket works on: try again, more slowly each time, until it ends by itself.
void NotificationLane::successorFailed()
{
    m_handedOver = false;
    abandonSuccession();
    if (isOver() || m_step != Step::Live)
        return;
    m_successionTimer.start(m_successionBackoff.next(RetryPace::Slow));
    m_parts.host->laneChanged();
}

void NotificationLane::takeOver()
{
    ChannelSocket* old = std::exchange(m_socket, std::exchange(m_next, nullptr));
    m_successionBackoff = Backoff(m_parts.config->reconnectLimits);
    m_handedOver = false;
    m_status.closingDeadlineMonoNs = 0;
    ++m_status.reconnects;
    if (std::exchange(m_succession, Succession::None) == Succession::Transfer) {
        scheduleRenewal();
        m_parts.host->laneChanged();
        if (old)
            old->leave();
        return;
    }
    m_channel = std::exchange(m_nextChannel, std::nullopt);
    m_channelLifeNs = std::max<qint64>(0, m_channel->expiresWallNs - m_parts.host->clockOffsetNs() - now().wallNs);
    m_endpoint = m_channel->endpoint;
    m_status.channelExpiresWallNs = m_channel->expiresWallNs;
    m_tokenGeneration = m_parts.host->tokenGeneration();
    scheduleRenewal();
    retire(old, m_parts.config->timers.overlap);
    closeGap(GapsEnd::OfSubscribed); // of a topic that was rejected before
    if (isOver())
        return;
    record(notificationevents::channelRenewed(*m_channel, m_parts.config->timers.overlap), m_status.attempt);
    if (!isOver())
        m_parts.host->laneChanged();
}

/// Keeps @p old open for the overlap; without one, parts from the one that was kept.
void NotificationLane::retire(ChannelSocket* old, std::chrono::milliseconds after)
{
    ChannelSocket* previous = std::exchange(m_retiring, old);
    m_status.renewing = old != nullptr;
    if (old)
        m_retireTimer.start(after);
    if (previous)
        previous->leave();
    if (!isOver())
        m_parts.host->laneChanged();
}

void NotificationLane::abandonSuccession()
{
    m_successionTimer.stop();
    m_parts.calls->cancel(std::exchange(m_successionCall, 0));
    m_parts.maker->cancel(std::exchange(m_nextOrder, 0));
    m_succession = Succession::None;
    m_nextChannel.reset();
    if (ChannelSocket* next = std::exchange(m_next, nullptr))
        next->leave();
}

} // namespace framescope
