#include "ui/mainwindow/startpage.h"

#include "ui/common/theme.h"
#include "ui/common/widgets.h"
#include "ui/mainwindow/windowactions.h"

#include <QFileInfo>
#include <QHBoxLayout>

namespace framescope {

namespace {

constexpr int pageWidth = 660;
constexpr int recentShown = 6;

QPushButton* startButton(QAction* action, const QString& text, bool primary, QWidget* parent)
{
    QPushButton* button = primary ? primaryButton(text, parent) : new QPushButton(text, parent);
    const auto sync = [button, action] {
        button->setEnabled(action->isEnabled());
        button->setToolTip(action->statusTip());
    };
    QObject::connect(button, &QPushButton::clicked, action, &QAction::trigger);
    QObject::connect(action, &QAction::changed, button, sync);
    sync();
    return button;
}

} // namespace

StartPage::StartPage(WindowActions* actions, QWidget* parent)
    : QWidget(parent)
{
    auto* page = new QWidget(this);
    page->setFixedWidth(pageWidth);
    auto* column = new QVBoxLayout(page);
    column->setSpacing(8);
    QLabel* title = titleLabel(tr("Framescope"), page);
    QFont large = title->font();
    large.setPointSizeF(large.pointSizeF() * 2);
    title->setFont(large);
    QLabel* line = secondaryLabel(
        tr("Watch a live WebSocket stream frame by frame: every frame is decoded, judged and kept as evidence."), page);
    line->setWordWrap(true);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(startButton(actions->demo, tr("Try the demo"), true, page));
    buttons->addWidget(startButton(actions->newConnection, tr("Connect…"), false, page));
    buttons->addWidget(startButton(actions->openSession, tr("Open session…"), false, page));
    buttons->addStretch(1);
    QLabel* hint = secondaryLabel(
        tr("The demo is a simulated contact centre on this machine: live events, with faults among them. It needs no "
           "account and no network."),
        page);
    hint->setWordWrap(true);
    m_recentSheet = panelFrame(page);
    m_recent = new QVBoxLayout(m_recentSheet);
    m_recent->setContentsMargins(14, 10, 14, 12);
    m_recent->setSpacing(2);
    column->addWidget(title);
    column->addWidget(line);
    column->addSpacing(10);
    column->addLayout(buttons);
    column->addWidget(hint);
    column->addSpacing(18);
    column->addWidget(m_recentSheet);
    auto* middle = new QHBoxLayout; // not an alignment: that would take the wrapped labels for one line each
    middle->addStretch(1);
    middle->addWidget(page);
    middle->addStretch(1);
    auto* outer = new QVBoxLayout(this);
    outer->addStretch(2);
    outer->addLayout(middle);
    outer->addStretch(3);
}

void StartPage::showRecent(const QStringList& paths)
{
    while (QLayoutItem* item = m_recent->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_recent->addWidget(titleLabel(tr("Recent sessions"), m_recentSheet));
    for (const QString& path : paths.mid(0, recentShown)) {
        const QFileInfo file(path);
        QString name = file.completeBaseName();
        QPushButton* link = linkButton(name.replace(QLatin1Char('&'), QLatin1String("&&")), m_recentSheet);
        link->setToolTip(path);
        link->setEnabled(file.exists());
        if (!file.exists())
            link->setToolTip(tr("%1 does not exist any more").arg(path));
        m_recent->addWidget(link, 0, Qt::AlignLeft);
        connect(link, &QPushButton::clicked, this, [this, path] { Q_EMIT sessionChosen(path); });
    }
    m_recentSheet->setVisible(!paths.isEmpty());
}

} // namespace framescope
