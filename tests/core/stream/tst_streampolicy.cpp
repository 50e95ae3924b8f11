// The pure rules of the stream room: back-off law, close codes, what a failure leads to, which headers may be sent.
#include "core/stream/backoff.h"
#include "core/stream/closecodes.h"
#include "core/stream/handshakefailure.h"
#include "core/stream/transport.h"

#include <QTest>
#include <cmath>
#include <random>

using namespace framescope;
using namespace std::chrono_literals;

class tst_StreamPolicy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void backoffStaysWithinItsBounds();
    void backoffIsUniform();
    void backoffStartsAnewOnlyAfterAHealthyConnection();
    void slowBackoffHasAFloor();
    void backoffSurvivesOddLimits();
    void everyCloseCodeHasWords();
    void closeCodesSayHowPatientlyToComeBack();
    void failedSignInLeadsTo_data();
    void failedSignInLeadsTo();
    void statusIsReadFromQtsWords();
    void goodHeadersPass();
};

void tst_StreamPolicy::backoffStaysWithinItsBounds()
{
    for (const unsigned seed : {1u, 2u, 3u, 4u, 5u}) {
        std::mt19937 generator(seed);
        std::uniform_real_distribution<double> uniform(0, 1);
        Backoff backoff({1000ms, 60'000ms, 30'000ms}, [&] { return uniform(generator); });
        for (int n = 0; n < 2000; ++n) {
            const double bound = std::min(60'000.0, 1000.0 * std::pow(2.0, n));
            const auto wait = backoff.next();
            QVERIFY2(wait >= 0ms && double(wait.count()) <= bound, qPrintable(QStringLiteral("n=%1").arg(n)));
            QCOMPARE(backoff.waits(), n + 1);
        }
    }
}

void tst_StreamPolicy::backoffIsUniform()
{
    // Kolmogorov and Smirnov: 10,000 draws from one bound against U(0, bound); 1.63 / sqrt(n) is the 1 % point. Seeded.
    std::mt19937 generator(7);
    std::uniform_real_distribution<double> uniform(0, 1);
    constexpr int draws = 10'000;
    std::vector<double> waits;
    Backoff backoff({1'000'000ms, 1'000'000ms, 0ms}, [&] { return uniform(generator); });
    for (int i = 0; i < draws; ++i)
        waits.push_back(double(backoff.next().count()) / 1e6);
    std::sort(waits.begin(), waits.end());
    double distance = 0;
    for (int i = 0; i < draws; ++i)
        distance = std::max({distance, std::abs(waits[std::size_t(i)] - double(i) / draws),
                             std::abs(waits[std::size_t(i)] - double(i + 1) / draws)});
    QVERIFY2(distance < 1.63 / std::sqrt(draws), qPrintable(QString::number(distance)));
}

void tst_StreamPolicy::backoffStartsAnewOnlyAfterAHealthyConnection()
{
    Backoff backoff({1000ms, 60'000ms, 30'000ms}, [] { return 0.999999; });
    QVERIFY(backoff.next() < 1000ms);
    QVERIFY(backoff.next() > 1900ms);
    backoff.connectionEnded(29'999ms, true); // too short
    QVERIFY(backoff.next() > 3900ms);
    backoff.connectionEnded(10min, false); // nothing came
    QVERIFY(backoff.next() > 7900ms);
    backoff.connectionEnded(30'000ms, true);
    QVERIFY(backoff.next() < 1000ms);
}

void tst_StreamPolicy::slowBackoffHasAFloor()
{
    Backoff backoff({1000ms, 60'000ms, 30'000ms}, [] { return 0.0; });
    QCOMPARE(backoff.next(RetryPace::Slow), 5000ms);
    Backoff capped({1000ms, 2000ms, 30'000ms}, [] { return 0.5; });
    QCOMPARE(capped.next(RetryPace::Slow), 2000ms);
}

void tst_StreamPolicy::backoffSurvivesOddLimits()
{
    Backoff backoff({0ms, 0ms, 0ms}, [] { return 0.9; });
    for (int i = 0; i < 100; ++i)
        QVERIFY(backoff.next() <= 1ms);
}

void tst_StreamPolicy::everyCloseCodeHasWords()
{
    for (int code = -1; code < 5002; ++code) {
        const CloseCodeInfo& info = closeCodeInfo(code);
        QVERIFY(*info.words && *info.cause && *info.nextStep);
    }
    for (const int code : {1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015})
        QCOMPARE(closeCodeInfo(code).code, code);
    QVERIFY(closeSentence(1008).contains(QStringLiteral("scope")));
    QVERIFY(closeSentence(1011).contains(QStringLiteral("support")));
    QVERIFY(closeSentence(4321).startsWith(QStringLiteral("4321: ")));
}

void tst_StreamPolicy::closeCodesSayHowPatientlyToComeBack()
{
    for (const int code : {1000, 1001, 1006, 1011, 1012, 1014})
        QCOMPARE(closeCodeInfo(code).pace, RetryPace::Normal);
    for (const int code : {1002, 1003, 1007, 1008, 1009, 1013})
        QCOMPARE(closeCodeInfo(code).pace, RetryPace::Slow);
    QVERIFY(isNormalClose(1000) && isNormalClose(1001));
    QVERIFY(!isNormalClose(1005) && !isNormalClose(1006) && !isNormalClose(1011) && !isNormalClose(1012));
}

void tst_StreamPolicy::failedSignInLeadsTo_data()
{
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<AfterFailure>("after");
    QTest::newRow("secret") << ErrorCode::WrongCredentials << AfterFailure::Stop;
    QTest::newRow("scope") << ErrorCode::ScopeMissing << AfterFailure::Stop;
    QTest::newRow("certificate") << ErrorCode::Tls << AfterFailure::Stop;
    QTest::newRow("policy") << ErrorCode::Refused << AfterFailure::Stop;
    QTest::newRow("no service") << ErrorCode::Protocol << AfterFailure::Stop;
    QTest::newRow("network") << ErrorCode::Network << AfterFailure::Retry;
    QTest::newRow("timeout") << ErrorCode::Timeout << AfterFailure::Retry;
    QTest::newRow("rate") << ErrorCode::RateLimited << AfterFailure::RetrySlowly;
}

void tst_StreamPolicy::failedSignInLeadsTo()
{
    QFETCH(const ErrorCode, code);
    QTEST(afterFailedSignIn({code, {}, {}}), "after");
}

void tst_StreamPolicy::statusIsReadFromQtsWords()
{
    QCOMPARE(httpStatusIn(QStringLiteral(
                 "QWebSocketPrivate::processHandshake: Unhandled http status code: 429 (Too Many Requests).")),
             429);
    QCOMPARE(httpStatusIn(QStringLiteral("QWebSocketPrivate::processHandshake: Unhandled http status code: 401 ().")),
             401);
    QCOMPARE(httpStatusIn(QStringLiteral("Connection refused")), 0);
    QCOMPARE(httpStatusIn(QString()), 0);
}

void tst_StreamPolicy::goodHeadersPass()
{
    QVERIFY(checkedHeaders({{"Authorization", "Bearer abc"}, {"X-Caf\xc3\xa9", ""}}).has_value() == false);
    QVERIFY(checkedHeaders({{"Authorization", "Bearer abc"}, {"X-Name", "Zo\xc3\xab"}, {"Cookie", "a=b; c=d"}})
                .has_value());
    const Expected<void> refused = checkedHeaders({{"X-Secret", "topsecret\n"}});
    QVERIFY(!refused && !refused.error().detail.contains(QStringLiteral("topsecret")));
}

QTEST_GUILESS_MAIN(tst_StreamPolicy)
#include "tst_streampolicy.moc"
