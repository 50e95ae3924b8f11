#include "ui/charts/laneview.h"

#include "ui/common/theme.h"

#include <QFontMetrics>
#include <QGraphicsLayout>
#include <QResizeEvent>
#include <QValueAxis>

namespace framescope {

namespace {

QFont labelFont()
{
    QFont font = Theme::instance().interfaceFont();
    font.setPointSizeF(font.pointSizeF() * 0.9);
    return font;
}

} // namespace

int LaneView::leftMargin()
{
    return QFontMetrics(labelFont()).horizontalAdvance(QStringLiteral("1,000 ms")) + 8;
}

LaneView::LaneView(QChart* chart, QValueAxis* timeAxis, QValueAxis* valueAxis, QWidget* parent)
    : QChartView(chart, parent)
    , m_valueAxis(valueAxis)
{
    chart->setAnimationOptions(QChart::NoAnimation);
    chart->setBackgroundVisible(false);
    chart->setPlotAreaBackgroundVisible(false);
    chart->setBackgroundRoundness(0);
    chart->setMargins({});
    chart->layout()->setContentsMargins(0, 0, 0, 0);
    chart->legend()->hide();
    for (QValueAxis* axis : {timeAxis, valueAxis}) {
        axis->setVisible(false);
        chart->addAxis(axis, axis == timeAxis ? Qt::AlignBottom : Qt::AlignLeft);
    }
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);
    setFocusPolicy(Qt::NoFocus);
    setCacheMode(QGraphicsView::CacheNone);
    viewport()->setAutoFillBackground(false);
    setAttribute(Qt::WA_TranslucentBackground);
    connect(&Theme::instance(), &Theme::changed, viewport(), QOverload<>::of(&QWidget::update));
}

void LaneView::setTicks(const std::vector<AxisTick>& ticks)
{
    m_ticks = ticks;
    viewport()->update();
}

void LaneView::resizeEvent(QResizeEvent* event)
{
    QChartView::resizeEvent(event);
    const int air = QFontMetrics(labelFont()).height() / 2 + 1;
    const QRectF plot = QRectF(QPointF(0, 0), event->size()).adjusted(leftMargin(), air, -rightMargin, -air);
    if (plot.isValid())
        chart()->setPlotArea(plot);
}

void LaneView::drawBackground(QPainter* painter, const QRectF&)
{
    const QRectF plot = chart()->plotArea();
    const double span = m_valueAxis->max() - m_valueAxis->min();
    if (span <= 0 || !plot.isValid())
        return;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing, false);
    painter->setFont(labelFont());
    const QPen grid(Theme::instance().color(Token::Border), 0);
    const QPen text(Theme::instance().color(Token::SecondaryText));
    const double height = QFontMetricsF(painter->font()).height();
    for (const AxisTick& tick : m_ticks) {
        const double y = plot.bottom() - (tick.value - m_valueAxis->min()) / span * plot.height();
        painter->setPen(grid);
        painter->drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
        painter->setPen(text);
        const QRectF box(0, y - height / 2, plot.left() - 8, height);
        painter->drawText(box, Qt::AlignRight | Qt::AlignVCenter, tick.label);
    }
    painter->restore();
}

void LaneView::wheelEvent(QWheelEvent* event)
{
    event->ignore();
}

} // namespace framescope
