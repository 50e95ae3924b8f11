// What a rule names is nowhere: not in the kept bytes, the places of id and subject, findings or the type. And
// everything else of the message is there byte for byte.
#include "core/decode/jsonredactor.h"
#include "core/decode/typenametable.h"
#include "tests/core/decode/notificationbench.h"

#include <QRandomGenerator>
#include <QtTest>

using namespace framescope;
using namespace framescope::test;

namespace {

const QByteArray canary = "canary-7Qx";

RedactionRules rulesOf(const QByteArray& lines)
{
    const auto rules = RedactionRules::fromLines(lines);
    if (!rules)
        qFatal("%s: %s", qPrintable(rules.error().place), qPrintable(rules.error().detail));
    return *rules;
}

DecoderOptions redacting(const QByteArray& lines, DecoderOptions options = {})
{
    options.redaction = rulesOf(lines);
    return options;
}

/// @p json as it is kept; "?" where it would not be.
QByteArray kept(const QByteArray& json, const QByteArray& lines, const QByteArray& type = {})
{
    JsonRedactor redactor(rulesOf(lines));
    std::vector<RedactedSpan> spans;
    if (!redactor.find(json, redactor.rulesFor(type), spans))
        return "?";
    std::vector<char> out;
    redactor.appendWithout(json, spans, out);
    if (redactor.sizeWithout(json, spans) != out.size())
        return "another size than announced";
    return {out.data(), qsizetype(out.size())};
}

/// All that is kept of the last frame of @p bench, apart from its digest.
QByteArray keptOf(Bench& bench)
{
    const FrameBatch& batch = bench.batch;
    const std::size_t i = bench.last();
    QByteArray all = batch.payloadOf(i).toByteArray() + '\n' + bench.typeName();
    for (const Finding& finding : batch.findingsOf(i))
        all += '\n' + finding.pointer + '\n' + finding.schemaPointer + '\n' + finding.expected + '\n' + finding.actual;
    return all;
}

QByteArray payloadOf(const Bench& bench)
{
    return bench.batch.payloadOf(bench.last()).toByteArray();
}

/// Random JSON text with names and values of a small world, so that rules meet it often.
QByteArray randomJson(QRandomGenerator& random, int depth = 0)
{
    static const QByteArrayList names = {"a", "b", "\\u0061", "a/b", "*", "0", "~"};
    const auto space = [&] { return QByteArray(random.bounded(8) == 0 ? " \n" : ""); };
    const int kind = depth < 2 ? 5 + random.bounded(4) : random.bounded(depth > 4 ? 5 : 9);
    if (kind < 5) {
        static const QByteArrayList scalars = {"1", "-2.5e3", "null", R"("te\\\"xt]")", "\"\""};
        return scalars[kind];
    }
    const bool isObject = kind < 7;
    QByteArray text(isObject ? "{" : "[");
    const int count = random.bounded(5);
    for (int i = 0; i < count; ++i) {
        text += (i > 0 ? "," : "") + space();
        if (isObject)
            text += '"' + names[random.bounded(int(names.size()))] + '"' + space() + ':' + space();
        text += randomJson(random, depth + 1);
    }
    return text + space() + (isObject ? '}' : ']');
}

} // namespace

class TestRedaction : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refusesRulesWithTheirPlace_data();
    void refusesRulesWithTheirPlace();
    void refusesWhatTheFileMustNotHave_data();
    void refusesWhatTheFileMustNotHave();
    void rulesComeBackAsTheyWere();
    void rulesAreBounded();
    void takesOutWhatIsNamedAndNothingElse_data();
    void takesOutWhatIsNamedAndNothingElse();
    void refusesWhatIsNoJson_data();
    void refusesWhatIsNoJson();
    void staysJsonAndEqualWithoutHits();
    void typesAreComparedAsTemplates_data();
    void typesAreComparedAsTemplates();
    void countsWhatTheMarksSay();
    void idAndSubjectReadAsTheirMarks();
    void digestSizeAndVerdictAreThoseOfTheReceivedBytes();
    void findingsQuoteNothingOfIt_data();
    void findingsQuoteNothingOfIt();
    void placesAfterItMove();
    void whatCannotBeSearchedIsDigestOnly_data();
    void whatCannotBeSearchedIsDigestOnly();
    void whatWouldGrowTooMuchIsDigestOnly();
    void hidesATypeThatOnlyTheMessageNames();
    void hidesTheTimeThatARuleNames();
    void rulesForAnotherTypeChangeNothing();
    void rulesHoldWhereNobodyCanTellTheType_data();
    void rulesHoldWhereNobodyCanTellTheType();
    void masksAndRedactsTogether();
    void batchesStayInOrder();
    void textsThatStandFirstAreNotKeptTwice();
    void nothingToJudgeChangesNothing();
    void redactsWhatOthersHaveJudged();
    void cleansWhatIsSaidOfMessagesWithoutBytes();
    void placesThatOthersStateMayLieAnywhere();
};

