/// The notifications' sockets: events, heartbeats, what clients say, and everything that can happen to a channel.
#include "tests/core/simulator/notificationclient.h"
#include "tests/core/simulator/rawstream.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QTcpSocket>
#include <QTest>
#include <memory>

using namespace framescope;
using namespace framescope::test;
using namespace std::chrono_literals;

namespace {

const QByteArray heartbeat = R"({"topicName":"channel.metadata","eventBody":{"message":"WebSocket Heartbeat"}})";
const QByteArray pong = R"({"topicName":"channel.metadata","eventBody":{"message":"pong"}})";
const QByteArray gone = R"({"result":"404"})";

SimulatorOptions quick(double rate = 500)
{
    SimulatorOptions options = contactCentre();
    options.rate = rate;
    options.rejectedTopics = 0;
    options.agents = 8; // few, so that each is heard of often
    options.queues = 3;
    return options;
}

QByteArray topicNameOf(const QByteArray& message)
{
    return QJsonDocument::fromJson(message).object().value(QStringLiteral("topicName")).toString().toUtf8();
}

int upgradeStatus(const NotificationClient& client, const QByteArray& channel)
{
    QByteArray request = upgradeRequest("none");
    request.replace("/api/v2/streaming/interactions", "/channels/" + channel);
    // Only the head is waited for: a stream that opens does not end.
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), client.port());
    socket.write(request);
    QByteArray answer;
    while (!answer.contains("\r\n\r\n") && socket.waitForReadyRead(10'000))
        answer += socket.readAll();
    return statusOf(answer);
}

} // namespace

class TstNotificationSocket : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eventsOfSubscribedTopicsArrive();
    void ledgerCountsWhatIsSent();
    void rateIsOfAllChannelsTogether();
    void combinedTopicsComeUnderTheirOwnNames();
    void replacedTopicsAreSilent();
    void heartbeatsKeepTheirInterval();
    void pingIsAnswered();
    void junkIsTolerated();
    void socketSubscribesToo();
    void unknownChannelIsRefused();
    void secondSocketTakesTheChannel();
    void twentyFirstChannelEvictsTheOneUsedLongestAgo();
    void channelWithoutSocketGoesFirst();
    void closingIsAnnounced();
    void channelExpires();
    void revokedTokenEndsAll();
    void silentSocketSaysNothing();
    void replacedSocketCanComeBack();
    void resetHasNoCloseFrame();
    void lostChannelsAreRefusedAfterwards_data();
    void lostChannelsAreRefusedAfterwards();
    void clientThatDoesNotReadIsCut();
    void outagesComeOneAfterAnother();
    void odditiesAreInTheLedger();
    void badOptionsAreRefused();
    void directStreamIsServedAsWell();
};

void TstNotificationSocket::eventsOfSubscribedTopicsArrive()
{
    NotificationClient client(quick());
    const QList<QByteArray> all = allTopics(client);
    QList<QByteArray> asked;
    for (int i = 0; i < all.size(); i += 2)
        asked.append(i % 4 == 0 ? all.at(i) : all.at(i).toUpper().replace("V2.", "v2.")); // names have no case
    const Lane lane(client, asked);
    QTRY_VERIFY(lane.listener->messages.size() > 300);
    const QSet<QByteArray> known(all.begin(), all.end());
    QSet<QByteArray> heard;
    for (const QByteArray& message : lane.listener->messages)
        heard.insert(topicNameOf(message));
    for (const QByteArray& topic : heard) {
        QVERIFY2(known.contains(topic), topic.constData()); // as the service spells it
        QVERIFY2(all.indexOf(topic) % 2 == 0, topic.constData());
    }
    QVERIFY(heard.size() > 20);
}

