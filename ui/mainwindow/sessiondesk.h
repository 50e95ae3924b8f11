#pragma once
/// The one session on the desk, live or opened from a file, and the only place of the window that talks to Session.
///
/// Thread: gui. Live frames are drained on a 33 ms tick that runs only when something came. Nothing here waits: a
/// session that has to end first ends in the background, then the next one begins.
#include "core/routing/framefeed.h"
#include "core/session/session.h"

#include <QObject>
#include <QTimer>
#include <functional>
#include <memory>

namespace framescope {

class SessionDigest;

/// How to begin the built-in demo; the window must not know the simulator.
using DemoLauncher = std::function<Expected<SessionConfig>()>;

class SessionDesk : public QObject
{
    Q_OBJECT

public:
    explicit SessionDesk(QObject* parent = nullptr);
    ~SessionDesk() override;

    void start(const SessionConfig& config);
    /// The last live configuration again, as a new session.
    void startAgain();
    void stop();
    void openFile(const QString& path);
    void close();
    void reconnectNow();
    void recordEvent(const AuditEvent& event);
    void setReplaySpeed(double speed);
    void setReplayPaused(bool paused);
    void stepReplay();

    [[nodiscard]] bool isEmpty() const { return m_path.isEmpty(); }
    [[nodiscard]] bool isLive() const { return m_session != nullptr; }
    [[nodiscard]] bool isRunning() const { return m_session && m_session->isRunning(); }
    [[nodiscard]] bool canStart() const { return !isRunning() && m_hasConfig; }
    [[nodiscard]] bool isSimulated() const { return m_simulated; }
    /// A replay of another session, running or recorded.
    [[nodiscard]] bool isReplay() const { return m_replay; }
    /// Made of another program's capture.
    [[nodiscard]] bool isImported() const { return m_imported; }
    [[nodiscard]] QString path() const { return m_path; }
    [[nodiscard]] QString sourceName() const { return m_sourceName; }
    [[nodiscard]] SourceState sourceState() const;
    [[nodiscard]] WriterStatus storage() const;
    [[nodiscard]] quint64 lastSeq() const { return m_lastSeq; }
    [[nodiscard]] quint64 received() const { return m_received; }
    /// Frames that the feed dropped from the live view (the session file has them).
    [[nodiscard]] quint64 skippedFrames() const { return m_skipped; }
    /// A session of Genesys Cloud notifications: known from its configuration, or from a file's audit events.
    [[nodiscard]] bool hasNotifications() const { return m_hasNotifications; }
    /// The newest state; null before the first one. Of a file: what its audit events tell.
    [[nodiscard]] NotificationStatePtr notifications() const { return m_notifications; }

Q_SIGNALS:
    /// Another session is on the desk (or none): everything that is shown starts anew.
    void changed();
    void delivered(const framescope::FrameFeed::Delivery& delivery);
    void metricsChanged(const framescope::MetricsSnapshotPtr& metrics);
    void eventsRead(const std::vector<framescope::AuditEvent>& events);
    void extentKnown(quint64 frames, quint64 lastSeq);
    void sourceChanged(const framescope::SourceState& state);
    void breakerChanged(const framescope::BreakerStatus& status);
    void notificationsChanged(const framescope::NotificationStatePtr& state);
    /// A replay turned out to be one of notifications.
    void topicsFound();
    void replayChanged(const framescope::ReplayState& state);
    void runningChanged(bool running);
    /// Something could not be begun, opened or stored; the words are for people.
    void failed(const framescope::Error& error);
    /// The file was written by a newer version: it is read, and what is new in it does not show.
    void newerFormatOpened(int format);

private:
    void afterStop(std::function<void()> next);
    void begin(const SessionConfig& config);
    void drain();
    void finish(const SessionSummary& summary);
    void clear();
    void takeEvents(const std::vector<AuditEvent>& events);
    void keepReplayed(const std::vector<AuditEvent>& events);
    void showRecordedTopics(const std::vector<AuditEvent>& events);
    void takeNotifications(const NotificationStatePtr& state);

    std::unique_ptr<Session> m_session;
    SessionDigest* m_digest;
    QTimer m_tick;
    SessionConfig m_config;
    bool m_hasConfig = false;
    QString m_path;
    QString m_sourceName;
    bool m_simulated = false;
    bool m_replay = false;
    bool m_imported = false;
    std::vector<AuditEvent> m_replayed; ///< of a replay of notifications: what tells of topics and gaps at its end
    quint64 m_lastSeq = 0;
    quint64 m_received = 0;
    quint64 m_skipped = 0;
    bool m_hasNotifications = false;
    NotificationStatePtr m_notifications;
    WriterStatus m_finalStorage;
    std::function<void()> m_next; ///< what to do once the running session has stopped
};

} // namespace framescope
