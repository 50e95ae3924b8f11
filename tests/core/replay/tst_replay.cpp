/// A session is replayed as it was: by a source for the pipeline, and to clients that are not ours.
#include "core/replay/replaypace.h"
#include "core/replay/replaysource.h"
#include "core/session/session.h"
#include "core/simulator/messageserver.h"
#include "core/simulator/simulator.h"
#include "core/store/sessionreader.h"
#include "core/store/sessionverify.h"
#include "tests/support/commandline.h"
#include "tests/support/framebuilder.h"
#include "tests/support/recordingintake.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <csignal>

using namespace framescope;
using namespace framescope::test;

namespace {

constexpr int patienceMs = 60'000;
constexpr quint64 originalFrames = 20'000;

AuditEvent eventOf(AuditAction action, quint16 connection, quint16 attempt)
{
    AuditEvent event = auditEvent(action, Severity::Note, QStringLiteral("ws://127.0.0.1/"));
    event.connection = connection;
    event.attempt = attempt;
    return event;
}

/// All frames of a file, one after another.
std::vector<Frame> framesOf(const QString& path)
{
    std::vector<Frame> frames;
    const auto reader = SessionReader::open(path);
    for (quint64 next = 1; reader;) {
        const auto block = (*reader)->nextBlock(next);
        if (!block || !*block)
            break;
        for (std::size_t i = 0; i < (*block)->size(); ++i)
            frames.push_back(Frame::fromBatch(**block, i));
        next = (*block)->lastNumber() + 1;
    }
    return frames;
}

std::vector<AuditEvent> eventsOf(const QString& path, AuditAction action)
{
    const auto reader = SessionReader::open(path);
    std::vector<AuditEvent> events = *(*reader)->events(1, (*reader)->extent()->lastSeq, 100'000);
    std::erase_if(events, [action](const AuditEvent& event) { return event.action != action; });
    return events;
}

QJsonObject detailOf(const AuditEvent& event)
{
    return QJsonDocument::fromJson(event.detail).object();
}

/// What must be the same in a replay.
QStringList judgement(const Frame& frame)
{
    QStringList said{
        QString::number(int(frame.head.opcode)),
        QString::number(int(frame.head.direction)),
        QString::number(frame.head.connection),
        QString::number(frame.head.attempt),
        QString::number(frame.head.wallNs),
        QString::number(frame.head.eventWallNs),
        QLatin1String(verdictName(frame.head.verdict)),
        QLatin1String(checksumStateName(frame.head.checksum)),
        QString::fromUtf8(frame.type),
        QString::fromLatin1(
            QByteArray(reinterpret_cast<const char*>(frame.digest.data()), qsizetype(frame.digest.size())).toHex())};
    for (const Finding& finding : frame.findings)
        said += QStringLiteral("%1 at %2+%3 %4 %5: %6 / %7")
                    .arg(QString::number(int(finding.id)), QString::number(finding.range.offset),
                         QString::number(finding.range.length), QString::fromUtf8(finding.pointer),
                         QString::fromUtf8(finding.schemaPointer), QString::fromUtf8(finding.expected),
                         QString::fromUtf8(finding.actual));
    return said;
}

/// 64 messages of 1 MiB, all due at once.
class LargeScript final : public MessageScript
{
public:
    static constexpr quint64 messageBytes = 1024 * 1024;
    static constexpr quint64 messages = 64;

    explicit LargeScript(quint64& taken)
        : m_taken(taken)
    {
    }
    std::optional<qint64> untilNextNs() override
    {
        return m_taken < messages ? std::optional<qint64>(0) : std::nullopt;
    }
    Message take() override
    {
        ++m_taken;
        return {false, m_message};
    }
    std::optional<Error> error() const override { return {}; }

private:
    quint64& m_taken;
    QByteArray m_message = QByteArray(qsizetype(messageBytes), 'x');
};

SessionSummary runToEnd(Session& session)
{
    QSignalSpy stopped(&session, &Session::stopped);
    if (!session.start() || !(stopped.count() > 0 || stopped.wait(patienceMs)))
        return {};
    return qvariant_cast<SessionSummary>(stopped.first().first());
}

} // namespace

class TestReplay : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    QString m_original; ///< a session of the simulator, with faults

    QString path(const char* name) const { return m_folder.filePath(QString::fromLatin1(name)); }
    QString smallSession(const char* name);

private Q_SLOTS:
    void initTestCase();
    void paceFollowsTheClockTimesTheSpeed();
    void sourceTellsTheOriginalInOrderAndWhatItLeavesOut();
    void heldReplayGoesStepByStep();
    void fileThatCannotBeReadEndsWithItsError();
    void pipelineJudgesAReplayAsItJudgedTheOriginal();
    void commandLineServesEveryMessageToAForeignClient();
    void slowClientHoldsItsScriptBack();
};

