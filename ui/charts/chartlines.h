#pragma once
/// From metrics buckets to what the three charts draw. Pure functions, no Qt Charts: this is where the rules live and
/// are tested.
///
/// Rules: a percentile is drawn only where a second holds enough frames to have one (p95: 20, p99: 100); a line is
/// interrupted where three seconds or more have no value, never interpolated over; at most @p maxPoints points a line,
/// by the least and the greatest of each column, never by averaging percentiles. Thread: any. Units: x in seconds
/// before the newest second (-300 to 0); latency as log10 of milliseconds.
#include "core/metrics/metricssnapshot.h"

#include <QList>
#include <QPointF>
#include <QString>
#include <vector>

namespace framescope {

using LineSegments = std::vector<QList<QPointF>>;

inline constexpr quint64 leastFramesForP95 = 20;
inline constexpr quint64 leastFramesForP99 = 100;

struct AxisTick
{
    double value = 0;
    QString label;
};

struct ChartAxis
{
    double least = 0;
    double most = 1;
    std::vector<AxisTick> ticks;
};

struct LatencyLines
{
    LineSegments p50;
    LineSegments p95;
    LineSegments p99;
    ChartAxis axis; ///< log10(ms)
};

struct IntegrityLines
{
    LineSegments rate;          ///< per cent
    QList<QPointF> refusedBars; ///< the outline of all bars, from the axis' foot
    ChartAxis axis;             ///< 95 to 100 %, lower where the rate is
    quint64 refused = 0;        ///< in the range
    quint64 mostRefused = 0;    ///< of the highest bar
    int barSeconds = 1;
};

struct ThroughputLine
{
    QList<QPointF> framesPerSecond;
    ChartAxis axis;
};

struct ChartLines
{
    int spanSeconds = 300;
    bool isEmpty = true; ///< no frame in the range
    LatencyLines latency;
    IntegrityLines integrity;
    ThroughputLine throughput;
};

[[nodiscard]] ChartLines chartLines(const MetricsSnapshot& metrics, int spanSeconds, int maxPoints);
/// The range as CSV (RFC 4180), the same columns whatever the locale; a value that is not drawn is empty.
[[nodiscard]] QByteArray chartCsv(const MetricsSnapshot& metrics, int spanSeconds);
/// The buckets of the last @p spanSeconds, oldest first.
[[nodiscard]] std::span<const MetricsBucket> bucketsInSpan(const MetricsSnapshot& metrics, int spanSeconds);

} // namespace framescope
