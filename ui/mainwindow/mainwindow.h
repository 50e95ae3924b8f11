#pragma once
/// The window: puts the parts together and passes on what people ask for. What is shown lives in SessionView, what runs
/// in SessionDesk; here they are only introduced to each other.
///
/// Thread: gui. Nothing modal opens because something came from the stream.
#include "core/metrics/metricssnapshot.h"
#include "core/session/session.h"
#include "ui/mainwindow/sessiondesk.h"
#include "ui/preferences/preferences.h"

#include <QMainWindow>
#include <QPointer>
#include <QTimer>

class QStackedWidget;

namespace framescope {

class ConnectionDialog;
class ImportBar;
class ImportDialog;
struct ImportChoice;
class NoticeBanner;
class ProfileStore;
class RecoveryBar;
class ReplayBar;
class SessionView;
class StartPage;
class StatusLine;
class TopBar;
class WindowActions;

class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    explicit MainWindow(DemoLauncher demo, QWidget* parent = nullptr);
    ~MainWindow() override;

    void startDemo();
    void startSession(const SessionConfig& config);
    /// A session, or a capture (.har): what is kept of its payloads is asked, and a session is made of it first; while
    /// another one is, furtherFiles() has it.
    void openFile(const QString& path);
    /// Offers sessions that were interrupted, if there are any.
    void lookForInterrupted();
    /// Connects with that profile; what is missing is asked for in the connection dialog.
    void connectProfile(const QString& name);
    [[nodiscard]] SessionView* view() const { return m_view; }
    [[nodiscard]] SessionDesk* desk() const { return m_desk; }
    [[nodiscard]] WindowActions* actions() const { return m_actions; }
    [[nodiscard]] ReplayBar* replayBar() const { return m_replay; }
    [[nodiscard]] RecoveryBar* recoveryBar() const { return m_recovery; }

Q_SIGNALS:
    /// Files that want windows of their own: this one holds one session.
    void furtherFiles(const QStringList& paths);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    void buildLayout();
    void wireActions();
    void wireViewActions();
    void wireSession();
    void wireReplay();
    void wireMarks();
    void askWhereToGo();
    void goTo(const QString& place);
    [[nodiscard]] QString whyNoMarks() const;
    void showReplay();
    void showReplayBar();
    void showChangedSession();
    void showSource(const SourceState& state);
    void showFailure(const Error& error);
    void refreshFacts();
    void refreshStatus();
    void refreshRecent();
    void setScheme(ColorScheme scheme);
    void chooseFile();
    void askHowToImport(const QString& capturePath);
    void showImported(const QString& sessionPath);
    void startImport(const QString& capturePath, const ImportChoice& choice);
    void showConnections();
    void showPreferences();
    void showExport();
    void setFolded(bool folded);
    void showAbout();
    void restoreLayout();
    void saveLayout() const;
    void setPaused(bool paused);

    DemoLauncher m_demo;
    Preferences m_preferences;
    WindowActions* m_actions;
    SessionDesk* m_desk;
    SessionView* m_view;
    StartPage* m_start;
    TopBar* m_top;
    NoticeBanner* m_banner;
    ImportBar* m_import;
    RecoveryBar* m_recovery;
    ReplayBar* m_replay;
    StatusLine* m_status;
    QStackedWidget* m_pages;
    std::unique_ptr<ProfileStore> m_profiles;
    QPointer<ConnectionDialog> m_connections;
    QPointer<ImportDialog> m_importDialog;
    QTimer m_statusTimer;
    MetricsSnapshotPtr m_metrics;
    BreakerState m_breaker = BreakerState::Closed;
    bool m_closing = false;
};

} // namespace framescope