void TestRedaction::refusesRulesWithTheirPlace_data()
{
    QTest::addColumn<QByteArray>("lines");
    QTest::addColumn<QString>("said");
    const auto row = [](const char* lines, const char* said) {
        QTest::newRow(lines) << QByteArray(lines) << QString::fromUtf8(said);
    };
    row("phone", "line 1: a rule is NAME=POINTER");
    row("a=/b\n\nb=c", "line 3: pointer: a JSON Pointer is empty or starts with '/'");
    row("a=/~", "line 1: pointer: '~' is followed by");
    row("a=/b~3", "line 1: pointer: '~' is followed by");
    row("=/b", "line 1: name:");
    row("a b=/c", "line 1: name:");
    row("a]=/c", "line 1: name:");
    row("a@=/c", "line 1: a type is missing");
    row("a=/\x01", "line 1: pointer: control characters");
}

void TestRedaction::refusesRulesWithTheirPlace()
{
    QFETCH(QByteArray, lines);
    QFETCH(QString, said);
    const auto rules = RedactionRules::fromLines(lines);
    QVERIFY(!rules);
    const QString words = rules.error().place + QStringLiteral(": ") + rules.error().detail;
    QVERIFY2(words.startsWith(said), qPrintable(words));
}

void TestRedaction::refusesWhatTheFileMustNotHave_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("place");
    const auto row = [](const char* json, const char* place) {
        QTest::newRow(json) << QByteArray(json) << QString::fromUtf8(place);
    };
    row("{", "byte 1");
    row("[]", "/rules");
    row("{}", "/rules");
    row(R"({"rules":[],"more":1})", "/more");
    row(R"({"rules":[1]})", "/rules/0");
    row(R"({"rules":[{"name":"a","pointer":"/b"},{"name":"a"}]})", "/rules/1/pointer");
    row(R"({"rules":[{"name":"a","pointer":"b"}]})", "/rules/0/pointer");
    row(R"({"rules":[{"name":7,"pointer":"/b"}]})", "/rules/0/name");
    row(R"({"rules":[{"name":"a","pointer":"/b","typ":"c"}]})", "/rules/0/typ");
    row(R"({"rules":[{"name":"a","pointer":"/b","type":"c=d"}]})", "/rules/0/type");
}

void TestRedaction::refusesWhatTheFileMustNotHave()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, place);
    const auto rules = RedactionRules::fromJson(json);
    QVERIFY(!rules);
    QCOMPARE(rules.error().place, place);
}

void TestRedaction::rulesComeBackAsTheyWere()
{
    const RedactionRules rules = rulesOf("a=/b/*/~2\nc@v2.users.*=/d e\nall=\n");
    QCOMPARE(rules.rules().size(), std::size_t(3));
    QVERIFY(RedactionRules::fromJson(rules.toJson()).value() == rules);
    QVERIFY(rulesOf(rules.toLines()) == rules);
    QCOMPARE(RedactionRules().toJson(), QByteArray());
}

void TestRedaction::rulesAreBounded()
{
    RedactionRules rules;
    for (std::size_t i = 0; i < RedactionRules::ruleLimit; ++i)
        QVERIFY(rules.add({"r", "/" + QByteArray::number(qulonglong(i)), {}}));
    QVERIFY(!rules.add({"r", "/x", {}}));
    QVERIFY(!RedactionRules().add({"r", QByteArray(RedactionRules::textLimit + 1, '/'), {}}));
    QVERIFY(!RedactionRules().add({"r", QByteArray("/a").repeated(RedactionRules::stepLimit + 1), {}}));
    QVERIFY(!RedactionRules().add({QByteArray(RedactionRules::nameLimit + 1, 'r'), "/x", {}}));
    const QByteArray json = R"({"7":1,"63":[2],"64":3})";
    JsonRedactor redactor(rules);
    std::vector<RedactedSpan> spans;
    QVERIFY(redactor.find(json, redactor.all(), spans));
    QCOMPARE(spans.size(), std::size_t(2));
    QCOMPARE(spans[1].rule, 63);
}

