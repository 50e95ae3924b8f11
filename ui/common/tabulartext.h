#pragma once
/// Paints numbers with figures of one width, so that columns of them line up whatever the face (Inter's own figures are
/// proportional, and Qt 6.4 cannot ask a font for its tabular ones).
/// Thread: gui.
#include <QFont>
#include <QRawFont>
#include <QRectF>
#include <QString>
#include <vector>

class QPainter;

namespace framescope {

class TabularText
{
public:
    /// For numbers in @p font: digits, separators and short units.
    explicit TabularText(const QFont& font);

    [[nodiscard]] qreal width(const QString& text) const;
    /// Right-aligned and vertically centred in @p rect, in the painter's pen.
    void drawRight(QPainter& painter, const QRectF& rect, const QString& text) const;
    void drawLeft(QPainter& painter, const QRectF& rect, const QString& text) const;

private:
    [[nodiscard]] qreal advanceOf(QChar character, quint32 glyph) const;

    QRawFont m_font;
    qreal m_digitWidth = 0;
};

} // namespace framescope
