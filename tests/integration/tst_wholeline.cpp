// The whole story in one run: a simulator that speaks the real protocol, sign-in, stream, decode, session file, CSV;
// and what came out held against what the simulator says it sent.
#include "core/exchange/exporter.h"
#include "core/frame/findingcatalogue.h"
#include "core/metrics/metrics.h"
#include "core/session/session.h"
#include "core/simulator/simulator.h"
#include "core/store/sessionlock.h"
#include "core/store/sessionreader.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QProcess>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>
#include <semaphore>

using namespace framescope;

namespace {

constexpr int runTimeoutMs = 90'000;

SessionConfig configFor(const SimulatorThread::Endpoint& endpoint, const QString& path)
{
    SessionConfig config;
    config.stream.url = endpoint.streamUrl;
    config.stream.credentials = ClientCredentials{
        endpoint.tokenUrl, QString::fromUtf8(endpoint.clientId), endpoint.clientSecret, defaultDirectScope, {}};
    config.sourceName = QStringLiteral("Test");
    config.simulated = true;
    config.sessionPath = path;
    // Waits of a person's scale, shortened to a test's; the order of their sizes is kept.
    config.stream.limits.handshakeTimeout = std::chrono::milliseconds(1'500);
    config.stream.limits.progressTimeout = std::chrono::milliseconds(1'500);
    config.stream.reconnectLimits.base = std::chrono::milliseconds(20);
    config.stream.reconnectLimits.cap = std::chrono::milliseconds(100);
    config.breakerLimits.coolDown = std::chrono::milliseconds(300);
    config.breakerLimits.probeTime = std::chrono::milliseconds(1'000);
    return config;
}

/// Of this process, as the kernel knows them.
bool hasThread(const QByteArray& name)
{
    const QString folder = QStringLiteral("/proc/self/task");
    const QStringList tasks = QDir(folder).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    return std::any_of(tasks.begin(), tasks.end(), [&](const QString& task) {
        QFile comm(folder + QLatin1Char('/') + task + QStringLiteral("/comm"));
        return comm.open(QIODevice::ReadOnly) && comm.readAll().trimmed() == name;
    });
}

std::optional<SessionSummary> run(Session& session)
{
    QSignalSpy stopped(&session, &Session::stopped);
    if (!session.start())
        return {};
    if (!stopped.wait(runTimeoutMs))
        return {};
    return stopped.front().front().value<SessionSummary>();
}

/// Holds the pipeline at a session's first and at its last entry until the test goes on.
class Holder final : public FrameSink
{
public:
    void consumeBatch(const FrameBatchPtr&) override {}
    void consumeEvent(const AuditEvent& event) override
    {
        if (event.action != AuditAction::SessionStarted && event.action != AuditAction::SessionStopped)
            return;
        reached.release();
        goOn.acquire();
    }

    std::binary_semaphore reached{0};
    std::binary_semaphore goOn{0};
};

QString describe(const std::optional<Error>& error)
{
    return error ? QString(errorCodeName(error->code)) + QStringLiteral(": ") + error->detail
                 : QStringLiteral("no error");
}

/// "SCHEMA-TYPE /routing/priority @512+3"
QByteArray placed(const QByteArray& finding, const QByteArray& pointer, quint32 offset, quint32 length)
{
    return finding + ' ' + pointer + " @" + QByteArray::number(offset) + '+' + QByteArray::number(length);
}

/// Findings with their places, by frame number, as the session file has them.
std::map<quint64, QByteArrayList> recordedFindings(SessionReader& reader)
{
    std::map<quint64, QByteArrayList> byFrame;
    quint64 next = 1;
    for (auto block = reader.nextBlock(next); block && *block; block = reader.nextBlock(next)) {
        const FrameBatch& batch = **block;
        for (std::size_t i = 0; i < batch.size(); ++i) {
            for (const Finding& finding : batch.findingsOf(i))
                byFrame[batch.heads[i].number] +=
                    placed(findingInfo(finding.id).name, finding.pointer, finding.range.offset, finding.range.length);
        }
        next = batch.lastNumber() + 1;
    }
    return byFrame;
}

std::map<QByteArray, int> recordedEvents(SessionReader& reader)
{
    std::map<QByteArray, int> counts;
    const auto events = reader.events(1, std::numeric_limits<qint64>::max(), 1'000'000);
    if (events) {
        for (const AuditEvent& event : *events)
            ++counts[QByteArray(auditActionName(event.action).data())];
    }
    return counts;
}

} // namespace

class TestWholeLine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void goesWhileNobodyHasHeardOfItsEnd();
    void cleanScenarioYieldsNoFindingAndLosesNothing();
    void csvHoldsWhatTheSimulatorSent();
    void badDayYieldsExactlyItsFindingsAndEvents();
    void wrongSecretEndsWithWhatToDo();
    void reopenedSessionShowsTheSameNumbers();
    void anExportAfterTheEndIsInTheLog();
    void anEventThatIsLateForTheLogIsHandedBack();
    void stopsWithinTwoSecondsWhileConnected();

private:
    QTemporaryDir m_folder;
    QString path(const char* name) const { return m_folder.filePath(QString::fromLatin1(name)); }
};

void TestWholeLine::cleanScenarioYieldsNoFindingAndLosesNothing()
{
    SimulatorOptions options;
    options.scenario = QStringLiteral("busy-hour");
    options.rate = 0;
    options.frames = 20'000;
    SimulatorThread simulator(options);
    const auto endpoint = simulator.start();
    QVERIFY(endpoint);
    SessionConfig config = configFor(*endpoint, path("clean.framescope"));
    config.stream.reconnect = false;
    Session session(config);
    const auto summary = run(session);
    QVERIFY(summary);
    QVERIFY2(!summary->error, qPrintable(describe(summary->error)));
    const SimulatorLedger sent = simulator.ledger();
    QCOMPARE(sent.messages, options.frames);
    QCOMPARE(summary->metrics->totals.received, sent.messages);
    QCOMPARE(summary->metrics->totals.bytes, sent.bytes);
    QCOMPARE(summary->metrics->totals.accepted, sent.messages);
    QCOMPARE(summary->metrics->totals.refused, quint64(0));
    QCOMPARE(summary->storage.framesDropped, quint64(0));
    for (int id = 0; id < findingIdLimit; ++id)
        QVERIFY2(summary->metrics->findings[std::size_t(id)] == 0, findingInfo(FindingId(id)).name);
}

void TestWholeLine::csvHoldsWhatTheSimulatorSent()
{
    SimulatorOptions options;
    options.scenario = QStringLiteral("demo");
    options.rate = 0;
    options.frames = 5'000;
    SimulatorThread simulator(options);
    const auto endpoint = simulator.start();
    QVERIFY(endpoint);
    SessionConfig config = configFor(*endpoint, path("csv.framescope"));
    config.stream.reconnect = false;
    Session session(config);
    QVERIFY(run(session));
    const SimulatorLedger sent = simulator.ledger();

    ExportRequest request;
    request.sessionPath = session.sessionPath();
    request.what = ExportWhat::Frames;
    const auto result = exportToFile(path("frames.csv"), request);
    QVERIFY2(result, result ? "" : qPrintable(result.error().detail));
    QCOMPARE(result->rows, sent.messages);

    // Another language's reader, so that our idea of CSV is not checked with our own code.
    QProcess python;
    python.start(QStringLiteral("/usr/bin/python3"), {QStringLiteral("-c"), QStringLiteral(R"(
import csv, sys
with open(sys.argv[1], newline='', encoding='utf-8') as f:
    rows = list(csv.DictReader(f, strict=True))
assert all(None not in r and None not in r.values() for r in rows), 'ragged row'
for r in rows:
    if r['rule_ids']:
        print(r['frame_no'], r['rule_ids'])
print('rows', len(rows), 'bytes', sum(int(r['size_bytes']) for r in rows))
)"),
                                                      path("frames.csv")});
    QVERIFY(python.waitForFinished(runTimeoutMs));
    QCOMPARE(python.readAllStandardError(), QByteArray());
    QByteArrayList lines = python.readAllStandardOutput().trimmed().split('\n');
    const QByteArray totals = "rows " + QByteArray::number(sent.messages) + " bytes " + QByteArray::number(sent.bytes);
    QCOMPARE(lines.takeLast(), totals);
    QByteArrayList expected;
    for (const SentFault& fault : sent.faults) {
        if (fault.frame != 0 && !fault.expectedFinding.isEmpty())
            expected += QByteArray::number(fault.frame) + ' ' + fault.expectedFinding;
    }
    QCOMPARE(lines, expected);
}

void TestWholeLine::badDayYieldsExactlyItsFindingsAndEvents()
{
    SimulatorOptions options;
    options.scenario = QStringLiteral("bad-day");
    options.timeScale = 10;
    SimulatorThread simulator(options);
    const auto endpoint = simulator.start();
    QVERIFY(endpoint);
    Session session(configFor(*endpoint, path("badday.framescope")));
    QSignalSpy stopped(&session, &Session::stopped);
    QVERIFY(session.start());
    QTRY_VERIFY_WITH_TIMEOUT(simulator.ledger().finished || !stopped.isEmpty(), runTimeoutMs);
    QVERIFY2(stopped.isEmpty(), "the session ended before the bad day did");
    QTRY_COMPARE_WITH_TIMEOUT(session.sourceState().closeCode, 1000, 10'000);
    session.stop();
    QVERIFY(stopped.wait(runTimeoutMs));
    const auto summary = stopped.front().front().value<SessionSummary>();
    const SimulatorLedger sent = simulator.ledger();
    QCOMPARE(summary.metrics->totals.received, sent.messages);
    QCOMPARE(summary.storage.framesDropped, quint64(0));

    const auto reader = SessionReader::open(session.sessionPath());
    QVERIFY(reader);
    std::map<quint64, QByteArrayList> expected;
    std::map<QByteArray, int> expectedEvents;
    for (const SentFault& fault : sent.faults) {
        if (fault.place)
            expected[fault.frame] +=
                placed(fault.expectedFinding, fault.place->pointer, fault.place->offset, fault.place->length);
        if (!fault.expectedEvent.isEmpty())
            ++expectedEvents[fault.expectedEvent];
    }
    const auto recorded = recordedFindings(**reader);
    for (const auto& [frame, findings] : recorded) {
        QVERIFY2(expected.contains(frame), qPrintable(QStringLiteral("frame %1 was sent without a fault: %2")
                                                          .arg(frame)
                                                          .arg(QString::fromLatin1(findings.join(' ')))));
        QCOMPARE(findings, expected[frame]);
    }
    QCOMPARE(recorded.size(), expected.size());
    const auto events = recordedEvents(**reader);
    // A token that is refused is one failed handshake too.
    expectedEvents["connect-failed"] += expectedEvents["token-cleared"];
    for (const auto& [action, count] : expectedEvents) {
        const auto found = events.find(action);
        const int seen = found == events.end() ? 0 : found->second;
        // Closes: the faults' own, and the one that ends the day; every other event exactly as often as it was caused.
        const bool enough = action == "closed" ? seen >= count : seen == count;
        QVERIFY2(
            enough,
            qPrintable(
                QStringLiteral("%1: %2 recorded, %3 caused").arg(QString::fromLatin1(action)).arg(seen).arg(count)));
    }
}

void TestWholeLine::wrongSecretEndsWithWhatToDo()
{
    SimulatorThread simulator(SimulatorOptions{});
    auto endpoint = simulator.start();
    QVERIFY(endpoint);
    endpoint->clientSecret = Secret("not-the-secret-at-all");
    Session session(configFor(*endpoint, path("wrong.framescope")));
    const auto summary = run(session);
    QVERIFY(summary);
    QVERIFY(summary->error);
    QCOMPARE(errorCodeName(summary->error->code), errorCodeName(ErrorCode::WrongCredentials));
    QVERIFY(!summary->error->detail.isEmpty());
    QVERIFY(!summary->error->detail.contains(QStringLiteral("not-the-secret-at-all")));
}

void TestWholeLine::reopenedSessionShowsTheSameNumbers()
{
    SimulatorOptions options;
    options.rate = 0;
    options.frames = 3'000;
    SimulatorThread simulator(options);
    const auto endpoint = simulator.start();
    QVERIFY(endpoint);
    SessionConfig config = configFor(*endpoint, path("again.framescope"));
    config.stream.reconnect = false;
    Session session(config);
    const auto summary = run(session);
    QVERIFY(summary);
    const MetricsSnapshotPtr live = summary->metrics;

    const auto reader = SessionReader::open(session.sessionPath());
    QVERIFY(reader);
    Metrics again;
    quint64 next = 1;
    for (auto block = (*reader)->nextBlock(next); block && *block; block = (*reader)->nextBlock(next)) {
        again.consumeBatch(*block);
        next = (*block)->lastNumber() + 1;
    }
    const auto reopened = again.snapshot(live->lastMonoNs);
    QCOMPARE(reopened->totals.received, live->totals.received);
    QCOMPARE(reopened->totals.refused, live->totals.refused);
    QCOMPARE(reopened->totals.warned, live->totals.warned);
    QCOMPARE(reopened->totals.bytes, live->totals.bytes);
    QCOMPARE(reopened->window.p99Ns, live->window.p99Ns);
    QCOMPARE(reopened->allTime.p95Ns, live->allTime.p95Ns);
    QCOMPARE(reopened->findings, live->findings);
}

void TestWholeLine::anExportAfterTheEndIsInTheLog()
{
    SimulatorOptions options;
    options.rate = 0;
    options.frames = 500;
    SimulatorThread simulator(options);
    const auto endpoint = simulator.start();
    QVERIFY(endpoint);
    SessionConfig config = configFor(*endpoint, path("ended.framescope"));
    config.stream.reconnect = false;
    Session session(config);
    const auto summary = run(session);
    QVERIFY(summary);
    std::optional<Expected<quint64>> reply;
    Session::recordInFinished(session.sessionPath(),
                              auditEvent(AuditAction::Exported, Severity::Note, QStringLiteral("x.csv")), this,
                              [&reply](const Expected<quint64>& seq) { reply = seq; });
    QTRY_VERIFY(reply);
    QVERIFY2(*reply, reply->has_value() ? "" : qPrintable(reply->error().detail));
    QCOMPARE(**reply, summary->storage.queuedSeq + 1);
    const auto reader = SessionReader::open(session.sessionPath());
    QVERIFY(reader);
    const auto events = (*reader)->events(**reply, **reply, 2);
    QVERIFY(events);
    QCOMPARE(events->size(), std::size_t(1));
    QCOMPARE(events->front().action, AuditAction::Exported);
    QCOMPARE((*reader)->extent()->frames, options.frames);
}

void TestWholeLine::anEventThatIsLateForTheLogIsHandedBack()
{
    SessionConfig config;
    config.stream.url = QUrl(QStringLiteral("ws://127.0.0.1:1/"));
    config.stream.reconnect = false;
    config.sessionPath = path("late.framescope");
    Holder holder;
    Session session(config);
    session.addSink(&holder);
    QSignalSpy stopped(&session, &Session::stopped);
    QVERIFY(session.start());
    for (const char* file : {"early.csv", "late.csv"}) {
        holder.reached.acquire();
        session.recordEvent(auditEvent(AuditAction::Exported, Severity::Note, QString::fromLatin1(file)));
        holder.goOn.release();
    }
    QVERIFY(stopped.wait(runTimeoutMs));
    const auto summary = stopped.front().front().value<SessionSummary>();
    QCOMPARE(summary.unrecorded.size(), 1u);
    QCOMPARE(summary.unrecorded.front().object, QByteArray("late.csv"));
    const auto reader = SessionReader::open(config.sessionPath);
    QVERIFY(reader);
    const auto events = (*reader)->events(1, (*reader)->extent()->lastSeq, 100);
    QVERIFY(events);
    QByteArrayList exported;
    for (const AuditEvent& event : *events) {
        if (event.action == AuditAction::Exported)
            exported += event.object;
    }
    QCOMPARE(exported, QByteArrayList{"early.csv"});
}

void TestWholeLine::stopsWithinTwoSecondsWhileConnected()
{
    SimulatorThread simulator(SimulatorOptions{});
    const auto endpoint = simulator.start();
    QVERIFY(endpoint);
    Session session(configFor(*endpoint, path("stop.framescope")));
    QSignalSpy stopped(&session, &Session::stopped);
    QVERIFY(session.start());
    QTRY_VERIFY_WITH_TIMEOUT(session.storageStatus().queuedSeq > 100, runTimeoutMs);
    session.stop();
    QVERIFY(stopped.wait(2'000));
    QVERIFY(!stopped.front().front().value<SessionSummary>().error);
}

/// The stream ends by itself, and the session is destroyed before its owner's event loop comes round.
void TestWholeLine::goesWhileNobodyHasHeardOfItsEnd()
{
    SessionConfig config;
    config.stream.url = QUrl(QStringLiteral("ws://127.0.0.1:1/"));
    config.stream.reconnect = false;
    config.sessionPath = path("unheard.framescope");
    {
        Session session(config);
        QVERIFY(session.start());
        const QDeadlineTimer deadline(runTimeoutMs);
        // The lock first: a thread that has just been started may lack its name.
        while ((SessionLock::isHeld(config.sessionPath) || hasThread("pipeline")) && !deadline.hasExpired())
            QThread::yieldCurrentThread(); // no event is delivered here
        QVERIFY(!deadline.hasExpired());
        QVERIFY(hasThread("stream"));
    }
    QTRY_VERIFY(!hasThread("stream")); // joined: the kernel takes it out of the list a moment later
    const auto reader = SessionReader::open(config.sessionPath);
    QVERIFY(reader);
    QVERIFY((*reader)->info().endedWallNs != 0);
}

QTEST_GUILESS_MAIN(TestWholeLine)
#include "tst_wholeline.moc"
