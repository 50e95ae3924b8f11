#pragma once
/// How the panes' tables look: rows of the theme's height, no grid, no row numbers, the verdict's colour only where a
/// severity stands. Thread: gui.
#include "core/frame/finding.h"

#include <QStyledItemDelegate>

class QTableView;

namespace framescope {

/// Sets up @p table as all tables of the panes are; sections are of fixed height, whatever the number of rows.
void setUpRowTable(QTableView* table);

class RowDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    enum class Look
    {
        Plain,
        Fixed,
        Severity,
        Secondary
    };

    /// @p severityRole gives a row's Severity as int, for the colour of Look::Severity.
    RowDelegate(int severityRole, Look look, QObject* parent);
    /// Tints whole rows of warnings and errors, as the frame table does.
    void setTinted(bool isTinted) { m_isTinted = isTinted; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

protected:
    /// What lies under the text: selection or tint.
    void paintGround(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const;

private:
    [[nodiscard]] Severity severityOf(const QModelIndex& index) const;

    int m_severityRole;
    Look m_look;
    bool m_isTinted = false;
};

} // namespace framescope
