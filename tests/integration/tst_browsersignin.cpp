// What a real browser (Chromium, headless) does with us. A person without a client secret signs in: the simulator's
// authorize page, the loopback redirect, and the token that comes of it used against the API. And what its DevTools
// save of a page that listens to a notification channel becomes a session.
#include "core/genesys/directory.h"
#include "core/genesys/pkcesignin.h"
#include "core/session/captureimport.h"
#include "core/simulator/simulator.h"
#include "core/store/sessionreader.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QUrlQuery>

using namespace framescope;

namespace {

/// What the browser ended at, or nothing when it failed; stderr tells why.
QByteArray followInBrowser(const QUrl& url, const QString& linkId)
{
    const QString driver = QStandardPaths::findExecutable(QStringLiteral("chromedriver"));
    auto* process = new QProcess(QCoreApplication::instance());
    process->setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process->start(QStringLiteral("python3"),
                   {QStringLiteral(FRAMESCOPE_SOURCE_DIR "/tests/integration/browsersignin.py"), driver,
                    QString::fromLatin1(url.toEncoded()), linkId});
    // The redirect is served by this thread: the loop must run while the browser works.
    if (!QTest::qWaitFor([process] { return process->state() == QProcess::NotRunning; }, 110'000))
        return {};
    return process->exitCode() == 0 ? process->readAllStandardOutput() : QByteArray();
}

QJsonObject answerOf(QNetworkReply* reply)
{
    if (!QTest::qWaitFor([reply] { return reply->isFinished(); }, 30'000) || reply->error() != QNetworkReply::NoError)
        qFatal("%s", qPrintable(reply->errorString()));
    reply->deleteLater();
    return QJsonDocument::fromJson(reply->readAll()).object();
}

/// A channel with these topics, made as any program makes one: the address of its socket.
QString newChannel(const SimulatorThread::Endpoint& endpoint)
{
    QNetworkAccessManager network;
    QNetworkRequest signIn(endpoint.tokenUrl);
    signIn.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("application/x-www-form-urlencoded"));
    signIn.setRawHeader("Authorization",
                        "Basic " + (endpoint.clientId + ':' + endpoint.clientSecret.reveal()).toBase64());
    const QJsonObject token = answerOf(network.post(signIn, "grant_type=client_credentials"));
    const auto hosts = GenesysHosts::fromGateway(endpoint.gatewayUrl);
    QUrl channels = hosts->api;
    channels.setPath(QStringLiteral("/api/v2/notifications/channels"));
    QNetworkRequest call(channels);
    call.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("application/json"));
    call.setRawHeader("Authorization", "Bearer " + token[QStringLiteral("access_token")].toString().toLatin1());
    const QJsonObject channel = answerOf(network.post(call, QByteArray()));
    channels.setPath(channels.path() + u'/' + channel[QStringLiteral("id")].toString() +
                     QStringLiteral("/subscriptions"));
    channels.setQuery(QStringLiteral("ignoreErrors=true")); // some of them are not permitted
    call.setUrl(channels);
    QJsonArray topics;
    for (const QByteArray& topic : endpoint.topics)
        topics += QJsonObject{{QStringLiteral("id"), QString::fromUtf8(topic)}};
    (void)answerOf(network.put(call, QJsonDocument(topics).toJson()));
    return channel[QStringLiteral("connectUri")].toString();
}

} // namespace

class TestBrowserSignIn : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void signsInAPersonAndUsesTheToken();
    void refusesAWrongState();
    void saysThatThePersonRefused();
    void whatDevToolsSaveBecomesASession();

private:
    [[nodiscard]] PkceRequest request() const;

    std::unique_ptr<SimulatorThread> m_simulator;
    SimulatorThread::Endpoint m_endpoint;
};

void TestBrowserSignIn::initTestCase()
{
    if (QStandardPaths::findExecutable(QStringLiteral("chromedriver")).isEmpty())
        QSKIP("chromedriver is not installed here (app/build.sh tests installs it)");
    SimulatorOptions options;
    options.scenario = QStringLiteral("contact-centre");
    m_simulator = std::make_unique<SimulatorThread>(options);
    const auto endpoint = m_simulator->start();
    QVERIFY(endpoint);
    m_endpoint = *endpoint;
}

PkceRequest TestBrowserSignIn::request() const
{
    PkceRequest made;
    made.hosts = *GenesysHosts::fromGateway(m_endpoint.gatewayUrl);
    made.clientId = QString::fromUtf8(m_endpoint.clientId);
    return made;
}

void TestBrowserSignIn::signsInAPersonAndUsesTheToken()
{
    PkceSignIn signIn(request());
    QSignalSpy signedIn(&signIn, &PkceSignIn::signedIn);
    const Expected<QUrl> url = signIn.start();
    QVERIFY(url);
    const QByteArray seen = followInBrowser(*url, QStringLiteral("allow"));
    QVERIFY(!seen.isEmpty());
    QVERIFY2(seen.contains("http://127.0.0.1:"), seen.constData());
    QTRY_COMPARE(signedIn.size(), 1);
    const auto token = signedIn.first().first().value<AccessToken>();
    QVERIFY(!token.value.isEmpty());

    NotificationConfig config;
    config.hosts = request().hosts;
    config.token = token;
    Directory directory(config);
    std::optional<Expected<NamedEntity>> me;
    directory.me([&me](Expected<NamedEntity> reply) { me = std::move(reply); });
    QTRY_VERIFY(me.has_value());
    QVERIFY2(me->has_value(), me->has_value() ? "" : qPrintable(me->error().detail));
    QVERIFY(!(*me)->id.isEmpty());
}

/// Somebody else's answer: the page is reached, says so, and the sign-in goes on waiting for its own.
void TestBrowserSignIn::refusesAWrongState()
{
    PkceSignIn signIn(request());
    QSignalSpy signedIn(&signIn, &PkceSignIn::signedIn);
    QSignalSpy refused(&signIn, &PkceSignIn::strangerRefused);
    Expected<QUrl> url = signIn.start();
    QVERIFY(url);
    QUrlQuery query(*url);
    query.removeAllQueryItems(QStringLiteral("state"));
    query.addQueryItem(QStringLiteral("state"), QStringLiteral("somebody-elses-state"));
    QUrl forged = *url;
    forged.setQuery(query);
    const QByteArray seen = followInBrowser(forged, QStringLiteral("allow"));
    QVERIFY(!seen.isEmpty());
    QTRY_COMPARE(refused.size(), 1);
    QCOMPARE(signedIn.size(), 0);
}

void TestBrowserSignIn::saysThatThePersonRefused()
{
    PkceSignIn signIn(request());
    QSignalSpy failed(&signIn, &PkceSignIn::failed);
    const Expected<QUrl> url = signIn.start();
    QVERIFY(url);
    QVERIFY(!followInBrowser(*url, QStringLiteral("deny")).isEmpty());
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(failed.first().first().value<Error>().code, ErrorCode::Refused);
}

void TestBrowserSignIn::whatDevToolsSaveBecomesASession()
{
    const QString chromium = QStandardPaths::findExecutable(QStringLiteral("chromium"));
    if (chromium.isEmpty())
        QSKIP("chromium is not installed here (app/build.sh tests installs it)");
    QTemporaryDir folder;
    const QString har = folder.filePath(QStringLiteral("page.har"));
    const QString socket = newChannel(m_endpoint);
    QVERIFY(!socket.isEmpty());
    QProcess browser;
    browser.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    // Debian's own Python: python3-websockets belongs to it.
    browser.start(QStringLiteral("/usr/bin/python3"),
                  {QStringLiteral(FRAMESCOPE_SOURCE_DIR "/tests/integration/browsercapture.py"), chromium, socket,
                   QStringLiteral("8"), har, QStringLiteral("{\"message\":\"ping\"}")});
    QVERIFY(browser.waitForFinished(110'000));
    QCOMPARE(browser.exitCode(), 0);
    const QJsonArray seen = QJsonDocument::fromJson(browser.readAllStandardOutput()).array();
    QVERIFY(seen.size() >= 9);

    ImportRequest request;
    request.capturePath = har;
    request.sessionPath = folder.filePath(QStringLiteral("page.framescope"));
    const Expected<ImportResult> result = importCapture(request);
    QVERIFY2(result, result ? "" : qPrintable(result.error().detail + result.error().place));
    const auto reader = SessionReader::open(request.sessionPath);
    QVERIFY(reader);
    const auto block = (*reader)->nextBlock(1);
    QVERIFY(block && *block);
    // The page may have closed before the last of them; each direction keeps its order.
    QVERIFY((*block)->size() >= std::size_t(seen.size()));
    QHash<QString, QByteArrayList> imported;
    QHash<QString, QByteArrayList> told;
    for (std::size_t i = 0; i < (*block)->size(); ++i) {
        const FrameHead& head = (*block)->heads[i];
        imported[head.direction == Direction::Out ? QStringLiteral("send") : QStringLiteral("receive")] +=
            (*block)->payloadOf(i).toByteArray();
        QVERIFY2(head.verdict != Verdict::Refused, (*block)->payloadOf(i).toByteArray().constData());
    }
    for (const QJsonValue& message : seen)
        told[message[QStringLiteral("type")].toString()] += message[QStringLiteral("data")].toString().toUtf8();
    for (const QString& direction : {QStringLiteral("send"), QStringLiteral("receive")})
        QCOMPARE(imported[direction].first(told[direction].size()), told[direction]);
    QFile file(request.sessionPath);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(!file.readAll().contains(socket.section(u'/', -1).toLatin1())); // the channel's id is a credential
}

QTEST_GUILESS_MAIN(TestBrowserSignIn)
#include "tst_browsersignin.moc"
