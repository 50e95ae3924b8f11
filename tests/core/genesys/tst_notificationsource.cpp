// The notification source against a scripted service: each fault of core/genesys/README.md's table, what is told of it,
// and that no secret is ever in it.
#include "core/genesys/notificationsource.h"

#include "tests/core/genesys/fakeservice.h"
#include "tests/support/recordingintake.h"

#include <QDir>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace framescope;
using namespace framescope::test;
using namespace std::chrono_literals;

namespace {

class Intake final : public RecordingIntake
{
public:
    void receive(const RawFrame& frame) override
    {
        lanes.push_back(frame.connection);
        RecordingIntake::receive(frame);
    }
    bool publishTopics(const QByteArray&, const QString& origin) override
    {
        published.append(origin);
        return true;
    }

    std::vector<quint16> lanes;
    QStringList published;
};

const QByteArray presence = "v2.users.1.presence";
const QByteArray activity = "v2.users.1.activity";

} // namespace

class tst_NotificationSource : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void connectsSubscribesAndDelivers();
    void spreadsTopicsOverChannels();
    void tooManyTopicsEndBeforeAnythingIsSent();
    void aFullChannelSaysWhatToDo();
    void topicsThatCannotBeAskedForAreTold();
    void rejectedTopicsAreNamed();
    void allRejectedEndsWithThePermissions();
    void evictionIsWarnedOf();

    void silenceIsLateThenLost();
    void socketClosingIsAnsweredWithoutAGap();
    void closeAtTheAnnouncedTimeIsAGap();
    void lostSocketsComeBackOnTheSameChannel_data();
    void lostSocketsComeBackOnTheSameChannel();
    void lostChannelsAreReplaced_data();
    void lostChannelsAreReplaced();
    void systemMessagesOfOtherChannelsChangeNothing();
    void revokedTokenIsClearedOnceForAllLanes();
    void refusedUpgradeMakesANewChannel();
    void channelsRefusedWithoutEndAreAnError();
    void channelIsRenewedBeforeItsEndWithoutAGap();
    void failedRenewalIsTriedAgain();
    void tokenIsRenewedWithoutTouchingSockets();

    void wrongSecretEnds();
    void missingPermissionToCreateEnds();
    void busyServiceIsWaitedFor();
    void longRetryAfterEndsAndNamesTheWait();
    void personsTokenThatEndsAsksToSignInAgain();
    void foreignSocketAddressIsRefused();
    void withoutReconnectTheFirstLossEnds();

    void suspendAndReconnectNowReachAllLanes();
    void stopsWithinASecondInEveryPhase();
    void intakeMayStopTheSourceInsideAFrame();
    void schemasAreLiveThenCached();
    void failingSchemasAreAnEventOnly();

private:
    void start(const NotificationConfig& config);
    void goLive(const NotificationConfig& config, std::size_t sockets = 1);
    [[nodiscard]] NotificationConfig oneTopic() const { return m_service->config({presence}); }
    [[nodiscard]] bool isConnected() const { return m_state.phase == SourcePhase::Connected; }
    [[nodiscard]] bool hasEnded() const { return m_finished; }
    [[nodiscard]] QString endText() const { return m_error ? m_error->detail : QString(); }
    void say(const QByteArray& text) { m_service->lastSocket()->sendText(text); }

    std::unique_ptr<FakeService> m_service;
    std::unique_ptr<Intake> m_intake;
    std::unique_ptr<NotificationSource> m_source;
    SourceState m_state;
    NotificationStatePtr m_told;
    QString m_shown; ///< every text of every state
    std::optional<Error> m_error;
    bool m_finished = false;
};

void tst_NotificationSource::init()
{
    m_service = std::make_unique<FakeService>();
    m_intake = std::make_unique<Intake>();
    m_state = {};
    m_told.reset();
    m_shown.clear();
    m_error.reset();
    m_finished = false;
}

/// Whatever the test did: nothing that was told holds a secret.
void tst_NotificationSource::cleanup()
{
    m_source.reset();
    for (const AuditEvent& event : m_intake->events)
        QVERIFY2(!(event.object + event.detail).contains("canary"), (event.object + event.detail).constData());
    QVERIFY2(!m_shown.contains(QStringLiteral("canary")), qPrintable(m_shown));
    QVERIFY(!endText().contains(QStringLiteral("canary")));
}

