// The REST client, the directory and the sign-in of a person against a scripted server: what is sent, retried, paced,
// refused and told.
#include "core/base/clock.h"
#include "core/base/redactor.h"
#include "core/genesys/directory.h"
#include "core/genesys/pkcesignin.h"
#include "core/genesys/restclient.h"
#include "tests/support/rawwebsocketserver.h"

#include <QCryptographicHash>
#include <QElapsedTimer>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QSignalSpy>
#include <QTest>
#include <QUrlQuery>

using namespace framescope;
using namespace framescope::test;
using namespace std::chrono_literals;

namespace {

using Reply = tl::expected<RestReply, RestFailure>;

RestCall getCall(const char* path = "/api/v2/thing")
{
    RestCall call;
    call.path = QString::fromLatin1(path);
    return call;
}

} // namespace

class tst_RestClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void sendsTheTokenAndNothingElse();
    void aRefusedTokenIsRenewedOnce();
    void callsThatAreRefusedTogetherClearTheTokenOnce();
    void waitsForRetryAfter();
    void waitNamedInTheMessageCounts();
    void longRetryAfterIsAnErrorThatNamesIt();
    void unavailableServiceIsTriedFourTimes();
    void redirectsNeverCarryTheToken();
    void oversizeAnswersAreRefused();
    void correlationIdStandsInTheError();
    void paceStaysBelowTheLimit();
    void clockOffsetComesFromTheDate();
    void noTokenFailsEveryCall();
    void cancelledCallsAreSilent();
    void plainTextToAnotherHostIsRefused();

    void directoryReadsTopics();
    void directorySearchesQueuesAndUsers();
    void directoryKnowsWhenNobodyIsSignedIn();
    void newerQuestionReplacesTheOlder();
    void directoryMayBeDeletedInItsReply();

    void personSignsIn();
    void wrongStateIsRefusedAndTheWaitGoesOn();
    void refusalOfThePersonEnds();
    void refusedCodeSaysWhatToCheck();
    void nobodyAnswersInTime();
    void takenPortIsAnError();
    void junkOnThePortChangesNothing();

private:
    [[nodiscard]] GenesysHosts hosts() const
    {
        return *GenesysHosts::fromGateway(QUrl(QStringLiteral("http://127.0.0.1:%1").arg(m_server->port())));
    }
    [[nodiscard]] RestOptions options() const
    {
        RestOptions options;
        options.hosts = hosts();
        options.retryUnit = 4ms;
        return options;
    }
    void makeClient(const RestOptions& options);
    [[nodiscard]] std::optional<Reply> ask(const RestCall& call);
    [[nodiscard]] std::unique_ptr<Directory> directory() const;
    /// The page that the browser shows for @p url; its text.
    [[nodiscard]] static QByteArray browse(const QUrl& url);
    [[nodiscard]] static QUrl redirect(const QUrl& page, const QString& state, const QByteArray& rest);

    std::unique_ptr<RawWebSocketServer> m_server;
    std::function<void(RawConnection&, const QByteArray& path, int number)> m_onCall;
    int m_tokens = 0;
    int m_calls = 0;
    std::unique_ptr<TokenProvider> m_provider;
    std::unique_ptr<RestClient> m_client;
};

void tst_RestClient::init()
{
    m_client.reset();
    m_provider.reset();
    m_tokens = 0;
    m_calls = 0;
    m_onCall = [](RawConnection& connection, const QByteArray&, int) { connection.reply(200, "{}"); };
    m_server = std::make_unique<RawWebSocketServer>();
    m_server->onRequest = [this](RawConnection& connection, int) {
        const QByteArray path = connection.requestLine().split(' ').value(1);
        if (path == "/oauth/token")
            return connection.reply(200, "{\"access_token\":\"token-number-" + QByteArray::number(++m_tokens) +
                                             "\",\"expires_in\":3600}");
        m_onCall(connection, path, ++m_calls);
    };
}

void tst_RestClient::makeClient(const RestOptions& options)
{
    m_client.reset();
    m_provider = std::make_unique<TokenProvider>(
        ClientCredentials{options.hosts.tokenUrl(), QStringLiteral("id"), Secret("the-secret"), QString(), QString()});
    m_client = std::make_unique<RestClient>(options, m_provider.get());
}

