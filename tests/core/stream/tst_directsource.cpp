// The direct stream end to end, against a scripted service: the story it tells, what it retries, when it stops.
#include "core/stream/directsource.h"

#include "tests/support/rawwebsocketserver.h"
#include "tests/support/recordingintake.h"

#include <QSignalSpy>
#include <QTest>
#include <QTimer>
#include <QUuid>

using namespace framescope;
using namespace framescope::test;
using namespace std::chrono_literals;

class tst_DirectSource : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void signsInConnectsAndDelivers();
    void needsNoSignIn();
    void sendsTheHeadersOfTheScript();
    void deliversAnEmptyTextAsText();
    void comesBackAfterEveryEnd_data();
    void comesBackAfterEveryEnd();
    void recordsTheGap();
    void comesBackAfterAStall();
    void comesBackAfterAMissedPong();
    void comesBackAfterAMuteHandshake();
    void countsDownToTheNextAttempt();
    void reconnectNowSkipsTheWait();
    void aRefusedTokenIsRenewedOnce();
    void refusedTwiceStops_data();
    void refusedTwiceStops();
    void refusedWithoutSignInStops();
    void aKeptTokenServesTheNextConnection();
    void tellsRateLimits();
    void wrongSecretStops();
    void failedSignInServiceIsTriedAgain();
    void missingStreamStops();
    void withoutReconnectEndsWithTheStream_data();
    void withoutReconnectEndsWithTheStream();
    void withoutReconnectAFailedConnectIsAnError();
    void stopSaysGoodbyeAndFinishes();
    void stopWhileConnectingFinishes();
    void stopWhileWaitingFinishes();
    void stopInsideADeliveryDeliversNoMore();
    void suspendClosesCoolsDownAndConnectsOnce();
    void reconnectNowEndsASuspension();
    void destroyedWhileConnectedIsQuiet();
    void redirectNeverCarriesTheToken();
    void aSecretAppearsNowhere();

private:
    DirectStreamConfig config();
    void start(DirectStreamConfig settings);
    void script(RawConnection& connection);
    const SourceState& state() { return m_state; }

    std::unique_ptr<RawWebSocketServer> m_server;
    std::unique_ptr<RecordingIntake> m_intake;
    std::unique_ptr<FrameSource> m_source;
    std::function<void(RawConnection&, int)> m_onToken;  // number: token requests, from 1
    std::function<void(RawConnection&, int)> m_onStream; // number: stream requests, from 1
    int m_tokenRequests = 0;
    int m_streamRequests = 0;
    SourceState m_state;
    QList<SourcePhase> m_phases;
    int m_finished = 0;
    std::optional<Error> m_error;
};

void tst_DirectSource::init()
{
    m_server = std::make_unique<RawWebSocketServer>();
    m_server->onRequest = [this](RawConnection& connection, int) { script(connection); };
    m_intake = std::make_unique<RecordingIntake>();
    m_tokenRequests = 0;
    m_streamRequests = 0;
    m_finished = 0;
    m_error.reset();
    m_state = {};
    m_phases.clear();
    m_onToken = [](RawConnection& connection, int number) {
        connection.reply(200, "{\"access_token\":\"token-" + QByteArray::number(number) +
                                  "-abcdef\",\"token_type\":\"bearer\",\"expires_in\":3600}");
    };
    m_onStream = [](RawConnection& connection, int) { connection.acceptUpgrade(); };
}

void tst_DirectSource::cleanup()
{
    m_source.reset();
    m_server.reset();
    QVERIFY(m_finished <= 1);
}

void tst_DirectSource::script(RawConnection& connection)
{
    if (connection.requestLine().startsWith("POST"))
        m_onToken(connection, ++m_tokenRequests);
    else
        m_onStream(connection, ++m_streamRequests);
}

DirectStreamConfig tst_DirectSource::config()
{
    DirectStreamConfig settings;
    settings.url = m_server->streamUrl(QStringLiteral("/api/v2/streaming/interactions?ticket=hidden"));
    settings.credentials = ClientCredentials{
        m_server->httpUrl(), QStringLiteral("the-client"), Secret("the-secret"), defaultDirectScope, {}};
    settings.reconnectLimits = {2ms, 20ms, 60s};
    return settings;
}

