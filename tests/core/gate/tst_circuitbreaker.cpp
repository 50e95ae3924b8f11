#include "core/gate/circuitbreaker.h"

#include <QTest>

using namespace framescope;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::uint64_t fat = 3'000'000;
constexpr std::uint64_t slim = 1'000;

/// Limits with round numbers; the laws do not depend on them.
BreakerLimits limits()
{
    BreakerLimits values;
    values.meanBytes = 2'000'000;
    values.window = 60s;
    values.minimumFrames = 10;
    values.coolDown = 30s;
    values.maximumCoolDown = 100s;
    values.probeFrames = 3;
    values.probeTime = 10s;
    return values;
}

/// Feeds @p count frames of one size at one time; returns how often the state changed.
int feed(CircuitBreaker& breaker, int count, std::uint64_t sizeBytes, std::int64_t atNs)
{
    int changes = 0;
    for (int i = 0; i < count; ++i)
        changes += breaker.onFrame(sizeBytes, atNs).has_value() ? 1 : 0;
    return changes;
}

/// A breaker that was brought to @p state; that state was entered at 100 s.
CircuitBreaker breakerIn(BreakerState state)
{
    CircuitBreaker breaker(limits());
    if (state == BreakerState::Closed)
        return breaker;
    feed(breaker, 10, fat, 100 * second);
    if (state == BreakerState::HalfOpen)
        breaker.probeNow(100 * second);
    return breaker;
}

} // namespace

class TestCircuitBreaker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersEachEventInEachState_data();
    void answersEachEventInEachState();
    void opensOnlyAboveTheMeanAndWithEnoughFrames();
    void opensOnAFractionOverTheLimit();
    void refusedFramesCountToo();
    void windowSlides();
    void openKeepsTheMeanThatOpenedIt();
    void letsExactlyOneProbeThrough();
    void probeIsJudgedByItsOwnFramesAlone();
    void probeThatSeesNothingGoesOnWaiting();
    void coolDownDoublesUpToItsMaximumAndStartsAnew();
    void memoryIsOneSlotASecondOfTheWindow();
    void clockThatStandsStillOrGoesBackDoesNoHarm();
};

void TestCircuitBreaker::answersEachEventInEachState_data()
{
    QTest::addColumn<int>("state");
    QTest::addColumn<QString>("event");
    QTest::addColumn<int>("expected");
    const int closed = int(BreakerState::Closed);
    const int open = int(BreakerState::Open);
    const int half = int(BreakerState::HalfOpen);
    QTest::newRow("closed, slim frames") << closed << "slim" << closed;
    QTest::newRow("closed, fat frames") << closed << "fat" << open;
    QTest::newRow("closed, time passes") << closed << "cool-down" << closed;
    QTest::newRow("closed, retry now") << closed << "probe" << closed;
    QTest::newRow("open, slim frames") << open << "slim" << open;
    QTest::newRow("open, fat frames") << open << "fat" << open;
    QTest::newRow("open, cool-down not over") << open << "almost" << open;
    QTest::newRow("open, cool-down over") << open << "cool-down" << half;
    QTest::newRow("open, retry now") << open << "probe" << half;
    QTest::newRow("half-open, slim frames") << half << "slim" << closed;
    QTest::newRow("half-open, fat frames") << half << "fat" << open;
    QTest::newRow("half-open, time passes without a frame") << half << "cool-down" << half;
    QTest::newRow("half-open, retry now") << half << "probe" << half;
    QTest::newRow("half-open, few slim frames") << half << "few slim" << half;
    QTest::newRow("half-open, few slim frames, then quiet") << half << "few slim, quiet" << closed;
    QTest::newRow("half-open, few fat frames, then quiet") << half << "few fat, quiet" << open;
}

void TestCircuitBreaker::answersEachEventInEachState()
{
    QFETCH(int, state);
    QFETCH(QString, event);
    QFETCH(int, expected);
    CircuitBreaker breaker = breakerIn(BreakerState(state));
    QCOMPARE(int(breaker.state()), state);

    std::optional<BreakerState> change;
    const auto keep = [&change](std::optional<BreakerState> answer) { change = answer ? answer : change; };
    if (event.startsWith(QStringLiteral("few"))) {
        const std::uint64_t size = event.contains(QStringLiteral("fat")) ? fat : slim;
        keep(breaker.onFrame(size, 101 * second));
        keep(breaker.onTick(110 * second - 1));
        if (event.endsWith(QStringLiteral("quiet")))
            keep(breaker.onTick(110 * second));
    } else if (event == QStringLiteral("almost")) {
        keep(breaker.onTick(130 * second - 1));
    } else if (event == QStringLiteral("cool-down")) {
        keep(breaker.onTick(130 * second));
    } else if (event == QStringLiteral("probe")) {
        keep(breaker.probeNow(101 * second));
    } else {
        for (int i = 0; i < 10; ++i) {
            if (breaker.state() == BreakerState(state))
                keep(breaker.onFrame(event == QStringLiteral("fat") ? fat : slim, 101 * second));
        }
    }
    QCOMPARE(int(breaker.state()), expected);
    // A change is told, no change is not.
    QCOMPARE(change.has_value(), state != expected);
    if (change)
        QCOMPARE(int(*change), expected);
}

