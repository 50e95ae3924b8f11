#include "core/audit/chainfaults.h"
#include "core/frame/framemarks.h"
#include "core/store/interruptedsessions.h"
#include "core/store/sessionverify.h"
#include "tests/core/store/storefixture.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <mutex>
#include <random>
#include <set>
#include <sqlite3.h>
#include <thread>

using namespace framescope;
using namespace framescope::test;

namespace {

constexpr quint64 kib = 1024;
const QString pythonVerifier = QStringLiteral(FRAMESCOPE_SOURCE_DIR "/tests/support/verify_session.py");

/// Payloads that no packing makes smaller: on the disk they are what they are.
std::shared_ptr<FrameBatch> randomBatch(quint64 firstNumber, int count, int bytes)
{
    std::mt19937_64 random(firstNumber);
    FrameSpec spec;
    spec.type = "telephony.media";
    spec.opcode = Opcode::Binary;
    std::vector<FrameSpec> specs;
    for (int i = 0; i < count; ++i) {
        spec.payload.resize(bytes);
        for (char& byte : spec.payload)
            byte = char(random());
        specs.push_back(spec);
    }
    return makeBatch(specs, firstNumber);
}

SessionInfo infoWith(const PayloadRetention& retention)
{
    SessionInfo info = sessionInfo();
    info.retention = retention;
    return info;
}

std::unique_ptr<SessionWriter> writerOf(const QString& path, const PayloadRetention& retention)
{
    auto writer = SessionWriter::create(path, infoWith(retention));
    if (!writer)
        qFatal("%s", qPrintable(writer.error().detail));
    return std::move(*writer);
}

void useKey(SessionWriter& writer)
{
    (void)writer.useSigningKey(std::make_shared<const SigningKey>(*SigningKey::generate()), QStringLiteral("a test"));
}

std::unique_ptr<SessionReader> readerOf(const QString& path)
{
    auto reader = SessionReader::open(path);
    if (!reader)
        qFatal("%s", qPrintable(reader.error().detail));
    return std::move(*reader);
}

std::vector<FrameBatchPtr> blocksOf(const QString& path)
{
    const auto reader = readerOf(path);
    auto blocks = readBlocks(*reader);
    if (!blocks)
        qFatal("%s (%s)", qPrintable(blocks.error().detail), qPrintable(blocks.error().place));
    return std::move(*blocks);
}

std::vector<AuditEvent> removalsOf(const QString& path)
{
    const auto reader = readerOf(path);
    std::vector<AuditEvent> removals;
    const auto events = reader->events(1, reader->extent()->lastSeq, 1'000'000);
    if (!events)
        qFatal("%s", qPrintable(events.error().detail));
    for (const AuditEvent& event : *events) {
        if (event.action == AuditAction::PayloadsRemoved)
            removals.push_back(event);
    }
    return removals;
}

qint64 numberOf(const AuditEvent& event, const char* member)
{
    return QJsonDocument::fromJson(event.detail).object().value(QLatin1String(member)).toInteger();
}

/// "payload-missing 17", as both verifiers must say it; "none 0" for a sound log.
QByteArray verdictOf(const QString& path, quint64* removed = nullptr)
{
    const auto report = verifySession(path);
    if (!report)
        qFatal("%s", qPrintable(report.error().detail));
    if (removed)
        *removed = report->payloadsRemoved;
    const QByteArray ours =
        QByteArray(chainFaultInfo(report->fault).name) + ' ' + QByteArray::number(report->firstBadSeq);
    QProcess python;
    python.start(QStringLiteral("python3"), {pythonVerifier, QStringLiteral("--batch")});
    python.write(path.toUtf8() + '\n');
    python.closeWriteChannel();
    if (!python.waitForFinished(60'000))
        qFatal("the other verifier did not end");
    const QList<QByteArray> other = python.readAllStandardOutput().trimmed().split(' ');
    const QByteArray theirs = other.value(0) + ' ' + other.value(1);
    return ours == theirs ? ours : ours + " but the other says " + theirs;
}

void executeSql(const QString& path, const QByteArray& sql, int expected = SQLITE_OK)
{
    sqlite3* handle = nullptr;
    QCOMPARE(sqlite3_open(QFile::encodeName(path).constData(), &handle), SQLITE_OK);
    const int result = sqlite3_exec(handle, sql.constData(), nullptr, nullptr, nullptr);
    const QString message = QString::fromUtf8(sqlite3_errmsg(handle));
    sqlite3_close(handle);
    QVERIFY2(result == expected, qPrintable(message));
}

/// The helper process: payloads come and go until it is killed. Says what is durable.
int removeUntilKilled(const QString& path)
{
    const auto writer = writerOf(path, {.bytes = 512 * kib});
    useKey(*writer);
    for (quint64 number = 1;; number += 20) {
        writer->append(randomBatch(number, 20, 2'000));
        while (writer->status().queuedSeq - writer->status().durableSeq > 400)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        const WriterStatus status = writer->status();
        if (status.payloadsRemoved > 0) {
            std::printf("%llu\n", static_cast<unsigned long long>(status.durableSeq));
            std::fflush(stdout);
        }
    }
}

} // namespace

class TestRetention : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    int m_files = 0;

    QString newPath() { return m_folder.filePath(QStringLiteral("s%1.framescope").arg(++m_files)); }

    /// 4 MiB of payloads in 2048 frames, of which 512 KiB may stay.
    QString makeSession(std::vector<std::shared_ptr<FrameBatch>>* written = nullptr)
    {
        const QString path = newPath();
        const auto writer = writerOf(path, {.bytes = 512 * kib});
        useKey(*writer);
        for (quint64 number = 1; number <= 2048; number += 64) {
            const auto batch = randomBatch(number, 64, 2048);
            for (FrameHead& head : batch->heads)
                head.flags |= head.number % 3 == 0 ? FrameFlag::Masked : 0;
            if (written)
                written->push_back(batch);
            writer->append(batch);
        }
        if (!writer->close())
            qFatal("%s", qPrintable(writer->status().error->detail));
        return path;
    }

private Q_SLOTS:
    void removesOldestPayloadsFirst()
    {
        const QString path = makeSession();
        quint64 kept = 0;
        bool isKept = false;
        for (const FrameBatchPtr& block : blocksOf(path)) {
            QVERIFY(!(isKept && block->removal)); // none is removed behind one that is kept
            isKept = isKept || !block->removal;
            kept += block->payload.size();
            for (std::size_t i = 0; i < block->size(); ++i)
                QCOMPARE(block->payloadOf(i).isEmpty(), block->isPayloadRemoved(i));
        }
        QVERIFY2(kept > 256 * kib && kept <= 512 * kib, qPrintable(QString::number(kept)));
    }

    void keepsHeadsDigestsAndAudit()
    {
        std::vector<std::shared_ptr<FrameBatch>> written;
        const QString path = makeSession(&written);
        quint64 frames = 0;
        for (const FrameBatchPtr& block : blocksOf(path)) {
            for (std::size_t i = 0; i < block->size(); ++i, ++frames) {
                // What a frame without payload looks like, with everything else as it was.
                FrameBatch original = *written[frames / 64];
                if (block->removal) {
                    original.payload.clear();
                    original.heads[frames % 64].flags &= quint8(~FrameFlag::PayloadKept);
                }
                QCOMPARE(difference(original, frames % 64, *block, i), QString());
            }
        }
        QCOMPARE(frames, 2048u);
        const auto reader = readerOf(path);
        QCOMPARE(reader->extent()->frames + *reader->eventCount(), reader->extent()->lastSeq);
    }

    void saysWhatWasRemoved()
    {
        const QString path = newPath();
        const auto writer = writerOf(path, {.bytes = 512 * kib});
        for (quint64 number = 1; number <= 1024; number += 64)
            writer->append(randomBatch(number, 64, 2048));
        QVERIFY(writer->close());
        const std::vector<AuditEvent> removals = removalsOf(path);
        QVERIFY(!removals.empty());
        qint64 next = 1;
        qint64 frames = 0;
        qint64 bytes = 0;
        for (const AuditEvent& event : removals) {
            QCOMPARE(numberOf(event, "first_frame"), next);
            next = numberOf(event, "last_frame") + 1;
            QCOMPARE(numberOf(event, "frames"), next - numberOf(event, "first_frame"));
            QCOMPARE(numberOf(event, "payload_bytes"), 2048 * numberOf(event, "frames"));
            QCOMPARE(numberOf(event, "limit"), qint64(512 * kib));
            QVERIFY(event.detail.contains(R"("rule":"bytes")"));
            frames += numberOf(event, "frames");
            bytes += numberOf(event, "bytes");
        }
        QCOMPARE(writer->status().payloadsRemoved, quint64(frames));
        QCOMPARE(writer->status().payloadBytesRemoved, quint64(bytes));
        QVERIFY(writer->status().payloadBytesKept <= 512 * kib);
        const auto reader = readerOf(path);
        const auto removed = reader->removedPayloads();
        QVERIFY(removed && removed->frames == quint64(frames) && removed->bytes == quint64(bytes));
        const FrameBatchPtr first = *reader->blockOfFrame(1);
        QCOMPARE(first->removal->seq, removals.front().seq);
        QCOMPARE(first->removal->wallNs, removals.front().at.wallNs);
        QCOMPARE(first->removal->rule, "bytes");
        QVERIFY(Frame::fromBatch(*first, 0).removal == first->removal);
        QVERIFY(reader->info().retention == (PayloadRetention{.bytes = 512 * kib}));
    }

    void keepsNewestFramesAndLatestMinutes()
    {
        const QString byNumber = newPath();
        auto writer = writerOf(byNumber, {.frames = 800});
        for (quint64 number = 1; number <= 4000; number += 40)
            writer->append(randomBatch(number, 40, 20));
        QVERIFY(writer->close());
        quint64 kept = 0;
        for (const FrameBatchPtr& block : blocksOf(byNumber))
            kept += block->removal ? 0 : block->size();
        QVERIFY2(kept >= 800 && kept <= 800 + 800 / 8 + 800 / 16, qPrintable(QString::number(kept)));

        const QString byAge = newPath();
        writer = writerOf(byAge, {.age = std::chrono::minutes(5)});
        const auto old = randomBatch(1, 10, 100);
        const auto fresh = randomBatch(11, 10, 100);
        for (FrameHead& head : old->heads)
            head.monoNs = monotonicNs() - 301'000'000'000;
        for (FrameHead& head : fresh->heads)
            head.monoNs = monotonicNs();
        writer->append(old);
        (void)writer->append(connectedEvent()); // ends the block
        writer->append(fresh);
        QVERIFY(writer->close());
        QVERIFY(blocksOf(byAge)[0]->removal && blocksOf(byAge)[0]->removal->rule == "age");
        QVERIFY(!blocksOf(byAge)[1]->removal);
    }

    void fileStaysNearItsLimit()
    {
        const QString path = newPath();
        const auto writer = writerOf(path, {.bytes = 2 * kib * kib});
        for (quint64 number = 1; number <= 12'000; number += 200)
            writer->append(randomBatch(number, 200, 2'700)); // 32 MB
        QVERIFY(writer->close());
        QVERIFY(writer->status().payloadsRemoved > 10'000);
        // Heads, digests and chain of 12,000 frames, and what one commit may hold beyond the limit while it is open.
        QVERIFY2(QFileInfo(path).size() < 16 * 1024 * 1024, qPrintable(QString::number(QFileInfo(path).size())));
    }

    void removedBytesAreGoneFromTheFile()
    {
        const QByteArray canary = "CANARY-";
        for (const PayloadRetention& limit : {PayloadRetention{.frames = 100}, PayloadRetention{.bytes = 512 * kib},
                                              PayloadRetention{.age = std::chrono::seconds(1)}}) {
            const QString path = newPath();
            const auto writer = writerOf(path, limit);
            for (quint64 number = 1; number <= 400; number += 20) {
                const auto batch = randomBatch(number, 20, 20'000);
                for (FrameHead& head : batch->heads) {
                    const QByteArray named = canary + QByteArray::number(head.number) + ';';
                    for (quint32 at = 0; at + 1'000 <= head.payloadBytes; at += 1'000)
                        std::copy(named.begin(), named.end(), batch->payload.begin() + head.payloadOffset + at);
                    head.monoNs = head.number > 300 ? monotonicNs() + 3'600'000'000'000 : 1; // an hour ahead: too new
                }
                writer->append(batch);
            }
            QVERIFY(writer->close());
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray bytes = file.readAll();
            std::set<quint64> found;
            for (auto at = bytes.indexOf(canary); at >= 0; at = bytes.indexOf(canary, at + canary.size())) {
                const auto number = at + canary.size();
                found.insert(bytes.mid(number, bytes.indexOf(';', number) - number).toULongLong());
            }
            quint64 removed = 0;
            for (const FrameBatchPtr& block : blocksOf(path)) {
                for (const FrameHead& head : block->heads)
                    QCOMPARE(found.contains(head.number), !block->removal);
                removed += block->removal ? block->size() : 0;
            }
            const quint64 least = limit.age.count() > 0 ? 1 : 200; // by age it goes a second apart
            QVERIFY2(removed >= least && removed < 400, qPrintable(QString::number(removed)));
        }
    }

    void removesNothingWhileMoreIsMarkedThanItKnows()
    {
        const QString path = m_folder.filePath(QStringLiteral("many-marks.framescope"));
        const auto writer = writerOf(path, {.frames = 100});
        useKey(*writer);
        for (quint64 i = 1; i <= FrameMarks::spanLimit; ++i)
            (void)writer->append(markedEvent({1'000 + i * 2, 1'000 + i * 2}));
        (void)writer->append(markedEvent({7, 7}));
        for (quint64 number = 1; number < 400; number += 40)
            writer->append(randomBatch(number, 40, 512));
        QVERIFY(writer->close());
        QVERIFY(removalsOf(path).empty());
        QCOMPARE((*readerOf(path)->blockOfFrame(7))->payloadOf(6).size(), 512);
    }

    void markedFramesKeepTheirPayloads()
    {
        const QString path = newPath();
        const auto writer = writerOf(path, {.bytes = 256 * kib});
        useKey(*writer);
        writer->append(randomBatch(1, 40, 2048));
        (void)writer->append(markedEvent({10, 20})); // in two blocks
        const auto isRemoved = [&] { return (*readerOf(path)->blockOfFrame(20))->removal != nullptr; };
        quint64 number = 41;
        for (; writer->status().payloadsRemoved < 300; number += 40)
            writer->append(randomBatch(number, 40, 2048));
        QVERIFY(!isRemoved());
        const FrameBatchPtr marked = *readerOf(path)->blockOfFrame(20);
        QCOMPARE(marked->payloadOf(std::size_t(20 - marked->firstNumber())).size(), 2048);
        QVERIFY((*readerOf(path)->blockOfFrame(45))->removal);
        QVERIFY(marked->firstNumber() > 10);
        (void)writer->append(unmarkedEvent({10, 20}));
        QTRY_VERIFY(isRemoved());
        (void)writer->append(connectedEvent());
        QVERIFY(writer->close());
        const auto together = (*readerOf(path)->blockOfFrame(10))->removal; // one entry for both
        QCOMPARE(together->seq, (*readerOf(path)->blockOfFrame(20))->removal->seq);
        QCOMPARE(verdictOf(path), "none 0");
    }

    void removalGoesTheWayOfAllEvents()
    {
        const QString path = newPath();
        const auto writer = writerOf(path, {.bytes = 128 * kib});
        std::mutex mutex;
        std::vector<AuditEvent> proposed;
        writer->onRemoval([&](const AuditEvent& event) {
            const std::lock_guard hold(mutex);
            proposed.push_back(event);
        });
        const auto count = [&] {
            const std::lock_guard hold(mutex);
            return proposed.size();
        };
        writer->append(randomBatch(1, 200, 2048));
        QTRY_COMPARE(count(), 1u);
        (void)writer->append(markedEvent({1, 1})); // comes before the removal is recorded
        QCOMPARE(writer->append(proposed[0]), 0u);
        QTRY_COMPARE(count(), 2u); // without the marked frame's block
        QVERIFY(numberOf(proposed[1], "first_frame") > 1);
        QCOMPARE(writer->append(proposed[1]), 202u);
        QCOMPARE(writer->append(proposed[1]), 0u); // once
        QCOMPARE(writer->append(connectedEvent()), 203u);
        QVERIFY(writer->close());
        QVERIFY(!blocksOf(path)[0]->removal);
        QVERIFY(blocksOf(path)[1]->removal && blocksOf(path)[1]->removal->seq == 202);
    }

    void keepsAllWhenThereIsNoLimit()
    {
        const QString path = newPath();
        const auto writer = writerOf(path, {});
        for (quint64 number = 1; number <= 400; number += 40)
            writer->append(randomBatch(number, 40, 2048));
        QVERIFY(writer->close());
        QVERIFY(removalsOf(path).empty());
        for (const FrameBatchPtr& block : blocksOf(path))
            QVERIFY(!block->removal && !block->payload.empty() && block->keptDigests.empty());
    }

    void nothingElseChangesThroughSqlite()
    {
        const QString path = makeSession();
        const QByteArray last = QByteArray::number(blocksOf(path).back()->firstNumber());
        for (const char* sql : {"UPDATE payload SET bytes=x'00'", "UPDATE block SET heads=x''", "DELETE FROM payload"})
            executeSql(path, sql, SQLITE_CONSTRAINT);
        executeSql(path, "DELETE FROM payload WHERE first_frame=" + last, SQLITE_CONSTRAINT); // no entry names it
    }

    void verifiesAfterRetention()
    {
        quint64 removed = 0;
        const QString path = makeSession(); // a third of its frames is masked
        QCOMPARE(verdictOf(path, &removed), "none 0");
        QCOMPARE(removed, readerOf(path)->removedPayloads()->frames);
        QVERIFY(removed > 1000);
    }

    void missingPayloadWithoutWordIsAFault()
    {
        const QString path = makeSession();
        const std::vector<FrameBatchPtr> blocks = blocksOf(path);
        const auto kept = std::find_if(blocks.begin(), blocks.end(), [](const auto& block) { return !block->removal; });
        const QByteArray where = " WHERE first_frame=" + QByteArray::number((*kept)->firstNumber());
        const QByteArray seq = QByteArray::number((*kept)->firstAuditSeq);
        const QString copy = newPath();
        QVERIFY(QFile::copy(path, copy));
        executeSql(copy, "DROP TRIGGER payload_no_delete; DELETE FROM payload" + where);
        QCOMPARE(verdictOf(copy), "payload-missing " + seq);
        QVERIFY(readerOf(copy)->blockOfFrame((*kept)->firstNumber()).error().code == ErrorCode::Storage);
    }

    void payloadThatCameBackIsAFault()
    {
        const QString path = makeSession();
        executeSql(path, "INSERT INTO payload SELECT 1, bytes FROM payload CROSS JOIN block USING(first_frame) WHERE"
                         " payload_bytes=(SELECT payload_bytes FROM block WHERE first_frame=1) LIMIT 1");
        QCOMPARE(verdictOf(path), "payload-changed " + QByteArray::number(blocksOf(path)[0]->firstAuditSeq));
    }

    void digestsOfMaskedPayloadsCannotBeChanged()
    {
        // A block's digests of kept bytes are what its entries are hashed with, also where the payload is still there.
        const QString path = makeSession();
        const std::vector<FrameBatchPtr> blocks = blocksOf(path);
        const auto isLike = [](const FrameBatchPtr& a, const FrameBatchPtr& b) { // masked in the same places
            return a != b && a->size() == b->size() && a->firstNumber() % 3 == b->firstNumber() % 3;
        };
        const auto last = std::find_if(blocks.begin(), blocks.end(), [](const auto& block) { return !block->removal; });
        const auto other = std::find_if(blocks.begin(), blocks.end(), [&](const auto& b) { return isLike(*last, b); });
        QVERIFY(last != blocks.end() && other != blocks.end() && !(*last)->keptDigests.empty());
        executeSql(path, "DROP TRIGGER block_no_update; UPDATE block SET digests=(SELECT digests FROM block WHERE"
                         " first_frame=" +
                             QByteArray::number((*other)->firstNumber()) +
                             ") WHERE first_frame=" + QByteArray::number((*last)->firstNumber()));
        QCOMPARE(verdictOf(path), "entry-changed " + QByteArray::number((*last)->firstAuditSeq));
    }

    void killedWhileRemovingStillVerifies()
    {
        std::mt19937 random(8);
        for (int run = 0; run < 2; ++run) {
            const QString path = newPath();
            QProcess process;
            process.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--remove-until-killed"), path});
            QVERIFY(process.waitForStarted());
            QByteArray said;
            while (said.count('\n') < 2) {
                QVERIFY(process.bytesAvailable() || process.waitForReadyRead(30'000));
                said += process.readAll();
            }
            (void)process.waitForReadyRead(int(random() % 60));
            process.kill();
            QVERIFY(process.waitForFinished());
            QCOMPARE(verdictOf(path), "none 0");
            const auto copy = copyInterruptedSession(path);
            QVERIFY(copy && foldInterruptedSession(path));
            for (const QString& recovered : {path, *copy}) {
                const auto report = verifySession(recovered);
                QVERIFY(report && report->isSound() && report->payloadsRemoved > 0);
                QCOMPARE(report->payloadsRemoved, readerOf(recovered)->removedPayloads()->frames);
            }
        }
    }
};

int main(int argc, char** argv)
{
    const QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 3 && arguments[1] == QLatin1String("--remove-until-killed"))
        return removeUntilKilled(arguments[2]);
    TestRetention test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_retention.moc"
