#include "core/audit/anchorbook.h"
#include "core/audit/chainfaults.h"
#include "core/store/chainkeeper.h"
#include "core/store/sessionappend.h"
#include "core/store/sessionverify.h"
#include "tests/core/audit/mutations.h"
#include "tests/core/store/storefixture.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace framescope;
using namespace framescope::test;

namespace {

const QString pythonVerifier = QStringLiteral(FRAMESCOPE_SOURCE_DIR "/tests/support/verify_session.py");

int pieces(int inCi, int inFull)
{
    return qEnvironmentVariableIsSet("FRAMESCOPE_LONG_TESTS") ? inFull : inCi;
}

AuditEvent exportedEvent()
{
    return auditEvent(AuditAction::Exported, Severity::Note, QStringLiteral("out.csv"));
}

ChainReport verified(const QString& path, ChainVerifier::Expectation expectation = {})
{
    const auto report = verifySession(path, std::move(expectation));
    if (!report)
        qFatal("%s", qPrintable(report.error().detail));
    return *report;
}

/// "entry-changed 17 0", as the other verifier says it.
QByteArray lineOf(const ChainReport& report)
{
    return QByteArray(chainFaultInfo(report.fault).name) + ' ' + QByteArray::number(report.firstBadSeq) + ' ' +
           QByteArray::number(report.badCheckpoint);
}

/// The other verifier's answers to lines of its batch form.
QList<QByteArray> otherVerdicts(const QByteArray& lines)
{
    QProcess python;
    python.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    python.start(QStringLiteral("python3"), {pythonVerifier, QStringLiteral("--batch")});
    python.write(lines);
    python.closeWriteChannel();
    if (!python.waitForFinished(600'000))
        qFatal("the other verifier did not end");
    return python.readAllStandardOutput().trimmed().split('\n');
}

struct Asked
{
    QByteArray line;
    QByteArray verdict; ///< ours
    QString context;
};
constexpr std::size_t batchOfTheOther = 290;

/// Empty when the other verifier says the same of each.
QString disagreement(const std::vector<Asked>& batch)
{
    if (batch.empty())
        return {};
    QByteArray lines;
    for (const Asked& asked : batch)
        lines += asked.line + '\n';
    const QList<QByteArray> others = otherVerdicts(lines);
    if (std::size_t(others.size()) != batch.size())
        return QStringLiteral("the other verifier did not answer all");
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (others[qsizetype(i)] != batch[i].verdict)
            return batch[i].context + QStringLiteral("; the other: ") + QString::fromLatin1(others[qsizetype(i)]);
    }
    return {};
}

} // namespace

class TestAuditChain : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    int m_files = 0;
    std::shared_ptr<const SigningKey> m_key = std::make_shared<const SigningKey>(*SigningKey::generate());

    QString newPath() { return m_folder.filePath(QStringLiteral("s%1.framescope").arg(++m_files)); }
    QString anchorFolder() const { return m_folder.filePath(QStringLiteral("anchors")); }

    std::unique_ptr<SessionWriter> writerOf(const QString& path, const QByteArray& id)
    {
        SessionInfo info = sessionInfo();
        info.sessionId = id;
        auto writer = SessionWriter::create(path, info, anchorFolder());
        if (!writer)
            qFatal("%s", qPrintable(writer.error().detail));
        (void)(*writer)->append(connectedEvent());
        (void)(*writer)->useSigningKey(m_key, QStringLiteral("a test"));
        return std::move(*writer);
    }

    /// Frames of every kind, events, and a checkpoint each round.
    QString makeLog(const QByteArray& id, int rounds = 7)
    {
        const QString path = newPath();
        auto writer = writerOf(path, id);
        quint64 number = 1;
        for (int round = 0; round < rounds; ++round) {
            for (const int count : {9, 4}) {
                writer->append(variedBatch(number, count, unsigned(number)));
                number += quint64(count);
                (void)writer->append(connectedEvent());
            }
            writer->append(variedBatch(number, 5, unsigned(number)));
            number += 5;
            (void)writer->append(exportedEvent());
        }
        if (!writer->close())
            qFatal("close");
        return path;
    }

