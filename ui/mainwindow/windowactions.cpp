#include "ui/mainwindow/windowactions.h"

#include <QActionGroup>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>

namespace framescope {

namespace {
const char tipProperty[] = "framescopeTip"; // what the action does; the status tip may say why it cannot be done now
}

WindowActions::WindowActions(QMainWindow* window)
    : QObject(window)
    , m_window(window)
{
    makeFileAndEdit();
    makeViewAndCapture();
    makeRest();
    fillMenus();
    apply({});
}

QAction* WindowActions::make(const QString& text, const QKeySequence& key, const QString& tip)
{
    auto* action = new QAction(text, m_window);
    action->setShortcut(key);
    action->setStatusTip(tip);
    action->setProperty(tipProperty, tip);
    return action;
}

void WindowActions::makeFileAndEdit()
{
    newConnection = make(tr("&New connection…"), QKeySequence::New, tr("Connect to a live stream"));
    demo = make(tr("Try the &demo"), {}, tr("Watch a simulated contact centre, on this machine only"));
    openSession = make(tr("&Open session…"), QKeySequence::Open, tr("Open a recorded session"));
    replay = make(tr("Repla&y…"), QKeySequence(tr("Ctrl+Shift+R")),
                  tr("Send a recorded session through the pipeline again, as a new session"));
    exportFrames = make(tr("&Export…"), QKeySequence(tr("Ctrl+Shift+E")),
                        tr("Write frames or the audit log as CSV, JSON lines or HAR"));
    exportAudit = make(tr("Export a&udit log…"), QKeySequence(tr("Ctrl+Shift+A")), tr("Write the audit log as CSV"));
    verifyAudit = make(tr("&Verify audit log"), {}, tr("Check that nobody changed the session since it was recorded"));
    closeSession = make(tr("&Close session"), QKeySequence(tr("Ctrl+W")), tr("Stop and close this session"));
    quit = make(tr("&Quit"), QKeySequence(tr("Ctrl+Q")), tr("Stop, save and quit"));
    quit->setMenuRole(QAction::QuitRole);
    copyRow = make(tr("&Copy row"), {}, tr("Copy the selected rows as text (Ctrl+C in the table)"));
    toggleMark =
        make(tr("&Mark"), QKeySequence(tr("Ctrl+M")), tr("Mark the selected frames, or take their marks away"));
    comment = make(tr("C&omment…"), QKeySequence(tr("Ctrl+Alt+C")),
                   tr("Mark the selected frame, and say something about it in the audit log"));
    focusFilter = make(tr("&Filter…"), QKeySequence(tr("Ctrl+/")), tr("Write which frames to show (/ in the table)"));
    clearFilter = make(tr("C&lear filter"), QKeySequence(tr("Ctrl+Shift+/")), tr("Show all frames"));
    // With the shift key held, many layouts make another character of the slash.
    clearFilter->setShortcuts({QKeySequence(tr("Ctrl+Shift+/")), QKeySequence(QStringLiteral("Ctrl+?"))});
    preferences = make(tr("&Preferences…"), QKeySequence(tr("Ctrl+,")), tr("Look, limits and the payload type matrix"));
    preferences->setMenuRole(QAction::PreferencesRole);
}

void WindowActions::makeViewAndCapture()
{
    pause = make(tr("&Pause view"), QKeySequence(tr("Ctrl+P")), tr("Freeze what is shown; the capture goes on"));
    pause->setCheckable(true);
    follow =
        make(tr("&Follow newest"), QKeySequence(tr("Ctrl+End")), tr("Keep the newest frame in sight (F in the table)"));
    follow->setCheckable(true);
    follow->setChecked(true);
    showCharts = make(tr("&Charts"), QKeySequence(tr("Alt+1")), tr("Show the charts"));
    showFindings = make(tr("Fi&ndings"), QKeySequence(tr("Alt+2")), tr("Show all findings by rule"));
    showAudit = make(tr("&Audit"), QKeySequence(tr("Alt+3")), tr("Show the audit log"));
    showTopics = make(tr("&Topics"), QKeySequence(tr("Alt+4")), tr("Show topics, channels and gaps"));
    showShapes = make(tr("Shap&es"), QKeySequence(tr("Alt+5")), tr("Show what messages look like, and what changed"));
    showControl = make(tr("&Heartbeats and control messages"), QKeySequence(tr("Ctrl+H")),
                       tr("List messages about the stream itself; folded, they are recorded all the same"));
    showControl->setCheckable(true);
    nextPane = make(tr("Ne&xt pane"), QKeySequence(tr("F6")), tr("Move the keyboard to the next pane"));
    previousPane = make(tr("Pre&vious pane"), QKeySequence(tr("Shift+F6")), tr("Move the keyboard to the pane before"));
    fullScreen = make(tr("F&ull screen"), QKeySequence(tr("F11")), tr("Use the whole screen"));
    fullScreen->setCheckable(true);
    resetLayout = make(tr("&Reset layout"), {}, tr("Sizes and columns as at first"));
    schemeAuto = make(tr("A&utomatic"), {}, tr("Light or dark as the desktop is"));
    schemeLight = make(tr("&Light"), {}, tr("Dark text on light sheets"));
    schemeDark = make(tr("&Dark"), {}, tr("Light text on dark sheets"));
    auto* schemes = new QActionGroup(this);
    for (QAction* action : {schemeAuto, schemeLight, schemeDark}) {
        action->setCheckable(true);
        schemes->addAction(action);
    }
    startStop = make(tr("&Start"), QKeySequence(tr("Ctrl+E")), tr("Start the same connection again, as a new session"));
    reconnectNow = make(tr("&Reconnect now"), QKeySequence(tr("Ctrl+R")), tr("Do not wait for the next attempt"));
}

void WindowActions::makeRest()
{
    nextFinding =
        make(tr("&Next finding"), QKeySequence(tr("F8")), tr("Go to the next frame with a finding (E in the table)"));
    previousFinding = make(tr("&Previous finding"), QKeySequence(tr("Shift+F8")),
                           tr("Go to the frame with a finding before this one (Shift+E in the table)"));
    nextMark =
        make(tr("Next &mark"), QKeySequence(tr("Ctrl+Shift+N")), tr("Go to the next marked frame (] in the table)"));
    previousMark = make(tr("Previous mar&k"), QKeySequence(tr("Ctrl+Shift+B")),
                        tr("Go to the marked frame before this one ([ in the table)"));
    goToFrame = make(tr("&Go to…"), QKeySequence(tr("Ctrl+G")), tr("Go to a frame by its number, or to a moment"));
    showFailures = make(tr("Show only &failures"), {}, tr("Show only refused frames"));
    showWarnings = make(tr("Show only &warnings"), {}, tr("Show only frames with warnings"));
    sessionFolder = make(tr("Open the session &folder"), {}, tr("Where recorded sessions are kept"));
    shortcuts = make(tr("&Keyboard shortcuts"), QKeySequence(QKeySequence::HelpContents), tr("All keys on one page"));
    about = make(tr("&About Framescope"), {}, tr("Version and licences"));
    about->setMenuRole(QAction::AboutRole);
}

void WindowActions::fillMenus()
{
    QMenuBar* bar = m_window->menuBar();
    QMenu* file = bar->addMenu(tr("&File"));
    file->addActions({newConnection, demo, openSession});
    recent = file->addMenu(tr("Open &recent"));
    file->addAction(replay);
    file->addSeparator();
    file->addActions({exportFrames, exportAudit, verifyAudit});
    file->addSeparator();
    file->addActions({closeSession, quit});
    QMenu* edit = bar->addMenu(tr("&Edit"));
    edit->addActions({copyRow, toggleMark, comment});
    edit->addSeparator();
    edit->addActions({focusFilter, clearFilter});
    edit->addSeparator();
    edit->addAction(preferences);
    QMenu* view = bar->addMenu(tr("&View"));
    view->addActions({follow, pause, showControl});
    view->addSeparator();
    view->addActions({showCharts, showFindings, showAudit, showTopics, showShapes});
    view->addSeparator();
    view->addActions({nextPane, previousPane});
    view->addSeparator();
    view->addMenu(tr("Colour &scheme"))->addActions({schemeAuto, schemeLight, schemeDark});
    view->addActions({fullScreen, resetLayout});
    QMenu* capture = bar->addMenu(tr("&Capture"));
    capture->addActions({startStop, reconnectNow});
    QMenu* analyze = bar->addMenu(tr("&Analyze"));
    analyze->addActions({goToFrame, nextFinding, previousFinding, nextMark, previousMark});
    analyze->addSeparator();
    analyze->addActions({showFailures, showWarnings});
    QMenu* tools = bar->addMenu(tr("&Tools"));
    tools->addAction(sessionFolder);
    QMenu* help = bar->addMenu(tr("&Help"));
    help->addActions({shortcuts, about});
}

QList<QAction*> WindowActions::all() const
{
    QList<QAction*> actions;
    for (const QAction* menuAction : m_window->menuBar()->actions()) {
        for (QAction* action : menuAction->menu()->actions()) {
            if (!action->isSeparator() && !action->menu())
                actions += action;
        }
    }
    return actions;
}

void WindowActions::allow(QAction* action, bool possible, const QString& whyNot)
{
    action->setEnabled(possible);
    const QString what = action->property(tipProperty).toString();
    action->setStatusTip(possible ? what : whyNot);
    action->setToolTip(possible ? what : whyNot);
}

void WindowActions::apply(const WindowFacts& facts)
{
    const QString noSession = tr("There is no session: try the demo, connect, or open one");
    for (QAction* action : {exportFrames, exportAudit, verifyAudit,  closeSession, copyRow,         focusFilter,
                            clearFilter,  pause,       follow,       showCharts,   showFindings,    showAudit,
                            showShapes,   nextPane,    previousPane, nextFinding,  previousFinding, nextMark,
                            previousMark, goToFrame,   showFailures, showWarnings})
        allow(action, facts.hasSession, noSession);
    for (QAction* action : {toggleMark, comment})
        allow(action, facts.hasSession && facts.whyNoMarks.isEmpty(), facts.hasSession ? facts.whyNoMarks : noSession);
    allow(showTopics, facts.hasNotifications,
          facts.hasSession ? tr("This session has no topics: it is not one of notifications") : noSession);
    allow(showControl, facts.hasControl, facts.hasSession ? tr("This session has no control messages") : noSession);
    allow(demo, facts.hasDemo, tr("This build has no demo"));
    startStop->setText(facts.running ? tr("&Stop") : tr("&Start"));
    startStop->setProperty(tipProperty, facts.running ? tr("End the stream and complete the session file")
                                                      : tr("Start the same connection again, as a new session"));
    allow(startStop, facts.running || facts.canStartAgain, tr("There is nothing to start again: connect first"));
    allow(reconnectNow, facts.waiting,
          facts.running ? tr("The stream is not waiting for a new attempt") : tr("No stream is running"));
}

} // namespace framescope
