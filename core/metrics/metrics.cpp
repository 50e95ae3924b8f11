#include "core/metrics/metrics.h"

#include "core/base/clock.h"
#include "core/base/latencyhistogram.h"
#include "core/frame/eventlatency.h"

#include <QHash>
#include <algorithm>
#include <cmath>
#include <deque>

namespace framescope {

namespace {

constexpr qint64 rateSeconds = 5;
constexpr std::size_t typeLimit = 256;
constexpr int windowLimit = 1'000'000;

void count(FrameCounts& counts, const FrameHead& head)
{
    ++counts.received;
    counts.bytes += head.sizeBytes;
    switch (head.verdict) {
    case Verdict::Accepted:
        ++counts.accepted;
        break;
    case Verdict::Warned:
        ++counts.warned;
        break;
    case Verdict::Refused:
        ++counts.refused;
        break;
    }
}

LatencySummary summaryOf(const LatencyHistogram& histogram)
{
    return {histogram.count(),          histogram.average(),        histogram.percentile(0.50),
            histogram.percentile(0.95), histogram.percentile(0.99), histogram.max()};
}

/// Exact, nearest rank. Reorders @p values.
LatencySummary summaryOf(std::vector<quint32>& values)
{
    LatencySummary summary;
    if (values.empty())
        return summary;
    quint64 sum = 0;
    quint32 max = 0;
    for (const quint32 value : values) {
        sum += value;
        max = std::max(max, value);
    }
    // Each search only looks at what lies above the one before it.
    auto from = values.begin();
    const auto percentile = [&](double share) {
        const auto rank = std::max<std::ptrdiff_t>(1, std::ptrdiff_t(std::ceil(share * double(values.size()))));
        const auto nth = values.begin() + (rank - 1);
        std::nth_element(from, nth, values.end());
        from = nth;
        return qint64(*nth);
    };
    summary.count = values.size();
    summary.averageNs = qint64(sum / values.size());
    summary.p50Ns = percentile(0.50);
    summary.p95Ns = percentile(0.95);
    summary.p99Ns = percentile(0.99);
    summary.maxNs = max;
    return summary;
}

} // namespace

struct Metrics::Private
{
    FrameCounts totals;
    LatencyHistogram allTime;
    LatencyHistogram endToEnd;
    quint64 endToEndNegative = 0;
    std::vector<quint32> window; ///< a ring once it is full
    std::size_t windowNext = 0;
    std::size_t windowSize = 1000;
    qint64 firstMonoNs = 0;
    qint64 lastMonoNs = 0;

    std::deque<MetricsBucket> closed;
    MetricsBucket open; ///< counts.received == 0: none yet
    LatencyHistogram openLatency;

    std::vector<TypeMetrics> types;
    QHash<QByteArray, quint16> slotOfName;
    TypeNamesPtr names; ///< whose ids slotOfType maps; held, so that its address stays its own
    std::vector<quint16> slotOfType;

    std::array<quint64, findingIdLimit> findings{};

    quint16 slotFor(const QByteArray& name)
    {
        if (const auto known = slotOfName.constFind(name); known != slotOfName.constEnd())
            return *known;
        const bool full = types.size() + 1 >= typeLimit;
        const QByteArray shown = full ? QByteArrayLiteral("(other)") : name;
        if (full) {
            if (const auto other = slotOfName.constFind(shown); other != slotOfName.constEnd())
                return *other;
        }
        types.push_back({shown, {}, 0});
        const quint16 slot = quint16(types.size() - 1);
        slotOfName.insert(shown, slot);
        return slot;
    }

    // Ids belong to a session's list of names; the list changes when a type is first seen, so this is rare.
    void learn(const TypeNamesPtr& newNames)
    {
        if (newNames == names && !slotOfType.empty())
            return;
        names = newNames;
        // Slots are given when a frame of the type comes: types that the list merely names are not listed.
        slotOfType.assign(names ? std::max<std::size_t>(1, names->size()) : 1, unsetSlot);
    }

    TypeMetrics& typeOf(const FrameHead& head)
    {
        const TypeId id = head.type < slotOfType.size() ? head.type : unknownType;
        quint16& slot = slotOfType[id];
        if (slot == unsetSlot)
            slot = slotFor(names && id < names->size() ? (*names)[id] : QByteArray());
        return types[slot];
    }

