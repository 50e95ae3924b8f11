// Notifications are judged by what the service itself publishes: what it allows passes, what it changed is a note, what
// is wrong is refused where it is wrong.
#include "core/decode/eventtime.h"
#include "tests/core/decode/notificationbench.h"

#include <QtTest>

using namespace framescope;
using namespace framescope::test;

class TestTopics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void acceptsEverySampleWithoutAWord();
    void refusesEachWrongTypeAtItsPointer();
    void notesEachAddedMemberAtItsPointer();
    void typesAreTheTopicsTemplates_data();
    void typesAreTheTopicsTemplates();
    void controlMessagesAreJudgedAsSuch_data();
    void controlMessagesAreJudgedAsSuch();
    void envelopeIsJudged_data();
    void envelopeIsJudged();
    void marksCorrelationIdAndSubject();
    void valuesAreNotedUnlessOnlySpelledDifferently_data();
    void valuesAreNotedUnlessOnlySpelledDifferently();
    void topicsWithoutASchemaAreNoted();
    void sameEventAgainIsNoted();
    void sameBodyOfAnotherOperationIsAnEventOfItsOwn();
    void readsEventTimes_data();
    void readsEventTimes();
    void readsIsoTimes_data();
    void readsIsoTimes();
    void eventTimeAheadOfArrivalIsNoted();
    void laterSchemasJudgeLaterMessages();
    void errorsAreNotHiddenByNotes();
    void floodOfTopicsStaysBounded();
    void otherMessagesGoThroughTheMatrix();
};

void TestTopics::acceptsEverySampleWithoutAWord()
{
    Bench bench(topicOptions());
    const QJsonArray frames = sampleFrames();
    QCOMPARE(frames.size(), 16);
    for (const QJsonValue& frame : frames) {
        bench.text(compact(frame));
        QVERIFY2(bench.names().isEmpty(), (bench.names() + ' ' + compact(frame)).constData());
        QCOMPARE(bench.head().verdict, Verdict::Accepted);
        QVERIFY(bench.head().flags & FrameFlag::Decoded);
        QCOMPARE(bench.batch.payloadOf(bench.last()).toByteArray().size(), compact(frame).size());
    }
}

void TestTopics::refusesEachWrongTypeAtItsPointer()
{
    Bench bench(topicOptions());
    int checked = 0;
    for (const QJsonValue& frame : sampleFrames()) {
        forEachValue(frame, {}, [&](const JsonPath& path, const QJsonValue& value) {
            if (value.isObject() || value.isArray())
                return;
            const QByteArray wrong = value.isString() ? "5" : "\"x\"";
            const QJsonValue mutated = value.isString() ? QJsonValue(5) : QJsonValue(QStringLiteral("x"));
            bench.text(compact(withValueAt(frame, path, mutated)));
            const QByteArray at = pointerOf(path);
            const auto findings = bench.batch.findingsOf(bench.last());
            const auto found = std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) {
                return finding.severity == Severity::Error && finding.pointer == at;
            });
            QVERIFY2(found != findings.end(), (at + " not refused: " + bench.names()).constData());
            QCOMPARE(bench.batch.rangeOf(bench.last(), found->range).toByteArray(), wrong);
            QCOMPARE(bench.head().verdict, Verdict::Refused);
            ++checked;
        });
    }
    QVERIFY(checked > 250);
}

void TestTopics::notesEachAddedMemberAtItsPointer()
{
    // Maps: their members have no names of their own.
    const QStringList maps{QStringLiteral("metadata"), QStringLiteral("attributes"), QStringLiteral("group"),
                           QStringLiteral("stats")};
    Bench bench(topicOptions());
    int checked = 0;
    for (const QJsonValue& frame : sampleFrames()) {
        // Of this one body the schema says that it may have any other member.
        const bool isOpenBody = frame[QLatin1String("topicName")].toString().endsWith(QLatin1String(".users"));
        forEachValue(frame, {}, [&](const JsonPath& path, const QJsonValue& value) {
            if (isOpenBody && pointerOf(path) == "/eventBody")
                return;
            if (!value.isObject() || (!path.isEmpty() && maps.contains(path.back())))
                return;
            const JsonPath added = path + JsonPath{QStringLiteral("brandNew")};
            bench.text(compact(withValueAt(frame, added, QStringLiteral("x"))));
            QVERIFY2(bench.names() == "FIELD-UNKNOWN", (pointerOf(added) + ": " + bench.names()).constData());
            QCOMPARE(bench.finding().pointer, pointerOf(added));
            QCOMPARE(bench.marked(), QByteArray("\"x\""));
            QCOMPARE(bench.head().verdict, Verdict::Accepted);
            ++checked;
        });
    }
    QVERIFY(checked > 80);
}

