/// The notifications' REST host and sign-in, over real sockets.
#include "tests/core/simulator/notificationclient.h"
#include "tests/core/simulator/rawstream.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLocale>
#include <QSet>
#include <QTest>

using namespace framescope;
using namespace framescope::test;

namespace {

const QByteArray channelsPath = "/api/v2/notifications/channels";
const QByteArray topicsPath = "/api/v2/notifications/availabletopics";
const QByteArray verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const QByteArray redirect = "http://127.0.0.1:49152/callback";

QByteArray authorizeQuery(const NotificationClient& client, const QByteArray& more = {})
{
    const QByteArray challenge = QCryptographicHash::hash(verifier, QCryptographicHash::Sha256)
                                     .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
    return "/oauth/authorize?client_id=" + client.endpoint.clientId + "&redirect_uri=" + redirect.toPercentEncoding() +
           "&response_type=code&code_challenge=" + challenge + "&code_challenge_method=S256&state=a%20b%26c" + more;
}

/// The value of a query's item in a Location header.
QByteArray inLocation(const RestAnswer& answer, const char* name)
{
    const QUrlQuery query{QUrl::fromEncoded(answer.header("Location"))};
    return query.queryItemValue(QLatin1String(name), QUrl::FullyDecoded).toUtf8();
}

RestAnswer redeem(const NotificationClient& client, const QByteArray& code, const QByteArray& withVerifier = verifier)
{
    const QByteArray form = "grant_type=authorization_code&code=" + code + "&code_verifier=" + withVerifier +
                            "&client_id=" + client.endpoint.clientId + "&redirect_uri=" + redirect.toPercentEncoding();
    return client.plain("POST", "/oauth/token", form);
}

QList<QByteArray> madeUpTopics(int count)
{
    QList<QByteArray> topics;
    for (int i = 0; i < count; ++i)
        topics.append("v2.users.00000000-0000-4000-8000-" + QByteArray::number(i).rightJustified(12, '0') +
                      ".presence");
    return topics;
}

QJsonArray entitiesOf(const RestAnswer& answer)
{
    return answer.json().value(QStringLiteral("entities")).toArray();
}

} // namespace

class TstNotificationRest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void personSignsInWithPkce();
    void codeIsGoodOnce();
    void wrongVerifierIsRefused();
    void personCanCancel();
    void authorizeIsRefused_data();
    void authorizeIsRefused();
    void requestsNeedAToken();
    void everyReplyHasDateAndCorrelationId();
    void channelIsMadeWithAnEmptyPost();
    void channelsAreListed();
    void channelExistsOrNot();
    void subscriptionAddsAndReplaces();
    void rejectedTopicsNameThePermission();
    void oneBadTopicFailsTheBatch();
    void badBodiesAreRefused();
    void thousandAndOneTopicsAreRefused();
    void availableTopicsInEachForm();
    void signedInPersonIsKnown();
    void usersAndQueuesAreFound();
    void limitsAreShown();
    void tooManyRequestsMustWait();
    void injectedRefusalsPass();
    void otherScenariosHaveNoNotifications();
};

void TstNotificationRest::personSignsInWithPkce()
{
    NotificationClient client;
    const RestAnswer page = client.plain("GET", authorizeQuery(client));
    QCOMPARE(page.status, 200);
    QVERIFY(page.header("Content-Type").startsWith("text/html"));
    const qsizetype at = page.body.indexOf("id=\"allow\" href=\"") + 17;
    const QByteArray link = page.body.sliced(at, page.body.indexOf('"', at) - at).replace("&amp;", "&");
    const RestAnswer back = client.plain("GET", link);
    QCOMPARE(back.status, 302);
    QVERIFY(back.header("Location").startsWith(redirect + "?code="));
    QCOMPARE(inLocation(back, "state"), QByteArray("a b&c"));

    const RestAnswer answer = redeem(client, inLocation(back, "code"));
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.json().value(QStringLiteral("token_type")).toString(), QStringLiteral("bearer"));
    QCOMPARE(answer.json().value(QStringLiteral("expires_in")).toInt(), 86'400);
    const QByteArray token = answer.json().value(QStringLiteral("access_token")).toString().toLatin1();
    QCOMPARE(client.restAs(token, "GET", "/api/v2/users/me").status, 200);
}

