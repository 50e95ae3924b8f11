// Schemas: what compiles, what is refused by name, and what each keyword says about a value. JSON text itself is judged
// too.
#include "core/decode/schema.h"
#include "core/frame/findingcatalogue.h"

#include <QtTest>

using namespace framescope;

namespace {

/// "SCHEMA-TYPE@/a SCHEMA-ENUM@/b"; "refused: …" when the schema does not compile.
QByteArray judge(const QByteArray& schemaJson, const QByteArray& document)
{
    const Expected<Schema> schema = Schema::compile(schemaJson);
    if (!schema)
        return "refused: " + schema.error().detail.toUtf8() + " at " + schema.error().place.toUtf8();
    std::vector<Finding> findings;
    schema->validate(document, findings);
    QByteArray text;
    for (const Finding& finding : findings)
        text += (text.isEmpty() ? "" : " ") + QByteArray(findingInfo(finding.id).name) + "@" + finding.pointer;
    return text;
}

} // namespace

class TestSchema : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void judgesByKeyword_data();
    void judgesByKeyword();
    void shortWayConfirmsGoodDocumentsOnly_data();
    void shortWayConfirmsGoodDocumentsOnly();
    void shortWayTellsTextsOfAnyLengthApart();
    void shortWayAsksForEachOfManyMembers();
    void refusesByName_data();
    void refusesByName();
    void saysWhereAndWhatExactly();
    void acceptsValidJson_data();
    void acceptsValidJson();
    void refusesInvalidJsonAtTheByte_data();
    void refusesInvalidJsonAtTheByte();
};

