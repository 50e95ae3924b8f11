// The parts of notifications that need no network: regions, topic plan, message scan, error shapes, budget, ledger,
// channel answers, schema cache.
#include "core/base/redactor.h"
#include "core/genesys/channelcalls.h"
#include "core/genesys/notificationscan.h"
#include "core/genesys/requestbudget.h"
#include "core/genesys/schemacache.h"
#include "core/genesys/topicledger.h"
#include "core/genesys/topicplan.h"

#include <QDir>
#include <QFile>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

using namespace framescope;
using namespace std::chrono_literals;

class tst_GenesysParts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsTheEighteenRegions();
    void findsADomainByAnyOfItsNames();
    void hostsFollowFromADomain();
    void gatewayKeepsItsPathAndMovesBoth();
    void gatewayInPlainTextIsForLoopbackOnly();

    void topicsAreSpreadInOrder();
    void duplicatesAndSystemTopicsAreLeftOut();
    void impossibleTopicsAreRefusedWithAReason();
    void tooManyTopicsSayWhatToDo();

    void scansTheUsualForm();
    void scansOtherForms_data();
    void scansOtherForms();
    void hugeOddMessagesAreNotParsed();

    void countsByConcreteNameWithoutCase();
    void answersBecomeStates();
    void onlyTopicsThatWereListenedToHaveGaps();
    void aTopicThatIsRejectedLaterStaysInItsGap();
    void expiriesThatCannotBeAreNotBelieved();
    void gapsInTheStateAreBounded();

    void errorShapes_data();
    void errorShapes();
    void errorTextsAreRedactedAndCut();
    void waitIsReadFromBrackets();

    void budgetStaysBelowTheLimit();

    void channelAnswersAreSecretsAtOnce();
    void badChannelAnswersAreRefused_data();
    void badChannelAnswersAreRefused();

    void cacheGivesBackTheNewest();
    void cacheIgnoresWhatIsNotItsOwn();
};

void tst_GenesysParts::knowsTheEighteenRegions()
{
    QSet<QString> domains;
    for (const GenesysRegion& region : genesysRegions())
        domains.insert(region.domain);
    QCOMPARE(domains.size(), 18);
    QCOMPARE(genesysRegions().front().domain, QStringLiteral("mypurecloud.com"));
}

void tst_GenesysParts::findsADomainByAnyOfItsNames()
{
    QCOMPARE(genesysDomain(QStringLiteral("eu_central_1")), QStringLiteral("mypurecloud.de"));
    QCOMPARE(genesysDomain(QStringLiteral("EU-Central-1")), QStringLiteral("mypurecloud.de"));
    QCOMPARE(genesysDomain(QStringLiteral(" MyPureCloud.de ")), QStringLiteral("mypurecloud.de"));
    QCOMPARE(genesysDomain(QStringLiteral("new1.pure.cloud")), QStringLiteral("new1.pure.cloud"));
    for (const char* no : {"", "nowhere", "a..b", "https://mypurecloud.de", "a b.de", "x.de/path", "-"})
        QCOMPARE(genesysDomain(QString::fromLatin1(no)), QString());
}

void tst_GenesysParts::hostsFollowFromADomain()
{
    const Expected<GenesysHosts> hosts = GenesysHosts::fromDomain(QStringLiteral("eu-west-1"));
    QVERIFY(hosts);
    QCOMPARE(hosts->tokenUrl().toString(), QStringLiteral("https://login.mypurecloud.ie/oauth/token"));
    QCOMPARE(hosts->authorizeUrl().toString(), QStringLiteral("https://login.mypurecloud.ie/oauth/authorize"));
    QCOMPARE(hosts->apiUrl(QStringLiteral("/api/v2/x"), QStringLiteral("a=b")).toString(),
             QStringLiteral("https://api.mypurecloud.ie/api/v2/x?a=b"));
    QCOMPARE(GenesysHosts::fromDomain(QStringLiteral("nowhere")).error().code, ErrorCode::InvalidArgument);
}

