/// The frames of a session as rows, over a real session file: cache, filter, pause and row map, each watched by Qt's
/// own model tester.
#include "core/store/sessionwriter.h"
#include "tests/support/sessionmaker.h"
#include "ui/frames/findingsearch.h"
#include "ui/frames/framecache.h"
#include "ui/frames/framerowmap.h"
#include "ui/frames/frametablemodel.h"
#include "ui/frames/markbook.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace framescope;

namespace {

constexpr int storedFrames = 2'000;

FrameFilter filterOf(const char* expression)
{
    return *FrameFilter::parse(QLatin1String(expression));
}

/// As mixedBatches(), every fourth frame a control message.
std::vector<FrameBatchPtr> withControl(quint64 first, int count)
{
    const auto batch = test::makeBatch(test::mixedFrames(first, count), first, first, qint64(first) * 1'000'000);
    for (FrameHead& head : batch->heads)
        head.flags |= head.number % 4 == 0 ? FrameFlag::Control : quint8(0);
    return {batch};
}

QString cell(const FrameTableModel& model, int row, FrameTableModel::Column column)
{
    return model.index(row, column).data().toString();
}

} // namespace

class TestFrameTableModel : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    QString m_path;

private Q_SLOTS:
    void marksKeepTheirOrderWhenADeliveryIsLost()
    {
        MarkBook book;
        QSignalSpy asked(&book, &MarkBook::recordRequested);
        std::vector<AuditEvent> events;
        connect(&book, &MarkBook::recordRequested, [&events](const std::vector<AuditEvent>& more) {
            events.insert(events.end(), more.begin(), more.end());
        });
        book.toggle({{5, 5}});
        book.toggle({{5, 7}});
        book.toggle({{5, 7}});
        QCOMPARE(events.size(), std::size_t(3)); // marked 5, marked 6 and 7, unmarked
        for (std::size_t i = 0; i < events.size(); ++i)
            events[i].seq = i + 10;
        book.takeEvents({events[1]}); // the first one was recorded before it, though nothing told of it
        QVERIFY(book.marks()->isEmpty());
        book.recordAgain();
        QCOMPARE(asked.count(), 4);
        QCOMPARE(asked[3][0].value<std::vector<AuditEvent>>().size(), std::size_t(1)); // not the first one again
        book.takeEvents({events[2]});
        QVERIFY(book.marks()->isEmpty());
        book.recordAgain();
        QCOMPARE(asked.count(), 4);

        // What the file says already is not waited for.
        book.toggle({{9, 9}});
        events.back().seq = 13;
        auto read = std::make_shared<FrameMarks>();
        read->apply(events.back());
        book.takeRecorded(read);
        book.takeEvents({events.back()});
        book.recordAgain();
        QCOMPARE(asked.count(), 5);
        QVERIFY(book.marks()->isMarked(9));
    }

    void refusesMarksAndCommentsBeyondALimit()
    {
        MarkBook book;
        QSignalSpy asked(&book, &MarkBook::recordRequested);
        QSignalSpy refused(&book, &MarkBook::refused);
        FrameSpans runs;
        for (quint64 i = 1; i <= FrameMarks::spanLimit; ++i)
            runs.push_back({i * 10, i * 10 + 2});
        auto full = std::make_shared<FrameMarks>();
        for (const FrameSpan& run : runs)
            full->apply(markedEvent(run));
        book.takeRecorded(full);
        book.toggle({{10, 12}, {15, 15}, {17, 17}}); // all or nothing: 12 are marked, so that the others would be
        book.toggle({{11, 11}});                     // one run would become two
        QCOMPARE(refused.count(), 2);
        QVERIFY(book.marks()->isMarked(11) && !book.marks()->isMarked(15));
        const QString comment(FrameMarks::commentLimit, QLatin1Char('c'));
        for (int i = 0; i < 5; ++i)
            book.comment(20, comment);
        QCOMPARE(refused.count(), 4);
        QCOMPARE(asked.count(), 3);
        QCOMPARE(book.marks()->commentOf(20).size(), 3 * FrameMarks::commentLimit + 4);
        book.toggle({{20, 22}});
        book.toggle({{15, 15}}); // in the place of what was taken away
        QCOMPARE(refused.count(), 4);
        QVERIFY(book.marks()->isMarked(15));
    }

    void initTestCase()
    {
        m_path = m_folder.filePath(QStringLiteral("stored.framescope"));
        auto writer = SessionWriter::create(m_path, {});
        QVERIFY2(writer, qPrintable(writer ? QString() : writer.error().detail));
        for (int first = 1; first <= storedFrames; first += 100)
            (*writer)->append(
                test::makeBatch(test::mixedFrames(quint64(first), 100), quint64(first), 0, qint64(first) * 1'000'000));
        QVERIFY((*writer)->close());
    }

    void fetchesFramesOfAFileInTheBackground()
    {
        FrameCache cache;
        QSignalSpy loaded(&cache, &FrameCache::loaded);
        cache.open(m_path);
        QTRY_COMPARE(cache.frameCount(), quint64(storedFrames));
        QVERIFY(!cache.find(1'234).batch);
        QVERIFY(loaded.wait());
        const FrameCache::Row row = cache.find(1'234);
        QVERIFY(row.batch);
        QCOMPARE(row.head()->number, quint64(1'234));
        QVERIFY(row.batch->payloadOf(row.index).contains("frame-1234"));
        const quint64 seq = row.batch->firstAuditSeq + row.index;
        QCOMPARE(cache.findBySeq(seq).head()->number, quint64(1'234));
    }

    void showsALongSessionThroughAWindowThatMoves()
    {
        FrameCache cache;
        FrameTableModel model(&cache, nullptr, 400);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const auto arrive = [&](quint64 first, int count) {
            const auto batches = test::mixedBatches(first, count, 100);
            cache.append(batches);
            model.takeArrivals(batches);
        };
        arrive(1, 400);
        QCOMPARE(model.rowCount(), 400);
        arrive(401, 100); // room is made by the oldest
        QVERIFY(model.rowCount() <= 400);
        QCOMPARE(model.numberOfRow(model.rowCount() - 1), quint64(500));
        QCOMPARE(model.hiddenOlder() + quint64(model.rowCount()), quint64(500));
        QVERIFY(!model.showsNumber(1));

        // Somebody reads: rows stay, the window stops growing and says how many came.
        model.setAnchored(true);
        const quint64 top = model.numberOfRow(0);
        arrive(501, 300);
        QCOMPARE(model.numberOfRow(0), top);
        QVERIFY(model.rowCount() <= 400);
        QCOMPARE(model.numberOfRow(model.rowCount() - 1) + model.hiddenNewer(), quint64(800));

        // Any frame is one jump away, and the newest are one more.
        model.ensureShows(1);
        QVERIFY(model.showsNumber(1));
        QCOMPARE(model.numberOfRow(0), quint64(1));
        model.setAnchored(false);
        model.showNewest();
        QCOMPARE(model.numberOfRow(model.rowCount() - 1), quint64(800));
        QCOMPARE(model.hiddenNewer(), quint64(0));
        QCOMPARE(model.frameCount(), quint64(800));
    }

    void opensALongSessionAtItsEnd()
    {
        FrameCache cache;
        cache.open(m_path);
        FrameTableModel model(&cache, nullptr, 400);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setFrameCount(storedFrames);
        QVERIFY(model.rowCount() <= 400);
        QCOMPARE(model.numberOfRow(model.rowCount() - 1), quint64(storedFrames));
        model.setFilter(filterOf("check.status == fail"));
        QTRY_VERIFY(!model.isScanning());
        QCOMPARE(model.rowCount(), storedFrames / 10); // a filter looks at all of the session
        model.setFilter(FrameFilter());
        QCOMPARE(model.numberOfRow(model.rowCount() - 1), quint64(storedFrames));
    }

    void keepsItsMemoryUnderTheCapAndFetchesEvictedFramesAgain()
    {
        constexpr std::size_t capacity = 40'000;
        FrameCache cache(nullptr, capacity);
        cache.open(m_path);
        QTRY_COMPARE(cache.frameCount(), quint64(storedFrames));
        cache.append(test::mixedBatches(1, storedFrames, 100));
        QVERIFY(cache.weightBytes() <= capacity);
        QVERIFY(cache.find(storedFrames).batch);
        QVERIFY(!cache.find(1).batch);
        QTRY_VERIFY(cache.find(1).batch);
        // One stored block may be larger than all of the cap; then it is alone.
        QVERIFY(cache.weightBytes() <= std::max(capacity, cache.find(1).batch->weightBytes()));
    }

    void forgetsAnEarlierSessionWithItsRequests()
    {
        FrameCache cache;
        cache.open(m_path);
        QTRY_COMPARE(cache.frameCount(), quint64(storedFrames));
        QVERIFY(!cache.find(10).batch);
        cache.open({});
        QCOMPARE(cache.frameCount(), quint64(0));
        QSignalSpy loaded(&cache, &FrameCache::loaded);
        QVERIFY(!loaded.wait(100));
        QVERIFY(!cache.find(10).batch);
        QCOMPARE(cache.weightBytes(), std::size_t(0));
    }

    void aFileThatIsNoSessionFailsInWords()
    {
        const QString path = m_folder.filePath(QStringLiteral("no.framescope"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("not a session at all");
        file.close();
        FrameCache cache;
        QSignalSpy failed(&cache, &FrameCache::failed);
        cache.open(path);
        QTRY_COMPARE(failed.count(), 1);
        QVERIFY(!failed[0][0].toString().isEmpty());
    }

    void appendsArrivalsInOneInsertionADrain()
    {
        FrameCache cache;
        FrameTableModel model(&cache);
        const QAbstractItemModelTester tester(&model);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        for (const quint64 first : {1, 301, 601}) {
            const auto batches = test::mixedBatches(first, 300, 7);
            cache.append(batches);
            model.takeArrivals(batches);
        }
        QCOMPARE(model.rowCount(), 900);
        QCOMPARE(inserted.count(), 3);
        QCOMPARE(cell(model, 9, FrameTableModel::Verdict), QStringLiteral("✕ refused"));
        QCOMPARE(cell(model, 4, FrameTableModel::Verdict), QStringLiteral("! 1 warning"));
        QCOMPARE(cell(model, 0, FrameTableModel::Checksum), QStringLiteral("– not declared"));
        QCOMPARE(cell(model, 2, FrameTableModel::Type), QStringLiteral("telephony.media"));
        QCOMPARE(cell(model, 0, FrameTableModel::Delta), QString());              // the first frame has none before it
        QCOMPARE(cell(model, 7, FrameTableModel::Delta), QStringLiteral("1.00")); // across two batches
    }

    void readsARowAsOneSentence()
    {
        FrameCache cache;
        FrameTableModel model(&cache);
        const auto batches = test::mixedBatches(1, 10, 10);
        cache.append(batches);
        model.takeArrivals(batches);
        const QString sentence = model.index(9, 3).data(Qt::AccessibleTextRole).toString();
        QVERIFY2(sentence.startsWith(QStringLiteral("Frame 10 at ")), qPrintable(sentence));
        QVERIFY2(sentence.endsWith(QStringLiteral("bytes, refused")), qPrintable(sentence));
    }

    void saysLoadingUntilAFrameIsHere()
    {
        FrameCache cache;
        FrameTableModel model(&cache);
        const QAbstractItemModelTester tester(&model);
        cache.open(m_path);
        QTRY_COMPARE(cache.frameCount(), quint64(storedFrames));
        model.setFrameCount(storedFrames);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        QCOMPARE(cell(model, 999, FrameTableModel::Type), QStringLiteral("loading …"));
        QVERIFY(model.index(999, 0).data(FrameTableModel::LoadingRole).toBool());
        QTRY_VERIFY(changed.count() > 0);
        QVERIFY(cell(model, 999, FrameTableModel::Preview).contains(QStringLiteral("frame-1000")));
    }

    void filtersAStoredSessionInTheBackground()
    {
        FrameCache cache;
        FrameTableModel model(&cache);
        const QAbstractItemModelTester tester(&model);
        cache.open(m_path);
        QTRY_COMPARE(cache.frameCount(), quint64(storedFrames));
        model.setFrameCount(storedFrames);
        model.setFilter(filterOf("check.status == fail"));
        QCOMPARE(model.rowCount(), storedFrames); // the old rows stay until the first answer
        QTRY_VERIFY(!model.isScanning());
        QCOMPARE(model.rowCount(), storedFrames / 10);
        QCOMPARE(model.numberOfRow(0), quint64(10));
        QCOMPARE(model.numberOfRow(storedFrames / 10 - 1), quint64(storedFrames));
        QCOMPARE(model.rowAtOrAfter(15), 1);
        QVERIFY(!model.showsNumber(15));
        model.setFilter({});
        QCOMPARE(model.rowCount(), storedFrames);
    }

    void judgesLiveFramesOnceAndFindsThoseThatSkippedTheView()
    {
        FrameCache cache;
        FrameTableModel model(&cache);
        const QAbstractItemModelTester tester(&model);
        cache.open(m_path);
        auto batches = test::mixedBatches(1, 500, 50);
        cache.append(batches);
        model.takeArrivals(batches);
        model.setFilter(filterOf("check.status == warn"));
        QTRY_VERIFY(!model.isScanning());
        QCOMPARE(model.rowCount(), 50);
        batches = test::mixedBatches(801, 200, 50); // 501 to 800 never came: the file has them
        cache.append(batches);
        model.takeArrivals(batches);
        QVERIFY(model.isScanning());
        QTRY_VERIFY(!model.isScanning());
        QCOMPARE(model.rowCount(), 100);
        for (int row = 0; row < 100; ++row)
            QCOMPARE(model.numberOfRow(row), quint64(row) * 10 + 5);
    }

    void aNewFilterEndsTheOneBefore()
    {
        FrameCache cache;
        FrameTableModel model(&cache);
        const QAbstractItemModelTester tester(&model);
        const auto batches = test::mixedBatches(1, 1'000, 100);
        cache.append(batches);
        model.takeArrivals(batches);
        for (int i = 0; i < 20; ++i) {
            model.setFilter(filterOf("frame-1"));
            model.setFilter(filterOf("check.status == fail"));
        }
        QTRY_VERIFY(!model.isScanning());
        QCOMPARE(model.rowCount(), 100);
    }

    void aPausedViewFreezesAndCatchesUp()
    {
        FrameCache cache;
        FrameTableModel model(&cache);
        const QAbstractItemModelTester tester(&model);
        auto batches = test::mixedBatches(1, 100, 10);
        cache.append(batches);
        model.takeArrivals(batches);
        model.setPaused(true);
        batches = test::mixedBatches(101, 100, 10);
        cache.append(batches);
        model.takeArrivals(batches);
        QCOMPARE(model.rowCount(), 100);
        QCOMPARE(model.frameCount(), quint64(200));
        model.setPaused(false);
        QCOMPARE(model.rowCount(), 200);
    }

    void capsTheRowMapAndSaysSo()
    {
        FrameCache cache;
        FrameTableModel model(&cache, nullptr, 64);
        const QAbstractItemModelTester tester(&model);
        const auto batches = test::mixedBatches(1, 2'000, 100);
        cache.append(batches);
        model.takeArrivals(batches);
        model.setFilter(filterOf("check.status == fail"));
        QTRY_VERIFY(!model.isScanning());
        QVERIFY(model.isCapped());
        QVERIFY(model.rowCount() <= 64);
        QCOMPARE(model.numberOfRow(model.rowCount() - 1), quint64(2'000)); // the newest stay
        const auto more = test::mixedBatches(2'001, 300, 100);
        cache.append(more);
        model.takeArrivals(more);
        QVERIFY(model.rowCount() <= 64);
        QCOMPARE(model.numberOfRow(model.rowCount() - 1), quint64(2'300));
    }

    void foldsControlMessagesWithoutDroppingThem()
    {
        FrameCache cache;
        FrameTableModel model(&cache);
        const QAbstractItemModelTester tester(&model);
        const auto arrive = [&](quint64 first, int count) {
            const auto batches = withControl(first, count);
            cache.append(batches);
            model.takeArrivals(batches);
        };
        arrive(1, 100); // every fourth is a heartbeat
        QTRY_VERIFY(!model.isScanning());
        QVERIFY(model.hasControl());
        QVERIFY(!model.isFiltered()); // folding is no filter of a person's
        QCOMPARE(model.rowCount(), 75);
        QCOMPARE(model.hiddenControl(), quint64(25));
        QCOMPARE(model.frameCount(), quint64(100));
        QVERIFY(!model.showsNumber(4));
        arrive(101, 100);
        QTRY_COMPARE(model.rowCount(), 150);
        QCOMPARE(model.hiddenControl(), quint64(50));

        model.setFilter(filterOf("check.status == fail"));
        QTRY_VERIFY(!model.isScanning());
        QCOMPARE(model.rowCount(), 10); // of 20, every second is a heartbeat
        QCOMPARE(model.hiddenControl(), quint64(50));
        model.setFilter(filterOf("frame.no > 190")); // only those are looked at
        QTRY_VERIFY(!model.isScanning());
        QCOMPARE(model.rowCount(), 7);
        QCOMPARE(model.hiddenControl(), quint64(0));
        model.setFilter(filterOf("check.status == fail"));
        model.setFolded(false);
        QTRY_VERIFY(!model.isScanning());
        QCOMPARE(model.rowCount(), 20);
        QCOMPARE(model.hiddenControl(), quint64(0));
        model.setFilter({});
        QCOMPARE(model.rowCount(), 200);
        model.setFolded(true);
        QTRY_COMPARE(model.rowCount(), 150);
    }

    void foldsWhatAPausedViewMissed()
    {
        FrameCache cache;
        FrameTableModel model(&cache);
        const QAbstractItemModelTester tester(&model);
        model.setHasControl();
        auto batches = withControl(1, 40);
        cache.append(batches);
        model.takeArrivals(batches);
        QCOMPARE(model.rowCount(), 30);
        model.setPaused(true);
        batches = withControl(41, 40);
        cache.append(batches);
        model.takeArrivals(batches);
        QCOMPARE(model.rowCount(), 30);
        model.setPaused(false);
        QTRY_COMPARE(model.rowCount(), 60);
        QCOMPARE(model.hiddenControl(), quint64(20));
    }

    void aScanNeverClaimsMoreThanThereIs()
    {
        FrameCache cache;
        FrameTableModel model(&cache);
        cache.open(m_path);
        QTRY_COMPARE(cache.frameCount(), quint64(storedFrames));
        model.setFrameCount(cache.frameCount());
        quint64 most = 0;
        connect(&model, &FrameTableModel::countsChanged, [&] { most = std::max(most, model.scannedFrames()); });
        model.setFilter(filterOf("frame.no < 1950")); // begins in the middle of a block
        QTRY_VERIFY(!model.isScanning());
        QCOMPARE(model.rowCount(), 1949);
        QCOMPARE(most, quint64(storedFrames));
    }

    void saysWhenAFilterCouldNotReadEverything()
    {
        FrameCache cache;
        FrameTableModel model(&cache);
        const QAbstractItemModelTester tester(&model);
        cache.open(m_folder.filePath(QStringLiteral("gone.framescope")));
        const auto batches = test::mixedBatches(101, 100, 50); // 1 to 100 are nowhere
        cache.append(batches);
        model.setFrameCount(200);
        model.setFilter(filterOf("check.status == fail"));
        QTRY_VERIFY(!model.isScanning());
        QCOMPARE(model.rowCount(), 10);
        QVERIFY(model.isIncomplete());
        model.setFilter({});
        QVERIFY(!model.isIncomplete());
    }

    void showsTopicsInShortAndKeepsTheirWholeName()
    {
        test::FrameSpec spec;
        spec.type = "v2.users.{id}.presence";
        const auto batch = test::makeBatch({spec, spec});
        batch->heads[1].eventWallNs = batch->heads[1].wallNs - 412'000'000;
        FrameCache cache;
        FrameTableModel model(&cache);
        cache.append({batch});
        model.takeArrivals({batch});
        const QModelIndex type = model.index(0, FrameTableModel::Type);
        QCOMPARE(type.data().toString(), QStringLiteral("users.presence"));
        QCOMPARE(type.data(Qt::ToolTipRole).toString(), QStringLiteral("v2.users.{id}.presence"));
        QCOMPARE(type.data(FrameTableModel::TypeNameRole).toString(), QStringLiteral("v2.users.{id}.presence"));
        QCOMPARE(cell(model, 0, FrameTableModel::EndToEnd), QString()); // the body does not say
        QCOMPARE(cell(model, 1, FrameTableModel::EndToEnd), QStringLiteral("412 ms"));
    }

    void startsAnewWithAnotherSession()
    {
        FrameCache cache;
        FrameTableModel model(&cache);
        const QAbstractItemModelTester tester(&model);
        const auto batches = test::mixedBatches(1, 100, 10);
        cache.append(batches);
        model.takeArrivals(batches);
        model.setFilter(filterOf("check.status == fail"));
        cache.open({});
        model.restart();
        QCOMPARE(model.rowCount(), 0);
        QVERIFY(!model.isFiltered());
    }

    void findsTheNextFindingInBothDirections()
    {
        FrameCache cache;
        FrameTableModel model(&cache);
        const auto batches = test::mixedBatches(1, 100, 10);
        cache.append(batches);
        model.takeArrivals(batches);
        FindingSearch search(&cache, &model);
        QSignalSpy found(&search, &FindingSearch::found);
        QSignalSpy notFound(&search, &FindingSearch::notFound);
        search.start(11, true);
        QTRY_COMPARE(found.count(), 1);
        QCOMPARE(found.takeFirst()[0].toULongLong(), quint64(15));
        search.start(11, false);
        QTRY_COMPARE(found.count(), 1);
        QCOMPARE(found.takeFirst()[0].toULongLong(), quint64(10));
        search.start(15, true, FindingId::DuplicateId);
        QTRY_COMPARE(found.count(), 1);
        QCOMPARE(found.takeFirst()[0].toULongLong(), quint64(25));
        search.start(100, true);
        QTRY_COMPARE(notFound.count(), 1);
        search.startAtTime(batches[4]->heads[3].wallNs + 1); // between frames 44 and 45
        QTRY_COMPARE(found.count(), 1);
        QCOMPARE(found.takeFirst()[0].toULongLong(), quint64(44));
        search.startAtTime(batches[0]->heads[0].wallNs - 1);
        QTRY_COMPARE(notFound.count(), 2);
        model.setFilter(filterOf("check.status == fail"));
        search.startAtTime(batches[4]->heads[3].wallNs);
        QTRY_COMPARE(found.count(), 1);
        QCOMPARE(found.takeFirst()[0].toULongLong(), quint64(40));
    }

    void looksForATimeByHalves()
    {
        auto batches = test::mixedBatches(1, 1000, 7);
        const auto wallOf = [&batches](quint64 number) {
            return batches[std::size_t(number - 1) / 7]->heads[std::size_t(number - 1) % 7].wallNs;
        };
        FrameScan scan;
        QSignalSpy found(&scan, &FrameScan::found);
        QSignalSpy finished(&scan, &FrameScan::finished);
        const auto looked = std::make_shared<std::atomic<int>>(0);
        const auto at = [&](qint64 wallNs, quint64 from, quint64 to) {
            found.clear();
            finished.clear();
            *looked = 0;
            ScanRequest request;
            request.newest = batches;
            request.from = from;
            request.to = to;
            request.limit = 1;
            request.notAfterWallNs = wallNs;
            request.accepts = [looked, wallNs](const FrameBatch& batch, std::size_t index) {
                ++*looked;
                return batch.heads[index].wallNs <= wallNs;
            };
            scan.add(std::move(request));
            if (!finished.wait())
                return quint64(~0);
            const auto numbers = found.isEmpty() ? QList<quint64>() : found[0][1].value<QList<quint64>>();
            return numbers.isEmpty() ? quint64(0) : numbers[0];
        };
        for (quint64 number = 1; number <= 1000; number += 3) {
            QCOMPARE(at(wallOf(number), 1, 1000), number);
            QCOMPARE(looked->load(), 1); // not one of those that came later
            QCOMPARE(at(wallOf(number) - 1, 1, 1000), number - 1);
        }
        QCOMPARE(at(wallOf(1000) + 1, 1, 1000), quint64(1000));
        QCOMPARE(at(wallOf(700), 100, 500), quint64(500)); // as far as is asked for
        QCOMPARE(at(wallOf(99), 100, 500), quint64(0));

        constexpr qint64 hourNs = 3'600'000'000'000; // the clock is set back after frame 350
        for (std::size_t i = 50; i < batches.size(); ++i) {
            auto later = std::make_shared<FrameBatch>(*batches[i]);
            for (FrameHead& head : later->heads)
                head.wallNs -= hourNs;
            batches[i] = later;
        }
        for (const quint64 number : {3, 350, 700, 999, 1000}) {
            const quint64 before = at(wallOf(number), 1, 1000);
            QVERIFY(before >= 1 && wallOf(before) <= wallOf(number));
            QVERIFY(before == 1000 || wallOf(before + 1) > wallOf(number));
            QCOMPARE(looked->load(), 1);
        }
    }
};

QTEST_GUILESS_MAIN(TestFrameTableModel)
#include "tst_frametablemodel.moc"
