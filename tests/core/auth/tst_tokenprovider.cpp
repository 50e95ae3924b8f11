// The token provider against a scripted token endpoint: what it sends, keeps, retries and refuses.
#include "core/auth/tokenprovider.h"
#include "core/base/clock.h"
#include "core/base/redactor.h"
#include "tests/support/rawwebsocketserver.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

using namespace framescope;
using namespace framescope::test;
using namespace std::chrono_literals;

namespace {
const QByteArray good = R"({"access_token":"the-token-1234","token_type":"bearer","expires_in":3600})";
}

class tst_TokenProvider : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void sendsBasicAndExactlyTheGrant();
    void sendsTheScopeWhenThereIsOne();
    void answersLaterAlsoWithAHeldToken();
    void keepsTheTokenUntilAMinuteBeforeItExpires();
    void clearForgetsTheToken();
    void twoQuestionsMakeOneRequest();
    void honoursRetryAfterInSeconds();
    void honoursRetryAfterAsDate();
    void waitsTwoToTheNWithoutRetryAfter();
    void givesUpAfterThreeTries();
    void givesUpWhenAskedToWaitForHours();
    void doesNotRepeatARefusal();
    void redirectNeverCarriesTheSecret();
    void limitsTheReply_data();
    void limitsTheReply();
    void givesUpOnAMuteServer();
    void givesUpOnATrickle();
    void tellsAServerThatIsNotThere();
    void refusesPlainTextToAnotherHost();
    void refusesAnUnknownCertificate();
    void trustsTheAuthorityOfTheProfile();
    void refusesEmptyCredentials();
    void cancelIsSilent();
    void secretAndTokenAreRedactedFromThenOn();

    void renewingKeepsTheTokenUntilTheFreshOneIsThere();
    void failedRenewalKeepsTheToken();
    void marginDecidesHowLongATokenIsGiven();
    void personsTokenIsGivenWhileItLives();

private:
    std::unique_ptr<TokenProvider> provider(const QString& scope = {});
    void ask(TokenProvider& tokens);

    std::unique_ptr<RawWebSocketServer> m_server;
    std::optional<AccessToken> m_token;
    std::optional<Error> m_error;
    std::vector<std::chrono::milliseconds> m_waits;
};

void tst_TokenProvider::init()
{
    m_server = std::make_unique<RawWebSocketServer>();
    m_server->onRequest = [](RawConnection& connection, int) { connection.reply(200, good); };
    m_token.reset();
    m_error.reset();
    m_waits.clear();
}

std::unique_ptr<TokenProvider> tst_TokenProvider::provider(const QString& scope)
{
    auto tokens = std::make_unique<TokenProvider>(
        ClientCredentials{m_server->httpUrl(), QStringLiteral("id"), Secret("sec:ret-é"), scope, {}});
    tokens->setBackoffUnit(20ms);
    connect(tokens.get(), &TokenProvider::ready, this, [this](const AccessToken& token) { m_token = token; });
    connect(tokens.get(), &TokenProvider::failed, this, [this](const Error& error) { m_error = error; });
    connect(tokens.get(), &TokenProvider::rateLimited, this,
            [this](int, std::chrono::milliseconds wait, int) { m_waits.push_back(wait); });
    return tokens;
}

void tst_TokenProvider::ask(TokenProvider& tokens)
{
    m_token.reset();
    m_error.reset();
    tokens.request();
    QVERIFY(!m_token && !m_error);
    QTRY_VERIFY(m_token || m_error);
}

void tst_TokenProvider::sendsBasicAndExactlyTheGrant()
{
    const auto tokens = provider();
    ask(*tokens);
    QCOMPARE(m_token->value.reveal(), QByteArray("the-token-1234"));
    const RawConnection& request = *m_server->last();
    QCOMPARE(request.requestLine(), QByteArray("POST /oauth/token HTTP/1.1"));
    QCOMPARE(request.header("Authorization"), "Basic " + QByteArray("id:sec:ret-é").toBase64());
    QCOMPARE(request.header("Content-Type"), QByteArray("application/x-www-form-urlencoded"));
    QCOMPARE(request.header("Accept"), QByteArray("application/json"));
    QCOMPARE(request.header("User-Agent"), QByteArray("Framescope/" FRAMESCOPE_VERSION));
    QCOMPARE(request.requestBody(), QByteArray("grant_type=client_credentials"));
}

void tst_TokenProvider::sendsTheScopeWhenThereIsOne()
{
    const auto tokens = provider(QStringLiteral("streaming:subscribe interaction:read"));
    ask(*tokens);
    QCOMPARE(m_server->last()->requestBody(),
             QByteArray("grant_type=client_credentials&scope=streaming%3Asubscribe%20interaction%3Aread"));
}