void tst_DirectSource::start(DirectStreamConfig settings)
{
    m_source = makeDirectSource(std::move(settings));
    connect(m_source.get(), &FrameSource::stateChanged, this, [this](const SourceState& state) {
        m_state = state;
        m_phases.append(state.phase);
    });
    connect(m_source.get(), &FrameSource::finished, this, [this](const std::optional<Error>& error) {
        ++m_finished;
        m_error = error;
    });
    m_source->start(m_intake.get());
}

void tst_DirectSource::signsInConnectsAndDelivers()
{
    m_onStream = [](RawConnection& connection, int) {
        connection.acceptUpgrade();
        connection.sendText("{\"name\":\"Zo\xc3\xab\"}");
        connection.sendBinary(QByteArray("TMED\0", 5));
    };
    start(config());
    QTRY_COMPARE(m_intake->frames.size(), 2u);
    QCOMPARE(m_intake->story(), QStringLiteral("sign-in-started signed-in connect-started connected frame frame"));
    QCOMPARE(m_intake->frames[0].payload, QByteArray("{\"name\":\"Zo\xc3\xab\"}"));
    QVERIFY(m_intake->frames[0].isText);
    QCOMPARE(m_intake->frames[1].opcode, Opcode::Binary);
    QCOMPARE(m_intake->frames[1].payload, QByteArray("TMED\0", 5));
    QCOMPARE(m_intake->frames[1].attempt, quint16(1));
    QVERIFY(m_intake->frames[0].arrival.monoNs > 0);
    QCOMPARE(m_intake->detail(AuditAction::SignedIn, "expires_in").toInt(), 3600);
    QCOMPARE(m_intake->detail(AuditAction::Connected, "attempt").toInt(), 1);
    QCOMPARE(state().phase, SourcePhase::Connected);
    QVERIFY(state().tokenExpiresWallNs > now().wallNs);
    QVERIFY(state().connectedSinceMonoNs > 0);
    QCOMPARE(state().endpoint, m_server->streamUrl(QStringLiteral("/api/v2/streaming/interactions")).toString());
    QCOMPARE(m_phases, (QList{SourcePhase::SigningIn, SourcePhase::Connecting, SourcePhase::Connected}));
    QCOMPARE(m_intake->eventsOf(AuditAction::ConnectStarted)[0].object, state().endpoint.toUtf8());
}

void tst_DirectSource::needsNoSignIn()
{
    DirectStreamConfig settings = config();
    settings.credentials.reset();
    start(settings);
    QTRY_COMPARE(state().phase, SourcePhase::Connected);
    QCOMPARE(m_intake->story(), QStringLiteral("connect-started connected"));
    QCOMPARE(m_server->last()->header("Authorization"), QByteArray());
}

void tst_DirectSource::sendsTheHeadersOfTheScript()
{
    DirectStreamConfig settings = config();
    settings.headers = {{"X-Trace", "1"}, {"authorization", "Bearer another"}};
    start(settings);
    QTRY_COMPARE(state().phase, SourcePhase::Connected);
    QCOMPARE(m_server->last()->header("Authorization"), QByteArray("Bearer token-1-abcdef"));
    QCOMPARE(m_server->last()->header("Accept"), QByteArray("application/json"));
    QCOMPARE(m_server->last()->header("User-Agent"), QByteArray("Framescope/" FRAMESCOPE_VERSION));
    QCOMPARE(m_server->last()->header("X-Trace"), QByteArray("1"));
    QVERIFY(m_server->last()->requestLine().contains("ticket=hidden"));
}

void tst_DirectSource::deliversAnEmptyTextAsText()
{
    m_onStream = [](RawConnection& connection, int) {
        connection.acceptUpgrade();
        connection.sendText("");
        connection.sendBinary("");
    };
    start(config());
    QTRY_COMPARE(m_intake->frames.size(), 2u);
    QVERIFY(m_intake->frames[0].isText);
    QVERIFY(!m_intake->frames[1].isText);
}