void TstNotificationRest::codeIsGoodOnce()
{
    const NotificationClient client;
    const QByteArray code = inLocation(client.plain("GET", authorizeQuery(client, "&allow=1")), "code");
    QCOMPARE(redeem(client, code).status, 200);
    const RestAnswer again = redeem(client, code);
    QCOMPARE(again.status, 400);
    QCOMPARE(again.json().value(QStringLiteral("error")).toString(), QStringLiteral("invalid_grant"));
}

void TstNotificationRest::wrongVerifierIsRefused()
{
    const NotificationClient client;
    const QByteArray code = inLocation(client.plain("GET", authorizeQuery(client, "&allow=1")), "code");
    QCOMPARE(redeem(client, code, QByteArray(43, 'x')).status, 400);
    QCOMPARE(redeem(client, code).status, 400); // what was tried is gone
    QCOMPARE(redeem(client, "never-issued").status, 400);
}

void TstNotificationRest::personCanCancel()
{
    const NotificationClient client;
    const RestAnswer answer = client.plain("GET", authorizeQuery(client, "&deny"));
    QCOMPARE(answer.status, 302);
    QCOMPARE(inLocation(answer, "error"), QByteArray("access_denied"));
    QCOMPARE(inLocation(answer, "state"), QByteArray("a b&c"));
    QVERIFY(inLocation(answer, "code").isEmpty());
}

void TstNotificationRest::authorizeIsRefused_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::newRow("other client") << QByteArray("client_id=") << QByteArray("client_id=x");
    QTest::newRow("other host") << QByteArray("127.0.0.1%3A49152") << QByteArray("example.invalid");
    QTest::newRow("https") << QByteArray("http%3A") << QByteArray("https%3A");
    QTest::newRow("another response") << QByteArray("response_type=code") << QByteArray("response_type=token");
    QTest::newRow("plain challenge") << QByteArray("S256") << QByteArray("plain");
    QTest::newRow("no challenge") << QByteArray("code_challenge=") << QByteArray("challenge=");
}

void TstNotificationRest::authorizeIsRefused()
{
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    const NotificationClient client;
    const QByteArray query = authorizeQuery(client, "&allow=1");
    QVERIFY(query.contains(from));
    const RestAnswer answer = client.plain("GET", QByteArray(query).replace(from, to));
    QCOMPARE(answer.status, 400);
    QVERIFY(answer.header("Location").isEmpty());
}

void TstNotificationRest::requestsNeedAToken()
{
    NotificationClient client;
    const RestAnswer none = client.plain("POST", channelsPath);
    QCOMPARE(none.status, 401);
    QCOMPARE(none.json().value(QStringLiteral("code")).toString(), QStringLiteral("authentication.required"));
    QCOMPARE(none.json().value(QStringLiteral("status")).toInt(), 401);
    const RestAnswer wrong = client.restAs("nonsense", "GET", channelsPath);
    QCOMPARE(wrong.json().value(QStringLiteral("code")).toString(), QStringLiteral("bad.credentials"));
    QCOMPARE(client.rest("GET", "/api/v2/nothing").status, 404);
}

void TstNotificationRest::everyReplyHasDateAndCorrelationId()
{
    NotificationClient client;
    for (const RestAnswer& answer :
         {client.rest("GET", channelsPath), client.rest("GET", "/api/v2/nothing"), client.plain("GET", channelsPath)}) {
        QCOMPARE(answer.header("inin-correlation-id").size(), 36);
        const QDateTime date = QLocale::c().toDateTime(QString::fromLatin1(answer.header("Date").chopped(4)),
                                                       QStringLiteral("ddd, dd MMM yyyy HH:mm:ss"));
        QVERIFY2(date.isValid(), answer.header("Date").constData());
    }
}

void TstNotificationRest::channelIsMadeWithAnEmptyPost()
{
    NotificationClient client;
    const RestAnswer answer = client.rest("POST", channelsPath + "?connectionType=streaming");
    QCOMPARE(answer.status, 200);
    const QString id = answer.json().value(QStringLiteral("id")).toString();
    static const QRegularExpression form(QStringLiteral("^streaming-\\d-[a-z0-9]{26}$"));
    QVERIFY2(form.match(id).hasMatch(), qPrintable(id));
    QCOMPARE(QUrl(answer.json().value(QStringLiteral("connectUri")).toString()), client.socketUrl(id.toLatin1()));
    const QString expires = answer.json().value(QStringLiteral("expires")).toString();
    QVERIFY(expires.endsWith(QLatin1Char('Z')) && expires.size() == 24);
    const qint64 seconds = QDateTime::currentDateTimeUtc().secsTo(QDateTime::fromString(expires, Qt::ISODateWithMs));
    QVERIFY(seconds > 86'000 && seconds <= 86'400);
    QCOMPARE(client.thread.ledger().channels, 1U);
}