    // Stamps of one session only grow; should one not, it counts in the second that is open.
    void enterSecond(const FrameHead& head)
    {
        const qint64 second = head.monoNs / nsPerSecond;
        if (open.counts.received != 0) {
            if (second <= open.second)
                return;
            close();
        }
        open = {};
        open.second = second;
        open.startWallNs = head.wallNs;
    }

    [[nodiscard]] MetricsBucket openBucket() const
    {
        MetricsBucket bucket = open;
        bucket.latency = summaryOf(openLatency);
        return bucket;
    }

    void close()
    {
        closed.push_back(openBucket());
        if (closed.size() > bucketLimit)
            closed.pop_front();
        openLatency.clear();
    }

    // A negative latency says that the clocks differ. Clipped to zero it would pull every percentile down.
    void addEndToEnd(qint64 ns)
    {
        if (ns < 0)
            ++endToEndNegative;
        else
            endToEnd.add(ns);
    }

    void add(const FrameHead& head)
    {
        enterSecond(head);
        count(totals, head);
        count(open.counts, head);
        TypeMetrics& type = typeOf(head);
        count(type.counts, head);
        type.lastWallNs = head.wallNs;
        allTime.add(head.parseNs);
        if (const std::optional<qint64> ns = endToEndNs(head))
            addEndToEnd(*ns);
        openLatency.add(head.parseNs);
        if (window.size() < windowSize) {
            window.push_back(head.parseNs);
        } else {
            window[windowNext] = head.parseNs;
            windowNext = windowNext + 1 == windowSize ? 0 : windowNext + 1;
        }
        if (totals.received == 1)
            firstMonoNs = head.monoNs;
        lastMonoNs = head.monoNs;
    }

    static constexpr quint16 unsetSlot = 0xffff;
};

Metrics::Metrics(int windowSize)
    : d(std::make_unique<Private>())
{
    d->windowSize = std::size_t(std::clamp(windowSize, 1, windowLimit));
    d->window.reserve(d->windowSize);
}

Metrics::~Metrics() = default;

void Metrics::consumeBatch(const FrameBatchPtr& batch)
{
    if (!batch)
        return;
    d->learn(batch->types);
    for (const FrameHead& head : batch->heads)
        d->add(head);
    for (const Finding& finding : batch->findings) {
        const std::size_t id = std::size_t(finding.id);
        ++d->findings[id < d->findings.size() ? id : 0];
    }
}

void Metrics::consumeEvent(const AuditEvent&) {}

MetricsSnapshotPtr Metrics::snapshot(qint64 nowMonoNs) const
{
    auto snapshot = std::make_shared<MetricsSnapshot>();
    snapshot->totals = d->totals;
    snapshot->allTime = summaryOf(d->allTime);
    std::vector<quint32> window = d->window;
    snapshot->window = summaryOf(window);
    snapshot->endToEnd = summaryOf(d->endToEnd);
    snapshot->endToEndNegative = d->endToEndNegative;
    snapshot->windowSize = int(d->windowSize);
    snapshot->firstMonoNs = d->firstMonoNs;
    snapshot->lastMonoNs = d->lastMonoNs;
    snapshot->byType = d->types;
    snapshot->findings = d->findings;
    snapshot->buckets.reserve(bucketLimit + 1); // one size for all: growing ones leave holes that the next does not fit
    snapshot->buckets.assign(d->closed.begin(), d->closed.end());
    const qint64 nowSecond = nowMonoNs / nsPerSecond;
    snapshot->receivedToLastBucket = d->totals.received - d->open.counts.received;
    if (d->open.counts.received != 0 && d->open.second < nowSecond) {
        snapshot->receivedToLastBucket = d->totals.received;
        snapshot->buckets.push_back(d->openBucket());
        if (snapshot->buckets.size() > bucketLimit)
            snapshot->buckets.erase(snapshot->buckets.begin());
    }

    // The second that runs now is not full yet, and a session younger than five seconds is measured by its age.
    const qint64 span = std::clamp<qint64>(nowSecond - d->firstMonoNs / nsPerSecond, 1, rateSeconds);
    quint64 frames = 0;
    quint64 bytes = 0;
    for (auto it = snapshot->buckets.rbegin(); it != snapshot->buckets.rend() && it->second >= nowSecond - span; ++it) {
        if (it->second < nowSecond) {
            frames += it->counts.received;
            bytes += it->counts.bytes;
        }
    }
    snapshot->framesPerSecond = double(frames) / double(span);
    snapshot->bytesPerSecond = double(bytes) / double(span);
    return snapshot;
}

} // namespace framescope