void TstNotificationSocket::ledgerCountsWhatIsSent()
{
    NotificationClient client(quick());
    const Lane first(client, allTopics(client));
    const Lane second(client, allTopics(client));
    QTRY_VERIFY(first.listener->messages.size() > 200 && second.listener->messages.size() > 200);
    const qsizetype before = client.thread.ledger().events;
    QVERIFY(before >= 400);
    client.thread.stop(); // closes properly: what was sent arrives
    QTRY_VERIFY(first.listener->ended && second.listener->ended);
    QCOMPARE(first.listener->closeCode, 1001);
    const auto heard = quint64(first.listener->messages.size() + second.listener->messages.size());
    QCOMPARE(heard, client.thread.ledger().events);
    QCOMPARE(client.thread.ledger().connections, 2U);
}

void TstNotificationSocket::rateIsOfAllChannelsTogether()
{
    NotificationClient client(quick(400));
    const Lane first(client, allTopics(client));
    const Lane second(client, allTopics(client));
    QTRY_VERIFY(first.isHearing() && second.isHearing());
    const quint64 before = client.thread.ledger().events;
    QElapsedTimer timer;
    timer.start();
    QTest::qWait(1500);
    const double perSecond = double(client.thread.ledger().events - before) * 1000 / double(timer.elapsed());
    // Owed events are caught up with after a pause of the machine, so that only a wide corridor is certain.
    QVERIFY2(perSecond > 100 && perSecond < 1200, QByteArray::number(perSecond).constData());
}

void TstNotificationSocket::combinedTopicsComeUnderTheirOwnNames()
{
    NotificationClient client(quick());
    const QByteArray user = allTopics(client).first().chopped(9); // v2.users.<id>
    const Lane lane(client, {user + "?presence&routingStatus&activity", user + ".presence"});
    QTRY_VERIFY(lane.listener->count(".routingStatus\",\"version") > 3);
    QTRY_VERIFY(lane.listener->count(".presence\",\"version") > 0);
    QCOMPARE(lane.listener->count("?"), 0);
    // Subscribed twice, heard once.
    const QSet<QByteArray> distinct(lane.listener->messages.begin(), lane.listener->messages.end());
    QCOMPARE(distinct.size(), lane.listener->messages.size());
}

void TstNotificationSocket::replacedTopicsAreSilent()
{
    NotificationClient client(quick());
    const Lane lane(client, allTopics(client));
    QTRY_VERIFY(lane.isHearing());
    const QByteArray kept = allTopics(client).at(1); // routingStatus of the first agent
    QCOMPARE(client.subscribe(lane.channel, {kept}, "PUT").size(), 1);
    lane.listener->socket.sendTextMessage(QStringLiteral(R"({"message":"ping"})"));
    QTRY_COMPARE(lane.listener->count(pong), 1);
    lane.listener->messages.clear();
    QTRY_VERIFY(lane.listener->messages.size() > 3);
    for (const QByteArray& message : lane.listener->messages)
        QCOMPARE(topicNameOf(message), kept);
}

void TstNotificationSocket::heartbeatsKeepTheirInterval()
{
    SimulatorOptions options = quick();
    options.heartbeatInterval = 50ms;
    NotificationClient client(options);
    const Lane lane(client, {});
    QTRY_VERIFY(lane.listener->messages.size() >= 5);
    for (const QByteArray& message : lane.listener->messages)
        QCOMPARE(message, heartbeat);
    QVERIFY(client.thread.ledger().heartbeats >= 5);
    QCOMPARE(client.thread.ledger().events, 0U);
}

void TstNotificationSocket::pingIsAnswered()
{
    NotificationClient client(quick());
    const Lane lane(client, {});
    QTRY_VERIFY(lane.listener->isConnected());
    lane.listener->socket.sendTextMessage(QStringLiteral(R"({"message":"ping"})"));
    QTRY_COMPARE(lane.listener->messages, QList<QByteArray>{pong});
}