void tst_DirectSource::comesBackAfterEveryEnd_data()
{
    QTest::addColumn<int>("code"); // 0: FIN, -1: RST
    for (const int code : {1000, 1001, 1008, 1011, 1012, 0, -1})
        QTest::newRow(QByteArray::number(code).constData()) << code;
}

void tst_DirectSource::comesBackAfterEveryEnd()
{
    QFETCH(const int, code);
    m_onStream = [code](RawConnection& connection, int number) {
        connection.acceptUpgrade();
        if (number > 1) {
            connection.sendText("again");
            return;
        }
        QPointer<RawConnection> peer = &connection;
        QTimer::singleShot(20, peer, [peer, code] {
            if (code > 0)
                peer->sendClose(code, "words of the peer");
            else if (code == 0)
                peer->finish();
            else
                peer->reset();
        });
    };
    start(config());
    QTRY_COMPARE(m_intake->frames.size(), 1u);
    QCOMPARE(m_intake->story(),
             QStringLiteral("sign-in-started signed-in connect-started connected closed reconnect-scheduled "
                            "connect-started connected gap frame"));
    const QJsonValue recorded = m_intake->detail(AuditAction::Closed, "code");
    if (code == 1012)
        QCOMPARE(recorded.toString(), QStringLiteral("1012-1014"));
    else
        QCOMPARE(recorded.toInt(), code > 0 ? code : 1006);
    QCOMPARE(m_intake->detail(AuditAction::Closed, "clean").toBool(), code > 0 && code != 1012);
    QVERIFY(m_intake->detail(AuditAction::Closed, "words").toString().size() > 10);
    QCOMPARE(state().closeCode, code > 0 ? code : 1006);
    QCOMPARE(state().reconnects, 1u);
    QCOMPARE(state().attempt, quint16(2));
    QCOMPARE(m_intake->frames[0].attempt, quint16(2));
    QVERIFY(!state().error);
    QCOMPARE(m_finished, 0);
}

void tst_DirectSource::recordsTheGap()
{
    m_onStream = [](RawConnection& connection, int number) {
        if (number == 2)
            return connection.reply(503); // still away: the gap goes on
        connection.acceptUpgrade();
        if (number == 1)
            connection.finish();
    };
    start(config());
    QTRY_COMPARE(m_intake->count(AuditAction::Gap), 1);
    QCOMPARE(m_intake->detail(AuditAction::Gap, "cause").toString(), QStringLiteral("closed 1006"));
    QCOMPARE(m_intake->detail(AuditAction::Gap, "lost").toString(), QStringLiteral("unverifiable"));
    const qint64 closedNs = m_intake->eventsOf(AuditAction::Closed)[0].at.monoNs;
    const qint64 backNs = m_intake->eventsOf(AuditAction::Gap)[0].at.monoNs;
    const qint64 ms = m_intake->detail(AuditAction::Gap, "ms").toInteger(-1);
    QVERIFY(std::abs((backNs - closedNs) / 1'000'000 - ms) <= 2);
    QCOMPARE(m_intake->count(AuditAction::ConnectFailed), 1);
    QCOMPARE(m_intake->detail(AuditAction::ConnectFailed, "status").toInt(), 503);
}

void tst_DirectSource::comesBackAfterAStall()
{
    DirectStreamConfig settings = config();
    settings.limits.progressTimeout = 60ms;
    m_onStream = [](RawConnection& connection, int number) {
        connection.acceptUpgrade();
        if (number == 1)
            connection.send(webSocketFrameHead(TextFrame, 1000) + "half of it");
    };
    start(settings);
    QTRY_COMPARE(m_intake->count(AuditAction::Gap), 1);
    QCOMPARE(m_intake->count(AuditAction::StallDetected), 1);
    QCOMPARE(m_intake->count(AuditAction::Closed), 0); // one event tells how a connection ended
    QCOMPARE(m_intake->detail(AuditAction::Gap, "cause").toString(), QStringLiteral("stall"));
}

