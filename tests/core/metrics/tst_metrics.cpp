#include "core/base/latencyhistogram.h"
#include "core/metrics/metrics.h"
#include "tests/support/framebuilder.h"

#include <QTest>
#include <cmath>
#include <random>

using namespace framescope;
using test::FrameSpec;
using test::makeBatch;

namespace {

constexpr qint64 second = 1'000'000'000;

FrameSpec specWith(Verdict verdict, quint32 parseNs = 100'000)
{
    FrameSpec spec;
    spec.verdict = verdict;
    spec.parseNs = parseNs;
    return spec;
}

qint64 exact(std::vector<quint32> values, double share)
{
    std::sort(values.begin(), values.end());
    return values[std::size_t(std::ceil(share * double(values.size()))) - 1];
}

bool within(qint64 measured, qint64 wanted, double share)
{
    return std::abs(double(measured - wanted)) <= share * double(wanted);
}

const TypeMetrics* typeNamed(const MetricsSnapshot& snapshot, const QByteArray& name)
{
    for (const TypeMetrics& type : snapshot.byType) {
        if (type.type == name)
            return &type;
    }
    return nullptr;
}

} // namespace

class TestMetrics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isEmptyBeforeTheFirstFrame()
    {
        const auto snapshot = Metrics().snapshot(100 * second);
        QCOMPARE(snapshot->totals.received, 0u);
        QCOMPARE(snapshot->totals.integrityRate(), 1.0);
        QCOMPARE(snapshot->allTime.p99Ns, 0);
        QCOMPARE(snapshot->window.count, 0u);
        QCOMPARE(snapshot->framesPerSecond, 0.0);
        QVERIFY(snapshot->buckets.empty());
    }

    void histogramIsWithinItsStep_data()
    {
        QTest::addColumn<qint64>("value");
        for (qint64 value = 1; value < qint64(1) << 42; value = value * 3 + 1)
            QTest::addRow("%lld", static_cast<long long>(value)) << value;
    }
    void histogramIsWithinItsStep()
    {
        QFETCH(qint64, value);
        LatencyHistogram histogram;
        histogram.add(value);
        histogram.add(std::numeric_limits<qint64>::max()); // so that the maximum does not cap the answer
        QVERIFY2(within(histogram.percentile(0.5), value, 0.016),
                 qPrintable(QString::number(histogram.percentile(0.5))));
    }

    void histogramTakesAnyValue()
    {
        LatencyHistogram histogram;
        histogram.add(-5);
        histogram.add(0);
        histogram.add(std::numeric_limits<qint64>::max());
        QCOMPARE(histogram.count(), 3u);
        QCOMPARE(histogram.max(), std::numeric_limits<qint64>::max());
        QCOMPARE(histogram.percentile(0.5), 0);
    }

    void mergedHistogramsEqualOneOverAll()
    {
        std::mt19937 random(7);
        LatencyHistogram all;
        LatencyHistogram parts[2];
        for (int i = 0; i < 5000; ++i) {
            const qint64 value = qint64(random() % 1'000'000) * (i % 3 + 1);
            all.add(value);
            parts[i % 2].add(value);
        }
        parts[0].merge(parts[1]);
        for (const double share : {0.01, 0.5, 0.95, 0.99, 1.0})
            QCOMPARE(parts[0].percentile(share), all.percentile(share));
        QCOMPARE(parts[0].average(), all.average());
    }

    void windowIsExactAndAllTimeIsWithin16PerMille()
    {
        std::mt19937 random(42);
        std::lognormal_distribution<double> latency(11.0, 1.2);
        Metrics metrics(1000);
        std::vector<quint32> all;
        for (int batch = 0; batch < 40; ++batch) {
            std::vector<FrameSpec> specs;
            for (int i = 0; i < 100; ++i) {
                all.push_back(quint32(std::min(latency(random), 4e9)));
                specs.push_back(specWith(Verdict::Accepted, all.back()));
            }
            metrics.consumeBatch(makeBatch(specs, quint64(batch) * 100 + 1));
        }
        const auto snapshot = metrics.snapshot(2 * second);
        const std::vector<quint32> last(all.end() - 1000, all.end());
        QCOMPARE(snapshot->window.count, 1000u);
        QCOMPARE(snapshot->window.p50Ns, exact(last, 0.50));
        QCOMPARE(snapshot->window.p95Ns, exact(last, 0.95));
        QCOMPARE(snapshot->window.p99Ns, exact(last, 0.99));
        QCOMPARE(snapshot->window.maxNs, exact(last, 1.0));
        QCOMPARE(snapshot->allTime.count, 4000u);
        QVERIFY(within(snapshot->allTime.p50Ns, exact(all, 0.50), 0.016));
        QVERIFY(within(snapshot->allTime.p95Ns, exact(all, 0.95), 0.016));
        QVERIFY(within(snapshot->allTime.p99Ns, exact(all, 0.99), 0.016));
        QCOMPARE(snapshot->allTime.maxNs, exact(all, 1.0));
        quint64 sum = 0;
        for (const quint32 value : all)
            sum += value;
        QCOMPARE(snapshot->allTime.averageNs, qint64(sum / all.size()));
    }