void TstNotificationSocket::junkIsTolerated()
{
    NotificationClient client(quick());
    const Lane lane(client, {});
    QTRY_VERIFY(lane.listener->isConnected());
    for (const char* junk : {"12:00:01", "", "{", "[]", "null", "{\"message\":7}", "{\"message\":\"dance\"}", "\"\""})
        lane.listener->socket.sendTextMessage(QString::fromLatin1(junk));
    lane.listener->socket.sendBinaryMessage("\x00\x01");
    lane.listener->socket.sendTextMessage(QStringLiteral(R"({"message":"ping"})"));
    QTRY_COMPARE(lane.listener->messages, QList<QByteArray>{pong});
    QVERIFY(lane.listener->isConnected());
}

void TstNotificationSocket::socketSubscribesToo()
{
    NotificationClient client(quick());
    const Lane lane(client, {});
    QTRY_VERIFY(lane.listener->isConnected());
    const QByteArray topic = allTopics(client).at(1);
    const auto say = [&lane](const QByteArray& what, const QByteArray& name) {
        lane.listener->socket.sendTextMessage(
            QString::fromLatin1(R"({"message":")" + what + R"(","topics":[")" + name + R"("],"correlationId":"1"})"));
    };
    say("subscribe", topic);
    QTRY_COMPARE(lane.listener->count(R"({"result":"200","status":"subscribed"})"), 1);
    QTRY_VERIFY(lane.isHearing());
    say("subscribe", "v2.weather");
    QTRY_COMPARE(lane.listener->count(R"({"result":"400","status":"failure"})"), 1);
    say("unsubscribe", topic);
    QTRY_COMPARE(lane.listener->count(R"({"result":"200","status":"unsubscribed"})"), 1);
    QCOMPARE(client.subscribe(lane.channel, {}).size(), 0);
}

void TstNotificationSocket::unknownChannelIsRefused()
{
    NotificationClient client(quick());
    QCOMPARE(upgradeStatus(client, "streaming-0-aaaaaaaaaaaaaaaaaaaaaaaaaa"), 401);
    QCOMPARE(upgradeStatus(client, ""), 401);
    QCOMPARE(upgradeStatus(client, client.newChannel()), 101);
}