void tst_DirectSource::comesBackAfterAMissedPong()
{
    DirectStreamConfig settings = config();
    settings.limits.pingInterval = 40ms;
    settings.limits.pongTimeout = 40ms;
    m_onStream = [](RawConnection& connection, int number) {
        connection.setAnswersPings(number > 1);
        connection.acceptUpgrade();
    };
    start(settings);
    QTRY_COMPARE(m_intake->count(AuditAction::Gap), 1);
    QCOMPARE(m_intake->count(AuditAction::PongMissed), 1);
    QTRY_VERIFY(state().roundTripNs > 0);
}

void tst_DirectSource::comesBackAfterAMuteHandshake()
{
    DirectStreamConfig settings = config();
    settings.limits.handshakeTimeout = 60ms;
    m_onStream = [](RawConnection& connection, int number) {
        if (number > 1)
            connection.acceptUpgrade();
    };
    start(settings);
    QTRY_COMPARE(m_intake->count(AuditAction::Connected), 1);
    QCOMPARE(m_intake->count(AuditAction::ConnectFailed), 1);
    QCOMPARE(m_intake->detail(AuditAction::ConnectFailed, "error").toString(), QStringLiteral("timeout"));
    QCOMPARE(m_intake->count(AuditAction::Gap), 0); // nothing was open before
}

