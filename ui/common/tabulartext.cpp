#include "ui/common/tabulartext.h"

#include <QGlyphRun>
#include <QPainter>

namespace framescope {

TabularText::TabularText(const QFont& font)
    : m_font(QRawFont::fromFont(font))
{
    const auto advances = m_font.advancesForGlyphIndexes(m_font.glyphIndexesForString(QStringLiteral("0123456789")));
    for (const QPointF& advance : advances)
        m_digitWidth = std::max(m_digitWidth, advance.x());
}

qreal TabularText::advanceOf(QChar character, quint32 glyph) const
{
    if (character >= u'0' && character <= u'9')
        return m_digitWidth;
    return m_font.advancesForGlyphIndexes({glyph}).constFirst().x();
}

qreal TabularText::width(const QString& text) const
{
    const auto glyphs = m_font.glyphIndexesForString(text);
    qreal sum = 0;
    for (qsizetype i = 0; i < glyphs.size() && i < text.size(); ++i)
        sum += advanceOf(text[i], glyphs[i]);
    return sum;
}

void TabularText::drawRight(QPainter& painter, const QRectF& rect, const QString& text) const
{
    const auto glyphs = m_font.glyphIndexesForString(text);
    QList<QPointF> positions(glyphs.size());
    qreal x = rect.right();
    for (qsizetype i = glyphs.size() - 1; i >= 0; --i) {
        const qreal own = m_font.advancesForGlyphIndexes({glyphs[i]}).constFirst().x();
        const qreal cell = i < text.size() ? advanceOf(text[i], glyphs[i]) : own;
        x -= cell;
        positions[i] = QPointF(x + (cell - own) / 2, 0);
    }
    QGlyphRun run;
    run.setRawFont(m_font);
    run.setGlyphIndexes(glyphs);
    run.setPositions(positions);
    const qreal baseline = rect.center().y() + (m_font.ascent() - m_font.descent()) / 2;
    painter.drawGlyphRun(QPointF(0, baseline), run);
}

void TabularText::drawLeft(QPainter& painter, const QRectF& rect, const QString& text) const
{
    drawRight(painter, QRectF(rect.left(), rect.top(), width(text), rect.height()), text);
}

} // namespace framescope