void TestTopics::typesAreTheTopicsTemplates_data()
{
    QTest::addColumn<QByteArray>("topic");
    QTest::addColumn<QByteArray>("type");
    const auto row = [](const char* topic, const char* type) {
        QTest::newRow(topic) << QByteArray(topic) << QByteArray(type);
    };
    row("v2.users.6513270e-269e-4d37-b2a7-4de452e6b438.presence", "v2.users.{id}.presence");
    row("V2.Users.6513270E-269e-4d37-b2a7-4de452e6b438.Presence", "v2.users.{id}.presence");
    row("v2.users.6513270e-269e-4d37-b2a7-4de452e6b438.conversations", "v2.users.{id}.conversations");
    row("v2.users.6513270e-269e-4d37-b2a7-4de452e6b438.conversations.calls", "v2.users.{id}.conversations.calls");
    row("v2.operations.events.AUDIOHOOK-0001", "v2.operations.events.{id}");
    row("v2.operations.events.A.B", "v2.operations.events.{id}");
    row("v2.flows.6513270e-269e-4d37-b2a7-4de452e6b438", "v2.flows.{id}"); // not in the list
    row("v2.system.socket_closing", "v2.system.socket_closing");
    row("v2.system.no_longer_subscribed.streaming-5-abcdefghijklmnopqrstuvwxyz", "v2.system.no_longer_subscribed.{id}");
    row("v2.system.token_revoked.6513270e-269e-4d37-b2a7-4de452e6b438", "v2.system.token_revoked.{id}");
    row("v2.system.duplicate_id.streaming-5-abcdefghijklmnopqrstuvwxyz", "v2.system.{id}");
    row("system.v2.no_longer_subscribed.x", "v2.system.{id}");
    row("channel.metadata", "channel.metadata");
}

void TestTopics::typesAreTheTopicsTemplates()
{
    QFETCH(QByteArray, topic);
    QFETCH(QByteArray, type);
    Bench bench(topicOptions());
    for (int i = 0; i < 3; ++i) { // looked up once, known then
        bench.text(notification(R"({"message":"x"})", topic));
        QCOMPARE(bench.typeName(), type);
    }
    QCOMPARE((bench.head().flags & FrameFlag::Control) != 0, type.contains("system") || type == "channel.metadata");
}

void TestTopics::controlMessagesAreJudgedAsSuch_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("names");
    QTest::addColumn<QByteArray>("pointer");
    const auto row = [](const char* name, const char* message, const char* type, const char* names,
                        const char* pointer) {
        QTest::newRow(name) << QByteArray(message) << QByteArray(type) << QByteArray(names) << QByteArray(pointer);
    };
    row("heartbeat", R"({"topicName":"channel.metadata","eventBody":{"message":"WebSocket Heartbeat"}})",
        "channel.metadata", "", "");
    row("no text", R"({"topicName":"channel.metadata","eventBody":{}})", "channel.metadata", "SCHEMA-REQUIRED",
        "/eventBody");
    row("no message", R"({"topicName":"channel.metadata","eventBody":{"message":1}})", "channel.metadata",
        "SCHEMA-TYPE", "/eventBody/message");
    row("more", R"({"topicName":"channel.metadata","eventBody":{"message":"pong","x":1}})", "channel.metadata",
        "FIELD-UNKNOWN", "/eventBody/x");
    row("result", R"({"result":"200","status":"subscribed"})", "channel.result", "", "");
    row("404", R"({"result":"404"})", "channel.result", "", "");
    row("bad status", R"({"result":"200","status":1})", "channel.result", "SCHEMA-TYPE", "/status");
    row("unlisted reason", R"({"topicName":"v2.system.token_revoked.a","eventBody":{"reason":"new_reason"}})",
        "v2.system.token_revoked.{id}", "ENUM-UNKNOWN", "/eventBody/reason");
    row("wrong type", R"({"topicName":"v2.system.socket_closing","eventBody":{"message":true}})",
        "v2.system.socket_closing", "SCHEMA-TYPE", "/eventBody/message");
    row("generic", R"({"topicName":"v2.system.x.y","eventBody":{"message":true}})", "v2.system.{id}", "SCHEMA-TYPE",
        "/eventBody/message");
}

