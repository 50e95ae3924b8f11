// Names of notification topics: which template a concrete name belongs to, and what a combined one stands for.
#include "core/frame/topicname.h"

#include <QtTest>

using namespace framescope;

class TestTopicName : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matchesTemplates_data()
    {
        QTest::addColumn<QByteArray>("topic");
        QTest::addColumn<QByteArray>("pattern");
        QTest::addColumn<bool>("matches");
        const auto row = [](const char* topic, const char* pattern, bool matches) {
            QTest::addRow("%s | %s", topic, pattern) << QByteArray(topic) << QByteArray(pattern) << matches;
        };
        row("v2.users.ab.presence", "v2.users.{id}.presence", true);
        row("V2.USERS.ab.Presence", "v2.users.{userId}.presence", true);
        row("v2.users.ab.presence", "v2.users.ab.presence", true);
        row("v2.users.ab.presence.x", "v2.users.{id}.presence", false);
        row("v2.users.ab", "v2.users.{id}.presence", false);
        row("v2.users..presence", "v2.users.{id}.presence", false);
        row("v2.users.ab.conversations.calls", "v2.users.{id}.conversations", false);
        row("v2.operations.events.A-1", "v2.operations.events.{id}", true);
        row("v2.operations.events.A.1", "v2.operations.events.{id}", true); // identifiers may hold dots
        row("v2.operations.events.", "v2.operations.events.{id}", false);
        row("v2.operations.events", "v2.operations.events.{id}", false);
        row("", "v2.users.{id}", false);
        row("", "", false);
        row(".", "{id}", true);
        row("channel.metadata", "channel.metadata", true);
    }

    void matchesTemplates()
    {
        QFETCH(QByteArray, topic);
        QFETCH(QByteArray, pattern);
        QFETCH(bool, matches);
        QCOMPARE(topicMatches(topic, pattern), matches);
    }

    void makesTemplatesOfUuidsOnly()
    {
        QCOMPARE(topicTemplate("v2.users.6513270e-269e-4d37-b2a7-4DE452E6B438.presence"), "v2.users.{id}.presence");
        QCOMPARE(topicTemplate("v2.operations.events.AUDIOHOOK-0001"), "v2.operations.events.AUDIOHOOK-0001");
        QCOMPARE(topicTemplate("v2.users.6513270e-269e-4d37-b2a7-4de452e6b43.x"),
                 "v2.users.6513270e-269e-4d37-b2a7-4de452e6b43.x"); // a digit is missing
        QCOMPARE(topicTemplate(""), "");
    }

    void knowsSystemTopics()
    {
        for (const char* name : {"channel.metadata", "Channel.Metadata", "v2.system.socket_closing", "V2.SYSTEM.x",
                                 "system.v2.no_longer_subscribed.x"})
            QVERIFY2(isSystemTopic(name), name);
        for (const char* name : {"channel.metadata.x", "v2.system", "v2.systems.x", "v2.users.a.presence", ""})
            QVERIFY2(!isSystemTopic(name), name);
    }

    void takesCombinedTopicsApart()
    {
        QCOMPARE(singleTopics("v2.users.a?presence&routingStatus"),
                 (QByteArrayList{"v2.users.a.presence", "v2.users.a.routingStatus"}));
        QCOMPARE(singleTopics("v2.users.a.presence"), QByteArrayList{"v2.users.a.presence"});
        QCOMPARE(singleTopics("v2.users.a?presence&"), QByteArrayList{"v2.users.a.presence"});
        QCOMPARE(singleTopics("v2.users.a?"), QByteArrayList());
    }
};

QTEST_GUILESS_MAIN(TestTopicName)
#include "tst_topicname.moc"
