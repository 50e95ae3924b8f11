#include "core/session/pipeline.h"

#include "core/routing/outlet.h"
#include "core/session/redactiondetail.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QThread>

namespace framescope {

namespace {

constexpr std::chrono::milliseconds tickInterval{200};
// A stream that ends by itself may be faster than the keyring: so long its end waits to be signed.
constexpr std::chrono::milliseconds keyPatience{500};

DecoderOptions decoderOptions(const SessionConfig& config)
{
    DecoderOptions options;
    options.flagBytes = config.sizeLimits.flagBytes;
    options.refuseBytes = config.sizeLimits.refuseBytes;
    options.keepPayload = config.payloads != PayloadPolicy::DigestOnly;
    if (config.payloads == PayloadPolicy::Redacted)
        options.redaction = config.redaction;
    options.maskPersonal = config.maskPersonal;
    return options;
}

QString endpointOf(const SessionConfig& config)
{
    if (config.replay)
        return config.replay->path;
    const QUrl& url = config.notifications ? config.notifications->hosts.api : config.stream.url;
    return url.toString(QUrl::RemoveUserInfo | QUrl::RemoveQuery);
}

} // namespace

Pipeline::Pipeline(Parts parts)
    : m_parts(std::move(parts))
    , m_decoder(m_parts.matrix, decoderOptions(m_parts.config))
    , m_metrics(m_parts.config.metricsWindow)
    , m_router(this)
    , m_ticker(this) // a child, so that it follows the pipeline to its thread
{
    m_ticker.setInterval(tickInterval);
    connect(&m_ticker, &QTimer::timeout, this, &Pipeline::tick);
    m_router.addSink(&m_metrics);
    for (FrameSink* sink : m_parts.sinks)
        m_router.addSink(sink);
    m_parts.writer->onError([this](const Error& error) {
        QMetaObject::invokeMethod(
            this, [this, error] { onStorageError(error); }, Qt::QueuedConnection);
    });
    m_parts.writer->onRemoval([this](const AuditEvent& event) {
        QMetaObject::invokeMethod(
            this, [this, event] { record(event); }, Qt::QueuedConnection);
    });
    m_parts.queue->setWake([this] { QMetaObject::invokeMethod(this, &Pipeline::drain, Qt::QueuedConnection); });
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
    m_ticker.start();
    if (m_error)
        finish();
    else
        Q_EMIT started();
}

void Pipeline::recordStart()
{
    const SessionConfig& config = m_parts.config;
    QJsonObject detail{{QStringLiteral("version"), QStringLiteral(FRAMESCOPE_VERSION)},
                       {QStringLiteral("source"), QString(sourceKindOf(config))},
                       {QStringLiteral("endpoint"), endpointOf(config)},
                       {QStringLiteral("masked"), config.maskPersonal},
                       {QStringLiteral("payloads"), payloadWord(config.payloads)},
                       {QStringLiteral("flag_bytes"), qint64(config.sizeLimits.flagBytes)},
                       {QStringLiteral("refuse_bytes"), qint64(config.sizeLimits.refuseBytes)},
                       {QStringLiteral("breaker_mean_bytes"), qint64(config.breakerLimits.meanBytes)}};
    if (config.payloads == PayloadPolicy::Redacted)
        addRedactionRules(config.redaction, detail);
    if (config.retention.isOn())
        detail.insert(QStringLiteral("retention"),
                      QJsonObject{{QStringLiteral("seconds"), qint64(config.retention.age.count())},
                                  {QStringLiteral("bytes"), qint64(config.retention.bytes)},
                                  {QStringLiteral("frames"), qint64(config.retention.frames)}});
    if (!m_parts.previousSession.isEmpty())
        detail.insert(QStringLiteral("previous"), m_parts.previousSession);
    record(auditEvent(AuditAction::SessionStarted, Severity::Note, config.sourceName, detail));
    QStringList types;
    for (const QByteArray& name : m_parts.matrix.typeNames())
        types += QString::fromUtf8(name);
    record(auditEvent(AuditAction::MatrixLoaded, Severity::Note,
                      config.matrixPath.isEmpty() ? QStringLiteral("built-in") : config.matrixPath,
                      {{QStringLiteral("sha256"), QString::fromLatin1(m_parts.matrix.sha256Hex())},
                       {QStringLiteral("types"), QJsonArray::fromStringList(types)}}));
}

void Pipeline::drain()
{
    m_parts.queue->take(m_items);
    for (StreamItem& item : m_items) {
        if (m_ended)
            break;
        std::visit([this](auto& each) { take(each); }, item);
        item = StreamEnd(); // whoever wants a batch longer holds it: its memory does not wait for the others
    }
    m_items.clear();
}

void Pipeline::take(const std::shared_ptr<FrameBatch>& batch)
{
    m_decoder.judge(*batch);
    batch->types = m_decoder.typeNames();
    batch->shrink();
    m_parts.writer->append(batch); // numbers it; waits when the disk is behind
    m_router.consumeBatch(batch);
}

void Pipeline::take(const StreamEnd& end)
{
    if (end.error && !m_error)
        m_error = end.error;
    m_beyondLimit = end.messagesBeyondLimit;
    finish();
}

void Pipeline::record(AuditEvent event)
{
    if (m_closed)
        return;
    event.seq = m_parts.writer->append(event);
    if (event.seq == 0) // a removal of payloads that a mark came before
        return;
    m_router.consumeEvent(event);
    if (event.action == AuditAction::ReplayLimited)
        passLeftOut(event);
    if (event.action == AuditAction::Connected)
        m_decoder.connectionStarted(event.connection);
}

void Pipeline::recordGiven(const AuditEvent& event)
{
    if (m_closed)
        return;
    record(event);
    Q_EMIT givenRecorded();
}

void Pipeline::useSigningKey(const Expected<HeldKey>& held)
{
    if (std::exchange(m_isKeyKnown, true))
        return;
    if (held)
        m_router.consumeEvent(m_parts.writer->useSigningKey(held->key, held->place));
    else // the log goes on, and says that nobody signs it
        record(auditEvent(AuditAction::SigningKey, Severity::Warning, held.error().place,
                          {{QStringLiteral("error"), held.error().detail}}));
    if (m_ended)
        close();
}

/// Messages that a replay left out are no gap of the stream.
void Pipeline::passLeftOut(const AuditEvent& event)
{
    const QJsonValue frames = QJsonDocument::fromJson(event.detail).object().value(QStringLiteral("frames"));
    m_decoder.passUnread(event.connection, quint64(std::max<qint64>(0, frames.toInteger())));
}

void Pipeline::tick()
{
    Q_EMIT metricsUpdated(m_metrics.snapshot(monotonicNs()));
}

void Pipeline::onStorageError(const Error& error)
{
    // What cannot be kept must not look as if it were: the stream is closed and everybody is told.
    if (m_ended)
        return;
    m_error = error;
    Q_EMIT storageFailed(error);
    Q_EMIT stopWanted();
}

void Pipeline::finish()
{
    if (m_ended)
        return;
    m_ended = true;
    m_endedMonoNs = monotonicNs();
    m_ticker.stop();
    m_parts.queue->close();
    if (m_isKeyKnown)
        close();
    else
        QTimer::singleShot(keyPatience, this, [this] {
            if (!m_isKeyKnown)
                useSigningKey(signingKeyFromFile());
        });
}

/// After everything that was to be signed.
void Pipeline::close()
{
    const MetricsSnapshotPtr metrics = m_metrics.snapshot(m_endedMonoNs);
    QJsonObject detail{{QStringLiteral("frames_received"), qint64(metrics->totals.received)},
                       {QStringLiteral("frames_accepted"), qint64(metrics->totals.accepted + metrics->totals.warned)},
                       {QStringLiteral("frames_refused"), qint64(metrics->totals.refused)},
                       {QStringLiteral("frames_dropped"), qint64(m_parts.writer->status().framesDropped)}};
    if (m_parts.config.payloads == PayloadPolicy::Redacted)
        addRedactionCounts(m_parts.config.redaction, m_decoder.redactionCounts(), detail);
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
    summary.redaction = m_decoder.redactionCounts();
    summary.metrics = metrics;
    summary.storage = m_parts.writer->status();
    summary.streamQueueHighWater = m_parts.queue->highWaterMark();
    summary.listenerDrops = m_outlet ? m_outlet->droppedFrames() : 0;
    m_outlet.reset(); // its sockets live on this thread, which ends now
    summary.sessionPath = m_parts.writer->path();
    summary.seconds = double(m_endedMonoNs - m_startedMonoNs) / 1e9;
    summary.error = m_error;
    Q_EMIT metricsUpdated(metrics);
    Q_EMIT ended(summary);
    thread()->quit();
}

} // namespace framescope
