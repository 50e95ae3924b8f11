#include "ui/common/sentence.h"

#include "ui/common/tabulartext.h"
#include "ui/common/widgets.h"

#include <QPainter>

namespace framescope {

namespace {

const TabularText& figures(bool strong)
{
    static const TabularText plain(Theme::instance().interfaceFont());
    static const TabularText bold(semiBold(Theme::instance().interfaceFont()));
    return strong ? bold : plain;
}

QFont fontOf(const SentencePart& part)
{
    const QFont font = Theme::instance().interfaceFont();
    return part.strong ? semiBold(font) : font;
}

/// Figures and their punctuation can be set glyph by glyph; words need the text engine (fallback faces, shaping).
bool isFigures(const QString& text)
{
    return std::all_of(text.begin(), text.end(), [](QChar c) { return c.unicode() < 0x80 && !c.isLetter(); });
}

qreal widthOf(const SentencePart& part)
{
    return isFigures(part.text) ? figures(part.strong).width(part.text)
                                : QFontMetricsF(fontOf(part)).horizontalAdvance(part.text);
}

} // namespace

Sentence::Sentence(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void Sentence::setParts(const QList<SentencePart>& parts)
{
    const auto same = [](const SentencePart& a, const SentencePart& b) {
        return a.text == b.text && a.strong == b.strong && a.color == b.color;
    };
    if (std::equal(parts.begin(), parts.end(), m_parts.begin(), m_parts.end(), same))
        return;
    m_parts = parts;
    qreal width = 0;
    for (const SentencePart& part : m_parts)
        width += widthOf(part);
    if (const int rounded = int(std::ceil(width)); rounded != m_width) {
        m_width = rounded;
        updateGeometry();
    }
    setAccessibleName(text());
    update();
}

QString Sentence::text() const
{
    QString all;
    for (const SentencePart& part : m_parts)
        all += part.text;
    return all;
}

QSize Sentence::sizeHint() const
{
    return {m_width, QFontMetrics(Theme::instance().interfaceFont()).height()};
}

void Sentence::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    qreal x = 0;
    for (const SentencePart& part : m_parts) {
        const QRectF place(x, 0, width(), height());
        painter.setPen(Theme::instance().color(part.color));
        if (isFigures(part.text)) {
            figures(part.strong).drawLeft(painter, place, part.text);
        } else {
            painter.setFont(fontOf(part));
            painter.drawText(place, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, part.text);
        }
        x += widthOf(part);
    }
}

} // namespace framescope
