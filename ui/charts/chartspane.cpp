#include "ui/charts/chartspane.h"

#include "ui/charts/chartlane.h"
#include "ui/charts/chartlines.h"
#include "ui/common/numbers.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLocale>

namespace framescope {

namespace {

constexpr int redrawIntervalMs = 250;
enum LatencyLine
{
    P50,
    P95,
    P99
};

QString latencyText(bool known, const QString& name, qint64 ns, quint64 leastFrames)
{
    return known ? QStringLiteral("%1 %2").arg(name, durationText(ns))
                 : ChartsPane::tr("%1 below %2 frames").arg(name).arg(leastFrames);
}

} // namespace

ChartsPane::ChartsPane(QWidget* parent)
    : QWidget(parent)
    , m_latency(new ChartLane(tr("Parse latency")))
    , m_integrity(new ChartLane(tr("Integrity")))
    , m_throughput(new ChartLane(tr("Throughput")))
    , m_range(new QComboBox)
{
    constexpr std::array dashes{Qt::SolidLine, Qt::DashLine, Qt::DotLine};
    constexpr std::array colours{Token::ChartP50, Token::ChartP95, Token::ChartP99};
    for (std::size_t line = 0; line < colours.size(); ++line) {
        m_latency->addLine(colours[line], dashes[line]);
        m_latency->addValue(colours[line], dashes[line]);
    }
    m_integrity->addArea(Token::ChartFail);
    m_integrity->addLine(Token::ChartOk, Qt::SolidLine);
    m_integrity->addValue(Token::ChartOk, Qt::SolidLine);
    m_integrity->addValue(Token::ChartFail);
    m_throughput->addArea(Token::ChartVolume);
    m_throughput->addValue(Token::SecondaryText);

    m_range->addItem(tr("last 1 min"), 60);
    m_range->addItem(tr("last 5 min"), 300);
    m_range->addItem(tr("last 15 min"), 900);
    m_range->setCurrentIndex(1);
    m_range->setAccessibleName(tr("Range of the charts"));
    m_throughput->addCorner(m_range);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(14, 8, 14, 8);
    row->setSpacing(28);
    row->addWidget(m_latency, 11);
    row->addWidget(m_integrity, 9);
    row->addWidget(m_throughput, 9);

    m_redrawTimer.setSingleShot(true);
    connect(&m_redrawTimer, &QTimer::timeout, this, &ChartsPane::redraw);
    connect(m_range, &QComboBox::currentIndexChanged, this, &ChartsPane::redraw);

    auto* copy = new QAction(tr("&Copy as CSV"), this);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(copy, &QAction::triggered, this, &ChartsPane::copyCsv);
    addAction(copy);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Charts"));
    redraw();
}

void ChartsPane::setMetrics(const MetricsSnapshotPtr& metrics)
{
    m_metrics = metrics;
    redrawSoon();
}

void ChartsPane::copyCsv() const
{
    if (m_metrics)
        QGuiApplication::clipboard()->setText(QString::fromLatin1(chartCsv(*m_metrics, spanSeconds())));
}

void ChartsPane::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    redrawSoon();
}

void ChartsPane::redrawSoon()
{
    if (!isVisible() || m_redrawTimer.isActive())
        return;
    const qint64 passed = m_sinceRedraw.isValid() ? m_sinceRedraw.elapsed() : redrawIntervalMs;
    m_redrawTimer.start(int(std::max<qint64>(0, redrawIntervalMs - passed)));
}

void ChartsPane::redraw()
{
    static const MetricsSnapshot nothing;
    m_sinceRedraw.start();
    ++m_redraws;
    const MetricsSnapshot& metrics = m_metrics ? *m_metrics : nothing;
    const ChartLines lines = chartLines(metrics, shownSeconds(metrics), 2 * m_latency->plotWidth());
    for (ChartLane* lane : {m_latency, m_integrity, m_throughput})
        lane->setSpan(lines.spanSeconds);

    m_latency->setAxis(lines.latency.axis);
    m_latency->setLine(P50, lines.latency.p50);
    m_latency->setLine(P95, lines.latency.p95);
    m_latency->setLine(P99, lines.latency.p99);

    m_integrity->setAxis(lines.integrity.axis);
    m_integrity->setLine(0, lines.integrity.rate);
    m_integrity->setArea(0, lines.integrity.refusedBars);

    m_throughput->setAxis(lines.throughput.axis);
    m_throughput->setArea(0, lines.throughput.framesPerSecond);
    showCurrentValues(lines.integrity.refused);
}

void ChartsPane::showCurrentValues(quint64 refusedInRange)
{
    if (!m_metrics || m_metrics->totals.received == 0) {
        m_latency->setValue(P50, tr("no frames yet"));
        m_latency->setValue(P95, {});
        m_latency->setValue(P99, {});
        m_integrity->setValue(0, {});
        m_integrity->setValue(1, {});
        m_throughput->setValue(0, {});
        setAccessibleDescription(tr("No frames yet."));
        return;
    }
    const LatencySummary& window = m_metrics->window;
    const QString p50 = latencyText(window.count > 0, QStringLiteral("p50"), window.p50Ns, 1);
    const QString p95 =
        latencyText(window.count >= leastFramesForP95, QStringLiteral("p95"), window.p95Ns, leastFramesForP95);
    const QString p99 =
        latencyText(window.count >= leastFramesForP99, QStringLiteral("p99"), window.p99Ns, leastFramesForP99);
    const QString rate = percentText(m_metrics->totals.integrityRate());
    const QString refused = tr("%1 refused").arg(countText(refusedInRange));
    const QString throughput = tr("%1 frames/s").arg(QLocale().toString(m_metrics->framesPerSecond, 'f', 0));
    m_latency->setValue(P50, p50);
    m_latency->setValue(P95, p95);
    m_latency->setValue(P99, p99);
    m_integrity->setValue(0, rate);
    m_integrity->setValue(1, refused);
    m_throughput->setValue(0, throughput);
    setAccessibleDescription(tr("Parse latency: %1, %2, %3. Integrity %4, %5 in the range. Throughput %6.")
                                 .arg(p50, p95, p99, rate, refused, throughput));
}

// A young session fills the chart instead of a sliver at its right edge.
int ChartsPane::shownSeconds(const MetricsSnapshot& metrics) const
{
    constexpr qint64 leastSpan = 30;
    constexpr qint64 step = 10;
    const qint64 age = metrics.buckets.empty() ? 0 : metrics.buckets.back().second - metrics.buckets.front().second + 1;
    const qint64 span = std::max(leastSpan, (age + step - 1) / step * step);
    return int(std::min<qint64>(span, spanSeconds()));
}

int ChartsPane::spanSeconds() const
{
    return m_range->currentData().toInt();
}

} // namespace framescope
