#include "app/cli/statsfile.h"

#include "core/frame/findingcatalogue.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

namespace framescope::cli {

namespace {

double microseconds(qint64 ns)
{
    return double(ns) / 1000.0;
}

QJsonObject parseLatency(const LatencySummary& latency)
{
    return {{QStringLiteral("avg"), microseconds(latency.averageNs)},
            {QStringLiteral("p50"), microseconds(latency.p50Ns)},
            {QStringLiteral("p95"), microseconds(latency.p95Ns)},
            {QStringLiteral("p99"), microseconds(latency.p99Ns)},
            {QStringLiteral("max"), microseconds(latency.maxNs)}};
}

QJsonValue durableLatency(const std::optional<Stats::Live>& live)
{
    if (!live)
        return QJsonValue::Null;
    return QJsonObject{{QStringLiteral("p50"), microseconds(live->durableP50Ns)},
                       {QStringLiteral("p99"), microseconds(live->durableP99Ns)},
                       {QStringLiteral("max"), microseconds(live->durableMaxNs)}};
}

QJsonObject framesByType(const MetricsSnapshot& metrics)
{
    QJsonObject types;
    for (const TypeMetrics& type : metrics.byType)
        types.insert(type.type.isEmpty() ? QStringLiteral("(unknown)") : QString::fromUtf8(type.type),
                     qint64(type.counts.received));
    return types;
}

QJsonObject findingsByName(const MetricsSnapshot& metrics)
{
    QJsonObject findings;
    for (std::size_t id = 1; id < metrics.findings.size(); ++id) {
        if (metrics.findings[id] != 0)
            findings.insert(QString::fromLatin1(findingInfo(FindingId(id)).name), qint64(metrics.findings[id]));
    }
    return findings;
}

} // namespace

QByteArray statsJson(const Stats& stats)
{
    const FrameCounts& totals = stats.metrics->totals;
    const QJsonObject object{
        {QStringLiteral("frames_received"), qint64(totals.received)},
        {QStringLiteral("frames_accepted"), qint64(totals.received - totals.refused)},
        {QStringLiteral("frames_warned"), qint64(totals.warned)},
        {QStringLiteral("frames_rejected"), qint64(totals.refused)},
        {QStringLiteral("frames_dropped"), qint64(stats.framesDropped)},
        {QStringLiteral("error"), stats.error.isEmpty() ? QJsonValue() : QJsonValue(QString::fromLatin1(stats.error))},
        {QStringLiteral("bytes_received"), qint64(totals.bytes)},
        {QStringLiteral("seconds"), stats.seconds},
        {QStringLiteral("frames_per_second"), stats.seconds > 0 ? double(totals.received) / stats.seconds : 0.0},
        {QStringLiteral("integrity_rate"), totals.integrityRate()},
        {QStringLiteral("parse_latency_us"), parseLatency(stats.metrics->allTime)},
        {QStringLiteral("durable_latency_us"), durableLatency(stats.live)},
        {QStringLiteral("reconnects"), qint64(stats.reconnects)},
        {QStringLiteral("by_type"), framesByType(*stats.metrics)},
        {QStringLiteral("findings"), findingsByName(*stats.metrics)},
        {QStringLiteral("peak_rss_bytes"), stats.live ? QJsonValue(stats.live->peakResidentBytes) : QJsonValue()},
        {QStringLiteral("session_bytes"), stats.sessionBytes},
        {QStringLiteral("payloads_removed"), QJsonObject{{QStringLiteral("frames"), qint64(stats.payloadsRemoved)},
                                                         {QStringLiteral("bytes"), qint64(stats.payloadBytesRemoved)}}},
        {QStringLiteral("storage_queue_high_water_bytes"),
         stats.live ? QJsonValue(qint64(stats.live->queueHighWaterBytes)) : QJsonValue()}};
    return QJsonDocument(object).toJson();
}

Expected<void> writeStatsFile(const QString& path, const Stats& stats)
{
    const QByteArray text = statsJson(stats);
    QSaveFile file(path);
    // Unbuffered, so that a full disk shows in write().
    if (!file.open(QIODevice::WriteOnly | QIODevice::Unbuffered) || file.write(text) != text.size() || !file.commit())
        return failure(ErrorCode::Io, file.errorString(), path);
    return {};
}

} // namespace framescope::cli
