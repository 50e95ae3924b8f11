/// The charts' rules: which percentiles may be drawn, gaps, thinning, CSV, and no work while hidden.
#include "ui/charts/chartlines.h"
#include "ui/charts/chartspane.h"
#include "ui/common/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QTest>

using namespace framescope;

namespace {

MetricsBucket bucketOf(qint64 second, quint64 frames, qint64 p99Ns = 400'000, quint64 refused = 0)
{
    MetricsBucket bucket;
    bucket.second = second;
    bucket.startWallNs = 1'795'551'307'000'000'000 + second * 1'000'000'000;
    bucket.counts.received = frames;
    bucket.counts.refused = refused;
    bucket.latency = {frames, 100'000, 90'000, 200'000, p99Ns, p99Ns};
    return bucket;
}

std::shared_ptr<MetricsSnapshot> snapshotOf(std::vector<MetricsBucket> buckets)
{
    auto metrics = std::make_shared<MetricsSnapshot>();
    for (const MetricsBucket& bucket : buckets)
        metrics->totals.received += bucket.counts.received;
    metrics->window = {1000, 100'000, 90'000, 200'000, 400'000, 500'000};
    metrics->framesPerSecond = 2013;
    metrics->buckets = std::move(buckets);
    return metrics;
}

qsizetype pointsOf(const LineSegments& line)
{
    qsizetype count = 0;
    for (const QList<QPointF>& segment : line)
        count += segment.size();
    return count;
}

} // namespace

class TestChartsPane : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::install(*qApp, ColorScheme::Light); }

    void drawsPercentilesOnlyOfEnoughFrames()
    {
        const auto metrics = snapshotOf({bucketOf(1, 19), bucketOf(2, 99), bucketOf(3, 100), bucketOf(4, 100)});
        const ChartLines lines = chartLines(*metrics, 300, 1000);
        QCOMPARE(pointsOf(lines.latency.p50), 4);
        QCOMPARE(pointsOf(lines.latency.p95), 3);
        QCOMPARE(pointsOf(lines.latency.p99), 2);
    }

    void interruptsLinesAtGaps()
    {
        const auto metrics = snapshotOf({bucketOf(1, 100), bucketOf(2, 100), bucketOf(9, 100), bucketOf(10, 100)});
        const ChartLines lines = chartLines(*metrics, 300, 1000);
        QCOMPARE(lines.latency.p99.size(), std::size_t(2));
        QCOMPARE(lines.latency.p99[1].back().x(), 0.0);
        const QList<QPointF>& volume = lines.throughput.framesPerSecond;
        QVERIFY(std::any_of(volume.begin(), volume.end(), [](const QPointF& point) { return point.y() == 0; }));
    }

    void keepsPeaksWhenThinning()
    {
        std::vector<MetricsBucket> buckets;
        for (qint64 second = 0; second < 900; ++second)
            buckets.push_back(bucketOf(second, 100, second == 517 ? 90'000'000 : 400'000));
        const ChartLines lines = chartLines(*snapshotOf(buckets), 900, 100);
        QVERIFY(pointsOf(lines.latency.p99) <= 100);
        double highest = -100;
        for (const QPointF& point : lines.latency.p99.front())
            highest = std::max(highest, point.y());
        QVERIFY(highest > 1.9); // log10 of 90 ms
        QVERIFY(lines.latency.axis.most >= highest);
    }

    void lowersTheIntegrityAxisWhereTheRateIsLower()
    {
        QCOMPARE(chartLines(*snapshotOf({bucketOf(1, 100, 1, 1)}), 300, 100).integrity.axis.least, 95.0);
        const IntegrityLines low = chartLines(*snapshotOf({bucketOf(1, 100, 1, 60)}), 300, 100).integrity;
        QCOMPARE(low.axis.least, 0.0);
        QCOMPARE(low.refused, quint64(60));
        QVERIFY(!low.refusedBars.isEmpty());
    }

    void surviveNothing()
    {
        const ChartLines lines = chartLines(MetricsSnapshot{}, 300, 100);
        QVERIFY(lines.isEmpty);
        QVERIFY(lines.latency.axis.most > lines.latency.axis.least);
        ChartsPane pane;
        pane.setMetrics(nullptr);
        pane.grab();
    }

    void writesCsvThatNoLocaleChanges()
    {
        const QLocale before;
        QLocale::setDefault(QLocale(QLocale::German));
        const QByteArray csv = chartCsv(*snapshotOf({bucketOf(1, 19), bucketOf(2, 1000)}), 300);
        QLocale::setDefault(before);
        const QList<QByteArray> rows = csv.split('\n');
        QCOMPARE(rows.size(), 4);
        QCOMPARE(rows[0].split(',').size(), rows[1].split(',').size());
        QVERIFY(rows[1].contains(",0.090000,,,")); // too few frames for p95 and p99: absent, not 0
        QVERIFY(rows[2].contains(",0.090000,0.200000,0.400000,"));
        QVERIFY(rows[1].endsWith('\r'));
    }

    void drawsNothingWhileHidden()
    {
        ChartsPane pane;
        const quint64 before = pane.redrawCount();
        for (int i = 0; i < 5; ++i)
            pane.setMetrics(snapshotOf({bucketOf(1, 100)}));
        QCOMPARE(pane.redrawCount(), before);
        pane.show();
        QTRY_COMPARE(pane.redrawCount(), before + 1);
        QTRY_VERIFY(pane.accessibleDescription().contains(QStringLiteral("p99 400 µs")));
        QVERIFY(pane.accessibleDescription().contains(QStringLiteral("2,013 frames/s")));
    }

    void copiesTheShownRange()
    {
        ChartsPane pane;
        std::vector<MetricsBucket> buckets;
        for (qint64 second = 0; second < 200; ++second)
            buckets.push_back(bucketOf(second, 100));
        pane.setMetrics(snapshotOf(buckets));
        pane.rangeBox()->setCurrentIndex(0);
        pane.copyCsv();
        QCOMPARE(QGuiApplication::clipboard()->text().count(QLatin1Char('\n')), 62); // header, 60 s and the newest
    }
};

QTEST_MAIN(TestChartsPane)
#include "tst_chartspane.moc"