void TestTopics::controlMessagesAreJudgedAsSuch()
{
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, names);
    QFETCH(QByteArray, pointer);
    Bench bench(topicOptions());
    bench.text(message).text(message); // the same again is no duplicate
    QCOMPARE(bench.names(), names);
    QCOMPARE(bench.typeName(), type);
    QVERIFY(bench.head().flags & FrameFlag::Control);
    QCOMPARE(bench.head().eventWallNs, 0);
    if (!names.isEmpty())
        QCOMPARE(bench.finding().pointer, pointer);
}

void TestTopics::envelopeIsJudged_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("names");
    QTest::addColumn<QByteArray>("pointer");
    const auto row = [](const char* name, const QByteArray& message, const char* names, const char* pointer) {
        QTest::newRow(name) << message << QByteArray(names) << QByteArray(pointer);
    };
    const QByteArray topic = R"({"topicName":"v2.users.6513270e-269e-4d37-b2a7-4de452e6b438.presence")";
    row("no version, no metadata", topic + R"(,"eventBody":{}})", "", "");
    row("timestamp", topic + R"(,"eventBody":{},"timestamp":"2026-01-05T10:00:00Z"})", "", "");
    row("no body", topic + "}", "SCHEMA-REQUIRED", "");
    row("null body", topic + R"(,"eventBody":null})", "SCHEMA-REQUIRED", "");
    row("body is a list", topic + R"(,"eventBody":[]})", "SCHEMA-TYPE", "/eventBody");
    row("version is a number", topic + R"(,"eventBody":{},"version":2})", "SCHEMA-TYPE", "/version");
    row("metadata is a text", topic + R"(,"eventBody":{},"metadata":"x"})", "SCHEMA-TYPE", "/metadata");
    row("metadata holds more", topic + R"(,"eventBody":{},"metadata":{"x":1}})", "", "");
    row("another member", topic + R"(,"eventBody":{},"seq":1})", "FIELD-UNKNOWN", "/seq");
    row("topicName is a number", R"({"topicName":5,"eventBody":{}})", "TYPE-MISSING", "/topicName");
    row("topicName is empty", R"({"topicName":"","eventBody":{}})", "TYPE-MISSING", "/topicName");
    row("neither", R"({"message":"ping"})", "TYPE-MISSING", "");
    row("no JSON", topic + "x", "JSON-PARSE", "");
}

void TestTopics::envelopeIsJudged()
{
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, names);
    QFETCH(QByteArray, pointer);
    Bench bench(topicOptions());
    bench.text(message);
    QCOMPARE(bench.names(), names);
    if (!names.isEmpty())
        QCOMPARE(bench.finding().pointer, pointer);
}

void TestTopics::marksCorrelationIdAndSubject()
{
    Bench bench(topicOptions());
    QByteArrayList subjects;
    for (const QJsonValue& frame : sampleFrames()) {
        bench.text(compact(frame));
        subjects += bench.batch.rangeOf(bench.last(), bench.head().subject).toByteArray();
        const QString id = frame[QLatin1String("metadata")][QLatin1String("CorrelationId")].toString();
        QCOMPARE(bench.batch.rangeOf(bench.last(), bench.head().id).toByteArray(), id.toUtf8());
    }
    QCOMPARE(subjects[0], QByteArray("6513270e-269e-4d37-b2a7-4de452e6b438")); // a presence names nobody
    QCOMPARE(subjects[3], QByteArray("Agent One"));
    QCOMPARE(subjects[5], QByteArray("Agent One"));
    QCOMPARE(subjects[8], QByteArray("d23f0824-128b-4f33-8c5c-7fd0a6a3a450"));
    QCOMPARE(subjects[11], QByteArray("My AudioHook"));
    QCOMPARE(subjects[13], QByteArray()); // a heartbeat is about nobody
}

