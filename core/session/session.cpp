#include "core/session/session.h"

#include "core/audit/anchorbook.h"
#include "core/routing/framefeed.h"
#include "core/session/pipeline.h"
#include "core/session/receiver.h"
#include "core/session/signingkeys.h"
#include "core/store/sessionappend.h"
#include "core/store/sessionlock.h"
#include "core/store/sessionreader.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QPointer>
#include <QRandomGenerator>
#include <QThread>
#include <QThreadPool>
#include <deque>

namespace framescope {

namespace {

SessionInfo sessionInfo(const SessionConfig& config)
{
    SessionInfo info;
    std::array<quint32, 4> random{};
    QRandomGenerator::system()->fillRange(random.data(), random.size());
    info.sessionId = QByteArray(reinterpret_cast<const char*>(random.data()), sizeof random).toHex();
    info.toolVersion = QByteArrayLiteral(FRAMESCOPE_VERSION);
    info.sourceKind = sourceKindOf(config).data();
    info.sourceName = config.sourceName.toUtf8();
    const Instant instant = now();
    info.startedWallNs = instant.wallNs;
    info.startedMonoNs = instant.monoNs;
    info.payloads = config.payloads;
    info.retention = config.retention;
    if (config.payloads == PayloadPolicy::Redacted)
        info.redaction = config.redaction.toJson();
    return info;
}

/// What is known of the session before this one, and how it ended.
QJsonObject previousSession()
{
    const std::optional<Anchor> anchor = AnchorBook(defaultAnchorFolder()).newest();
    if (!anchor)
        return {};
    const QString end = anchor->isEnded                            ? QStringLiteral("clean")
                        : SessionLock::isHeld(anchor->sessionPath) ? QStringLiteral("running")
                                                                   : QStringLiteral("interrupted");
    return {{QStringLiteral("session"), QString::fromLatin1(anchor->sessionId)},
            {QStringLiteral("seq"), qint64(anchor->seq)},
            {QStringLiteral("head"), QString::fromLatin1(toHex(anchor->head))},
            {QStringLiteral("end"), end}};
}

/// Where the anchor of @p path is kept. The anchor of a copy would speak against its original, which lacks the entry
/// that the copy gets: nowhere, while there is the file that the anchor names.
QString anchorFolderOf(const QString& path)
{
    const auto reader = SessionReader::open(path);
    const auto anchor = reader ? AnchorBook(defaultAnchorFolder()).read((*reader)->info().sessionId) : std::nullopt;
    const bool isCopy = anchor && QFileInfo::exists(anchor->sessionPath) &&
                        QFileInfo(anchor->sessionPath).canonicalFilePath() != QFileInfo(path).canonicalFilePath();
    return isCopy ? QString() : defaultAnchorFolder();
}

/// A session that was signed when there was no keyring has the key of the file.
Expected<quint64> appendSealed(const QString& path, const std::vector<AuditEvent>& events,
                               const Expected<HeldKey>& held)
{
    AuditSeal seal{held ? held->key : nullptr, anchorFolderOf(path)};
    Expected<quint64> seq = appendEventsToFinishedSession(path, events, seal);
    if (seq || seq.error().code != ErrorCode::Refused)
        return seq;
    const Expected<HeldKey> other = signingKeyFromFile();
    if (!other)
        return seq;
    seal.key = other->key;
    return appendEventsToFinishedSession(path, events, seal);
}

} // namespace

struct Session::Private
{
    SessionConfig config;
    FrameFeed feed;
    std::vector<FrameSink*> furtherSinks;
    std::shared_ptr<SessionWriter> writer;
    QThread streamThread;
    QThread pipelineThread;
    Receiver* receiver = nullptr; // both live on their threads
    Pipeline* pipeline = nullptr;
    SourceState sourceState;
    std::deque<AuditEvent> given; ///< to recordEvent(), and not recorded yet
    bool running = false;
    bool isKeyKnown = false; ///< the key that signs, or why there is none, was told to the pipeline