void tst_GenesysParts::gatewayKeepsItsPathAndMovesBoth()
{
    const Expected<GenesysHosts> hosts = GenesysHosts::fromGateway(QUrl(QStringLiteral("https://gw.example.org/gc/")));
    QVERIFY(hosts);
    QCOMPARE(hosts->tokenUrl().toString(), QStringLiteral("https://gw.example.org/gc/oauth/token"));
    QCOMPARE(hosts->apiUrl(QStringLiteral("/api/v2/x")).toString(),
             QStringLiteral("https://gw.example.org/gc/api/v2/x"));
}

void tst_GenesysParts::gatewayInPlainTextIsForLoopbackOnly()
{
    QVERIFY(GenesysHosts::fromGateway(QUrl(QStringLiteral("http://127.0.0.1:8080"))));
    QCOMPARE(GenesysHosts::fromGateway(QUrl(QStringLiteral("http://192.0.2.1"))).error().code, ErrorCode::Refused);
    QCOMPARE(GenesysHosts::fromGateway(QUrl(QStringLiteral("https://me:pw@gw.example.org"))).error().code,
             ErrorCode::Refused);
    QCOMPARE(GenesysHosts::fromGateway(QUrl(QStringLiteral("https://gw.example.org/?a=b"))).error().code,
             ErrorCode::InvalidArgument);
    QVERIFY(!GenesysHosts::fromGateway(QUrl()));
}

void tst_GenesysParts::topicsAreSpreadInOrder()
{
    const Expected<TopicPlan> plan = planTopics({"v2.a", "v2.b", "v2.c"}, 2);
    QVERIFY(plan);
    QCOMPARE(plan->lanes, 2);
    QCOMPARE(plan->topicsOf(0), (std::vector<QByteArray>{"v2.a", "v2.b"}));
    QCOMPARE(plan->topicsOf(1), (std::vector<QByteArray>{"v2.c"}));
    QCOMPARE(planTopics({"v2.a"}, 0)->lanes, 1);
}

void tst_GenesysParts::duplicatesAndSystemTopicsAreLeftOut()
{
    const Expected<TopicPlan> plan =
        planTopics({"v2.a", " V2.A ", "", "channel.metadata", "v2.system.socket_closing"}, 10);
    QVERIFY(plan);
    QCOMPARE(plan->topics.size(), 1u);
    QCOMPARE(plan->duplicates, (std::vector<QByteArray>{"V2.A"}));
    QCOMPARE(plan->system.size(), 2u);
}

void tst_GenesysParts::impossibleTopicsAreRefusedWithAReason()
{
    const Expected<TopicPlan> plan = planTopics({"v2.a", QByteArray(201, 'x'), "v2.b\tc", QByteArray(200, 'y')}, 10);
    QVERIFY(plan);
    QCOMPARE(plan->topicsOf(0).size(), 2u);
    QVERIFY(plan->topics[1].refusal.contains(QStringLiteral("201 characters")));
    QVERIFY(plan->topics[2].refusal.contains(QStringLiteral("control")));
    QCOMPARE(planTopics({QByteArray(201, 'x')}, 10).error().code, ErrorCode::InvalidArgument);
    QCOMPARE(planTopics({}, 10).error().code, ErrorCode::InvalidArgument);
}

