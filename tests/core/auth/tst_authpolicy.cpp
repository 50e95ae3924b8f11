// The pure rules of the auth room: where a credential may go, what Retry-After means, what a token endpoint's answer
// means.
#include "core/auth/retryafter.h"
#include "core/auth/tlssettings.h"
#include "core/auth/tokenreply.h"
#include "core/auth/urlpolicy.h"
#include "core/base/clock.h"

#include <QDateTime>
#include <QTemporaryDir>
#include <QTest>

using namespace framescope;
using namespace std::chrono_literals;

class tst_AuthPolicy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void urlPolicy_data();
    void urlPolicy();
    void emptyPathBecomesSlash();
    void shownUrlHasNoQuery();
    void retryAfterForms_data();
    void retryAfterForms();
    void tokenReplies_data();
    void tokenReplies();
    void tokenExpiryIsKept();
    void tokenErrors_data();
    void tokenErrors();
    void caFileProblemsAreTold();
};

void tst_AuthPolicy::urlPolicy_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<UrlUse>("use");
    QTest::addColumn<bool>("allowed");
    const auto row = [](const char* url, UrlUse use, bool allowed) {
        QTest::newRow(QByteArray(url).replace('\n', "LF").constData()) << QString::fromLatin1(url) << use << allowed;
    };
    row("https://login.mypurecloud.de/oauth/token", UrlUse::Token, true);
    row("HTTPS://login.mypurecloud.de", UrlUse::Token, true);
    row("http://127.0.0.1:8080/oauth/token", UrlUse::Token, true);
    row("http://127.8.9.10/", UrlUse::Token, true);
    row("http://[::1]:8080/", UrlUse::Token, true);
    row("http://localhost/", UrlUse::Token, true);
    row("wss://api.mypurecloud.de/stream?a=b", UrlUse::Stream, true);
    row("ws://localhost:9/", UrlUse::Stream, true);
    row("http://login.mypurecloud.de/oauth/token", UrlUse::Token, false);
    row("http://localhost.example.com/", UrlUse::Token, false);
    row("http://127.0.0.1.example.com/", UrlUse::Token, false);
    row("http://0.0.0.0/", UrlUse::Token, false);
    row("http://10.0.0.1/", UrlUse::Token, false);
    row("ws://api.mypurecloud.de/", UrlUse::Stream, false);
    row("wss://api.mypurecloud.de/", UrlUse::Token, false);
    row("https://api.mypurecloud.de/", UrlUse::Stream, false);
    row("ftp://127.0.0.1/", UrlUse::Token, false);
    row("file:///etc/passwd", UrlUse::Token, false);
    row("https://user:pw@login.mypurecloud.de/", UrlUse::Token, false);
    row("https://user@login.mypurecloud.de/", UrlUse::Token, false);
    row("https://@login.mypurecloud.de/", UrlUse::Token, false);
    row("wss://api.mypurecloud.de/#part", UrlUse::Stream, false);
    row("wss://api.mypurecloud.de/a%0d%0ab", UrlUse::Stream, false);
    row("wss://api.mypurecloud.de/a?b=%00", UrlUse::Stream, false);
    row("wss://api.mypurecloud.de/a\nb", UrlUse::Stream, false);
    row("wss://", UrlUse::Stream, false);
    row("wss:///path", UrlUse::Stream, false);
    row("", UrlUse::Stream, false);
    row("login.mypurecloud.de", UrlUse::Token, false);
}

void tst_AuthPolicy::urlPolicy()
{
    QFETCH(const QString, url);
    QFETCH(const UrlUse, use);
    QFETCH(const bool, allowed);
    const Expected<QUrl> checked = checkedUrl(QUrl(url), use);
    QCOMPARE(checked.has_value(), allowed);
    if (!checked)
        QVERIFY(!checked.error().detail.isEmpty());
}

void tst_AuthPolicy::emptyPathBecomesSlash()
{
    QCOMPARE(checkedUrl(QUrl(QStringLiteral("wss://a.example?x=1")), UrlUse::Stream)->toString(),
             QStringLiteral("wss://a.example/?x=1"));
}