void TestReplay::initTestCase()
{
    qputenv("XDG_STATE_HOME", path("state").toLocal8Bit());
    qputenv("XDG_CONFIG_HOME", path("config").toLocal8Bit());
    SimulatorOptions options;
    options.rate = 0;
    SimulatorThread simulator(options);
    const auto endpoint = simulator.start();
    QVERIFY(endpoint.has_value());
    SessionConfig config;
    config.stream.url = endpoint->streamUrl;
    config.stream.credentials = ClientCredentials{
        endpoint->tokenUrl, QString::fromUtf8(endpoint->clientId), endpoint->clientSecret, defaultDirectScope, {}};
    config.simulated = true;
    config.sourceName = QStringLiteral("Demo");
    config.sessionPath = m_original = path("original.framescope");
    config.frameLimit = originalFrames;
    config.sizeLimits.refuseBytes = 1'300; // so that the gate refuses some
    Session session(config);
    QCOMPARE(runToEnd(session).metrics->totals.received, originalFrames);
}

/// connected, text, binary, closed, an export that is no part of the stream, two frames without payload, connected
/// again, text.
QString TestReplay::smallSession(const char* name)
{
    SessionInfo info;
    info.sessionId = "0123456789abcdef0123456789abcdef";
    info.sourceKind = "live";
    info.sourceName = "Small";
    info.startedWallNs = 1;
    const auto writer = SessionWriter::create(path(name), info);
    if (!writer)
        return {};
    const FrameSpec text{.payload = R"({"type":"interaction.update"})"};
    const FrameSpec binary{.type = "", .payload = QByteArray("\x01\x00\xff", 3), .opcode = Opcode::Binary};
    (*writer)->append(eventOf(AuditAction::Connected, 3, 1));
    const auto first = makeBatch({text, binary}, 1);
    for (FrameHead& head : first->heads)
        head.connection = 3;
    (*writer)->append(first);
    (*writer)->append(eventOf(AuditAction::Closed, 3, 1));
    (*writer)->append(eventOf(AuditAction::Exported, 0, 0));
    const auto refused = makeBatch({text, text}, 3);
    for (FrameHead& head : refused->heads) {
        head.connection = 3;
        head.flags = 0;
        head.payloadBytes = 0;
    }
    refused->payload.clear();
    (*writer)->append(refused);
    (*writer)->append(eventOf(AuditAction::Connected, 3, 2));
    (*writer)->append(makeBatch({text}, 5));
    return (*writer)->close() ? path(name) : QString();
}

