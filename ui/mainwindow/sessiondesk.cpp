#include "ui/mainwindow/sessiondesk.h"

#include "ui/mainwindow/sessiondigest.h"

#include <QFileInfo>

namespace framescope {

namespace {
constexpr int tickMs = 33;
constexpr int checkAgainMs = 3'000;
constexpr int showReplayedMs = 500; // as often as a live session tells of its topics
} // namespace

SessionDesk::SessionDesk(QObject* parent)
    : QObject(parent)
    , m_digest(new SessionDigest(this))
{
    m_tick.setSingleShot(true);
    m_tick.setTimerType(Qt::PreciseTimer);
    m_tick.setInterval(tickMs);
    connect(&m_tick, &QTimer::timeout, this, &SessionDesk::drain);
    m_showReplayed.setSingleShot(true);
    m_showReplayed.setInterval(showReplayedMs);
    connect(&m_showReplayed, &QTimer::timeout, this, [this] { showRecordedTopics(m_replayed.state()); });
    m_checkAgain.setSingleShot(true);
    m_checkAgain.setInterval(checkAgainMs);
    connect(&m_checkAgain, &QTimer::timeout, this, &SessionDesk::checkTakesEvents);
    connect(m_digest, &SessionDigest::opened, this, [this](const SessionInfo& info, quint64 frames, quint64 lastSeq) {
        m_sourceName = QString::fromUtf8(info.sourceName);
        m_simulated = info.sourceKind == "simulated";
        m_replay = info.sourceKind == "replay";
        m_imported = info.sourceKind == "imported";
        m_received = frames;
        m_lastSeq = lastSeq;
        Q_EMIT extentKnown(frames, lastSeq);
        if (m_knowsMarks)
            checkTakesEvents();
        else
            setTakesEvents(failure(ErrorCode::Parse, QStringLiteral("those that there are could not be read"), m_path));
        if (info.formatVersion > sessionFormatVersion)
            Q_EMIT newerFormatOpened(info.formatVersion);
    });
    connect(m_digest, &SessionDigest::beginKnown, this, [this](qint64 wallNs) { m_firstWallNs = wallNs; });
    connect(m_digest, &SessionDigest::marksRead, this, [this](const FrameMarksPtr& marks) {
        m_knowsMarks = true;
        Q_EMIT marksRead(marks);
    });
    connect(m_digest, &SessionDigest::removalsRead, this, [this](quint64 frames, quint64 bytes) {
        m_finalStorage.payloadsRemoved = frames;
        m_finalStorage.payloadBytesRemoved = bytes;
    });
    connect(m_digest, &SessionDigest::metricsRead, this, &SessionDesk::metricsChanged);
    connect(m_digest, &SessionDigest::eventsRead, this, &SessionDesk::eventsRead);
    connect(m_digest, &SessionDigest::notificationsRead, this,
            [this](const NotificationStatePtr& state, bool isCounted) {
                m_hasCountedTopics = isCounted;
                showRecordedTopics(state);
            });
    connect(m_digest, &SessionDigest::failed, this, &SessionDesk::failed);
}

SessionDesk::~SessionDesk() = default;

void SessionDesk::afterStop(std::function<void()> next)
{
    if (!isRunning()) {
        next();
        return;
    }
    m_next = std::move(next);
    m_session->stop();
}

void SessionDesk::start(const SessionConfig& config)
{
    afterStop([this, config] { begin(config); });
}

void SessionDesk::startAgain()
{
    if (!canStart())
        return;
    SessionConfig config = m_config;
    config.sessionPath.clear(); // an existing session file is never written to again
    start(config);
}

void SessionDesk::begin(const SessionConfig& config)
{
    clear();
    m_config = config;
    m_hasConfig = true;
    m_session = std::make_unique<Session>(config);
    // Queued: filled() comes on the pipeline thread, and once per drain only.
    connect(
        m_session->feed(), &FrameFeed::filled, this,
        [this] {
            if (!m_tick.isActive())
                m_tick.start();
        },
        Qt::QueuedConnection);
    connect(m_session.get(), &Session::sourceStateChanged, this, &SessionDesk::sourceChanged);
    connect(m_session.get(), &Session::metricsUpdated, this, &SessionDesk::metricsChanged);
    connect(m_session.get(), &Session::breakerChanged, this, &SessionDesk::breakerChanged);
    connect(m_session.get(), &Session::notificationStateChanged, this, &SessionDesk::takeNotifications);
    connect(m_session.get(), &Session::replayStateChanged, this, &SessionDesk::replayChanged);
    connect(m_session.get(), &Session::storageFailed, this, &SessionDesk::failed);
    connect(m_session.get(), &Session::stopped, this, &SessionDesk::finish);
    const Expected<void> started = m_session->start();
    if (!started) {
        m_session.reset();
        Q_EMIT changed();
        Q_EMIT failed(started.error());
        return;
    }
    m_path = m_session->sessionPath();
    m_knowsMarks = true;
    m_sourceName = config.sourceName;
    m_simulated = config.simulated;
    m_replay = config.replay.has_value();
    m_hasNotifications = config.notifications.has_value();
    Q_EMIT changed();
    Q_EMIT runningChanged(true);
}

void SessionDesk::stop()
{
    if (isRunning())
        m_session->stop();
}

void SessionDesk::finish(const SessionSummary& summary)
{
    drain();
    m_finalStorage = summary.storage;
    if (summary.metrics)
        Q_EMIT metricsChanged(summary.metrics);
    Q_EMIT sourceChanged(summary.source);
    if (m_replay) {
        m_showReplayed.stop();
        showRecordedTopics(m_replayed.state());
    }
    if (summary.storage.error) // what came after it is in no file
        m_digest->readMarks(m_path);
    recordLate(summary.unrecorded);
    Q_EMIT runningChanged(false);
    if (summary.error && !m_next)
        Q_EMIT failed(*summary.error);
    else if (summary.storage.anchorError && !m_next)
        Q_EMIT failed(*summary.storage.anchorError);
    if (m_next) {
        // Not from inside the session's own signal: the next one replaces it.
        QMetaObject::invokeMethod(
            this, [next = std::exchange(m_next, {})] { next(); }, Qt::QueuedConnection);
    }
}

void SessionDesk::openFile(const QString& path)
{
    afterStop([this, path] {
        clear();
        m_path = QFileInfo(path).absoluteFilePath();
        m_sourceName = QFileInfo(path).completeBaseName();
        m_takesEvents = failure(ErrorCode::NotFound, QStringLiteral("the session is being opened"), m_path);
        Q_EMIT changed();
        m_digest->read(m_path, SessionConfig{}.metricsWindow);
    });
}

void SessionDesk::close()
{
    afterStop([this] {
        clear();
        Q_EMIT changed();
    });
}

void SessionDesk::clear()
{
    m_digest->cancel();
    m_tick.stop();
    m_checkAgain.stop();
    m_takesEvents = {};
    m_knowsMarks = false;
    m_session.reset();
    m_path.clear();
    m_sourceName.clear();
    m_simulated = m_replay = m_imported = m_hasNotifications = m_hasCountedTopics = false;
    m_replayed = {};
    m_showReplayed.stop();
    m_notifications.reset();
    m_lastSeq = m_received = m_skipped = 0;
    m_firstWallNs = 0;
    m_finalStorage = {};
}

void SessionDesk::takeNotifications(const NotificationStatePtr& state)
{
    m_notifications = state;
    Q_EMIT notificationsChanged(state);
}

void SessionDesk::showRecordedTopics(const NotificationStatePtr& recorded)
{
    if (!recorded)
        return;
    m_hasNotifications = true;
    takeNotifications(recorded);
}

void SessionDesk::drain()
{
    if (!m_session)
        return;
    const FrameFeed::Delivery delivery = m_session->feed()->drain();
    if (delivery.batches.empty() && delivery.events.empty())
        return;
    m_received = delivery.received;
    m_lastSeq = delivery.lastSeq;
    m_skipped += delivery.skippedFrames;
    if (m_firstWallNs == 0 && !delivery.batches.empty())
        m_firstWallNs = delivery.batches.front()->heads.front().wallNs;
    if (m_replay)
        takeReplayed(delivery);
    Q_EMIT delivered(delivery);
}

void SessionDesk::takeReplayed(const FrameFeed::Delivery& delivery)
{
    bool isOfTopics = false;
    bool isNews = false;
    for (const AuditEvent& event : delivery.events) {
        isNews = m_replayed.take(event) || isNews;
        isOfTopics = isOfTopics || event.action == AuditAction::SchemasLoaded;
    }
    for (const FrameBatchPtr& batch : delivery.batches) {
        if (m_hasNotifications || isOfTopics)
            isNews = m_replayed.take(*batch) || isNews;
    }
    if (isNews && !m_showReplayed.isActive())
        m_showReplayed.start();
    if (m_hasNotifications || !isOfTopics)
        return;
    m_hasNotifications = true;
    Q_EMIT topicsFound();
}

void SessionDesk::setReplaySpeed(double speed)
{
    if (isRunning())
        m_session->setReplaySpeed(speed);
}

void SessionDesk::setReplayPaused(bool paused)
{
    if (isRunning())
        m_session->setReplayPaused(paused);
}

void SessionDesk::stepReplay()
{
    if (isRunning())
        m_session->stepReplay();
}

void SessionDesk::reconnectNow()
{
    if (isRunning())
        m_session->reconnectNow();
}

void SessionDesk::recordEvents(const std::vector<AuditEvent>& events)
{
    if (isRunning()) {
        for (const AuditEvent& event : events)
            m_session->recordEvent(event);
        return;
    }
    m_additions.push_back({m_path, events});
    if (m_additions.size() == 1)
        addNext();
}

/// What was given while the file was being closed. Marks are asked for again by their book.
void SessionDesk::recordLate(std::vector<AuditEvent> events)
{
    std::erase_if(events, [](const AuditEvent& event) {
        return event.action == AuditAction::Marked || event.action == AuditAction::Unmarked;
    });
    if (!events.empty())
        recordEvents(events);
}

/// One after the other, so that their order holds and the file is never busy because of this window.
void SessionDesk::addNext()
{
    const Addition& next = m_additions.front();
    Session::recordInFinished(next.path, next.events, this, [this](const Expected<quint64>& firstSeq) {
        const Addition done = std::move(m_additions.front());
        m_additions.pop_front();
        if (done.path == m_path)
            takeRecorded(done.events, firstSeq);
        else if (!firstSeq) // another session is on the desk by now
            Q_EMIT failed(firstSeq.error());
        if (m_additions.empty())
            Q_EMIT allRecorded();
        else
            addNext();
    });
}

void SessionDesk::takeRecorded(const std::vector<AuditEvent>& events, const Expected<quint64>& firstSeq)
{
    if (!firstSeq) {
        Q_EMIT recordFailed();
        Q_EMIT failed(firstSeq.error());
        checkTakesEvents();
        return;
    }
    FrameFeed::Delivery delivery;
    delivery.events = events;
    quint64 seq = *firstSeq;
    for (AuditEvent& event : delivery.events)
        event.seq = seq++;
    delivery.received = m_received;
    delivery.lastSeq = m_lastSeq = seq - 1;
    Q_EMIT delivered(delivery);
}

void SessionDesk::checkTakesEvents()
{
    Session::checkFinished(m_path, this, [this, path = m_path](const Expected<void>& takes) {
        if (path != m_path || isRunning() || !m_knowsMarks)
            return;
        if (!takes && takes.error().code == ErrorCode::Busy)
            m_checkAgain.start();
        setTakesEvents(takes);
    });
}

void SessionDesk::setTakesEvents(const Expected<void>& takes)
{
    m_takesEvents = takes;
    Q_EMIT takesEventsChanged();
}

SourceState SessionDesk::sourceState() const
{
    return m_session ? m_session->sourceState() : SourceState{};
}

WriterStatus SessionDesk::storage() const
{
    return isRunning() ? m_session->storageStatus() : m_finalStorage;
}

} // namespace framescope
