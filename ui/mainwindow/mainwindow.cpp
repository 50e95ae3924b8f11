#include "ui/mainwindow/mainwindow.h"

#include "core/session/profilestore.h"
#include "ui/audit/auditpane.h"
#include "ui/common/theme.h"
#include "ui/connection/connectiondialog.h"
#include "ui/frames/filterline.h"
#include "ui/frames/frametablemodel.h"
#include "ui/frames/frametableview.h"
#include "ui/frames/markbook.h"
#include "ui/mainwindow/filterrow.h"
#include "ui/mainwindow/importbar.h"
#include "ui/mainwindow/importdialog.h"
#include "ui/mainwindow/lowertabs.h"
#include "ui/mainwindow/noticebanner.h"
#include "ui/mainwindow/recoverybar.h"
#include "ui/mainwindow/replaybar.h"
#include "ui/mainwindow/sessionview.h"
#include "ui/mainwindow/shortcutspage.h"
#include "ui/mainwindow/startpage.h"
#include "ui/mainwindow/statusline.h"
#include "ui/mainwindow/topbar.h"
#include "ui/mainwindow/windowactions.h"
#include "ui/mainwindow/windowmemory.h"

#include <QCloseEvent>
#include <QDesktopServices>
#include <QFileInfo>
#include <QMenu>
#include <QScreen>
#include <QStackedWidget>
#include <QUrl>
#include <QVBoxLayout>

namespace framescope {

namespace {
constexpr int statusMs = 200;
constexpr QSize firstSize(1440, 900);
constexpr QSize leastSize(960, 600);
} // namespace

MainWindow::MainWindow(DemoLauncher demo, QWidget* parent)
    : QMainWindow(parent)
    , m_demo(std::move(demo))
    , m_actions(new WindowActions(this))
    , m_desk(new SessionDesk(this))
    , m_view(new SessionView)
    , m_start(new StartPage(m_actions))
    , m_top(new TopBar(m_actions))
    , m_banner(new NoticeBanner)
    , m_import(new ImportBar)
    , m_recovery(new RecoveryBar)
    , m_replay(new ReplayBar)
    , m_status(new StatusLine)
    , m_pages(new QStackedWidget)
{
    setObjectName(QStringLiteral("framescope"));
    buildLayout();
    wireActions();
    wireViewActions();
    wireSession();
    wireReplay();
    wireMarks();
    setAcceptDrops(true);
    m_statusTimer.setSingleShot(true);
    m_statusTimer.setInterval(statusMs);
    connect(&m_statusTimer, &QTimer::timeout, this, &MainWindow::refreshStatus);
    connect(m_view->model(), &FrameTableModel::countsChanged, this, [this] {
        if (!m_desk->isLive()) // else the timer does, less often
            refreshStatus();
    });
    restoreLayout();
    showChangedSession();
    QString notice;
    m_preferences = Preferences::load(&notice);
    if (!notice.isEmpty())
        m_banner->showWords(notice, tr("Edit > Preferences shows what holds now."));
}

MainWindow::~MainWindow() = default;

void MainWindow::buildLayout()
{
    auto* page = new QWidget(this);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_top);
    layout->addWidget(m_replay);
    layout->addWidget(m_banner);
    layout->addWidget(m_import);
    layout->addWidget(m_recovery);
    layout->addWidget(m_pages, 1);
    m_pages->addWidget(m_start);
    m_pages->addWidget(m_view);
    setCentralWidget(page);
    setStatusBar(m_status);
}