void tst_TokenProvider::answersLaterAlsoWithAHeldToken()
{
    const auto tokens = provider();
    ask(*tokens);
    const qint64 expires = tokens->expiresWallNs();
    QVERIFY(expires > now().wallNs + 3'500'000'000'000);
    ask(*tokens); // checks that nothing comes inside request()
    QCOMPARE(m_token->expiresWallNs, expires);
    QCOMPARE(m_server->requests(), 1);
}

void tst_TokenProvider::keepsTheTokenUntilAMinuteBeforeItExpires()
{
    m_server->onRequest = [](RawConnection& connection, int number) {
        connection.reply(200, "{\"access_token\":\"token-number-" + QByteArray::number(number) +
                                  "\",\"expires_in\":" + (number == 1 ? "60" : "62") + "}");
    };
    const auto tokens = provider();
    ask(*tokens);
    QCOMPARE(tokens->expiresWallNs(), 0); // its last minute has begun
    ask(*tokens);
    QCOMPARE(m_token->value.reveal(), QByteArray("token-number-2"));
    ask(*tokens);
    QCOMPARE(m_server->requests(), 2);
}

void tst_TokenProvider::clearForgetsTheToken()
{
    const auto tokens = provider();
    ask(*tokens);
    tokens->clear();
    QCOMPARE(tokens->expiresWallNs(), 0);
    ask(*tokens);
    QCOMPARE(m_server->requests(), 2);
}

void tst_TokenProvider::twoQuestionsMakeOneRequest()
{
    const auto tokens = provider();
    tokens->request();
    tokens->request();
    QTRY_VERIFY(m_token);
    QCOMPARE(m_server->requests(), 1);
}

void tst_TokenProvider::honoursRetryAfterInSeconds()
{
    m_server->onRequest = [](RawConnection& connection, int number) {
        if (number == 1)
            return connection.reply(429, {}, "Retry-After: 1\r\n");
        connection.reply(200, good);
    };
    const auto tokens = provider();
    QElapsedTimer clock;
    clock.start();
    ask(*tokens);
    QVERIFY(m_token);
    QVERIFY(clock.elapsed() >= 990);
    QCOMPARE(m_waits.size(), 1u);
    QVERIFY(m_waits[0] >= 1000ms && m_waits[0] <= 2000ms);
}

void tst_TokenProvider::honoursRetryAfterAsDate()
{
    m_server->onRequest = [](RawConnection& connection, int number) {
        if (number > 1)
            return connection.reply(200, good);
        const QDateTime at = QDateTime::currentDateTimeUtc().addMSecs(1999); // the form has whole seconds
        connection.reply(
            503, {},
            "Retry-After: " + QLocale::c().toString(at, QStringLiteral("ddd, dd MMM yyyy hh:mm:ss 'GMT'")).toLatin1() +
                "\r\n");
    };
    const auto tokens = provider();
    ask(*tokens);
    QVERIFY(m_token);
    QCOMPARE(m_waits.size(), 1u);
    QVERIFY(m_waits[0] > 100ms && m_waits[0] <= 2100ms);
}

void tst_TokenProvider::waitsTwoToTheNWithoutRetryAfter()
{
    m_server->onRequest = [](RawConnection& connection, int number) {
        if (number < 3)
            return connection.reply(429);
        connection.reply(200, good);
    };
    const auto tokens = provider();
    ask(*tokens);
    QVERIFY(m_token);
    QCOMPARE(m_waits.size(), 2u);
    QVERIFY(m_waits[0] >= 40ms && m_waits[0] <= 45ms); // 2^1 units of 20 ms, and a quarter of one at most
    QVERIFY(m_waits[1] >= 80ms && m_waits[1] <= 85ms);
}

void tst_TokenProvider::givesUpAfterThreeTries()
{
    m_server->onRequest = [](RawConnection& connection, int) { connection.reply(429); };
    const auto tokens = provider();
    ask(*tokens);
    QCOMPARE(m_error->code, ErrorCode::RateLimited);
    QCOMPARE(m_server->requests(), 3);
    QCOMPARE(m_waits.size(), 2u);
    ask(*tokens); // and may be asked again
    QCOMPARE(m_server->requests(), 6);
}

void tst_TokenProvider::givesUpWhenAskedToWaitForHours()
{
    m_server->onRequest = [](RawConnection& connection, int) { connection.reply(429, {}, "Retry-After: 7200\r\n"); };
    const auto tokens = provider();
    ask(*tokens);
    QCOMPARE(m_error->code, ErrorCode::RateLimited);
    QCOMPARE(m_server->requests(), 1);
}

