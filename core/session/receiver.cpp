#include "core/session/receiver.h"

#include "core/decode/batchfiller.h"
#include "core/genesys/notificationsource.h"
#include "core/replay/replaysource.h"
#include "core/session/replaytopics.h"
#include "core/stream/directsource.h"

#include <QJsonArray>

namespace framescope {

namespace {

// A full batch becomes a block of the session file as it is: so they end a little before a block would.
constexpr std::size_t batchFrames = 3'840;
constexpr std::size_t batchPayloadBytes = 960 * 1024;
constexpr std::chrono::milliseconds receiverTickInterval{200};
constexpr std::chrono::milliseconds flushTimeout{1};
constexpr std::chrono::milliseconds stopTimeout{1'200};

} // namespace

Receiver::Receiver(SessionConfig config, std::shared_ptr<StreamQueue> queue)
    : m_config(std::move(config))
    , m_queue(std::move(queue))
    , m_breaker(m_config.breakerLimits)
    , m_batch(std::make_shared<FrameBatch>())
    , m_ticker(this) // children, so that they follow to the thread
    , m_stopDeadline(this)
    , m_flushDeadline(this)
{
    m_flushDeadline.setSingleShot(true);
    m_flushDeadline.setInterval(flushTimeout);
    m_flushDeadline.setTimerType(Qt::PreciseTimer);
    connect(&m_flushDeadline, &QTimer::timeout, this, [this] {
        if (m_queue->isEmpty())
            flush();
        else
            m_flushDeadline.start();
    });
    m_ticker.setInterval(receiverTickInterval);
    m_stopDeadline.setSingleShot(true);
    connect(&m_ticker, &QTimer::timeout, this, [this] {
        if (const auto state = m_breaker.onTick(monotonicNs()))
            onBreaker(*state);
    });
    connect(&m_stopDeadline, &QTimer::timeout, this, [this] {
        end({});
        // What it would still deliver has no place any more, and nothing would count it.
        m_replay = nullptr;
        m_source.reset();
    });
}

Receiver::~Receiver() = default;

void Receiver::start()
{
    if (m_stopping)
        return;
    makeSource();
    m_ticker.start();
    m_source->start(this);
}

void Receiver::makeSource()
{
    if (m_config.replay) {
        m_source = makeReplay();
    } else if (m_config.notifications) {
        // The offline copy judges until the service's own schemas arrive, and where they do not.
        useTopics(TopicSchemas::builtIn(), QStringLiteral("built-in"));
        auto source = makeNotificationSource(*m_config.notifications);
        connect(source.get(), &NotificationSource::notificationStateChanged, this, &Receiver::notificationStateChanged);
        m_source = std::move(source);
    } else {
        m_source = makeDirectSource(m_config.stream);
    }
    connect(m_source.get(), &FrameSource::stateChanged, this, [this](const SourceState& state) {
        m_sourceState = state;
        Q_EMIT sourceStateChanged(state);
    });
    connect(m_source.get(), &FrameSource::finished, this, &Receiver::end);
}

std::unique_ptr<FrameSource> Receiver::makeReplay()
{
    auto source = std::make_unique<ReplaySource>(*m_config.replay);
    m_replay = source.get();
    connect(m_replay, &ReplaySource::replayStateChanged, this, &Receiver::replayStateChanged);
    connect(m_replay, &ReplaySource::topicSchemasWanted, this, [this](const QByteArray& version) {
        const ReplayTopics topics = topicsOfVersion(version, defaultSchemaCacheFolder());
        if (useTopics(topics.schemas, topics.origin) && !topics.isSame)
            record(auditEvent(AuditAction::ReplayLimited, Severity::Warning, QStringLiteral("topic schemas"),
                              {{QStringLiteral("version_of_original"), QString::fromLatin1(version)},
                               {QStringLiteral("version"), QString::fromLatin1(topics.schemas->version())}}));
    });
    return source;
}

bool Receiver::publishTopics(const QByteArray& availableTopicsJson, const QString& origin)
{
    return useTopics(TopicSchemas::fromAvailableTopics(availableTopicsJson), origin);
}

bool Receiver::useTopics(const Expected<TopicSchemas>& topics, const QString& origin)
{
    if (!topics) {
        // The schemas before it go on judging.
        record(auditEvent(
            AuditAction::SchemasLoaded, Severity::Warning, origin,
            {{QStringLiteral("error"), topics.error().detail}, {QStringLiteral("place"), topics.error().place}}));
        return false;
    }
    record(auditEvent(AuditAction::SchemasLoaded, topics->problems().isEmpty() ? Severity::Note : Severity::Warning,
                      origin,
                      {{QStringLiteral("version"), QString::fromLatin1(topics->version())},
                       {QStringLiteral("topics"), qint64(topics->topics().size())},
                       {QStringLiteral("problems"), QJsonArray::fromStringList(topics->problems())}}));
    push(*topics);
    return true;
}

void Receiver::stop()
{
    if (m_stopping)
        return;
    m_stopping = true;
    m_stopDeadline.start(stopTimeout);
    if (m_source)
        m_source->stop();
    else
        end({});
}

void Receiver::reconnectNow()
{
    record(auditEvent(AuditAction::ReconnectRequested, Severity::Note, m_sourceState.endpoint));
    if (const auto state = m_breaker.probeNow(monotonicNs()))
        onBreaker(*state);
    if (m_source)
        m_source->reconnectNow();
}

void Receiver::setReplaySpeed(double speed)
{
    if (m_replay)
        m_replay->setSpeed(speed);
}

void Receiver::setReplayPaused(bool paused)
{
    if (m_replay)
        m_replay->setPaused(paused);
}

void Receiver::stepReplay()
{
    if (m_replay)
        m_replay->step();
}

void Receiver::receive(const RawFrame& frame)
{
    if (m_ended)
        return;
    if (m_config.frameLimit != 0 && m_lastNumber >= m_config.frameLimit) {
        ++m_beyondLimit;
        return;
    }
    const quint64 sizeBytes = take(frame);
    if (m_batch->size() >= batchFrames || heldBytes() >= batchPayloadBytes)
        flush();
    else if (!m_flushQueued)
        flushSoon();
    if (!m_replay) { // a file has no service that the breaker could spare
        if (const auto state = m_breaker.onFrame(sizeBytes, frame.arrival.monoNs))
            onBreaker(*state);
    }
    // The source is in the middle of delivering: it is stopped when it is back in its event loop.
    if (m_lastNumber == m_config.frameLimit)
        QMetaObject::invokeMethod(this, &Receiver::stop, Qt::QueuedConnection);
}

/// The gate. A message is only measured before it is copied where its length does not say that it is small enough.
quint64 Receiver::take(const RawFrame& frame)
{
    const quint64 number = ++m_lastNumber;
    const quint8 flags = quint8(frame.flags | (m_config.simulated ? FrameFlag::Simulated : 0));
    const quint64 most = batchfiller::mostBytes(frame);
    if (!batchfiller::fitsBatch(most, heldBytes()))
        flush();
    if (most > m_config.sizeLimits.refuseBytes || !batchfiller::fitsBatch(most, heldBytes())) {
        const quint64 sizeBytes = wireSizeBytes(frame);
        if (gateDecision(sizeBytes, m_config.sizeLimits) == GateDecision::Refuse ||
            !batchfiller::fitsBatch(most, heldBytes())) {
            batchfiller::appendWithoutPayload(frame, sizeBytes, number, flags, *m_batch);
            return sizeBytes;
        }
    }
    return batchfiller::append(frame, number, flags, *m_batch, m_binary);
}

void Receiver::flushSoon()
{
    m_flushQueued = true;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_flushQueued = false;
            // While the pipeline has not even taken the batch before, this one may grow: a service that writes each
            // message by itself would else make batches of a few, and each batch has a price of its own.
            if (m_queue->isEmpty())
                flush();
            else if (!m_flushDeadline.isActive())
                m_flushDeadline.start();
        },
        Qt::QueuedConnection);
}

