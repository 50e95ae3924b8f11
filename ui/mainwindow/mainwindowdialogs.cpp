// Dialogs of the window and its list of recent sessions: none of them is modal. The rest of MainWindow is in
// mainwindow.cpp.
#include "core/session/profilestore.h"
#include "ui/common/theme.h"
#include "ui/connection/connectiondialog.h"
#include "ui/frames/frametablemodel.h"
#include "ui/frames/frametableview.h"
#include "ui/frames/markbook.h"
#include "ui/mainwindow/exportdialog.h"
#include "ui/mainwindow/importbar.h"
#include "ui/mainwindow/importdialog.h"
#include "ui/mainwindow/mainwindow.h"
#include "ui/mainwindow/sessionview.h"
#include "ui/mainwindow/startpage.h"
#include "ui/mainwindow/statusline.h"
#include "ui/mainwindow/windowactions.h"
#include "ui/mainwindow/windowmemory.h"
#include "ui/preferences/preferencesdialog.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>

namespace framescope {

void MainWindow::refreshRecent()
{
    m_actions->recent->clear();
    const QStringList paths = WindowMemory::recentSessions();
    for (const QString& path : paths) {
        QString name = QFileInfo(path).completeBaseName();
        QAction* action = m_actions->recent->addAction(name.replace(QLatin1Char('&'), QLatin1String("&&")));
        action->setStatusTip(path);
        action->setEnabled(QFileInfo::exists(path));
        connect(action, &QAction::triggered, this, [this, path] { openFile(path); });
    }
    m_actions->recent->addSeparator();
    QAction* clear = m_actions->recent->addAction(tr("&Clear list"));
    clear->setEnabled(!paths.isEmpty());
    connect(clear, &QAction::triggered, this, [this] {
        WindowMemory::clearRecentSessions();
        m_start->showRecent({});
    });
}

void MainWindow::chooseFile()
{
    auto* dialog = new QFileDialog(this, tr("Open session"), defaultSessionFolder(),
                                   tr("Sessions and captures (*.framescope *.har);;Framescope sessions "
                                      "(*.framescope);;HAR captures (*.har);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::openFile);
    dialog->open();
}

void MainWindow::askHowToImport(const QString& capturePath)
{
    m_importDialog = new ImportDialog(capturePath, this);
    m_importDialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_importDialog, &ImportDialog::chosen, this, &MainWindow::startImport);
    // It is deleted only later: from now on, another capture may be asked for.
    connect(m_importDialog, &QDialog::finished, this, [this] { m_importDialog.clear(); });
    m_importDialog->show();
}

void MainWindow::startImport(const QString& capturePath, const ImportChoice& choice)
{
    ImportRequest request;
    request.capturePath = capturePath;
    request.matrixPath = m_preferences.matrixPath;
    request.payloads = choice.payloads;
    request.redaction = choice.redaction;
    m_import->start(std::move(request));
}

/// What began while the capture was asked about or read is not ended for it.
void MainWindow::showImported(const QString& sessionPath)
{
    if (m_desk->isRunning())
        Q_EMIT furtherFiles({sessionPath});
    else
        m_desk->openFile(sessionPath);
}

void MainWindow::showConnections()
{
    if (!m_profiles)
        m_profiles = std::make_unique<ProfileStore>();
    if (!m_connections) {
        m_connections = new ConnectionDialog(m_profiles.get(), this);
        m_connections->setAttribute(Qt::WA_DeleteOnClose);
        connect(m_connections, &ConnectionDialog::connectRequested, this, &MainWindow::startSession);
        connect(m_connections, &ConnectionDialog::connectRequested, m_connections, &QWidget::hide);
    }
    m_connections->show();
    m_connections->raise();
    m_connections->activateWindow();
}

void MainWindow::connectProfile(const QString& name)
{
    showConnections();
    m_connections->selectProfile(name);
    m_connections->connectNow();
}

void MainWindow::showPreferences()
{
    auto* dialog = new PreferencesDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &PreferencesDialog::changed, this, [this] {
        m_preferences = Preferences::load();
        Theme::instance().setScheme(m_preferences.scheme);
    });
    dialog->show();
}

void MainWindow::showExport()
{
    if (!m_view->frameExport()->canStart()) {
        m_status->say(tr("An export is under way: wait for it, or cancel it."));
        return;
    }
    ExportDialog::Offer offer;
    offer.frames = m_desk->received();
    offer.filter = m_view->model()->filter();
    offer.shownFrames = offer.filter.isEmpty() ? offer.frames : quint64(m_view->model()->rowCount());
    offer.auditEntries = m_desk->lastSeq();
    offer.selected = m_view->table()->selectedSpans();
    offer.marked = m_view->marks()->marks()->count();
    auto* dialog = new ExportDialog(m_view->frameExport(), offer, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->show();
}

void MainWindow::showAbout()
{
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("About Framescope"),
                                tr("Framescope %1\nWatches live WebSocket frame streams of Genesys Cloud.\n\n"
                                   "Qt %2 (LGPL-3), Qt Charts (GPL-3), QtKeychain (BSD), simdjson (Apache-2.0), SQLite "
                                   "(public domain), Zstandard (BSD), OpenSSL (Apache-2.0).")
                                    .arg(QLatin1String(FRAMESCOPE_VERSION), QLatin1String(qVersion())),
                                QMessageBox::Close, this);
    box->setTextFormat(Qt::PlainText);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setModal(false);
    box->show();
}

} // namespace framescope