void tst_NotificationSource::start(const NotificationConfig& config)
{
    m_source = makeNotificationSource(config);
    connect(m_source.get(), &FrameSource::stateChanged, this, [this](const SourceState& state) {
        m_state = state;
        m_shown += state.endpoint;
        if (state.error)
            m_shown += state.error->detail + state.error->place;
    });
    connect(m_source.get(), &NotificationSource::notificationStateChanged, this,
            [this](const NotificationStatePtr& told) {
                m_told = told;
                for (const LaneStatus& lane : told->lanes) {
                    if (lane.error)
                        m_shown += lane.error->detail + lane.error->place;
                }
            });
    connect(m_source.get(), &FrameSource::finished, this, [this](const std::optional<Error>& error) {
        m_finished = true;
        m_error = error;
    });
    m_source->start(m_intake.get());
}

void tst_NotificationSource::goLive(const NotificationConfig& config, std::size_t sockets)
{
    start(config);
    QTRY_VERIFY(isConnected());
    QTRY_COMPARE(m_service->sockets().size(), sockets);
}

void tst_NotificationSource::connectsSubscribesAndDelivers()
{
    goLive(m_service->config({presence, "v2.users.2?presence&activity"}));
    QCOMPARE(m_service->lastSubscription(),
             QByteArray(R"(POST [{"id":"v2.users.1.presence"},{"id":"v2.users.2?presence&activity"}])"));
    QVERIFY(m_service->server().allRequests().contains("/subscriptions?ignoreErrors=true"));
    QCOMPARE(m_service->lastSocket()->header("Authorization"), QByteArray()); // the channel id is the credential
    QVERIFY(m_state.endpoint.endsWith(QStringLiteral("/channels/…")));
    say(FakeService::event("V2.Users.1.Presence"));
    say(FakeService::event("v2.users.2.activity"));
    say(FakeService::control("channel.metadata", R"({"message":"WebSocket Heartbeat"})"));
    say("junk");
    QTRY_COMPARE(m_intake->frames.size(), 4u);
    QCOMPARE(m_intake->frames[3].payload, QByteArray("junk"));
    QTRY_VERIFY(m_told && m_told->lanes[0].heartbeats == 1);
    QCOMPARE(m_told->topics[0].events, 1u);
    QCOMPARE(m_told->topics[1].events, 1u);
    QCOMPARE(m_told->lanes[0].events, 2u);
    QVERIFY(m_told->topics[0].state == TopicState::Permitted && m_told->topics[0].subscribedWallNs > 0);
    QVERIFY(m_told->lanes[0].health == HeartbeatHealth::Good);
    QCOMPARE(m_told->channelsInUse, 1);
    QVERIFY(m_told->requestsLastMinute >= 4 && m_told->requestLimit == 300);
    QTRY_VERIFY(!m_service->lastSocket()->frames().empty());
    QCOMPARE(m_service->lastSocket()->frames()[0].payload, QByteArray(R"({"message":"ping"})"));
    say(FakeService::control("channel.metadata", R"({"message":"pong"})"));
    QTRY_VERIFY(m_state.roundTripNs > 0);
    QCOMPARE(m_intake->count(AuditAction::TopicGap), 0);
    QVERIFY(m_intake->story().startsWith(QStringLiteral("sign-in-started signed-in channel-created connect-started "
                                                        "connected topics-subscribed")) ||
            m_intake->published.contains(QStringLiteral("live")));
}

void tst_NotificationSource::spreadsTopicsOverChannels()
{
    NotificationConfig config = m_service->config({"v2.a.a", "v2.b.b", "v2.c.c", "v2.d.d", "v2.e.e"});
    config.topicsPerChannel = 2;
    goLive(config, 3);
    QCOMPARE(m_service->channels(), 3);
    for (const QPointer<RawConnection>& socket : m_service->sockets())
        socket->sendText(FakeService::event("v2.x.x"));
    QTRY_COMPARE(m_intake->lanes.size(), 3u);
    std::sort(m_intake->lanes.begin(), m_intake->lanes.end());
    QCOMPARE(m_intake->lanes, (std::vector<quint16>{0, 1, 2}));
}