void tst_DirectSource::countsDownToTheNextAttempt()
{
    DirectStreamConfig settings = config();
    settings.reconnectLimits = {10s, 60s, 60s};
    m_onStream = [](RawConnection& connection, int) { connection.reply(503); };
    start(settings);
    QTRY_COMPARE(state().phase, SourcePhase::Waiting);
    const qint64 waitMs = m_intake->detail(AuditAction::ReconnectScheduled, "wait_ms").toInteger();
    QVERIFY(waitMs >= 50'000); // refused rather than failed: five bases at least
    QVERIFY(std::abs(state().nextAttemptMonoNs - monotonicNs() - waitMs * 1'000'000) < 5'000'000'000);
    QVERIFY(state().error && state().error->detail.contains(QStringLiteral("503")));
}

void tst_DirectSource::reconnectNowSkipsTheWait()
{
    DirectStreamConfig settings = config();
    settings.reconnectLimits = {10min, 10min, 60s};
    m_onStream = [](RawConnection& connection, int number) {
        if (number == 1)
            return connection.reply(503);
        connection.acceptUpgrade();
    };
    start(settings);
    QTRY_COMPARE(state().phase, SourcePhase::Waiting);
    m_source->reconnectNow();
    QTRY_COMPARE(state().phase, SourcePhase::Connected);
    m_source->reconnectNow(); // nothing when connected
    QCOMPARE(state().phase, SourcePhase::Connected);
    QCOMPARE(state().nextAttemptMonoNs, 0);
}

void tst_DirectSource::aRefusedTokenIsRenewedOnce()
{
    m_onStream = [](RawConnection& connection, int) {
        if (connection.header("Authorization") == "Bearer token-1-abcdef")
            return connection.reply(401);
        connection.acceptUpgrade();
    };
    start(config());
    QTRY_COMPARE(state().phase, SourcePhase::Connected);
    QCOMPARE(m_intake->story(), QStringLiteral("sign-in-started signed-in connect-started connect-failed token-cleared "
                                               "sign-in-started signed-in connect-started connected"));
    QCOMPARE(m_tokenRequests, 2);
}

void tst_DirectSource::refusedTwiceStops_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("401") << 401 << ErrorCode::TokenRejected;
    QTest::newRow("403") << 403 << ErrorCode::ScopeMissing;
}

void tst_DirectSource::refusedTwiceStops()
{
    QFETCH(const int, status);
    m_onStream = [status](RawConnection& connection, int) { connection.reply(status); };
    start(config());
    QTRY_COMPARE(m_finished, 1);
    QVERIFY(m_error);
    QTEST(m_error->code, "code");
    QVERIFY(m_error->detail.size() > 40); // what is wrong and what to do
    QCOMPARE(m_streamRequests, 2);
    QCOMPARE(m_tokenRequests, 2);
    QCOMPARE(state().phase, SourcePhase::Failed);
    QCOMPARE(m_intake->count(AuditAction::TokenCleared), 1);
    QCOMPARE(m_intake->count(AuditAction::ReconnectScheduled), 0);
}

void tst_DirectSource::refusedWithoutSignInStops()
{
    DirectStreamConfig settings = config();
    settings.credentials.reset();
    m_onStream = [](RawConnection& connection, int) { connection.reply(401); };
    start(settings);
    QTRY_COMPARE(m_finished, 1);
    QCOMPARE(m_error->code, ErrorCode::TokenRejected);
    QCOMPARE(m_streamRequests, 1);
}

void tst_DirectSource::aKeptTokenServesTheNextConnection()
{
    m_onStream = [](RawConnection& connection, int number) {
        connection.acceptUpgrade();
        if (number < 4)
            connection.finish();
    };
    start(config());
    QTRY_COMPARE(m_intake->count(AuditAction::Connected), 4);
    QCOMPARE(m_tokenRequests, 1);
    QCOMPARE(m_intake->count(AuditAction::SignedIn), 1);
}

void tst_DirectSource::tellsRateLimits()
{
    m_onToken = [this](RawConnection& connection, int number) {
        if (number <= 1)
            return connection.reply(429, {}, "Retry-After: 1\r\n");
        connection.reply(200, R"({"access_token":"late-token","expires_in":3600})");
    };
    start(config());
    QTRY_COMPARE(m_intake->count(AuditAction::RateLimited), 1);
    QVERIFY(state().nextAttemptMonoNs > monotonicNs());
    QTRY_COMPARE(state().phase, SourcePhase::Connected);
    QCOMPARE(m_intake->detail(AuditAction::RateLimited, "status").toInt(), 429);
    QVERIFY(m_intake->detail(AuditAction::RateLimited, "retry_after_ms").toInt() >= 1000);
    QCOMPARE(state().nextAttemptMonoNs, 0);
}

void tst_DirectSource::wrongSecretStops()
{
    m_onToken = [](RawConnection& connection, int) {
        connection.reply(401, R"({"error":"invalid_client","description":"no"})");
    };
    start(config());
    QTRY_COMPARE(m_finished, 1);
    QCOMPARE(m_error->code, ErrorCode::WrongCredentials);
    QCOMPARE(m_intake->story(), QStringLiteral("sign-in-started sign-in-failed"));
    QCOMPARE(m_tokenRequests, 1);
}

void tst_DirectSource::failedSignInServiceIsTriedAgain()
{
    m_onToken = [](RawConnection& connection, int number) {
        if (number < 3)
            return connection.reply(500);
        connection.reply(200, R"({"access_token":"late-token","expires_in":3600})");
    };
    start(config());
    QTRY_COMPARE(state().phase, SourcePhase::Connected);
    QCOMPARE(m_intake->count(AuditAction::SignInFailed), 2);
    QCOMPARE(m_intake->count(AuditAction::ReconnectScheduled), 2);
}

void tst_DirectSource::missingStreamStops()
{
    m_onStream = [](RawConnection& connection, int) { connection.reply(404); };
    start(config());
    QTRY_COMPARE(m_finished, 1);
    QVERIFY(m_error && m_error->detail.contains(QStringLiteral("region")));
    QCOMPARE(m_streamRequests, 1);
}

void tst_DirectSource::withoutReconnectEndsWithTheStream_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<bool>("isError");
    QTest::newRow("1000") << 1000 << false;
    QTest::newRow("1001") << 1001 << false;
    QTest::newRow("1011") << 1011 << true;
    QTest::newRow("1012") << 1012 << true;
    QTest::newRow("no close frame") << 0 << true;
}

