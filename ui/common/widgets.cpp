#include "ui/common/widgets.h"

#include "ui/common/numbers.h"
#include "ui/common/theme.h"

#include <QStyle>

namespace framescope {

QLabel* plainLabel(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setText(text);
    return label;
}

QLabel* secondaryLabel(const QString& text, QWidget* parent)
{
    QLabel* label = plainLabel(text, parent);
    setKind(label, "secondary");
    return label;
}

QLabel* titleLabel(const QString& text, QWidget* parent)
{
    QLabel* label = plainLabel(text, parent);
    label->setFont(semiBold(Theme::instance().interfaceFont()));
    return label;
}

QFrame* panelFrame(QWidget* parent)
{
    auto* frame = new QFrame(parent);
    setKind(frame, "panel");
    frame->setContentsMargins(1, 1, 1, 1);
    return frame;
}

QPushButton* chipButton(const QString& text, QWidget* parent)
{
    auto* button = new QPushButton(text, parent);
    setKind(button, "chip");
    return button;
}

QPushButton* linkButton(const QString& text, QWidget* parent)
{
    auto* button = new QPushButton(text, parent);
    setKind(button, "link");
    button->setCursor(Qt::PointingHandCursor);
    return button;
}

QPushButton* primaryButton(const QString& text, QWidget* parent)
{
    auto* button = new QPushButton(text, parent);
    setKind(button, "primary");
    return button;
}

QFrame* dividerLine(QWidget* parent)
{
    auto* line = new QFrame(parent);
    setKind(line, "divider");
    return line;
}

QTabBar* flatTabBar(QWidget* parent)
{
    auto* bar = new QTabBar(parent);
    bar->setExpanding(false);
    bar->setDrawBase(false);
    bar->setDocumentMode(true);
    bar->setElideMode(Qt::ElideNone);
    bar->setUsesScrollButtons(true);
    return bar;
}

void setTabBadge(QTabBar* bar, int index, quint64 count)
{
    auto* badge = qobject_cast<QLabel*>(bar->tabButton(index, QTabBar::RightSide));
    if (count == 0) {
        if (badge) {
            bar->setTabButton(index, QTabBar::RightSide, nullptr);
            badge->deleteLater(); // the bar only hides it
        }
        return;
    }
    const QString text = countText(count);
    if (badge && badge->text() == text)
        return;
    // A tab takes its button's size when the button is set, so a longer number needs a new one.
    if (badge && badge->text().size() == text.size()) {
        badge->setText(text);
        return;
    }
    QLabel* longer = plainLabel(text, bar);
    setKind(longer, "badge");
    longer->ensurePolished();
    longer->adjustSize();
    bar->setTabButton(index, QTabBar::RightSide, longer);
    if (badge)
        badge->deleteLater();
}

void setKind(QWidget* widget, const char* kind)
{
    if (widget->property("kind").toByteArray() == kind)
        return;
    widget->setProperty("kind", QByteArray(kind));
    // The style sheet looks at properties only when a widget is polished.
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
}

QFont semiBold(QFont font)
{
    font.setWeight(QFont::DemiBold);
    return font;
}

} // namespace framescope
