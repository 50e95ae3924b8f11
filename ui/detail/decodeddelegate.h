#pragma once
/// Paints rows of the decoded tree: fixed-pitch values, secondary member names and types, a tint where a finding
/// points. Thread: gui.
#include <QStyledItemDelegate>

namespace framescope {

class DecodedDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;
};

} // namespace framescope