void tst_NotificationSource::tooManyTopicsEndBeforeAnythingIsSent()
{
    std::vector<QByteArray> topics;
    for (int i = 0; i < 21; ++i)
        topics.push_back("v2.users." + QByteArray::number(i) + ".presence");
    NotificationConfig config = m_service->config(topics);
    config.topicsPerChannel = 1;
    start(config);
    QTRY_VERIFY(hasEnded());
    QCOMPARE(m_error->code, ErrorCode::InvalidArgument);
    QVERIFY(endText().contains(QStringLiteral("21 channels")));
    QCOMPARE(m_service->server().connections().size(), 0u);
}

void tst_NotificationSource::aFullChannelSaysWhatToDo()
{
    m_service->onRequest = [](RawConnection& connection, const QByteArray&, const QByteArray& path) {
        if (!path.endsWith("/subscriptions"))
            return false;
        connection.reply(400, R"({"message":"too many topics","code":"bad.request"})",
                         "inin-correlation-id: corr-1001\r\n");
        return true;
    };
    std::vector<QByteArray> topics;
    for (int i = 0; i < 1001; ++i)
        topics.push_back("v2.users." + QByteArray::number(i) + ".presence");
    NotificationConfig config = m_service->config(topics);
    config.topicsPerChannel = 2000;
    start(config);
    QTRY_VERIFY(hasEnded());
    QCOMPARE(m_error->code, ErrorCode::InvalidArgument);
    for (const char* words : {"1001", "more channels", "too many topics", "corr-1001"})
        QVERIFY2(endText().contains(QLatin1String(words)), qPrintable(endText()));
}

void tst_NotificationSource::topicsThatCannotBeAskedForAreTold()
{
    goLive(m_service->config({presence, "V2.USERS.1.PRESENCE", QByteArray(201, 'x'), "channel.metadata"}));
    QCOMPARE(m_intake->count(AuditAction::TopicRejected), 3);
    QTRY_VERIFY(m_told);
    QCOMPARE(m_told->topics.size(), 2u);
    QVERIFY(m_told->topics[1].state == TopicState::Rejected && !m_told->topics[1].rejection.isEmpty());
    QVERIFY(!m_service->lastSubscription().contains("xxx"));
}

void tst_NotificationSource::rejectedTopicsAreNamed()
{
    m_service->onTopic = [](const QByteArray& topic) {
        if (topic == presence)
            return QJsonObject();
        return QJsonObject{{QStringLiteral("state"), QStringLiteral("Rejected")},
                           {QStringLiteral("rejectionReason"), QStringLiteral("not allowed")},
                           {QStringLiteral("missingPermissions"), QJsonArray{QStringLiteral("routing:queue:view")}}};
    };
    goLive(m_service->config({presence, activity}));
    const std::vector<AuditEvent> rejected = m_intake->eventsOf(AuditAction::TopicRejected);
    QCOMPARE(rejected.size(), 1u);
    QCOMPARE(rejected[0].object, activity);
    QVERIFY(rejected[0].detail.contains("routing:queue:view") && rejected[0].detail.contains("not allowed"));
    QCOMPARE(m_intake->detail(AuditAction::TopicsSubscribed, "permitted").toInt(), 1);
    QCOMPARE(m_intake->detail(AuditAction::TopicsSubscribed, "rejected").toInt(), 1);
    QTRY_VERIFY(m_told && m_told->topics[1].missingPermissions == QByteArrayList{"routing:queue:view"});
}

void tst_NotificationSource::allRejectedEndsWithThePermissions()
{
    m_service->onTopic = [](const QByteArray&) {
        return QJsonObject{{QStringLiteral("state"), QStringLiteral("Rejected")},
                           {QStringLiteral("missingPermissions"), QJsonArray{QStringLiteral("analytics:x:view")}}};
    };
    start(m_service->config({presence, activity}));
    QTRY_VERIFY(hasEnded());
    QCOMPARE(m_error->code, ErrorCode::ScopeMissing);
    QVERIFY(endText().contains(QStringLiteral("analytics:x:view")) && endText().contains(QStringLiteral("All 2")));
}

void tst_NotificationSource::evictionIsWarnedOf()
{
    m_service->channelsElsewhere = 20;
    goLive(oneTopic());
    const AuditEvent created = m_intake->eventsOf(AuditAction::ChannelCreated).back();
    QCOMPARE(created.severity, Severity::Warning);
    QVERIFY(created.detail.contains("End programs that are not needed"));
    QTRY_VERIFY(m_told && m_told->channelsInUse == 20);
}