void tst_GenesysParts::tooManyTopicsSayWhatToDo()
{
    std::vector<QByteArray> topics;
    for (int i = 0; i < 20'001; ++i)
        topics.push_back("v2.users." + QByteArray::number(i));
    const Expected<TopicPlan> many = planTopics(topics, 1000);
    QVERIFY(!many);
    QVERIFY(many.error().detail.contains(QStringLiteral("combine")));
    QVERIFY(!planTopics(topics, 5000)); // few channels, yet too many topics in all
    topics.resize(20'000);
    QCOMPARE(planTopics(topics, 1000)->lanes, 20);
    topics.resize(21);
    const Expected<TopicPlan> channels = planTopics(topics, 1);
    QVERIFY(channels.error().detail.contains(QStringLiteral("21 channels")));
}

void tst_GenesysParts::scansTheUsualForm()
{
    const QString text =
        QStringLiteral(" { \"topicName\" : \"v2.users.1.presence\",\"eventBody\":{\"topicName\":\"x\"}}");
    const ScannedNotification scanned = scanNotification(text);
    QCOMPARE(scanned.kind, NotificationKind::Event);
    QCOMPARE(scanned.topicName(), QStringView(u"v2.users.1.presence"));
    QVERIFY(scanned.parsedTopic.isNull()); // no parser
}

void tst_GenesysParts::scansOtherForms_data()
{
    using enum NotificationKind;
    QTest::addColumn<QString>("message");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("topic");
    const auto row = [](const char* message, NotificationKind kind, const char* topic = "") {
        QTest::newRow(QByteArray(message).left(70).constData())
            << QString::fromUtf8(message) << int(kind) << QString::fromUtf8(topic);
    };
    row(R"({"version":"2","topicName":"v2.a"})", Event, "v2.a");
    row(R"({"topicName":"v2.\u0061"})", Event, "v2.a");
    row(R"({"topicName":"channel.metadata","eventBody":{"message":"WebSocket Heartbeat"}})", Heartbeat,
        "channel.metadata");
    row(R"({"topicName":"channel.metadata","eventBody":{"message":"pong"}})", Pong, "channel.metadata");
    row(R"({"topicName":"channel.metadata","eventBody":{"message":"hello"}})", OtherControl, "channel.metadata");
    row(R"({"topicName":"v2.system.socket_closing","eventBody":{"message":"x"}})", SocketClosing,
        "v2.system.socket_closing");
    row(R"({"topicName":"V2.SYSTEM.No_Longer_Subscribed.c1","eventBody":{"channelId":"c1"}})", NoLongerSubscribed,
        "V2.SYSTEM.No_Longer_Subscribed.c1");
    row(R"({"topicName":"system.v2.no_longer_subscribed.c1"})", NoLongerSubscribed,
        "system.v2.no_longer_subscribed.c1");
    row(R"({"topicName":"v2.system.token_revoked.u1","eventBody":{"reason":"user_tokens_revoked"}})", TokenRevoked,
        "v2.system.token_revoked.u1");
    row(R"({"topicName":"v2.system.a.b","eventBody":{"systemTopicType":"token_revoked"}})", TokenRevoked,
        "v2.system.a.b");
    row(R"({"topicName":"v2.system.duplicate_id","eventBody":{}})", SocketReplaced, "v2.system.duplicate_id");
    row(R"({"result":"404"})", ChannelGone);
    row(R"({"result":404})", ChannelGone);
    row(R"({"result":"200","status":"subscribed"})", OtherControl);
    row(R"({"topicName":7})", Unknown);
    row("[1]", Unknown);
    row("not JSON", Unknown);
    row("", Unknown);
    row(R"({"topicName":"cut)", Unknown);
}

void tst_GenesysParts::scansOtherForms()
{
    QFETCH(const QString, message);
    QFETCH(const int, kind);
    QFETCH(const QString, topic);
    const ScannedNotification scanned = scanNotification(message);
    QCOMPARE(int(scanned.kind), kind);
    QCOMPARE(scanned.topicName().toString(), topic);
}

void tst_GenesysParts::hugeOddMessagesAreNotParsed()
{
    const QString odd =
        QStringLiteral("{\"version\":\"") + QString(300'000, u'x') + QStringLiteral("\",\"topicName\":\"v2.a\"}");
    QCOMPARE(scanNotification(odd).kind, NotificationKind::Unknown);
    const QString usual =
        QStringLiteral("{\"topicName\":\"v2.a\",\"x\":\"") + QString(300'000, u'x') + QStringLiteral("\"}");
    QCOMPARE(scanNotification(usual).kind, NotificationKind::Event);
}

void tst_GenesysParts::countsByConcreteNameWithoutCase()
{
    TopicLedger ledger(*planTopics({"v2.users.AbC?presence&routingStatus", "v2.other"}, 10));
    ledger.countEvent(u"v2.users.abc.PRESENCE", {5, 7});
    ledger.countEvent(u"v2.users.abc.routingstatus", {6, 8});
    ledger.countEvent(u"v2.users.abc.conversations", {9, 9});
    ledger.countEvent(u"", {9, 9});
    QCOMPARE(ledger.topics()[0].events, 2u);
    QCOMPARE(ledger.topics()[0].lastEventMonoNs, 6);
    QCOMPARE(ledger.topics()[0].lastEventWallNs, 8);
    QCOMPARE(ledger.topics()[1].events, 0u);
}

void tst_GenesysParts::answersBecomeStates()
{
    TopicLedger ledger(*planTopics({"v2.a", "v2.b", "v2.users.1?presence&activity", "v2.silent"}, 10));
    const std::vector<std::size_t> rejected = ledger.applyAnswer(0,
                                                                 {{"V2.A", true, {}, {}},
                                                                  {"v2.b", false, "no", {"routing:queue:view"}},
                                                                  {"v2.users.1.presence", true, {}, {}},
                                                                  {"v2.users.1.activity", false, "no", {}}},
                                                                 42);
    QCOMPARE(rejected, (std::vector<std::size_t>{1, 3}));
    QCOMPARE(ledger.topics()[0].state, TopicState::Permitted);
    QCOMPARE(ledger.topics()[0].subscribedWallNs, 42);
    QCOMPARE(ledger.topics()[1].missingPermissions, QByteArrayList{"routing:queue:view"});
    QCOMPARE(ledger.topics()[2].state, TopicState::Permitted);
    QVERIFY(!ledger.topics()[3].rejection.isEmpty());
    QVERIFY(!ledger.isAllRejected());
    QCOMPARE(ledger.missingPermissions(), QByteArrayList{"routing:queue:view"});
    ledger.setPending(0);
    QCOMPARE(ledger.topics()[0].state, TopicState::Pending);
    QCOMPARE(ledger.topics()[1].state, TopicState::Rejected);
}

void tst_GenesysParts::onlyTopicsThatWereListenedToHaveGaps()
{
    TopicLedger ledger(*planTopics({"v2.a", "v2.b"}, 10));
    ledger.openGaps(0, 1, "x");
    QVERIFY(ledger.closeGaps(0, 2, GapsEnd::OfSubscribed).empty());
    (void)ledger.applyAnswer(0, {{"v2.a", true, {}, {}}, {"v2.b", false, "no", {}}}, 1);
    ledger.openGaps(0, 1, "x");
    QCOMPARE(ledger.closeGaps(0, 2, GapsEnd::OfSubscribed).size(), 1u);
    QCOMPARE(ledger.topics()[0].gaps, 1u);
    QCOMPARE(ledger.gapCount(), 1u);
}

void tst_GenesysParts::aTopicThatIsRejectedLaterStaysInItsGap()
{
    TopicLedger ledger(*planTopics({"v2.a", "v2.b"}, 10));
    const TopicAnswer a{"v2.a", true, {}, {}};
    (void)ledger.applyAnswer(0, {a, {"v2.b", true, {}, {}}}, 10);
    ledger.openGaps(0, 20, "closed 1006");
    (void)ledger.applyAnswer(0, {a, {"v2.b", false, "no", {}}}, 30);
    QCOMPARE(ledger.closeGaps(0, 30, GapsEnd::OfSubscribed).size(), 1u);
    ledger.openGaps(0, 40, "closed 1001"); // the earlier beginning counts
    const std::vector<TopicGapEntry> again = ledger.closeGaps(0, 50, GapsEnd::OfSubscribed);
    QCOMPARE(again.size(), 1u);
    QCOMPARE(again.front().topic, QByteArray("v2.a"));
    const std::vector<TopicGapEntry> atTheEnd = ledger.closeGaps(0, 60, GapsEnd::All);
    QCOMPARE(atTheEnd.size(), 1u);
    QCOMPARE(atTheEnd.front().topic, QByteArray("v2.b"));
    QCOMPARE(atTheEnd.front().fromWallNs, 20);
    QCOMPARE(atTheEnd.front().toWallNs, 60);
    QCOMPARE(atTheEnd.front().cause, QByteArray("closed 1006"));
}

void tst_GenesysParts::expiriesThatCannotBeAreNotBelieved()
{
    constexpr qint64 nowNs = 1'790'000'000'000'000'000;
    constexpr qint64 dayNs = 24LL * 3600 * 1'000'000'000;
    const auto expiryOf = [](const QByteArray& expires) {
        const Expected<Channel> channel = channelFromReply(
            R"({"id":"01234567-89ab-cdef-0123-456789abcdef","connectUri":"ws://127.0.0.1/channels/c","expires":")" +
                expires + "\"}",
            true, nowNs);
        return channel ? channel->expiresWallNs : -1;
    };
    QCOMPARE(expiryOf("9999-12-31T23:59:59.000Z"), nowNs + dayNs);
    QCOMPARE(expiryOf("1999-12-31T23:59:59.000Z"), nowNs + dayNs);
    QCOMPARE(expiryOf("soon"), nowNs + dayNs);
    const QByteArray inAnHour =
        QDateTime::fromMSecsSinceEpoch(nowNs / 1'000'000 + 3'600'000, Qt::UTC).toString(Qt::ISODateWithMs).toUtf8();
    QCOMPARE(expiryOf(inAnHour), nowNs + dayNs / 24);
}

void tst_GenesysParts::gapsInTheStateAreBounded()
{
    TopicLedger ledger(*planTopics({"v2.a"}, 10));
    (void)ledger.applyAnswer(0, {{"v2.a", true, {}, {}}}, 1);
    for (int i = 1; i <= 1500; ++i) {
        ledger.openGaps(0, i, "x");
        (void)ledger.closeGaps(0, i + 1, GapsEnd::OfSubscribed);
    }
    QCOMPARE(ledger.gaps().size(), NotificationState::gapLimit);
    QCOMPARE(ledger.gaps().back().fromWallNs, 1500);
    QCOMPARE(ledger.gapCount(), 1500u);
}

void tst_GenesysParts::errorShapes_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<int>("code");
    QTest::addColumn<QStringList>("says");
    QTest::newRow("permission in params")
        << 403 << QByteArray(R"({"message":"Unable to perform","code":"missing.permissions","contextId":"ctx-1",
                          "messageParams":{"permissions":"[notifications:channel:create, routing:queue:view]"}})")
        << QByteArray() << int(ErrorCode::ScopeMissing)
        << QStringList{QStringLiteral("missing.permissions"), QStringLiteral("notifications:channel:create"),
                       QStringLiteral("routing:queue:view"), QStringLiteral("Correlation id: ctx-1")};
    QTest::newRow("header wins") << 404 << QByteArray(R"({"message":"gone","contextId":"ctx"})") << QByteArray("corr-7")
                                 << int(ErrorCode::NotFound)
                                 << QStringList{QStringLiteral("gone"), QStringLiteral("Correlation id: corr-7")};
    QTest::newRow("nested") << 400 << QByteArray(R"({"code":"bad.request","errors":[{"message":"inner words",
                                              "details":[{"errorCode":"too.long","fieldName":"id"}]}]})")
                            << QByteArray() << int(ErrorCode::InvalidArgument)
                            << QStringList{QStringLiteral("bad.request"), QStringLiteral("inner words"),
                                           QStringLiteral("too.long id")};
    QTest::newRow("login host")
        << 401 << QByteArray(R"({"error":"invalid_client","description":"not found","error_description":"again"})")
        << QByteArray() << int(ErrorCode::TokenRejected)
        << QStringList{QStringLiteral("invalid_client"), QStringLiteral("not found"), QStringLiteral("again")};
    QTest::newRow("a proxy's page") << 502 << QByteArray("<html>Bad gateway</html>") << QByteArray()
                                    << int(ErrorCode::Network) << QStringList{QStringLiteral("not JSON")};
    QTest::newRow("nothing") << 500 << QByteArray() << QByteArray() << int(ErrorCode::Network)
                             << QStringList{QStringLiteral("HTTP 500")};
    QTest::newRow("redirect") << 302 << QByteArray() << QByteArray() << int(ErrorCode::Refused)
                              << QStringList{QStringLiteral("not followed")};
    QTest::newRow("wrong types") << 400 << QByteArray(R"({"message":[1],"errors":{"a":1},"details":7,"code":{}})")
                                 << QByteArray("bad\nheader") << int(ErrorCode::InvalidArgument)
                                 << QStringList{QStringLiteral("HTTP 400")};
}

