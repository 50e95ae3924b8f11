#include "core/store/blockcodec.h"
#include "core/store/sessionlock.h"
#include "core/store/sessionverify.h"
#include "tests/core/store/storefixture.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <thread>

using namespace framescope;
using namespace framescope::test;

namespace {

/// @p batch with the payloads of its text frames first, as the receiver leaves them.
FrameBatch textsFirst(const FrameBatch& batch)
{
    FrameBatch apart = batch;
    apart.payload.clear();
    for (const Opcode kind : {Opcode::Text, Opcode::Binary}) {
        for (std::size_t i = 0; i < batch.size(); ++i) {
            if (batch.heads[i].opcode != kind)
                continue;
            const QByteArrayView bytes = batch.payloadOf(i);
            apart.heads[i].payloadOffset = quint32(apart.payload.size());
            apart.payload.insert(apart.payload.end(), bytes.begin(), bytes.end());
        }
    }
    return apart;
}

} // namespace

class TestSessionFile : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    int m_files = 0;

    QString newPath() { return m_folder.filePath(QStringLiteral("s%1.framescope").arg(++m_files)); }

    /// Opens a writer; the test fails when that does.
    std::unique_ptr<SessionWriter> writerOf(const QString& path, const SessionInfo& info = sessionInfo())
    {
        auto writer = SessionWriter::create(path, info);
        if (!writer)
            qFatal("%s", qPrintable(writer.error().detail));
        return std::move(*writer);
    }

    static std::unique_ptr<SessionReader> readerOf(const QString& path)
    {
        auto reader = SessionReader::open(path);
        if (!reader)
            qFatal("%s", qPrintable(reader.error().detail + reader.error().place));
        return std::move(*reader);
    }