void tst_NotificationSource::silenceIsLateThenLost()
{
    NotificationConfig config = oneTopic();
    config.timers.heartbeatLate = 300ms;
    config.timers.heartbeatLost = 600ms;
    goLive(config);
    say(FakeService::event(presence));
    QTRY_COMPARE(m_intake->count(AuditAction::HeartbeatLate), 1);
    QTRY_COMPARE(m_intake->count(AuditAction::HeartbeatLost), 1);
    QTRY_COMPARE(m_service->sockets().size(), 2u);
    QTRY_VERIFY(isConnected());
    QCOMPARE(m_service->channelOf(1), m_service->channelOf(0));
    QCOMPARE(m_intake->count(AuditAction::TopicGap), 1);
    QCOMPARE(m_intake->detail(AuditAction::TopicGap, "cause").toString(), QStringLiteral("heartbeat-lost"));
    QCOMPARE(m_intake->detail(AuditAction::TopicGap, "verdict").toString(), QStringLiteral("unverifiable"));
    QTRY_VERIFY(m_told && m_told->gaps.size() == 1);
    const TopicGapEntry& gap = m_told->gaps[0];
    QCOMPARE(gap.topic, presence);
    QVERIFY(gap.toWallNs - gap.fromWallNs >= 600'000'000);
    QCOMPARE(gap.fromWallNs, m_intake->frames[0].arrival.wallNs); // the last message before
    QCOMPARE(m_told->topics[0].gaps, 1u);
}

void tst_NotificationSource::socketClosingIsAnsweredWithoutAGap()
{
    goLive(oneTopic());
    say(FakeService::control("v2.system.socket_closing", R"({"message":"maintenance"})"));
    QTRY_COMPARE(m_service->sockets().size(), 2u);
    QCOMPARE(m_service->channelOf(1), m_service->channelOf(0));
    QTRY_VERIFY(!m_service->sockets()[0] || !m_service->sockets()[0]->isOpen()); // left when the new one works
    say(FakeService::event(presence));
    QTRY_COMPARE(m_intake->frames.size(), 2u);
    QVERIFY(isConnected());
    QCOMPARE(m_intake->frames.back().attempt, quint16(2));
    QCOMPARE(m_intake->count(AuditAction::SocketClosing), 1);
    QCOMPARE(m_intake->count(AuditAction::TopicGap), 0);
    QCOMPARE(m_service->channels(), 1);
    QTRY_VERIFY(m_told && m_told->topics[0].events == 1);
}

/// The new socket did not reach the service before the old one ended: what was sent in between reached nobody.
void tst_NotificationSource::closeAtTheAnnouncedTimeIsAGap()
{
    NotificationConfig config = oneTopic();
    config.timers.closingGrace = 100ms;
    goLive(config);
    RawConnection* successor = nullptr;
    m_service->onRequest = [&](RawConnection& connection, const QByteArray&, const QByteArray& path) {
        successor = path.startsWith("/channels/") ? &connection : successor;
        return successor == &connection; // answered later
    };
    say(FakeService::control("v2.system.socket_closing"));
    QTRY_VERIFY(successor);
    QTest::qWait(110); // the announced time
    m_service->lastSocket()->sendClose(1001);
    QTRY_COMPARE(m_intake->count(AuditAction::Closed), 1);
    successor->acceptUpgrade();
    QTRY_VERIFY(isConnected());
    QCOMPARE(m_intake->count(AuditAction::TopicGap), 1);
    QCOMPARE(m_service->channels(), 1);
}

void tst_NotificationSource::lostSocketsComeBackOnTheSameChannel_data()
{
    QTest::addColumn<int>("code"); // 0: RST, -1: FIN
    QTest::addColumn<QString>("cause");
    QTest::newRow("going away") << 1001 << QStringLiteral("closed 1001");
    QTest::newRow("server error") << 1011 << QStringLiteral("closed 1011");
    QTest::newRow("reset") << 0 << QStringLiteral("closed 1006");
    QTest::newRow("cut") << -1 << QStringLiteral("closed 1006");
}