void TestRedaction::takesOutWhatIsNamedAndNothingElse_data()
{
    QTest::addColumn<QByteArray>("lines");
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char* name, const char* lines, const char* json, const char* expected) {
        QTest::newRow(name) << QByteArray(lines) << QByteArray(json) << QByteArray(expected);
    };
    row("text", "r=/a", R"({"a":"x","b":1})", R"({"a":"[redacted:r]","b":1})");
    row("number", "r=/a", R"({"a":-1.5e3})", R"({"a":"[redacted:r]"})");
    row("null and blanks", "r=/a", "{ \"a\" :\tnull\n, \"b\":[ ] }", "{ \"a\" :\t\"[redacted:r]\"\n, \"b\":[ ] }");
    row("tree", "r=/a", R"({"a":{"b":["]}\"",{}]},"c":2})", R"({"a":"[redacted:r]","c":2})");
    row("whole document", "r=", R"( [1,2] )", R"( "[redacted:r]" )");
    row("scalar document", "r=", "7", R"("[redacted:r]")");
    row("nothing there", "r=/x/y", R"({"a":{"x":1}})", R"({"a":{"x":1}})");
    row("member of a scalar", "r=/a/b", R"({"a":1})", R"({"a":1})");
    row("element", "r=/a/1", R"({"a":[1,2,3]})", R"({"a":[1,"[redacted:r]",3]})");
    row("member that is a number", "r=/1", R"({"1":2})", R"({"1":"[redacted:r]"})");
    row("index with a zero before it", "r=/01", R"([1,2])", R"([1,2])");
    row("behind the last", "r=/-", R"([1,2])", R"([1,2])");
    row("any element", "r=/a/*/n", R"({"a":[{"n":1},{"m":2},{"n":[3]}]})",
        R"({"a":[{"n":"[redacted:r]"},{"m":2},{"n":"[redacted:r]"}]})");
    row("any member", "r=/*", R"({"a":1,"":2})", R"({"a":"[redacted:r]","":"[redacted:r]"})");
    row("any of any", "r=/*/*", R"([[1],{"a":[2]},3])", R"([["[redacted:r]"],{"a":"[redacted:r]"},3])");
    row("star that is meant", "r=/~2", R"({"*":1,"a":2})", R"({"*":"[redacted:r]","a":2})");
    row("star among others", "r=/a*", R"({"a*":1,"ab":2})", R"({"a*":"[redacted:r]","ab":2})");
    row("escaped pointer", "r=/~01~1", R"({"~1/":1,"/":2})", R"({"~1/":"[redacted:r]","/":2})");
    row("escaped name", "r=/ab\"", R"({"\u0061\u0062\"":1})", R"({"\u0061\u0062\"":"[redacted:r]"})");
    row("pair", "r=/\xF0\x9F\x98\x80", R"({"\ud83d\uDE00":1})", R"({"\ud83d\uDE00":"[redacted:r]"})");
    row("other letters", "r=/\xC3\xA9", R"({"\u00e9":1})", R"({"\u00e9":"[redacted:r]"})");
    row("empty name", "r=/", R"({"":1})", R"({"":"[redacted:r]"})");
    row("name that stands twice", "r=/a", R"({"a":1,"b":0,"a":2})", R"({"a":"[redacted:r]","b":0,"a":"[redacted:r]"})");
    row("twice on the way", "r=/a/b", R"({"a":{"b":1},"\u0061":{"b":2}})",
        R"({"a":{"b":"[redacted:r]"},"\u0061":{"b":"[redacted:r]"}})");
    row("first rule names it", "q=/*\nr=/a", R"({"a":1})", R"({"a":"[redacted:q]"})");
    row("outer one wins", "r=/a/b\nq=/a", R"({"a":{"b":1}})", R"({"a":"[redacted:q]"})");
    row("quotes before the end", "r=/b", R"({"a":"\\","b":"\\\"","c":"\\\\\\"})",
        R"({"a":"\\","b":"[redacted:r]","c":"\\\\\\"})");
}

void TestRedaction::takesOutWhatIsNamedAndNothingElse()
{
    QFETCH(QByteArray, lines);
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, expected);
    QCOMPARE(kept(json, lines), expected);
}

void TestRedaction::refusesWhatIsNoJson_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char* text : {"", " ", "{", R"({"a")", R"({"a":)", R"({"a":"x)", R"({"a":"x\")", R"({"a":1,})",
                             R"({,"a":1})", R"({"a" 1})", R"({"a":1}x)", R"({"a":[1,2})", R"({"a":{"b":[})", R"({a:1})",
                             R"({"\q":1})", R"({"\u00g1":1})", R"({"a":1 "b":2})", "[1"})
        QTest::newRow(text) << QByteArray(text);
}

void TestRedaction::refusesWhatIsNoJson()
{
    QFETCH(QByteArray, text);
    QCOMPARE(kept(text, "r=/a/b\nq=/a"), QByteArray("?"));
}