void tst_DirectSource::withoutReconnectEndsWithTheStream()
{
    QFETCH(const int, code);
    QFETCH(const bool, isError);
    DirectStreamConfig settings = config();
    settings.reconnect = false;
    m_onStream = [code](RawConnection& connection, int) {
        connection.acceptUpgrade();
        connection.send(webSocketFrame(TextFrame, "one").repeated(1000));
        if (code > 0)
            connection.sendClose(code);
        connection.finish();
    };
    start(settings);
    QTRY_COMPARE(m_finished, 1);
    QCOMPARE(m_intake->frames.size(), 1000u); // all that came before the end
    QCOMPARE(m_error.has_value(), isError);
    if (isError)
        QCOMPARE(m_error->code, ErrorCode::Closed);
    QCOMPARE(state().phase, isError ? SourcePhase::Failed : SourcePhase::Stopped);
    QCOMPARE(m_streamRequests, 1);
}

void tst_DirectSource::withoutReconnectAFailedConnectIsAnError()
{
    DirectStreamConfig settings = config();
    settings.reconnect = false;
    m_onStream = [](RawConnection& connection, int) { connection.reply(503); };
    start(settings);
    QTRY_COMPARE(m_finished, 1);
    QCOMPARE(m_error->code, ErrorCode::Network);
}

void tst_DirectSource::stopSaysGoodbyeAndFinishes()
{
    start(config());
    QTRY_COMPARE(state().phase, SourcePhase::Connected);
    QElapsedTimer clock;
    clock.start();
    m_source->stop();
    m_source->stop();
    QTRY_COMPARE(m_finished, 1);
    QVERIFY(clock.elapsed() < 1000);
    QVERIFY(!m_error);
    QCOMPARE(state().phase, SourcePhase::Stopped);
    QTRY_VERIFY(!m_server->last()->frames().empty());
    QCOMPARE(m_server->last()->frames().back().opcode, CloseFrame);
    QCOMPARE(m_server->last()->frames().back().payload, closePayload(1000));
    QCOMPARE(m_intake->detail(AuditAction::Closed, "by").toString(), QStringLiteral("us"));
    m_source->reconnectNow();
    m_source->suspend(1ms);
    QTest::qWait(20);
    QCOMPARE(m_streamRequests, 1);
}

void tst_DirectSource::stopWhileConnectingFinishes()
{
    m_onStream = [](RawConnection&, int) {};
    start(config());
    QTRY_COMPARE(m_streamRequests, 1);
    m_source->stop();
    QTRY_COMPARE(m_finished, 1);
    QVERIFY(!m_error);
    QCOMPARE(m_intake->count(AuditAction::Closed), 0);
}

void tst_DirectSource::stopWhileWaitingFinishes()
{
    DirectStreamConfig settings = config();
    settings.reconnectLimits = {10min, 10min, 60s};
    m_onStream = [](RawConnection& connection, int) { connection.reply(503); };
    start(settings);
    QTRY_COMPARE(state().phase, SourcePhase::Waiting);
    m_source->stop();
    QTRY_COMPARE(m_finished, 1);
    QVERIFY(!state().error);
}

void tst_DirectSource::stopInsideADeliveryDeliversNoMore()
{
    m_onStream = [](RawConnection& connection, int) {
        connection.acceptUpgrade();
        connection.send(webSocketFrame(TextFrame, "one").repeated(1000));
    };
    m_intake->onFrame = [this](const RawFrame&) {
        if (m_intake->frames.size() == 10)
            m_source->stop();
    };
    start(config());
    QTRY_COMPARE(m_finished, 1);
    QCOMPARE(m_intake->frames.size(), 10u);
}

void tst_DirectSource::suspendClosesCoolsDownAndConnectsOnce()
{
    m_onStream = [](RawConnection& connection, int) {
        connection.acceptUpgrade();
        connection.send(webSocketFrame(TextFrame, "fat").repeated(50));
    };
    bool suspended = false;
    m_intake->onFrame = [&](const RawFrame&) {
        if (!suspended && m_intake->frames.size() == 5) {
            suspended = true;
            m_source->suspend(100ms);
        }
    };
    start(config());
    QTRY_COMPARE(state().phase, SourcePhase::Suspended);
    QCOMPARE(m_intake->frames.size(), 5u);
    QVERIFY(state().nextAttemptMonoNs > 0);
    QTRY_COMPARE(state().phase, SourcePhase::Connected);
    QTRY_COMPARE(m_intake->frames.size(), 55u);
    QCOMPARE(m_streamRequests, 2);
    QCOMPARE(m_intake->detail(AuditAction::Gap, "cause").toString(), QStringLiteral("suspended"));
    QVERIFY(m_intake->detail(AuditAction::Gap, "ms").toInt() >= 95);
}