std::optional<Reply> tst_RestClient::ask(const RestCall& call)
{
    std::optional<Reply> answer;
    m_client->send(call, [&](Reply reply) { answer = std::move(reply); });
    if (answer)
        return {}; // inside its question
    (void)QTest::qWaitFor([&] { return answer.has_value(); }, 10'000);
    return answer;
}

void tst_RestClient::sendsTheTokenAndNothingElse()
{
    makeClient(options());
    RestCall call = getCall();
    call.verb = "POST";
    call.query = QStringLiteral("a=b");
    const auto answer = ask(call);
    QVERIFY(answer && answer->has_value());
    QCOMPARE((*answer)->body, QByteArray("{}"));
    const RawConnection& request = *m_server->last();
    QCOMPARE(request.requestLine(), QByteArray("POST /api/v2/thing?a=b HTTP/1.1"));
    QCOMPARE(request.header("Authorization"), QByteArray("Bearer token-number-1"));
    QCOMPARE(request.header("Content-Length"), QByteArray("0"));
    QCOMPARE(request.header("Cookie"), QByteArray());
}

void tst_RestClient::aRefusedTokenIsRenewedOnce()
{
    m_onCall = [](RawConnection& connection, const QByteArray&, int) {
        const bool fresh = connection.header("Authorization").endsWith("-2");
        connection.reply(fresh ? 200 : 401, "{}");
    };
    makeClient(options());
    QSignalSpy refused(m_client.get(), &RestClient::tokenRefused);
    QVERIFY(ask(getCall())->has_value());
    QCOMPARE(refused.size(), 1);
    m_onCall = [](RawConnection& connection, const QByteArray&, int) { connection.reply(401, "{}"); };
    const auto answer = ask(getCall());
    QVERIFY(answer && !answer->has_value());
    QCOMPARE(answer->error().error.code, ErrorCode::TokenRejected);
    QCOMPARE(m_calls, 4);
    QCOMPARE(m_tokens, 3);
}

void tst_RestClient::callsThatAreRefusedTogetherClearTheTokenOnce()
{
    m_onCall = [](RawConnection& connection, const QByteArray&, int) {
        connection.reply(connection.header("Authorization").endsWith("-1") ? 401 : 200, "{}");
    };
    makeClient(options());
    int done = 0;
    for (int i = 0; i < 4; ++i)
        m_client->send(getCall(), [&](const Reply& reply) { done += reply.has_value() ? 1 : 0; });
    QTRY_COMPARE(done, 4);
    QCOMPARE(m_tokens, 2);
}

void tst_RestClient::waitsForRetryAfter()
{
    m_onCall = [](RawConnection& connection, const QByteArray&, int number) {
        connection.reply(number == 1 ? 429 : 200, "{}", number == 1 ? "Retry-After: 1\r\n" : "");
    };
    makeClient(options());
    QSignalSpy retrying(m_client.get(), &RestClient::retrying);
    QElapsedTimer clock;
    clock.start();
    QVERIFY(ask(getCall())->has_value());
    QVERIFY(clock.elapsed() >= 990);
    QCOMPARE(retrying.size(), 1);
}

void tst_RestClient::waitNamedInTheMessageCounts()
{
    m_onCall = [](RawConnection& connection, const QByteArray&, int number) {
        connection.reply(number == 1 ? 429 : 200, R"({"message":"Retry the request in [1] seconds"})");
    };
    makeClient(options());
    QElapsedTimer clock;
    clock.start();
    QVERIFY(ask(getCall())->has_value());
    QVERIFY(clock.elapsed() >= 990);
}

void tst_RestClient::longRetryAfterIsAnErrorThatNamesIt()
{
    m_onCall = [](RawConnection& connection, const QByteArray&, int) {
        connection.reply(429, R"({"code":"too.many.requests"})", "Retry-After: 181\r\n");
    };
    makeClient(options());
    const auto answer = ask(getCall());
    QVERIFY(answer && !answer->has_value());
    QCOMPARE(answer->error().error.code, ErrorCode::RateLimited);
    QVERIFY(answer->error().error.detail.contains(QStringLiteral("181 s")));
    QCOMPARE(answer->error().retryAfterMs, 181'000);
    QCOMPARE(m_calls, 1);
}

void tst_RestClient::unavailableServiceIsTriedFourTimes()
{
    for (const int status : {502, 503, 504}) {
        m_calls = 0;
        m_onCall = [status](RawConnection& connection, const QByteArray&, int) { connection.reply(status); };
        makeClient(options());
        const auto answer = ask(getCall());
        QVERIFY(answer && !answer->has_value());
        QCOMPARE(answer->error().error.code, ErrorCode::Network);
        QCOMPARE(m_calls, 4);
    }
}

void tst_RestClient::redirectsNeverCarryTheToken()
{
    RawWebSocketServer elsewhere;
    m_onCall = [&](RawConnection& connection, const QByteArray&, int) {
        connection.reply(302, {}, "Location: " + elsewhere.httpUrl().toEncoded() + "\r\n");
    };
    makeClient(options());
    const auto answer = ask(getCall());
    QVERIFY(answer && !answer->has_value());
    QCOMPARE(answer->error().error.code, ErrorCode::Refused);
    QCOMPARE(elsewhere.connections().size(), 0u);
}

void tst_RestClient::oversizeAnswersAreRefused()
{
    m_onCall = [](RawConnection& connection, const QByteArray&, int) { connection.reply(200, QByteArray(5000, 'x')); };
    makeClient(options());
    RestCall call = getCall();
    call.replyLimitBytes = 4096;
    const auto answer = ask(call);
    QVERIFY(answer && !answer->has_value());
    QCOMPARE(answer->error().error.code, ErrorCode::Protocol);
}

void tst_RestClient::correlationIdStandsInTheError()
{
    m_onCall = [](RawConnection& connection, const QByteArray&, int) {
        connection.reply(500, R"({"message":"broken"})", "ININ-Correlation-Id: 1234-abcd\r\n");
    };
    makeClient(options());
    const auto answer = ask(getCall());
    QVERIFY(answer && !answer->has_value());
    QVERIFY(answer->error().error.detail.contains(QStringLiteral("Correlation id: 1234-abcd")));
}

void tst_RestClient::paceStaysBelowTheLimit()
{
    RestOptions paced = options();
    paced.requestsPerMinute = 10;
    paced.budgetWindow = 600ms;
    makeClient(paced);
    QElapsedTimer clock;
    clock.start();
    int done = 0;
    for (int i = 0; i < 12; ++i)
        m_client->send(getCall(), [&](const Reply&) { ++done; });
    QTRY_COMPARE(done, 12);
    QVERIFY(clock.elapsed() >= 550); // the tenth waited for the window
    QVERIFY(m_client->requestsLastMinute() <= 10);
}

void tst_RestClient::clockOffsetComesFromTheDate()
{
    m_onCall = [](RawConnection& connection, const QByteArray&, int) {
        const QDateTime ahead = QDateTime::currentDateTimeUtc().addSecs(3600);
        connection.reply(
            200, "{}",
            "Date: " + QLocale::c().toString(ahead, QStringLiteral("ddd, dd MMM yyyy hh:mm:ss 'GMT'")).toLatin1() +
                "\r\n");
    };
    makeClient(options());
    QVERIFY(!m_client->clockOffsetNs());
    QVERIFY(ask(getCall())->has_value());
    const double seconds = double(m_client->clockOffsetNs().value()) / 1e9;
    QVERIFY2(seconds > 3598 && seconds < 3602, qPrintable(QString::number(seconds)));
}

void tst_RestClient::noTokenFailsEveryCall()
{
    m_server->onRequest = [](RawConnection& connection, int) { connection.reply(401); };
    makeClient(options());
    int failed = 0;
    for (int i = 0; i < 3; ++i)
        m_client->send(getCall(),
                       [&](const Reply& reply) { failed += reply.error().error.code == ErrorCode::WrongCredentials; });
    QTRY_COMPARE(failed, 3);
    QCOMPARE(m_server->requests(), 1);
}

void tst_RestClient::cancelledCallsAreSilent()
{
    m_onCall = [](RawConnection&, const QByteArray&, int) {};
    makeClient(options());
    bool answered = false;
    const quint64 sent = m_client->send(getCall(), [&](const Reply&) { answered = true; });
    QTRY_COMPARE(m_calls, 1);
    m_client->cancel(sent);
    const quint64 waiting = m_client->send(getCall(), [&](const Reply&) { answered = true; });
    m_client->cancel(waiting);
    m_onCall = [](RawConnection& connection, const QByteArray&, int) { connection.reply(200, "{}"); };
    QVERIFY(ask(getCall())->has_value());
    QVERIFY(!answered);
}

void tst_RestClient::plainTextToAnotherHostIsRefused()
{
    RestOptions elsewhere = options();
    makeClient(elsewhere);
    elsewhere.hosts.api = QUrl(QStringLiteral("http://192.0.2.1"));
    RestClient client(elsewhere, m_provider.get());
    std::optional<Reply> answer;
    client.send(getCall(), [&](Reply reply) { answer = std::move(reply); });
    QTRY_VERIFY(answer);
    QCOMPARE(answer->error().error.code, ErrorCode::Refused);
}

std::unique_ptr<Directory> tst_RestClient::directory() const
{
    NotificationConfig config;
    config.hosts = hosts();
    config.token = AccessToken{Secret("person-token"), now().wallNs + 3'600'000'000'000};
    return std::make_unique<Directory>(config);
}

void tst_RestClient::directoryReadsTopics()
{
    m_onCall = [](RawConnection& connection, const QByteArray& path, int) {
        QVERIFY(path.startsWith("/api/v2/notifications/availabletopics?expand="));
        connection.reply(200, R"({"entities":[
            {"id":"v2.users.{id}.presence","description":"d","requiresPermissions":["a:b:c"],"transports":["All"],
             "visibility":"Public","requiresCurrentUser":true,"schema":{"type":"object"}},
            {"id":"v2.x","transports":["EventBridge"]},{"id":"v2.y","transports":["Websocket"]},{"id":"v2.z"},{},7]})");
    };
    const auto lookup = directory();
    std::optional<Expected<std::vector<AvailableTopic>>> answer;
    lookup->topics([&](auto reply) { answer = std::move(reply); });
    QTRY_VERIFY(answer);
    const std::vector<AvailableTopic>& topics = answer->value();
    QCOMPARE(topics.size(), 4u);
    QCOMPARE(topics[0].permissions, QByteArrayList{"a:b:c"});
    QVERIFY(topics[0].requiresCurrentUser && topics[0].hasSchema);
    QVERIFY(!topics[1].isForWebSocket());
    QVERIFY(topics[2].isForWebSocket() && topics[3].isForWebSocket());
}

