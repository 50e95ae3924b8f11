// A whole recording is killed at random moments: what it had called durable is in the file, which opens and verifies;
// and what the source sends becomes durable while it goes on sending. FRAMESCOPE_LONG_TESTS=1 kills a hundred of them.
#include "core/audit/anchorbook.h"
#include "core/session/session.h"
#include "core/session/signingkeys.h"
#include "core/store/sessionreader.h"
#include "core/store/sessionverify.h"
#include "tests/support/rawwebsocketserver.h"

#include <QCoreApplication>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <limits>
#include <optional>
#include <random>
#include <thread>

using namespace framescope;
using namespace framescope::test;

namespace {

constexpr int patienceMs = 30'000;

int pieces(int inCi, int inFull)
{
    return qEnvironmentVariableIsSet("FRAMESCOPE_LONG_TESTS") ? inFull : inCi;
}

QByteArray messageOf(quint64 number)
{
    return R"({"type":"interaction.update","n":)" + QByteArray::number(number) + R"(,"text":")" +
           QByteArray(int(number % 700), 'x') + "\"}";
}

/// The process that is killed: records @p url into @p path and says on standard output what is durable, as soon as it
/// is.
int recordUntilKilled(const QString& url, const QString& path)
{
    SessionConfig config;
    config.stream.url = QUrl(url);
    config.stream.reconnect = false;
    config.sourceName = QStringLiteral("Test");
    config.sessionPath = path;
    Session session(config);
    QObject::connect(&session, &Session::stopped, qApp, [] { QCoreApplication::exit(0); });
    if (const auto started = session.start(); !started) {
        std::fprintf(stderr, "%s\n", qPrintable(started.error().detail));
        return 1;
    }
    std::jthread teller([&session](const std::stop_token& stop) {
        quint64 said = 0;
        for (; !stop.stop_requested(); std::this_thread::sleep_for(std::chrono::microseconds(200))) {
            const quint64 durable = session.storageStatus().durableSeq;
            if (durable == said)
                continue;
            std::printf("%llu\n", static_cast<unsigned long long>(said = durable));
            std::fflush(stdout);
        }
    });
    return QCoreApplication::exec();
}

/// Sends numbered messages, at an even pace or in bursts, and remembers when.
class NumberedSource : public QObject
{
public:
    explicit NumberedSource(int perTick)
        : m_perTick(perTick)
    {
        m_server.onRequest = [this](RawConnection& connection, int) {
            connection.acceptUpgrade();
            m_connection = &connection;
            m_tick.start(1);
        };
        connect(&m_tick, &QTimer::timeout, this, [this] {
            if (!m_connection)
                return;
            for (int i = 0; i < m_perTick; ++i) {
                m_sentNs.push_back(monotonicNs());
                m_connection->sendText(messageOf(m_sentNs.size()));
            }
        });
    }
    [[nodiscard]] QString url() const { return m_server.streamUrl().toString(); }
    void stop() { m_tick.stop(); }
    /// The stream ends in order, and with it the recording.
    void end()
    {
        stop();
        if (m_connection)
            m_connection->sendClose(1000);
    }
    [[nodiscard]] const std::vector<qint64>& sentNs() const { return m_sentNs; }

private:
    RawWebSocketServer m_server;
    QPointer<RawConnection> m_connection;
    QTimer m_tick;
    const int m_perTick;
    std::vector<qint64> m_sentNs; ///< of message n at n - 1
};

/// The process that is killed, as the test sees it.
class Recorder
{
public:
    Recorder(const QString& url, const QString& path)
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--record"), url, path});
    }
    [[nodiscard]] bool isStarted() { return m_process.waitForStarted(); }
    /// The last entry that it called durable so far.
    [[nodiscard]] quint64 acknowledged()
    {
        m_said += m_process.readAllStandardOutput();
        const QByteArrayList lines = m_said.split('\n');
        return lines.size() > 1 ? lines[lines.size() - 2].toULongLong() : 0;
    }
    void kill() { m_process.kill(); }
    [[nodiscard]] bool isGone() { return m_process.state() == QProcess::NotRunning || m_process.waitForFinished(); }

private:
    QProcess m_process;
    QByteArray m_said;
};

struct Kept
{
    quint64 frames = 0;
    quint64 acknowledgedFrames = 0;
    quint64 acknowledgedEvents = 0;
    QString problem;
};

/// Killed so early that the key was not there yet: nobody signed, and the verifier says so.
bool isSigned(SessionReader& reader)
{
    const auto events = reader.events(1, std::numeric_limits<qint64>::max(), 1000);
    return !events || std::any_of(events->begin(), events->end(),
                                  [](const AuditEvent& event) { return event.action == AuditAction::SigningKey; });
}

/// @p acknowledged is the last entry that was.
Kept keptIn(const QString& path, quint64 acknowledged)
{
    Kept kept;
    const auto reader = SessionReader::open(path);
    if (!reader)
        return {0, 0, 0, QStringLiteral("does not open: ") + reader.error().detail};
    const auto events = (*reader)->events(1, acknowledged, 1'000'000);
    if (!events)
        return {0, 0, 0, events.error().detail};
    kept.acknowledgedEvents = events->size();
    for (;;) {
        const auto block = (*reader)->nextBlock(kept.frames + 1);
        if (!block)
            return {kept.frames, 0, 0, block.error().detail};
        if (!*block)
            break;
        for (std::size_t i = 0; i < (*block)->size(); ++i) {
            kept.acknowledgedFrames += (*block)->firstAuditSeq + i <= acknowledged;
            if ((*block)->payloadOf(i) != messageOf(++kept.frames))
                kept.problem = QStringLiteral("frame %1 is another one").arg(kept.frames);
        }
    }
    ChainVerifier::Expectation expectation{ownPublicKey(), {}};
    if (const auto anchor = AnchorBook(defaultAnchorFolder()).read((*reader)->info().sessionId))
        expectation.anchors.push_back(knownFrom(*anchor));
    const auto report = verifySession(path, expectation);
    if (!report)
        kept.problem = report.error().detail;
    else if (!report->isSound() && isSigned(**reader)) // before that there is nothing that could be held against it
        kept.problem = QStringLiteral("fault %1 at entry %2").arg(int(report->fault)).arg(report->firstBadSeq);
    return kept;
}

} // namespace