void tst_AuthPolicy::shownUrlHasNoQuery()
{
    QCOMPARE(urlWithoutQuery(QUrl(QStringLiteral("wss://me:pw@a.example:81/p/q?token=abc#frag"))),
             QStringLiteral("wss://a.example:81/p/q"));
}

void tst_AuthPolicy::retryAfterForms_data()
{
    // RFC 9110 section 5.6.7's own example, one minute before it.
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<qint64>("ms"); // -1: nothing
    QTest::newRow("seconds") << QByteArray("120") << qint64(120'000);
    QTest::newRow("zero") << QByteArray("0") << qint64(0);
    QTest::newRow("spaces") << QByteArray(" 5 ") << qint64(5'000);
    QTest::newRow("endless") << QByteArray("99999999999999999999999") << qint64(366LL * 24 * 3600 * 1000);
    QTest::newRow("IMF-fixdate") << QByteArray("Sun, 06 Nov 1994 08:49:37 GMT") << qint64(60'000);
    QTest::newRow("RFC 850") << QByteArray("Sunday, 06-Nov-94 08:49:37 GMT") << qint64(60'000);
    QTest::newRow("asctime") << QByteArray("Sun Nov  6 08:49:37 1994") << qint64(60'000);
    QTest::newRow("wrong weekday") << QByteArray("Mon, 06 Nov 1994 08:49:37 GMT") << qint64(60'000);
    QTest::newRow("past") << QByteArray("Sun, 06 Nov 1994 08:00:00 GMT") << qint64(0);
    QTest::newRow("empty") << QByteArray() << qint64(-1);
    QTest::newRow("negative") << QByteArray("-5") << qint64(-1);
    QTest::newRow("fraction") << QByteArray("1.5") << qint64(-1);
    QTest::newRow("words") << QByteArray("soon") << qint64(-1);
    QTest::newRow("no such day") << QByteArray("Sun, 36 Nov 1994 08:49:37 GMT") << qint64(-1);
    QTest::newRow("very long") << QByteArray(100'000, 'x') << qint64(-1);
}

void tst_AuthPolicy::retryAfterForms()
{
    QFETCH(const QByteArray, value);
    QFETCH(const qint64, ms);
    const qint64 now = QDateTime(QDate(1994, 11, 6), QTime(8, 48, 37), Qt::UTC).toMSecsSinceEpoch();
    const auto wait = parseRetryAfter(value, now);
    QCOMPARE(wait ? wait->count() : -1, ms);
}

void tst_AuthPolicy::tokenReplies_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("good");
    QTest::newRow("good") << QByteArray(R"({"access_token":"abc","token_type":"bearer","expires_in":86400})") << true;
    QTest::newRow("type in capitals") << QByteArray(R"({"access_token":"abc","token_type":"Bearer","expires_in":1})")
                                      << true;
    QTest::newRow("no type") << QByteArray(R"({"access_token":"abc"})") << true;
    QTest::newRow("other type") << QByteArray(R"({"access_token":"abc","token_type":"mac"})") << false;
    QTest::newRow("no token") << QByteArray(R"({"expires_in":86400})") << false;
    QTest::newRow("empty token") << QByteArray(R"({"access_token":""})") << false;
    QTest::newRow("token is a number") << QByteArray(R"({"access_token":7})") << false;
    QTest::newRow("newline in token") << QByteArray(R"({"access_token":"a\r\nX: y"})") << false;
    QTest::newRow("space in token") << QByteArray(R"({"access_token":"a b"})") << false;
    QTest::newRow("not ASCII") << QByteArray("{\"access_token\":\"\xc3\xab\"}") << false;
    QTest::newRow("array") << QByteArray("[1]") << false;
    QTest::newRow("HTML") << QByteArray("<html>sign in</html>") << false;
    QTest::newRow("empty") << QByteArray() << false;
    QTest::newRow("deep") << QByteArray(60'000, '[') << false;
}

void tst_AuthPolicy::tokenReplies()
{
    QFETCH(const QByteArray, body);
    QFETCH(const bool, good);
    const Expected<AccessToken> token = tokenFromReply(body, 0);
    QCOMPARE(token.has_value(), good);
    if (!token)
        QCOMPARE(token.error().code, ErrorCode::Protocol);
}

void tst_AuthPolicy::tokenExpiryIsKept()
{
    constexpr qint64 second = 1'000'000'000;
    QCOMPARE(tokenFromReply(R"({"access_token":"a","expires_in":3600})", 5)->expiresWallNs, 5 + 3600 * second);
    for (const char* odd : {"0", "-1", "\"x\"", "null", "1e-9"}) // the shortest life that a client may have
        QVERIFY(tokenFromReply("{\"access_token\":\"a\",\"expires_in\":" + QByteArray(odd) + "}", 0)->expiresWallNs <=
                300 * second);
    QVERIFY(tokenFromReply(R"({"access_token":"a","expires_in":1e300})", now().wallNs)->expiresWallNs > now().wallNs);
}

void tst_AuthPolicy::tokenErrors_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("says");
    QTest::newRow("secret, RFC 6749") << 401
                                      << QByteArray(R"({"error":"invalid_client","error_description":"bad secret"})")
                                      << ErrorCode::WrongCredentials << "invalid_client: bad secret";
    QTest::newRow("secret, login host") << 400 << QByteArray(R"({"error":"invalid_client","description":"not found"})")
                                        << ErrorCode::WrongCredentials << "invalid_client: not found";
    QTest::newRow("all three") << 400 << QByteArray(R"({"error":"e","description":"d","error_description":"e d"})")
                               << ErrorCode::WrongCredentials << "e: d: e d";
    QTest::newRow("secret, no body") << 401 << QByteArray() << ErrorCode::WrongCredentials << "client id or secret";
    QTest::newRow("region is named") << 401 << QByteArray() << ErrorCode::WrongCredentials << "region";
    QTest::newRow("scope") << 400 << QByteArray(R"({"error":"invalid_scope"})") << ErrorCode::ScopeMissing << "scope";
    QTest::newRow("forbidden") << 403 << QByteArray("no JSON") << ErrorCode::ScopeMissing << "roles and scopes";
    QTest::newRow("wrong region") << 404 << QByteArray() << ErrorCode::Protocol << "region";
    QTest::newRow("redirect") << 302 << QByteArray() << ErrorCode::Refused << "final URL";
    QTest::newRow("rate") << 429 << QByteArray() << ErrorCode::RateLimited << "HTTP 429";
    QTest::newRow("server") << 502 << QByteArray() << ErrorCode::Network << "HTTP 502";
    QTest::newRow("teapot") << 418 << QByteArray() << ErrorCode::Protocol << "HTTP 418";
}

void tst_AuthPolicy::tokenErrors()
{
    QFETCH(const int, status);
    QFETCH(const QByteArray, body);
    QFETCH(const QString, says);
    const Error error = errorFromReply(status, body, QStringLiteral("https://login.example/oauth/token"));
    QTEST(error.code, "code");
    QVERIFY2(error.detail.contains(says), qPrintable(error.detail));
    QCOMPARE(error.place, QStringLiteral("https://login.example/oauth/token"));
}

void tst_AuthPolicy::caFileProblemsAreTold()
{
    QTemporaryDir folder;
    QVERIFY(tlsConfiguration({}).has_value());
    QCOMPARE(tlsConfiguration(folder.filePath(QStringLiteral("none.pem"))).error().code, ErrorCode::Io);
    const QString path = folder.filePath(QStringLiteral("text.pem"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("no certificate") > 0);
    file.close();
    QCOMPARE(tlsConfiguration(path).error().code, ErrorCode::Tls);
    QCOMPARE(tlsConfiguration(path).error().place, path);
}

QTEST_GUILESS_MAIN(tst_AuthPolicy)
#include "tst_authpolicy.moc"