void tst_RestClient::directorySearchesQueuesAndUsers()
{
    QByteArray asked;
    m_onCall = [&](RawConnection& connection, const QByteArray& path, int) {
        asked = connection.requestLine().split(' ').value(0) + ' ' + path + ' ' + connection.requestBody();
        connection.reply(200, path.endsWith("/search") ? R"({"results":[{"id":"u1","name":"Ann\u001b"}]})"
                                                       : R"({"entities":[{"id":"q1","name":"Sales"}]})");
    };
    const auto lookup = directory();
    std::optional<Expected<std::vector<NamedEntity>>> answer;
    lookup->queues(QStringLiteral("a&b é"), [&](auto reply) { answer = std::move(reply); });
    QTRY_VERIFY(answer);
    QCOMPARE((*answer)->front().id, QByteArray("q1"));
    QVERIFY2(asked.contains("GET /api/v2/routing/queues?pageSize=100&name=%2Aa%26b%20%C3%A9%2A"), asked.constData());
    answer.reset();
    lookup->users(QStringLiteral("An"), [&](auto reply) { answer = std::move(reply); });
    QTRY_VERIFY(answer);
    QCOMPARE((*answer)->front().name, QStringLiteral("Ann\\x1b"));
    QVERIFY(asked.startsWith("POST /api/v2/users/search ") && asked.contains("\"An\""));
    answer.reset();
    lookup->users(QString(), [&](auto reply) { answer = std::move(reply); });
    QTRY_VERIFY(answer);
    QVERIFY(asked.startsWith("GET /api/v2/users?pageSize=100"));
}

