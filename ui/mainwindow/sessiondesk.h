#pragma once
/// The one session on the desk, live or opened from a file, and the only place of the window that talks to Session.
///
/// Thread: gui. Live frames are drained on a 33 ms tick that runs only when something came. Nothing here waits: a
/// session that has to end first ends in the background, then the next one begins.
#include "core/frame/framemarks.h"
#include "core/routing/framefeed.h"
#include "core/session/session.h"
#include "ui/topics/recordedtopics.h"

#include <QObject>
#include <QTimer>
#include <deque>
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
    void recordEvent(const AuditEvent& event) { recordEvents({event}); }
    /// Into the audit log, in order. Of a session that has ended: in the background, all of them or none.
    void recordEvents(const std::vector<AuditEvent>& events);
    /// Events are being added to a file that has ended; allRecorded() follows.
    [[nodiscard]] bool isAdding() const { return !m_additions.empty(); }
    /// Whether the audit log takes events now, and if not why.
    [[nodiscard]] const Expected<void>& takesEvents() const { return m_takesEvents; }
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
    /// UTC of its first frame; 0 where that is not known yet.
    [[nodiscard]] qint64 firstWallNs() const { return m_firstWallNs; }
    [[nodiscard]] SourceState sourceState() const;
    [[nodiscard]] WriterStatus storage() const;
    [[nodiscard]] quint64 lastSeq() const { return m_lastSeq; }
    [[nodiscard]] quint64 received() const { return m_received; }
    /// Frames that the feed dropped from the live view (the session file has them).
    [[nodiscard]] quint64 skippedFrames() const { return m_skipped; }
    /// A session of Genesys Cloud notifications: known from its configuration, or from a file's audit events.
    [[nodiscard]] bool hasNotifications() const { return m_hasNotifications; }
    /// Of a file: notifications() says how many frames each topic has, too.
    [[nodiscard]] bool hasCountedTopics() const { return m_hasCountedTopics; }
    /// The newest state; null before the first one. Of a file: what its audit events tell.
    [[nodiscard]] NotificationStatePtr notifications() const { return m_notifications; }

Q_SIGNALS:
    /// Another session is on the desk (or none): everything that is shown starts anew.
    void changed();
    void delivered(const framescope::FrameFeed::Delivery& delivery);
    void metricsChanged(const framescope::MetricsSnapshotPtr& metrics);
    void eventsRead(const std::vector<framescope::AuditEvent>& events);
    void extentKnown(quint64 frames, quint64 lastSeq);
    void marksRead(const framescope::FrameMarksPtr& marks);
    /// takesEvents() says something else now.
    void takesEventsChanged();
    void allRecorded();
    /// Events that were to be recorded were not; failed() says why.
    void recordFailed();
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
    void takeReplayed(const FrameFeed::Delivery& delivery);
    void showRecordedTopics(const NotificationStatePtr& recorded);
    void takeNotifications(const NotificationStatePtr& state);
    void recordLate(std::vector<AuditEvent> events);
    void addNext();
    void takeRecorded(const std::vector<AuditEvent>& events, const Expected<quint64>& firstSeq);
    void checkTakesEvents();
    void setTakesEvents(const Expected<void>& takes);

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
    RecordedTopics m_replayed; ///< of a replay: what its events tell of topics and gaps so far
    QTimer m_showReplayed;
    qint64 m_firstWallNs = 0;
    quint64 m_lastSeq = 0;
    quint64 m_received = 0;
    quint64 m_skipped = 0;
    bool m_hasNotifications = false;
    bool m_hasCountedTopics = false;
    NotificationStatePtr m_notifications;
    WriterStatus m_finalStorage;
    Expected<void> m_takesEvents;
    bool m_knowsMarks = false; ///< before that, nobody can tell what a new mark would change
    QTimer m_checkAgain;       ///< another program writes the file: until it has ended
    struct Addition
    {
        QString path;
        std::vector<AuditEvent> events;
    };
    std::deque<Addition> m_additions; ///< for files that have ended: one after the other, the first one is under way
    std::function<void()> m_next;     ///< what to do once the running session has stopped
};

} // namespace framescope