/// Against Qt's own reader: JSON stays JSON, what no rule names stays equal to the byte, and of what a rule names
/// nothing is left to name.
void TestRedaction::staysJsonAndEqualWithoutHits()
{
    QRandomGenerator random(20'261'128);
    const QByteArrayList pointers = {"/a", "/b/a", "/*/b", "/a~1b", "/~2", "/0", "/*/0/*", "/~0", "/a/*/*/b"};
    int hits = 0;
    for (int round = 0; round < 20'000; ++round) {
        const QByteArray json = randomJson(random);
        const RedactionRules rules = rulesOf("r=" + pointers[random.bounded(int(pointers.size()))] +
                                             "\nq=" + pointers[random.bounded(int(pointers.size()))]);
        JsonRedactor redactor(rules);
        std::vector<RedactedSpan> spans;
        QVERIFY2(redactor.find(json, redactor.all(), spans), json.constData());
        std::vector<char> out;
        redactor.appendWithout(json, spans, out);
        const QByteArray text(out.data(), qsizetype(out.size()));
        QVERIFY2(!QJsonDocument::fromJson('[' + text + ']').isNull(), text.constData());
        hits += spans.empty() ? 0 : 1;
        if (spans.empty())
            QCOMPARE(text, json);
        std::vector<RedactedSpan> again;
        QVERIFY(redactor.find(text, redactor.all(), again));
        QCOMPARE(again.size(), spans.size());
        for (const RedactedSpan& span : again)
            QVERIFY(text.mid(span.offset, span.length).startsWith("\"[redacted:"));
    }
    QVERIFY(hits > 2'000);
}

void TestRedaction::typesAreComparedAsTemplates_data()
{
    QTest::addColumn<QByteArray>("ruleType");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<bool>("fits");
    const auto row = [](const char* ruleType, const char* type, bool fits) {
        QTest::addRow("%s %s", ruleType, type) << QByteArray(ruleType) << QByteArray(type) << fits;
    };
    row("", "anything", true);
    row("interaction.update", "Interaction.Update", true);
    row("interaction", "interaction.update", false);
    row("v2.users.*", "v2.users.{id}.presence", true);
    row("v2.users.{id}.presence", "v2.users.{id}.presence", true);
    row("v2.users.0e2ef0a0-c922-4d66-b2b1-0430125cd827.presence", "v2.users.{id}.presence", true);
    row("v2.users.17.presence", "v2.users.{id}.presence", true);
    row("v2.users.17.presence", "v2.users.{id}.conversations", false);
    row("v2.users.*.presence", "v2.queues.{id}.presence", false);
    row("v2.users.{id}.madeup", "v2.users.17.madeup", true); // only UUIDs are made templates of
    row("V2.Users.{id}.Madeup", "v2.users.17.madeup", true);
    row("v2.users.{id}.madeup", "v2.users.17.presence", false);
    row("v2.users.{id}.made*", "v2.users.17.madeup", true);
    row("v2.users.jo.do", "v2.users.{id}", true); // the last identifier may hold dots
    row("v2.users.{id}", "v2.users.jo.do", true);
    row("v2.*.{id}", "v2.users.jo.do", true);
    row("v2.users.jo.*", "v2.users.{id}", true);
    row("v2.queues.{id}", "v2.users.jo.do", false);
    row("v2.users", "v2.users.{id}", false);
    row("interaction.update", "", true); // nobody can tell
    row("a*b*c", "aXbYbZc", true);
    row("a*b*c", "aXbYbZ", false);
}

void TestRedaction::typesAreComparedAsTemplates()
{
    QFETCH(QByteArray, ruleType);
    QFETCH(QByteArray, type);
    QFETCH(bool, fits);
    QCOMPARE(redactionTypeFits(ruleType, type), fits);
}

void TestRedaction::countsWhatTheMarksSay()
{
    const QByteArray text = kept(R"({"a":[1,2],"b":3,"c":"[redacted:"})", "r=/a/*\nq=/b");
    QCOMPARE(redactedValuesIn(text), (RedactedValues{{"r", 2}, {"q", 1}}));
    Bench bench(redacting("r=/queue/*\nnone=/x\nr=/agent/name"));
    bench.text(update(1, "i-1")).text(update(2, "i-2")).text("{").bytes("\x01");
    const RedactionCounts& counts = bench.decoder().redactionCounts();
    QCOMPARE(counts.frames, quint64(2));
    QCOMPARE(counts.values, quint64(6));
    QCOMPARE(counts.withheld, quint64(2));
    QCOMPARE(valuesByName(rulesOf("r=/queue/*\nnone=/x\nr=/agent/name"), counts),
             (RedactedValues{{"r", 6}, {"none", 0}}));
}

void TestRedaction::idAndSubjectReadAsTheirMarks()
{
    Bench bench(redacting("id=/id\nq=/queue\nagent=/agent/name"));
    bench.text(update(1, canary));
    const FrameHead& head = bench.head();
    QCOMPARE(bench.batch.rangeOf(0, head.id).toByteArray(), QByteArray("[redacted:id]"));
    QVERIFY(bench.batch.rangeOf(0, head.subject).startsWith("[redacted:"));
    QVERIFY(!keptOf(bench).contains(canary));
    QVERIFY(!keptOf(bench).contains("Billing") && !keptOf(bench).contains("Zo"));
}

void TestRedaction::digestSizeAndVerdictAreThoseOfTheReceivedBytes()
{
    const QByteArray message = update(1, "i-1");
    Bench plain;
    Bench bench(redacting("r=/participants/*/address"));
    plain.text(message);
    bench.text(message);
    QCOMPARE(bench.batch.digests[0], plain.batch.digests[0]);
    QCOMPARE(bench.head().sizeBytes, quint64(message.size()));
    QCOMPARE(bench.head().verdict, plain.head().verdict);
    QCOMPARE(bench.head().flags, quint8(plain.head().flags | FrameFlag::Masked));
    QCOMPARE(payloadOf(bench), QByteArray(message).replace("\"tel:+13175550123\"", "\"[redacted:r]\""));
    Bench untouched(redacting("r=/nothing"));
    untouched.text(message);
    QCOMPARE(payloadOf(untouched), message);
    QCOMPARE(untouched.head().flags, plain.head().flags);
}

void TestRedaction::findingsQuoteNothingOfIt_data()
{
    QTest::addColumn<QByteArray>("rules");
    QTest::addColumn<QByteArray>("members"); ///< of the type in the matrix
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("finding");
    const auto row = [](const char* finding, const char* rules, const char* members, const QByteArray& message) {
        QTest::addRow("%s %s", finding, rules)
            << QByteArray(rules) << QByteArray(members) << message << QByteArray(finding);
    };
    const QByteArray secret = R"({"type":"t","p":")" + canary + R"("})";
    row("SCHEMA-TYPE", "r=/p", R"(,"schema":{"properties":{"p":{"type":"number"}}})", secret);
    row("SCHEMA-ENUM", "r=/*", R"(,"schema":{"properties":{"p":{"enum":[1]}}})", secret);
    row("SCHEMA-PATTERN", "r=/p", R"(,"schema":{"properties":{"p":{"pattern":"^x"}}})", secret);
    row("SCHEMA-LENGTH", "r=/p", R"(,"schema":{"properties":{"p":{"maxLength":1}}})", secret);
    row("SCHEMA-COMBINATION", "r=/p", R"(,"schema":{"not":{"required":["p"]}})", secret);
    row("SCHEMA-ADDITIONAL", "r=/o", R"(,"schema":{"properties":{"o":{"additionalProperties":false}}})",
        R"({"type":"t","o":{")" + canary + R"(":1}})");
    row("SCHEMA-REQUIRED", "r=/o", R"(,"schema":{"properties":{"o":{"required":["x"]}}})",
        R"({"type":"t","o":{")" + canary + R"(":1}})");
    row("SCHEMA-REQUIRED", "r=/*/deep", R"(,"schema":{"properties":{"o":{"properties":{"deep":{"required":["x"]}}}}})",
        R"({"type":"t","o":{"deep":{")" + canary + R"(":1}}})");
    row("SCHEMA-UNIQUE", "r=/l/*/n", R"(,"schema":{"properties":{"l":{"uniqueItems":true}}})",
        R"({"type":"t","l":[{"n":")" + canary + R"("},{"n":")" + canary + R"("}]})");
    row("JSON-DUPLICATE-KEY", "r=/p", "", R"({"type":"t","p":")" + canary + R"(","p":")" + canary + R"("})");
    row("JSON-DUPLICATE-KEY", "r=/o", "", R"({"type":"t","o":{")" + canary + R"(":1,")" + canary + R"(":2}})");
    row("JSON-LONE-SURROGATE", "r=/p", "", R"({"type":"t","p":")" + canary + R"(\ud800"})");
    row("JSON-NUMBER-RANGE", "r=/p", "", R"({"type":"t","p":[")" + canary + R"(",1e999]})");
    row("CHECKSUM-MISMATCH", "r=/p",
        R"(,"checksum":{"algorithm":"sha256","expected":{"pointer":"/p"},"covers":{"pointer":"/b"}})",
        R"({"type":"t","b":1,"p":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaacafe77","c":")" + canary +
            R"("})");
    row("CHECKSUM-MISMATCH", "r=/b/q", // what was hashed can be guessed
        R"(,"checksum":{"algorithm":"sha256","expected":{"pointer":"/h"},"covers":{"pointer":"/b"}})",
        R"({"type":"t","b":{"q":17},"h":")" + QByteArray(64, 'a') + R"("})");
    row("CHECKSUM-MALFORMED", "r=/p",
        R"(,"checksum":{"algorithm":"sha256","expected":{"pointer":"/p"},"covers":{"pointer":"/b"}})",
        R"({"type":"t","b":1,"p":")" + canary + R"("})");
    row("TYPE-UNKNOWN", "r=/type", "", R"({"type":")" + canary + R"("})");
    row("TYPE-MISSING", "r=/type", "", R"({"type":[")" + canary + R"("]})");
}

void TestRedaction::findingsQuoteNothingOfIt()
{
    QFETCH(QByteArray, rules);
    QFETCH(QByteArray, members);
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, finding);
    Bench plain({}, matrixWith(members));
    plain.text(message);
    QVERIFY2(plain.names().contains(finding), plain.names().constData());
    // Whatever stands at a rule's place must be gone, so a canary elsewhere is taken out of the comparison.
    const QByteArray lines = rules + "\nelsewhere=/c";
    Bench bench(redacting(lines), matrixWith(members));
    bench.text(message);
    QCOMPARE(bench.names(), plain.names());
    const QByteArray all = keptOf(bench);
    QVERIFY2(!all.contains(canary), all.constData());
    QVERIFY2(!all.contains("cafe77"), all.constData());
    QVERIFY2(!all.contains(QCryptographicHash::hash(R"({"q":17})", QCryptographicHash::Sha256).toHex()),
             all.constData());
    const FrameHead& head = bench.head();
    for (const Finding& each : bench.batch.findingsOf(bench.last()))
        QVERIFY(quint64(each.range.offset) + each.range.length <= head.payloadBytes);
}