void MainWindow::wireActions()
{
    const auto on = [this](QAction* action, auto slot) { connect(action, &QAction::triggered, this, slot); };
    on(m_actions->newConnection, [this] { showConnections(); });
    on(m_actions->demo, [this] { startDemo(); });
    on(m_actions->openSession, [this] { chooseFile(); });
    on(m_actions->exportFrames, [this] { showExport(); });
    on(m_actions->exportAudit, [this] {
        m_view->lowerTabs()->showTab(LowerTabs::AuditTab);
        m_view->lowerTabs()->audit()->exportCsv();
    });
    on(m_actions->verifyAudit, [this] {
        m_view->lowerTabs()->showTab(LowerTabs::AuditTab);
        m_view->lowerTabs()->audit()->verify();
    });
    on(m_actions->closeSession, [this] { m_desk->close(); });
    on(m_actions->quit, [this] { close(); });
    on(m_actions->preferences, [this] { showPreferences(); });
    on(m_actions->startStop, [this] { m_desk->isRunning() ? m_desk->stop() : m_desk->startAgain(); });
    on(m_actions->reconnectNow, [this] { m_desk->reconnectNow(); });
    on(m_actions->sessionFolder, [] { QDesktopServices::openUrl(QUrl::fromLocalFile(defaultSessionFolder())); });
    on(m_actions->shortcuts, [this] { (new ShortcutsPage(m_actions->all(), this))->show(); });
    on(m_actions->about, [this] { showAbout(); });
    on(m_actions->schemeAuto, [this] { setScheme(ColorScheme::Auto); });
    on(m_actions->schemeLight, [this] { setScheme(ColorScheme::Light); });
    on(m_actions->schemeDark, [this] { setScheme(ColorScheme::Dark); });
    on(m_actions->fullScreen, [this](bool full) { full ? showFullScreen() : showNormal(); });
    on(m_actions->resetLayout, [this] {
        WindowMemory::forgetLayout();
        m_view->resetLayout();
    });
    const ColorScheme scheme = Theme::instance().scheme();
    m_actions->schemeAuto->setChecked(scheme == ColorScheme::Auto);
    m_actions->schemeLight->setChecked(scheme == ColorScheme::Light);
    m_actions->schemeDark->setChecked(scheme == ColorScheme::Dark);
    connect(m_actions->recent, &QMenu::aboutToShow, this, &MainWindow::refreshRecent);
    connect(m_start, &StartPage::sessionChosen, this, &MainWindow::openFile);
    connect(m_banner, &NoticeBanner::reconnectRequested, m_actions->reconnectNow, &QAction::trigger);
}

void MainWindow::wireViewActions()
{
    const auto on = [this](QAction* action, auto slot) { connect(action, &QAction::triggered, this, slot); };
    FilterLine* line = m_view->filterRow()->line();
    on(m_actions->copyRow, [this] { m_view->table()->copyRows(); });
    on(m_actions->focusFilter, [line] { line->focusLine(); });
    on(m_actions->clearFilter, [line] { line->clearFilter(); });
    on(m_actions->pause, [this](bool paused) { setPaused(paused); });
    on(m_actions->follow, [this](bool follow) { follow ? m_view->table()->follow() : m_view->table()->hold(); });
    on(m_actions->showCharts, [this] { m_view->lowerTabs()->showTab(LowerTabs::ChartsTab); });
    on(m_actions->showFindings, [this] { m_view->lowerTabs()->showTab(LowerTabs::FindingsTab); });
    on(m_actions->showAudit, [this] { m_view->lowerTabs()->showTab(LowerTabs::AuditTab); });
    on(m_actions->showTopics, [this] { m_view->lowerTabs()->showTab(LowerTabs::TopicsTab); });
    on(m_actions->showShapes, [this] { m_view->lowerTabs()->showTab(LowerTabs::ShapesTab); });
    on(m_actions->showControl, [this](bool shown) { setFolded(!shown); });
    on(m_actions->nextPane, [this] { m_view->nextPane(true); });
    on(m_actions->previousPane, [this] { m_view->nextPane(false); });
    on(m_actions->nextFinding, [this] { m_view->goToFinding(true); });
    on(m_actions->previousFinding, [this] { m_view->goToFinding(false); });
    on(m_actions->showFailures, [line] { line->apply(QStringLiteral("check.status == fail")); });
    on(m_actions->showWarnings, [line] { line->apply(QStringLiteral("check.status == warn")); });
    connect(m_view->table(), &FrameTableView::followChanged, this, [this](bool following) {
        m_actions->follow->setChecked(following);
        refreshStatus();
    });
    connect(m_view, &SessionView::foldRequested, this, &MainWindow::setFolded);
    connect(m_view, &SessionView::notice, m_status, &StatusLine::say);
    connect(m_view, &SessionView::exported, m_desk, &SessionDesk::recordEvent);
}

