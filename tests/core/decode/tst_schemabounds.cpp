// Hostile schemas and documents: each ends with a verdict and a bounded number of steps. Formats too, which are few.
#include "core/decode/schema.h"
#include "core/frame/findingcatalogue.h"

#include <QElapsedTimer>
#include <QtTest>

using namespace framescope;

namespace {

QByteArray judge(const QByteArray& schemaJson, const QByteArray& document,
                 Schema::Formats formats = Schema::Formats::Described)
{
    const Expected<Schema> schema = Schema::compile(schemaJson, {}, formats);
    if (!schema)
        return "refused: " + schema.error().detail.toUtf8() + " at " + schema.error().place.toUtf8();
    std::vector<Finding> findings;
    QElapsedTimer timer;
    timer.start();
    schema->validate(document, findings);
    qInfo("%lld ms for %lld bytes", timer.elapsed(), qlonglong(document.size())); // told, not asserted
    QByteArray text;
    for (const Finding& finding : findings)
        text += (text.isEmpty() ? "" : " ") + QByteArray(findingInfo(finding.id).name) + "@" + finding.pointer +
                (finding.actual.startsWith("given up") ? ": " + finding.actual : QByteArray());
    return text;
}

QByteArray list(int count, const QByteArray& last)
{
    QByteArray json = "[";
    for (int i = 0; i < count; ++i)
        json += QByteArray::number(i) + ',';
    return json + last + ']';
}

QByteArray object(int count, const QByteArray& prefix)
{
    QByteArray json = "{";
    for (int i = 0; i < count; ++i)
        json += (i == 0 ? "\"" : ",\"") + prefix + QByteArray::number(i) + "\":1";
    return json + '}';
}

} // namespace

class TestSchemaBounds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void patternsThatGoBackEnd_data();
    void patternsThatGoBackEnd();
    void longTextsAreSearched();
    void multiplyingAlternativesEnd();
    void alternativesInsideOneAnotherEnd();
    void largeListsAreComparedQuickly();
    void largeObjectsAreJudged();
    void largeSchemasAreUsed();
    void hostileSchemasAreRefused_data();
    void hostileSchemasAreRefused();
    void checksFormatsWhenAsked_data();
    void checksFormatsWhenAsked();
};

void TestSchemaBounds::patternsThatGoBackEnd_data()
{
    QTest::addColumn<QByteArray>("pattern");
    QTest::addColumn<QByteArray>("text");
    for (const char* pattern : {"^(a+)+$", "(a+)+$", "^(a|a)*$", "^(a|aa)+$", "a*a*a*a*a*b", "^(?:a+b|a)*$c", "(.*)*x",
                                "^(?=(?:a+)+b)", "(a{1,50}){1,50}b"}) {
        QTest::addRow("%s, short", pattern) << QByteArray(pattern) << QByteArray(64, 'a') + '!';
        QTest::addRow("%s, 200 kB", pattern) << QByteArray(pattern) << QByteArray(200'000, 'a') + '!';
    }
}

void TestSchemaBounds::patternsThatGoBackEnd()
{
    QFETCH(QByteArray, pattern);
    QFETCH(QByteArray, text);
    const QByteArray result = judge(R"({"pattern":")" + pattern + "\"}", '"' + text + '"');
    QVERIFY2(result.startsWith("SCHEMA-PATTERN@"), result.constData()); // given up, or found not to match
    const QByteArray negated = judge(R"({"not":{"pattern":")" + pattern + "\"}}", '"' + text + '"');
    QVERIFY2(negated.isEmpty() || negated.contains("given up after"), negated.constData());
    const QByteArray many = judge(R"({"items":{"pattern":")" + pattern + "\"}}",
                                  '[' + ('"' + text.right(41) + "\",").repeated(2000) + "1]");
    QVERIFY2(many.startsWith("SCHEMA-PATTERN@/0"), many.constData());
}