void TestRedaction::placesAfterItMove()
{
    Bench bench(redacting("long=/a"), matrixWith(R"(,"schema":{"properties":{"z":{"type":"string"}}})"));
    bench.text(R"({"type":"t","a":1,"z":12345,"z":6})");
    QCOMPARE(bench.names(), QByteArray("JSON-DUPLICATE-KEY SCHEMA-TYPE SCHEMA-TYPE"));
    QCOMPARE(bench.marked(0), QByteArray(R"("z")"));
    QCOMPARE(bench.finding(0).actual, "another one at byte " + QByteArray::number(bench.finding(0).range.offset));
    for (const std::size_t i : {1, 2})
        QCOMPARE(bench.finding(i).actual, bench.marked(i));
    QVERIFY(bench.marked(1) == "12345" || bench.marked(2) == "12345");
}

void TestRedaction::whatCannotBeSearchedIsDigestOnly_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<bool>("isText");
    const auto row = [](const char* name, const QByteArray& message, bool isText = true) {
        QTest::newRow(name) << message << isText;
    };
    row("cut", R"({"type":"t","p":{"q":")" + canary);
    row("cut behind it", R"({"type":"t","p":")" + canary + '"');
    row("no JSON", canary);
    row("empty", "");
    row("too deep", R"({"p":")" + canary + R"(","x":)" + QByteArray(200, '[') + QByteArray(200, ']') + '}');
    row("not UTF-8", "{\"p\":\"" + canary + "\xFF\"}", false);
    row("binary", mediaFrame(1, canary), false);
    row("unknown binary", canary, false);
}

