#include "ui/common/chip.h"

#include "ui/common/theme.h"
#include "ui/common/widgets.h"

#include <QPainter>

namespace framescope {

namespace {
constexpr int sidePadding = 11;
constexpr int dotGap = 5;
} // namespace

Chip::Chip(QWidget* parent)
    : QAbstractButton(parent)
{
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void Chip::setParts(const QString& before, const QString& strong, const QString& after)
{
    if (before == m_before && strong == m_strong && after == m_after)
        return;
    m_before = before;
    m_strong = strong;
    m_after = after;
    setText(QStringList{before, strong, after}.join(QLatin1Char(' ')).trimmed());
    setAccessibleName(text());
    // Growing in steps of some pixels, so that a counting number does not move its neighbours all the time.
    constexpr int step = 6;
    if (const int width = (contentWidth() + step - 1) / step * step; width != m_width) {
        m_width = width;
        updateGeometry();
    }
    update();
}

int Chip::contentWidth() const
{
    const QFontMetrics plain(Theme::instance().interfaceFont());
    const QFontMetrics bold(semiBold(Theme::instance().interfaceFont()));
    int width = bold.horizontalAdvance(m_strong);
    if (!m_before.isEmpty())
        width += plain.horizontalAdvance(m_before) + (m_strong.isEmpty() ? 0 : dotGap);
    if (!m_after.isEmpty())
        width += plain.horizontalAdvance(m_after) + dotGap;
    return width;
}

QSize Chip::sizeHint() const
{
    return {m_width + 2 * sidePadding, QFontMetrics(Theme::instance().interfaceFont()).height() + 8};
}

void Chip::enterEvent(QEnterEvent* event)
{
    QAbstractButton::enterEvent(event);
    update();
}

void Chip::leaveEvent(QEvent* event)
{
    QAbstractButton::leaveEvent(event);
    update();
}

void Chip::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor ground = theme.color(Token::Border);
    ground.setAlphaF(0.5f);
    if (isChecked())
        ground = theme.color(Token::Selection);
    const bool marked = hasFocus() || (isEnabled() && isCheckable() && underMouse());
    painter.setPen(marked || isChecked() ? QPen(theme.color(Token::Accent)) : QPen(Qt::NoPen));
    painter.setBrush(ground);
    const QRectF pill = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2);

    const QFont plain = theme.interfaceFont();
    const QFont bold = semiBold(plain);
    const QColor quiet = theme.color(isChecked() ? Token::SelectionText : Token::SecondaryText);
    const QColor loud = theme.color(isChecked() ? Token::SelectionText : Token::Text);
    int x = (width() - contentWidth()) / 2;
    const auto draw = [&](const QString& part, const QFont& font, const QColor& color) {
        if (part.isEmpty())
            return;
        painter.setFont(font);
        painter.setPen(color);
        painter.drawText(QRect(x, 0, width(), height()), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, part);
        x += QFontMetrics(font).horizontalAdvance(part) + dotGap;
    };
    draw(m_before, plain, quiet);
    draw(m_strong, bold, loud);
    draw(m_after, plain, quiet);
}

} // namespace framescope
