#include "core/store/sessionappend.h"
#include "core/store/sqlite.h"
#include "tests/core/store/storefixture.h"

#include <QCoreApplication>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <random>
#include <sqlite3.h>
#include <sys/resource.h>
#include <thread>

using namespace framescope;
using namespace framescope::test;

namespace {

std::shared_ptr<FrameBatch> numberedBatch(quint64 firstNumber, int count)
{
    FrameSpec spec;
    std::vector<FrameSpec> specs;
    for (int i = 0; i < count; ++i) {
        spec.payload = R"({"type":"interaction.update","n":)" + QByteArray::number(firstNumber + quint64(i)) + "}";
        specs.push_back(spec);
    }
    return makeBatch(specs, firstNumber);
}

/// The helper process: writes until it is killed, and says on standard output what is durable.
int writeUntilKilled(const QString& path)
{
    auto writer = SessionWriter::create(path, sessionInfo());
    if (!writer)
        return 1;
    quint64 said = 0;
    for (quint64 number = 1;; number += 100) {
        (*writer)->append(numberedBatch(number, 100));
        if (number % 1000 == 1)
            (void)(*writer)->append(connectedEvent());
        // A few thousand frames a commit: what a test can read back in a moment.
        for (;;) {
            const WriterStatus status = (*writer)->status();
            if (status.durableSeq != said) {
                std::printf("%llu\n", static_cast<unsigned long long>(said = status.durableSeq));
                std::fflush(stdout);
            }
            if (status.queuedSeq - status.durableSeq < 5000)
                break;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
}

/// The helper process: files may not grow beyond 1 MiB here, as on a full disk. Says how that ended.
int writeToAFullDisk(const QString& path)
{
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1024 * 1024, 1024 * 1024};
    setrlimit(RLIMIT_FSIZE, &limit);
    auto writer = SessionWriter::create(path, sessionInfo());
    if (!writer)
        return 1;
    std::atomic<int> calls{0};
    (*writer)->onError([&calls](const Error&) { ++calls; });
    quint64 number = 1;
    for (; !(*writer)->status().error; number += 50)
        (*writer)->append(variedBatch(number, 50, unsigned(number)));
    (*writer)->append(variedBatch(number, 50, 1)); // afterwards: dropped, and nothing waits
    const auto closed = (*writer)->close();
    const WriterStatus status = (*writer)->status();
    std::printf("%d %d %llu %llu %llu %s\n", closed ? 1 : 0, calls.load(), static_cast<unsigned long long>(number + 49),
                static_cast<unsigned long long>(status.framesDropped),
                static_cast<unsigned long long>(status.durableSeq), qPrintable(status.error->detail));
    return 0;
}

void executeSql(const QString& path, const char* sql, int expected = SQLITE_OK)
{
    sqlite3* handle = nullptr;
    QCOMPARE(sqlite3_open(QFile::encodeName(path).constData(), &handle), SQLITE_OK);
    const int result = sqlite3_exec(handle, sql, nullptr, nullptr, nullptr);
    const QString message = QString::fromUtf8(sqlite3_errmsg(handle));
    sqlite3_close(handle);
    QVERIFY2(result == expected, qPrintable(message));
}

void write(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

} // namespace

class TestSessionFailure : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    int m_files = 0;

    QString newPath() { return m_folder.filePath(QStringLiteral("s%1.framescope").arg(++m_files)); }

    /// A closed session with 600 frames in several blocks and a few events.
    std::vector<std::shared_ptr<FrameBatch>> makeSession(const QString& path)
    {
        std::vector<std::shared_ptr<FrameBatch>> batches;
        auto writer = SessionWriter::create(path, sessionInfo());
        if (!writer)
            qFatal("%s", qPrintable(writer.error().detail));
        for (unsigned i = 0; i < 6; ++i) {
            (void)(*writer)->append(connectedEvent());
            batches.push_back(variedBatch(i * 100 + 1, 100, i));
            (*writer)->append(batches.back());
        }
        if (!(*writer)->close())
            qFatal("close");
        return batches;
    }

    /// Reads all of it. Returns the number of frames that came and were right, or -1 after an error.
    static int readDamaged(const QString& path, const std::vector<std::shared_ptr<FrameBatch>>& original)
    {
        auto reader = SessionReader::open(path);
        if (!reader)
            return -1;
        const auto events = (*reader)->events(0, std::numeric_limits<quint64>::max(), 1000);
        const auto extent = (*reader)->extent();
        const auto blocks = readBlocks(**reader);
        const auto bySeq = (*reader)->blockOfSeq(300);
        if (!events || !extent || !blocks || !bySeq)
            return -1;
        int right = 0;
        for (const FrameBatchPtr& block : *blocks) {
            for (std::size_t i = 0; i < block->size(); ++i) {
                const quint64 index = block->heads[i].number - 1;
                if (index >= 600)
                    return -2;
                const QString differs = difference(*original[index / 100], index % 100, *block, i);
                // Names of types are plain text in a row of their own; the chain of the audit log will cover them.
                if (!differs.isEmpty() && !differs.endsWith(QLatin1String("type differs")))
                    return -2;
                ++right;
            }
        }
        return right;
    }

private Q_SLOTS:
    void killedWriterLosesNothingThatWasDurable()
    {
        std::mt19937 random(5);
        for (int run = 0; run < 10; ++run) {
            const QString path = newPath();
            QProcess process;
            process.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--write-until-killed"), path});
            QVERIFY(process.waitForStarted());
            QByteArray said;
            const int lines = 1 + int(random() % 4);
            while (said.count('\n') < lines) {
                QVERIFY(process.bytesAvailable() || process.waitForReadyRead(30'000));
                said += process.readAll();
            }
            (void)process.waitForReadyRead(int(random() % 40)); // somewhere between two commits
            process.kill();
            QVERIFY(process.waitForFinished());
            said += process.readAll();
            said.truncate(said.lastIndexOf('\n'));
            const quint64 durable = said.mid(said.lastIndexOf('\n') + 1).toULongLong();
            QVERIFY(durable > 0);

            auto reader = SessionReader::open(path);
            QVERIFY2(reader.has_value(), reader ? "" : qPrintable(reader.error().detail));
            QCOMPARE((*reader)->info().endedWallNs, 0); // and it says that it was interrupted
            const auto extent = (*reader)->extent();
            QVERIFY(extent);
            QVERIFY2(extent->lastSeq >= durable, qPrintable(QString::number(extent->lastSeq)));
            const auto blocks = readBlocks(**reader);
            const auto events = (*reader)->eventCount();
            QVERIFY(blocks && events);
            quint64 number = 1;
            for (const FrameBatchPtr& block : *blocks) {
                const auto wanted = numberedBatch(block->firstNumber(), int(block->size()));
                QCOMPARE(block->firstNumber(), number);
                QVERIFY(block->payload == wanted->payload);
                number = block->lastNumber() + 1;
            }
            QCOMPARE(number - 1 + *events, extent->lastSeq); // no hole
        }
    }

    void fullDiskIsAVisibleError()
    {
        const QString path = newPath();
        QProcess process;
        process.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--write-to-a-full-disk"), path});
        QVERIFY(process.waitForFinished(60'000));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 0);
        const QList<QByteArray> said = process.readAll().simplified().split(' ');
        QVERIFY(said.size() > 5);
        QCOMPARE(said[0], "0"); // close() tells it too
        QCOMPARE(said[1], "1"); // one call
        const quint64 written = said[2].toULongLong();
        const quint64 dropped = said[3].toULongLong();
        const quint64 durable = said[4].toULongLong();
        QVERIFY(dropped > 0);
        QCOMPARE(dropped + durable, written); // frames only: each one is durable or counted as dropped
        auto reader = SessionReader::open(path);
        QVERIFY2(reader.has_value(), reader ? "" : qPrintable(reader.error().detail));
        QCOMPARE((*reader)->extent()->lastSeq, durable);
        QVERIFY(readBlocks(**reader).has_value());
    }

    void vanishedFileIsAVisibleError_data()
    {
        QTest::addColumn<QString>("command");
        QTest::newRow("removed") << "rm s.framescope";
        QTest::newRow("replaced") << "cp s.framescope t && mv t s.framescope";
        QTest::newRow("its WAL removed") << "rm s.framescope-wal";
        QTest::newRow("folder removed") << "rm -r \"$PWD\"";
        QTest::newRow("folder moved") << "mv \"$PWD\" \"$PWD-moved\"";
    }
    /// On a stream that is quiet too: nothing else is written here.
    void vanishedFileIsAVisibleError()
    {
        QFETCH(QString, command);
        const QString folder = m_folder.filePath(QStringLiteral("vanishing%1").arg(++m_files));
        QVERIFY(QDir().mkdir(folder));
        auto writer = SessionWriter::create(folder + QStringLiteral("/s.framescope"), sessionInfo());
        QVERIFY(writer);
        (*writer)->append(numberedBatch(1, 10));
        QTRY_COMPARE((*writer)->status().durableSeq, 10u);
        QProcess shell;
        shell.setWorkingDirectory(folder);
        shell.start(QStringLiteral("sh"), {QStringLiteral("-c"), command});
        QVERIFY(shell.waitForFinished());
        QCOMPARE(shell.exitCode(), 0);
        QTRY_VERIFY((*writer)->status().error.has_value());
        QVERIFY((*writer)->status().error->detail.contains(QLatin1String("removed or replaced")));
        (*writer)->append(numberedBatch(11, 10));
        QVERIFY(!(*writer)->close());
        QCOMPARE((*writer)->status().framesDropped, 10u);
    }

    void removedFileIsToldOnce()
    {
        const QString path = newPath();
        auto writer = SessionWriter::create(path, sessionInfo());
        QVERIFY(writer);
        std::atomic<int> calls{0};
        SessionWriter* shared = writer->get();
        shared->onError([&calls, shared](const Error& error) {
            ++calls;
            // What the pipeline does: it records the failure, which must not wait for the thread that it runs on.
            (void)shared->append(auditEvent(AuditAction::StorageFailed, Severity::Error, error.detail));
        });
        shared->append(numberedBatch(1, 10));
        QTRY_COMPARE(shared->status().durableSeq, 10u);
        QVERIFY(QFile::remove(path));
        shared->append(numberedBatch(11, 10));
        QTRY_VERIFY(shared->status().error.has_value());
        shared->append(numberedBatch(21, 10));
        QTRY_COMPARE(calls.load(), 1);
        const auto closed = shared->close();
        QVERIFY(!closed);
        QVERIFY(closed.error().code == ErrorCode::Storage);
        QCOMPARE(closed.error().place, path);
        QCOMPARE(shared->status().framesDropped, 20u);
        QCOMPARE(shared->status().durableSeq, 10u);
        QCOMPARE(calls.load(), 1);
    }

    void unusableTargetIsAnError()
    {
        const QString file = newPath();
        write(file, "text");
        const auto inAFile = SessionWriter::create(file + QStringLiteral("/s.framescope"), sessionInfo());
        QVERIFY(!inAFile);
        QVERIFY(inAFile.error().code == ErrorCode::Io);
        QCOMPARE(QFileInfo(file).size(), 4);
    }

    void otherFilesAreNoSessions_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("text") << QByteArray("frame_no,recv_utc\r\n").repeated(1000);
        QTest::newRow("SQLite's name only") << QByteArray("SQLite format 3\0", 16);
    }
    void otherFilesAreNoSessions()
    {
        QFETCH(QByteArray, bytes);
        const QString path = newPath();
        write(path, bytes);
        const auto reader = SessionReader::open(path);
        QVERIFY(!reader);
        QVERIFY(reader.error().code == ErrorCode::Parse);
        QVERIFY(!QFile::exists(path + QStringLiteral("-wal")));
    }

    void wrongIdentityIsRefused()
    {
        QVERIFY(SessionReader::open(newPath()).error().code == ErrorCode::NotFound);
        QVERIFY(!SessionReader::open(m_folder.path()));

        const QString other = newPath();
        executeSql(other, "CREATE TABLE block(a)");
        QVERIFY(SessionReader::open(other).error().code == ErrorCode::Parse);

        const QString newer = newPath();
        (void)makeSession(newer);
        const QByteArray next = "PRAGMA user_version=" + QByteArray::number(sessionFormatVersion + 1);
        executeSql(newer, next.constData());
        {
            // What is needed is there: it is read, and says what it is.
            const auto reader = SessionReader::open(newer);
            QVERIFY(reader.has_value());
            QCOMPARE((*reader)->info().formatVersion, sessionFormatVersion + 1);
            QCOMPARE((*reader)->extent()->frames, 600u);
        }
        QVERIFY(appendEventToFinishedSession(newer, connectedEvent()).error().code == ErrorCode::Unsupported);
        executeSql(newer, "ALTER TABLE block RENAME COLUMN heads TO crowns");
        const auto reader = SessionReader::open(newer);
        QVERIFY(reader.error().code == ErrorCode::Unsupported);
        QVERIFY(reader.error().detail.contains(QLatin1String("newer version")));

        const QString linked = newPath();
        (void)makeSession(linked);
        QVERIFY(QFile::link(linked, linked + QStringLiteral(".link")));
        QVERIFY(!SessionReader::open(linked + QStringLiteral(".link")));
    }

    void rowsAreNeverChangedThroughSqlite()
    {
        const QString path = newPath();
        (void)makeSession(path);
        for (const char* sql :
             {"UPDATE block SET first_seq=first_seq+1000", "DELETE FROM block", "UPDATE audit_event SET action='x'",
              "DELETE FROM audit_event WHERE seq=1", "UPDATE payload SET bytes=x'00'", "DELETE FROM payload"})
            executeSql(path, sql, SQLITE_CONSTRAINT);
        auto reader = SessionReader::open(path);
        QCOMPARE((*reader)->extent()->frames, 600u);
    }

    void hostileRowsAreErrors_data()
    {
        QTest::addColumn<QByteArray>("sql");
        const auto update = [](const char* name, const char* set) {
            QTest::newRow(name) << QByteArray("DROP TRIGGER block_no_update; UPDATE block SET ") + set +
                                       " WHERE first_frame=1";
        };
        update("no frames", "frame_count=0");
        update("negative count", "frame_count=-1");
        update("count of more", "frame_count=101");
        update("huge count", "frame_count=9223372036854775807");
        update("other sequence", "first_seq=700000");
        update("negative sequence", "first_seq=-5");
        update("huge payload", "payload_bytes=9223372036854775807");
        update("payload over the limit", "payload_bytes=67108865");
        update("payload of other length", "payload_bytes=payload_bytes+1");
        QTest::newRow("no payload") << QByteArray(
            "DROP TRIGGER payload_no_delete; DELETE FROM payload WHERE first_frame=1");
        update("no digests", "digests=x''");
        update("heads of another block", "heads=(SELECT heads FROM block WHERE first_frame=101)");
        update("findings of another block", "findings=(SELECT findings FROM block WHERE first_frame=101)");
        update("no findings", "findings=NULL");
        update("digests as heads", "heads=digests");
        update("heads of 20 MB", "heads=zeroblob(20000000)");
        QTest::newRow("types gone") << QByteArray("DELETE FROM type_name");
        QTest::newRow("types out of order") << QByteArray("DELETE FROM type_name WHERE id=1");
    }
    void hostileRowsAreErrors()
    {
        QFETCH(QByteArray, sql);
        const QString path = newPath();
        (void)makeSession(path);
        executeSql(path, sql.constData());
        auto reader = SessionReader::open(path);
        QVERIFY(reader);
        const auto block = (*reader)->nextBlock(1);
        const auto next = (*reader)->nextBlock(2);
        QVERIFY(!block || !next);
        const Error error = !block ? block.error() : next.error();
        QVERIFY(error.code == ErrorCode::Storage);
        QVERIFY(!error.detail.isEmpty());
        QVERIFY((*reader)->events(1, 1000, 1000).has_value());
    }

    void journalOfAnotherProgramIsNotPlayed()
    {
        const QString path = newPath();
        (void)makeSession(path);
        const QString journal = path + QStringLiteral("-journal");
        // Ends as one that names another file does, which SQLite would delete.
        write(journal, QByteArray(600, 'x') + "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7");
        const auto refused = SessionReader::open(path);
        QVERIFY(!refused);
        QVERIFY(refused.error().code == ErrorCode::Refused);
        QVERIFY(QFile::exists(journal));
        write(journal, QByteArray(600, 'x')); // torn before anything was changed
        const auto reader = SessionReader::open(path);
        QVERIFY2(reader, reader ? "" : qPrintable(reader.error().detail));
        QCOMPARE((*reader)->extent()->frames, 600u);
        QVERIFY(rollBackJournal(path)); // whoever comes second, to a journal that is gone, goes on
    }

    void viewsInPlaceOfTablesAreRefused()
    {
        const QString path = newPath();
        (void)makeSession(path);
        executeSql(path, "DROP TABLE block; CREATE VIEW block AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1"
                         " FROM n) SELECT i AS first_frame FROM n");
        QVERIFY(!SessionReader::open(path));
    }

    void flippedBitsGiveErrorsOrTheRightFrames()
    {
        const QString path = newPath();
        const auto original = makeSession(path);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        file.close();
        std::mt19937 random(11);
        const QString damaged = newPath();
        int errors = 0;
        for (int run = 0; run < 300; ++run) {
            QByteArray copy = bytes;
            // A third of them where SQLite keeps its own structure.
            const qsizetype at = qsizetype(random() % (run % 3 == 0 ? 16'384 : unsigned(copy.size())));
            copy[at] = char(copy[at] ^ (1 << (random() % 8)));
            write(damaged, copy);
            const int right = readDamaged(damaged, original);
            QVERIFY2(right != -2, qPrintable(QStringLiteral("byte %1 gave wrong frames").arg(at)));
            errors += right < 0;
        }
        QVERIFY(errors > 0);
    }

    void truncatedFilesGiveErrorsOrTheRightFrames()
    {
        const QString path = newPath();
        const auto original = makeSession(path);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        file.close();
        QCOMPARE(readDamaged(path, original), 600);
        std::mt19937 random(12);
        const QString cut = newPath();
        for (int run = 0; run < 100; ++run) {
            write(cut, bytes.first(qsizetype(random() % unsigned(bytes.size()))));
            QVERIFY(readDamaged(cut, original) != -2);
        }
    }
};

int main(int argc, char** argv)
{
    const QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 3 && arguments[1] == QLatin1String("--write-until-killed"))
        return writeUntilKilled(arguments[2]);
    if (arguments.size() == 3 && arguments[1] == QLatin1String("--write-to-a-full-disk"))
        return writeToAFullDisk(arguments[2]);
    TestSessionFailure test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_sessionfailure.moc"