void TestTopics::valuesAreNotedUnlessOnlySpelledDifferently_data()
{
    QTest::addColumn<QByteArray>("status");
    QTest::addColumn<QByteArray>("names");
    QTest::newRow("listed") << QByteArray("OFF_QUEUE") << QByteArray();
    QTest::newRow("small letters") << QByteArray("off_queue") << QByteArray();
    QTest::newRow("dash") << QByteArray("off-queue") << QByteArray();
    QTest::newRow("new") << QByteArray("ON_BREAK") << QByteArray("ENUM-UNKNOWN");
    QTest::newRow("longer") << QByteArray("OFF_QUEUE_") << QByteArray("ENUM-UNKNOWN");
}

void TestTopics::valuesAreNotedUnlessOnlySpelledDifferently()
{
    QFETCH(QByteArray, status);
    QFETCH(QByteArray, names);
    Bench bench(topicOptions());
    bench.text(notification(R"({"routingStatus":{"status":")" + status + R"("}})", "v2.users.a.routingStatus"));
    QCOMPARE(bench.names(), names);
    QCOMPARE(bench.head().verdict, Verdict::Accepted);
    if (!names.isEmpty()) {
        QCOMPARE(bench.finding().pointer, QByteArray("/eventBody/routingStatus/status"));
        QCOMPARE(bench.finding().schemaPointer,
                 QByteArray("/definitions/UserRoutingStatusRoutingStatus/properties/status/enum"));
        QCOMPARE(bench.marked(), '"' + status + '"');
    }
}

void TestTopics::topicsWithoutASchemaAreNoted()
{
    Bench bench(topicOptions());
    bench.text(notification("{}", "v2.flows.6513270e-269e-4d37-b2a7-4de452e6b438"));
    QCOMPARE(bench.names(), QByteArray("TOPIC-UNKNOWN"));
    QCOMPARE(bench.finding().pointer, QByteArray("/topicName"));
    QCOMPARE(bench.head().verdict, Verdict::Accepted);
    // Listed, but without a schema: the offline copy judges if it has one.
    Bench listed(topicOptions(R"({"entities":[{"id":"v2.users.{id}.presence"},{"id":"v2.other.{id}"}]})"));
    listed.text(notification(R"({"primary":1})", "v2.users.a.presence"));
    QCOMPARE(listed.names(), QByteArray("SCHEMA-TYPE"));
    listed.text(notification(R"({"primary":1})", "v2.other.a"));
    QCOMPARE(listed.names(), QByteArray("TOPIC-UNKNOWN"));
    QCOMPARE(listed.typeName(), QByteArray("v2.other.{id}"));
    listed.text(notification(R"({"message":1})", "v2.system.socket_closing")); // never listed, always judged
    QCOMPARE(listed.names(), QByteArray("SCHEMA-TYPE"));
}

/// An agent has one call, two, and one again: that body came before, and yet nothing was delivered twice.
void TestTopics::sameBodyOfAnotherOperationIsAnEventOfItsOwn()
{
    Bench bench(topicOptions());
    const QByteArray first = notification(R"({"primary":true})", "v2.users.a.presence");
    QByteArray later = first;
    later.replace("907a70c3", "11111111"); // the CorrelationId
    bench.text(first).text(later);
    QCOMPARE(bench.names(), QByteArray());
    // A time in the body makes it one event, whoever caused its delivery.
    const QByteArray timed = notification(R"({"modifiedDate":"2026-01-05T10:00:01.000Z"})", "v2.users.a.presence");
    QByteArray timedLater = timed;
    timedLater.replace("907a70c3", "11111111");
    bench.text(timed).text(timedLater);
    QCOMPARE(bench.names(), QByteArray("DUPLICATE-EVENT"));
}

