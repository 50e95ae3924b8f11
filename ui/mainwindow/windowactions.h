#pragma once
/// All actions of the window, their keys and menus, in one place. What an action does is wired by the window; whether
/// it can be done now, and if not why (in the status tip), is decided here from a few facts. Thread: gui.
#include <QAction>
#include <QObject>

class QMainWindow;
class QMenu;

namespace framescope {

/// What decides which actions are possible.
struct WindowFacts
{
    bool hasSession = false;
    bool running = false;
    bool canStartAgain = false;
    bool waiting = false; ///< for the next attempt to connect
    bool hasDemo = false;
    bool hasNotifications = false; ///< a session of topics
    bool hasControl = false;       ///< the session has control messages
    QString whyNoMarks = {};       ///< why nothing can be added to the session's audit log; empty: it can
};

class WindowActions : public QObject
{
    Q_OBJECT

public:
    explicit WindowActions(QMainWindow* window);

    void apply(const WindowFacts& facts);
    [[nodiscard]] QList<QAction*> all() const;

    QAction* newConnection;
    QAction* demo;
    QAction* openSession;
    QAction* replay;
    QAction* exportFrames;
    QAction* exportAudit;
    QAction* verifyAudit;
    QAction* closeSession;
    QAction* quit;
    QAction* copyRow;
    QAction* toggleMark;
    QAction* comment;
    QAction* focusFilter;
    QAction* clearFilter;
    QAction* preferences;
    QAction* pause;
    QAction* follow;
    QAction* showCharts;
    QAction* showFindings;
    QAction* showAudit;
    QAction* showTopics;
    QAction* showShapes;
    QAction* showControl; ///< heartbeats and control messages
    QAction* nextPane;
    QAction* previousPane;
    QAction* fullScreen;
    QAction* resetLayout;
    QAction* schemeAuto;
    QAction* schemeLight;
    QAction* schemeDark;
    QAction* startStop;
    QAction* reconnectNow;
    QAction* nextFinding;
    QAction* previousFinding;
    QAction* nextMark;
    QAction* previousMark;
    QAction* goToFrame;
    QAction* showFailures;
    QAction* showWarnings;
    QAction* sessionFolder;
    QAction* shortcuts;
    QAction* about;
    QMenu* recent = nullptr;

private:
    QAction* make(const QString& text, const QKeySequence& key, const QString& tip);
    void makeFileAndEdit();
    void makeViewAndCapture();
    void makeRest();
    void fillMenus();
    static void allow(QAction* action, bool possible, const QString& whyNot);

    QMainWindow* m_window;
};

} // namespace framescope