void tst_NotificationSource::lostSocketsComeBackOnTheSameChannel()
{
    QFETCH(const int, code);
    QFETCH(const QString, cause);
    goLive(m_service->config({presence, activity}));
    RawConnection* socket = m_service->lastSocket();
    if (code > 0)
        socket->sendClose(code);
    else if (code == 0)
        socket->reset();
    else
        socket->finish();
    QTRY_COMPARE(m_service->sockets().size(), 2u);
    QTRY_COMPARE(m_intake->count(AuditAction::TopicGap), 2);
    QTRY_VERIFY(isConnected());
    QCOMPARE(m_service->channelOf(1), m_service->channelOf(0));
    QCOMPARE(m_intake->detail(AuditAction::TopicGap, "cause").toString(), cause);
    QCOMPARE(m_service->count("POST /api/v2/notifications/channels/N/subscriptions"), 1); // the service keeps them
    QCOMPARE(m_service->count("PUT /api/v2/notifications/channels/N/subscriptions"), 0);
    QCOMPARE(m_state.reconnects, 1u);
}

void tst_NotificationSource::lostChannelsAreReplaced_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<int>("event");
    QTest::addColumn<QString>("cause");
    QTest::newRow("404") << QByteArray(R"({"result":"404"})") << int(AuditAction::ChannelLost)
                         << QStringLiteral("channel-lost");
    QTest::newRow("no longer subscribed")
        << FakeService::control("v2.system.no_longer_subscribed.streaming-1-canary1",
                                R"({"channelId":"streaming-1-canary1","reason":"another_channel_subscribed"})")
        << int(AuditAction::NoLongerSubscribed) << QStringLiteral("no-longer-subscribed");
    QTest::newRow("replaced") << FakeService::control("v2.system.duplicate_id") << int(AuditAction::SocketReplaced)
                              << QStringLiteral("socket-replaced");
    QTest::newRow("revoked") << FakeService::control("v2.system.token_revoked.u1",
                                                     R"({"reason":"user_tokens_revoked"})")
                             << int(AuditAction::TokenRevoked) << QStringLiteral("token-revoked");
}

void tst_NotificationSource::lostChannelsAreReplaced()
{
    QFETCH(const QByteArray, message);
    QFETCH(const int, event);
    QFETCH(const QString, cause);
    goLive(m_service->config({presence, activity}));
    say(message);
    QTRY_COMPARE(m_service->sockets().size(), 2u);
    QTRY_COMPARE(m_intake->count(AuditAction::TopicGap), 2);
    QTRY_VERIFY(isConnected());
    QVERIFY(m_service->channelOf(1) != m_service->channelOf(0));
    QCOMPARE(m_service->lastSubscription(),
             QByteArray(R"(PUT [{"id":"v2.users.1.presence"},{"id":"v2.users.1.activity"}])"));
    QCOMPARE(m_intake->count(AuditAction(event)), 1);
    QCOMPARE(m_intake->count(AuditAction::ChannelLost), 1);
    QCOMPARE(m_intake->detail(AuditAction::TopicGap, "cause").toString(), cause);
    QCOMPARE(m_service->tokens(), cause == QStringLiteral("token-revoked") ? 2 : 1);
    QCOMPARE(m_intake->frames.size(), 1u); // the message itself is a frame of the session
    QTRY_VERIFY(m_told && m_told->topics[0].state == TopicState::Permitted);
}

void tst_NotificationSource::systemMessagesOfOtherChannelsChangeNothing()
{
    goLive(oneTopic());
    say(FakeService::control("v2.system.no_longer_subscribed.x", R"({"channelId":"another"})"));
    say(FakeService::control("v2.system.a.b", R"({"systemTopicType":"subscription_changed"})"));
    say(FakeService::event(presence));
    QTRY_COMPARE(m_intake->frames.size(), 3u);
    QVERIFY(isConnected());
    QCOMPARE(m_intake->count(AuditAction::ChannelLost), 0);
}

void tst_NotificationSource::revokedTokenIsClearedOnceForAllLanes()
{
    NotificationConfig config = m_service->config({presence, activity, "v2.users.1.conversations"});
    config.topicsPerChannel = 1;
    goLive(config, 3);
    const auto sockets = m_service->sockets();
    for (const QPointer<RawConnection>& socket : sockets)
        socket->sendText(FakeService::control("v2.system.token_revoked.u1"));
    QTRY_COMPARE(m_service->sockets().size(), 6u);
    QTRY_COMPARE(m_intake->count(AuditAction::TopicGap), 3);
    QTRY_VERIFY(isConnected());
    QCOMPARE(m_intake->count(AuditAction::TokenRevoked), 3);
    QCOMPARE(m_service->tokens(), 2);
}

