#pragma once
/// Cells of the channel table: the heartbeat's age as a bar beside its words, the countdown that ends first in the
/// weight of headings. Thread: gui.
#include "ui/detail/rowtable.h"

namespace framescope {

class LaneDelegate : public RowDelegate
{
    Q_OBJECT

public:
    explicit LaneDelegate(QObject* parent);

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace framescope