void tst_GenesysParts::errorShapes()
{
    QFETCH(const int, status);
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, header);
    QFETCH(const int, code);
    QFETCH(const QStringList, says);
    const RestFailure failure = restFailure(status, body, header, QStringLiteral("https://x/y"));
    QCOMPARE(int(failure.error.code), code);
    for (const QString& words : says)
        QVERIFY2(failure.error.detail.contains(words), qPrintable(failure.error.detail));
    QVERIFY(!failure.error.detail.contains(u'\n'));
}

void tst_GenesysParts::errorTextsAreRedactedAndCut()
{
    redactor::add(Secret("streaming-7-hidden"));
    const RestFailure failure =
        restFailure(404, R"({"message":"no channel streaming-7-hidden )" + QByteArray(5000, 'x') + R"("})", {},
                    QStringLiteral("https://x/channels/streaming-7-hidden/subscriptions"));
    QVERIFY(!failure.error.detail.contains(QStringLiteral("hidden")));
    QVERIFY(!failure.error.place.contains(QStringLiteral("hidden")));
    QVERIFY(failure.error.detail.size() < 1000);
    QByteArray deep = "{\"message\":\"m\"}";
    for (int i = 0; i < 200; ++i)
        deep = "{\"errors\":[" + deep + "]}";
    (void)restFailure(400, deep, {}, {}); // ends
}

