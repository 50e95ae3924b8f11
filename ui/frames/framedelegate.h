#pragma once
/// Paints a row of the frame table: tint by verdict, glyph and word for every state, numbers with figures of one width.
///
/// Thread: gui. It asks the model for the frame itself, not for a QVariant per cell, and keeps the laid out texts that
/// repeat from row to row.
#include "ui/common/tabulartext.h"
#include "ui/common/theme.h"
#include "ui/frames/frametablemodel.h"

#include <QCache>
#include <QStaticText>
#include <QStyledItemDelegate>

namespace framescope {

class FrameDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    explicit FrameDelegate(QObject* parent = nullptr);

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

    /// Width that a column needs for what it usually holds, padding included; of numbers see numberWidth().
    [[nodiscard]] int usualWidth(FrameTableModel::Column column) const;
    /// What the column of numbers needs to show @p number whole.
    [[nodiscard]] int numberWidth(quint64 number) const;

private:
    struct Cell;
    void paintGround(QPainter& painter, const Cell& cell) const;
    void paintMark(QPainter& painter, const Cell& cell) const;
    void paintCell(QPainter& painter, const Cell& cell) const;
    void drawRepeated(QPainter& painter, const QRect& place, const QString& text) const;
    void drawFixed(QPainter& painter, const QRect& place, const QString& text) const;

    TabularText m_figures;
    QFont m_font;
    QFont m_fixed;
    int m_fixedAdvance = 1;
    mutable QCache<QString, QStaticText> m_texts; ///< by width and text
};

} // namespace framescope