void tst_NotificationSource::refusedUpgradeMakesANewChannel()
{
    goLive(oneTopic());
    m_service->onRequest = [](RawConnection& connection, const QByteArray&, const QByteArray& path) {
        if (!path.endsWith("-canary1"))
            return false;
        connection.reply(401);
        return true;
    };
    m_service->lastSocket()->sendClose(1001);
    QTRY_COMPARE(m_service->sockets().size(), 2u);
    QTRY_COMPARE(m_intake->count(AuditAction::TopicGap), 1);
    QCOMPARE(m_service->channels(), 2);
    QCOMPARE(m_intake->detail(AuditAction::ChannelLost, "cause").toString(), QStringLiteral("refused 401"));
    QCOMPARE(m_intake->detail(AuditAction::TopicGap, "cause").toString(), QStringLiteral("closed 1001"));
}

void tst_NotificationSource::channelsRefusedWithoutEndAreAnError()
{
    m_service->onRequest = [](RawConnection& connection, const QByteArray&, const QByteArray& path) {
        if (!path.startsWith("/channels/"))
            return false;
        connection.reply(401);
        return true;
    };
    start(oneTopic());
    QTRY_VERIFY(hasEnded());
    QCOMPARE(m_error->code, ErrorCode::TokenRejected);
    QCOMPARE(m_service->channels(), 3);
}

void tst_NotificationSource::channelIsRenewedBeforeItsEndWithoutAGap()
{
    m_service->channelLife = 2000ms; // renewed after a second
    goLive(oneTopic());
    m_service->channelLife = 86'400'000ms;
    QTRY_COMPARE(m_intake->count(AuditAction::ChannelRenewed), 1);
    QCOMPARE(m_service->sockets().size(), 2u);
    QVERIFY(m_service->channelOf(1) != m_service->channelOf(0));
    QVERIFY(m_service->sockets()[0]->isOpen()); // the overlap
    QTRY_VERIFY(m_told && m_told->lanes[0].renewing);
    for (const QPointer<RawConnection>& socket : m_service->sockets())
        socket->sendText(FakeService::event(presence));
    QTRY_COMPARE(m_intake->frames.size(), 2u); // both are delivered: the decoder knows duplicates
    QTRY_VERIFY(!m_service->sockets()[0] || !m_service->sockets()[0]->isOpen());
    QVERIFY(isConnected());
    QCOMPARE(m_intake->count(AuditAction::TopicGap), 0);
    QTRY_VERIFY(m_told && !m_told->lanes[0].renewing);
    QCOMPARE(m_told->topics[0].events, 1u);
    QVERIFY(m_told->lanes[0].channelExpiresWallNs > now().wallNs + 3'600'000'000'000);
}

void tst_NotificationSource::failedRenewalIsTriedAgain()
{
    m_service->channelLife = 2000ms;
    int refused = 0;
    m_service->onRequest = [&](RawConnection& connection, const QByteArray& method, const QByteArray& path) {
        if (method != "POST" || !path.endsWith("/channels") || m_service->channels() == 0 || refused == 2)
            return false;
        ++refused;
        m_service->channelLife = 86'400'000ms;
        connection.reply(403, R"({"code":"not.authorized"})");
        return true;
    };
    goLive(oneTopic());
    QTRY_COMPARE(m_intake->count(AuditAction::ChannelRenewed), 1);
    QCOMPARE(refused, 2);
    QCOMPARE(m_intake->count(AuditAction::TopicGap), 0);
}

void tst_NotificationSource::tokenIsRenewedWithoutTouchingSockets()
{
    m_service->tokenSeconds = 2;
    goLive(oneTopic());
    QTRY_VERIFY(m_intake->count(AuditAction::TokenRenewed) >= 1);
    QVERIFY(m_service->tokens() >= 2);
    QCOMPARE(m_service->sockets().size(), 1u);
    QVERIFY(m_service->lastSocket()->isOpen() && isConnected());
}

void tst_NotificationSource::wrongSecretEnds()
{
    m_service->onRequest = [](RawConnection& connection, const QByteArray&, const QByteArray& path) {
        if (path != "/oauth/token")
            return false;
        connection.reply(401, R"({"error":"invalid_client","description":"client not found"})");
        return true;
    };
    start(oneTopic());
    QTRY_VERIFY(hasEnded());
    QCOMPARE(m_error->code, ErrorCode::WrongCredentials);
    QCOMPARE(m_intake->count(AuditAction::SignInFailed), 1);
    QCOMPARE(m_state.phase, SourcePhase::Failed);
}

