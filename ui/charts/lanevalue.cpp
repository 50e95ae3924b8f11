#include "ui/charts/lanevalue.h"

#include <QFontMetrics>

namespace framescope {

namespace {
constexpr int dashLength = 16;
constexpr int dashAir = 5;
} // namespace

LaneValue::LaneValue(Token colour, Qt::PenStyle dash, QWidget* parent)
    : QWidget(parent)
    , m_colour(colour)
    , m_dash(dash)
{
    connect(&Theme::instance(), &Theme::changed, this, QOverload<>::of(&QWidget::update));
}

void LaneValue::setText(const QString& text)
{
    if (text == m_text)
        return;
    // Widths of numbers differ by a pixel or two: the row is laid out anew only when the text is really longer or
    // shorter.
    const bool hasOtherLength = text.size() != m_text.size();
    m_text = text;
    setAccessibleName(text);
    if (hasOtherLength)
        updateGeometry();
    update();
}

QSize LaneValue::sizeHint() const
{
    const QFontMetrics metrics(font());
    const int dash = m_dash == Qt::NoPen ? 0 : dashLength + dashAir;
    return m_text.isEmpty() ? QSize(0, metrics.height())
                            : QSize(metrics.horizontalAdvance(m_text) + dash + 2, metrics.height());
}

void LaneValue::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const QColor colour = Theme::instance().color(m_colour);
    int left = 0;
    if (m_dash != Qt::NoPen && !m_text.isEmpty()) {
        painter.setPen(QPen(colour, 2, m_dash, Qt::FlatCap));
        painter.drawLine(0, height() / 2, dashLength, height() / 2);
        left = dashLength + dashAir;
    }
    painter.setPen(colour);
    painter.drawText(rect().adjusted(left, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, m_text);
}

} // namespace framescope