void TestCircuitBreaker::opensOnlyAboveTheMeanAndWithEnoughFrames()
{
    CircuitBreaker few(limits());
    QCOMPARE(feed(few, 9, fat, second), 0);
    QCOMPARE(int(few.state()), int(BreakerState::Closed));
    QCOMPARE(feed(few, 1, fat, second), 1);
    QCOMPARE(int(few.state()), int(BreakerState::Open));

    CircuitBreaker exact(limits());
    QCOMPARE(feed(exact, 1000, 2'000'000, second), 0);
    QCOMPARE(exact.meanBytes(), std::uint64_t(2'000'000));
}

void TestCircuitBreaker::opensOnAFractionOverTheLimit()
{
    CircuitBreaker breaker(limits());
    QCOMPARE(feed(breaker, 9, 2'000'000, second), 0);
    QVERIFY(breaker.onFrame(2'000'001, second).has_value());
}

void TestCircuitBreaker::refusedFramesCountToo()
{
    // A message over the gate arrives as its size alone.
    CircuitBreaker breaker(limits());
    QCOMPARE(feed(breaker, 10, 6 * 1024 * 1024, second), 1);
}

void TestCircuitBreaker::windowSlides()
{
    CircuitBreaker breaker(limits());
    feed(breaker, 9, fat, 0);
    // 59 s later the fat ones still count, 60 s later they do not.
    QCOMPARE(feed(breaker, 1, slim, 59 * second), 1);
    QCOMPARE(int(breaker.state()), int(BreakerState::Open));

    CircuitBreaker later(limits());
    feed(later, 9, fat, 0);
    QCOMPARE(feed(later, 1, slim, 60 * second), 0);
    QCOMPARE(later.framesInWindow(), std::uint64_t(1));
    QCOMPARE(later.meanBytes(), slim);
}

void TestCircuitBreaker::openKeepsTheMeanThatOpenedIt()
{
    CircuitBreaker breaker = breakerIn(BreakerState::Open);
    feed(breaker, 5, slim, 101 * second);
    QCOMPARE(breaker.meanBytes(), fat);
    breaker.probeNow(102 * second);
    QCOMPARE(breaker.framesInWindow(), std::uint64_t(0));
    QCOMPARE(breaker.meanBytes(), std::uint64_t(0));
}

void TestCircuitBreaker::letsExactlyOneProbeThrough()
{
    CircuitBreaker breaker = breakerIn(BreakerState::Open);
    int probes = 0;
    for (int tenths = 0; tenths < 10'000; ++tenths)
        probes += breaker.onTick(100 * second + tenths * second / 10).has_value() ? 1 : 0;
    QCOMPARE(probes, 1);
    QVERIFY(!breaker.probeNow(2000 * second).has_value());
    QCOMPARE(int(breaker.state()), int(BreakerState::HalfOpen));
}

void TestCircuitBreaker::probeIsJudgedByItsOwnFramesAlone()
{
    CircuitBreaker breaker = breakerIn(BreakerState::HalfOpen);
    // The ten fat frames that opened it are a second old; they must not count against the probe.
    QCOMPARE(feed(breaker, 3, slim, 101 * second), 1);
    QCOMPARE(int(breaker.state()), int(BreakerState::Closed));
}

void TestCircuitBreaker::probeThatSeesNothingGoesOnWaiting()
{
    CircuitBreaker breaker = breakerIn(BreakerState::HalfOpen);
    QVERIFY(!breaker.onTick(10'000 * second).has_value());
    QVERIFY(!breaker.onFrame(slim, 10'001 * second).has_value());
    QCOMPARE(int(*breaker.onTick(10'002 * second)), int(BreakerState::Closed));
}

void TestCircuitBreaker::coolDownDoublesUpToItsMaximumAndStartsAnew()
{
    CircuitBreaker breaker = breakerIn(BreakerState::Open);
    std::int64_t at = 100 * second;
    for (const auto expected : {30s, 60s, 100s, 100s}) {
        QCOMPARE(breaker.currentCoolDown().count(), std::chrono::milliseconds(expected).count());
        QVERIFY(!breaker.onTick(at + std::chrono::nanoseconds(expected).count() - 1).has_value());
        at += std::chrono::nanoseconds(expected).count();
        QCOMPARE(int(*breaker.onTick(at)), int(BreakerState::HalfOpen));
        QCOMPARE(feed(breaker, 3, fat, at), 1);
        QCOMPARE(int(breaker.state()), int(BreakerState::Open));
    }
    breaker.probeNow(at);
    feed(breaker, 3, slim, at);
    QCOMPARE(int(breaker.state()), int(BreakerState::Closed));
    QCOMPARE(breaker.currentCoolDown().count(), std::chrono::milliseconds(30s).count());
}

void TestCircuitBreaker::memoryIsOneSlotASecondOfTheWindow()
{
    CircuitBreaker breaker(limits());
    for (std::int64_t hour = 0; hour < 3600; ++hour)
        feed(breaker, 100, slim, hour * second);
    // 60 seconds of 100 frames each: what is older was let go.
    QCOMPARE(breaker.framesInWindow(), std::uint64_t(6000));
    QCOMPARE(breaker.meanBytes(), slim);
}

void TestCircuitBreaker::clockThatStandsStillOrGoesBackDoesNoHarm()
{
    CircuitBreaker breaker(limits());
    feed(breaker, 5, slim, 50 * second);
    feed(breaker, 5, slim, 10 * second);
    QCOMPARE(breaker.framesInWindow(), std::uint64_t(10));
    feed(breaker, 1, slim, 200 * second);
    QCOMPARE(breaker.framesInWindow(), std::uint64_t(1));
}

QTEST_APPLESS_MAIN(TestCircuitBreaker)
#include "tst_circuitbreaker.moc"