void TstNotificationRest::channelsAreListed()
{
    NotificationClient client;
    const QByteArray mine = client.newChannel();
    const QByteArray otherToken = client.newToken();
    QCOMPARE(client.restAs(otherToken, "POST", channelsPath).status, 200);
    const QJsonArray own = entitiesOf(client.rest("GET", channelsPath));
    QCOMPARE(own.size(), 1);
    QCOMPARE(own.first().toObject().value(QStringLiteral("id")).toString().toLatin1(), mine);
    const QJsonArray all = entitiesOf(client.rest("GET", channelsPath + "?includechannels=oauthclient"));
    QCOMPARE(all.size(), 2);
    QVERIFY(!all.last().toObject().contains(QStringLiteral("id"))); // not ours to see
    QVERIFY(!all.last().toObject().contains(QStringLiteral("connectUri")));
}

void TstNotificationRest::channelExistsOrNot()
{
    NotificationClient client;
    const RestAnswer head = client.rest("HEAD", channelsPath + '/' + client.newChannel());
    QCOMPARE(head.status, 200);
    QVERIFY(head.body.isEmpty());
    const RestAnswer none = client.rest("HEAD", channelsPath + "/streaming-0-nothing");
    QCOMPARE(none.status, 404);
    QVERIFY(none.body.isEmpty());
}

void TstNotificationRest::subscriptionAddsAndReplaces()
{
    NotificationClient client;
    const QByteArray channel = client.newChannel();
    const QList<QByteArray> topics = madeUpTopics(4);
    QCOMPARE(client.subscribe(channel, topics.first(2)).size(), 2);
    QCOMPARE(client.subscribe(channel, topics.sliced(1, 2)).size(), 3); // one of them was there
    const QByteArray path = channelsPath + '/' + channel + "/subscriptions";
    QCOMPARE(entitiesOf(client.rest("GET", path)).size(), 3);
    const QJsonArray replaced = client.subscribe(channel, topics.last(1), "PUT");
    QCOMPARE(replaced.size(), 1);
    QCOMPARE(replaced.first().toObject().value(QStringLiteral("id")).toString().toLatin1(), topics.last());
    QCOMPARE(replaced.first().toObject().value(QStringLiteral("state")).toString(), QStringLiteral("Permitted"));
    QVERIFY(client.rest("DELETE", path).status / 100 == 2);
    QCOMPARE(entitiesOf(client.rest("GET", path)).size(), 0);
}

void TstNotificationRest::rejectedTopicsNameThePermission()
{
    NotificationClient client;
    const QList<QByteArray> demo(client.endpoint.topics.begin(), client.endpoint.topics.end());
    int rejected = 0;
    const QJsonArray entities = client.subscribe(client.newChannel(), demo);
    QCOMPARE(entities.size(), demo.size());
    for (const QJsonValue& value : entities) {
        const QJsonObject topic = value.toObject();
        if (topic.value(QStringLiteral("state")).toString() != QLatin1String("Rejected"))
            continue;
        ++rejected;
        QVERIFY(!topic.value(QStringLiteral("rejectionReason")).toString().isEmpty());
        QCOMPARE(topic.value(QStringLiteral("missingPermissions")).toArray().size(), 1);
    }
    QCOMPARE(rejected, 3);
}

void TstNotificationRest::oneBadTopicFailsTheBatch()
{
    NotificationClient client;
    const QByteArray channel = client.newChannel();
    const QByteArray path = channelsPath + '/' + channel + "/subscriptions";
    const QList<QByteArray> topics = madeUpTopics(2);
    QCOMPARE(client.rest("POST", path, topicList(topics + QList<QByteArray>{"v2.weather"})).status, 400);
    QList<QByteArray> demo(client.endpoint.topics.begin(), client.endpoint.topics.end());
    const RestAnswer forbidden = client.rest("POST", path, topicList(demo));
    QCOMPARE(forbidden.status, 403);
    QCOMPARE(forbidden.json().value(QStringLiteral("code")).toString(), QStringLiteral("missing.permissions"));
    QCOMPARE(entitiesOf(client.rest("GET", path)).size(), 0);
    const QJsonArray ignored = client.subscribe(channel, topics + QList<QByteArray>{"v2.weather"});
    QCOMPARE(ignored.last().toObject().value(QStringLiteral("state")).toString(), QStringLiteral("Rejected"));
}

