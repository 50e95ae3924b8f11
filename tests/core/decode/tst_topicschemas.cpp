// The service's published schemas: what compiles, what is left out by name, and how openly they are taken.
#include "core/decode/topicschemas.h"
#include "tests/core/decode/notificationbench.h"

#include <QtTest>

using namespace framescope;
using namespace framescope::test;

class TestTopicSchemas : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void offlineCopyCompilesWithoutProblems();
    void versionFollowsTheSchemasOnly();
    void refusesWhatIsNoList_data();
    void refusesWhatIsNoList();
    void judgesOpenly_data();
    void judgesOpenly();
    void leavesOutWhatIsNotRunAndSaysSo_data();
    void leavesOutWhatIsNotRunAndSaysSo();
    void oneBadSchemaDoesNotBlindTheOthers();
    void theCloserTemplateCounts();
};

void TestTopicSchemas::offlineCopyCompilesWithoutProblems()
{
    const Expected<TopicSchemas> topics = TopicSchemas::builtIn();
    QVERIFY(topics);
    QCOMPARE(topics->topics().size(), 26);
    QCOMPARE(topics->topics().front(), QByteArray("v2.users.{id}.presence"));
    QCOMPARE(topics->problems(), QStringList());
    QCOMPARE(topics->version().size(), 16);
}

void TestTopicSchemas::versionFollowsTheSchemasOnly()
{
    const auto version = [](const QByteArray& json) { return TopicSchemas::fromAvailableTopics(json)->version(); };
    const QByteArray a = R"({"id":"v2.a.{id}","schema":{"type":"object"}})";
    const QByteArray b = R"({"id":"v2.b.{id}","schema":{"type":"object"}})";
    const QByteArray first = version(R"({"entities":[)" + a + "," + b + "]}");
    QCOMPARE(version(R"({"note":1, "entities":[ )" + b + " , " + a + "]}"), first);
    QVERIFY(version(R"({"entities":[)" + a + "]}") != first);
    QVERIFY(version(R"({"entities":[)" + a + "," + QByteArray(b).replace("object", "string") + "]}") != first);
}

void TestTopicSchemas::refusesWhatIsNoList_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("no JSON") << QByteArray(R"({"entities":[)");
    QTest::newRow("a list") << QByteArray("[]");
    QTest::newRow("no entities") << QByteArray(R"({"total":0})");
    QTest::newRow("entities is a text") << QByteArray(R"({"entities":"x"})");
}

void TestTopicSchemas::refusesWhatIsNoList()
{
    QFETCH(QByteArray, json);
    const Expected<TopicSchemas> topics = TopicSchemas::fromAvailableTopics(json);
    QVERIFY(!topics);
    QCOMPARE(topics.error().code, ErrorCode::Parse);
}

void TestTopicSchemas::judgesOpenly_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("found");
    const auto row = [](const char* name, const char* schema, const char* body, const char* found) {
        QTest::newRow(name) << QByteArray(schema) << QByteArray(body) << QByteArray(found);
    };
    const char* ab = R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}}})";
    row("nothing is required", ab, "{}", "");
    row("null is absent", ab, R"({"a":null,"b":null})", "");
    row("an unknown null is absent", ab, R"({"c":null})", "");
    row("an unknown member", ab, R"({"c":1})", "FIELD-UNKNOWN@/eventBody/c");
    row("1.0 is an integer", ab, R"({"b":1.0})", "");
    row("1.5 is none", ab, R"({"b":1.5})", "SCHEMA-TYPE@/eventBody/b");
    row("unless it says so", R"({"required":["a"],"properties":{"a":{}}})", "{}", "SCHEMA-REQUIRED@/eventBody");
    row("null is no required member", R"({"required":["a"],"properties":{"a":{}}})", R"({"a":null})",
        "SCHEMA-REQUIRED@/eventBody");
    row("no names, no unknown ones", R"({"type":"object"})", R"({"c":1})", "");
    row("a map of texts", R"({"additionalProperties":{"type":"string"}})", R"({"c":1})", "SCHEMA-TYPE@/eventBody/c");
    row("closed is a note too", R"({"properties":{"a":{}},"additionalProperties":false})", R"({"c":1})",
        "FIELD-UNKNOWN@/eventBody/c");
    row("open is nothing", R"({"properties":{"a":{}},"additionalProperties":true})", R"({"c":1})", "");
    row("null in a list", R"({"properties":{"a":{"items":{"type":"string"}}}})", R"({"a":["x",null]})", "");
    row("const is a value like others", R"({"properties":{"a":{"const":"voice"}}})", R"({"a":"VOICE"})",
        "ENUM-UNKNOWN@/eventBody/a");
    row("two spellings", R"({"properties":{"a":{"enum":["transfer.conference"]}}})", R"({"a":"TRANSFER_CONFERENCE"})",
        "");
    row("enum of numbers", R"({"properties":{"a":{"enum":[1,2]}}})", R"({"a":3})", "ENUM-UNKNOWN@/eventBody/a");
    row("time of another form", R"({"properties":{"a":{"type":"string","format":"date-time"}}})",
        R"({"a":1767607200000})", "SCHEMA-TYPE@/eventBody/a");
    row("parts of one object", R"({"allOf":[{"properties":{"a":{}}},{"properties":{"b":{"properties":{"c":{}}}}}]})",
        R"({"a":1,"b":{"c":1,"d":1},"e":1})", "FIELD-UNKNOWN@/eventBody/b/d");
    row("a type beside $ref",
        R"({"properties":{"a":{"type":"object","$ref":"#/definitions/x"}},"definitions":{"x":)"
        R"({"type":"object","properties":{"b":{"type":"string"}}}}})",
        R"({"a":{"b":1,"c":1}})", "SCHEMA-TYPE@/eventBody/a/b FIELD-UNKNOWN@/eventBody/a/c");
    row("types written once, by id",
        R"({"id":"urn:x:t","properties":{"a":{"id":"urn:x:a","type":"object","properties":)"
        R"({"n":{"type":"string"}}},"b":{"type":"object","$ref":"urn:x:a"}}})",
        R"({"a":{"n":"x"},"b":{"n":1}})", "SCHEMA-TYPE@/eventBody/b/n");
    row("anyOf takes notes as good", R"({"anyOf":[{"properties":{"a":{"enum":["x"]}}},{"type":"string"}]})",
        R"({"a":"y","q":1})", "");
    row("recursion into the value", R"({"properties":{"next":{"$ref":"#"}}})", R"({"next":{"next":{"x":1}}})",
        "FIELD-UNKNOWN@/eventBody/next/next/x");
}

