// A person without a client secret signs in: a real browser (Chromium, headless), the simulator's authorize page, the
// loopback redirect, and the token that comes of it used against the API.
#include "core/genesys/directory.h"
#include "core/genesys/pkcesignin.h"
#include "core/simulator/simulator.h"

#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
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

} // namespace

class TestBrowserSignIn : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void signsInAPersonAndUsesTheToken();
    void refusesAWrongState();
    void saysThatThePersonRefused();

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

QTEST_GUILESS_MAIN(TestBrowserSignIn)
#include "tst_browsersignin.moc"