    void windowOfOneFrameIsThatFrame()
    {
        Metrics metrics(1);
        metrics.consumeBatch(makeBatch({specWith(Verdict::Accepted, 5), specWith(Verdict::Accepted, 70)}));
        const auto window = metrics.snapshot(2 * second)->window;
        QCOMPARE(window.count, 1u);
        QCOMPARE(window.p50Ns, 70);
        QCOMPARE(window.p99Ns, 70);
        QCOMPARE(window.averageNs, 70);
    }

    void integrityRateCountsRefusedAsReceived()
    {
        Metrics metrics;
        std::vector<FrameSpec> specs(6, specWith(Verdict::Accepted));
        specs.push_back(specWith(Verdict::Warned));
        specs.push_back(specWith(Verdict::Refused));
        metrics.consumeBatch(makeBatch(specs));
        const auto snapshot = metrics.snapshot(2 * second);
        QCOMPARE(snapshot->totals.received, 8u);
        QCOMPARE(snapshot->totals.accepted, 6u);
        QCOMPARE(snapshot->totals.warned, 1u);
        QCOMPARE(snapshot->totals.refused, 1u);
        QCOMPARE(snapshot->totals.integrityRate(), 7.0 / 8.0);
    }

    void bucketsFollowArrivalTime()
    {
        Metrics metrics;
        // 1 ms apart from 9.998 s: two frames in second 9, eight in second 10; then silence until second 20.
        metrics.consumeBatch(makeBatch(std::vector<FrameSpec>(10), 1, 1, 10 * second - 2'000'000));
        metrics.consumeBatch(makeBatch({specWith(Verdict::Refused, 99)}, 11, 11, 20 * second));
        const auto running = metrics.snapshot(20 * second + 1);
        QCOMPARE(running->buckets.size(), 2u); // second 20 is not over
        QCOMPARE(running->receivedToLastBucket, 10u);
        const auto snapshot = metrics.snapshot(21 * second);
        QCOMPARE(snapshot->buckets.size(), 3u);
        QCOMPARE(snapshot->receivedToLastBucket, 11u);
        QCOMPARE(snapshot->buckets[0].second, 9);
        QCOMPARE(snapshot->buckets[0].counts.received, 2u);
        QCOMPARE(snapshot->buckets[1].second, 10);
        QCOMPARE(snapshot->buckets[1].counts.received, 8u);
        QCOMPARE(snapshot->buckets[1].startWallNs, snapshot->buckets[0].startWallNs + 2'000'000);
        QCOMPARE(snapshot->buckets[2].second, 20);
        QCOMPARE(snapshot->buckets[2].counts.refused, 1u);
        QCOMPARE(snapshot->buckets[2].latency.p99Ns, 99);
        QCOMPARE(snapshot->firstMonoNs, 10 * second - 2'000'000);
        QCOMPARE(snapshot->lastMonoNs, 20 * second);
        // The same snapshot again: asking changes nothing.
        QCOMPARE(metrics.snapshot(21 * second)->buckets.size(), 3u);
    }

    void keepsTheNewestBucketsOnly()
    {
        Metrics metrics;
        for (quint64 i = 1; i <= bucketLimit + 50; ++i)
            metrics.consumeBatch(makeBatch({FrameSpec()}, i, i, qint64(i) * second));
        const auto snapshot = metrics.snapshot(qint64(bucketLimit + 60) * second);
        QCOMPARE(snapshot->buckets.size(), bucketLimit);
        QCOMPARE(snapshot->buckets.front().second, 51);
        QCOMPARE(snapshot->buckets.back().second, qint64(bucketLimit + 50));
        QCOMPARE(snapshot->totals.received, bucketLimit + 50);
    }

    void ratesCoverTheLastFiveFullSeconds()
    {
        Metrics metrics;
        for (int s = 1; s <= 10; ++s) {
            metrics.consumeBatch(makeBatch(std::vector<FrameSpec>(std::size_t(10 * s)), quint64(s) * 1000,
                                           quint64(s) * 1000, s * second));
        }
        // At 10.5 s the full seconds are 5 to 9: 50 + 60 + 70 + 80 + 90 frames.
        const auto snapshot = metrics.snapshot(10 * second + second / 2);
        QCOMPARE(snapshot->framesPerSecond, 70.0);
        QCOMPARE(snapshot->bytesPerSecond, 70.0 * double(FrameSpec().payload.size()));
        QCOMPARE(metrics.snapshot(15 * second)->framesPerSecond, 100.0 / 5);
        QCOMPARE(metrics.snapshot(16 * second)->framesPerSecond, 0.0);
    }

