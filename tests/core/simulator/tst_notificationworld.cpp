/// The contact centre that the notifications tell about, without any socket: shapes, story, oddities, topics.
#include "core/simulator/notificationworld.h"
#include "core/simulator/topicbook.h"
#include "tests/core/simulator/shapecheck.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QTest>
#include <map>

using namespace framescope;
using namespace framescope::test;

namespace {

constexpr qint64 noon = 1'767'607'200'000; // 2026-01-05T10:00:00Z

/// Listens to everything, and keeps it.
struct Everybody : EventAudience
{
    struct Heard
    {
        QByteArray message;
        Oddity oddity;
    };
    bool hears(std::string_view topic) override
    {
        last = QByteArray(topic.data(), qsizetype(topic.size()));
        return true;
    }
    void deliver(std::string_view message, const Oddity& oddity) override
    {
        heard.push_back({QByteArray(message.data(), qsizetype(message.size())), oddity});
    }
    QByteArray last;
    std::vector<Heard> heard;
};

/// Tells so many steps, a tenth of a second apart.
Everybody told(const NotificationWorld::Setup& setup, int steps)
{
    NotificationWorld world(setup);
    Everybody everybody;
    for (int i = 0; i < steps; ++i) {
        world.step(setup.wallMs + i * 100, everybody);
        world.publish(setup.wallMs + i * 100, everybody);
    }
    return everybody;
}

NotificationWorld::Setup setup(quint64 seed, bool oddities = false)
{
    return {seed, 16, 6, oddities, noon};
}

} // namespace

class TstNotificationWorld : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyEventHasThePublishedShape();
    void everyKindOfTopicIsHeardOf();
    void framesLookAsTheServiceWritesThem();
    void eventTimesAreTheTimesTold();
    void oneHappeningHasOneCorrelationId();
    void sameSeedTellsTheSameStory();
    void snapshotsOfATopicDiffer();
    void fewEventsRepeatAnEarlierOne();
    void agentsNeverChangeTwiceInOneMoment();
    void conversationsGoThroughTheirStages();
    void observationsComeAtMostOnceASecond();
    void oddMessagesHaveTheFaultTheySay();
    void worksWithOneAgentAndWithMany();
    void demoTopicsAreTopicsOfTheService();
    void topicsAreJudged_data();
    void topicsAreJudged();
    void shareOfTopicsIsRejected();
    void combinedTopicsAreTheirParts();
};

void TstNotificationWorld::everyEventHasThePublishedShape()
{
    const ShapeCheck shapes;
    const Everybody all = told(setup(1), 2500);
    QVERIFY(all.heard.size() > 4000);
    for (const auto& one : all.heard) {
        QJsonParseError error;
        const QJsonObject frame = QJsonDocument::fromJson(one.message, &error).object();
        QVERIFY2(error.error == QJsonParseError::NoError, one.message.constData());
        const QString topic = frame.value(QStringLiteral("topicName")).toString();
        const QStringList problems = shapes.problemsOf(topic, frame.value(QStringLiteral("eventBody")).toObject());
        QVERIFY2(problems.isEmpty(), qPrintable(topic + QLatin1Char(' ') + problems.join(QLatin1Char('\n'))));
    }
}

void TstNotificationWorld::everyKindOfTopicIsHeardOf()
{
    const ShapeCheck shapes;
    QSet<QString> kinds;
    for (const auto& one : told(setup(2), 2000).heard) {
        const QJsonObject frame = QJsonDocument::fromJson(one.message).object();
        kinds.insert(shapes.templateOf(frame.value(QStringLiteral("topicName")).toString()));
    }
    for (const QString& name : shapes.templates()) {
        if (!name.startsWith(QLatin1String("v2.system."))) // these come from the channel
            QVERIFY2(kinds.contains(name), qPrintable(name));
    }
}