private Q_SLOTS:
    void framesComeBackFieldByField()
    {
        const QString path = newPath();
        auto writer = writerOf(path);
        std::vector<std::shared_ptr<FrameBatch>> written;
        quint64 number = 1;
        for (unsigned i = 0; i < 40; ++i) {
            written.push_back(variedBatch(number, int(1 + i * 7), i));
            number += written.back()->size();
            writer->append(written.back());
        }
        QVERIFY(writer->close());
        QCOMPARE(writer->status().framesDropped, 0u);
        QCOMPARE(writer->status().durableSeq, number - 1);

        auto reader = readerOf(path);
        const auto blocks = readBlocks(*reader);
        QVERIFY(blocks);
        std::size_t block = 0;
        std::size_t j = 0;
        for (const auto& batch : written) {
            for (std::size_t i = 0; i < batch->size(); ++i) {
                QCOMPARE(difference(*batch, i, *(*blocks)[block], j), QString());
                if (++j == (*blocks)[block]->size()) {
                    ++block;
                    j = 0;
                }
            }
        }
        QCOMPARE(block, blocks->size()); // and nothing more
        QCOMPARE(reader->extent()->frames, number - 1);
        QCOMPARE(reader->extent()->lastSeq, number - 1);
    }

    void filesOfTheFirstFormatAreRead()
    {
        // Written by version 0.1.0; a copy, since a reader may not change what is in the tree.
        const QString path = newPath();
        QVERIFY(QFile::copy(QStringLiteral(FRAMESCOPE_SOURCE_DIR "/tests/data/sessions/format1.framescope"), path));
        auto reader = readerOf(path);
        const auto blocks = readBlocks(*reader);
        QVERIFY(blocks);
        QCOMPARE(blocks->size(), 10u);
        quint64 number = 0;
        for (const FrameBatchPtr& block : *blocks) {
            for (std::size_t i = 0; i < block->size(); ++i) {
                QCOMPARE(block->heads[i].number, ++number);
                QCOMPARE(block->heads[i].eventWallNs, 0);
                QVERIFY(block->heads[i].wallNs > reader->info().startedWallNs);
                QVERIFY(!block->payloadOf(i).isEmpty());
                QVERIFY(!block->typeNameOf(i).isEmpty());
            }
        }
        QCOMPARE(number, 10u);
    }

    void infoComesBackWithTheEndTime()
    {
        const QString path = newPath();
        const SessionInfo info = sessionInfo();
        auto writer = writerOf(path, info);
        QCOMPARE(readerOf(path)->info().endedWallNs, 0);
        QVERIFY(writer->close());
        const SessionInfo read = readerOf(path)->info();
        QCOMPARE(read.sessionId, info.sessionId);
        QCOMPARE(read.toolVersion, info.toolVersion);
        QCOMPARE(read.sourceKind, info.sourceKind);
        QCOMPARE(read.sourceName, info.sourceName);
        QCOMPARE(read.startedWallNs, info.startedWallNs);
        QCOMPARE(read.startedMonoNs, info.startedMonoNs);
        QVERIFY(read.endedWallNs > info.startedWallNs);
        QVERIFY(read.payloads == PayloadPolicy::Full);
    }

    void eventsSealBlocksAndKeepTheOrder()
    {
        const QString path = newPath();
        auto writer = writerOf(path);
        QCOMPARE(writer->append(connectedEvent()), 1u);
        writer->append(variedBatch(1, 10, 1));
        writer->append(variedBatch(11, 5, 2));
        QCOMPARE(writer->append(connectedEvent(QStringLiteral("second"))), 17u);
        writer->append(variedBatch(16, 3, 3));
        QCOMPARE(writer->append(connectedEvent(QStringLiteral("third"))), 21u);
        QVERIFY(writer->close());
        QCOMPARE(writer->status().durableSeq, 21u);

        auto reader = readerOf(path);
        const auto blocks = readBlocks(*reader);
        QVERIFY(blocks);
        QCOMPARE(blocks->size(), 2u);
        QCOMPARE((*blocks)[0]->firstAuditSeq, 2u);
        QCOMPARE((*blocks)[0]->size(), 15u);
        QCOMPARE((*blocks)[1]->firstAuditSeq, 18u);
        QCOMPARE((*blocks)[1]->firstNumber(), 16u);
        const auto events = reader->events(1, 100, 100);
        QVERIFY(events);
        QCOMPARE(events->size(), 3u);
        QCOMPARE(reader->eventCount().value(), 3u);
        QCOMPARE((*events)[1].seq, 17u);
        QCOMPARE((*events)[1].object, "second");
        QCOMPARE((*events)[1].detail, R"({"attempt":1})");
        QCOMPARE((*events)[1].action, AuditAction::Connected);
        QCOMPARE((*events)[1].connection, 2);
        QCOMPARE((*events)[1].attempt, 1);
        QVERIFY((*events)[1].at.wallNs > 0 && (*events)[1].at.monoNs > 0);
        QCOMPARE(reader->events(2, 20, 100)->size(), 1u);
        QCOMPARE(reader->events(1, 100, 2)->size(), 2u);
        QCOMPARE(reader->extent()->lastSeq, 21u);
    }

    void aHoleInTheSequenceEndsABlock()
    {
        const QString path = newPath();
        auto writer = writerOf(path);
        writer->consumeBatch(makeBatch(std::vector<FrameSpec>(10), 1, 1));
        writer->consumeBatch(makeBatch(std::vector<FrameSpec>(10), 11, 21)); // numbered elsewhere, 11 to 20 are missing
        writer->consumeBatch(makeBatch(std::vector<FrameSpec>(10), 31, 31)); // and here frames are
        QVERIFY(writer->close());
        auto reader = readerOf(path);
        const auto blocks = readBlocks(*reader);
        QVERIFY(blocks);
        QCOMPARE(blocks->size(), 3u);
        QCOMPARE((*blocks)[1]->firstAuditSeq, 21u);
        QCOMPARE((*blocks)[2]->firstNumber(), 31u);
    }

    void everySequenceNumberIsAFrameOrAnEvent()
    {
        const QString path = newPath();
        auto writer = writerOf(path);
        // Events from other threads, batches from this one: one order without holes.
        std::atomic<bool> stop{false};
        std::vector<std::thread> threads;
        for (int t = 0; t < 2; ++t) {
            threads.emplace_back([&] {
                for (int i = 0; i < 50 && !stop; ++i) {
                    (void)writer->append(connectedEvent());
                    std::this_thread::yield();
                }
            });
        }
        for (quint64 number = 1; number <= 2000; number += 20)
            writer->append(variedBatch(number, 20, unsigned(number)));
        stop = true;
        for (std::thread& thread : threads)
            thread.join();
        const quint64 last = writer->status().queuedSeq;
        QVERIFY(writer->close());

        auto reader = readerOf(path);
        QCOMPARE(reader->extent()->lastSeq, last);
        QCOMPARE(reader->extent()->frames, 2000u);
        const auto events = reader->events(1, last, 1'000'000);
        const auto blocks = readBlocks(*reader);
        QVERIFY(events && blocks);
        std::vector<int> seen(std::size_t(last) + 1, 0);
        for (const AuditEvent& event : *events)
            ++seen[std::size_t(event.seq)];
        quint64 number = 1;
        for (const FrameBatchPtr& block : *blocks) {
            for (std::size_t i = 0; i < block->size(); ++i) {
                ++seen[std::size_t(block->firstAuditSeq + i)];
                QCOMPARE(block->heads[i].number, number++);
            }
        }
        for (std::size_t seq = 1; seq < seen.size(); ++seq)
            QCOMPARE(seen[seq], 1);
        for (const AuditEvent& event : *events) {
            const auto none = reader->blockOfSeq(event.seq);
            QVERIFY(none && !*none);
        }
    }

    void findsBlocksByKey()
    {
        const QString path = newPath();
        auto writer = writerOf(path);
        writer->append(variedBatch(1, 10, 1));
        (void)writer->append(connectedEvent());
        writer->append(variedBatch(11, 10, 2));
        QVERIFY(writer->close());
        auto reader = readerOf(path);
        QCOMPARE((*reader->blockOfFrame(1))->firstNumber(), 1u);
        QCOMPARE((*reader->blockOfFrame(10))->firstNumber(), 1u);
        QCOMPARE((*reader->blockOfFrame(11))->firstNumber(), 11u);
        for (const quint64 missing : {quint64(0), quint64(21), std::numeric_limits<quint64>::max()})
            QVERIFY(reader->blockOfFrame(missing).error().code == ErrorCode::NotFound);
        QCOMPARE((*reader->nextBlock(0))->firstNumber(), 1u);
        QCOMPARE((*reader->nextBlock(20))->firstNumber(), 11u);
        QVERIFY(!*reader->nextBlock(21));
        QCOMPARE((*reader->blockOfSeq(10))->firstNumber(), 1u);
        QVERIFY(!*reader->blockOfSeq(11)); // the event
        QCOMPARE((*reader->blockOfSeq(12))->firstNumber(), 11u);
        QVERIFY(reader->blockOfSeq(22).error().code == ErrorCode::NotFound);
        QVERIFY(reader->blockOfSeq(0).error().code == ErrorCode::NotFound);
    }

    void sealsAtItsLimits()
    {
        const QString path = newPath();
        auto writer = writerOf(path);
        writer->append(makeBatch(std::vector<FrameSpec>(5000)));
        FrameSpec large;
        large.payload = QByteArray(700 * 1024, 'x');
        FrameSpec huge;
        huge.payload = QByteArray(3 * 1024 * 1024, 'y');
        writer->append(makeBatch({large, large, huge, large}, 5001));
        QVERIFY(writer->close());
        auto reader = readerOf(path);
        const auto blocks = readBlocks(*reader);
        QVERIFY(blocks);
        for (const FrameBatchPtr& block : *blocks) {
            QVERIFY(block->size() <= BlockLimit::sealFrames);
            QVERIFY(block->payload.size() <= BlockLimit::sealBytes || block->size() == 1);
        }
        const auto block = reader->blockOfFrame(5003);
        QCOMPARE((*block)->size(), 1u);
        QCOMPARE((*block)->payloadOf(0), QByteArrayView(huge.payload));
    }

    void digestOnlyKeepsNoPayload()
    {
        const QString path = newPath();
        SessionInfo info = sessionInfo();
        info.payloads = PayloadPolicy::DigestOnly;
        auto writer = writerOf(path, info);
        const auto batch = makeBatch(std::vector<FrameSpec>(20));
        writer->append(batch);
        QVERIFY(writer->close());
        auto reader = readerOf(path);
        QVERIFY(reader->info().payloads == PayloadPolicy::DigestOnly);
        const auto block = reader->blockOfFrame(7);
        QCOMPARE((*block)->payload.size(), 0u);
        QCOMPARE((*block)->heads[6].sizeBytes, batch->heads[6].sizeBytes);
        QVERIFY(!((*block)->heads[6].flags & FrameFlag::PayloadKept));
        QCOMPARE((*block)->digests[6], batch->digests[6]);
    }

    void typesAreNamedWhateverListTheyCameFrom()
    {
        const QString path = newPath();
        auto writer = writerOf(path);
        FrameSpec other;
        other.type = "telephony.media";
        const auto first = makeBatch({FrameSpec(), other});
        const auto second = makeBatch({other, FrameSpec()}, 3); // the same ids mean other names here
        writer->append(first);
        writer->append(second);
        QVERIFY(writer->close());
        auto reader = readerOf(path);
        const auto block = reader->blockOfFrame(1);
        QCOMPARE((*block)->size(), 4u);
        QCOMPARE((*block)->typeNameOf(2), QByteArrayView("telephony.media"));
        QCOMPARE((*block)->typeNameOf(3), QByteArrayView("interaction.update"));
    }

    void payloadsOfTextAndBinaryFramesArePackedApart()
    {
        const auto batch = variedBatch(1, 60, 3); // in the order of its frames: what earlier formats have
        const FrameBatch apart = textsFirst(*batch);
        std::size_t textBytes = 0;
        for (const FrameHead& head : batch->heads)
            textBytes += head.opcode == Opcode::Text ? head.payloadBytes : 0;
        BlockEncoder encoder;
        BlockDecoder decoder;
        for (const FrameBatch* block : {static_cast<const FrameBatch*>(batch.get()), &apart}) {
            const auto row = encoder.encode(*block);
            QVERIFY(row);
            const std::size_t firstOfTwo =
                ZSTD_getFrameContentSize(row->payload.data(), std::size_t(row->payload.size()));
            QCOMPARE(firstOfTwo, block == batch.get() ? batch->payload.size() : textBytes);
            const auto read = decoder.decode(*row);
            QVERIFY2(read, qPrintable(read ? QString() : read.error().detail));
            for (std::size_t i = 0; i < batch->size(); ++i)
                QCOMPARE((*read)->payloadOf(i), batch->payloadOf(i));
            BlockRow cut = *row;
            cut.payload.chop(1);
            QCOMPARE(decoder.decode(cut).error().place, QStringLiteral("payload"));
        }
    }

    void aBatchAsLargeAsABlockIsWrittenAsItIs_data()
    {
        QTest::addColumn<bool>("areTextsFirst");
        QTest::addColumn<int>("findingBytes");
        QTest::addColumn<bool>("isWrittenAsItIs");
        QTest::newRow("texts first") << true << 0 << true;
        QTest::newRow("with findings") << true << 60 << true;
        QTest::newRow("in the order of its frames") << false << 0 << false;
        QTest::newRow("with a finding that is cut") << true << int(BlockLimit::findingTextBytes) + 1 << false;
    }

    void aBatchAsLargeAsABlockIsWrittenAsItIs()
    {
        QFETCH(bool, areTextsFirst);
        QFETCH(int, findingBytes);
        QFETCH(bool, isWrittenAsItIs);
        std::vector<FrameSpec> specs;
        for (int i = 0; i < 700; ++i) { // nearly as large
            FrameSpec spec;
            spec.opcode = i % 5 == 0 ? Opcode::Binary : Opcode::Text; // the first one too
            spec.type = i % 5 == 0 ? "telephony.media" : "type." + QByteArray::number(i % 3);
            spec.payload = QByteArray::number(i).repeated(i == 77 ? 0 : 480);
            if (findingBytes > 0 && i % 100 == 7)
                spec.findings.push_back({FindingId::SchemaType,
                                         Severity::Warning,
                                         0,
                                         {1, 2},
                                         "/a",
                                         "/b",
                                         "number",
                                         QByteArray(findingBytes, 'x')});
            specs.push_back(spec);
        }
        const auto before = makeBatch({FrameSpec()});
        const auto inOrder = makeBatch(specs, 2);
        QVERIFY(inOrder->payload.size() > BlockLimit::sealBytes / 8 * 7);
        const auto large = std::make_shared<FrameBatch>(areTextsFirst ? textsFirst(*inOrder) : *inOrder);
        const auto behind = makeBatch({FrameSpec(), FrameSpec()}, 702); // the same ids mean other names here
        const QString path = newPath();
        auto writer = writerOf(path);
        writer->append(before);
        writer->append(large);
        writer->append(behind);
        QVERIFY(writer->close());
        QCOMPARE(writer->status().framesDropped, 0u);

        auto reader = readerOf(path);
        const auto block = reader->blockOfFrame(300);
        QVERIFY(block);
        QCOMPARE((*block)->firstNumber() == 2 && (*block)->lastNumber() == 701, isWrittenAsItIs);
        FrameBatch expected = *inOrder;
        expected.firstAuditSeq = large->firstAuditSeq; // which the writer gave
        for (Finding& finding : expected.findings)
            finding.actual.truncate(qsizetype(BlockLimit::findingTextBytes));
        const auto blocks = readBlocks(*reader);
        QVERIFY(blocks);
        quint64 number = 1;
        for (const FrameBatchPtr& read : *blocks) {
            for (std::size_t i = 0; i < read->size(); ++i, ++number) {
                const FrameBatch& original = number == 1 ? *before : number < 702 ? expected : *behind;
                QCOMPARE(difference(*read, i, original, std::size_t(number - original.firstNumber())), QString());
            }
        }
        QCOMPARE(number, 704u);
        const auto report = verifySession(path);
        QVERIFY(report);
        QVERIFY(report->fault == ChainFault::NotSigned); // all fits; this test has no key
        QCOMPARE(report->lastSeq, 703u);
    }

    void readsWhileWriting()
    {
        const QString path = newPath();
        auto writer = writerOf(path);
        auto reader = readerOf(path);
        QCOMPARE(reader->extent()->frames, 0u);
        QVERIFY(!*reader->nextBlock(1));
        quint64 number = 1;
        quint64 seen = 0;
        for (int round = 0; round < 5; ++round) {
            for (int i = 0; i < 20; ++i, number += 50)
                writer->append(variedBatch(number, 50, unsigned(number)));
            // Committed without being asked, and what extent() says can be read at once.
            QTRY_COMPARE(reader->extent()->frames, number - 1);
            while (seen < number - 1) {
                const auto block = reader->nextBlock(seen + 1);
                QVERIFY(block && *block);
                QCOMPARE((*block)->firstNumber(), seen + 1);
                seen = (*block)->lastNumber();
            }
        }
        const WriterStatus status = writer->status();
        QCOMPARE(status.durableSeq, number - 1);
        QVERIFY(status.fileBytes > 0);
        QVERIFY(status.durableMaxNs >= status.durableP50Ns && status.durableP50Ns > 0);
        QVERIFY(writer->close());
        QCOMPARE(reader->extent()->frames, number - 1);
    }

    void closeLeavesOneFileAlsoBesideAReader()
    {
        const QString path = newPath();
        auto writer = writerOf(path);
        auto reader = readerOf(path);
        writer->append(variedBatch(1, 100, 1));
        QVERIFY(writer->close());
        QVERIFY(writer->close()); // idempotent
        QCOMPARE(reader->extent()->frames, 100u);
        for (const char* suffix : {"-wal", "-shm", "-journal", ".lock"})
            QVERIFY2(!QFile::exists(path + QLatin1String(suffix)), suffix);
        QCOMPARE(writer->status().fileBytes, QFileInfo(path).size());
    }

    void fileAndNewFoldersAreForTheOwnerOnly()
    {
        const QString path = m_folder.filePath(QStringLiteral("new/deeper/s.framescope"));
        auto writer = writerOf(path);
        const auto owner = QFileDevice::ReadOwner | QFileDevice::WriteOwner;
        const auto rightsOf = [](const QString& file) {
            constexpr auto all = QFileDevice::Permissions(0x7077); // without the "user" bits, which repeat the owner's
            return QFileInfo(file).permissions() & all;
        };
        QCOMPARE(rightsOf(path), owner);
        QCOMPARE(rightsOf(path + QStringLiteral("-wal")), owner);
        QCOMPARE(rightsOf(m_folder.filePath(QStringLiteral("new/deeper"))), owner | QFileDevice::ExeOwner);
        QCOMPARE(rightsOf(m_folder.filePath(QStringLiteral("new"))), owner | QFileDevice::ExeOwner);
        QVERIFY(writer->close());
    }

    void secondWriterIsBusyAndAnExistingFileIsKept()
    {
        const QString path = newPath();
        auto writer = writerOf(path);
        const auto second = SessionWriter::create(path, sessionInfo());
        QVERIFY(!second);
        QVERIFY(second.error().code == ErrorCode::Busy);
        writer->append(variedBatch(1, 10, 1));
        QVERIFY(writer->close());
        const auto third = SessionWriter::create(path, sessionInfo());
        QVERIFY(!third);
        QVERIFY(third.error().code == ErrorCode::Storage);
        QCOMPARE(readerOf(path)->extent()->frames, 10u);
    }

    /// As the window looks through all sessions, while one of them is continued or recovered.
    void whoLooksWhetherASessionIsWrittenIsNoWriter()
    {
        const QString path = newPath();
        std::atomic<bool> isOver{false};
        std::vector<std::thread> onlookers;
        for (int i = 0; i < 3; ++i)
            onlookers.emplace_back([&] {
                while (!isOver)
                    (void)SessionLock::isHeld(path);
            });
        int refused = 0;
        for (int i = 0; i < 3000; ++i) {
            QFile leftByAKilledProgram(path + QStringLiteral(".lock"));
            if (!leftByAKilledProgram.open(QIODevice::WriteOnly))
                qFatal("no lock file");
            if (!SessionLock::acquire(path))
                ++refused;
        }
        isOver = true;
        for (std::thread& onlooker : onlookers)
            onlooker.join();
        QCOMPARE(refused, 0);
    }

    void appendAfterCloseIsCountedAsDropped()
    {
        auto writer = writerOf(newPath());
        QVERIFY(writer->close());
        writer->append(variedBatch(1, 10, 1));
        QCOMPARE(writer->status().framesDropped, 10u);
    }

    void fullQueueHoldsTheWriterBackAndLosesNothing()
    {
        const QString path = newPath();
        auto writer = writerOf(path);
        FrameSpec spec;
        spec.payload = QByteArray(256 * 1024, 'x');
        std::vector<FrameSpec> specs(64, spec); // 16 MiB a batch
        quint64 number = 1;
        for (int i = 0; i < 4; ++i, number += specs.size())
            writer->append(makeBatch(specs, number));
        QVERIFY(writer->status().queueHighWater <= SessionWriter::queueCapacityBytes);
        QVERIFY(writer->close());
        QCOMPARE(readerOf(path)->extent()->frames, number - 1);
    }
};

QTEST_GUILESS_MAIN(TestSessionFile)
#include "tst_sessionfile.moc"