void TestSchema::judgesByKeyword_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<QByteArray>("document");
    QTest::addColumn<QByteArray>("result");
    const auto row = [](const char* schema, const char* document, const char* result) {
        QTest::addRow("%s | %s", schema, document) << QByteArray(schema) << QByteArray(document) << QByteArray(result);
    };
    row("true", "[]", "");
    row("false", "1", "SCHEMA-OTHER@");
    row(R"({"type":"integer"})", "3", "");
    row(R"({"type":"integer"})", "3.0", "");
    row(R"({"type":"integer"})", "3.5", "SCHEMA-TYPE@");
    row(R"({"type":"number"})", "3", "");
    row(R"({"type":["null","string"]})", "null", "");
    row(R"({"type":["null","string"]})", "true", "SCHEMA-TYPE@");
    row(R"({"enum":[1,"a",{"x":[1]}]})", R"({"x":[1.0]})", "");
    row(R"({"enum":[1,"a"]})", "2", "SCHEMA-ENUM@");
    row(R"({"const":{"a":1,"b":2}})", R"({"b":2,"a":1})", "");
    row(R"({"const":1})", "true", "SCHEMA-CONST@");
    row(R"({"minimum":1,"maximum":3})", "3", "");
    row(R"({"minimum":1})", "0", "SCHEMA-RANGE@");
    row(R"({"exclusiveMaximum":3})", "3", "SCHEMA-RANGE@");
    row(R"({"exclusiveMinimum":3})", "3.1", "");
    row(R"({"maximum":18446744073709551614})", "18446744073709551615", "SCHEMA-RANGE@");
    row(R"({"multipleOf":0.1})", "0.3", "");
    row(R"({"multipleOf":7})", "22", "SCHEMA-RANGE@");
    row(R"({"maxLength":2})", R"("😀é")", "");
    row(R"({"minLength":3})", R"("😀é")", "SCHEMA-LENGTH@");
    row(R"({"minItems":1})", "[]", "SCHEMA-LENGTH@");
    row(R"({"maxItems":1})", "[1,2]", "SCHEMA-LENGTH@");
    row(R"({"minProperties":1,"maxProperties":1})", R"({"a":1,"b":1})", "SCHEMA-LENGTH@");
    row(R"({"uniqueItems":true})", R"([1,"1",{"a":1,"b":2},[1]])", "");
    row(R"({"uniqueItems":true})", R"([{"a":1,"b":2},{"b":2,"a":1.0}])", "SCHEMA-UNIQUE@");
    row(R"({"items":{"type":"string"}})", R"(["a",1,"b",2])", "SCHEMA-TYPE@/1 SCHEMA-TYPE@/3");
    row(R"({"required":["a","b"],"properties":{"b":{"type":"string"}}})", R"({"b":1})",
        "SCHEMA-TYPE@/b SCHEMA-REQUIRED@");
    row(R"({"required":["a","b"]})", R"({"b":1,"b":2})", "JSON-DUPLICATE-KEY@/b SCHEMA-REQUIRED@");
    row(R"({"properties":{"a/b":{"properties":{"~":{"type":"null"}}}}})", R"({"a\/b":{"~":1}})",
        "SCHEMA-TYPE@/a~1b/~0");
    row(R"({"properties":{"a":true},"additionalProperties":false})", R"({"a":1,"z":1})", "SCHEMA-ADDITIONAL@/z");
    row(R"({"required":["r"],"additionalProperties":{"type":"string"}})", R"({"r":1})", "SCHEMA-TYPE@/r");
    row(R"({"allOf":[{"minimum":3},{"maximum":5}]})", "6", "SCHEMA-RANGE@");
    row(R"({"anyOf":[{"type":"string"},{"minimum":3}]})", "2", "SCHEMA-COMBINATION@");
    row(R"({"anyOf":[{"type":"string"},{"minimum":3}]})", "4", "");
    row(R"({"oneOf":[{"minimum":1},{"minimum":3}]})", "4", "SCHEMA-COMBINATION@");
    row(R"({"oneOf":[{"minimum":1},{"minimum":3}]})", "2", "");
    row(R"({"not":{"type":"null"}})", "null", "SCHEMA-COMBINATION@");
    row(R"({"$ref":"#/$defs/x","$defs":{"x":{"type":"null"}}})", "1", "SCHEMA-TYPE@");
    row(R"({"$ref":"#/definitions/x","minimum":5,"definitions":{"x":{"type":"integer"}}})", "1", "");
    row(R"({"$ref":"#/$defs/x","minimum":5,"$defs":{"x":{"type":"integer"}}})", "1", "SCHEMA-RANGE@");
    row(R"({"properties":{"a":{"$anchor":"n","type":"null"},"b":{"$ref":"#n"}}})", R"({"b":1})", "SCHEMA-TYPE@/b");
    row(R"({"minimum":3,"exclusiveMinimum":true})", "3", "SCHEMA-RANGE@");
    row(R"({"multipleOf":0.01})", "12345678901.234", "SCHEMA-RANGE@");
    row(R"({"multipleOf":0.01})", "12345678901.23", "");
    row(R"({"multipleOf":0.5})", "1e308", "");
    row(R"({"items":[{"type":"null"}],"additionalItems":false})", "[null,1,2]",
        "SCHEMA-ADDITIONAL@/1 SCHEMA-ADDITIONAL@/2");
    row(R"({"prefixItems":[{"type":"null"}],"items":{"type":"string"}})", "[null,1]", "SCHEMA-TYPE@/1");
    row(R"({"contains":{"type":"null"}})", "[1,2]", "SCHEMA-OTHER@");
    row(R"({"contains":{"type":"null"},"minContains":2})", "[null,2]", "SCHEMA-LENGTH@");
    row(R"({"contains":{"type":"null"},"maxContains":1})", "[null,null]", "SCHEMA-LENGTH@");
    row(R"({"patternProperties":{"^n":{"type":"null"}},"additionalProperties":false})", R"({"n1":1,"x":1})",
        "SCHEMA-TYPE@/n1 SCHEMA-ADDITIONAL@/x");
    row(R"({"propertyNames":{"maxLength":2}})", R"({"ab":1,"abc":1})", "SCHEMA-LENGTH@/abc");
    row(R"({"dependencies":{"a":["b"],"c":{"required":["d"]}}})", R"({"a":1,"c":1})",
        "SCHEMA-COMBINATION@ SCHEMA-REQUIRED@");
    row(R"({"dependentRequired":{"a":["b"]}})", R"({"a":1})", "SCHEMA-COMBINATION@");
    row(R"({"if":{"type":"integer"},"then":{"minimum":3},"else":{"type":"string"}})", "2", "SCHEMA-RANGE@");
    row(R"({"if":{"type":"integer"},"then":{"minimum":3},"else":{"type":"string"}})", "null", "SCHEMA-TYPE@");
    row(R"({"pattern":"a.c"})", R"("xabcx")", "");
    row(R"({"pattern":"^\\d+$"})", R"("12\n")", "SCHEMA-PATTERN@");
    row(R"({"pattern":"^\\d$"})", R"("\u0663")", "SCHEMA-PATTERN@");
    row(R"({"pattern":"^\\s$"})", R"("\u2003")", "");
    row(R"({"pattern":"^.$"})", R"("😀")", "");
    row(R"({"pattern":"^[^]$"})", R"("\n")", "");
    row(R"({"pattern":"^\\p{Lu}\\uD83D\\uDE00\\cJ$"})", R"("Ä😀\n")", "");
    row(R"({"pattern":"^(?<q>['\"])a\\k<q>$"})", R"("'a\"")", "SCHEMA-PATTERN@");
    row(R"({"format":"date"})", R"("never")", "");
    row(R"({"properties":{"next":{"$ref":"#"},"v":{"type":"null"}}})", R"({"next":{"next":{"v":1}}})",
        "SCHEMA-TYPE@/next/next/v");
}

void TestSchema::judgesByKeyword()
{
    QFETCH(QByteArray, schema);
    QFETCH(QByteArray, document);
    QFETCH(QByteArray, result);
    QCOMPARE(judge(schema, document), result);
}

void TestSchema::shortWayConfirmsGoodDocumentsOnly_data()
{
    QTest::addColumn<QByteArray>("document");
    QTest::addColumn<bool>("isConfirmed");
    const auto row = [](const char* document, bool isConfirmed) {
        QTest::newRow(document) << QByteArray(document) << isConfirmed;
    };
    row(R"({"id":"a","kind":"voice","n":3,"list":[{"name":"x"},{"name":"y"}]})", true);
    row(R"({"list":[],"n":0,"id":"é","other":{"a":1,"b":[true,null,1.5]}})",
        true); // another order, members of no schema
    row(R"({"id":"a"})", true);
    row(R"({"kind":"voice"})", false);
    row(R"({"id":"","n":1})", false);
    row(R"({"id":7})", false);
    row(R"({"id":"a","kind":"voices"})", false);
    row(R"({"id":"a","kind":null})", false);
    row(R"({"id":"a","n":10})", false);
    row(R"({"id":"a","n":1.5})", false);
    row(R"({"id":"a","list":[{"name":"x"},{"nam":"y"}]})", false);
    row(R"({"id":"a","list":[{"name":"x","more":1}]})", false);
    row(R"({"id":"a","list":[1]})", false);
    row(R"(["a"])", false);
    // Members that stand twice: named, of no schema, below one of no schema, longer than two words, by an escape.
    row(R"({"id":"a","id":"a"})", false);
    row(R"({"id":"a","other":1,"another":2,"other":1})", false);
    row(R"({"id":"a","other":[{"x":1,"y":2,"x":3}]})", false);
    row(R"({"id":"a","anUncommonlyLongName":1,"anUncommonlyLongName":1})", false);
    row(R"({"id":"a","anUncommonlyLongName":1,"anUncommonlyFineName":1})", true);
    row(R"({"id":"a","other":1,"o\u0074her":1})", false);
    row(R"({"id":"a","list":[{"name":"x","name":"x"}]})", false);
}

void TestSchema::shortWayConfirmsGoodDocumentsOnly()
{
    QFETCH(QByteArray, document);
    QFETCH(bool, isConfirmed);
    const Expected<Schema> schema = Schema::compile(
        R"({"type":"object","required":["id"],"properties":{"id":{"type":"string","minLength":1},
            "kind":{"enum":["voice","chat"]},"n":{"type":"integer","minimum":0,"maximum":9},
            "list":{"type":"array","items":{"$ref":"#/definitions/item"}}},
            "definitions":{"item":{"type":"object","required":["name"],"properties":{"name":{"type":"string"}},
            "additionalProperties":false}}})");
    QVERIFY(schema);
    QCOMPARE(schema->confirms(document), isConfirmed);
    if (isConfirmed) {
        std::vector<Finding> findings;
        schema->validate(document, findings);
        QVERIFY(findings.empty());
    }
}

/// Names and texts are compared in pieces, whose seams are at 8, 15 and 16 bytes.
void TestSchema::shortWayTellsTextsOfAnyLengthApart()
{
    for (int length = 0; length <= 40; ++length) {
        const QByteArray word = QByteArray("abcdefghijklmnopqrstuvwxyz\xC3\xA4\xC3\xB6 0123456789").left(length);
        const Expected<Schema> schema = Schema::compile(R"({"additionalProperties":false,"properties":{")" + word +
                                                        R"(":{"const":")" + word + R"("}}})");
        QVERIFY(length == 27 || length == 29 || schema); // in the middle of a character
        if (!schema)
            continue;
        const auto confirms = [&schema](const QByteArray& name, const QByteArray& text) {
            return schema->confirms(R"({")" + name + R"(" :")" + text + R"("})");
        };
        QVERIFY2(confirms(word, word), word.constData());
        QByteArrayList others{word + 'x', word + ' ', 'x' + word, word.left(std::max(0, length - 1)), word.mid(1)};
        for (int i = 0; i < length; ++i) {
            others.append(word);
            others.last()[i] = '_';
        }
        others.removeAll(word);
        for (const QByteArray& other : std::as_const(others)) {
            QVERIFY2(!confirms(word, other), other.constData());
            QVERIFY2(!confirms(other, word), other.constData());
        }
    }
    // Those that cannot be written as they are.
    for (const QByteArray name : {R"(a\\b)", R"(\")", R"(\u0001)"}) {
        const Expected<Schema> schema = Schema::compile(R"({"properties":{")" + name + R"(":{"type":"null"}}})");
        QVERIFY(schema);
        QVERIFY(!schema->confirms(R"({")" + name + R"(":1})"));
    }
}