void tst_RestClient::directoryKnowsWhenNobodyIsSignedIn()
{
    m_onCall = [](RawConnection& connection, const QByteArray& path, int) {
        if (path == "/api/v2/users/me")
            return connection.reply(400, R"({"code":"bad.request","message":"This request requires a user context"})");
        connection.reply(200, R"({"entities":[{"id":"a"},{"id":"b"}]})");
    };
    const auto lookup = directory();
    std::optional<Expected<NamedEntity>> answer;
    lookup->me([&](auto reply) { answer = std::move(reply); });
    QTRY_VERIFY(answer);
    QCOMPARE(answer->error().code, ErrorCode::NotFound);
    std::optional<Expected<int>> count;
    lookup->channelCount([&](auto reply) { count = std::move(reply); });
    QTRY_VERIFY(count);
    QCOMPARE(count->value(), 2);
}

void tst_RestClient::newerQuestionReplacesTheOlder()
{
    m_onCall = [](RawConnection& connection, const QByteArray&, int) {
        connection.reply(200, R"({"entities":[{"id":"q","name":"n"}]})");
    };
    const auto lookup = directory();
    std::optional<Expected<std::vector<NamedEntity>>> older;
    std::optional<Expected<std::vector<NamedEntity>>> newer;
    lookup->queues(QStringLiteral("a"), [&](auto reply) { older = std::move(reply); });
    lookup->queues(QStringLiteral("ab"), [&](auto reply) { newer = std::move(reply); });
    QVERIFY(!older);
    QTRY_VERIFY(older && newer);
    QCOMPARE(older->error().code, ErrorCode::Cancelled);
    QVERIFY(newer->has_value());
    QCOMPARE(m_calls, 1);
}

