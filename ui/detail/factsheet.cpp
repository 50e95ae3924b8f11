#include "ui/detail/factsheet.h"

#include "ui/common/widgets.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QFontMetrics>
#include <QGuiApplication>
#include <QMenu>
#include <QStringList>

namespace framescope {

namespace {

constexpr int columnGap = 14;
constexpr int rowGap = 4;
constexpr int narrowest = 120;

QTextLayout::FormatRange format(int start, qsizetype length, const QFont& font, Token colour)
{
    QTextLayout::FormatRange range;
    range.start = start;
    range.length = int(length);
    range.format.setFont(font);
    range.format.setForeground(Theme::instance().color(colour));
    return range;
}

// Glyph, title and value as one paragraph, so that a long title wraps like text.
std::unique_ptr<QTextLayout> paragraphOf(const Fact& fact)
{
    const Theme& theme = Theme::instance();
    QString text;
    QList<QTextLayout::FormatRange> formats;
    const auto append = [&](const QString& piece, const QFont& font, Token colour) {
        if (piece.isEmpty())
            return;
        if (!text.isEmpty())
            text += QLatin1Char(' ');
        formats.append(format(int(text.size()), piece.size(), font, colour));
        text += piece;
    };
    append(fact.glyph, semiBold(theme.interfaceFont()), fact.glyphColour);
    append(fact.title, semiBold(theme.interfaceFont()), Token::Text);
    append(fact.value, fact.fixed ? theme.fixedFont() : theme.interfaceFont(), fact.colour);
    auto layout = std::make_unique<QTextLayout>(text, theme.interfaceFont());
    layout->setFormats(formats);
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout->setTextOption(option);
    return layout;
}

int layOutParagraph(QTextLayout& layout, int width)
{
    qreal height = 0;
    layout.beginLayout();
    for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
        line.setLineWidth(width);
        line.setPosition(QPointF(0, height));
        height += line.height();
    }
    layout.endLayout();
    return int(std::ceil(height));
}

} // namespace

FactSheet::FactSheet(QWidget* parent)
    : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(&Theme::instance(), &Theme::changed, this, &FactSheet::forget);
}

FactSheet::~FactSheet() = default;

void FactSheet::setFacts(std::vector<Fact> facts)
{
    m_facts = std::move(facts);
    setAccessibleName(plainText());
    forget();
}

void FactSheet::setLeastNames(const QStringList& names)
{
    m_leastNames = names;
    forget();
}

QString FactSheet::plainText() const
{
    QStringList lines;
    for (const Fact& fact : m_facts) {
        QStringList parts;
        for (const QString& part : {fact.title, fact.value}) {
            if (!part.isEmpty())
                parts += part;
        }
        const QString value = parts.join(QLatin1Char(' '));
        lines += fact.name.isEmpty() ? value : fact.name + QStringLiteral(": ") + value;
    }
    return lines.join(QLatin1Char('\n'));
}

QSize FactSheet::sizeHint() const
{
    constexpr int usualWidth = 360;
    return {usualWidth, heightForWidth(usualWidth)};
}

QSize FactSheet::minimumSizeHint() const
{
    return {narrowest, width() > 0 ? heightForWidth(std::max(width(), narrowest)) : 0};
}

int FactSheet::heightForWidth(int width) const
{
    layOut(width);
    return m_height;
}

void FactSheet::layOut(int width) const
{
    if (width == m_laidOutWidth)
        return;
    m_laidOutWidth = width;
    m_rows.clear();
    const int indent = nameWidth() + columnGap;
    int top = 0;
    for (const Fact& fact : m_facts) {
        Row row;
        row.top = top;
        row.text = paragraphOf(fact);
        row.height = layOutParagraph(*row.text, std::max(20, fact.name.isEmpty() ? width : width - indent));
        top += row.height + rowGap;
        m_rows.push_back(std::move(row));
    }
    m_height = std::max(0, top - rowGap);
}

void FactSheet::forget()
{
    m_laidOutWidth = -1;
    updateGeometry();
    update();
}

int FactSheet::nameWidth() const
{
    const QFontMetrics metrics(Theme::instance().interfaceFont());
    int widest = 0;
    for (const QString& name : m_leastNames)
        widest = std::max(widest, metrics.horizontalAdvance(name));
    for (const Fact& fact : m_facts)
        widest = std::max(widest, metrics.horizontalAdvance(fact.name));
    return widest;
}

void FactSheet::paintEvent(QPaintEvent* event)
{
    layOut(width());
    QPainter painter(this);
    painter.setFont(Theme::instance().interfaceFont());
    const QColor nameColour = Theme::instance().color(Token::SecondaryText);
    const int indent = nameWidth() + columnGap;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const Row& row = m_rows[i];
        if (row.top > event->rect().bottom() || row.top + row.height < event->rect().top())
            continue;
        const QString& name = m_facts[i].name;
        if (!name.isEmpty()) {
            painter.setPen(nameColour);
            painter.drawText(QRect(0, row.top, indent, row.height), Qt::AlignLeft | Qt::AlignTop, name);
        }
        row.text->draw(&painter, QPointF(name.isEmpty() ? 0 : indent, row.top));
    }
}

void FactSheet::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        forget();
}

void FactSheet::contextMenuEvent(QContextMenuEvent* event)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("&Copy"), this, [this] { QGuiApplication::clipboard()->setText(plainText()); });
    menu->popup(event->globalPos());
}

} // namespace framescope