void TestSchemaBounds::longTextsAreSearched()
{
    const QByteArray text = '"' + QByteArray("ab-").repeated(17'000) + "x\"";
    QCOMPARE(judge(R"({"pattern":"^(?:[a-z]+-)*[a-z]$"})", text), QByteArray());
    QCOMPARE(judge(R"({"pattern":"^(?:[a-z]+-)*[0-9]$"})", text), QByteArray("SCHEMA-PATTERN@"));
    QCOMPARE(judge(R"({"pattern":"x$"})", text), QByteArray());
    const QByteArray large = '"' + QByteArray(50'000'000, 'a') + '"';
    QCOMPARE(judge("true", large), QByteArray());
    QCOMPARE(judge(R"({"pattern":"^a*$"})", large), QByteArray());
    const QByteArray result = judge(R"({"pattern":"^(a+)+$","maxLength":9})", large);
    QVERIFY2(result.startsWith("SCHEMA-LENGTH@"), result.constData());
}

void TestSchemaBounds::multiplyingAlternativesEnd()
{
    QByteArray definitions;
    for (int level = 0; level < 25; ++level) {
        const QByteArray next = R"({"$ref":"#/$defs/d)" + QByteArray::number(level + 1) + R"("})";
        definitions += R"("d)" + QByteArray::number(level) + R"(":{"allOf":[)" + next + ',' + next + "]},";
    }
    const QByteArray result =
        judge(R"({"items":{"anyOf":[{"$ref":"#/$defs/d18"}]},"$defs":{)" + definitions + R"("d25":{"type":"string"}}})",
              "[1]");
    QCOMPARE(result, QByteArray("SCHEMA-COMBINATION@/0"));
    // Few enough schemas in a row to compile, but 2^14 ways through them: ends with a verdict.
    const QByteArray many = judge(R"({"items":{"$ref":"#/$defs/d11"},"$defs":{)" + definitions + R"("d25":true}})",
                                  "[" + QByteArray("1,").repeated(2000) + "1]");
    QVERIFY2(many.startsWith("SCHEMA-OTHER@/") && many.contains("given up after"), many.constData());
}

void TestSchemaBounds::alternativesInsideOneAnotherEnd()
{
    const QByteArray branch = R"({"properties":{"a":{"$ref":"#"}},"required":["x"]})";
    const QByteArray schema = R"({"anyOf":[)" + branch + ',' + branch + "]}";
    const QByteArray deep = QByteArray(R"({"x":1,"a":)").repeated(126) + R"({"y":1})" + QByteArray(126, '}');
    const QByteArray result = judge(schema, deep);
    QVERIFY2(result.contains("given up after"), result.constData());
}

void TestSchemaBounds::largeListsAreComparedQuickly()
{
    QCOMPARE(judge("true", list(1'000'000, "\"x\"")), QByteArray());
    const QByteArray schema = R"({"uniqueItems":true})";
    QCOMPARE(judge(schema, list(1'000'000, "\"x\"")), QByteArray());
    QCOMPARE(judge(schema, list(1'000'000, "999999")), QByteArray("SCHEMA-UNIQUE@"));
    QCOMPARE(judge(R"({"contains":{"type":"string"}})", list(1'000'000, "\"x\"")), QByteArray());
    QCOMPARE(judge(R"({"contains":{"type":"null"}})", list(1'000'000, "\"x\"")), QByteArray("SCHEMA-OTHER@"));
    // Each level looks at all below it.
    const QByteArray nested = judge(R"({"uniqueItems":true,"items":{"$ref":"#"}})",
                                    QByteArray(120, '[') + list(100'000, "0.5") + QByteArray(120, ']'));
    QVERIFY2(nested.contains("given up after"), nested.constData());
}

void TestSchemaBounds::largeObjectsAreJudged()
{
    const QByteArray large = object(1'000'000, "key");
    QCOMPARE(judge("true", large), QByteArray());
    QCOMPARE(judge(R"({"additionalProperties":{"type":"integer"},"minProperties":1000000})", large), QByteArray());
    QCOMPARE(judge(R"({"propertyNames":{"pattern":"^key[0-9]+$"}})", large), QByteArray());
    QVERIFY(judge(R"({"properties":{"key5":{"type":"null"}},"additionalProperties":false})", large)
                .startsWith("SCHEMA-ADDITIONAL@/key0 "));
    const QByteArray names = object(3000, "n").replace(":1", ":{\"type\":\"integer\"}");
    QCOMPARE(judge(R"({"properties":)" + names + '}', large), QByteArray());
}

void TestSchemaBounds::largeSchemasAreUsed()
{
    const QByteArray names = object(3000, "n").replace(":1", ":{\"type\":\"integer\"}");
    QByteArray required = list(0, "\"n0\"");
    for (int i = 1; i < 1000; ++i)
        required.replace(required.size() - 1, 1, ",\"n" + QByteArray::number(i) + "\"]");
    const QByteArray schema = R"({"properties":)" + names + R"(,"required":)" + required + '}';
    QCOMPARE(judge(schema, object(3000, "n")), QByteArray());
    QCOMPARE(judge(schema, object(3000, "n").replace("\"n777\":1", "\"n777\":null")), QByteArray("SCHEMA-TYPE@/n777"));
    QCOMPARE(judge(schema, object(3000, "n").replace("\"n777\"", "\"m777\"")), QByteArray("SCHEMA-REQUIRED@"));
}

void TestSchemaBounds::hostileSchemasAreRefused_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<QByteArray>("reason");
    QByteArray chain = R"({"$ref":"#/definitions/d0","definitions":{)";
    for (int i = 0; i < 50'000; ++i)
        chain += "\"d" + QByteArray::number(i) + R"(":{"$ref":"#/definitions/d)" + QByteArray::number(i + 1) + "\"},";
    QTest::newRow("a long chain") << chain + R"("d50000":true}})" << QByteArray("judge one value");
    QTest::newRow("a long name") << R"({"properties":{")" + QByteArray(1'000'000, 'n') + R"(":{"not":true}}})"
                                 << QByteArray("JSON Pointer is longer");
    QTest::newRow("patterns that grow") << QByteArray(R"({"pattern":"((a{500}){500}){500}"})")
                                        << QByteArray("the pattern cannot be used");
    QByteArray patterns = R"({"patternProperties":{"x":true)";
    for (int i = 0; i < 5000; ++i)
        patterns += ",\"a" + QByteArray::number(i) + "\":true";
    QTest::newRow("many patterns") << patterns + "}}" << QByteArray("too many patterns");
    QTest::newRow("deep groups") << R"({"pattern":")" + QByteArray(8000, '(') + QByteArray(8000, ')') + "\"}"
                                 << QByteArray("the pattern cannot be used");
    QTest::newRow("two of one name") << QByteArray(R"({"definitions":{"a":{"$id":"x"},"b":{"$id":"x"}}})")
                                     << QByteArray("same identifier");
}

void TestSchemaBounds::hostileSchemasAreRefused()
{
    QFETCH(QByteArray, schema);
    QFETCH(QByteArray, reason);
    const QByteArray result = judge(schema, "{}");
    QVERIFY2(result.startsWith("refused: ") && result.contains(reason), result.left(300).constData());
}

void TestSchemaBounds::checksFormatsWhenAsked_data()
{
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("fits");
    const auto row = [](const char* format, const char* text, bool fits) {
        QTest::addRow("%s %s", format, text) << QByteArray(format) << QByteArray(text) << fits;
    };
    row("date-time", "2024-02-29T23:59:60Z", true);
    row("date-time", "2023-02-29T00:00:00Z", false);
    row("date-time", "1998-12-31T15:59:60.123-08:00", true);
    row("date-time", "1998-12-31T22:59:60Z", false);
    row("date-time", "2024-01-01 00:00:00Z", false);
    row("date-time", "2024-01-01T00:00:00", false);
    row("time", "24:00:00Z", false);
    row("date", "1900-02-29", false);
    row("uuid", "2eb8aa08-aa98-11ea-b4aa-73b441d16380", true);
    row("uuid", "2eb8aa08-aa98-11ea-b4aa73b441d16380-", false);
    row("uri", "tel:+1", true);
    row("uri", "http://[::1]:80/a?b#c", true);
    row("uri", "http://a/%4", false);
    row("uri", "http://a#b#c", false);
    row("email", "a..b@example.com", false);
    row("email", "a@[IPv6:::1]", true);
    row("email", "a@[127.0.0.300]", false);
    row("ipv4", "1.2.3.04", false);
    row("ipv6", "1::2::3", false);
    row("ipv6", "::ffff:1.2.3.4", true);
    row("ipv6", "1:2:3:4:5:6:7:8:9", false);
    row("ipv6", "::1%eth0", false);
    row("hostname", "a.b-c.d", true);
    row("hostname", "a..b", false);
    row("hostname", "a-", false);
    row("unknown", "anything", true);
}

void TestSchemaBounds::checksFormatsWhenAsked()
{
    QFETCH(QByteArray, format);
    QFETCH(QByteArray, text);
    QFETCH(bool, fits);
    const QByteArray schema = R"({"format":")" + format + "\"}";
    QCOMPARE(judge(schema, '"' + text + '"', Schema::Formats::Checked), QByteArray(fits ? "" : "SCHEMA-FORMAT@"));
    QCOMPARE(judge(schema, '"' + text + '"'), QByteArray());
}

QTEST_GUILESS_MAIN(TestSchemaBounds)
#include "tst_schemabounds.moc"