void tst_DirectSource::reconnectNowEndsASuspension()
{
    start(config());
    QTRY_COMPARE(state().phase, SourcePhase::Connected);
    m_source->suspend(10min);
    QCOMPARE(state().phase, SourcePhase::Suspended);
    m_source->reconnectNow();
    QTRY_COMPARE(state().phase, SourcePhase::Connected);
    QCOMPARE(m_streamRequests, 2);
}

void tst_DirectSource::destroyedWhileConnectedIsQuiet()
{
    start(config());
    QTRY_COMPARE(state().phase, SourcePhase::Connected);
    const std::size_t events = m_intake->events.size();
    m_source.reset();
    QTRY_VERIFY(!m_server->last()->isOpen());
    QCOMPARE(m_intake->events.size(), events);
}

void tst_DirectSource::redirectNeverCarriesTheToken()
{
    RawWebSocketServer elsewhere;
    elsewhere.onRequest = [](RawConnection& connection, int) { connection.acceptUpgrade(); };
    m_onStream = [&](RawConnection& connection, int) {
        connection.reply(302, {}, "Location: " + elsewhere.streamUrl().toEncoded() + "\r\n");
    };
    start(config());
    QTRY_COMPARE(m_finished, 1);
    QCOMPARE(m_error->code, ErrorCode::Refused);
    QCOMPARE(elsewhere.connections().size(), 0u);
}

void tst_DirectSource::aSecretAppearsNowhere()
{
    const QByteArray secret = QUuid::createUuid().toByteArray(QUuid::Id128);
    const QByteArray token = QUuid::createUuid().toByteArray(QUuid::Id128);
    const QByteArray header = QUuid::createUuid().toByteArray(QUuid::Id128);
    m_onToken = [&](RawConnection& connection, int number) {
        if (number == 1) // a service that repeats what it was sent
            return connection.reply(500, "{\"error\":\"" + secret + "\",\"description\":\"" +
                                             connection.header("Authorization") + "\"}");
        connection.reply(200, "{\"access_token\":\"" + token + "\",\"expires_in\":3600}");
    };
    m_onStream = [&](RawConnection& connection, int number) {
        if (number == 1)
            return connection.reply(401, token);
        if (number == 4)
            return connection.reply(404, token);
        connection.acceptUpgrade();
        connection.sendClose(number == 2 ? 1008 : 4000, "bad token " + token + " of " + secret + " with " + header);
    };
    DirectStreamConfig settings = config();
    settings.credentials->clientSecret = Secret(secret);
    settings.headers = {{"X-Api-Key", header}};
    QByteArray said;
    m_source = makeDirectSource(settings);
    connect(m_source.get(), &FrameSource::stateChanged, this, [&](const SourceState& state) {
        said += state.endpoint.toUtf8();
        if (state.error)
            said += state.error->detail.toUtf8() + state.error->place.toUtf8();
    });
    connect(m_source.get(), &FrameSource::finished, this, [&](const std::optional<Error>& error) {
        ++m_finished;
        if (error)
            said += error->detail.toUtf8() + error->place.toUtf8();
    });
    m_source->start(m_intake.get());
    QTRY_COMPARE(m_finished, 1);
    QCOMPARE(m_intake->count(AuditAction::Closed), 2);
    for (const AuditEvent& event : m_intake->events)
        said += event.object + event.detail;
    const QByteArray basic = ("the-client:" + secret).toBase64();
    for (const QByteArray& hidden : {secret, token, header, basic})
        QVERIFY2(!said.contains(hidden), said.constData());
    QVERIFY(said.contains("[redacted]")); // it really came by
    QVERIFY(m_server->allRequests().contains(token));
}

QTEST_GUILESS_MAIN(tst_DirectSource)
#include "tst_directsource.moc"