void TestTopics::sameEventAgainIsNoted()
{
    Bench bench(topicOptions());
    bench.text(notification(R"({"primary":true,"source":"PURECLOUD"})", "v2.users.a.presence"));
    QCOMPARE(bench.names(), QByteArray());
    bench.text(notification(R"( {"source": "PURECLOUD","primary":true} )", "V2.users.A.presence"));
    QCOMPARE(bench.names(), QByteArray("DUPLICATE-EVENT"));
    QCOMPARE(bench.head().verdict, Verdict::Accepted);
    QCOMPARE(bench.finding().pointer, QByteArray("/eventBody"));
    bench.text(notification(R"({"primary":true,"source":"PURECLOUD"})", "v2.users.b.presence"));
    QCOMPARE(bench.names(), QByteArray());
    bench.text(notification(R"({"primary":false,"source":"PURECLOUD"})", "v2.users.a.presence"));
    QCOMPARE(bench.names(), QByteArray());
}

void TestTopics::readsEventTimes_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<qint64>("ms");
    const auto row = [](const char* name, const QByteArray& message, qint64 ms) {
        QTest::newRow(name) << message << ms;
    };
    constexpr qint64 ten = 1'767'607'200'000; // 2026-01-05T10:00:00Z
    const QJsonArray samples = sampleFrames();
    constexpr std::array<qint64, 16> times{ten + 1000,    ten + 1100, ten + 14'600, 0, 0, 0, 0, 0, 0, ten + 1250,
                                           ten + 184'250, ten + 1250, ten + 20'264, 0, 0, 0};
    for (std::size_t i = 0; i < times.size(); ++i) {
        const QByteArray name = "sample " + QByteArray::number(qulonglong(i));
        row(name.constData(), compact(samples[qsizetype(i)]), times[i]);
    }
    row("the later change",
        notification(
            R"({"routingStatus":{"startTime":"2026-01-05T10:00:00Z"},"presence":{"modifiedDate":"2026-01-05T10:00:05Z"}})",
            "v2.users.a.activity"),
        ten + 5000);
    row("not the queues' own date",
        notification(R"({"dateActiveQueuesChanged":"2026-01-05T10:00:00Z"})", "v2.users.a.activity"), 0);
    row("metricDate", notification(R"({"metricDate":"2026-01-05T10:00:00.5Z"})", "v2.analytics.conversation.a.metrics"),
        ten + 500);
    row("no time at all", notification(R"({"modifiedDate":"yesterday"})", "v2.users.a.presence"), 0);
    row("seconds", notification(R"({"eventTime":1767607200})", "v2.detail.events.conversation.a.acw"), 0);
}

void TestTopics::readsEventTimes()
{
    QFETCH(QByteArray, message);
    QFETCH(qint64, ms);
    Bench bench(topicOptions());
    bench.text(message);
    QCOMPARE(bench.head().eventWallNs, ms * 1'000'000);
}

void TestTopics::readsIsoTimes_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("ns");
    const auto row = [](const char* text, qint64 ns) { QTest::newRow(text) << QByteArray(text) << ns; };
    constexpr qint64 ten = 1'767'607'200'000'000'000;
    row("2026-01-05T10:00:00Z", ten);
    row("2026-01-05T10:00:00.1Z", ten + 100'000'000);
    row("2026-01-05T10:00:00.123456789Z", ten + 123'456'789);
    row("2026-01-05T10:00:00.1234567891Z", ten + 123'456'789);
    row("2026-01-05T11:30:00.000+01:30", ten);
    row("2026-01-05T05:00:00.000-0500", ten);
    row("2024-02-29T00:00:00Z", 1'709'164'800'000'000'000);
    for (const char* bad : {"", "2026-01-05", "2026-01-05T10:00:00", "2026-01-05T10:00:00.Z", "2026-13-05T10:00:00Z",
                            "2025-02-29T00:00:00Z", "2026-01-05T24:00:00Z", "2026-01-05T10:00:00Zx",
                            "1999-01-05T10:00:00Z", "2026-1-05T10:00:00Z", "2026-01-05T10:00:00+1", "20260105T100000Z",
                            "2026-01-05T10:00:00+24:00", "2026-01-05T10:00:00+01:60"})
        row(bad, 0);
}