void tst_GenesysParts::waitIsReadFromBrackets()
{
    QCOMPARE(waitNamedIn(R"({"message":"Rate limit exceeded the maximum. Retry the request in [27] seconds"})"),
             27'000);
    QCOMPARE(waitNamedIn(R"({"message":"none"})"), 0);
    QCOMPARE(waitNamedIn("x"), 0);
}

void tst_GenesysParts::budgetStaysBelowTheLimit()
{
    RequestBudget budget(10, 1000ms);
    constexpr qint64 ms = 1'000'000;
    for (int i = 0; i < 9; ++i) {
        QCOMPARE(budget.nextMonoNs(i * ms), 0);
        budget.note(i * ms);
    }
    QCOMPARE(budget.nextMonoNs(9 * ms), 1000 * ms); // when the first leaves the window
    QCOMPARE(budget.used(9 * ms), 9);
    QCOMPARE(budget.nextMonoNs(1000 * ms), 0);
    QCOMPARE(budget.used(2000 * ms), 0);
}

void tst_GenesysParts::channelAnswersAreSecretsAtOnce()
{
    const Expected<Channel> channel = channelFromReply(
        R"({"id":"streaming-0-quiet","connectUri":"wss://streaming.mypurecloud.de/channels/streaming-0-quiet",
            "expires":"2026-11-25T10:00:00.500Z"})",
        false, 1'795'000'000'000'000'000);
    QVERIFY(channel);
    QCOMPARE(channel->endpoint, QStringLiteral("wss://streaming.mypurecloud.de/channels/…"));
    QCOMPARE(rfc3339Utc(channel->expiresWallNs), QByteArray("2026-11-25T10:00:00.500000Z"));
    QVERIFY(!redactor::redacted(QStringLiteral("a streaming-0-quiet b")).contains(QStringLiteral("quiet")));
}

