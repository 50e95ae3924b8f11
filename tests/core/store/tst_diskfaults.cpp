// Disks that fail and power that goes: nothing that the writer called durable is lost, the file verifies, and nobody
// claims more than is there. FRAMESCOPE_LONG_TESTS=1 tries more moments.
#include "core/store/interruptedsessions.h"
#include "core/store/sessionappend.h"
#include "core/store/sessionverify.h"
#include "tests/core/store/faultydisk.h"
#include "tests/core/store/storefixture.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <sqlite3.h>
#include <thread>

using namespace framescope;
using namespace framescope::test;

namespace {

bool isLong()
{
    return qEnvironmentVariableIsSet("FRAMESCOPE_LONG_TESTS");
}

/// Printed by the test, so that a run can be repeated: FRAMESCOPE_SEED.
unsigned chosenSeed()
{
    const unsigned given = qEnvironmentVariable("FRAMESCOPE_SEED").toUInt();
    return given != 0 ? given : std::random_device()();
}

const std::shared_ptr<const SigningKey>& key()
{
    static const auto made = std::make_shared<const SigningKey>(*SigningKey::generate());
    return made;
}

/// In memory where that can be: what goes wrong here is the script's doing, and the real disk's syncs only take time.
QString folderTemplate()
{
    const QString memory = QStringLiteral("/dev/shm");
    const QString folder = QFileInfo(memory).isWritable() ? memory : QDir::tempPath();
    return folder + QStringLiteral("/tst_diskfaults-XXXXXX");
}

SessionInfo infoOf(bool removesPayloads)
{
    SessionInfo info = sessionInfo();
    info.retention.frames = removesPayloads ? 16 : 0;
    return info;
}

/// Whether the table is there with which free pages are overwritten. SQLite says no where it cannot read the file.
bool hasOverwritingTable(const QString& path)
{
    sqlite3* handle = nullptr;
    (void)sqlite3_open_v2(QFile::encodeName(path).constData(), &handle, SQLITE_OPEN_READONLY, nullptr);
    const int result = sqlite3_exec(handle, "SELECT 1 FROM zeros", nullptr, nullptr, nullptr);
    sqlite3_close(handle);
    return result == SQLITE_OK;
}

void waitUntilDurable(const SessionWriter& writer)
{
    for (;;) {
        const WriterStatus status = writer.status();
        if (status.error || status.durableSeq >= status.queuedSeq)
            return;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

/// What is written in every run: entries 1 and 2 are events, then frames, with an event after each commit.
struct Recording
{
    std::vector<std::shared_ptr<FrameBatch>> batches;
    quint64 frames = 0;

    void write(SessionWriter& writer, int commits, int framesEach)
    {
        (void)writer.append(connectedEvent());
        (void)writer.useSigningKey(key(), QStringLiteral("a test"));
        for (int i = 0; i < commits; ++i) {
            batches.push_back(variedBatch(frames + 1, framesEach, unsigned(i)));
            writer.append(batches.back());
            frames += quint64(framesEach);
            waitUntilDurable(writer);
            (void)writer.append(connectedEvent());
        }
    }

    /// Empty, or what the file lacks of what was recorded up to @p seq, or has that was not recorded.
    [[nodiscard]] QString lackOf(const QString& path, quint64 seq) const
    {
        const auto reader = SessionReader::open(path);
        if (!reader)
            return QStringLiteral("does not open: ") + reader.error().detail;
        const auto extent = (*reader)->extent();
        const auto blocks = readBlocks(**reader);
        if (!extent || !blocks)
            return QStringLiteral("cannot be read: ") + (extent ? blocks.error() : extent.error()).detail;
        if (extent->lastSeq < seq)
            return QStringLiteral("ends at %1, acknowledged was %2").arg(extent->lastSeq).arg(seq);
        quint64 number = 0;
        for (const FrameBatchPtr& block : *blocks) {
            for (std::size_t i = 0; i < block->size(); ++i) {
                const quint64 each = quint64(batches.front()->size());
                if (block->heads[i].number != ++number || number > frames)
                    return QStringLiteral("frame %1 is not in its place").arg(block->heads[i].number);
                const QString differs = difference(*batches[(number - 1) / each], (number - 1) % each, *block, i);
                if (!differs.isEmpty() && !block->removal)
                    return differs;
            }
        }
        const auto report = verifySession(path, {key()->publicKey(), {}});
        if (!report)
            return QStringLiteral("cannot be verified: ") + report.error().detail;
        constexpr quint64 keySeq = 2;
        const bool isTooShort =
            seq < keySeq && (report->fault == ChainFault::NotSigned || report->fault == ChainFault::WrongKey);
        if (!report->isSound() && !isTooShort)
            return QStringLiteral("fault %1 at %2").arg(int(report->fault)).arg(report->firstBadSeq);
        return {};
    }
};

QString left(const QString& path)
{
    const QFileInfo file(path);
    return file.absoluteDir().entryList({file.fileName() + u'*'}, QDir::Files).join(u' ');
}

struct FaultRun
{
    DiskFault fault;
    int nth;
    bool lasts;
    bool removesPayloads = false;
    bool isReached = false;     ///< else the recording has fewer operations
    bool isSaid = false;        ///< the writer ended with an error
    bool isRecordWhole = false; ///< which was only about what had been removed
    QString problem = {};

    [[nodiscard]] QString words() const
    {
        return QStringLiteral("%1 at operation %2%3: %4")
            .arg(fault == DiskFault::Full ? QStringLiteral("disk full") : QStringLiteral("EIO"))
            .arg(nth)
            .arg(lasts ? QStringLiteral(" and on") : QString(), problem);
    }
};

/// Whether the writer's words fit what it did. Empty: they do.
QString judgeWriter(const SessionWriter& writer, const Expected<void>& closed, int calls, const Recording& recording)
{
    const WriterStatus status = writer.status();
    if (closed.has_value() == status.error.has_value() || calls != (status.error ? 1 : 0))
        return QStringLiteral("the error is not said once");
    if (status.error && (status.error->code != ErrorCode::Storage || status.error->detail.isEmpty()))
        return QStringLiteral("the error has no words");
    quint64 durable = 0;
    for (const auto& batch : recording.batches)
        durable += batch->firstAuditSeq + batch->size() - 1 <= status.durableSeq ? batch->size() : 0;
    if (durable + status.framesDropped != recording.frames)
        return QStringLiteral("%1 frames durable and %2 dropped of %3")
            .arg(durable)
            .arg(status.framesDropped)
            .arg(recording.frames);
    return {};
}

/// Empty: the file holds what the writer said of removals, and an end where that says so.
QString judgeRemovals(const QString& path, const WriterStatus& status, const FaultRun& run)
{
    const auto reader = SessionReader::open(path);
    const auto removed = reader ? (*reader)->removedPayloads() : tl::unexpected(reader.error());
    if (!removed)
        return removed.error().detail;
    if (status.payloadsRemoved > removed->frames || (!status.error && status.payloadsRemoved < removed->frames))
        return QStringLiteral("%1 payloads said to be removed, %2 are")
            .arg(status.payloadsRemoved)
            .arg(removed->frames);
    if (run.isRecordWhole && (*reader)->info().endedWallNs == 0)
        return QStringLiteral("has no end");
    if (run.isRecordWhole && !run.lasts && left(path).contains(QLatin1String("-wal")))
        return QStringLiteral("left ") + left(path);
    return {};
}

void record(const QString& path, int commits, int framesEach, FaultRun& run)
{
    DiskScript disk(path);
    disk.failAt(run.fault, run.nth, run.lasts);
    Recording recording;
    WriterStatus status;
    {
        auto writer = SessionWriter::create(path, infoOf(run.removesPayloads));
        if (!writer) {
            run.isReached = run.isSaid = true;
            if (writer.error().detail.isEmpty())
                run.problem = QStringLiteral("no words");
            else if (const QString files = left(path); !files.isEmpty())
                run.problem = QStringLiteral("left ") + files;
            return;
        }
        std::atomic<int> calls{0};
        (*writer)->onError([&calls](const Error&) { ++calls; });
        recording.write(**writer, commits, framesEach);
        const Expected<void> closed = (*writer)->close();
        run.problem = judgeWriter(**writer, closed, calls.load(), recording);
        run.isSaid = !closed;
        status = (*writer)->status();
        run.isRecordWhole = status.error && status.error->detail.startsWith(QLatin1String("the recording is complete"));
    }
    run.isReached = disk.hasFailed();
    disk.failAt(run.fault, 0, false); // the disk is mended
    if (run.problem.isEmpty())
        run.problem = recording.lackOf(path, status.durableSeq);
    if (run.problem.isEmpty() && status.durableSeq > 0)
        run.problem = judgeRemovals(path, status, run);
}

/// The recordings wait for their commits most of the time: many at once.
void runAll(std::vector<FaultRun>& runs, const QString& folder, int commits, int framesEach)
{
    constexpr int atOnce = 60;
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < atOnce; ++i) {
        threads.emplace_back([&] {
            for (std::size_t at = next++; at < runs.size(); at = next++) {
                const QString path = folder + QStringLiteral("/%1.framescope").arg(at);
                record(path, commits, framesEach, runs[at]);
                for (const char* suffix : {"", "-wal", "-shm", "-journal"})
                    QFile::remove(path + QLatin1String(suffix));
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
}

} // namespace

class TestDiskFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyFailingOperationIsSaidAndLosesNothingDurable_data()
    {
        QTest::addColumn<bool>("isFull");
        QTest::addColumn<bool>("removesPayloads");
        QTest::newRow("EIO") << false << false;
        QTest::newRow("disk full") << true << false;
        QTest::newRow("disk full, with removals") << true << true;
    }
    /// Each operation of a short recording fails in its turn, once and for good.
    void everyFailingOperationIsSaidAndLosesNothingDurable()
    {
        QFETCH(bool, isFull);
        QFETCH(bool, removesPayloads);
        const QTemporaryDir folder(folderTemplate());
        constexpr int atOnce = 60;
        int operations = 0;
        int said = 0;
        int harmless = 0;
        int whole = 0;
        for (int first = 1; operations == 0; first += atOnce) {
            std::vector<FaultRun> runs;
            for (int nth = first; nth < first + atOnce; ++nth) {
                for (const bool lasts : {false, true})
                    runs.push_back({isFull ? DiskFault::Full : DiskFault::Io, nth, lasts, removesPayloads});
            }
            runAll(runs, folder.path(), 2, removesPayloads ? 200 : 20);
            for (const FaultRun& run : runs) {
                QVERIFY2(run.problem.isEmpty(), qPrintable(run.words()));
                if (!run.isReached)
                    operations = operations == 0 ? run.nth - 1 : operations;
                said += run.isReached && run.isSaid;
                harmless += run.isReached && !run.isSaid;
                whole += run.isRecordWhole;
            }
        }
        qInfo("%d operations: %d faults said, %d of whole recordings, %d without effect", operations, said, whole,
              harmless);
        QVERIFY(operations > 20);
        QVERIFY(said > operations);
        QCOMPARE(whole > 0, removesPayloads);
    }

    /// More than a WAL's worth, so that it is folded in on the way.
    void faultsWhileTheWalIsFoldedInLoseNothing()
    {
        const QTemporaryDir folder(folderTemplate());
        const unsigned seed = chosenSeed();
        qInfo("FRAMESCOPE_SEED=%u", seed);
        std::mt19937 random(seed);
        std::vector<FaultRun> runs;
        for (int i = 0; i < (isLong() ? 1000 : 6); ++i)
            runs.push_back({i % 3 == 0 ? DiskFault::Full : DiskFault::Io, int(40 + random() % 1400), i % 2 == 0});
        runAll(runs, folder.path(), 3, 12000);
        for (const FaultRun& run : runs)
            QVERIFY2(run.problem.isEmpty(), qPrintable(run.words()));
        const auto said = std::count_if(runs.begin(), runs.end(), [](const FaultRun& run) { return run.isSaid; });
        qInfo("%zu recordings, %td of them ended with an error", runs.size(), said);
        QVERIFY(said > 0);
    }

    void powerCutLosesNothingDurable_data()
    {
        QTest::addColumn<bool>("removesPayloads");
        QTest::newRow("all payloads kept") << false;
        QTest::newRow("payloads removed") << true;
    }
    void powerCutLosesNothingDurable()
    {
        QFETCH(bool, removesPayloads);
        const QTemporaryDir folder(folderTemplate());
        const QString path = folder.filePath(QStringLiteral("s.framescope"));
        const unsigned seed = chosenSeed();
        qInfo("FRAMESCOPE_SEED=%u", seed);
        std::mt19937 random(seed);
        DiskScript disk(path);
        std::atomic<SessionWriter*> shared{nullptr};
        std::atomic<qint64> appended{-1};
        disk.remember([&] {
            const SessionWriter* writer = shared.load();
            return writer ? qint64(writer->status().durableSeq) : appended.load();
        });
        Recording recording;
        {
            auto writer = SessionWriter::create(path, infoOf(removesPayloads));
            QVERIFY(writer);
            shared.store(writer->get());
            recording.write(**writer, 4, 150);
            QVERIFY((*writer)->close());
            appended.store(qint64((*writer)->status().durableSeq));
            shared.store(nullptr);
        }
        // An entry of later, as an export leaves it.
        for (int i = 0; i < 2 && !removesPayloads; ++i) {
            const auto seq = appendEventToFinishedSession(
                path, auditEvent(AuditAction::Exported, Severity::Note, QStringLiteral("out.csv")), {key(), {}});
            QVERIFY2(seq, seq ? "" : qPrintable(seq.error().detail));
            appended.store(qint64(*seq));
        }
        const QString after = folder.filePath(QStringLiteral("after.framescope"));
        const auto steps = disk.steps();
        const std::size_t few = removesPayloads ? 60 : 170; // the last are what is new with removals
        const std::size_t cuts = isLong() ? 5000 : few;
        int whileOverwriting = 0;
        for (std::size_t cut = 0; cut < cuts; ++cut) {
            // Every moment in its turn, the last first, then at random.
            const std::size_t at = cut < steps ? steps - cut : 1 + random() % steps;
            disk.cutPower(at, random, after);
            const qint64 acknowledged = disk.acknowledgedBy(at);
            if (acknowledged < 0)
                continue; // the recording had not begun
            const QString lack = recording.lackOf(after, quint64(acknowledged));
            QVERIFY2(
                lack.isEmpty(),
                qPrintable(QStringLiteral("power gone after %1 of %2 operations: %3").arg(at).arg(steps).arg(lack)));
            if (!hasOverwritingTable(after))
                continue;
            ++whileOverwriting;
            QCOMPARE((*SessionReader::open(after))->info().endedWallNs, 0); // so that somebody recovers it
            QVERIFY(foldInterruptedSession(after));
            QVERIFY(!hasOverwritingTable(after));
            QCOMPARE(recording.lackOf(after, quint64(acknowledged)), QString());
        }
        qInfo("%zu cuts over %zu operations, %d while pages were overwritten", cuts, steps, whileOverwriting);
        QCOMPARE(whileOverwriting > 0, removesPayloads);
    }
};

QTEST_GUILESS_MAIN(TestDiskFaults)
#include "tst_diskfaults.moc"
