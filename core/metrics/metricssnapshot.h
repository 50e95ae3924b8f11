#pragma once
/// Metrics as values: totals, the window of the last frames, and one bucket a second. What charts, status bar and
/// --stats read.
///
/// Thread: any; values, shared as std::shared_ptr<const MetricsSnapshot>. Latency: from the socket to the verdict, ns.
/// Integrity rate: accepted (with or without warnings) / received; refused frames are counted as received.
#include "core/frame/frame.h"

#include <QMetaType>
#include <array>
#include <memory>
#include <vector>

namespace framescope {

struct LatencySummary
{
    quint64 count = 0;
    qint64 averageNs = 0;
    qint64 p50Ns = 0;
    qint64 p95Ns = 0;
    qint64 p99Ns = 0;
    qint64 maxNs = 0;
};

struct FrameCounts
{
    quint64 received = 0;
    quint64 accepted = 0; ///< without findings above note
    quint64 warned = 0;
    quint64 refused = 0;
    quint64 bytes = 0;

    /// (accepted + warned) / received; 1 when nothing was received.
    [[nodiscard]] double integrityRate() const
    {
        return received == 0 ? 1.0 : double(received - refused) / double(received);
    }
};

/// One second of arrivals, by the monotonic clock. A second without frames has no bucket: a jump in `second` is a
/// silence, to be drawn as one (rates are zero there, latency is unknown).
struct MetricsBucket
{
    qint64 second = 0;      ///< monotonic second
    qint64 startWallNs = 0; ///< UTC of its first frame
    FrameCounts counts;
    LatencySummary latency;
};

struct TypeMetrics
{
    QByteArray type;
    FrameCounts counts;
    qint64 lastWallNs = 0;
};

struct MetricsSnapshot
{
    FrameCounts totals;
    LatencySummary allTime; ///< from a histogram with 1.6 % wide steps
    LatencySummary window;  ///< of the last windowSize frames, exact
    int windowSize = 1000;
    /// From the event time that a body states to its arrival here. It depends on both clocks: show the clock offset
    /// beside it. Only frames that state a time count; those that arrived "before" it are not in endToEnd.
    LatencySummary endToEnd;
    quint64 endToEndNegative = 0; ///< frames whose event time lay ahead of their arrival
    double framesPerSecond = 0;   ///< over the last 5 full seconds; 0 when they are past
    double bytesPerSecond = 0;
    qint64 firstMonoNs = 0; ///< arrival of the first and the last frame
    qint64 lastMonoNs = 0;
    std::vector<TypeMetrics> byType;
    std::array<quint64, findingIdLimit> findings{}; ///< occurrences by FindingId
    std::vector<MetricsBucket> buckets;             ///< full seconds only, newest last, at most bucketLimit
    quint64 receivedToLastBucket = 0;               ///< all of totals.received but those of the second that runs
};
inline constexpr std::size_t bucketLimit = 900; ///< 15 minutes of seconds; charts show up to that
using MetricsSnapshotPtr = std::shared_ptr<const MetricsSnapshot>;

} // namespace framescope

Q_DECLARE_METATYPE(framescope::MetricsSnapshotPtr)