void tst_GenesysParts::badChannelAnswersAreRefused_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("loopback");
    const auto row = [](const char* name, const char* uri, bool loopback = false, const char* id = "streaming-1-a") {
        QTest::newRow(name) << QByteArray(R"({"id":")") + id + R"(","connectUri":")" + uri + R"("})" << loopback;
    };
    row("plain text", "ws://streaming.mypurecloud.de/channels/a");
    row("plain loopback from the internet", "ws://127.0.0.1/channels/a");
    row("loopback from the internet", "wss://localhost/channels/a");
    row("user", "wss://me:pw@streaming.mypurecloud.de/channels/a");
    row("no host", "wss:///channels/a");
    row("bare host", "wss://intranet/channels/a");
    row("http", "https://streaming.mypurecloud.de/channels/a");
    row("plain elsewhere", "ws://10.0.0.1/channels/a", true);
    row("id with a path", "wss://streaming.mypurecloud.de/channels/a", false, "a/../b");
    row("no id", "wss://streaming.mypurecloud.de/channels/a", false, "");
    QTest::newRow("not JSON") << QByteArray("<html>") << false;
    QTest::newRow("no uri") << QByteArray(R"({"id":"streaming-1-a"})") << false;
}

void tst_GenesysParts::badChannelAnswersAreRefused()
{
    QFETCH(const QByteArray, body);
    QFETCH(const bool, loopback);
    const Expected<Channel> channel = channelFromReply(body, loopback, 0);
    QVERIFY(!channel);
    QVERIFY(channel.error().code == ErrorCode::Refused || channel.error().code == ErrorCode::Protocol);
}