void TstNotificationSocket::secondSocketTakesTheChannel()
{
    NotificationClient client(quick());
    const Lane lane(client, allTopics(client));
    QTRY_VERIFY(lane.isHearing());
    const Listener second(client.socketUrl(lane.channel));
    QTRY_VERIFY(lane.listener->ended);
    QVERIFY(lane.listener->messages.last().startsWith(R"({"topicName":"v2.system.duplicate_id.)" + lane.channel));
    QTRY_VERIFY(second.count("\"version\":\"2\"") > 10);
}

void TstNotificationSocket::twentyFirstChannelEvictsTheOneUsedLongestAgo()
{
    NotificationClient client(quick());
    QList<std::shared_ptr<Lane>> lanes;
    for (int i = 0; i < 20; ++i) {
        lanes.append(std::make_shared<Lane>(client, allTopics(client).first(1)));
        QTRY_VERIFY(lanes.last()->listener->isConnected());
    }
    const QByteArray newest = client.newChannel();
    QVERIFY(!newest.isEmpty());
    const QByteArray name = "v2.system.no_longer_subscribed." + lanes.first()->channel;
    QTRY_COMPARE(lanes.first()->listener->count(name), 1);
    for (const auto& message : lanes.first()->listener->messages) {
        if (topicNameOf(message) != name)
            continue;
        const QJsonObject body =
            QJsonDocument::fromJson(message).object().value(QStringLiteral("eventBody")).toObject();
        QCOMPARE(body.value(QStringLiteral("systemTopicType")).toString(), QStringLiteral("no_longer_subscribed"));
        QCOMPARE(body.value(QStringLiteral("reason")).toString(), QStringLiteral("another_channel_subscribed"));
        QCOMPARE(body.value(QStringLiteral("channelId")).toString().toLatin1(), lanes.first()->channel);
    }
    QVERIFY(lanes.first()->listener->isConnected()); // it hears no events any more, but is not closed
    QCOMPARE(upgradeStatus(client, lanes.first()->channel), 401);
    QCOMPARE(lanes.at(1)->listener->count("no_longer_subscribed"), 0);
}

void TstNotificationSocket::channelWithoutSocketGoesFirst()
{
    NotificationClient client(quick());
    const Lane oldest(client, {});
    QTRY_VERIFY(oldest.listener->isConnected());
    const QByteArray idle = client.newChannel();
    for (int i = 0; i < 18; ++i)
        QVERIFY(!client.newChannel().isEmpty());
    QVERIFY(!client.newChannel().isEmpty());
    QCOMPARE(upgradeStatus(client, idle), 401);
    QCOMPARE(upgradeStatus(client, oldest.channel), 101);
}

void TstNotificationSocket::closingIsAnnounced()
{
    SimulatorOptions options = quick();
    options.closingGrace = 300ms;
    NotificationClient client(options);
    const Lane lane(client, allTopics(client));
    QTRY_VERIFY(lane.isHearing());
    client.thread.inject(ChannelFault::SocketClosing);
    QTRY_COMPARE(lane.listener->count("v2.system.socket_closing"), 1);
    const Listener second(client.socketUrl(lane.channel)); // the same channel, topics and all
    QTRY_VERIFY(second.count("\"version\":\"2\"") > 10);
    QTRY_VERIFY(lane.listener->ended);
    QCOMPARE(lane.listener->closeCode, 1001);
    QCOMPARE(lane.listener->count("duplicate_id"), 0);
}

void TstNotificationSocket::channelExpires()
{
    SimulatorOptions options = quick();
    options.channelLifetime = 700ms;
    NotificationClient client(options);
    const Lane lane(client, {});
    QTRY_VERIFY(lane.listener->isConnected());
    QTRY_COMPARE(lane.listener->messages, QList<QByteArray>{gone});
    QTRY_VERIFY(lane.listener->ended);
    QCOMPARE(lane.listener->closeCode, 1001);
    QCOMPARE(upgradeStatus(client, lane.channel), 401);
}

void TstNotificationSocket::revokedTokenEndsAll()
{
    NotificationClient client(quick());
    const Lane lane(client, allTopics(client));
    QTRY_VERIFY(lane.isHearing());
    client.thread.inject(ChannelFault::TokenRevoked);
    QTRY_VERIFY(lane.listener->ended);
    QCOMPARE(topicNameOf(lane.listener->messages.last()), "v2.system.token_revoked." + client.endpoint.clientId);
    QCOMPARE(client.rest("GET", "/api/v2/notifications/channels").status, 401);
    QCOMPARE(upgradeStatus(client, lane.channel), 401);
    QCOMPARE(client.restAs(client.newToken(), "GET", "/api/v2/notifications/channels").status, 200);
    QCOMPARE(client.thread.ledger().faults.front().expectedEvent, QByteArray("token-revoked"));
}

void TstNotificationSocket::silentSocketSaysNothing()
{
    SimulatorOptions options = quick();
    options.heartbeatInterval = 30ms;
    NotificationClient client(options);
    const Lane lane(client, allTopics(client));
    QTRY_VERIFY(lane.isHearing());
    client.thread.inject(ChannelFault::SilentSocket);
    QTRY_COMPARE(client.thread.ledger().faultCount, 1U);
    QTest::qWait(100); // what was under way arrives
    lane.listener->messages.clear();
    lane.listener->socket.sendTextMessage(QStringLiteral(R"({"message":"ping"})"));
    QTest::qWait(150);
    QCOMPARE(lane.listener->messages.size(), 0);
    QVERIFY(lane.listener->isConnected());
    const Listener second(client.socketUrl(lane.channel));
    QTRY_VERIFY(second.count("\"version\":\"2\"") > 10);
}

void TstNotificationSocket::replacedSocketCanComeBack()
{
    NotificationClient client(quick());
    const Lane lane(client, allTopics(client));
    QTRY_VERIFY(lane.isHearing());
    client.thread.inject(ChannelFault::SocketReplaced);
    QTRY_VERIFY(lane.listener->ended);
    QCOMPARE(lane.listener->count("v2.system.duplicate_id."), 1);
    const Listener second(client.socketUrl(lane.channel));
    QTRY_VERIFY(second.count("\"version\":\"2\"") > 10);
}

void TstNotificationSocket::resetHasNoCloseFrame()
{
    NotificationClient client(quick());
    const Lane lane(client, allTopics(client));
    QTRY_VERIFY(lane.isHearing());
    client.thread.inject(ChannelFault::TcpReset);
    QTRY_VERIFY(lane.listener->ended);
    QVERIFY(lane.listener->closeCode != 1001);
    QCOMPARE(upgradeStatus(client, lane.channel), 101); // the channel lives on
}

void TstNotificationSocket::lostChannelsAreRefusedAfterwards_data()
{
    QTest::addColumn<int>("fault");
    QTest::addColumn<QByteArray>("lastWords");
    QTest::addColumn<bool>("closes");
    QTest::newRow("evicted") << int(ChannelFault::EvictChannel) << QByteArray("v2.system.no_longer_subscribed.")
                             << false;
    QTest::newRow("expired") << int(ChannelFault::ChannelExpired) << gone << true;
    QTest::newRow("404") << int(ChannelFault::Result404) << gone << false;
    QTest::newRow("401") << int(ChannelFault::Upgrade401) << QByteArray() << true;
    QTest::newRow("503") << int(ChannelFault::RestUnavailable503) << gone << true;
    QTest::newRow("429") << int(ChannelFault::RateLimited429) << gone << true;
}

void TstNotificationSocket::lostChannelsAreRefusedAfterwards()
{
    QFETCH(int, fault);
    QFETCH(QByteArray, lastWords);
    QFETCH(bool, closes);
    NotificationClient client(quick());
    const Lane lane(client, allTopics(client));
    QTRY_VERIFY(lane.isHearing());
    client.thread.inject(ChannelFault(fault));
    QTRY_VERIFY(lastWords.isEmpty() || lane.listener->count(lastWords) == 1);
    if (closes)
        QTRY_COMPARE(lane.listener->closeCode, 1001);
    else
        QVERIFY(lane.listener->isConnected());
    QVERIFY(lastWords.isEmpty() || lane.listener->messages.last().contains(lastWords)); // no event behind it
    QCOMPARE(upgradeStatus(client, lane.channel), 401);
    QCOMPARE(client.thread.ledger().faults.front().fault, channelFaultName(ChannelFault(fault)));
}

void TstNotificationSocket::clientThatDoesNotReadIsCut()
{
    NotificationClient client(quick(100'000));
    const QByteArray channel = client.newChannel();
    QVERIFY(!client.subscribe(channel, allTopics(client)).isEmpty());
    QTcpSocket deaf;
    deaf.setReadBufferSize(1024);
    deaf.connectToHost(QStringLiteral("127.0.0.1"), client.port());
    QByteArray request = upgradeRequest("none");
    deaf.write(request.replace("/api/v2/streaming/interactions", "/channels/" + channel));
    QVERIFY(deaf.waitForBytesWritten());
    // Nobody reads: the buffers fill, and what cannot be sent is not dropped in silence.
    QTRY_COMPARE_WITH_TIMEOUT(client.thread.ledger().slowReaders, 1U, 60'000);
    QCOMPARE(client.thread.ledger().faults.front().fault, QByteArray("slow-reader"));
}

void TstNotificationSocket::outagesComeOneAfterAnother()
{
    SimulatorOptions options = quick(50);
    options.scenario = QStringLiteral("contact-centre-outages");
    options.outageInterval = 400ms;
    options.timeScale = 4;
    NotificationClient client(options);
    std::unique_ptr<Lane> lane;
    QElapsedTimer patience;
    patience.start();
    // A client that begins anew whenever its lane is of no use: not a clever one, but it survives all of them.
    QSet<QByteArray> seen;
    while (seen.size() < int(ChannelFault::Count_) && patience.elapsed() < 60'000) {
        const quint64 faults = client.thread.ledger().faultCount;
        const QByteArray token = client.newToken();
        const RestAnswer made = client.restAs(token, "POST", "/api/v2/notifications/channels");
        if (made.status != 200)
            continue;
        const QByteArray channel = made.json().value(QStringLiteral("id")).toString().toLatin1();
        const Listener listener(client.socketUrl(channel));
        QTRY_VERIFY_WITH_TIMEOUT(client.thread.ledger().faultCount > faults || listener.ended, 10'000);
        for (const SentFault& fault : client.thread.ledger().faults)
            seen.insert(fault.fault);
    }
    QCOMPARE(seen.size(), int(ChannelFault::Count_));
}

void TstNotificationSocket::odditiesAreInTheLedger()
{
    SimulatorOptions options = quick(5'000);
    options.oddities = true;
    NotificationClient client(options);
    const Lane lane(client, allTopics(client));
    const auto seen = [&client](const char* name) {
        const SimulatorLedger ledger = client.thread.ledger();
        return std::any_of(ledger.faults.begin(), ledger.faults.end(),
                           [name](const SentFault& fault) { return fault.expectedFinding == name; });
    };
    QTRY_VERIFY_WITH_TIMEOUT(seen("FIELD-UNKNOWN") && seen("ENUM-UNKNOWN") && seen("SCHEMA-TYPE"), 20'000);
    client.thread.stop();
    QTRY_VERIFY(lane.listener->ended);
    const SimulatorLedger ledger = client.thread.ledger();
    const auto unknownFields = std::count_if(ledger.faults.begin(), ledger.faults.end(), [](const SentFault& fault) {
        return fault.expectedFinding == "FIELD-UNKNOWN";
    });
    QCOMPARE(lane.listener->count("experienceScore"), int(unknownFields));
    for (const SentFault& fault : ledger.faults)
        QVERIFY(fault.frame > 0 && fault.frame <= ledger.messages);
}

void TstNotificationSocket::badOptionsAreRefused()
{
    const auto refused = [](void (*change)(SimulatorOptions&)) {
        SimulatorOptions options = contactCentre();
        change(options);
        Simulator simulator(options);
        const auto started = simulator.start();
        return !started && started.error().code == ErrorCode::InvalidArgument;
    };
    QVERIFY(refused([](SimulatorOptions& options) { options.agents = 0; }));
    QVERIFY(refused([](SimulatorOptions& options) { options.queues = 201; }));
    QVERIFY(refused([](SimulatorOptions& options) { options.heartbeatInterval = 0ms; }));
    QVERIFY(refused([](SimulatorOptions& options) { options.channelLifetime = -1ms; }));
    QVERIFY(refused([](SimulatorOptions& options) { options.requestsPerMinute = 0; }));
    QVERIFY(refused([](SimulatorOptions& options) { options.rejectedTopics = 1.5; }));
    QVERIFY(refused([](SimulatorOptions& options) { options.scenario = QStringLiteral("contact"); }));
    QVERIFY(!refused([](SimulatorOptions&) {}));
}

void TstNotificationSocket::directStreamIsServedAsWell()
{
    NotificationClient client(quick());
    RawStream stream;
    QCOMPARE(stream.open(client.port(), client.token()), 101);
    const auto message = stream.next();
    QVERIFY(message.has_value());
    QVERIFY(!message->payload.contains("topicName"));
}

QTEST_GUILESS_MAIN(TstNotificationSocket)
#include "tst_notificationsocket.moc"
