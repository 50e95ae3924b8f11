#pragma once
/// All keys on one page, made from the actions themselves and the keys of the table. Not modal.
/// Thread: gui.
#include <QDialog>

class QAction;

namespace framescope {

class ShortcutsPage : public QDialog
{
    Q_OBJECT

public:
    explicit ShortcutsPage(const QList<QAction*>& actions, QWidget* parent = nullptr);

private:
    void addRow(class QGridLayout* grid, const QString& keys, const QString& what);
};

} // namespace framescope