    void connectWorkers(Session* session);
    void useSigningKey(const Expected<HeldKey>& key); ///< the first answer counts
    /// The pipeline ends first, which closes the queue, so that nothing holds the receiver. The receiver goes with its
    /// thread, since its sockets live there; the pipeline stays until nobody can ask it for anything any more.
    void join()
    {
        pipelineThread.wait(); // as long as the disk takes: it works on the pipeline until then
        streamThread.quit();
        streamThread.wait();
        receiver = nullptr;
        delete std::exchange(pipeline, nullptr);
    }
};

Session::Session(SessionConfig config, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>())
{
    d->config = std::move(config);
    qRegisterMetaType<SourceState>();
    qRegisterMetaType<NotificationStatePtr>();
    qRegisterMetaType<MetricsSnapshotPtr>();
    qRegisterMetaType<BreakerStatus>();
    qRegisterMetaType<ReplayState>();
    qRegisterMetaType<SessionSummary>();
    qRegisterMetaType<FrameBatchPtr>();
    qRegisterMetaType<AuditEvent>();
    qRegisterMetaType<Error>();
}

Session::~Session()
{
    if (d->pipeline && !d->isKeyKnown)
        d->useSigningKey(signingKeyFromFile()); // nobody listens to the keyring any more
    if (d->receiver)
        QMetaObject::invokeMethod(d->receiver, &Receiver::stop, Qt::QueuedConnection);
    // Also where the pipeline has ended and nobody has heard of it yet: then the stream's thread still runs.
    d->join();
}

Expected<void> Session::start()
{
    Expected<PayloadMatrix> matrix =
        d->config.matrixPath.isEmpty() ? PayloadMatrix::builtIn() : PayloadMatrix::fromFile(d->config.matrixPath);
    if (!matrix)
        return tl::unexpected(matrix.error());
    if (d->config.sessionPath.isEmpty())
        d->config.sessionPath = newSessionPath(d->config.sourceName);
    const QJsonObject previous = previousSession();
    Expected<std::unique_ptr<SessionWriter>> writer =
        SessionWriter::create(d->config.sessionPath, sessionInfo(d->config), defaultAnchorFolder());
    if (!writer)
        return tl::unexpected(writer.error());
    d->writer = std::move(*writer);

    std::vector<FrameSink*> sinks{&d->feed};
    sinks.insert(sinks.end(), d->furtherSinks.begin(), d->furtherSinks.end());
    auto queue = std::make_shared<StreamQueue>();
    d->pipeline = new Pipeline({d->config, std::move(*matrix), d->writer, queue, std::move(sinks), previous});
    d->receiver = new Receiver(d->config, std::move(queue));
    d->connectWorkers(this);
    d->running = true;
    d->streamThread.start();
    d->pipelineThread.start();
    QMetaObject::invokeMethod(d->pipeline, &Pipeline::start, Qt::QueuedConnection);
    obtainSigningKey(this, [this](const Expected<HeldKey>& key) { d->useSigningKey(key); });
    return {};
}

void Session::Private::useSigningKey(const Expected<HeldKey>& key)
{
    if (std::exchange(isKeyKnown, true) || !pipeline)
        return;
    QMetaObject::invokeMethod(
        pipeline, [pipeline = pipeline, key] { pipeline->useSigningKey(key); }, Qt::QueuedConnection);
}

void Session::Private::connectWorkers(Session* session)
{
    pipeline->moveToThread(&pipelineThread);
    receiver->moveToThread(&streamThread);
    connect(&streamThread, &QThread::finished, receiver, &QObject::deleteLater);
    pipelineThread.setObjectName(QStringLiteral("pipeline"));
    streamThread.setObjectName(QStringLiteral("stream"));
    connect(pipeline, &Pipeline::started, receiver, &Receiver::start);
    connect(pipeline, &Pipeline::stopWanted, receiver, &Receiver::stop);
    connect(receiver, &Receiver::sourceStateChanged, session, [this, session](const SourceState& state) {
        sourceState = state;
        Q_EMIT session->sourceStateChanged(state);
    });
    connect(receiver, &Receiver::notificationStateChanged, session, &Session::notificationStateChanged);
    connect(receiver, &Receiver::breakerChanged, session, &Session::breakerChanged);
    connect(receiver, &Receiver::replayStateChanged, session, &Session::replayStateChanged);
    connect(pipeline, &Pipeline::givenRecorded, session, [this] { given.pop_front(); });
    connect(pipeline, &Pipeline::metricsUpdated, session, &Session::metricsUpdated);
    connect(pipeline, &Pipeline::storageFailed, session, &Session::storageFailed);
    connect(pipeline, &Pipeline::ended, session, [this, session](SessionSummary summary) {
        join(); // the pipeline's thread quits right after this signal was queued
        running = false;
        summary.source = sourceState; // sent before the end was
        summary.unrecorded.assign(given.begin(), given.end());
        Q_EMIT session->stopped(summary);
    });
}

void Session::stop()
{
    if (d->pipeline && !d->isKeyKnown)
        d->useSigningKey(signingKeyFromFile()); // the keyring still waits for a person, and the end is to be signed
    if (d->receiver)
        QMetaObject::invokeMethod(d->receiver, &Receiver::stop, Qt::QueuedConnection);
}

void Session::reconnectNow()
{
    if (d->receiver)
        QMetaObject::invokeMethod(d->receiver, &Receiver::reconnectNow, Qt::QueuedConnection);
}

void Session::setReplaySpeed(double speed)
{
    if (Receiver* receiver = d->receiver)
        QMetaObject::invokeMethod(
            receiver, [receiver, speed] { receiver->setReplaySpeed(speed); }, Qt::QueuedConnection);
}

void Session::setReplayPaused(bool paused)
{
    if (Receiver* receiver = d->receiver)
        QMetaObject::invokeMethod(
            receiver, [receiver, paused] { receiver->setReplayPaused(paused); }, Qt::QueuedConnection);
}

void Session::stepReplay()
{
    if (d->receiver)
        QMetaObject::invokeMethod(d->receiver, &Receiver::stepReplay, Qt::QueuedConnection);
}

void Session::recordEvent(const AuditEvent& event)
{
    if (!d->pipeline)
        return;
    d->given.push_back(event);
    Pipeline* pipeline = d->pipeline;
    QMetaObject::invokeMethod(
        pipeline, [pipeline, event] { pipeline->recordGiven(event); }, Qt::QueuedConnection);
}

void Session::recordInFinished(const QString& path, const AuditEvent& event, QObject* context,
                               std::function<void(Expected<quint64>)> reply)
{
    recordInFinished(path, std::vector{event}, context, std::move(reply));
}

void Session::recordInFinished(const QString& path, const std::vector<AuditEvent>& events, QObject* context,
                               std::function<void(Expected<quint64>)> reply)
{
    const QPointer<QObject> guard(context);
    obtainSigningKey(context, [path, events, guard, reply = std::move(reply)](const Expected<HeldKey>& key) {
        QThreadPool::globalInstance()->start([path, events, key, guard, reply] {
            const Expected<quint64> seq = appendSealed(path, events, key);
            // The application object always lives while there is a loop to deliver to; the context may be gone by then.
            QMetaObject::invokeMethod(QCoreApplication::instance(), [guard, reply, seq] {
                if (guard)
                    reply(seq);
            });
        });
    });
}

void Session::checkFinished(const QString& path, QObject* context, std::function<void(Expected<void>)> reply)
{
    QThreadPool::globalInstance()->start([path, guard = QPointer<QObject>(context), reply = std::move(reply)] {
        const Expected<void> taken = checkFinishedSessionTakesEvents(path, ownPublicKeys());
        QMetaObject::invokeMethod(QCoreApplication::instance(), [guard, reply, taken] {
            if (guard)
                reply(taken);
        });
    });
}

void Session::addSink(FrameSink* sink)
{
    Q_ASSERT(!d->pipeline);
    d->furtherSinks.push_back(sink);
}

FrameFeed* Session::feed() const
{
    return &d->feed;
}

Router* Session::router() const
{
    return d->pipeline ? &d->pipeline->router() : nullptr;
}

QString Session::sessionPath() const
{
    return d->config.sessionPath;
}

const SessionConfig& Session::config() const
{
    return d->config;
}

bool Session::isRunning() const
{
    return d->running;
}

SourceState Session::sourceState() const
{
    return d->sourceState;
}

WriterStatus Session::storageStatus() const
{
    return d->writer ? d->writer->status() : WriterStatus{};
}

} // namespace framescope
