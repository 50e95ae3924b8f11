#include "ui/common/windowedtablemodel.h"

namespace framescope {

WindowedTableModel::WindowedTableModel(quint64 rowLimit, QObject* parent)
    : QAbstractTableModel(parent)
    , m_window(rowLimit)
{
}

/// One insertion for all that came, and room made for it where needed.
void WindowedTableModel::growWindow(quint64 items)
{
    const RowWindow::Growth growth = m_window.growthTo(items);
    if (growth.leaving > 0)
        beginRemoveRows({}, 0, int(growth.leaving) - 1);
    m_window.leave(growth);
    if (growth.leaving > 0)
        endRemoveRows();
    if (growth.coming == 0)
        return;
    beginInsertRows({}, m_window.rows(), m_window.rows() + int(growth.coming) - 1);
    m_window.come(growth);
    endInsertRows();
}

void WindowedTableModel::moveWindow(quint64 item, quint64 items)
{
    beginResetModel();
    m_window.showAround(item, items);
    endResetModel();
}

} // namespace framescope