    void youngSessionIsMeasuredByItsAge()
    {
        Metrics metrics;
        metrics.consumeBatch(makeBatch(std::vector<FrameSpec>(30), 1, 1, 100 * second));
        QCOMPARE(metrics.snapshot(101 * second)->framesPerSecond, 30.0);
        QCOMPARE(metrics.snapshot(102 * second)->framesPerSecond, 15.0);
    }

    void countsByTypeWhateverListTheIdsComeFrom()
    {
        Metrics metrics;
        FrameSpec media;
        media.type = "telephony.media";
        media.payload = QByteArray(10, 'x');
        metrics.consumeBatch(makeBatch({FrameSpec(), media, media}));
        metrics.consumeBatch(makeBatch({media, FrameSpec()}, 4, 4)); // the ids are the other way round here
        FrameSpec unknown;
        unknown.type = "";
        unknown.verdict = Verdict::Refused;
        metrics.consumeBatch(makeBatch({unknown}, 6, 6));
        const auto snapshot = metrics.snapshot(2 * second);
        QCOMPARE(snapshot->byType.size(), 3u);
        QCOMPARE(typeNamed(*snapshot, "telephony.media")->counts.received, 3u);
        QCOMPARE(typeNamed(*snapshot, "telephony.media")->counts.bytes, 30u);
        QCOMPARE(typeNamed(*snapshot, "interaction.update")->counts.received, 2u);
        QCOMPARE(typeNamed(*snapshot, "")->counts.refused, 1u);
    }

    void typesBeyondTheLimitAreCountedTogether()
    {
        Metrics metrics;
        std::vector<FrameSpec> specs(400);
        for (std::size_t i = 0; i < specs.size(); ++i)
            specs[i].type = "type." + QByteArray::number(int(i));
        metrics.consumeBatch(makeBatch(specs));
        metrics.consumeBatch(makeBatch(specs, 401, 401));
        const auto snapshot = metrics.snapshot(10 * second);
        QCOMPARE(snapshot->byType.size(), 256u);
        QCOMPARE(typeNamed(*snapshot, "type.0")->counts.received, 2u);
        QCOMPARE(typeNamed(*snapshot, "(other)")->counts.received, 2u * (400 - 255));
    }

    void countsFindingsById()
    {
        Metrics metrics;
        FrameSpec spec = specWith(Verdict::Refused);
        spec.findings.resize(3);
        spec.findings[0].id = FindingId::SchemaRequired;
        spec.findings[1].id = FindingId::SchemaRequired;
        spec.findings[2].id = FindingId(9999); // of a newer version's file
        metrics.consumeBatch(makeBatch({spec, spec}));
        const auto snapshot = metrics.snapshot(2 * second);
        QCOMPARE(snapshot->findings[std::size_t(FindingId::SchemaRequired)], 4u);
        QCOMPARE(snapshot->findings[0], 2u);
    }

    void endToEndLatencyCountsWhatStatesATime()
    {
        Metrics metrics;
        std::vector<FrameSpec> specs(1000);
        for (FrameSpec& spec : specs)
            spec.type = "v2.users.{id}.presence";
        const auto batch = makeBatch(specs);
        std::vector<quint32> latencies;
        for (std::size_t i = 0; i < batch->size(); ++i) {
            FrameHead& head = batch->heads[i];
            if (i % 10 == 0)
                head.flags |= FrameFlag::Control; // no time, but a frame like any other
            else if (i % 10 == 1)
                head.eventWallNs = head.wallNs + 1; // ahead: counted apart, not clipped to zero
            else
                head.eventWallNs = head.wallNs - qint64(latencies.emplace_back(quint32(i) * 1'000'000));
        }
        metrics.consumeBatch(batch);
        const auto snapshot = metrics.snapshot(10 * second);
        QCOMPARE(snapshot->totals.received, 1000u);
        QCOMPARE(typeNamed(*snapshot, "v2.users.{id}.presence")->counts.received, 1000u);
        QCOMPARE(snapshot->endToEndNegative, 100u);
        QCOMPARE(snapshot->endToEnd.count, 800u);
        QVERIFY(within(snapshot->endToEnd.p50Ns, exact(latencies, 0.50), 0.016));
        QVERIFY(within(snapshot->endToEnd.p95Ns, exact(latencies, 0.95), 0.016));
        QVERIFY(within(snapshot->endToEnd.p99Ns, exact(latencies, 0.99), 0.016));
        QCOMPARE(snapshot->endToEnd.maxNs, 999'000'000);
    }
};

QTEST_APPLESS_MAIN(TestMetrics)
#include "tst_metrics.moc"