void tst_NotificationSource::missingPermissionToCreateEnds()
{
    m_service->onRequest = [](RawConnection& connection, const QByteArray& method, const QByteArray& path) {
        if (method != "POST" || !path.endsWith("/channels"))
            return false;
        connection.reply(403, R"({"code":"missing.permissions","message":"Missing [notifications:channel:create]",
                                  "contextId":"ctx-403"})");
        return true;
    };
    start(oneTopic());
    QTRY_VERIFY(hasEnded());
    QCOMPARE(m_error->code, ErrorCode::ScopeMissing);
    QVERIFY(endText().contains(QStringLiteral("Missing permission: notifications:channel:create")));
    QVERIFY(endText().contains(QStringLiteral("ctx-403")));
}

void tst_NotificationSource::busyServiceIsWaitedFor()
{
    int answered = 0;
    m_service->onRequest = [&](RawConnection& connection, const QByteArray& method, const QByteArray& path) {
        if (method != "POST" || !path.endsWith("/channels") || answered == 2)
            return false;
        connection.reply(++answered == 1 ? 503 : 429, {}, "Retry-After: 0\r\n");
        return true;
    };
    goLive(oneTopic());
    QCOMPARE(answered, 2);
    QCOMPARE(m_intake->count(AuditAction::RateLimited), 2);
    QCOMPARE(m_service->channels(), 1);
}

void tst_NotificationSource::longRetryAfterEndsAndNamesTheWait()
{
    m_service->onRequest = [](RawConnection& connection, const QByteArray& method, const QByteArray& path) {
        if (method != "POST" || !path.endsWith("/channels"))
            return false;
        connection.reply(429, R"({"code":"too.many.requests"})", "Retry-After: 7200\r\n");
        return true;
    };
    start(oneTopic());
    QTRY_VERIFY(hasEnded());
    QCOMPARE(m_error->code, ErrorCode::RateLimited);
    QVERIFY2(endText().contains(QStringLiteral("7200 s (2.0 h)")), qPrintable(endText()));
}

void tst_NotificationSource::personsTokenThatEndsAsksToSignInAgain()
{
    NotificationConfig config = oneTopic();
    config.credentials.reset();
    config.token = AccessToken{Secret("person-canary-token"), now().wallNs + 3'600'000'000'000};
    goLive(config);
    QVERIFY(m_service->server().allRequests().contains("Bearer person-canary-token"));
    QCOMPARE(m_service->tokens(), 0);
    say(FakeService::control("v2.system.token_revoked.u1"));
    QTRY_VERIFY(hasEnded());
    QCOMPARE(m_error->code, ErrorCode::TokenRejected);
    QVERIFY(endText().contains(QStringLiteral("Sign in again")));
    QCOMPARE(m_intake->count(AuditAction::TopicGap), 1); // open to the end of the session
}