void tst_GenesysParts::cacheGivesBackTheNewest()
{
    const QTemporaryDir folder;
    const QString inside = folder.filePath(QStringLiteral("a/b"));
    SchemaCache cache(inside, QStringLiteral("api.mypurecloud.de"));
    QCOMPARE(cache.newest(), QByteArray());
    QVERIFY(cache.keep("{\"entities\":[1]}"));
    QCOMPARE(cache.newest(), QByteArray("{\"entities\":[1]}"));
    QCOMPARE(SchemaCache(inside, QStringLiteral("api.mypurecloud.ie")).newest(), QByteArray());
    const QFileInfoList files = QDir(inside).entryInfoList(QDir::Files);
    QCOMPARE(files.size(), 1);
    QVERIFY(!(files[0].permissions() & (QFile::ReadGroup | QFile::ReadOther)));
    for (int i = 0; i < 8; ++i)
        QVERIFY(cache.keep("{\"entities\":[" + QByteArray::number(i) + "]}"));
    QVERIFY(QDir(inside).entryList(QDir::Files).size() <= 5);
    QVERIFY(SchemaCache({}, QStringLiteral("h")).keep("x"));
    QVERIFY(!SchemaCache(QStringLiteral("/proc/none"), QStringLiteral("h")).keep("x"));
}

void tst_GenesysParts::cacheIgnoresWhatIsNotItsOwn()
{
    const QTemporaryDir folder;
    SchemaCache cache(folder.path(), QStringLiteral("../../evil host"));
    QVERIFY(cache.keep("{\"entities\":[]}"));
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1); // inside the folder
    QFile file(QDir(folder.path()).entryInfoList(QDir::Files).front().filePath());
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Append));
    file.write("cut or changed");
    file.close();
    QCOMPARE(cache.newest(), QByteArray());
}

QTEST_GUILESS_MAIN(tst_GenesysParts)
#include "tst_genesysparts.moc"