std::shared_ptr<FrameBatch> Receiver::newBatch() const
{
    auto batch = std::make_shared<FrameBatch>();
    // As large as the last one was: a quiet stream stays small, a busy one does not grow its vectors step by step.
    const std::size_t bytes = m_batch->payload.size();
    batchfiller::reserve(m_batch->size(), bytes + bytes / 8, *batch);
    return batch;
}

void Receiver::flush()
{
    if (m_batch->isEmpty())
        return;
    batchfiller::joinBinary(m_binary, *m_batch);
    std::shared_ptr<FrameBatch> next = newBatch(); // sized by the one that goes
    push(std::exchange(m_batch, std::move(next)));
}

void Receiver::push(StreamItem item)
{
    if (!m_ended)
        (void)m_queue->push(std::move(item)); // closed: the session has ended, and said so
}

void Receiver::record(AuditEvent event)
{
    flush();
    // The breaker's cool-down may end with this attempt: what it does then comes before the attempt in the log.
    if (event.action == AuditAction::ConnectStarted) {
        if (const auto state = m_breaker.onTick(monotonicNs()))
            onBreaker(*state);
    }
    push(std::move(event));
}

void Receiver::onBreaker(BreakerState state)
{
    const QJsonObject detail{{QStringLiteral("mean_bytes"), qint64(m_breaker.meanBytes())},
                             {QStringLiteral("limit_bytes"), qint64(m_config.breakerLimits.meanBytes)},
                             {QStringLiteral("frames"), qint64(m_breaker.framesInWindow())},
                             {QStringLiteral("window_s"), qint64(m_config.breakerLimits.window.count())},
                             {QStringLiteral("cool_down_ms"), qint64(m_breaker.currentCoolDown().count())}};
    BreakerStatus status{state, m_breaker.meanBytes(), 0};
    switch (state) {
    case BreakerState::Open: {
        const std::chrono::milliseconds coolDown = m_breaker.currentCoolDown();
        status.probeAtMonoNs = monotonicNs() + std::chrono::nanoseconds(coolDown).count();
        record(auditEvent(AuditAction::BreakerOpened, Severity::Error, m_sourceState.endpoint, detail));
        // Called from inside a delivery: the socket must be back in its event loop before it is closed.
        QMetaObject::invokeMethod(
            this,
            [this, coolDown] {
                if (m_source && !m_stopping)
                    m_source->suspend(coolDown);
            },
            Qt::QueuedConnection);
        break;
    }
    case BreakerState::HalfOpen:
        record(auditEvent(AuditAction::BreakerProbing, Severity::Note, m_sourceState.endpoint, detail));
        break;
    case BreakerState::Closed:
        record(auditEvent(AuditAction::BreakerClosed, Severity::Note, m_sourceState.endpoint, detail));
        break;
    }
    Q_EMIT breakerChanged(status);
}

/// The source itself goes with the receiver: this may run inside one of its signals.
void Receiver::end(const std::optional<Error>& error)
{
    if (m_ended)
        return;
    m_stopping = true;
    m_stopDeadline.stop();
    m_ticker.stop();
    m_flushDeadline.stop();
    flush();
    push(StreamEnd{error, m_beyondLimit});
    m_ended = true;
}

} // namespace framescope
