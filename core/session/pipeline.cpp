#include "core/session/pipeline.h"

#include "core/genesys/notificationsource.h"
#include "core/routing/outlet.h"
#include "core/stream/directsource.h"

#include <QJsonArray>
#include <QThread>

namespace framescope {

namespace {

constexpr std::size_t batchFrames = 512;
constexpr std::size_t batchPayloadBytes = 1024 * 1024;
constexpr std::chrono::milliseconds tickInterval{200};
constexpr std::chrono::milliseconds stopTimeout{1'200};

DecoderOptions decoderOptions(const SessionConfig& config)
{
    DecoderOptions options;
    options.flagBytes = config.sizeLimits.flagBytes;
    options.keepPayload = config.payloads == PayloadPolicy::Full;
    options.frameFlags = config.simulated ? FrameFlag::Simulated : 0;
    options.maskPersonal = config.maskPersonal;
    return options;
}

QString endpointOf(const SessionConfig& config)
{
    const QUrl& url = config.notifications ? config.notifications->hosts.api : config.stream.url;
    return url.toString(QUrl::RemoveUserInfo | QUrl::RemoveQuery);
}

} // namespace

Pipeline::Pipeline(Parts parts)
    : m_parts(std::move(parts))
    , m_decoder(m_parts.matrix, decoderOptions(m_parts.config))
    , m_breaker(m_parts.config.breakerLimits)
    , m_metrics(m_parts.config.metricsWindow)
    , m_router(this)
    , m_batch(newBatch())
    , m_ticker(this)
    , m_stopDeadline(this)
{
    // Children, so that they follow the pipeline to its thread.
    m_ticker.setInterval(tickInterval);
    m_stopDeadline.setSingleShot(true);
    connect(&m_ticker, &QTimer::timeout, this, &Pipeline::tick);
    connect(&m_stopDeadline, &QTimer::timeout, this, &Pipeline::finish);
    m_router.addSink(&m_metrics);
    for (FrameSink* sink : m_parts.sinks)
        m_router.addSink(sink);
    m_parts.writer->onError([this](const Error& error) {
        QMetaObject::invokeMethod(
            this, [this, error] { onStorageError(error); }, Qt::QueuedConnection);
    });
}

Pipeline::~Pipeline() = default;

void Pipeline::start()
{
    m_startedMonoNs = monotonicNs();
    recordStart();
    if (!m_parts.config.outletName.isEmpty()) {
        m_outlet = std::make_unique<Outlet>();
        m_outlet->onEvent([this](AuditEvent event) { record(std::move(event)); });
        if (const Expected<void> listening = m_outlet->listen(m_parts.config.outletName); !listening)
            m_error = listening.error();
        else
            m_router.addSink(m_outlet.get());
    }
    makeSource();
    m_ticker.start();
    if (m_error)
        finish();
    else
        m_source->start(this);
}

void Pipeline::makeSource()
{
    if (m_parts.config.notifications) {
        // The offline copy judges until the service's own schemas arrive, and where they do not.
        useTopics(TopicSchemas::builtIn(), QStringLiteral("built-in"));
        auto source = makeNotificationSource(*m_parts.config.notifications);
        connect(source.get(), &NotificationSource::notificationStateChanged, this, &Pipeline::notificationStateChanged);
        m_source = std::move(source);
    } else {
        m_source = makeDirectSource(m_parts.config.stream);
    }
    connect(m_source.get(), &FrameSource::stateChanged, this, [this](const SourceState& state) {
        m_sourceState = state;
        Q_EMIT sourceStateChanged(state);
    });
    connect(m_source.get(), &FrameSource::finished, this, &Pipeline::onSourceFinished);
}

bool Pipeline::publishTopics(const QByteArray& availableTopicsJson, const QString& origin)
{
    return useTopics(TopicSchemas::fromAvailableTopics(availableTopicsJson), origin);
}

bool Pipeline::useTopics(const Expected<TopicSchemas>& topics, const QString& origin)
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
    flush(); // what came before was judged by the schemas of its time
    m_decoder.useTopics(*topics);
    return true;
}

void Pipeline::recordStart()
{
    const SessionConfig& config = m_parts.config;
    record(
        auditEvent(AuditAction::SessionStarted, Severity::Note, config.sourceName,
                   {{QStringLiteral("version"), QStringLiteral(FRAMESCOPE_VERSION)},
                    {QStringLiteral("source"), config.simulated ? QStringLiteral("simulated") : QStringLiteral("live")},
                    {QStringLiteral("endpoint"), endpointOf(config)},
                    {QStringLiteral("masked"), config.maskPersonal},
                    {QStringLiteral("payloads"),
                     config.payloads == PayloadPolicy::Full ? QStringLiteral("full") : QStringLiteral("digest")},
                    {QStringLiteral("flag_bytes"), qint64(config.sizeLimits.flagBytes)},
                    {QStringLiteral("refuse_bytes"), qint64(config.sizeLimits.refuseBytes)},
                    {QStringLiteral("breaker_mean_bytes"), qint64(config.breakerLimits.meanBytes)}}));
    QStringList types;
    for (const QByteArray& name : m_parts.matrix.typeNames())
        types += QString::fromUtf8(name);
    record(auditEvent(AuditAction::MatrixLoaded, Severity::Note,
                      config.matrixPath.isEmpty() ? QStringLiteral("built-in") : config.matrixPath,
                      {{QStringLiteral("sha256"), QString::fromLatin1(m_parts.matrix.sha256Hex())},
                       {QStringLiteral("types"), QJsonArray::fromStringList(types)}}));
}

void Pipeline::stop()
{
    if (m_stopping)
        return;
    m_stopping = true;
    m_stopDeadline.start(stopTimeout);
    if (m_source)
        m_source->stop();
    else
        finish();
}

void Pipeline::reconnectNow()
{
    record(auditEvent(AuditAction::ReconnectRequested, Severity::Note, m_sourceState.endpoint));
    if (const auto state = m_breaker.probeNow(monotonicNs()))
        onBreaker(*state);
    if (m_source)
        m_source->reconnectNow();
}

void Pipeline::receive(const RawFrame& frame)
{
    const SessionConfig& config = m_parts.config;
    if (config.frameLimit != 0 && m_lastNumber >= config.frameLimit) {
        ++m_beyondLimit;
        return;
    }
    const quint64 sizeBytes = wireSizeBytes(frame);
    const quint64 number = ++m_lastNumber;
    if (gateDecision(sizeBytes, config.sizeLimits) == GateDecision::Refuse)
        m_decoder.appendRefusedByGate(frame, sizeBytes, config.sizeLimits.refuseBytes, number, *m_batch);
    else
        m_decoder.decode(frame, sizeBytes, number, *m_batch);

    if (m_batch->size() >= batchFrames || m_batch->payload.size() >= batchPayloadBytes) {
        flush();
    } else if (!m_flushQueued) {
        m_flushQueued = true;
        QMetaObject::invokeMethod(
            this,
            [this] {
                m_flushQueued = false;
                flush();
            },
            Qt::QueuedConnection);
    }
    if (const auto state = m_breaker.onFrame(sizeBytes, frame.arrival.monoNs))
        onBreaker(*state);
    // The source is in the middle of delivering: it is stopped when it is back in its event loop.
    if (m_lastNumber == config.frameLimit)
        QMetaObject::invokeMethod(this, &Pipeline::stop, Qt::QueuedConnection);
}

std::shared_ptr<FrameBatch> Pipeline::newBatch() const
{
    auto batch = std::make_shared<FrameBatch>();
    // As large as the last one was: a quiet stream stays small, a busy one does not grow its vectors step by step.
    const std::size_t frames = m_batch ? m_batch->size() : 16;
    const std::size_t bytes = m_batch ? m_batch->payload.size() : 16 * 1024;
    batch->heads.reserve(frames);
    batch->digests.reserve(frames);
    batch->payload.reserve(bytes + bytes / 8 + 64);
    return batch;
}

void Pipeline::flush()
{
    if (m_batch->isEmpty())
        return;
    std::shared_ptr<FrameBatch> batch = std::exchange(m_batch, nullptr);
    batch->types = m_decoder.typeNames();
    batch->shrink();
    m_parts.writer->append(batch); // numbers it; waits when the disk is behind
    const FrameBatchPtr shared = batch;
    m_batch = std::move(batch);
    m_batch = newBatch(); // sized by the batch just sealed
    m_router.consumeBatch(shared);
}

void Pipeline::record(AuditEvent event)
{
    if (m_closed)
        return;
    flush();
    // The breaker's cool-down may end with this attempt: what it does then comes before the attempt in the log.
    if (event.action == AuditAction::ConnectStarted) {
        if (const auto state = m_breaker.onTick(monotonicNs()))
            onBreaker(*state);
    }
    event.seq = m_parts.writer->append(event);
    m_router.consumeEvent(event);
    if (event.action == AuditAction::Connected)
        m_decoder.connectionStarted(event.connection);
}

void Pipeline::tick()
{
    const qint64 nowNs = monotonicNs();
    if (const auto state = m_breaker.onTick(nowNs))
        onBreaker(*state);
    Q_EMIT metricsUpdated(m_metrics.snapshot(nowNs));
}

void Pipeline::onBreaker(BreakerState state)
{
    const QJsonObject detail{{QStringLiteral("mean_bytes"), qint64(m_breaker.meanBytes())},
                             {QStringLiteral("limit_bytes"), qint64(m_parts.config.breakerLimits.meanBytes)},
                             {QStringLiteral("frames"), qint64(m_breaker.framesInWindow())},
                             {QStringLiteral("window_s"), qint64(m_parts.config.breakerLimits.window.count())},
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

void Pipeline::onSourceFinished(const std::optional<Error>& error)
{
    if (error && !m_error)
        m_error = error;
    finish();
}

void Pipeline::onStorageError(const Error& error)
{
    // What cannot be kept must not look as if it were: the stream is closed and everybody is told.
    if (m_ended)
        return;
    m_error = error;
    Q_EMIT storageFailed(error);
    stop();
}

void Pipeline::finish()
{
    if (m_ended)
        return;
    m_ended = true;
    m_stopping = true;
    m_stopDeadline.stop();
    m_ticker.stop();
    flush();
    const MetricsSnapshotPtr metrics = m_metrics.snapshot(monotonicNs());
    QJsonObject detail{{QStringLiteral("frames_received"), qint64(metrics->totals.received)},
                       {QStringLiteral("frames_accepted"), qint64(metrics->totals.accepted + metrics->totals.warned)},
                       {QStringLiteral("frames_refused"), qint64(metrics->totals.refused)},
                       {QStringLiteral("frames_dropped"), qint64(m_parts.writer->status().framesDropped)}};
    if (m_beyondLimit != 0)
        detail.insert(QStringLiteral("messages_after_frame_limit"), qint64(m_beyondLimit));
    if (m_error)
        detail.insert(QStringLiteral("error"), QString(errorCodeName(m_error->code)));
    record(auditEvent(AuditAction::SessionStopped, m_error ? Severity::Error : Severity::Note,
                      m_parts.config.sourceName, detail));
    m_closed = true;
    const Expected<void> closed = m_parts.writer->close();
    if (!closed && !m_error)
        m_error = closed.error();

    SessionSummary summary;
    summary.metrics = metrics;
    summary.storage = m_parts.writer->status();
    summary.source = m_sourceState;
    summary.listenerDrops = m_outlet ? m_outlet->droppedFrames() : 0;
    summary.sessionPath = m_parts.writer->path();
    summary.seconds = double(monotonicNs() - m_startedMonoNs) / 1e9;
    summary.error = m_error;
    // Not reset(): this may run inside a signal of the source.
    if (FrameSource* source = m_source.release())
        source->deleteLater();
    Q_EMIT metricsUpdated(metrics);
    Q_EMIT ended(summary);
    thread()->quit();
}

} // namespace framescope
