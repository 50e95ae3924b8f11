// Marks, going to a frame, and files that are dropped on the window: the window's part of them.
#include "core/session/shapescan.h"
#include "ui/common/errorwords.h"
#include "ui/frames/filterline.h"
#include "ui/frames/frametablemodel.h"
#include "ui/frames/frametableview.h"
#include "ui/frames/markbook.h"
#include "ui/mainwindow/importbar.h"
#include "ui/mainwindow/mainwindow.h"
#include "ui/mainwindow/sessionview.h"
#include "ui/mainwindow/statusline.h"
#include "ui/mainwindow/windowactions.h"

#include <QDropEvent>
#include <QInputDialog>
#include <QMimeData>
#include <QUrl>

namespace framescope {

namespace {

/// Those of the dropped files that can be opened.
QStringList sessionsIn(const QMimeData* mime)
{
    QStringList paths;
    const QList<QUrl> urls = mime->urls();
    for (const QUrl& url : urls) {
        const QString path = url.toLocalFile();
        if (path.endsWith(QLatin1String(".framescope"), Qt::CaseInsensitive) || isCapturePath(path))
            paths += path;
    }
    return paths;
}

} // namespace

void MainWindow::wireMarks()
{
    MarkBook* marks = m_view->marks();
    connect(marks, &MarkBook::recordRequested, m_desk, &SessionDesk::recordEvents);
    connect(m_desk, &SessionDesk::marksRead, marks, &MarkBook::takeRecorded);
    connect(m_desk, &SessionDesk::recordFailed, marks, &MarkBook::dropUnrecorded);
    connect(m_desk, &SessionDesk::takesEventsChanged, this, &MainWindow::refreshFacts);
    connect(m_desk, &SessionDesk::allRecorded, this, [this] {
        if (m_closing)
            close();
    });
    connect(m_actions->toggleMark, &QAction::triggered, m_view, &SessionView::toggleMarks);
    connect(m_actions->comment, &QAction::triggered, m_view, &SessionView::commentFrame);
    connect(m_actions->nextMark, &QAction::triggered, this, [this] { m_view->goToMark(true); });
    connect(m_actions->previousMark, &QAction::triggered, this, [this] { m_view->goToMark(false); });
    connect(m_actions->goToFrame, &QAction::triggered, this, &MainWindow::askWhereToGo);
    m_view->table()->setMarkActions({m_actions->toggleMark, m_actions->comment});
}

/// Nothing is only remembered by the window: a mark that could not be recorded would be gone at the next start.
QString MainWindow::whyNoMarks() const
{
    const Expected<void>& takes = m_desk->takesEvents();
    if (takes || m_desk->isRunning())
        return {};
    switch (takes.error().code) {
    case ErrorCode::Busy:
        return tr("Another program records this session: marks can be set when it has ended");
    case ErrorCode::Refused:
        return tr("This session is signed with another computer's key: nothing can be added to its audit log here");
    case ErrorCode::Unsupported:
        return tr("A newer version wrote this session: it is only read");
    case ErrorCode::Storage:
        return tr("The session cannot be written to (%1), so that marks could not be kept").arg(takes.error().detail);
    default:
        return tr("Marks cannot be kept: %1").arg(takes.error().detail);
    }
}

void MainWindow::askWhereToGo()
{
    auto* dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Go to"));
    dialog->setLabelText(tr("A frame's number, or a time in UTC such as 20:15:07"));
    dialog->setOkButtonText(tr("&Go"));
    dialog->setTextValue(QString());
    connect(dialog, &QInputDialog::textValueSelected, this, &MainWindow::goTo);
    dialog->show();
}

void MainWindow::goTo(const QString& place)
{
    const Expected<ShapePoint> point = shapePointFromText(place.trimmed(), m_desk->firstWallNs());
    const quint64 last = m_view->model()->frameCount();
    if (!point)
        m_status->say(tr("Neither a frame's number nor a time such as 20:15:07."));
    else if (point->frame > last)
        m_status->say(tr("There are %n frames only.", nullptr, int(std::min<quint64>(last, INT_MAX))));
    else if (point->frame != 0)
        m_view->goToNumber(point->frame);
    else
        m_view->goToTime(point->wallNs);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (!sessionsIn(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

/// As files at the command line are taken. A recording that runs is not ended for it.
void MainWindow::dropEvent(QDropEvent* event)
{
    QStringList paths = sessionsIn(event->mimeData());
    if (paths.isEmpty())
        return;
    event->setDropAction(Qt::CopyAction); // whatever was offered, the file stays where it is
    event->accept();
    if (!m_desk->isRunning())
        openFile(paths.takeFirst());
    if (!paths.isEmpty())
        Q_EMIT furtherFiles(paths);
}

} // namespace framescope
