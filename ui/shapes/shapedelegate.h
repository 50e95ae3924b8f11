#pragma once
/// Paints presence as a bar with its percentage, and frame numbers as links; the rest as all tables of the panes.
/// Thread: gui.
#include "ui/detail/rowtable.h"

namespace framescope {

class ShapeDelegate : public RowDelegate
{
    Q_OBJECT

public:
    explicit ShapeDelegate(QObject* parent);

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    void paintPresence(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const;
    void paintLink(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const;
};

} // namespace framescope