void tst_RestClient::directoryMayBeDeletedInItsReply()
{
    m_onCall = [](RawConnection& connection, const QByteArray&, int) { connection.reply(200, R"({"entities":[]})"); };
    auto lookup = directory();
    bool answered = false;
    lookup->channelCount([&](const auto&) {
        lookup.reset();
        answered = true;
    });
    QTRY_VERIFY(answered);
}

QByteArray tst_RestClient::browse(const QUrl& url)
{
    QNetworkAccessManager browser;
    QNetworkReply* reply = browser.get(QNetworkRequest(url));
    QSignalSpy finished(reply, &QNetworkReply::finished);
    (void)finished.wait();
    return reply->readAll();
}

QUrl tst_RestClient::redirect(const QUrl& page, const QString& state, const QByteArray& rest)
{
    const QUrlQuery query(page);
    QUrl url(query.queryItemValue(QStringLiteral("redirect_uri"), QUrl::FullyDecoded));
    url.setQuery(QString::fromLatin1("state=" + state.toUtf8().toPercentEncoding() + rest));
    return url;
}

namespace {

struct Person
{
    explicit Person(const PkceRequest& request)
        : signIn(std::make_unique<PkceSignIn>(request))
        , strangers(signIn.get(), &PkceSignIn::strangerRefused)
    {
        QObject::connect(signIn.get(), &PkceSignIn::signedIn, signIn.get(),
                         [this](const AccessToken& given) { token = given; });
        QObject::connect(signIn.get(), &PkceSignIn::failed, signIn.get(), [this](const Error& why) { error = why; });
        const Expected<QUrl> started = signIn->start();
        page = started.value_or(QUrl());
        state = QUrlQuery(page).queryItemValue(QStringLiteral("state"), QUrl::FullyDecoded);
    }

    std::unique_ptr<PkceSignIn> signIn;
    QSignalSpy strangers;
    std::optional<AccessToken> token;
    std::optional<Error> error;
    QUrl page;
    QString state;
};

} // namespace

void tst_RestClient::personSignsIn()
{
    Person person({hosts(), QStringLiteral("client id"), 0, {}, 60s});
    QCOMPARE(person.page.path(), QStringLiteral("/oauth/authorize"));
    const QUrlQuery query(person.page);
    QCOMPARE(query.queryItemValue(QStringLiteral("response_type")), QStringLiteral("code"));
    QCOMPARE(query.queryItemValue(QStringLiteral("code_challenge_method")), QStringLiteral("S256"));
    QVERIFY(person.state.size() >= 32);
    QVERIFY(browse(redirect(person.page, person.state, "&code=the%2Bcode")).contains("Signed in"));
    QTRY_VERIFY(person.token);
    QCOMPARE(person.token->value.reveal(), QByteArray("token-number-1"));
    const QUrlQuery form(QString::fromLatin1(m_server->last()->requestBody()));
    const auto field = [&](const char* name) {
        return form.queryItemValue(QLatin1String(name), QUrl::FullyDecoded).toUtf8();
    };
    QCOMPARE(field("grant_type"), QByteArray("authorization_code"));
    QCOMPARE(field("code"), QByteArray("the+code"));
    QCOMPARE(field("client_id"), QByteArray("client id"));
    QCOMPARE(field("redirect_uri"), query.queryItemValue(QStringLiteral("redirect_uri"), QUrl::FullyDecoded).toUtf8());
    const QByteArray verifier = field("code_verifier");
    QCOMPARE(verifier.size(), 64);
    QCOMPARE(QCryptographicHash::hash(verifier, QCryptographicHash::Sha256)
                 .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals),
             query.queryItemValue(QStringLiteral("code_challenge")).toLatin1());
    QCOMPARE(m_server->last()->header("Authorization"), QByteArray());
    QVERIFY(!redactor::redacted(QString::fromLatin1(verifier)).contains(QString::fromLatin1(verifier)));
    Person another({hosts(), QStringLiteral("client id"), 0, {}, 60s});
    QVERIFY(another.state != person.state);
}

