#include "ui/charts/chartlines.h"

#include "core/base/clock.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

namespace framescope {

namespace {

constexpr qint64 gapSeconds = 3;
constexpr double leastMs = 0.001;
constexpr int mostBars = 100;

QString chartText(const char* text)
{
    return QCoreApplication::translate("Charts", text);
}

using ValueOf = std::function<std::optional<double>(const MetricsBucket&)>;

// Keeps the least and the greatest point of each column, in their order, so that no peak is lost.
QList<QPointF> thinned(const QList<QPointF>& points, int maxPoints)
{
    if (points.size() <= maxPoints || maxPoints < 2)
        return points;
    const qsizetype columns = std::max(1, maxPoints / 2);
    QList<QPointF> kept;
    kept.reserve(columns * 2);
    const auto byY = [](const QPointF& a, const QPointF& b) { return a.y() < b.y(); };
    for (qsizetype column = 0; column < columns; ++column) {
        const auto from = points.begin() + points.size() * column / columns;
        const auto to = points.begin() + points.size() * (column + 1) / columns;
        if (from == to)
            continue;
        const auto [low, high] = std::minmax_element(from, to, byY);
        kept.append(*std::min(low, high));
        if (low != high)
            kept.append(*std::max(low, high));
    }
    return kept;
}

LineSegments segmentsOf(std::span<const MetricsBucket> buckets, int maxPoints, const ValueOf& valueOf)
{
    LineSegments segments;
    const qint64 newest = buckets.empty() ? 0 : buckets.back().second;
    double lastX = 0;
    for (const MetricsBucket& bucket : buckets) {
        const std::optional<double> value = valueOf(bucket);
        if (!value)
            continue;
        const auto x = double(bucket.second - newest);
        if (segments.empty() || x - lastX > double(gapSeconds))
            segments.emplace_back();
        segments.back().append(QPointF(x, *value));
        lastX = x;
    }
    for (QList<QPointF>& segment : segments) {
        segment = thinned(segment, maxPoints);
        // One second by itself is a dash as long as that second, not an invisible point.
        if (segment.size() == 1)
            segment = {segment.front() - QPointF(1, 0), segment.front()};
    }
    return segments;
}

double logMs(qint64 ns)
{
    return std::log10(std::max(double(ns) / 1e6, leastMs));
}

QString number(double value)
{
    return value < 1000 ? QLocale().toString(value, 'g', 3) : QLocale().toString(qint64(std::llround(value)));
}

// 1, 2 and 5 of each decade where they are few, else the decades only.
ChartAxis latencyAxis(const LatencyLines& lines)
{
    double low = 1e9;
    double high = -1e9;
    for (const LineSegments* line : {&lines.p50, &lines.p95, &lines.p99}) {
        for (const QList<QPointF>& segment : *line) {
            for (const QPointF& point : segment) {
                low = std::min(low, point.y());
                high = std::max(high, point.y());
            }
        }
    }
    if (low > high) {
        low = -2;
        high = 0;
    }
    ChartAxis axis;
    axis.least = std::floor(low - 0.05);
    axis.most = std::max(std::ceil(high + 0.05), axis.least + 1);
    const auto decades = int(axis.most - axis.least);
    const int step = decades <= 3 ? 1 : 2;
    for (int decade = 0; decade <= decades; ++decade) {
        const bool isTop = decade == decades;
        if (decade % step != 0 && !isTop)
            continue;
        const double exponent = axis.least + decade;
        const QString label = number(std::pow(10.0, exponent));
        axis.ticks.push_back({exponent, isTop ? chartText("%1 ms").arg(label) : label});
    }
    return axis;
}

LatencyLines latencyLines(std::span<const MetricsBucket> buckets, int maxPoints)
{
    LatencyLines lines;
    const auto from = [](quint64 leastFrames, qint64 LatencySummary::*percentile) {
        return [leastFrames, percentile](const MetricsBucket& bucket) -> std::optional<double> {
            if (bucket.latency.count < leastFrames)
                return std::nullopt;
            return logMs(bucket.latency.*percentile);
        };
    };
    lines.p50 = segmentsOf(buckets, maxPoints, from(1, &LatencySummary::p50Ns));
    lines.p95 = segmentsOf(buckets, maxPoints, from(leastFramesForP95, &LatencySummary::p95Ns));
    lines.p99 = segmentsOf(buckets, maxPoints, from(leastFramesForP99, &LatencySummary::p99Ns));
    lines.axis = latencyAxis(lines);
    return lines;
}

ChartAxis integrityAxis(const LineSegments& rate)
{
    double low = 100;
    for (const QList<QPointF>& segment : rate) {
        for (const QPointF& point : segment)
            low = std::min(low, point.y());
    }
    ChartAxis axis;
    axis.most = 100;
    axis.least = low >= 95 ? 95 : low >= 80 ? 80 : low >= 50 ? 50 : 0;
    for (const double value : {axis.least, (axis.least + axis.most) / 2, axis.most})
        axis.ticks.push_back({value, chartText("%1 %").arg(number(value))});
    axis.most += (axis.most - axis.least) * 0.03; // a line at 100 % is seen whole
    return axis;
}

IntegrityLines integrityLines(std::span<const MetricsBucket> buckets, int spanSeconds, int maxPoints)
{
    IntegrityLines lines;
    lines.rate = segmentsOf(buckets, maxPoints, [](const MetricsBucket& bucket) -> std::optional<double> {
        if (bucket.counts.received == 0)
            return std::nullopt;
        return bucket.counts.integrityRate() * 100.0;
    });
    lines.axis = integrityAxis(lines.rate);
    lines.barSeconds = std::max(1, (spanSeconds + mostBars - 1) / mostBars);

    // Bars stand on absolute multiples of their width, so that they move with time instead of being dealt anew.
    std::vector<std::pair<qint64, quint64>> bars;
    for (const MetricsBucket& bucket : buckets) {
        const qint64 slot = bucket.second / lines.barSeconds;
        if (bars.empty() || bars.back().first != slot)
            bars.emplace_back(slot, 0);
        bars.back().second += bucket.counts.refused;
        lines.refused += bucket.counts.refused;
        lines.mostRefused = std::max(lines.mostRefused, bars.back().second);
    }
    if (lines.mostRefused == 0)
        return lines;
    // The highest bar takes a little over a third: the rate line above must stay readable.
    const double scale = (lines.axis.most - lines.axis.least) * 0.38 / double(lines.mostRefused);
    const qint64 newest = buckets.back().second;
    for (const auto& [slot, refused] : bars) {
        if (refused == 0)
            continue;
        const double left = std::max(double(slot * lines.barSeconds - newest) - 0.9, double(-spanSeconds));
        const double right = std::min(left + lines.barSeconds * 0.8, 0.0);
        const double top = lines.axis.least + double(refused) * scale;
        lines.refusedBars << QPointF(left, lines.axis.least) << QPointF(left, top) << QPointF(right, top)
                          << QPointF(right, lines.axis.least);
    }
    return lines;
}

double niceCeiling(double value)
{
    const double decade = std::pow(10.0, std::floor(std::log10(std::max(value, 1.0))));
    for (const double step : {1.0, 2.0, 4.0, 5.0, 10.0}) {
        if (value <= step * decade)
            return step * decade;
    }
    return 10.0 * decade;
}

ThroughputLine throughputLine(std::span<const MetricsBucket> buckets, int maxPoints)
{
    ThroughputLine line;
    double most = 1;
    QList<QPointF> points;
    const qint64 newest = buckets.empty() ? 0 : buckets.back().second;
    qint64 previous = buckets.empty() ? 0 : buckets.front().second;
    for (const MetricsBucket& bucket : buckets) {
        // A second without a bucket had no frames: that is a known zero, unlike a latency that nobody measured.
        if (bucket.second > previous + 1)
            points << QPointF(double(previous + 1 - newest), 0) << QPointF(double(bucket.second - 1 - newest), 0);
        points << QPointF(double(bucket.second - newest), double(bucket.counts.received));
        most = std::max(most, double(bucket.counts.received));
        previous = bucket.second;
    }
    line.framesPerSecond = thinned(points, maxPoints);
    line.axis.most = niceCeiling(most);
    const double top = line.axis.most;
    const bool isThousands = top >= 1000;
    line.axis.ticks = {
        {0, number(0)},
        {top / 2, isThousands ? chartText("%1 k").arg(number(top / 2000)) : number(top / 2)},
        {top, isThousands ? chartText("%1 k/s").arg(number(top / 1000)) : chartText("%1/s").arg(number(top))}};
    return line;
}

QByteArray csvNumber(bool present, double value, int decimals)
{
    return present ? QByteArray::number(value, 'f', decimals) : QByteArray();
}

} // namespace

std::span<const MetricsBucket> bucketsInSpan(const MetricsSnapshot& metrics, int spanSeconds)
{
    const std::span<const MetricsBucket> all(metrics.buckets);
    if (all.empty())
        return all;
    const qint64 oldest = all.back().second - spanSeconds;
    const auto first = std::lower_bound(all.begin(), all.end(), oldest, [](const MetricsBucket& bucket, qint64 second) {
        return bucket.second < second;
    });
    return {first, all.end()};
}

ChartLines chartLines(const MetricsSnapshot& metrics, int spanSeconds, int maxPoints)
{
    const std::span<const MetricsBucket> buckets = bucketsInSpan(metrics, spanSeconds);
    ChartLines lines;
    lines.spanSeconds = spanSeconds;
    lines.isEmpty =
        std::none_of(buckets.begin(), buckets.end(), [](const MetricsBucket& b) { return b.counts.received > 0; });
    lines.latency = latencyLines(buckets, maxPoints);
    lines.integrity = integrityLines(buckets, spanSeconds, maxPoints);
    lines.throughput = throughputLine(buckets, maxPoints);
    return lines;
}

QByteArray chartCsv(const MetricsSnapshot& metrics, int spanSeconds)
{
    QByteArray csv = "start_utc,frames,bytes,warned,refused,integrity_percent,p50_ms,p95_ms,p99_ms,max_ms\r\n";
    for (const MetricsBucket& bucket : bucketsInSpan(metrics, spanSeconds)) {
        const FrameCounts& counts = bucket.counts;
        const LatencySummary& latency = bucket.latency;
        const QList<QByteArray> cells = {bucket.startWallNs > 0 ? rfc3339Utc(bucket.startWallNs) : QByteArray(),
                                         QByteArray::number(counts.received),
                                         QByteArray::number(counts.bytes),
                                         QByteArray::number(counts.warned),
                                         QByteArray::number(counts.refused),
                                         csvNumber(counts.received > 0, counts.integrityRate() * 100.0, 3),
                                         csvNumber(latency.count > 0, double(latency.p50Ns) / 1e6, 6),
                                         csvNumber(latency.count >= leastFramesForP95, double(latency.p95Ns) / 1e6, 6),
                                         csvNumber(latency.count >= leastFramesForP99, double(latency.p99Ns) / 1e6, 6),
                                         csvNumber(latency.count > 0, double(latency.maxNs) / 1e6, 6)};
        csv += cells.join(',') + "\r\n";
    }
    return csv;
}

} // namespace framescope
