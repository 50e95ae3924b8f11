#pragma once
/// Counts frames and measures their latency; a sink. Cost per frame: a few adds, no allocation, no lock.
///
/// Memory is bounded: one histogram, one ring of windowSize latencies, at most bucketLimit closed buckets and
/// at most 256 types (later ones are counted under "(other)").
/// Thread: fed and asked on one thread (the pipeline's, or a reader's when a session is reopened: the same frames give
/// the same numbers, because buckets follow arrival stamps, not the clock).
#include "core/frame/framesink.h"
#include "core/metrics/metricssnapshot.h"

namespace framescope {

class Metrics final : public FrameSink
{
public:
    explicit Metrics(int windowSize = 1000);
    ~Metrics() override;

    void consumeBatch(const FrameBatchPtr& batch) override;
    void consumeEvent(const AuditEvent& event) override;
    /// @p nowMonoNs closes the seconds that have passed without frames and lets the rates fall to zero.
    [[nodiscard]] MetricsSnapshotPtr snapshot(qint64 nowMonoNs) const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace framescope