void tst_NotificationSource::foreignSocketAddressIsRefused()
{
    m_service->onRequest = [](RawConnection& connection, const QByteArray& method, const QByteArray& path) {
        if (method != "POST" || !path.endsWith("/channels"))
            return false;
        connection.reply(200,
                         R"({"id":"streaming-1-canary","connectUri":"ws://10.9.8.7/channels/streaming-1-canary"})");
        return true;
    };
    start(oneTopic());
    QTRY_VERIFY(hasEnded());
    QCOMPARE(m_error->code, ErrorCode::Refused);
    QCOMPARE(m_intake->count(AuditAction::ConnectStarted), 0);
}

void tst_NotificationSource::withoutReconnectTheFirstLossEnds()
{
    NotificationConfig config = oneTopic();
    config.reconnect = false;
    goLive(config);
    m_service->lastSocket()->reset();
    QTRY_VERIFY(hasEnded());
    QCOMPARE(m_error->code, ErrorCode::Closed);
    QCOMPARE(m_service->sockets().size(), 1u);
    QCOMPARE(m_intake->count(AuditAction::TopicGap), 1);
}

void tst_NotificationSource::suspendAndReconnectNowReachAllLanes()
{
    NotificationConfig config = m_service->config({presence, activity});
    config.topicsPerChannel = 1;
    goLive(config, 2);
    m_source->suspend(60s);
    QCOMPARE(m_state.phase, SourcePhase::Suspended);
    QVERIFY(m_state.nextAttemptMonoNs > monotonicNs() + 50'000'000'000);
    for (const QPointer<RawConnection>& socket : m_service->sockets())
        QTRY_VERIFY(!socket || !socket->isOpen());
    m_source->reconnectNow();
    QTRY_COMPARE(m_service->sockets().size(), 4u);
    QTRY_COMPARE(m_intake->count(AuditAction::TopicGap), 2);
    QTRY_VERIFY(isConnected());
    QCOMPARE(m_intake->detail(AuditAction::TopicGap, "cause").toString(), QStringLiteral("suspended"));
    QCOMPARE(m_service->channels(), 2);
    m_source->suspend(30ms); // and comes back by itself
    QTRY_COMPARE(m_service->sockets().size(), 6u);
}

void tst_NotificationSource::stopsWithinASecondInEveryPhase()
{
    const auto stopped = [&] {
        QElapsedTimer clock;
        clock.start();
        m_source->stop();
        const bool ended = QTest::qWaitFor([&] { return m_finished; }, 1000);
        const bool clean = ended && !m_error && m_state.phase == SourcePhase::Stopped;
        m_finished = false;
        return clean;
    };
    start(oneTopic());
    QVERIFY(stopped()); // signing in
    m_service->onRequest = [](RawConnection&, const QByteArray&, const QByteArray& path) {
        return path.startsWith("/channels/"); // never answered
    };
    start(oneTopic());
    QTRY_COMPARE(m_state.phase, SourcePhase::Connecting);
    QTRY_COMPARE(m_intake->count(AuditAction::ConnectStarted), 1);
    QVERIFY(stopped());
    m_service->onRequest = nullptr;
    start(oneTopic());
    QTRY_VERIFY(isConnected());
    RawConnection* socket = m_service->lastSocket();
    QVERIFY(stopped());
    QTRY_VERIFY(!socket->frames().empty() && socket->frames().back().opcode == CloseFrame);
    start(oneTopic());
    QTRY_VERIFY(isConnected());
    m_source->suspend(60s);
    QVERIFY(stopped());
}

void tst_NotificationSource::intakeMayStopTheSourceInsideAFrame()
{
    goLive(oneTopic());
    m_intake->onFrame = [this](const RawFrame&) { m_source->suspend(40ms); };
    say(R"({"result":"404"})"); // whose meaning is not acted upon any more
    QTRY_COMPARE(m_service->sockets().size(), 2u);
    QCOMPARE(m_service->channels(), 1);
    QTRY_VERIFY(isConnected());
    m_intake->onFrame = [this](const RawFrame&) { m_source->stop(); };
    say(FakeService::control("v2.system.socket_closing"));
    QTRY_VERIFY(hasEnded());
    QVERIFY(!m_error);
}

void tst_NotificationSource::schemasAreLiveThenCached()
{
    const QTemporaryDir folder;
    NotificationConfig config = oneTopic();
    config.schemaCacheFolder = folder.filePath(QStringLiteral("schemas"));
    goLive(config);
    QTRY_COMPARE(m_intake->published, QStringList{QStringLiteral("live")});
    QTRY_VERIFY(m_told && m_told->schemaOrigin == "live" && m_told->schemaVersion.size() == 16);
    m_source.reset();
    m_intake = std::make_unique<Intake>();
    m_state = {};
    start(config);
    QCOMPARE(m_intake->published, QStringList{QStringLiteral("cached")}); // before anything is asked for
    QTRY_COMPARE(m_intake->published.size(), 2);
}

void tst_NotificationSource::failingSchemasAreAnEventOnly()
{
    m_service->onRequest = [](RawConnection& connection, const QByteArray&, const QByteArray& path) {
        if (!path.endsWith("/availabletopics"))
            return false;
        connection.reply(403, R"({"code":"not.authorized","contextId":"ctx-9"})");
        return true;
    };
    goLive(oneTopic());
    QTRY_COMPARE(m_intake->count(AuditAction::SchemasLoaded), 1);
    QVERIFY(m_intake->detail(AuditAction::SchemasLoaded, "reason").toString().contains(QStringLiteral("ctx-9")));
    QVERIFY(m_intake->published.isEmpty());
    QVERIFY(isConnected());
}

QTEST_GUILESS_MAIN(tst_NotificationSource)
#include "tst_notificationsource.moc"