void MainWindow::wireSession()
{
    connect(m_desk, &SessionDesk::changed, this, &MainWindow::showChangedSession);
    connect(m_desk, &SessionDesk::delivered, this, [this](const FrameFeed::Delivery& delivery) {
        m_view->takeDelivery(delivery);
        if (!m_statusTimer.isActive())
            m_statusTimer.start();
    });
    connect(m_desk, &SessionDesk::metricsChanged, this, [this](const MetricsSnapshotPtr& metrics) {
        m_metrics = metrics;
        m_view->takeMetrics(metrics);
        refreshStatus();
    });
    connect(m_desk, &SessionDesk::extentKnown, this, [this](quint64 frames, quint64 lastSeq) {
        m_view->takeExtent(frames, lastSeq);
        refreshFacts();
    });
    connect(m_desk, &SessionDesk::eventsRead, m_view, &SessionView::takeEvents);
    connect(m_desk, &SessionDesk::sourceChanged, this, &MainWindow::showSource);
    connect(m_desk, &SessionDesk::breakerChanged, this,
            [this](const BreakerStatus& status) { m_breaker = status.state; });
    connect(m_desk, &SessionDesk::notificationsChanged, this, [this](const NotificationStatePtr& state) {
        using Origin = TopicsModel::Origin;
        const bool isWhole = m_desk->isLive() ? m_desk->skippedFrames() == 0 : m_desk->hasCountedTopics();
        const Origin origin = !m_desk->isLive()     ? (isWhole ? Origin::Recorded : Origin::RecordedInPart)
                              : !m_desk->isReplay() ? Origin::Live
                                                    : (isWhole ? Origin::Replayed : Origin::ReplayedInPart);
        if (origin != Origin::Live)
            m_view->offerNotifications();
        m_view->takeNotifications(state, origin);
        m_top->setNotifications(state);
        m_desk->isLive() ? refreshStatus() : refreshFacts();
    });
    connect(m_desk, &SessionDesk::failed, this, &MainWindow::showFailure);
    connect(m_desk, &SessionDesk::newerFormatOpened, this, [this](int format) {
        m_banner->showWords(tr("A newer version wrote this session (format %1, this one knows %2).")
                                .arg(format)
                                .arg(sessionFormatVersion),
                            tr("It is only read, and what is new in it does not show."));
    });
    connect(m_import, &ImportBar::imported, this, &MainWindow::showImported);
    connect(m_import, &ImportBar::failed, this, &MainWindow::showFailure);
    connect(m_desk, &SessionDesk::runningChanged, this, [this](bool running) {
        m_view->setRunning(running);
        refreshFacts();
        if (!running)
            m_view->marks()->recordAgain(); // what was asked for while it ended goes into the file that it left
        if (!running && m_closing)
            close(); // waits for that
    });
}

void MainWindow::startDemo()
{
    if (!m_demo)
        return;
    const Expected<SessionConfig> config = m_demo();
    if (config)
        startSession(*config);
    else
        showFailure(config.error());
}

void MainWindow::startSession(const SessionConfig& config)
{
    SessionConfig own = config;
    m_preferences.applyTo(own);
    m_desk->start(own);
}

void MainWindow::openFile(const QString& path)
{
    if (!isCapturePath(path))
        m_desk->openFile(path);
    else if (m_import->isRunning() || m_importDialog)
        Q_EMIT furtherFiles({path});
    else
        askHowToImport(path);
}

void MainWindow::showChangedSession()
{
    m_metrics.reset();
    m_banner->clear();
    m_actions->pause->setChecked(false);
    m_view->open(m_desk->path());
    if (m_desk->hasNotifications())
        m_view->offerNotifications();
    m_pages->setCurrentWidget(m_desk->isEmpty() ? static_cast<QWidget*>(m_start) : m_view);
    if (m_desk->isEmpty())
        m_start->showRecent(WindowMemory::recentSessions());
    else
        WindowMemory::addRecentSession(m_desk->path());
    m_view->table()->setFocus();
    refreshFacts();
}

void MainWindow::showSource(const SourceState& state)
{
    m_top->setSource(state);
    m_view->takeSource(state);
    const bool waits = state.phase == SourcePhase::Waiting || state.phase == SourcePhase::Suspended;
    m_banner->offerReconnect(waits);
    if (waits && state.error)
        m_banner->showError(*state.error);
    else if (state.phase == SourcePhase::Suspended)
        m_banner->showWords(tr("The breaker holds the stream."),
                            tr("Messages were too large on average; it lets a probe through by itself."));
    else if (state.phase == SourcePhase::Connected)
        m_banner->clear();
    refreshFacts();
}