void TestSchema::shortWayAsksForEachOfManyMembers()
{
    constexpr int members = 100;
    QJsonObject properties;
    QJsonArray required;
    QJsonObject document;
    for (int i = 0; i < members; ++i) {
        const QString name = QStringLiteral("m%1").arg(i);
        properties.insert(name, QJsonObject{{QStringLiteral("type"), QStringLiteral("integer")}});
        required.append(name);
        document.insert(name, i);
    }
    const auto text = [](const QJsonObject& object) { return QJsonDocument(object).toJson(QJsonDocument::Compact); };
    const Expected<Schema> schema =
        Schema::compile(text({{QStringLiteral("properties"), properties}, {QStringLiteral("required"), required}}));
    QVERIFY(schema);
    QVERIFY(schema->confirms(text(document)));
    for (const QJsonValue& name : std::as_const(required)) {
        QJsonObject less = document;
        less.remove(name.toString());
        QVERIFY2(!schema->confirms(text(less)), qPrintable(name.toString()));
        less.insert(name.toString(), true);
        QVERIFY2(!schema->confirms(text(less)), qPrintable(name.toString()));
    }
}

void TestSchema::refusesByName_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<QByteArray>("result");
    const auto row = [](const QByteArray& schema, const char* result) {
        QTest::addRow("%s", schema.left(60).constData()) << schema << QByteArray(result);
    };
    row(R"({"properties":{"a":{"unevaluatedProperties":false}}})",
        "refused: keyword \"unevaluatedProperties\" is not supported at /properties/a/unevaluatedProperties");
    row(R"({"$dynamicRef":"#a"})", "refused: keyword \"$dynamicRef\" is not supported at /$dynamicRef");
    row(R"({"$schema":"https://json-schema.org/draft/2020-12/schema","items":[true]})",
        "refused: a list under \"items\" is \"prefixItems\" in 2020-12 at /items");
    row(R"({"$schema":"http://json-schema.org/draft-04/schema#","if":true})",
        "refused: keyword \"if\" is of draft-07 to 2020-12, and the schema of draft-04 at /if");
    row(R"({"$schema":"http://json-schema.org/draft-07/schema#","exclusiveMinimum":true})",
        "refused: in draft-07 this keyword is a number at /exclusiveMinimum");
    row(R"({"$schema":"http://json-schema.org/draft-03/schema#"})",
        "refused: \"$schema\" names none of the drafts -04, -06, -07, 2019-09 and 2020-12 at /$schema");
    row(R"({"$ref":"http://example.org/s"})",
        "refused: \"$ref\" leads out of the document, and nothing is fetched: http://example.org/s at /$ref");
    row(R"({"properties":{"a":{"pattern":"(a"}}})",
        "refused: a group is not closed, at byte 2 of the pattern at /properties/a/pattern");
    row(R"({"pattern":"^\\S\\Z"})", "refused: ECMA-262 has no escape \"\\Z\", at byte 4 of the pattern at /pattern");
    row(R"({"pattern":"(?i)a"})", nullptr);
    row(R"({"pattern":"a**"})", nullptr);
    row(R"({"pattern":"(?:(a)|b)*\\1"})", nullptr);
    row(R"({"patternProperties":{"[b-a]":true}})", nullptr);
    row(R"({"$ref":"#/$defs/none"})", "refused: \"$ref\" points to nothing: #/$defs/none at /$ref");
    row(R"({"$ref":"#"})", "refused: \"$ref\" leads back to itself at ");
    row(R"({"allOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"not":{"$ref":"#/$defs/a"}}}})",
        "refused: \"$ref\" leads back to itself at /$defs/a");
    row(R"({"type":"int"})", "refused: \"type\" names no JSON type at /type");
    row(R"({"minLength":-1})", "refused: the value of this keyword is a whole number, 0 or more at /minLength");
    row(R"({"required":"a"})", "refused: \"required\" is a list of names at /required");
    row(R"({"multipleOf":0})", "refused: \"multipleOf\" is greater than 0 at /multipleOf");
    row("7", "refused: a schema is an object or a boolean at ");
    row("{\"a\":}", "refused: the schema is not JSON: expected a value, found } at byte 5 at 5");
    row(QByteArray("{\"not\":").repeated(100) + "true" + QByteArray(100, '}'), nullptr);
    row(QByteArray("[").repeated(100'000), nullptr);
}

void TestSchema::refusesByName()
{
    QFETCH(QByteArray, schema);
    QFETCH(QByteArray, result);
    const QByteArray judged = judge(schema, "{}");
    QVERIFY2(judged.startsWith("refused: "), judged.constData());
    if (!result.isEmpty())
        QCOMPARE(judged, result);
}

void TestSchema::saysWhereAndWhatExactly()
{
    const Expected<Schema> schema = Schema::compile(
        R"({"properties":{"list":{"items":{"type":"integer"}},"o":{"required":["need"]}}})", QStringLiteral("s.json"));
    QVERIFY(schema);
    const QByteArray document = "{ \"list\" : [ 1 , \"two\" ] , \"o\" : {\"have\": {} } }";
    std::vector<Finding> findings;
    schema->validate(document, findings);
    QCOMPARE(findings.size(), std::size_t(2));
    QCOMPARE(document.mid(findings[0].range.offset, findings[0].range.length), QByteArray("\"two\""));
    QCOMPARE(findings[0].schemaPointer, QByteArray("/properties/list/items/type"));
    QCOMPARE(findings[0].expected, QByteArray("integer"));
    QCOMPARE(findings[0].actual, QByteArray("\"two\""));
    QCOMPARE(document.mid(findings[1].range.offset, findings[1].range.length), QByteArray("{\"have\": {} }"));
    QCOMPARE(findings[1].pointer, QByteArray("/o"));
    QCOMPARE(findings[1].expected, QByteArray("need"));
    QCOMPARE(findings[1].actual, QByteArray("have"));
}

void TestSchema::acceptsValidJson_data()
{
    QTest::addColumn<QByteArray>("document");
    for (const char* text :
         {"null", " [ ] ", "\"\"", "-0", "1E+2", "123e-10", "[-0.000000001]", R"(["\u0060\u012a\u12AB\uD801\udc37"])",
          R"({"a":"b","b":"c"})", "\"\x7f\"", R"(["\"\\\/\b\f\n\r\t"])", "[1\n]", "{\"\":0}", "18446744073709551615"})
        QTest::addRow("%s", text) << QByteArray(text);
    QTest::newRow("128 levels") << QByteArray(128, '[') + QByteArray(128, ']');
}