void tst_TokenProvider::doesNotRepeatARefusal()
{
    m_server->onRequest = [](RawConnection& connection, int) {
        connection.reply(401, R"({"error":"invalid_client","description":"client not found"})",
                         "WWW-Authenticate: Basic realm=\"x\"\r\n");
    };
    const auto tokens = provider();
    ask(*tokens);
    QCOMPARE(m_error->code, ErrorCode::WrongCredentials);
    QVERIFY(m_error->detail.contains(QStringLiteral("client not found")));
    QCOMPARE(m_error->place, m_server->httpUrl().toString());
    QCOMPARE(m_server->requests(), 1);
}

void tst_TokenProvider::redirectNeverCarriesTheSecret()
{
    RawWebSocketServer elsewhere;
    elsewhere.onRequest = [](RawConnection& connection, int) { connection.reply(200, good); };
    for (const int status : {301, 302, 303, 307, 308}) {
        m_server->onRequest = [&](RawConnection& connection, int) {
            connection.reply(status, {}, "Location: " + elsewhere.httpUrl().toEncoded() + "\r\n");
        };
        const auto tokens = provider();
        ask(*tokens);
        QVERIFY(m_error);
        QCOMPARE(m_error->code, ErrorCode::Refused);
    }
    QCOMPARE(elsewhere.connections().size(), 0u);
}

void tst_TokenProvider::limitsTheReply_data()
{
    QTest::addColumn<bool>("announced");
    QTest::newRow("announced") << true;
    QTest::newRow("endless") << false;
}