void tst_RestClient::wrongStateIsRefusedAndTheWaitGoesOn()
{
    Person person({hosts(), QStringLiteral("id"), 0, {}, 60s});
    const QByteArray page = browse(redirect(person.page, QStringLiteral("guessed<b>"), "&code=evil"));
    QVERIFY(page.contains("does not belong") && !page.contains("guessed"));
    QTRY_COMPARE(person.strangers.size(), 1);
    QVERIFY(!person.token && !person.error);
    QCOMPARE(m_tokens, 0);
    QVERIFY(browse(redirect(person.page, person.state, "&code=good")).contains("Signed in"));
    QTRY_VERIFY(person.token);
}

void tst_RestClient::refusalOfThePersonEnds()
{
    Person person({hosts(), QStringLiteral("id"), 0, {}, 60s});
    const QByteArray page =
        browse(redirect(person.page, person.state, "&error=access_denied&error_description=no%20%3Cscript%3E"));
    QVERIFY(page.contains("refused") && !page.contains("script"));
    QTRY_VERIFY(person.error);
    QCOMPARE(person.error->code, ErrorCode::Refused);
    QVERIFY(person.error->detail.contains(QStringLiteral("access_denied")));
    QCOMPARE(m_tokens, 0);
}

void tst_RestClient::refusedCodeSaysWhatToCheck()
{
    m_server->onRequest = [](RawConnection& connection, int) {
        connection.reply(400, R"({"error":"invalid_grant","error_description":"code expired"})");
    };
    Person person({hosts(), QStringLiteral("id"), 0, {}, 60s});
    (void)browse(redirect(person.page, person.state, "&code=old"));
    QTRY_VERIFY(person.error);
    QCOMPARE(person.error->code, ErrorCode::WrongCredentials);
    QVERIFY(person.error->detail.contains(QStringLiteral("redirect address")));
    QVERIFY(person.error->detail.contains(QStringLiteral("code expired")));
}

void tst_RestClient::nobodyAnswersInTime()
{
    Person person({hosts(), QStringLiteral("id"), 0, {}, 30ms});
    QTRY_VERIFY(person.error);
    QCOMPARE(person.error->code, ErrorCode::Timeout);
}

void tst_RestClient::takenPortIsAnError()
{
    PkceSignIn signIn({hosts(), QStringLiteral("id"), m_server->port(), {}, 60s});
    const Expected<QUrl> page = signIn.start();
    QVERIFY(!page);
    QCOMPARE(page.error().code, ErrorCode::Network);
    QCOMPARE(PkceSignIn({hosts(), QString(), 0, {}, 60s}).start().error().code, ErrorCode::InvalidArgument);
}

void tst_RestClient::junkOnThePortChangesNothing()
{
    Person person({hosts(), QStringLiteral("id"), 0, {}, 60s});
    const quint16 port =
        quint16(QUrl(QUrlQuery(person.page).queryItemValue(QStringLiteral("redirect_uri"), QUrl::FullyDecoded)).port());
    const QList<QByteArray> all = {"GET /favicon.ico HTTP/1.1\r\n\r\n", "POST /callback?state=x HTTP/1.1\r\n\r\n",
                                   "junk\r\n\r\n", QByteArray(20'000, 'x'), QByteArray("\0\r\n\r\n", 5)};
    for (const QByteArray& bytes : all) {
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, port);
        QVERIFY(socket.waitForConnected());
        socket.write(bytes);
        QTRY_COMPARE(socket.state(), QAbstractSocket::UnconnectedState);
        QVERIFY(socket.readAll().startsWith("HTTP/1.1 40"));
    }
    QVERIFY(!person.token && !person.error);
    (void)browse(redirect(person.page, person.state, "&code=good"));
    QTRY_VERIFY(person.token);
}

QTEST_GUILESS_MAIN(tst_RestClient)
#include "tst_restclient.moc"