    ChainVerifier::Expectation ownAnchor(const QByteArray& id) const
    {
        const auto anchor = AnchorBook(anchorFolder()).read(id);
        if (!anchor)
            qFatal("no anchor");
        return {m_key->publicKey(), {knownFrom(*anchor)}};
    }

private Q_SLOTS:
    void hashesAreThoseOfTheOtherVerifier()
    {
        QProcess python;
        python.start(QStringLiteral("python3"), {pythonVerifier, QStringLiteral("--vector")});
        QVERIFY(python.waitForFinished());
        std::map<QByteArray, QByteArray> vector;
        for (const QByteArray& line : python.readAllStandardOutput().trimmed().split('\n'))
            vector[line.split(' ').first()] = line.split(' ').last();

        const Sha256Digest genesis = genesisHash(3, {{"id", "00112233445566778899aabbccddeeff"},
                                                     {"payloads", "full"},
                                                     {"source_kind", "live"},
                                                     {"source_name", "Zoë"},
                                                     {"started_mono_ns", "42"},
                                                     {"started_wall_ns", "1764015300123456789"},
                                                     {"tool_version", "test"}});
        // Fixed as well, so that a change of the format on both sides is noticed.
        QCOMPARE(toHex(genesis), "fec04a6e60a0b6116533271c99894b2b631309d93182dc4a57e9c4dbf932ec5c");
        QCOMPARE(vector["genesis"], toHex(genesis));
        EntryHasher hasher(genesis);
        const Sha256Digest first = hasher.event(
            genesis,
            {1, {7, 1'764'015'300'000'000'001}, 1, 2, 1, "connected", "ws://127.0.0.1/stream", R"({"attempt":1})"});
        QCOMPARE(toHex(first), vector["event"]);

        FrameSpec spec;
        spec.payload = R"({"type":"interaction.update"})";
        spec.findings = {
            {FindingId::SchemaRequired, Severity::Error, 0, {1, 4}, "/routing", "/required", "number", "\"x\""}};
        FrameSpec hidden;
        hidden.payload = "***";
        const auto batch = makeBatch({spec, hidden}, 1, 2);
        FrameHead& head = batch->heads[0];
        head = {1, 1000, 1'764'015'300'000'001'000, -5, 29, 0, 29, 9, 0, {1, 2}, {3, 4}, head.type, 1, 5, 6};
        head.verdict = Verdict::Refused;
        head.checksum = ChecksumState::Verified;
        head.flags = FrameFlag::PayloadKept | FrameFlag::Decoded | FrameFlag::JsonPayload;
        FrameHead& masked = batch->heads[1];
        masked = {2, 2000, 1'764'015'300'000'002'000, 0, 100, 29, 3, 0, 1, {}, {}, 0, 0, 0, 1};
        masked.opcode = Opcode::Text;
        masked.direction = Direction::Out;
        batch->digests[1] = Sha256::digest("secret");
        masked.flags = FrameFlag::PayloadKept | FrameFlag::Masked;
        head.opcode = Opcode::Text;
        const Sha256Digest second = hasher.frame(first, *batch, 0, "interaction.update");
        QCOMPARE(toHex(second), vector["frame"]);
        const Sha256Digest third = hasher.frame(second, *batch, 1, "");
        QCOMPARE(toHex(third), vector["masked"]);

        Checkpoint checkpoint{1, CheckpointReason::Start, 3, third, {11, 1'764'015'300'000'000'009}, {}, {}, {}, {}};
        QByteArray key;
        for (int i = 0; i < 32; ++i)
            key += char(i);
        std::copy_n(key.begin(), checkpoint.boot.size(), checkpoint.boot.begin());
        checkpoint.keyId = Sha256::digest(key);
        QCOMPARE(toHex(citationOf(checkpoint, genesis)), vector["checkpoint"]);
    }

    void soundLogVerifies()
    {
        const QString path = makeLog("a0");
        const ChainReport report = verified(path, ownAnchor("a0"));
        QCOMPARE(lineOf(report), "none 0 0");
        QCOMPARE(report.frames, 7u * 18);
        QCOMPARE(report.events, 2u + 7 * 3);
        QCOMPARE(report.checkpoints, 1u + 7 + 1);
        QCOMPARE(report.provenSeq, report.lastSeq);
        QVERIFY(report.isEnded && report.isKeyExpected);
        QCOMPARE(report.anchorsMet, 1u);
        const auto head = readAuditHead(path);
        QVERIFY(head && head->hash == report.head && head->seq == report.lastSeq && head->checkpoint == 9);
        QCOMPARE(otherVerdicts(path.toUtf8() + '\n'), QList<QByteArray>{"none 0 0"});
    }