void MainWindow::showFailure(const Error& error)
{
    m_banner->showError(error);
    refreshFacts();
}

void MainWindow::refreshFacts()
{
    const SourcePhase phase = m_desk->sourceState().phase;
    WindowFacts facts;
    facts.hasSession = !m_desk->isEmpty();
    facts.running = m_desk->isRunning();
    facts.canStartAgain = m_desk->canStart();
    facts.waiting = facts.running && (phase == SourcePhase::Waiting || phase == SourcePhase::Suspended);
    facts.hasDemo = bool(m_demo);
    facts.hasNotifications = m_desk->hasNotifications();
    facts.hasControl = m_view->model()->hasControl();
    facts.whyNoMarks = whyNoMarks();
    m_actions->apply(facts);
    m_top->setSession(m_desk->isEmpty() ? QString() : m_desk->sourceName(), facts.running);
    m_top->setSource(m_desk->sourceState());
    m_top->setNotifications(m_desk->notifications());
    QString title = tr("Framescope");
    if (facts.hasSession)
        title = tr("%1 — %2 — Framescope").arg(QFileInfo(m_desk->path()).completeBaseName(), m_desk->sourceName());
    setWindowTitle(title);
    showReplayBar();
    refreshStatus();
}

void MainWindow::refreshStatus()
{
    StatusLine::Facts facts;
    facts.hasSession = !m_desk->isEmpty();
    facts.live = m_desk->isLive();
    facts.running = m_desk->isRunning();
    facts.paused = m_view->model()->isPaused();
    facts.following = m_view->table()->isFollowing();
    facts.simulated = m_desk->isSimulated();
    facts.replay = m_desk->isReplay();
    facts.imported = m_desk->isImported();
    facts.source = m_desk->sourceState();
    facts.breaker = m_breaker;
    facts.metrics = m_metrics;
    facts.storage = m_desk->storage();
    facts.auditEntries = m_desk->lastSeq();
    facts.skippedFrames = m_desk->skippedFrames();
    facts.notifications = m_desk->notifications();
    facts.hiddenControl = m_view->model()->hiddenControl();
    facts.fileBytes = facts.live ? 0 : QFileInfo(m_desk->path()).size();
    m_status->show(facts);
    m_view->filterRow()->setPayloadsRemoved(facts.storage.payloadsRemoved);
}

void MainWindow::setScheme(ColorScheme scheme)
{
    Theme::instance().setScheme(scheme);
    m_preferences.scheme = scheme;
    if (const auto saved = m_preferences.save(); !saved)
        m_status->say(tr("The colour scheme could not be remembered: %1").arg(saved.error().detail));
}

void MainWindow::setFolded(bool folded)
{
    m_view->setFolded(folded);
    m_actions->showControl->setChecked(!folded);
    WindowMemory::setState(QStringLiteral("folded"), folded ? "yes" : "no");
    refreshStatus();
}

void MainWindow::setPaused(bool paused)
{
    m_view->setPaused(paused);
    m_actions->pause->setText(paused ? tr("Resume &view") : tr("&Pause view"));
    refreshStatus();
}

void MainWindow::restoreLayout()
{
    setMinimumSize(leastSize); // given, so that counting labels never change it
    resize(firstSize.boundedTo(screen()->availableSize()));
    restoreGeometry(WindowMemory::state(QStringLiteral("window")));
    m_view->restoreLayout();
    const bool folded = WindowMemory::state(QStringLiteral("folded")) != "no";
    m_view->setFolded(folded);
    m_actions->showControl->setChecked(!folded);
}

void MainWindow::saveLayout() const
{
    WindowMemory::setState(QStringLiteral("window"), saveGeometry());
    m_view->saveLayout();
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (m_desk->isRunning() || m_desk->isAdding()) {
        // The session file is completed first; the window closes when it is, at most two seconds later.
        if (!m_closing) {
            m_closing = true;
            saveLayout();
            m_desk->stop();
            constexpr int longestMs = 1'800;
            QTimer::singleShot(longestMs, this, [this] {
                hide();
                m_desk->disconnect(this);
                QCoreApplication::quit();
            });
        }
        event->ignore();
        return;
    }
    if (!m_closing)
        saveLayout();
    event->accept();
    QCoreApplication::quit();
}

} // namespace framescope