class TestKilledRecording : public QObject
{
    Q_OBJECT

private:
    struct Killed
    {
        quint64 sent = 0;
        quint64 acknowledged = 0;
        qint64 missingNs = 0; ///< before the kill the oldest message was sent that is missing
        Kept kept;
    };
    /// Killed after @p lives, which begins with its first message.
    static void killRecording(NumberedSource& source, const std::function<void(Recorder&)>& lives, Killed& killed);

private Q_SLOTS:
    void losesNothingAcknowledged();
    void acknowledgesWhileTheStreamGoesOn();
};

void TestKilledRecording::killRecording(NumberedSource& source, const std::function<void(Recorder&)>& lives,
                                        Killed& killed)
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("s.framescope"));
    Recorder recorder(source.url(), path);
    QVERIFY(recorder.isStarted());
    QTRY_VERIFY_WITH_TIMEOUT(!source.sentNs().empty(), patienceMs);
    lives(recorder);
    const qint64 killedNs = monotonicNs();
    recorder.kill();
    source.stop();
    QVERIFY(recorder.isGone());
    killed.acknowledged = recorder.acknowledged();
    killed.kept = keptIn(path, killed.acknowledged);
    killed.sent = source.sentNs().size();
    QVERIFY2(killed.kept.problem.isEmpty(), qPrintable(killed.kept.problem));
    QVERIFY(killed.kept.frames <= killed.sent);
    if (killed.kept.frames < killed.sent)
        killed.missingNs = killedNs - source.sentNs()[killed.kept.frames];
}

void TestKilledRecording::losesNothingAcknowledged()
{
    unsigned seed = qEnvironmentVariable("FRAMESCOPE_SEED").toUInt();
    if (seed == 0)
        seed = std::random_device()();
    qInfo("FRAMESCOPE_SEED=%u", seed);
    std::mt19937 random(seed);
    const int kills = pieces(10, 100);
    Killed all;
    int unsaid = 0;
    int endings = 0;
    for (int run = 0; run < kills; ++run) {
        const int rates[] = {1, 4, 20, 80};
        NumberedSource source(rates[random() % std::size(rates)]);
        const int moment = int(random() % unsigned(pieces(600, 1500)));
        std::optional<int> afterEndMs;
        if (run % 5 == 4) // while it ends
            afterEndMs = int(random() % 30);
        endings += afterEndMs.has_value();
        const auto lives = [&](Recorder&) {
            QTest::qWait(moment);
            if (!afterEndMs)
                return;
            source.end();
            QTest::qWait(*afterEndMs);
        };
        Killed killed;
        killRecording(source, lives, killed);
        if (QTest::currentTestFailed())
            return;
        const Kept& kept = killed.kept;
        QCOMPARE(kept.acknowledgedFrames + kept.acknowledgedEvents, killed.acknowledged);
        unsaid += killed.acknowledged == 0;
        all.acknowledged += killed.acknowledged;
        all.kept.acknowledgedFrames += kept.acknowledgedFrames;
        all.sent += killed.sent;
        all.missingNs = std::max(all.missingNs, killed.missingNs);
    }
    qInfo(
        "%d kills, %d of them while it ended: %llu messages sent, %llu entries acknowledged, %llu of them frames, none "
        "lost; the oldest message that is missing was sent %.0f ms before the kill; nothing acknowledged yet in %d",
        kills, endings, all.sent, all.acknowledged, all.kept.acknowledgedFrames, double(all.missingNs) / 1e6, unsaid);
    QVERIFY(all.kept.acknowledgedFrames > 0);
}

/// However slow the disk is: long before the writer would have to commit because too much has come.
void TestKilledRecording::acknowledgesWhileTheStreamGoesOn()
{
    constexpr quint64 mostEvents = 100; // of a connection that stands
    NumberedSource source(1);
    quint64 sent = 0;
    const auto lives = [&](Recorder& recorder) {
        for (int commits = 0; commits < 3; ++commits) {
            sent = source.sentNs().size();
            QTRY_VERIFY_WITH_TIMEOUT(recorder.acknowledged() >= sent + mostEvents, patienceMs);
        }
    };
    Killed killed;
    killRecording(source, lives, killed);
    if (QTest::currentTestFailed())
        return;
    qInfo("%llu messages sent, %llu kept", killed.sent, killed.kept.frames);
    QCOMPARE(killed.kept.acknowledgedFrames + killed.kept.acknowledgedEvents, killed.acknowledged);
    QVERIFY(killed.kept.acknowledgedFrames >= sent);
}

int main(int argc, char** argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 4 && arguments[1] == QLatin1String("--record"))
        return recordUntilKilled(arguments[2], arguments[3]);
    TestKilledRecording test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_killedrecording.moc"