    void checkpointComesWithThousandEntries()
    {
        const QString path = newPath();
        auto writer = writerOf(path, "a1");
        for (quint64 number = 1; number < 20'000; number += 500)
            writer->append(variedBatch(number, 500, unsigned(number)));
        QTRY_VERIFY(writer->status().durableSeq == 20'002);
        // As it stands, while it is still being written: nearly all of it is signed.
        const ChainReport running = verified(path);
        QCOMPARE(lineOf(running), "none 0 0");
        QVERIFY(!running.isEnded && running.lastSeq == 20'002 &&
                running.lastSeq - running.provenSeq < checkpointEntries);
        QVERIFY(running.checkpoints >= 2);
        QVERIFY(writer->close());
        QCOMPARE(lineOf(verified(path, ownAnchor("a1"))), "none 0 0");
    }

    void checkpointIsDueByNumberAndByTime()
    {
        ChainKeeper::Position at;
        at.seq = 5;
        at.last = Checkpoint{};
        at.last->seq = 5;
        constexpr qint64 minuteNs = 60'000'000'000;
        ChainKeeper chain(at, AnchorBook(), {});
        EventEntry entry;
        for (entry.seq = 6; entry.seq < 5 + checkpointEntries; ++entry.seq) {
            chain.add(entry);
            QVERIFY(!chain.isDue(minuteNs)); // there is no key
        }
        chain.useKey(m_key);
        QVERIFY(!chain.isDue(minuteNs - 1));
        QVERIFY(chain.isDue(minuteNs));
        chain.add(entry);
        QVERIFY(chain.isDue(0));
        ChainKeeper idle(at, AnchorBook(), {});
        idle.useKey(m_key);
        QVERIFY(!idle.isDue(100 * minuteNs)); // nothing new to sign
    }

    void everyMutationIsNamed()
    {
        HonestLogs logs{ForgedSession::read(makeLog("b0")), ForgedSession::read(makeLog("b1")), m_key->publicKey()};
        const QString honest = newPath();
        logs.log.write(honest); // taken apart and put together again it is the same log
        QCOMPARE(lineOf(verified(honest, ownAnchor("b0"))), "none 0 0");

        const QString pem = m_folder.filePath(QStringLiteral("key.pem"));
        QFile keyFile(pem);
        QVERIFY(keyFile.open(QIODevice::WriteOnly) && keyFile.write(m_key->publicKey().pem()) > 0);
        keyFile.close();
        const int count = pieces(mutationKinds() * 10, 10'150);
        const int asked = pieces(mutationKinds() * 3, 10'150); // of those the other verifier is asked too
        std::mt19937 random(20261128);
        std::vector<Asked> batch;
        int harmless = 0;
        for (int i = 0; i < count; ++i) {
            const QString path = m_folder.filePath(QStringLiteral("mutated%1").arg(i % batchOfTheOther));
            const Mutation mutation = mutate(logs, i % mutationKinds(), random, path);
            const ChainReport report = verified(path, mutation.expectation);
            const QString context = QStringLiteral("%1 (%2): %3, expected at %4 checkpoint %5")
                                        .arg(i)
                                        .arg(mutation.name, QString::fromLatin1(lineOf(report)))
                                        .arg(mutation.firstBadSeq)
                                        .arg(mutation.badCheckpoint);
            QVERIFY2(std::count(mutation.faults.begin(), mutation.faults.end(), report.fault) == 1,
                     qPrintable(context));
            harmless += report.isSound() ? 1 : 0;
            QVERIFY2(report.isSound() ||
                         (report.firstBadSeq == mutation.firstBadSeq && report.badCheckpoint == mutation.badCheckpoint),
                     qPrintable(context));
            if (i < asked)
                batch.push_back({path.toUtf8() + '\t' + (mutation.anchor.isEmpty() ? "-" : mutation.anchor) + "\t0" +
                                     (mutation.expectsKey ? '\t' + pem.toUtf8() : QByteArray()),
                                 lineOf(report), context});
            if (batch.size() == batchOfTheOther || i + 1 == asked || i + 1 == count) { // before files are written anew
                QVERIFY2(disagreement(batch).isEmpty(), qPrintable(disagreement(batch)));
                batch.clear();
            }
        }
        // A bit of a packed column that means nothing to zstd: what is stored is the same.
        QVERIFY2(harmless * 100 < count, qPrintable(QString::number(harmless)));
    }

    void filesOfTheFormatBeforeVerify()
    {
        // Format 3, with masked payloads in a column of the blocks; a copy, since a reader may not change the tree.
        const QString path = newPath();
        QVERIFY(QFile::copy(QStringLiteral(FRAMESCOPE_SOURCE_DIR "/tests/data/sessions/format3.framescope"), path));
        const ChainReport report = verified(path);
        QCOMPARE(lineOf(report), "none 0 0");
        QVERIFY(report.frames == 60 && report.isEnded);
        const auto reader = SessionReader::open(path);
        QVERIFY(reader && (*reader)->info().formatVersion == 3);
        const auto block = (*reader)->blockOfFrame(60);
        QVERIFY(block && !(*block)->payloadOf((*block)->size() - 1).isEmpty());
        QByteArray lines = path.toUtf8() + '\n';
        const QString robbed = newPath();
        QVERIFY(QFile::copy(path, robbed) && QFile::setPermissions(robbed, QFile::ReadOwner | QFile::WriteOwner));
        executeOn(robbed, "DROP TRIGGER block_no_update; UPDATE block SET payload=NULL WHERE first_frame=1");
        QVERIFY(verified(robbed).fault == ChainFault::PayloadMissing);
        lines += robbed.toUtf8() + '\n';
        QCOMPARE(otherVerdicts(lines), (QList<QByteArray>{"none 0 0", lineOf(verified(robbed))}));
    }

    void olderCopyIsNoticed()
    {
        const QString path = makeLog("c0");
        const QString copy = newPath();
        QVERIFY(QFile::copy(path, copy));
        const quint64 before = verified(path).lastSeq;
        const auto seq = appendEventToFinishedSession(path, exportedEvent(), {m_key, anchorFolder()});
        QVERIFY2(seq, seq ? "" : qPrintable(seq.error().detail));
        QCOMPARE(lineOf(verified(path, ownAnchor("c0"))), "none 0 0");
        QVERIFY(verified(path, ownAnchor("c0")).isEnded);
        QCOMPARE(lineOf(verified(copy)), "none 0 0"); // by itself it is sound
        QCOMPARE(lineOf(verified(copy, ownAnchor("c0"))), "tail-missing " + QByteArray::number(before + 1) + " 0");
    }

    void anchorThatCannotBeKeptIsSaid()
    {
        QFile file(m_folder.filePath(QStringLiteral("no-folder")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        SessionInfo info = sessionInfo();
        info.sessionId = "f1";
        const QString path = newPath();
        auto writer = SessionWriter::create(path, info, file.fileName());
        QVERIFY(writer);
        (void)(*writer)->useSigningKey(m_key, QStringLiteral("a test"));
        QVERIFY((*writer)->close()); // the recording is whole
        QVERIFY((*writer)->status().anchorError.has_value());
        QCOMPARE((*writer)->status().anchorError->place, file.fileName());
        QCOMPARE(lineOf(verified(path)), "none 0 0");
    }

    void nobodyAddsToASignedLogWithoutItsKey()
    {
        const QString path = makeLog("d0");
        const auto stranger = std::make_shared<const SigningKey>(*SigningKey::generate());
        QVERIFY(appendEventToFinishedSession(path, exportedEvent()).error().code == ErrorCode::Refused);
        QVERIFY(appendEventToFinishedSession(path, exportedEvent(), {stranger, {}}).error().code == ErrorCode::Refused);
        QCOMPARE(lineOf(verified(path, ownAnchor("d0"))), "none 0 0");
    }

    void wallClockMayGoWhereItWants()
    {
        QByteArray lines;
        for (int i = 0; i < pieces(5, 1'000); ++i) {
            std::mt19937 random{unsigned(i)};
            const QString path = newPath();
            auto writer = writerOf(path, "e" + QByteArray::number(i));
            quint64 number = 1;
            for (unsigned n = 0; n < 1 + random() % 6; ++n) {
                const auto batch = variedBatch(number, int(1 + random() % 30), unsigned(random()));
                for (FrameHead& head : batch->heads)
                    head.wallNs -= qint64(random() % 2) * 3'600'000'000'000; // an hour back and forth
                number += batch->size();
                writer->append(batch);
                AuditEvent event = random() % 3 ? connectedEvent() : exportedEvent();
                event.at.wallNs -= qint64(random() % 2) * 3'600'000'000'000;
                (void)writer->append(event);
            }
            QVERIFY(writer->close());
            QCOMPARE(lineOf(verified(path, ownAnchor("e" + QByteArray::number(i)))), "none 0 0");
            lines += path.toUtf8() + '\n';
        }
        for (const QByteArray& verdict : otherVerdicts(lines))
            QCOMPARE(verdict, "none 0 0");
    }

    void keyWithoutFileOfItsOwnIsToldApart()
    {
        const Secret pem = m_key->pem();
        const auto again = SigningKey::fromPem(pem);
        QVERIFY(again && again->publicKey() == m_key->publicKey());
        const auto fromSeed = SigningKey::fromSeed(m_key->seed());
        QVERIFY(fromSeed && fromSeed->publicKey() == m_key->publicKey());
        const auto known = PublicKey::fromPem(m_key->publicKey().pem());
        QVERIFY(known && *known == m_key->publicKey());
        QVERIFY(!PublicKey::fromPem("-----BEGIN PUBLIC KEY-----\nnone\n-----END PUBLIC KEY-----\n"));
        QVERIFY(!SigningKey::fromPem(Secret("none")));
        const auto signature = m_key->sign("message");
        QVERIFY(signature && known->verifies("message", *signature) && !known->verifies("massage", *signature));
    }
};

QTEST_GUILESS_MAIN(TestAuditChain)
#include "tst_auditchain.moc"
