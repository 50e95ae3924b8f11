// A whole recording is killed at random moments: what it had called durable is in the file, which opens and verifies;
// and what the source had sent a while before is there too. FRAMESCOPE_LONG_TESTS=1 kills a hundred of them.
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
#include <limits>
#include <random>
#include <thread>

using namespace framescope;
using namespace framescope::test;

namespace {

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

struct Kept
{
    quint64 frames = 0;
    quint64 lastSeq = 0;
    QString problem;
};

/// Killed so early that the key was not there yet: nobody signed, and the verifier says so.
bool isSigned(SessionReader& reader)
{
    const auto events = reader.events(1, std::numeric_limits<qint64>::max(), 1000);
    return !events || std::any_of(events->begin(), events->end(),
                                  [](const AuditEvent& event) { return event.action == AuditAction::SigningKey; });
}

Kept keptIn(const QString& path)
{
    Kept kept;
    const auto reader = SessionReader::open(path);
    if (!reader)
        return {0, 0, QStringLiteral("does not open: ") + reader.error().detail};
    const auto extent = (*reader)->extent();
    if (!extent)
        return {0, 0, extent.error().detail};
    kept.lastSeq = extent->lastSeq;
    for (;;) {
        const auto block = (*reader)->nextBlock(kept.frames + 1);
        if (!block)
            return {kept.frames, kept.lastSeq, block.error().detail};
        if (!*block)
            break;
        for (std::size_t i = 0; i < (*block)->size(); ++i) {
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

private Q_SLOTS:
    void losesNothingAcknowledged();
};

void TestKilledRecording::losesNothingAcknowledged()
{
    unsigned seed = qEnvironmentVariable("FRAMESCOPE_SEED").toUInt();
    if (seed == 0)
        seed = std::random_device()();
    qInfo("FRAMESCOPE_SEED=%u", seed);
    std::mt19937 random(seed);
    const int kills = pieces(10, 100);
    quint64 acknowledgedInAll = 0;
    quint64 lostInAll = 0;
    quint64 sentInAll = 0;
    qint64 oldestMissingNs = 0;
    int unsaid = 0;
    int endings = 0;
    for (int run = 0; run < kills; ++run) {
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("s.framescope"));
        const int rates[] = {1, 4, 20, 80};
        NumberedSource source(rates[random() % std::size(rates)]);
        QProcess process;
        process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--record"), source.url(), path});
        QVERIFY(process.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(!source.sentNs().empty(), 30'000);
        const int moment = int(random() % unsigned(pieces(600, 1500)));
        QTest::qWait(moment);
        if (run % 5 == 4) { // while it ends
            source.end();
            QTest::qWait(int(random() % 30));
            ++endings;
        }
        const qint64 killedNs = monotonicNs();
        process.kill();
        source.stop();
        QVERIFY(process.state() == QProcess::NotRunning || process.waitForFinished());
        const QByteArrayList lines = process.readAllStandardOutput().split('\n');
        const quint64 acknowledged = lines.size() > 1 ? lines[lines.size() - 2].toULongLong() : 0;
        unsaid += acknowledged == 0;

        const Kept kept = keptIn(path);
        QVERIFY2(kept.problem.isEmpty(), qPrintable(QStringLiteral("kill %1: ").arg(run) + kept.problem));
        lostInAll += acknowledged - std::min(acknowledged, kept.lastSeq);
        acknowledgedInAll += acknowledged;
        sentInAll += source.sentNs().size();
        QVERIFY(kept.frames <= source.sentNs().size());
        if (kept.frames < source.sentNs().size())
            oldestMissingNs = std::max(oldestMissingNs, killedNs - source.sentNs()[kept.frames]);
        // However slow the disk of this machine is: far less than without commits in between.
        constexpr qint64 patienceNs = 5'000'000'000;
        QVERIFY(oldestMissingNs < patienceNs);
    }
    qInfo("%d kills, %d of them while it ended: %llu messages sent, %llu entries acknowledged, %llu of them lost; the "
          "oldest message that is missing was sent %.0f ms before the kill; nothing acknowledged yet in %d",
          kills, endings, sentInAll, acknowledgedInAll, lostInAll, double(oldestMissingNs) / 1e6, unsaid);
    QCOMPARE(lostInAll, quint64(0));
    QVERIFY(acknowledgedInAll > 0);
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