void TestTopics::readsIsoTimes()
{
    QFETCH(QByteArray, text);
    QFETCH(qint64, ns);
    QCOMPARE(wallNsFromIso(std::string_view(text.constData(), std::size_t(text.size()))), ns);
}

void TestTopics::eventTimeAheadOfArrivalIsNoted()
{
    Bench bench(topicOptions());
    const auto sentAt = [&](qint64 aheadMs) {
        const QByteArray ms = QByteArray::number(now().wallNs / 1'000'000 + aheadMs);
        bench.text(notification(R"({"eventTime":)" + ms + "}", "v2.detail.events.conversation.a.acw"));
        return ms;
    };
    sentAt(-60'000);
    QCOMPARE(bench.names(), QByteArray());
    sentAt(1000); // clocks differ by that much
    QCOMPARE(bench.names(), QByteArray());
    const QByteArray ahead = sentAt(60'000);
    QCOMPARE(bench.names(), QByteArray("TIME-AHEAD"));
    QCOMPARE(bench.finding().pointer, QByteArray("/eventBody/eventTime"));
    QCOMPARE(bench.marked(), ahead);
    QCOMPARE(bench.head().verdict, Verdict::Accepted);
}

void TestTopics::laterSchemasJudgeLaterMessages()
{
    Bench bench(topicOptions(topicList(R"({"type":"object","properties":{"a":{"type":"string"}}})")));
    bench.text(notification(R"({"a":1})"));
    QCOMPARE(bench.names(), QByteArray("SCHEMA-TYPE"));
    const TypeId type = bench.head().type;
    bench.decoder().useTopics(
        *TopicSchemas::fromAvailableTopics(topicList(R"({"type":"object","properties":{"a":{"type":"integer"}}})")));
    bench.text(notification(R"({"a":2})"));
    QCOMPARE(bench.names(), QByteArray());
    QCOMPARE(bench.head().type, type);
    bench.text(notification(R"({"a":1})")); // what came before is still known
    QCOMPARE(bench.names(), QByteArray("DUPLICATE-EVENT"));
    // A decoder of a direct stream takes them too.
    Bench direct;
    direct.text(notification("{}"));
    QCOMPARE(direct.names(), QByteArray("TYPE-MISSING"));
    direct.decoder().useTopics(*TopicSchemas::builtIn());
    direct.text(notification("{}", "v2.users.a.presence"));
    QCOMPARE(direct.names(), QByteArray());
}

void TestTopics::errorsAreNotHiddenByNotes()
{
    Bench bench(topicOptions());
    QByteArray body = "{";
    for (int i = 0; i < 40; ++i)
        body += "\"n" + QByteArray::number(i) + "\":1,";
    bench.text(notification(body + R"("primary":"yes"})", "v2.users.a.presence"));
    QCOMPARE(bench.head().verdict, Verdict::Refused);
    QCOMPARE(int(bench.head().findingCount), findingsPerFrameLimit);
    QVERIFY(bench.names().contains("SCHEMA-TYPE"));
    QVERIFY(bench.finding(std::size_t(findingsPerFrameLimit) - 1).actual.endsWith("(and 25 more findings)"));
}

void TestTopics::floodOfTopicsStaysBounded()
{
    Bench bench(topicOptions());
    for (int i = 0; i < 20'000; ++i)
        bench.text(notification("{}", "v2.new.topic-" + QByteArray::number(i)));
    QVERIFY(bench.decoder().typeNames()->size() <= Decoder::typeNameLimit);
    QCOMPARE(bench.typeName(), QByteArray("(other)"));
    bench.text(notification("{}", "v2.users.a.presence"));
    QCOMPARE(bench.names(), QByteArray());
    QCOMPARE(bench.typeName(), QByteArray("v2.users.{id}.presence")); // the flood did not take its name
}

void TestTopics::otherMessagesGoThroughTheMatrix()
{
    Bench bench(topicOptions());
    bench.text(update(1, "m-1"));
    QCOMPARE(bench.names(), QByteArray());
    QCOMPARE(bench.typeName(), QByteArray("interaction.update"));
}

QTEST_GUILESS_MAIN(TestTopics)
#include "tst_topics.moc"