void TestRedaction::whatCannotBeSearchedIsDigestOnly()
{
    QFETCH(QByteArray, message);
    QFETCH(bool, isText);
    Bench bench(redacting("r=/p"));
    isText ? bench.text(message) : bench.bytes(message);
    const FrameHead& head = bench.head();
    QCOMPARE(head.payloadBytes, quint32(0));
    QVERIFY((head.flags & FrameFlag::PayloadKept) == 0);
    QCOMPARE(head.sizeBytes, quint64(message.size()));
    QVERIFY(bench.batch.digests[0] == Sha256::digest(message));
    const QByteArray all = keptOf(bench);
    QVERIFY2(!all.contains(canary) && !all.contains(canary.left(4).toHex(' ')), all.constData());
    QCOMPARE(bench.decoder().redactionCounts().withheld, quint64(1));
}

void TestRedaction::whatWouldGrowTooMuchIsDigestOnly()
{
    const QByteArray name(RedactionRules::nameLimit, 'n');
    Bench bench(redacting(name + "=/*"));
    bench.text('[' + QByteArray("1,").repeated(300'000) + "1]");
    QCOMPARE(bench.head().payloadBytes, quint32(0));
    QCOMPARE(bench.decoder().redactionCounts().withheld, quint64(1));
}

void TestRedaction::hidesATypeThatOnlyTheMessageNames()
{
    Bench bench(redacting("r=/type"), matrixWith(""));
    bench.text(R"({"type":"t"})");
    QCOMPARE(bench.decoder().typeNames()->at(bench.head().type), QByteArray("t")); // the matrix says that
    bench.text(R"({"type":")" + canary + R"("})");
    QCOMPARE(bench.head().type, unknownType);
    for (const QByteArray& name : *bench.decoder().typeNames())
        QVERIFY(!name.contains(canary));
    Bench topics(redacting("r=/topicName", topicOptions()));
    topics.text(notification("{}", "v2." + canary));
    QCOMPARE(topics.head().type, unknownType);
    QVERIFY(!keptOf(topics).contains(canary));
    topics.text(notification("{}", "v2.users.0e2ef0a0-c922-4d66-b2b1-0430125cd827.presence"));
    QCOMPARE(topics.decoder().typeNames()->at(topics.head().type), QByteArray("v2.users.{id}.presence"));
    QCOMPARE(topics.batch.rangeOf(1, topics.head().subject).toByteArray(), QByteArray("[redacted:r]"));
}

void TestRedaction::hidesTheTimeThatARuleNames()
{
    const QByteArray message = notification(R"({"eventTime":"2025-11-24T20:15:07.431Z"})", "v2.test.1");
    Bench plain(redacting("r=/version", topicOptions()));
    plain.text(message);
    QVERIFY(plain.head().eventWallNs != 0);
    Bench bench(redacting("r=/eventBody/*", topicOptions()));
    bench.text(message);
    QCOMPARE(bench.head().eventWallNs, qint64(0));
}

void TestRedaction::rulesForAnotherTypeChangeNothing()
{
    const QByteArray message = update(1, "i-1");
    Bench bench(redacting("r@other.*=/id\nq@interaction.*=/state"));
    bench.text(message);
    QCOMPARE(payloadOf(bench),
             QByteArray(message).replace(R"("state":"connected","queue")", R"("state":"[redacted:q]","queue")"));
}

void TestRedaction::rulesHoldWhereNobodyCanTellTheType_data()
{
    QTest::addColumn<QByteArray>("topic");
    QTest::addColumn<bool>("isTableFull");
    QTest::addColumn<bool>("isRedacted");
    const QByteArray id = "0e2ef0a0-c922-4d66-b2b1-0430125cd827";
    QTest::newRow("known") << "v2.other." + id + ".x" << false << false;
    QTest::newRow("no room") << "v2.other." + id + ".x" << true << true;
    QTest::newRow("cut") << "v2.other." + QByteArray(TypeNameTable::nameBytes, 'x') << false << true;
    QTest::newRow("secret") << QByteArray("v2.other.streaming-5-abcdefghijklmnopqrstuvwxyz") << false << true;
}

/// Of topics that no template is known for the table has what is left of the name.
void TestRedaction::rulesHoldWhereNobodyCanTellTheType()
{
    QFETCH(QByteArray, topic);
    QFETCH(bool, isTableFull);
    QFETCH(bool, isRedacted);
    const QByteArray lines = "r@v2.mine.*=/eventBody/id";
    const QByteArray message = notification(R"({"id":")" + canary + R"("})", topic);
    Bench bench(redacting(lines, topicOptions()));
    for (int i = 0; isTableFull && i < 1'100; ++i)
        bench.text(notification("{}", "v2.flood." + QByteArray::number(i) + ".x"));
    bench.text(message);
    QCOMPARE(payloadOf(bench).contains(canary), !isRedacted);
    // And in a capture, where only the table's name is known.
    Bench plain({}, {});
    plain.text(message);
    for (int i = 0; isTableFull && i < 1'100; ++i)
        (void)plain.decoder().typeNamed("v2.flood." + QByteArray::number(i) + ".x");
    plain.batch.heads[0].type = plain.decoder().typeNamed(topic);
    Decoder decoder(PayloadMatrix::builtIn().value(), redacting(lines));
    for (const QByteArray& name : *plain.decoder().typeNames())
        (void)decoder.typeNamed(name);
    plain.batch.heads[0].type = decoder.typeNamed(plain.typeName());
    decoder.redactJudged(plain.batch);
    QCOMPARE(payloadOf(plain).contains(canary), !isRedacted);
}

void TestRedaction::masksAndRedactsTogether()
{
    DecoderOptions options = redacting("r=/participants/*/address");
    options.maskPersonal = true;
    Bench bench(options);
    bench.text(update(1, "i-1", R"("wrong")"));
    const QByteArray all = payloadOf(bench);
    QVERIFY(all.contains(R"("address":"[redacted:r]")"));
    QVERIFY(all.contains(R"("name":"***)"));
    QVERIFY(!QJsonDocument::fromJson(all).isNull());
}

void TestRedaction::batchesStayInOrder()
{
    Bench bench(redacting("r=/id"));
    bench.text(update(1, "i-1")).text("{").gated(9'000'000).bytes(mediaFrame(1, "abcd")).text(update(2, "i-2"));
    std::size_t before = 0;
    for (const FrameHead& head : bench.batch.heads) {
        QCOMPARE(std::size_t(head.payloadOffset), before);
        before += head.payloadBytes;
    }
    QCOMPARE(bench.batch.payload.size(), before);
    QVERIFY(bench.batch.payloadOf(4).startsWith(R"({"id":"[redacted:r]")"));
}

void TestRedaction::textsThatStandFirstAreNotKeptTwice()
{
    const QByteArray media = mediaFrame(1, "abcd");
    const QString text = QString::fromUtf8(update(1, canary));
    RawFrame binaryFrame;
    binaryFrame.opcode = Opcode::Binary;
    binaryFrame.bytes = media;
    RawFrame textFrame;
    textFrame.text = text;
    FrameBatch batch;
    std::vector<char> binary;
    batchfiller::append(binaryFrame, 1, 0, batch, binary); // what comes first stands behind the text
    batchfiller::append(textFrame, 2, 0, batch, binary);
    batchfiller::joinBinary(binary, batch);
    Decoder decoder(PayloadMatrix::builtIn().value(), redacting("r=/id"));
    decoder.judge(batch);
    QVERIFY(batch.payloadOf(1).startsWith(R"({"id":"[redacted:r]")"));
    QCOMPARE(batch.payload.size(), std::size_t(batch.heads[0].payloadBytes + batch.heads[1].payloadBytes));
    QVERIFY(!QByteArrayView(batch.payload.data(), qsizetype(batch.payload.size())).contains(canary));
}

void TestRedaction::nothingToJudgeChangesNothing()
{
    Bench bench(redacting("r=/id"));
    bench.text(update(1, "i-1"));
    const std::vector<char> before(bench.batch.payload.begin(), bench.batch.payload.end());
    bench.decoder().judge(bench.batch);
    QVERIFY(std::equal(before.begin(), before.end(), bench.batch.payload.begin(), bench.batch.payload.end()));
}

void TestRedaction::redactsWhatOthersHaveJudged()
{
    Bench others({}, matrixWith(R"(,"schema":{"properties":{"p":{"type":"number"}}})"));
    others.text(R"({"type":"t","p":")" + canary + R"("})").text("{\"p\":\"" + canary).bytes(canary);
    FrameBatch batch = others.batch;
    batch.heads[1].flags |= FrameFlag::JsonPayload; // a capture may say anything
    Decoder decoder(PayloadMatrix::builtIn().value(), redacting("r=/p"));
    decoder.redactJudged(batch);
    QCOMPARE(batch.payloadOf(0).toByteArray(), QByteArray(R"({"type":"t","p":"[redacted:r]"})"));
    QVERIFY(batch.payloadOf(1).isEmpty() && batch.payloadOf(2).isEmpty());
    QVERIFY(batch.digests == others.batch.digests);
    for (const Finding& finding : batch.findings)
        QVERIFY2(!finding.actual.contains(canary), finding.actual.constData());
}

void TestRedaction::cleansWhatIsSaidOfMessagesWithoutBytes()
{
    const QByteArray members =
        R"(,"sequence":{"pointer":"/seq"},)"
        R"("checksum":{"algorithm":"sha256","expected":{"pointer":"/p"},"covers":{"pointer":"/b"}})";
    DecoderOptions digestOnly;
    digestOnly.keepPayload = false;
    Bench others(digestOnly, matrixWith(members));
    others.text(R"({"type":"t","b":1,"seq":1,"p":")" + canary + R"("})");
    others.text(R"({"type":"t","b":1,"seq":4711,"p":")" + canary + R"("})");
    QCOMPARE(others.names(), QByteArray("CHECKSUM-MALFORMED SEQUENCE-GAP"));
    FrameBatch batch = others.batch;
    for (FrameHead& head : batch.heads)
        head.eventWallNs = 4711;
    const auto redact = [&](const QByteArray& lines) {
        FrameBatch redacted = batch;
        Decoder decoder(PayloadMatrix::builtIn().value(), redacting(lines));
        decoder.redactJudged(redacted);
        return redacted;
    };
    const FrameBatch named = redact("r=/p\nr=/seq\nr=/eventBody/eventTime");
    for (std::size_t i = 0; i < named.size(); ++i) {
        QVERIFY(named.heads[i].eventWallNs == 0 && named.heads[i].payloadBytes == 0);
        QCOMPARE(named.heads[i].flags, batch.heads[i].flags); // JSON it was
        for (const Finding& finding : named.findingsOf(i)) {
            QVERIFY2(!finding.actual.contains(canary) && !finding.actual.contains("4711"), finding.actual.constData());
            QCOMPARE(finding.expected == "[not kept]", finding.id == FindingId::SequenceGap);
        }
    }
    // Numbers of a binary header are no values that a rule could name, where none does.
    Bench binary(digestOnly);
    binary.bytes(mediaFrame(1, "abcd")).bytes(mediaFrame(7, "abcd"));
    QCOMPARE(binary.names(), QByteArray("SEQUENCE-GAP"));
    batch = binary.batch;
    QCOMPARE(redact("r=/p").findings.front().actual, binary.finding().actual);
    QCOMPARE(redact("r=/eventBody/eventTime").heads[1].eventWallNs, qint64(0));
}

void TestRedaction::placesThatOthersStateMayLieAnywhere()
{
    Bench others({}, matrixWith(R"(,"id":{"pointer":"/i"},"schema":{"properties":{"o":{"enum":[1]}}})"));
    others.text(R"({"type":"t","i":"i-1","o":{"p":")" + canary + R"("}})");
    QCOMPARE(others.names(), QByteArray("SCHEMA-ENUM"));
    const quint32 size = others.head().payloadBytes;
    constexpr quint32 most = std::numeric_limits<quint32>::max();
    for (const ByteRange range : {ByteRange{0, most}, ByteRange{most, most}, ByteRange{size - 1, 400},
                                  ByteRange{5, most}, ByteRange{size + 1'000'000, 4}, ByteRange{30, size}}) {
        FrameBatch batch = others.batch;
        batch.heads[0].id = range;
        batch.heads[0].subject = range;
        batch.findings[0].range = range;
        Decoder decoder(PayloadMatrix::builtIn().value(), redacting("r=/o/p"));
        decoder.redactJudged(batch);
        const auto isInside = [&](ByteRange place) {
            return quint64(place.offset) + place.length <= batch.heads[0].payloadBytes;
        };
        QVERIFY(isInside(batch.heads[0].id) && isInside(batch.heads[0].subject) && isInside(batch.findings[0].range));
        QVERIFY(!batch.payloadOf(0).contains(canary));
    }
}

QTEST_APPLESS_MAIN(TestRedaction)
#include "tst_redaction.moc"