void TstNotificationWorld::framesLookAsTheServiceWritesThem()
{
    for (const auto& one : told(setup(3), 200).heard) {
        QVERIFY2(one.message.startsWith(R"({"topicName":"v2.)"), one.message.constData());
        QVERIFY(one.message.contains(R"(","version":"2","eventBody":{)"));
        const qsizetype end = one.message.lastIndexOf(R"(},"metadata":{"CorrelationId":")");
        QVERIFY(end > 0);
        QVERIFY(one.message.endsWith("\"}}"));
        const QByteArray id = one.message.sliced(end + 31).chopped(3);
        QCOMPARE(id.size(), 36);
    }
}

void TstNotificationWorld::eventTimesAreTheTimesTold()
{
    NotificationWorld world(setup(4));
    int seen = 0;
    for (int i = 0; i < 3000; ++i) {
        Everybody everybody;
        const qint64 wallMs = noon + i * 100;
        world.step(wallMs, everybody);
        for (const auto& one : everybody.heard) {
            const QJsonObject body =
                QJsonDocument::fromJson(one.message).object().value(QStringLiteral("eventBody")).toObject();
            const QJsonValue time = body.value(QStringLiteral("eventTime"));
            if (time.isDouble())
                QCOMPARE(qint64(time.toDouble()), wallMs);
            else if (time.isString())
                QCOMPARE(QDateTime::fromString(time.toString(), Qt::ISODateWithMs).toMSecsSinceEpoch(), wallMs);
            seen += time.isUndefined() ? 0 : 1;
        }
    }
    QVERIFY(seen > 100);
}

void TstNotificationWorld::oneHappeningHasOneCorrelationId()
{
    NotificationWorld world(setup(5));
    QSet<QByteArray> ids;
    int happenings = 0;
    for (int i = 0; i < 500; ++i) {
        Everybody everybody;
        world.step(noon + i * 100, everybody);
        if (everybody.heard.empty())
            continue;
        ++happenings;
        for (const auto& one : everybody.heard)
            ids.insert(one.message.last(39));
    }
    QCOMPARE(ids.size(), happenings);
}

void TstNotificationWorld::sameSeedTellsTheSameStory()
{
    const Everybody first = told(setup(6), 800);
    const Everybody second = told(setup(6), 800);
    const Everybody other = told(setup(7), 800);
    QCOMPARE(first.heard.size(), second.heard.size());
    for (std::size_t i = 0; i < first.heard.size(); ++i)
        QCOMPARE(first.heard[i].message, second.heard[i].message);
    QVERIFY(first.heard.front().message != other.heard.front().message);
}

void TstNotificationWorld::snapshotsOfATopicDiffer()
{
    QSet<QByteArray> seen;
    int same = 0;
    for (const auto& one : told(setup(8), 3000).heard) {
        if (!one.message.contains(R"(.conversations","version)"))
            continue;
        const QByteArray withoutId = one.message.chopped(40);
        same += seen.contains(withoutId) ? 1 : 0;
        seen.insert(withoutId);
    }
    QVERIFY(seen.size() > 1000);
    QCOMPARE(same, 0);
}

/// The service has no event ids: who reads it takes the same body twice for a duplicate. Bodies without a time repeat
/// in earnest (an agent joins a queue again), but a simulated day should not be full of them.
void TstNotificationWorld::fewEventsRepeatAnEarlierOne()
{
    std::map<QByteArray, int> repeated;
    QSet<QByteArray> seen;
    int heard = 0;
    for (const auto& one : told(setup(15), 3000).heard) {
        ++heard;
        const QByteArray withoutId = one.message.chopped(40);
        if (seen.contains(withoutId))
            ++repeated[withoutId.mid(14, 80)];
        seen.insert(withoutId);
    }
    int total = 0;
    for (const auto& [topic, count] : repeated) {
        QVERIFY2(topic.contains("conversationsummary") || topic.contains(".users\"") || topic.contains(".activity") ||
                     topic.contains(".observations"),
                 topic.constData());
        total += count;
    }
    QVERIFY2(total < heard / 12, QByteArray::number(total).constData());
}

/// Told as fast as a client reads, much happens in one millisecond.
void TstNotificationWorld::agentsNeverChangeTwiceInOneMoment()
{
    NotificationWorld world(setup(16));
    Everybody everybody;
    for (int i = 0; i < 1500; ++i)
        world.step(noon, everybody);
    QSet<QByteArray> seen;
    int heard = 0;
    for (const auto& one : everybody.heard) {
        if (!one.message.contains(R"(.routingStatus","version)") && !one.message.contains(R"(.presence","version)"))
            continue;
        ++heard;
        QVERIFY2(!seen.contains(one.message.chopped(40)), one.message.constData());
        seen.insert(one.message.chopped(40));
    }
    QVERIFY(heard > 200);
}

void TstNotificationWorld::conversationsGoThroughTheirStages()
{
    QByteArray all;
    for (const auto& one : told(setup(9), 3000).heard) {
        if (one.message.contains(".conversations\""))
            all += one.message;
    }
    for (const char* trace :
         {R"("state":"alerting")", R"("state":"connected")", R"("held":true)", R"("disconnectType":"transfer")",
          R"("disconnectType":"transfer.noanswer")", R"("disconnectType":"peer")", R"("securePause":true)",
          R"("wrapup":{"code":")", R"("afterCallWork":{"state":"pending")", R"("afterCallWork":{"state":"complete")",
          R"("direction":"outbound")", "Müller", R"("callbacks":[{)", R"("chats":[{)", R"("emails":[{)",
          R"("messages":[{)"})
        QVERIFY2(all.contains(trace), trace);
}

void TstNotificationWorld::observationsComeAtMostOnceASecond()
{
    NotificationWorld world(setup(10));
    std::map<QByteArray, qint64> last;
    int seen = 0;
    for (int i = 0; i < 2000; ++i) {
        Everybody everybody;
        const qint64 wallMs = noon + i * 50;
        world.step(wallMs, everybody);
        everybody.heard.clear();
        world.publish(wallMs, everybody);
        for (const auto& one : everybody.heard) {
            if (!one.message.contains(".observations\""))
                continue;
            const QByteArray group = one.message.sliced(one.message.indexOf("\"group\""), 90);
            if (last.contains(group))
                QVERIFY(wallMs - last[group] >= 1000);
            last[group] = wallMs;
            ++seen;
        }
    }
    QVERIFY(seen > 100);
}

void TstNotificationWorld::oddMessagesHaveTheFaultTheySay()
{
    const ShapeCheck shapes;
    std::map<Fault, int> seen;
    const Everybody all = told(setup(11, true), 3000);
    for (const auto& one : all.heard) {
        const QJsonObject frame = QJsonDocument::fromJson(one.message).object();
        const QString topic = frame.value(QStringLiteral("topicName")).toString();
        const QStringList problems = shapes.problemsOf(topic, frame.value(QStringLiteral("eventBody")).toObject());
        const Fault oddity = one.oddity.fault;
        ++seen[oddity];
        const QString words = topic + QLatin1Char(' ') + problems.join(QLatin1Char('\n'));
        QVERIFY2(problems.size() == (oddity == Fault::Count_ ? 0 : 1), qPrintable(words));
        const bool unknown = words.contains(QLatin1String("unknown member"));
        const bool unlisted = words.contains(QLatin1String("value not listed"));
        QVERIFY2(unknown == (oddity == Fault::UnknownField), qPrintable(words));
        QVERIFY2(unlisted == (oddity == Fault::NewEnumValue), qPrintable(words));
    }
    QVERIFY(seen[Fault::WrongType] > 10 && seen[Fault::UnknownField] > 20 && seen[Fault::NewEnumValue] > 3);
    QVERIFY(std::size_t(seen[Fault::WrongType]) < all.heard.size() / 150); // about 0.3 %
}

void TstNotificationWorld::worksWithOneAgentAndWithMany()
{
    for (const auto& [agents, queues] : {std::pair(1, 1), std::pair(1, 200), std::pair(500, 200), std::pair(500, 1)}) {
        const Everybody all = told({12, agents, queues, true, noon}, 400);
        QVERIFY(all.heard.size() > 50);
    }
}

void TstNotificationWorld::demoTopicsAreTopicsOfTheService()
{
    const CentreStaff staff(13, 16, 6);
    const TopicBook book(staff.restrictedTopics(), -1);
    const auto demo = staff.demoTopics();
    QVERIFY(demo.size() >= 35 && demo.size() <= 50);
    int rejected = 0;
    for (const QByteArray& topic : demo) {
        const TopicBook::Verdict verdict = book.judge(topic, false);
        QVERIFY2(verdict.known, topic.constData());
        rejected += verdict.permitted ? 0 : 1;
    }
    QCOMPARE(rejected, 3);
    const CentreStaff larger(13, 50, 30);
    QCOMPARE(larger.allTopics().size(), std::size_t(500));
    const TopicBook lenient({}, 0);
    for (const QByteArray& topic : larger.allTopics())
        QVERIFY2(lenient.judge(topic, false).permitted, topic.constData());
}

void TstNotificationWorld::topicsAreJudged_data()
{
    QTest::addColumn<QByteArray>("topic");
    QTest::addColumn<bool>("hasUser");
    QTest::addColumn<bool>("permitted");
    QTest::addColumn<bool>("known");
    const QByteArray id = "6513270e-269e-4d37-b2a7-4de452e6b438";
    const auto row = [&id](const char* name, const QByteArray& topic, bool hasUser, bool permitted, bool known) {
        QTest::newRow(name) << QByteArray(topic).replace("ID", id) << hasUser << permitted << known;
    };
    row("presence", "v2.users.ID.presence", false, true, true);
    row("other case", "V2.Users.ID.PRESENCE", false, true, true);
    row("longer template", "v2.users.ID.conversations.calls", false, true, true);
    row("operations", "v2.operations.events.AUDIOHOOK-0001", false, true, true);
    row("combined", "v2.users.ID?presence&routingStatus", false, true, true);
    row("combined with a bad part", "v2.users.ID?presence&mood", false, false, false);
    row("nothing combined", "v2.users.ID?", false, false, false);
    row("needs a user", "v2.users.ID.tokens", false, false, true);
    row("has a user", "v2.users.ID.tokens", true, true, true);
    row("template itself", "v2.users.{id}.presence", false, false, false);
    row("no identifier", "v2.users..presence", false, false, false);
    row("unknown", "v2.weather.ID", false, false, false);
    row("empty", "", false, false, false);
    row("system", "v2.system.socket_closing", false, false, false);
    row("over 200 characters", "v2.users." + QByteArray(190, 'a') + ".presence", false, false, false);
    row("lacks a permission", "v2.routing.queues.ID.conversations", false, false, true);
}

void TstNotificationWorld::topicsAreJudged()
{
    QFETCH(QByteArray, topic);
    QFETCH(bool, hasUser);
    QFETCH(bool, permitted);
    QFETCH(bool, known);
    const TopicBook book({"v2.routing.queues.6513270e-269e-4d37-b2a7-4de452e6b438.conversations"}, -1);
    const TopicBook::Verdict verdict = book.judge(topic, hasUser);
    QCOMPARE(verdict.permitted, permitted);
    QCOMPARE(verdict.known, known);
    QCOMPARE(verdict.reason.isEmpty(), permitted);
    if (topic.contains("queues"))
        QCOMPARE(verdict.missingPermissions, QByteArrayList{"conversation:communication:view"});
}

void TstNotificationWorld::shareOfTopicsIsRejected()
{
    const CentreStaff staff(14, 100, 50);
    const TopicBook book({}, 0.2);
    int rejected = 0;
    const auto topics = staff.allTopics();
    for (const QByteArray& topic : topics)
        rejected += book.judge(topic, false).permitted ? 0 : 1;
    QVERIFY(rejected > int(topics.size()) / 10 && rejected < int(topics.size()) / 3);
}

void TstNotificationWorld::combinedTopicsAreTheirParts()
{
    QCOMPARE(TopicBook::parts("v2.users.X.presence"), QByteArrayList{"v2.users.x.presence"});
    QCOMPARE(TopicBook::parts("v2.users.X?presence&routingStatus&presence"),
             (QByteArrayList{"v2.users.x.presence", "v2.users.x.routingstatus"}));
    QCOMPARE(TopicBook::parts("v2.users.X?"), QByteArrayList());
}

QTEST_GUILESS_MAIN(TstNotificationWorld)
#include "tst_notificationworld.moc"
