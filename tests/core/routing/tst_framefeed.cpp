#include "core/routing/framefeed.h"
#include "core/routing/router.h"
#include "tests/support/framebuilder.h"

#include <QSignalSpy>
#include <QTest>
#include <thread>

using namespace framescope;
using test::FrameSpec;
using test::makeBatch;

class TestFrameFeed : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void deliversEverythingInOrderOnce();
    void notifiesOnlyWhenItTurnsFromEmptyToFull();
    void skipsTheOldestWhenFullAndCountsThem();
    void keepsTheNewestBatchHoweverLargeItIs();
    void capsEvents();
    void takesFromOneThreadAndGivesToAnother();
    void routerHandsOnInOrderAndToSubscribers();
};

namespace {

std::vector<FrameSpec> frames(int count, qsizetype payloadBytes = 20)
{
    FrameSpec spec;
    spec.payload = QByteArray(payloadBytes, 'x');
    return std::vector<FrameSpec>(std::size_t(count), spec);
}

AuditEvent eventWithSeq(quint64 seq)
{
    AuditEvent event = auditEvent(AuditAction::Connected, Severity::Note, QStringLiteral("ws://127.0.0.1/"));
    event.seq = seq;
    return event;
}

} // namespace

void TestFrameFeed::deliversEverythingInOrderOnce()
{
    FrameFeed feed;
    feed.consumeBatch(makeBatch(frames(3), 1, 10));
    feed.consumeEvent(eventWithSeq(13));
    feed.consumeBatch(makeBatch(frames(2), 4, 14));

    const FrameFeed::Delivery delivery = feed.drain();
    QCOMPARE(delivery.batches.size(), std::size_t(2));
    QCOMPARE(delivery.batches[0]->firstNumber(), quint64(1));
    QCOMPARE(delivery.batches[1]->lastNumber(), quint64(5));
    QCOMPARE(delivery.events.size(), std::size_t(1));
    QCOMPARE(delivery.received, quint64(5));
    QCOMPARE(delivery.lastSeq, quint64(15));
    QCOMPARE(delivery.skippedFrames, quint64(0));

    const FrameFeed::Delivery nothing = feed.drain();
    QVERIFY(nothing.batches.empty());
    QVERIFY(nothing.events.empty());
    QCOMPARE(nothing.received, quint64(5));
}

void TestFrameFeed::notifiesOnlyWhenItTurnsFromEmptyToFull()
{
    FrameFeed feed;
    QSignalSpy filled(&feed, &FrameFeed::filled);
    for (quint64 i = 0; i < 100; ++i)
        feed.consumeBatch(makeBatch(frames(1), i + 1, i + 1));
    feed.consumeEvent(eventWithSeq(101));
    QCOMPARE(filled.size(), 1);
    (void)feed.drain();
    feed.consumeEvent(eventWithSeq(102));
    feed.consumeBatch(makeBatch(frames(1), 101, 103));
    QCOMPARE(filled.size(), 2);
}

void TestFrameFeed::skipsTheOldestWhenFullAndCountsThem()
{
    const auto sample = makeBatch(frames(10, 10'000), 1, 1);
    FrameFeed feed(3 * sample->weightBytes());
    for (quint64 i = 0; i < 10; ++i)
        feed.consumeBatch(makeBatch(frames(10, 10'000), i * 10 + 1, i * 10 + 1));
    FrameFeed::Delivery delivery = feed.drain();
    QCOMPARE(delivery.batches.size(), std::size_t(3));
    QCOMPARE(delivery.skippedFrames, quint64(70));
    QCOMPARE(delivery.batches.front()->firstNumber(), quint64(71));
    QCOMPARE(delivery.batches.back()->lastNumber(), quint64(100));

    // The count is what was skipped since the last drain, and there is room again.
    feed.consumeBatch(makeBatch(frames(10, 10'000), 101, 101));
    delivery = feed.drain();
    QCOMPARE(delivery.skippedFrames, quint64(0));
    QCOMPARE(delivery.batches.size(), std::size_t(1));
}

void TestFrameFeed::keepsTheNewestBatchHoweverLargeItIs()
{
    FrameFeed feed(1000);
    feed.consumeBatch(makeBatch(frames(5, 100'000), 1, 1));
    feed.consumeBatch(makeBatch(frames(5, 100'000), 6, 6));
    const FrameFeed::Delivery delivery = feed.drain();
    QCOMPARE(delivery.batches.size(), std::size_t(1));
    QCOMPARE(delivery.batches.front()->firstNumber(), quint64(6));
    QCOMPARE(delivery.skippedFrames, quint64(5));
}

void TestFrameFeed::capsEvents()
{
    FrameFeed feed;
    const AuditEvent event = eventWithSeq(1);
    for (quint64 i = 1; i <= 30'000; ++i) {
        AuditEvent next = event;
        next.seq = i;
        feed.consumeEvent(next);
    }
    const FrameFeed::Delivery delivery = feed.drain();
    QCOMPARE(delivery.events.size(), std::size_t(20'000));
    QCOMPARE(delivery.events.back().seq, quint64(30'000));
    QCOMPARE(delivery.lastSeq, quint64(30'000));
}

void TestFrameFeed::takesFromOneThreadAndGivesToAnother()
{
    FrameFeed feed;
    std::thread pipeline([&feed] {
        for (quint64 i = 0; i < 2'000; ++i)
            feed.consumeBatch(makeBatch(frames(1), i + 1, i + 1));
    });
    quint64 expected = 1;
    const auto takeAll = [&] {
        for (const FrameBatchPtr& batch : feed.drain().batches)
            QCOMPARE(batch->firstNumber(), expected++);
    };
    QElapsedTimer timer;
    timer.start();
    while (expected <= 2'000 && timer.elapsed() < 30'000)
        takeAll();
    pipeline.join();
    takeAll();
    QCOMPARE(expected, quint64(2'001));
}

void TestFrameFeed::routerHandsOnInOrderAndToSubscribers()
{
    struct Recorder final : FrameSink
    {
        std::vector<QByteArray>& log;
        QByteArray name;
        Recorder(std::vector<QByteArray>& into, QByteArray as)
            : log(into)
            , name(std::move(as))
        {
        }
        void consumeBatch(const FrameBatchPtr&) override { log.push_back(name + " batch"); }
        void consumeEvent(const AuditEvent&) override { log.push_back(name + " event"); }
    };
    std::vector<QByteArray> log;
    Recorder first(log, "first");
    Recorder second(log, "second");
    Router router;
    router.addSink(&first);
    router.addSink(&second);
    QSignalSpy batches(&router, &Router::batchRouted);
    QSignalSpy events(&router, &Router::eventRouted);

    const FrameBatchPtr batch = makeBatch(frames(1));
    router.consumeBatch(batch);
    router.consumeEvent(eventWithSeq(2));

    const std::vector<QByteArray> expected{"first batch", "second batch", "first event", "second event"};
    QCOMPARE(log, expected);
    QCOMPARE(batches.size(), 1);
    QCOMPARE(batches.front().front().value<FrameBatchPtr>(), batch); // the same memory, not a copy
    QCOMPARE(events.size(), 1);
}

QTEST_GUILESS_MAIN(TestFrameFeed)
#include "tst_framefeed.moc"
