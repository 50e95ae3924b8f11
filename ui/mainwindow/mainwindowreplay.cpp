// Replays and interrupted sessions: the window's part of both.
#include "ui/mainwindow/mainwindow.h"
#include "ui/mainwindow/recoverybar.h"
#include "ui/mainwindow/replaybar.h"
#include "ui/mainwindow/replaydialog.h"
#include "ui/mainwindow/sessionview.h"
#include "ui/mainwindow/statusline.h"
#include "ui/mainwindow/windowactions.h"
#include "ui/mainwindow/windowmemory.h"

#include <QFileInfo>

namespace framescope {

void MainWindow::wireReplay()
{
    connect(m_actions->replay, &QAction::triggered, this, &MainWindow::showReplay);
    connect(m_desk, &SessionDesk::replayChanged, m_replay, &ReplayBar::showState);
    connect(m_desk, &SessionDesk::topicsFound, m_view, &SessionView::offerNotifications);
    connect(m_replay, &ReplayBar::speedChosen, m_desk, &SessionDesk::setReplaySpeed);
    connect(m_replay, &ReplayBar::pauseAsked, m_desk, &SessionDesk::setReplayPaused);
    connect(m_replay, &ReplayBar::stepAsked, m_desk, &SessionDesk::stepReplay);
    connect(m_recovery, &RecoveryBar::failed, this, &MainWindow::showFailure);
    connect(m_recovery, &RecoveryBar::notice, m_status, &StatusLine::say);
    connect(m_recovery, &RecoveryBar::recovered, this, [this](const QString& path) {
        if (!m_desk->isRunning()) {
            openFile(path);
            return;
        }
        // A recording is not ended for that.
        WindowMemory::addRecentSession(path);
        m_status->say(tr("%1 is recovered: File > Open recent has it.").arg(QFileInfo(path).fileName()));
    });
}

void MainWindow::lookForInterrupted()
{
    m_recovery->lookIn(defaultSessionFolder());
}

void MainWindow::showReplay()
{
    auto* dialog = new ReplayDialog(m_desk->path(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ReplayDialog::chosen, this,
            [this](const ReplayConfig& replay) { startSession(replaySessionConfig(replay)); });
    dialog->show();
}

void MainWindow::showReplayBar()
{
    m_replay->setVisible(m_desk->isReplay());
    if (m_desk->isReplay() && !m_desk->isLive())
        m_replay->showRecorded();
}

} // namespace framescope
