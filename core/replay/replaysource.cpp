#include "core/replay/replaysource.h"

#include "core/replay/replayreader.h"
#include "core/store/sessionverify.h"

#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

namespace framescope {

namespace {

constexpr int entriesAtOnce = 512; // then commands have their turn
constexpr qint64 longestTimerMs = 60'000;
constexpr std::chrono::milliseconds tellInterval{200};

/// What happened to the connections: told again. What the program did besides (signing in, exports, settings, its
/// breaker) is of the original only.
bool isOfConnection(AuditAction action)
{
    switch (action) {
    case AuditAction::ConnectStarted:
    case AuditAction::Connected:
    case AuditAction::ConnectFailed:
    case AuditAction::Closed:
    case AuditAction::ReconnectScheduled:
    case AuditAction::Gap:
    case AuditAction::StallDetected:
    case AuditAction::PongMissed:
    case AuditAction::TransportLimit:
    case AuditAction::ChannelCreated:
    case AuditAction::ChannelLost:
    case AuditAction::ChannelRenewed:
    case AuditAction::TopicsSubscribed:
    case AuditAction::TopicRejected:
    case AuditAction::TopicGap:
    case AuditAction::HeartbeatLate:
    case AuditAction::HeartbeatLost:
    case AuditAction::SocketClosing:
    case AuditAction::NoLongerSubscribed:
    case AuditAction::SocketReplaced:
        return true;
    default:
        return false;
    }
}

QString hexOf(const Sha256Digest& digest)
{
    return QString::fromLatin1(
        QByteArrayView(reinterpret_cast<const char*>(digest.data()), qsizetype(digest.size())).toByteArray().toHex());
}

} // namespace

ReplaySource::ReplaySource(const ReplayConfig& config)
    : m_config(config)
    , m_pace(ReplayPace::isSpeed(config.speed) ? config.speed : 1)
    , m_next(this) // children, so that they follow to the thread
    , m_ticker(this)
{
    m_next.setSingleShot(true);
    m_next.setTimerType(Qt::PreciseTimer);
    m_ticker.setInterval(tellInterval);
    connect(&m_next, &QTimer::timeout, this, &ReplaySource::pump);
    connect(&m_ticker, &QTimer::timeout, this, &ReplaySource::tell);
    m_state.speed = m_pace.speed();
}

ReplaySource::~ReplaySource() = default;

void ReplaySource::start(FrameIntake* intake)
{
    m_intake = intake;
    m_source.endpoint = m_config.path;
    Expected<std::unique_ptr<ReplayReader>> reader = ReplayReader::open(m_config.path);
    if (!reader) {
        end(reader.error());
        return;
    }
    m_reader = std::move(*reader);
    m_state.frames = m_reader->extent().frames;
    recordStart();
    m_source.phase = SourcePhase::Connected;
    m_source.connectedSinceMonoNs = monotonicNs();
    Q_EMIT stateChanged(m_source);
    tell();
    m_ticker.start();
    m_next.start(0);
}

/// So that an auditor can lay both files side by side: which session, which frames, and the head of its audit chain.
void ReplaySource::recordStart()
{
    const SessionInfo& info = m_reader->info();
    QJsonObject detail{{QStringLiteral("session"), QString::fromLatin1(info.sessionId)},
                       {QStringLiteral("source_kind"), QString::fromUtf8(info.sourceKind)},
                       {QStringLiteral("source_name"), QString::fromUtf8(info.sourceName)},
                       {QStringLiteral("started_utc"), QString::fromLatin1(rfc3339Utc(info.startedWallNs))},
                       {QStringLiteral("first_frame"), m_state.frames == 0 ? 0 : 1},
                       {QStringLiteral("last_frame"), qint64(m_state.frames)},
                       {QStringLiteral("last_seq"), qint64(m_reader->extent().lastSeq)},
                       {QStringLiteral("speed"), m_pace.speed()}};
    if (const Expected<AuditHead> head = readAuditHead(m_config.path); head && head->hasChain) {
        detail.insert(QStringLiteral("audit_head"), hexOf(head->hash));
        detail.insert(QStringLiteral("audit_head_seq"), qint64(head->seq));
    }
    m_intake->record(
        auditEvent(AuditAction::ReplayStarted, Severity::Note, QFileInfo(m_config.path).absoluteFilePath(), detail));
}

bool ReplaySource::isReplayed()
{
    if (!m_reader->isFrame())
        return isOfConnection(m_reader->event().action) || m_reader->event().action == AuditAction::SchemasLoaded;
    if (m_reader->hasPayload())
        return true;
    leaveOut();
    return false;
}

void ReplaySource::leaveOut()
{
    const FrameHead& head = m_reader->head();
    const bool continues = m_leftOut.first != 0 && head.number == m_leftOut.last + 1 &&
                           head.connection == m_leftOut.connection && head.attempt == m_leftOut.attempt;
    if (!continues) {
        tellLeftOut();
        m_leftOut = {head.number, head.number, head.connection, head.attempt};
    }
    m_leftOut.last = head.number;
    m_state.frame = head.number;
    ++m_state.unreplayable;
}

void ReplaySource::tellLeftOut()
{
    if (m_leftOut.first == 0)
        return;
    const Run run = std::exchange(m_leftOut, {});
    AuditEvent event = auditEvent(AuditAction::ReplayLimited, Severity::Warning, QStringLiteral("no payload"),
                                  {{QStringLiteral("first_frame"), qint64(run.first)},
                                   {QStringLiteral("last_frame"), qint64(run.last)},
                                   {QStringLiteral("frames"), qint64(run.last - run.first + 1)}});
    event.connection = run.connection;
    event.attempt = run.attempt;
    m_intake->record(std::move(event));
}

/// To the next entry that is replayed. Others cost no waiting: an export may have been noted days after the end.
ReplaySource::Fetched ReplaySource::fetch()
{
    for (int passed = 0; !m_hasEntry && passed < entriesAtOnce; ++passed) {
        const Expected<bool> entry = m_reader->advance();
        if (!entry || !*entry) {
            end(entry ? std::nullopt : std::optional<Error>(entry.error()));
            return Fetched::Nothing;
        }
        m_hasEntry = isReplayed();
    }
    return m_hasEntry ? Fetched::Entry : Fetched::Nothing;
}

void ReplaySource::pump()
{
    for (int done = 0; done < entriesAtOnce && !m_pace.isPaused() && !m_hasEnded; ++done) {
        if (fetch() == Fetched::Nothing)
            break;
        const qint64 recordedNs = m_reader->isFrame() ? m_reader->head().monoNs : m_reader->event().at.monoNs;
        const qint64 waitNs = m_pace.waitNs(recordedNs, monotonicNs());
        if (waitNs > 0) {
            m_next.start(int(std::min(waitNs / nsPerMs + 1, longestTimerMs)));
            return;
        }
        deliver();
    }
    if (!m_pace.isPaused() && !m_hasEnded)
        m_next.start(0);
}

void ReplaySource::deliver()
{
    tellLeftOut();
    m_hasEntry = false;
    if (m_reader->isFrame())
        deliverFrame();
    else
        deliverEvent();
}

void ReplaySource::deliverFrame()
{
    const FrameHead& head = m_reader->head();
    if ((head.flags & FrameFlag::Masked) != 0 && ++m_state.masked == 1)
        m_intake->record(auditEvent(AuditAction::ReplayLimited, Severity::Warning, QStringLiteral("masked"),
                                    {{QStringLiteral("first_frame"), qint64(head.number)}}));
    RawFrame frame;
    frame.arrival.monoNs = monotonicNs();
    frame.arrival.wallNs = head.wallNs;
    frame.connection = head.connection;
    frame.attempt = head.attempt;
    frame.opcode = head.opcode;
    frame.direction = head.direction;
    frame.bytes = m_reader->payload();
    frame.flags = quint8(FrameFlag::Replayed | (head.flags & FrameFlag::Simulated));
    m_state.frame = head.number;
    m_state.recordedWallNs = head.wallNs;
    ++m_delivered;
    m_intake->receive(frame);
}

void ReplaySource::deliverEvent()
{
    const AuditEvent& original = m_reader->event();
    m_state.recordedWallNs = original.at.wallNs;
    QJsonObject detail = QJsonDocument::fromJson(original.detail).object();
    if (original.action == AuditAction::SchemasLoaded) {
        const QByteArray version = detail.value(QStringLiteral("version")).toString().toLatin1();
        if (!version.isEmpty())
            Q_EMIT topicSchemasWanted(version);
        return;
    }
    detail.insert(QStringLiteral("replayed_seq"), qint64(original.seq));
    AuditEvent event = original;
    event.seq = 0;
    event.at.monoNs = monotonicNs();
    event.detail = QJsonDocument(detail).toJson(QJsonDocument::Compact);
    m_source.attempt = event.attempt;
    if (event.action == AuditAction::Connected && event.attempt > 1)
        ++m_source.reconnects;
    m_intake->record(std::move(event));
}

void ReplaySource::setSpeed(double speed)
{
    if (!ReplayPace::isSpeed(speed) || speed == m_pace.speed() || m_hasEnded)
        return;
    m_pace.setSpeed(speed, monotonicNs());
    recordSetting();
}

void ReplaySource::setPaused(bool paused)
{
    if (paused == m_pace.isPaused() || m_hasEnded)
        return;
    m_pace.setPaused(paused, monotonicNs());
    recordSetting();
}

void ReplaySource::recordSetting()
{
    if (m_reader) {
        m_intake->record(auditEvent(AuditAction::SettingChanged, Severity::Note, QStringLiteral("replay"),
                                    {{QStringLiteral("speed"), m_pace.speed()},
                                     {QStringLiteral("paused"), m_pace.isPaused()},
                                     {QStringLiteral("at_frame"), qint64(m_state.frame)}}));
        if (m_pace.isPaused())
            m_next.stop();
        else
            m_next.start(0);
    }
    tell();
}

void ReplaySource::step()
{
    if (!m_pace.isPaused() || !m_reader)
        return;
    const quint64 before = m_delivered;
    while (!m_hasEnded && m_delivered == before) {
        if (fetch() == Fetched::Nothing)
            continue; // ended, or passed over many that are not replayed
        const qint64 recordedNs = m_reader->isFrame() ? m_reader->head().monoNs : m_reader->event().at.monoNs;
        m_pace.jumpTo(recordedNs, monotonicNs());
        deliver();
    }
    tell();
}

void ReplaySource::stop()
{
    end({});
}

void ReplaySource::end(const std::optional<Error>& error)
{
    if (m_hasEnded)
        return;
    m_hasEnded = true;
    m_next.stop();
    m_ticker.stop();
    if (m_reader) {
        tellLeftOut();
        QJsonObject detail{{QStringLiteral("frames_replayed"), qint64(m_delivered)},
                           {QStringLiteral("frames_without_payload"), qint64(m_state.unreplayable)},
                           {QStringLiteral("frames_masked"), qint64(m_state.masked)},
                           {QStringLiteral("last_frame"), qint64(m_state.frame)},
                           {QStringLiteral("complete"), !error && m_state.frame == m_state.frames}};
        if (error)
            detail.insert(QStringLiteral("error"), error->detail);
        m_intake->record(auditEvent(AuditAction::ReplayEnded, error ? Severity::Error : Severity::Note,
                                    QFileInfo(m_config.path).absoluteFilePath(), detail));
    }
    m_source.phase = error ? SourcePhase::Failed : SourcePhase::Stopped;
    m_source.error = error;
    tell();
    Q_EMIT stateChanged(m_source);
    Q_EMIT finished(error);
}

void ReplaySource::tell()
{
    m_state.speed = m_pace.speed();
    m_state.isPaused = m_pace.isPaused();
    m_state.hasEnded = m_hasEnded;
    Q_EMIT replayStateChanged(m_state);
}

} // namespace framescope