void TstNotificationRest::badBodiesAreRefused()
{
    NotificationClient client;
    const QByteArray path = channelsPath + '/' + client.newChannel() + "/subscriptions";
    for (const char* body : {"nonsense", "{\"topics\":[]}", "[1]", "[{\"name\":\"v2.x\"}]", "[{\"id\":1}]"})
        QCOMPARE(client.rest("POST", path, body).status, 400);
    QCOMPARE(client.rest("POST", channelsPath + "/streaming-0-nothing/subscriptions", "[]").status, 404);
    QCOMPARE(client.rest("PATCH", path, "[]").status, 405);
}

void TstNotificationRest::thousandAndOneTopicsAreRefused()
{
    NotificationClient client;
    const QByteArray channel = client.newChannel();
    const QByteArray path = channelsPath + '/' + channel + "/subscriptions";
    const RestAnswer refused = client.rest("POST", path, topicList(madeUpTopics(1'001)));
    QCOMPARE(refused.status, 400);
    QVERIFY(refused.json().value(QStringLiteral("message")).toString().contains(QStringLiteral("1000")));
    QCOMPARE(client.subscribe(channel, madeUpTopics(1'000)).size(), 1'000);
    QCOMPARE(client.rest("POST", path, topicList({"v2.operations.events.AUDIOHOOK-0001"})).status, 400);
    QCOMPARE(client.rest("PUT", path, topicList({"v2.operations.events.AUDIOHOOK-0001"})).status, 200);
    // As many characters as the service allows.
    QList<QByteArray> longOnes;
    for (const QByteArray& topic : madeUpTopics(1'001))
        longOnes.append(topic.leftJustified(200, 'x'));
    QCOMPARE(client.rest("PUT", path, topicList(longOnes)).status, 400);
}

void TstNotificationRest::availableTopicsInEachForm()
{
    NotificationClient client;
    const QJsonArray bare = entitiesOf(client.rest("GET", topicsPath));
    QCOMPARE(bare.size(), 26);
    QVERIFY(!bare.first().toObject().contains(QStringLiteral("schema")));
    const QByteArray joined = topicsPath + "?expand=description,requiresPermissions,transports,schema,visibility";
    const QByteArray repeated =
        topicsPath + "?expand=description&expand=requiresPermissions&expand=transports&expand=schema&expand=visibility";
    const QJsonArray full = entitiesOf(client.rest("GET", joined));
    QCOMPARE(full, entitiesOf(client.rest("GET", repeated)));
    QSet<QString> ids;
    for (const QJsonValue& value : full) {
        const QJsonObject topic = value.toObject();
        ids.insert(topic.value(QStringLiteral("id")).toString());
        QVERIFY(!topic.value(QStringLiteral("description")).toString().isEmpty());
        QVERIFY(topic.value(QStringLiteral("requiresPermissions")).isArray());
        QVERIFY(topic.value(QStringLiteral("transports")).toArray().contains(QStringLiteral("Websocket")));
        QVERIFY(topic.value(QStringLiteral("schema")).toObject().contains(QStringLiteral("properties")));
    }
    QVERIFY(ids.contains(QStringLiteral("v2.users.{id}.presence")) && ids.size() == 26);
    QCOMPARE(entitiesOf(client.rest("GET", topicsPath + "?includePreview=true")).size(), 27);
}

void TstNotificationRest::signedInPersonIsKnown()
{
    NotificationClient client;
    const RestAnswer nobody = client.rest("GET", "/api/v2/users/me");
    QCOMPARE(nobody.status, 404);
    const QByteArray code = inLocation(client.plain("GET", authorizeQuery(client, "&allow=1")), "code");
    const QByteArray token = redeem(client, code).json().value(QStringLiteral("access_token")).toString().toLatin1();
    const QJsonObject me = client.restAs(token, "GET", "/api/v2/users/me").json();
    QCOMPARE(me.value(QStringLiteral("name")).toString(), QStringLiteral("Zoë Müller"));
    const QByteArray id = me.value(QStringLiteral("id")).toString().toLatin1();
    QCOMPARE(client.rest("GET", "/api/v2/users/" + id).json(), me);
    // The first of the demo topics is this person's.
    QVERIFY(client.endpoint.topics.front().contains(id));
}

void TstNotificationRest::usersAndQueuesAreFound()
{
    NotificationClient client;
    const QJsonObject page = client.rest("GET", "/api/v2/users?pageSize=5&pageNumber=2").json();
    QCOMPARE(page.value(QStringLiteral("entities")).toArray().size(), 5);
    QCOMPARE(page.value(QStringLiteral("total")).toInt(), 16);
    QCOMPARE(page.value(QStringLiteral("pageCount")).toInt(), 4);
    const QByteArray search = R"({"pageSize":10,"query":[{"fields":["name"],"value":"müLLer","type":"CONTAINS"}]})";
    const QJsonObject found = client.rest("POST", "/api/v2/users/search", search).json();
    QCOMPARE(found.value(QStringLiteral("results")).toArray().size(), 1);
    QCOMPARE(client.rest("POST", "/api/v2/users/search", "[]").status, 400);
    const QJsonArray queues = entitiesOf(client.rest("GET", "/api/v2/routing/queues?name=*claims*"));
    QCOMPARE(queues.size(), 2);
    QVERIFY(queues.first().toObject().value(QStringLiteral("name")).toString().startsWith(QStringLiteral("Claims")));
    QCOMPARE(entitiesOf(client.rest("GET", "/api/v2/routing/queues?pageSize=100")).size(), 6);
}

void TstNotificationRest::limitsAreShown()
{
    NotificationClient client;
    const QJsonArray limits = entitiesOf(client.rest("GET", "/api/v2/organizations/limits/namespaces/platform.api"));
    QCOMPARE(limits.first().toObject().value(QStringLiteral("key")).toString(),
             QStringLiteral("client.credentials.token.rate.per.minute"));
    QCOMPARE(limits.first().toObject().value(QStringLiteral("value")).toInt(), 300);
}

void TstNotificationRest::tooManyRequestsMustWait()
{
    SimulatorOptions options = contactCentre();
    options.requestsPerMinute = 3;
    NotificationClient client(options);
    for (int i = 0; i < 3; ++i)
        QCOMPARE(client.rest("GET", channelsPath).status, 200);
    const RestAnswer refused = client.rest("GET", channelsPath);
    QCOMPARE(refused.status, 429);
    const int seconds = refused.header("Retry-After").toInt();
    QVERIFY(seconds >= 1 && seconds <= 60);
    QCOMPARE(refused.json().value(QStringLiteral("code")).toString(), QStringLiteral("too.many.requests"));
    QVERIFY(refused.json()
                .value(QStringLiteral("message"))
                .toString()
                .contains(QLatin1Char('[') + QString::number(seconds) + QLatin1Char(']')));
    // Another token has a budget of its own.
    QCOMPARE(client.restAs(client.newToken(), "GET", channelsPath).status, 200);
}

void TstNotificationRest::injectedRefusalsPass()
{
    NotificationClient client;
    client.thread.inject(ChannelFault::RestUnavailable503);
    QTRY_COMPARE(client.thread.ledger().faultCount, 1U);
    QCOMPARE(client.rest("GET", channelsPath).status, 503);
    QCOMPARE(client.rest("GET", channelsPath).status, 503);
    QCOMPARE(client.rest("GET", channelsPath).status, 200);
    client.thread.inject(ChannelFault::RateLimited429);
    QTRY_COMPARE(client.thread.ledger().faultCount, 2U);
    QCOMPARE(client.rest("GET", channelsPath).header("Retry-After"), QByteArray("1"));
    QCOMPARE(client.rest("GET", channelsPath).status, 429);
    QCOMPARE(client.rest("GET", channelsPath).status, 200);
    QCOMPARE(client.thread.ledger().faults.front().fault, channelFaultName(ChannelFault::RestUnavailable503));
}

void TstNotificationRest::otherScenariosHaveNoNotifications()
{
    SimulatorOptions options;
    options.scenario = QStringLiteral("quiet");
    NotificationClient client(options);
    QCOMPARE(client.rest("POST", channelsPath).status, 404);
    QCOMPARE(client.plain("GET", "/oauth/authorize").status, 404);
    QVERIFY(client.endpoint.topics.empty());
    client.thread.inject(ChannelFault::Close1001);
    QCOMPARE(client.thread.ledger().faultCount, 0U);
}

QTEST_GUILESS_MAIN(TstNotificationRest)
#include "tst_notificationrest.moc"
