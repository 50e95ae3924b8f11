#include "ui/mainwindow/shortcutspage.h"

#include "ui/common/theme.h"
#include "ui/common/widgets.h"

#include <QAction>
#include <QGridLayout>

namespace framescope {

ShortcutsPage::ShortcutsPage(const QList<QAction*>& actions, QWidget* parent)
    : QDialog(parent)
{
    setWindowTitle(tr("Keyboard shortcuts"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(20, 16, 20, 20);
    grid->setHorizontalSpacing(18);
    grid->setVerticalSpacing(5);
    grid->addWidget(titleLabel(tr("Everywhere"), this), 0, 0, 1, 2);
    for (const QAction* action : actions) {
        if (action->shortcut().isEmpty())
            continue;
        QString what = action->text();
        addRow(grid, action->shortcut().toString(QKeySequence::NativeText), what.remove(QLatin1Char('&')));
    }
    grid->addWidget(titleLabel(tr("While the table has the focus"), this), grid->rowCount(), 0, 1, 2);
    const std::pair<QString, QString> keys[] = {
        {tr("F, End"), tr("Follow the newest frame")},
        {tr("J, K, ↓, ↑"), tr("Next and previous frame")},
        {tr("E, Shift+E"), tr("Next and previous finding")},
        {tr("[, ]"), tr("Previous and next mark")},
        {tr("/"), tr("Write a filter")},
        {tr("Home"), tr("First frame")},
        {tr("Ctrl+C"), tr("Copy the selected rows")},
        {tr("Esc (in the filter)"), tr("Back to the filter that is applied, then to the table")},
    };
    for (const auto& [key, what] : keys)
        addRow(grid, key, what);
}

void ShortcutsPage::addRow(QGridLayout* grid, const QString& keys, const QString& what)
{
    const int row = grid->rowCount();
    QLabel* label = plainLabel(keys, this);
    label->setFont(Theme::instance().fixedFont());
    grid->addWidget(label, row, 0);
    grid->addWidget(secondaryLabel(what, this), row, 1);
}

} // namespace framescope