void TestTopicSchemas::judgesOpenly()
{
    QFETCH(QByteArray, schema);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, found);
    Bench bench(topicOptions(topicList(schema)));
    bench.text(notification(body));
    QByteArray text;
    for (const Finding& finding : bench.batch.findingsOf(0))
        text += (text.isEmpty() ? "" : " ") + QByteArray(findingInfo(finding.id).name) + "@" + finding.pointer;
    QCOMPARE(text, found);
    QCOMPARE(TopicSchemas::fromAvailableTopics(topicList(schema))->problems(), QStringList());
}

void TestTopicSchemas::leavesOutWhatIsNotRunAndSaysSo_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<QString>("problem");
    const auto row = [](const char* schema, const char* problem) {
        QTest::newRow(schema) << QByteArray(schema) << QString::fromUtf8(problem);
    };
    row(R"({"properties":{"a":{"type":"string","javaType":"java.util.Date"}}})",
        "v2.test.{id}#/properties/a/javaType: keyword \"javaType\" is not supported");
    row(R"({"properties":{"a":{"type":"any"}}})", "v2.test.{id}#/properties/a/type: \"type\" names no JSON type");
    row(R"({"properties":{"a":{"type":[]}}})", "");
    row(R"({"properties":{"a":{"required":true}}})",
        "v2.test.{id}#/properties/a/required: \"required\" is a list of names");
    row(R"({"properties":{"a":{"$ref":"urn:nowhere"}}})",
        "v2.test.{id}#/properties/a/$ref: \"$ref\" points to nothing: urn:nowhere");
    row(R"({"properties":{"a":{"minimum":"0","multipleOf":0,"maxLength":-1}}})",
        "v2.test.{id}#/properties/a/minimum: the value of this keyword is a number");
    row(R"({"properties":{"a":{"enum":[]}}})",
        "v2.test.{id}#/properties/a/enum: \"enum\" is a list of at least one value");
    row(R"({"properties":{"a":5}})", "v2.test.{id}#/properties/a: a schema is an object or a boolean");
}

void TestTopicSchemas::leavesOutWhatIsNotRunAndSaysSo()
{
    QFETCH(QByteArray, schema);
    QFETCH(QString, problem);
    const Expected<TopicSchemas> topics = TopicSchemas::fromAvailableTopics(topicList(schema));
    QVERIFY(topics);
    QCOMPARE(topics->problems().value(0), problem);
    Bench bench(topicOptions(topicList(schema)));
    bench.text(notification(R"({"a":"x","b":1})")); // all else is judged
    QCOMPARE(bench.names(), QByteArray("FIELD-UNKNOWN"));
}

void TestTopicSchemas::oneBadSchemaDoesNotBlindTheOthers()
{
    const QByteArray json = R"({"entities":[{"id":"v2.bad.{id}","schema":{"$ref":"#"}},{"id":7},)"
                            R"({"id":"v2.good.{id}","schema":{"properties":{"a":{"type":"string"}}}}]})";
    const Expected<TopicSchemas> topics = TopicSchemas::fromAvailableTopics(json);
    QVERIFY(topics);
    QCOMPARE(topics->topics(), QByteArrayList{"v2.good.{id}"});
    QCOMPARE(topics->problems().size(), 2);
    QVERIFY(topics->problems()
                .join(QLatin1Char(' '))
                .contains(QLatin1String("v2.bad.{id}#: \"$ref\" leads back to itself")));
    Bench bench(topicOptions(json));
    bench.text(notification(R"({"a":1})", "v2.good.1"));
    QCOMPARE(bench.names(), QByteArray("SCHEMA-TYPE"));
    bench.text(notification(R"({"a":1})", "v2.bad.1"));
    QCOMPARE(bench.names(), QByteArray("TOPIC-UNKNOWN"));
}

void TestTopicSchemas::theCloserTemplateCounts()
{
    const QByteArray json = R"({"entities":[{"id":"v2.a.{id}","schema":{"properties":{"x":{"type":"string"}}}},)"
                            R"({"id":"v2.a.{id}.b","schema":{"properties":{"x":{"type":"integer"}}}}]})";
    Bench bench(topicOptions(json));
    bench.text(notification(R"({"x":1})", "v2.a.1.b"));
    QCOMPARE(bench.typeName(), QByteArray("v2.a.{id}.b"));
    QCOMPARE(bench.names(), QByteArray());
    bench.text(notification(R"({"x":"1"})", "v2.a.1.c"));
    QCOMPARE(bench.typeName(), QByteArray("v2.a.{id}"));
    QCOMPARE(bench.names(), QByteArray());
}

QTEST_GUILESS_MAIN(TestTopicSchemas)
#include "tst_topicschemas.moc"