void TestReplay::paceFollowsTheClockTimesTheSpeed()
{
    constexpr qint64 begun = 5'000;
    ReplayPace pace(2);
    QCOMPARE(pace.waitNs(1'000, begun), 0); // the first entry is due at once, whenever that is
    QCOMPARE(pace.waitNs(3'000, begun), 1'000);
    QCOMPARE(pace.waitNs(3'000, begun + 400), 600);
    QCOMPARE(pace.waitNs(2'000, begun + 900), 0); // what is late, or was recorded out of order, is due
    pace.setSpeed(0.5, begun + 400);              // at 1,800 of the session
    QCOMPARE(pace.waitNs(3'000, begun + 400), 2'400);
    pace.setPaused(true, begun + 1'400); // at 2,300
    pace.setPaused(false, begun + 900'000);
    QCOMPARE(pace.waitNs(3'000, begun + 900'000), 1'400);
    pace.setSpeed(ReplayPace::unpaced, begun + 900'000);
    QCOMPARE(pace.waitNs(1'000'000, begun + 900'001), 0);
    pace.setSpeed(1, begun + 900'002); // goes on from where it came to
    QCOMPARE(pace.waitNs(1'000'100, begun + 900'002), 100);
    QVERIFY(pace.waitNs(std::numeric_limits<qint64>::max(), begun) > 0);
    QCOMPARE(pace.waitNs(std::numeric_limits<qint64>::min(), begun), 0);
    for (const double speed : {0.1, 1.0, 100.0, 0.0})
        QVERIFY(ReplayPace::isSpeed(speed));
    for (const double speed : {0.09, 100.1, -1.0, qQNaN(), qInf()})
        QVERIFY(!ReplayPace::isSpeed(speed));
}

void TestReplay::sourceTellsTheOriginalInOrderAndWhatItLeavesOut()
{
    const QString file = smallSession("small.framescope");
    ReplaySource source({file, ReplayPace::unpaced});
    RecordingIntake intake;
    std::vector<RawFrame> raw;
    intake.onFrame = [&raw](const RawFrame& frame) { raw.push_back(frame); }; // its views are not looked at
    QSignalSpy finished(&source, &FrameSource::finished);
    source.start(&intake);
    QVERIFY(finished.count() > 0 || finished.wait(patienceMs));
    QVERIFY(!qvariant_cast<std::optional<Error>>(finished.first().first()));
    QCOMPARE(intake.story(),
             QStringLiteral("replay-started connected frame frame closed replay-limited connected frame "
                            "replay-ended"));
    QCOMPARE(intake.frames.at(0).payload, QByteArray(R"({"type":"interaction.update"})"));
    QCOMPARE(intake.frames.at(1).payload, QByteArray("\x01\x00\xff", 3));
    QCOMPARE(raw.at(1).opcode, Opcode::Binary);
    QCOMPARE(int(raw.at(1).connection), 3);
    QCOMPARE(int(raw.at(1).flags), int(FrameFlag::Replayed));
    const std::vector<Frame> original = framesOf(file);
    QCOMPARE(raw.at(1).arrival.wallNs, original.at(1).head.wallNs); // when it was received first
    QVERIFY(raw.at(1).arrival.monoNs > original.at(1).head.monoNs); // but measured now

    QCOMPARE(intake.detail(AuditAction::ReplayStarted, "session").toString(),
             QStringLiteral("0123456789abcdef0123456789abcdef"));
    QCOMPARE(intake.detail(AuditAction::ReplayStarted, "last_frame").toInt(), 5);
    const auto head = readAuditHead(file);
    QVERIFY(head && head->hasChain);
    QCOMPARE(intake.detail(AuditAction::ReplayStarted, "audit_head").toString().size(), 64);
    QCOMPARE(intake.detail(AuditAction::ReplayStarted, "audit_head_seq").toInt(), int(head->seq));
    QCOMPARE(intake.detail(AuditAction::ReplayLimited, "first_frame").toInt(), 3);
    QCOMPARE(intake.detail(AuditAction::ReplayLimited, "last_frame").toInt(), 4);
    QCOMPARE(intake.detail(AuditAction::Connected, "replayed_seq").toInt(), 8);
    QCOMPARE(int(intake.eventsOf(AuditAction::Connected).at(1).attempt), 2);
    QCOMPARE(intake.detail(AuditAction::ReplayEnded, "frames_replayed").toInt(), 3);
    QCOMPARE(intake.detail(AuditAction::ReplayEnded, "frames_without_payload").toInt(), 2);
    QCOMPARE(intake.detail(AuditAction::ReplayEnded, "complete").toBool(), true);
}

void TestReplay::heldReplayGoesStepByStep()
{
    ReplaySource source({smallSession("held.framescope"), 0.1});
    RecordingIntake intake;
    QSignalSpy states(&source, &ReplaySource::replayStateChanged);
    QSignalSpy finished(&source, &FrameSource::finished);
    source.start(&intake);
    source.setPaused(true);
    QCoreApplication::processEvents(); // it was about to begin
    QCOMPARE(intake.story(), QStringLiteral("replay-started setting-changed"));
    source.step();
    QCOMPARE(intake.story(), QStringLiteral("replay-started setting-changed connected frame"));
    QVERIFY(qvariant_cast<ReplayState>(states.last().first()).isPaused);
    QCOMPARE(qvariant_cast<ReplayState>(states.last().first()).frame, quint64(1));
    source.step();
    source.step(); // over those that cannot be replayed
    QCOMPARE(int(intake.frames.size()), 3);
    QCOMPARE(qvariant_cast<ReplayState>(states.last().first()).unreplayable, quint64(2));
    QCOMPARE(finished.count(), 0);
    source.step();
    QCOMPARE(finished.count(), 1);
    QVERIFY(qvariant_cast<ReplayState>(states.last().first()).hasEnded);
}

void TestReplay::fileThatCannotBeReadEndsWithItsError()
{
    SessionConfig config = replaySessionConfig({path("nowhere.framescope"), 1});
    config.sessionPath = path("unread.framescope");
    Session session(config);
    const SessionSummary summary = runToEnd(session);
    QVERIFY(summary.error);
    QCOMPARE(summary.error->code, ErrorCode::NotFound);
}

void TestReplay::pipelineJudgesAReplayAsItJudgedTheOriginal()
{
    SessionConfig config = replaySessionConfig({m_original, ReplayPace::unpaced});
    config.sessionPath = path("replay.framescope");
    Session session(config);
    const SessionSummary summary = runToEnd(session);
    QVERIFY(!summary.error);

    std::vector<Frame> original = framesOf(m_original);
    QCOMPARE(original.size(), std::size_t(originalFrames));
    std::erase_if(original, [](const Frame& frame) { return (frame.head.flags & FrameFlag::PayloadKept) == 0; });
    const std::size_t refused = originalFrames - original.size();
    QVERIFY(refused > 0); // else nothing is seen of them
    const std::vector<Frame> replayed = framesOf(config.sessionPath);
    QCOMPARE(replayed.size(), original.size());
    int withFindings = 0;
    for (std::size_t i = 0; i < original.size(); ++i) {
        QCOMPARE(judgement(replayed[i]).join(u'\n'), judgement(original[i]).join(u'\n'));
        QCOMPARE(replayed[i].payload, original[i].payload);
        QCOMPARE(int(replayed[i].head.flags), int(original[i].head.flags | FrameFlag::Replayed));
        withFindings += original[i].findings.empty() ? 0 : 1;
    }
    QVERIFY2(withFindings > 10, qPrintable(QString::number(withFindings))); // the simulator's faults

    const auto reader = SessionReader::open(config.sessionPath);
    QCOMPARE((*reader)->info().sourceKind, QByteArray("replay"));
    QCOMPARE(detailOf(eventsOf(config.sessionPath, AuditAction::SessionStarted).front())
                 .value(QStringLiteral("source"))
                 .toString(),
             QStringLiteral("replay"));
    QCOMPARE(eventsOf(config.sessionPath, AuditAction::Connected).size(),
             eventsOf(m_original, AuditAction::Connected).size());
    qint64 leftOut = 0;
    for (const AuditEvent& event : eventsOf(config.sessionPath, AuditAction::ReplayLimited))
        leftOut += detailOf(event).value(QStringLiteral("frames")).toInteger();
    QCOMPARE(leftOut, qint64(refused));
    const auto verified = verifySession(config.sessionPath);
    QVERIFY(verified && verified->isSound());
}

void TestReplay::commandLineServesEveryMessageToAForeignClient()
{
    CliProcess server(m_folder.path(), {QStringLiteral("replay"), m_original, QStringLiteral("--speed"),
                                        QStringLiteral("max"), QStringLiteral("--port"), QStringLiteral("0")});
    QVERIFY(server.waitForOutputLines(1));
    const QString url = QString::fromUtf8(server.output().trimmed().mid(qstrlen("STREAM_URL=")));
    QByteArray expected;
    for (const Frame& frame : framesOf(m_original)) {
        if ((frame.head.flags & FrameFlag::PayloadKept) != 0)
            expected +=
                (frame.head.opcode == Opcode::Text ? "text " : "binary ") + QByteArray::number(frame.payload.size()) +
                ' ' +
                QByteArray(reinterpret_cast<const char*>(frame.digest.data()), qsizetype(frame.digest.size())).toHex() +
                '\n';
    }
    expected += "closed 1000\n";
    for (int client = 0; client < 2; ++client) { // each from the beginning
        const Outcome seen = runShell(
            m_folder.path(), QStringLiteral("python3 '%1' '%2'")
                                 .arg(QStringLiteral(FRAMESCOPE_SOURCE_DIR "/tests/core/replay/replayclient.py"), url));
        QVERIFY2(seen.exitCode == 0, seen.err.constData());
        QVERIFY(seen.out == expected);
    }
    server.signal(SIGTERM);
    QVERIFY(server.waitForEnd());
    QCOMPARE(server.exitCode(), 0);
    const QByteArray said = server.errors();
    QVERIFY2(said.contains("REPLAY of original.framescope") && said.contains("left out"), said.constData());
}

void TestReplay::slowClientHoldsItsScriptBack()
{
    quint64 taken = 0;
    MessageServer server(
        [&taken]() -> Expected<std::unique_ptr<MessageScript>> { return std::make_unique<LargeScript>(taken); });
    const auto port = server.start(0);
    QVERIFY(port.has_value());
    constexpr quint64 kernelBytes = 16 * 1024 * 1024; // what both sockets' buffers may hold
    quint64 received = 0;
    quint64 mostWaiting = 0;
    QTcpSocket client;
    client.setReadBufferSize(64 * 1024);
    connect(&client, &QTcpSocket::readyRead, &client, [&] {
        received += quint64(client.readAll().size());
        mostWaiting = std::max(mostWaiting, taken * LargeScript::messageBytes -
                                                std::min(received, taken * LargeScript::messageBytes));
    });
    client.connectToHost(QHostAddress::LocalHost, *port);
    client.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
    QTRY_VERIFY_WITH_TIMEOUT(received > LargeScript::messages * LargeScript::messageBytes, patienceMs);
    QVERIFY2(mostWaiting < kernelBytes + MessageServer::sendAheadBytes + LargeScript::messageBytes,
             qPrintable(QString::number(mostWaiting)));
}

QTEST_GUILESS_MAIN(TestReplay)
#include "tst_replay.moc"