void TestSchema::acceptsValidJson()
{
    QFETCH(QByteArray, document);
    QCOMPARE(judge("true", document), QByteArray());
}

void TestSchema::refusesInvalidJsonAtTheByte_data()
{
    QTest::addColumn<QByteArray>("document");
    QTest::addColumn<int>("offset"); // of the marked byte
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const QByteArray& document, int offset, const char* expected) {
        QTest::addRow("%s", document.constData()) << document << offset << QByteArray(expected);
    };
    row("[1,]", 3, "a value");
    row("[,1]", 1, "a value or ']'");
    row("[1 2]", 3, "',' or ']'");
    row("{\"a\" 1}", 5, "':'");
    row("{\"a\":1 \"b\"}", 7, "',' or '}'");
    row("{a:1}", 1, "a member name in quotes or '}'");
    row("{\"a\":1,}", 7, "a member name in quotes");
    row("[01]", 2, "no digit after a leading zero");
    row("[1.]", 3, "a digit");
    row("[-]", 2, "a digit");
    row("[+1]", 1, "a value or ']'");
    row("[1e]", 3, "a digit");
    row("[NaN]", 1, "a value or ']'");
    row("[nul]", 4, "null");
    row("[\"\\x\"]", 3, "one of \" \\ / b f n r t u after '\\'");
    row("[\"\\u12g4\"]", 4, "four hexadecimal digits after '\\u'");
    row("[\"a\tb\"]", 3, "an escape instead of a control character");
    row("[1]]", 3, "the end of the text");
    row("[\"\xC3\xA9\"\xC3\xA9]", 5, "',' or ']'");
    row("['a']", 1, "a value or ']'");
    row("{\"a\":1", 5, "',' or '}'");
    row("\"abc", 3, "'\"' at the end of the string");
    row("\xEF\xBB\xBF{}", 0, "no byte order mark");
    row("[1]//", 3, "the end of the text");
}

void TestSchema::refusesInvalidJsonAtTheByte()
{
    QFETCH(QByteArray, document);
    QFETCH(int, offset);
    QFETCH(QByteArray, expected);
    std::vector<Finding> findings;
    Schema::compile("true")->validate(document, findings);
    QCOMPARE(findings.size(), std::size_t(1));
    QCOMPARE(findings[0].id, FindingId::JsonParse);
    QCOMPARE(int(findings[0].range.offset), offset);
    QVERIFY(!findings[0].range.isNull());
    QCOMPARE(findings[0].expected, expected);
}

QTEST_GUILESS_MAIN(TestSchema)
#include "tst_schema.moc"