void tst_TokenProvider::limitsTheReply()
{
    QFETCH(const bool, announced);
    m_server->onRequest = [announced](RawConnection& connection, int) {
        if (announced)
            return connection.reply(200, "{\"access_token\":\"" + QByteArray(100'000, 'a') + "\"}");
        connection.send("HTTP/1.1 200 OK\r\n\r\n" + QByteArray(1'000'000, 'a'));
    };
    const auto tokens = provider();
    ask(*tokens);
    QCOMPARE(m_error->code, ErrorCode::Protocol);
    QVERIFY(m_error->detail.contains(QStringLiteral("64 KiB")));
}

void tst_TokenProvider::givesUpOnAMuteServer()
{
    m_server->onRequest = nullptr;
    const auto tokens = provider();
    tokens->setRequestTimeout(80ms);
    ask(*tokens);
    QCOMPARE(m_error->code, ErrorCode::Timeout);
}

void tst_TokenProvider::givesUpOnATrickle()
{
    QTimer trickle;
    m_server->onRequest = [&](RawConnection& connection, int) {
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        connect(&trickle, &QTimer::timeout, &connection, [&connection] { connection.send("a"); });
        trickle.start(10ms);
    };
    const auto tokens = provider();
    tokens->setRequestTimeout(150ms);
    ask(*tokens);
    QCOMPARE(m_error->code, ErrorCode::Timeout);
}

void tst_TokenProvider::tellsAServerThatIsNotThere()
{
    const auto tokens = provider();
    m_server.reset();
    ask(*tokens);
    QCOMPARE(m_error->code, ErrorCode::Network);
    QVERIFY(m_error->detail.contains(QStringLiteral("port")));
}

void tst_TokenProvider::refusesPlainTextToAnotherHost()
{
    TokenProvider tokens(
        {QUrl(QStringLiteral("http://192.0.2.1/oauth/token")), QStringLiteral("id"), Secret("secret"), {}, {}});
    connect(&tokens, &TokenProvider::failed, this, [this](const Error& error) { m_error = error; });
    ask(tokens);
    QCOMPARE(m_error->code, ErrorCode::Refused);
}

void tst_TokenProvider::refusesAnUnknownCertificate()
{
    RawWebSocketServer server(QStringLiteral("loopback"));
    TokenProvider tokens({server.httpUrl(), QStringLiteral("id"), Secret("secret"), {}, {}});
    connect(&tokens, &TokenProvider::failed, this, [this](const Error& error) { m_error = error; });
    ask(tokens);
    QCOMPARE(m_error->code, ErrorCode::Tls);
    QCOMPARE(server.requests(), 0);
}

void tst_TokenProvider::trustsTheAuthorityOfTheProfile()
{
    RawWebSocketServer server(QStringLiteral("loopback"));
    server.onRequest = [](RawConnection& connection, int) { connection.reply(200, good); };
    TokenProvider tokens({server.httpUrl(),
                          QStringLiteral("id"),
                          Secret("secret"),
                          {},
                          QStringLiteral(FRAMESCOPE_SOURCE_DIR "/tests/data/tls/loopback.pem")});
    connect(&tokens, &TokenProvider::ready, this, [this](const AccessToken& token) { m_token = token; });
    connect(&tokens, &TokenProvider::failed, this, [this](const Error& error) { m_error = error; });
    ask(tokens);
    QVERIFY2(m_token, m_error ? qPrintable(m_error->detail) : "");
}

void tst_TokenProvider::refusesEmptyCredentials()
{
    TokenProvider tokens({m_server->httpUrl(), QStringLiteral("id"), Secret(), {}, {}});
    connect(&tokens, &TokenProvider::failed, this, [this](const Error& error) { m_error = error; });
    ask(tokens);
    QCOMPARE(m_error->code, ErrorCode::WrongCredentials);
    QCOMPARE(m_server->connections().size(), 0u);
}

void tst_TokenProvider::cancelIsSilent()
{
    m_server->onRequest = nullptr;
    const auto tokens = provider();
    tokens->request();
    QTRY_COMPARE(m_server->requests(), 1);
    tokens->cancel();
    QTest::qWait(30);
    QVERIFY(!m_token && !m_error);
    m_server->onRequest = [](RawConnection& connection, int) { connection.reply(200, good); };
    ask(*tokens);
    QVERIFY(m_token);
}

void tst_TokenProvider::secretAndTokenAreRedactedFromThenOn()
{
    const auto tokens = provider();
    ask(*tokens);
    const QString text = redactor::redacted(QStringLiteral("a the-token-1234 b sec:ret-é c ") +
                                            QString::fromLatin1(QByteArray("id:sec:ret-é").toBase64()));
    QVERIFY(!text.contains(QStringLiteral("the-token-1234")));
    QVERIFY(!text.contains(QStringLiteral("sec:ret-é")));
    QVERIFY(!text.contains(QString::fromLatin1(QByteArray("id:sec:ret-é").toBase64())));
}

namespace {

void answerWithNumberedTokens(RawConnection& connection, int number)
{
    connection.reply(200, "{\"access_token\":\"token-number-" + QByteArray::number(number) + "\",\"expires_in\":3600}");
}

} // namespace

void tst_TokenProvider::renewingKeepsTheTokenUntilTheFreshOneIsThere()
{
    RawConnection* renewal = nullptr;
    m_server->onRequest = [&](RawConnection& connection, int number) {
        if (number == 2)
            renewal = &connection; // answered later
        else
            answerWithNumberedTokens(connection, number);
    };
    const auto tokens = provider();
    ask(*tokens);
    tokens->renew();
    QTRY_VERIFY(renewal);
    ask(*tokens); // answered meanwhile
    QCOMPARE(m_token->value.reveal(), QByteArray("token-number-1"));
    m_token.reset();
    answerWithNumberedTokens(*renewal, 2);
    QTRY_VERIFY(m_token);
    QCOMPARE(tokens->held().value.reveal(), QByteArray("token-number-2"));
    QCOMPARE(m_server->requests(), 2);
}

void tst_TokenProvider::failedRenewalKeepsTheToken()
{
    const auto tokens = provider();
    ask(*tokens);
    m_server->onRequest = [](RawConnection& connection, int) { connection.reply(401); };
    QSignalSpy failed(tokens.get(), &TokenProvider::renewalFailed);
    m_token.reset();
    tokens->renew();
    QTRY_COMPARE(failed.size(), 1);
    QVERIFY(!m_token && !m_error);
    ask(*tokens);
    QVERIFY(m_token);
}

void tst_TokenProvider::marginDecidesHowLongATokenIsGiven()
{
    m_server->onRequest = [](RawConnection& connection, int) {
        connection.reply(200, R"({"access_token":"the-token-1234","expires_in":2.5})");
    };
    const auto tokens = provider();
    tokens->setMargin(100ms);
    ask(*tokens);
    QVERIFY(tokens->expiresWallNs() - now().wallNs > 2'000'000'000); // also with a fraction of a second
    tokens->setMargin(60s);
    QCOMPARE(tokens->expiresWallNs(), 0);
}

void tst_TokenProvider::personsTokenIsGivenWhileItLives()
{
    TokenProvider tokens(AccessToken{Secret("person-token"), now().wallNs + 3'600'000'000'000});
    connect(&tokens, &TokenProvider::ready, this, [this](const AccessToken& token) { m_token = token; });
    connect(&tokens, &TokenProvider::failed, this, [this](const Error& error) { m_error = error; });
    ask(tokens);
    QCOMPARE(m_token->value.reveal(), QByteArray("person-token"));
    QVERIFY(!redactor::redacted(QStringLiteral("a person-token b")).contains(QStringLiteral("person-token")));
    tokens.renew(); // nothing to renew it with
    tokens.clear();
    ask(tokens);
    QCOMPARE(m_error->code, ErrorCode::TokenRejected);
    QVERIFY(m_error->detail.contains(QStringLiteral("Sign in again")));
    QCOMPARE(m_server->connections().size(), 0u);
}

QTEST_GUILESS_MAIN(tst_TokenProvider)
#include "tst_tokenprovider.moc"
