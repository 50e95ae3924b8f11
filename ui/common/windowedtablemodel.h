#pragma once
/// A table whose rows, as far as nothing is filtered, are a window of consecutive items (rowwindow.h): announces to its
/// views what leaves and comes when the window grows or moves. Thread: gui.
#include "ui/common/rowwindow.h"

#include <QAbstractTableModel>

namespace framescope {

class WindowedTableModel : public QAbstractTableModel
{
    Q_OBJECT

protected:
    WindowedTableModel(quint64 rowLimit, QObject* parent);

    /// The newest of @p items are shown, as far as the window follows them. Only while its rows are the table's.
    void growWindow(quint64 items);
    /// Those around @p item are.
    void moveWindow(quint64 item, quint64 items);

    RowWindow m_window;
};

} // namespace framescope
