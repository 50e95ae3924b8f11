#include "core/genesys/notificationlane.h"

#include "core/base/clock.h"
#include "core/genesys/notificationevents.h"

namespace framescope {

namespace {

constexpr std::chrono::milliseconds longestPatience{3'600'000}; ///< of one wait that the service asked for

enum class AfterCall
{
    Retry,
    RetrySlowly,
    Fail
};

AfterCall afterCall(const RestFailure& failure)
{
    switch (failure.error.code) {
    case ErrorCode::Network:
    case ErrorCode::Timeout:
    case ErrorCode::Busy:
        return AfterCall::Retry;
    case ErrorCode::RateLimited:
        return AfterCall::RetrySlowly;
    case ErrorCode::Protocol:
        return failure.status == 0 ? AfterCall::RetrySlowly : AfterCall::Fail; // a proxy may have garbled it
    default:
        return AfterCall::Fail;
    }
}

} // namespace

NotificationLane::NotificationLane(quint16 number, std::vector<QByteArray> topics, LaneParts parts, QObject* parent)
    : QObject(parent)
    , m_parts(parts)
    , m_topics(std::move(topics))
    , m_backoff(parts.config->reconnectLimits)
    , m_successionBackoff(parts.config->reconnectLimits)
{
    m_status.lane = number;
    m_status.topics = int(m_topics.size());
    for (QTimer* timer : {&m_wake, &m_successionTimer, &m_retireTimer})
        timer->setSingleShot(true);
    connect(&m_wake, &QTimer::timeout, this, &NotificationLane::begin);
    connect(&m_successionTimer, &QTimer::timeout, this, [this] {
        if (m_status.closingDeadlineMonoNs != 0)
            beginTransfer();
        else
            beginRenewal();
    });
    connect(&m_retireTimer, &QTimer::timeout, this, [this] { retire(nullptr, {}); });
}

NotificationLane::~NotificationLane() = default; // the sockets are our children

void NotificationLane::start()
{
    if (m_step == Step::Idle)
        begin();
}

void NotificationLane::stop()
{
    if (m_step == Step::Over)
        return;
    leaveAll({});
    closeGap(GapsEnd::All);
    enter(Step::Over, SourcePhase::Stopped);
}

void NotificationLane::suspend(qint64 untilMonoNs)
{
    if (m_step == Step::Over || m_step == Step::Idle)
        return;
    leaveAll(QByteArrayLiteral("suspended"));
    m_status.nextAttemptMonoNs = untilMonoNs;
    m_wake.start(std::chrono::milliseconds(std::max<qint64>(0, (untilMonoNs - monotonicNs()) / nsPerMs)));
    enter(Step::Suspended, SourcePhase::Suspended);
}

void NotificationLane::rememberSecrets() const
{
    for (const std::optional<Channel>& channel : {m_channel, m_nextChannel}) {
        if (channel)
            rememberChannel(*channel);
    }
}

void NotificationLane::reconnectNow()
{
    if (m_step == Step::Waiting || m_step == Step::Suspended)
        begin();
}

LaneStatus NotificationLane::status() const
{
    LaneStatus status = m_status;
    if (m_socket && m_socket->isOpen()) {
        status.connectedSinceMonoNs = m_socket->connectedSinceMonoNs();
        status.roundTripNs = m_socket->roundTripNs();
        status.health = m_socket->health();
        if (m_socket->hasDelivered())
            status.lastFrameMonoNs = m_socket->lastFrame().monoNs;
    }
    return status;
}

void NotificationLane::begin()
{
    m_wake.stop();
    m_status.nextAttemptMonoNs = 0;
    if (isOver())
        return;
    if (m_channel)
        openSocket();
    else
        createChannel();
}

void NotificationLane::createChannel()
{
    enter(Step::Creating, SourcePhase::Connecting);
    m_order = m_parts.maker->make([this](const auto& reply) {
        m_order = 0;
        onCreated(reply);
    });
}

void NotificationLane::onCreated(const tl::expected<MadeChannel, RestFailure>& reply)
{
    if (!reply)
        return stepFailed(reply.error());
    m_channel = reply->channel;
    m_channelLifeNs = std::max<qint64>(0, m_channel->expiresWallNs - m_parts.host->clockOffsetNs() - now().wallNs);
    m_endpoint = m_channel->endpoint;
    m_subscribed = false;
    m_socketFailures = 0;
    m_tokenGeneration = m_parts.host->tokenGeneration();
    m_status.channelExpiresWallNs = m_channel->expiresWallNs;
    record(notificationevents::channelCreated(*reply, m_topics.size()), m_status.attempt);
    if (!isOver())
        openSocket();
}

ChannelSocket* NotificationLane::makeSocket(const Channel& channel)
{
    if (m_status.attempt < std::numeric_limits<quint16>::max())
        ++m_status.attempt;
    ChannelSocketOptions options;
    options.timers = m_parts.config->timers;
    options.limits = m_parts.config->limits;
    options.caFile = m_parts.config->caFile;
    options.attempt = m_status.attempt;
    return new ChannelSocket(this, channel, std::move(options), this);
}

void NotificationLane::openSocket()
{
    enter(Step::Opening, SourcePhase::Connecting);
    m_socket = makeSocket(*m_channel);
    m_socket->open();
}

void NotificationLane::socketOpened(ChannelSocket* socket)
{
    if (socket == m_next)
        return successorOpened();
    if (socket != m_socket)
        return;
    m_socketFailures = 0;
    m_refusals = 0;
    // Connected first, subscribed then: nothing that the service sends for these topics finds no socket.
    if (m_subscribed)
        goLive();
    else
        subscribe();
}

void NotificationLane::subscribe()
{
    enter(Step::Subscribing, SourcePhase::Connecting);
    const SubscribeMode mode = m_everSubscribed ? SubscribeMode::Replace : SubscribeMode::Add;
    m_call = m_parts.calls->subscribe(*m_channel, m_topics, mode, [this](const auto& reply) {
        m_call = 0;
        onSubscribed(reply);
    });
}

void NotificationLane::onSubscribed(const tl::expected<std::vector<TopicAnswer>, RestFailure>& reply)
{
    if (!reply && (reply.error().status == 404 || reply.error().status == 410))
        return channelLost(QByteArrayLiteral("channel-lost"), reply.error().error);
    if (!reply)
        return stepFailed(reply.error());
    m_subscribed = true;
    m_everSubscribed = true;
    applyAnswers(m_endpoint, *reply);
    if (!isOver())
        goLive();
}

void NotificationLane::applyAnswers(const QString& endpoint, const std::vector<TopicAnswer>& answers)
{
    TopicLedger& ledger = *m_parts.ledger;
    const quint16 lane = m_status.lane;
    const std::vector<std::size_t> rejected = ledger.applyAnswer(lane, answers, now().wallNs);
    record(notificationevents::topicsSubscribed(endpoint, ledger.permitted(lane), ledger.rejected(lane)),
           m_status.attempt);
    for (const std::size_t index : rejected) {
        if (!isOver())
            record(notificationevents::topicRejected(ledger.topics()[index]), m_status.attempt);
    }
    if (!isOver())
        m_parts.host->laneSubscribed();
}

void NotificationLane::goLive()
{
    m_status.error.reset();
    if (std::exchange(m_everLive, true))
        ++m_status.reconnects;
    closeGap(GapsEnd::OfSubscribed);
    if (isOver())
        return;
    scheduleRenewal();
    enter(Step::Live, SourcePhase::Connected);
    if (m_status.closingDeadlineMonoNs != 0)
        beginTransfer(); // announced while the topics were being subscribed
}

void NotificationLane::stepFailed(const RestFailure& failure)
{
    if (!isOver())
        record(notificationevents::callFailed(failure), m_status.attempt);
    if (isOver())
        return;
    const AfterCall after = afterCall(failure);
    const std::chrono::milliseconds asked(failure.retryAfterMs);
    const bool tooLong = failure.error.code == ErrorCode::RateLimited && asked > ServiceLimit::longestRetryAfter;
    // Asked to wait for hours: a session that never began says so and ends, one that runs is not given up.
    if (after == AfterCall::Fail || !m_parts.config->reconnect || (tooLong && !m_everLive))
        return m_parts.host->laneFailed(failure.error);
    if (ChannelSocket* socket = std::exchange(m_socket, nullptr))
        socket->leave();
    const std::chrono::milliseconds floor = tooLong ? std::min(asked, longestPatience) : std::chrono::milliseconds(0);
    waitAndRetry(failure.error, after == AfterCall::Retry ? RetryPace::Normal : RetryPace::Slow, floor);
}

void NotificationLane::waitAndRetry(const Error& error, RetryPace pace, std::chrono::milliseconds atLeast)
{
    if (isOver())
        return;
    const std::chrono::milliseconds wait = std::max(m_backoff.next(pace), atLeast);
    m_status.error = error;
    m_status.nextAttemptMonoNs = monotonicNs() + wait.count() * nsPerMs;
    record(auditEvent(
               AuditAction::ReconnectScheduled, Severity::Note, m_endpoint,
               {{QStringLiteral("wait_ms"), qint64(wait.count())}, {QStringLiteral("attempt"), m_status.attempt + 1}}),
           m_status.attempt);
    if (isOver())
        return;
    m_wake.start(wait);
    enter(Step::Waiting, SourcePhase::Waiting);
}

void NotificationLane::enter(Step step, SourcePhase phase)
{
    m_step = step;
    m_status.phase = phase;
    m_parts.host->laneChanged();
}

void NotificationLane::socketReceived(ChannelSocket* socket, RawFrame frame)
{
    Q_UNUSED(socket)
    frame.connection = m_status.lane;
    m_parts.host->laneDelivers(frame);
}

void NotificationLane::socketRecords(ChannelSocket* socket, AuditEvent event)
{
    record(std::move(event), socket->attempt());
}

void NotificationLane::socketHealthChanged(ChannelSocket* socket)
{
    if (socket == m_socket)
        m_parts.host->laneChanged();
}

void NotificationLane::record(AuditEvent event, quint16 attempt)
{
    event.connection = m_status.lane;
    event.attempt = attempt;
    m_parts.host->laneRecords(std::move(event));
}

} // namespace framescope
