// JSON to the letter: the public parsing cases, repeated members, nesting, surrogates, numbers; each finding at its
// pointer and bytes.
#include "core/decode/schema.h"
#include "tests/core/decode/decoderbench.h"

#include <QDir>
#include <QRandomGenerator>
#include <QtTest>
#include <set>

using namespace framescope;
using namespace framescope::test;

namespace {

/// Findings about the text itself, without what its type would say.
QByteArray jsonNames(const Bench& bench)
{
    QByteArray names;
    for (const Finding& each : bench.batch.findingsOf(bench.last())) {
        const QByteArray name = findingInfo(each.id).name;
        if (name.startsWith("JSON-") || name.startsWith("UTF8-"))
            names += (names.isEmpty() ? "" : " ") + name;
    }
    return names;
}

/// "/a@7+3": pointer, offset and length of each repeated member.
QByteArray repeatedMembers(const Bench& bench)
{
    QByteArray text;
    for (const Finding& each : bench.batch.findingsOf(bench.last())) {
        if (each.id == FindingId::JsonDuplicateKey)
            text += (text.isEmpty() ? "" : " ") + each.pointer + '@' + QByteArray::number(each.range.offset) + '+' +
                    QByteArray::number(each.range.length);
    }
    return text;
}

/// What the cases that may be judged either way are judged as.
const QHash<QByteArray, QByteArray>& ownChoices()
{
    static const QByteArray range("JSON-NUMBER-RANGE");
    static const QByteArray surrogate("JSON-LONE-SURROGATE");
    static const QByteArray utf8("UTF8-INVALID");
    static const QHash<QByteArray, QByteArray> choices{
        {"i_number_double_huge_neg_exp", ""},
        {"i_number_huge_exp", range},
        {"i_number_neg_int_huge_exp", range},
        {"i_number_pos_double_huge_exp", range},
        {"i_number_real_neg_overflow", range},
        {"i_number_real_pos_overflow", range},
        {"i_number_real_underflow", ""},
        {"i_number_too_big_neg_int", range},
        {"i_number_too_big_pos_int", range},
        {"i_number_very_big_negative_int", range},
        {"i_object_key_lone_2nd_surrogate", surrogate},
        {"i_string_1st_surrogate_but_2nd_missing", surrogate},
        {"i_string_1st_valid_surrogate_2nd_invalid", surrogate},
        {"i_string_UTF-16LE_with_BOM", utf8},
        {"i_string_UTF-8_invalid_sequence", utf8},
        {"i_string_UTF8_surrogate_U+D800", utf8},
        {"i_string_incomplete_surrogate_and_escape_valid", surrogate},
        {"i_string_incomplete_surrogate_pair", surrogate},
        {"i_string_incomplete_surrogates_escape_valid", surrogate + ' ' + surrogate},
        {"i_string_invalid_lonely_surrogate", surrogate},
        {"i_string_invalid_surrogate", surrogate},
        {"i_string_invalid_utf-8", utf8},
        {"i_string_inverted_surrogates_U+1D11E", surrogate + ' ' + surrogate},
        {"i_string_iso_latin_1", utf8},
        {"i_string_lone_second_surrogate", surrogate},
        {"i_string_lone_utf8_continuation_byte", utf8},
        {"i_string_not_in_unicode_range", utf8},
        {"i_string_overlong_sequence_2_bytes", utf8},
        {"i_string_overlong_sequence_6_bytes", utf8},
        {"i_string_overlong_sequence_6_bytes_null", utf8},
        {"i_string_truncated-utf-8", utf8},
        {"i_string_utf16BE_no_BOM", utf8},
        {"i_string_utf16LE_no_BOM", utf8},
        {"i_structure_500_nested_arrays", "JSON-DEPTH"},
        {"i_structure_UTF-8_BOM_empty_object", "JSON-PARSE"},
    };
    return choices;
}

/// Random objects and lists with few names, and where a name stands again.
class RandomDocument
{
public:
    explicit RandomDocument(quint32 seed)
        : m_random(seed)
    {
        object({}, 0);
    }

    QByteArray text;
    QByteArrayList repeated;

private:
    void value(const QByteArray& pointer, int depth)
    {
        switch (depth > 5 ? 2 + m_random.bounded(5) : m_random.bounded(7)) {
        case 0:
            return object(pointer, depth);
        case 1:
            return list(pointer, depth);
        case 2:
            text += "-17";
            return;
        case 3:
            text += "2.5e1";
            return;
        case 4:
            text += "\"a:{,}\\\"\"";
            return;
        case 5:
            text += "null";
            return;
        default:
            text += "true";
        }
    }

    void list(const QByteArray& pointer, int depth)
    {
        text += '[';
        const int count = m_random.bounded(4);
        for (int i = 0; i < count; ++i) {
            text += i > 0 ? " , " : "";
            value(pointer + '/' + QByteArray::number(i), depth + 1);
        }
        text += ']';
    }

    void object(const QByteArray& pointer, int depth)
    {
        // Many names of one length, with the same beginning and end; large objects take another way than small ones.
        const bool isLarge = m_random.bounded(8) == 0;
        const int count = isLarge ? 33 + m_random.bounded(60) : m_random.bounded(6);
        std::set<QByteArray> names;
        text += '{';
        for (int i = 0; i < count; ++i) {
            text += i > 0 ? "," : "";
            const int number = m_random.bounded(isLarge ? 4000 : 30);
            const QByteArray name =
                number % 7 == 0 ? QByteArray() : "beginning" + QByteArray::number(1000 + number) + "/the-end-of-it";
            const QByteArray written = '"' + (number % 5 == 0 ? QByteArray(name).replace("/", "\\/") : name) + '"';
            const QByteArray here = pointer + '/' + QByteArray(name).replace("/", "~1");
            if (!names.insert(name).second)
                repeated += here + '@' + QByteArray::number(text.size()) + '+' + QByteArray::number(written.size());
            text += written + " : ";
            value(here, depth + 1);
        }
        text += '}';
    }

    QRandomGenerator m_random;
};

} // namespace

class TestJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void judgesThePublicCasesAsTheirNamesSay();
    void shortWayNeverTakesBrokenText();
    void findsRepeatedMembers_data();
    void findsRepeatedMembers();
    void findsRepeatedMembersOfRandomDocuments();
    void repeatedMembersDoNotHideErrors();
    void countsEveryLevel();
    void reportsEachFaultOfATextAtItsPlace_data();
    void reportsEachFaultOfATextAtItsPlace();
    void judgesWhatALoneSurrogateLeaves();
};

void TestJson::judgesThePublicCasesAsTheirNamesSay()
{
    const QDir folder(QStringLiteral(FRAMESCOPE_SOURCE_DIR "/tests/data/json-parsing"));
    int cases = 0;
    for (const QString& entry : folder.entryList({QStringLiteral("*.json")}, QDir::Files)) {
        QFile file(folder.filePath(entry));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        const QByteArray name = entry.chopped(5).toUtf8();
        Bench bench;
        bench.bytes(text, Opcode::Text);
        const QByteArray names = jsonNames(bench);
        if (name.startsWith("y_")) {
            const bool isRepeated = name.contains("duplicated_key");
            QVERIFY2(names == (isRepeated ? "JSON-DUPLICATE-KEY" : ""), (name + ": " + names).constData());
            QVERIFY(bench.head().flags & FrameFlag::JsonPayload);
        } else if (name.startsWith("n_")) {
            QVERIFY2(names.contains("JSON-PARSE") || names == "JSON-DEPTH" || names == "UTF8-INVALID",
                     (name + ": " + names).constData());
            QCOMPARE(bench.head().verdict, Verdict::Refused);
            QVERIFY2(text.isEmpty() || !bench.marked().isEmpty(), name.constData());
        } else {
            QVERIFY2(ownChoices().contains(name), name.constData());
            QVERIFY2(names == ownChoices().value(name), (name + ": " + names).constData());
        }
        // As a socket hands text over: a byte order mark is gone then, QWebSocket takes it for one of UTF-8.
        if (names != "UTF8-INVALID" && !text.isEmpty() && !text.startsWith("\xEF\xBB\xBF")) {
            Bench utf16;
            utf16.text(text);
            QCOMPARE(jsonNames(utf16), names);
        }
        ++cases;
    }
    QCOMPARE(cases, 318);
}

/// The decoder's short way has a grammar of its own: what it takes, the parser takes too.
void TestJson::shortWayNeverTakesBrokenText()
{
    const Expected<Schema> any = Schema::compile("{}");
    QVERIFY(any);
    const auto isGood = [&any](const QByteArray& text) {
        std::vector<Finding> findings;
        any->validate(text, findings);
        return findings.empty();
    };
    QByteArrayList texts{
        R"( {"id":"a","n":-12,"d":[1.5,0,10,{}],"t":true, "f" : false ,"x":null,"e":{"é":"ü","":""}} )",
        R"([[],{},"",0,[1,2,[3,{"a":{"b":[{"c":1}]}}]]])", "\"text\"", "true", " 7 "};
    const QDir folder(QStringLiteral(FRAMESCOPE_SOURCE_DIR "/tests/data/json-parsing"));
    for (const QString& entry : folder.entryList({QStringLiteral("*.json")}, QDir::Files)) {
        QFile file(folder.filePath(entry));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        QVERIFY2(!any->confirms(text) || isGood(text), qPrintable(entry));
        if (entry.startsWith(QStringLiteral("y_")))
            texts += text;
    }
    QRandomGenerator random(20'261'128);
    constexpr QByteArrayView alphabet(R"({}[]:,"\truefalsn0123456789.-+eE /	)");
    int taken = 0;
    int broken = 0;
    for (int i = 0; i < 100'000; ++i) {
        QByteArray text = texts.at(qsizetype(random.bounded(quint32(texts.size()))));
        for (quint32 changes = random.bounded(3U); changes > 0 && !text.isEmpty(); --changes) {
            const qsizetype at = qsizetype(random.bounded(quint32(text.size())));
            const char byte = random.bounded(12U) == 0 ? char(random.bounded(256U))
                                                       : alphabet[qsizetype(random.bounded(quint32(alphabet.size())))];
            switch (random.bounded(4U)) {
            case 0:
                text[at] = byte;
                break;
            case 1:
                text.insert(at, byte);
                break;
            case 2:
                text.remove(at, 1 + qsizetype(random.bounded(3U)));
                break;
            default:
                text.insert(at, text.mid(qsizetype(random.bounded(quint32(text.size()))), 4));
                break;
            }
        }
        const bool isTaken = any->confirms(text);
        const bool good = isGood(text);
        QVERIFY2(good || !isTaken, text.toPercentEncoding(" {}[]:,\"").constData());
        taken += isTaken ? 1 : 0;
        broken += good ? 0 : 1;
    }
    QVERIFY(taken > 20'000);
    QVERIFY(broken > 20'000);
}

void TestJson::findsRepeatedMembers_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("repeated");
    const auto row = [](const char* name, const QByteArray& text, const QByteArray& repeated) {
        QTest::newRow(name) << text << repeated;
    };
    row("twice", R"({"a":1,"a":2})", "/a@7+3");
    row("thrice", R"({"a":1,"b":0,"a":2,"a":3})", "/a@13+3 /a@19+3");
    row("below", R"({"x":{"a":1,"b":{"a":1,"a":{}}},"a":[]})", "/x/b/a@23+3");
    row("in a list", R"([{"a":1},{"a":-1.5,"b":[[],{}],"a":3}])", "/1/a@31+3");
    row("by another spelling", R"({"a":1,"\u0061":2})", "/a@7+8");
    row("empty", R"({"":1, "" : 2})", "/@7+2");
    row("with a slash", R"({"a/b~":1,"a/b~":2})", "/a~1b~0@10+6");
    row("not with an end of its own", R"({"a":1,"a\u0000":2})", "");
    row("not by case", R"({"a":1,"A":2})", "");
    row("not of parent and child", R"({"a":{"a":{"a":[{"a":1}]}}})", "");
    row("not of siblings", R"({"x":{"a":1},"y":{"a":1},"z":[{"a":1},{"a":1}]})", "");
    row("not for values", R"({"a":"a","b":"a","c":"b"})", "");
    QByteArray large = "{\"m0\":0";
    for (int i = 1; i < 500; ++i)
        large += ",\"m" + QByteArray::number(i) + "\":{\"in\":[\"m1\"]}";
    row("not in a large object", large + '}', "");
    row("in a large object", large + R"(,"m77":{"in":1,"in":2}})",
        "/m77@" + QByteArray::number(large.size() + 1) + "+5 /m77/in@" + QByteArray::number(large.size() + 15) + "+4");
}

void TestJson::findsRepeatedMembers()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, repeated);
    Bench bench;
    bench.text(text);
    QCOMPARE(repeatedMembers(bench), repeated);
    QCOMPARE(jsonNames(bench).isEmpty(), repeated.isEmpty());
}

void TestJson::findsRepeatedMembersOfRandomDocuments()
{
    Bench bench; // one for all: what is used again must not remember
    int found = 0;
    for (quint32 seed = 0; seed < 3000; ++seed) {
        const RandomDocument document(seed);
        bench.batch = {};
        bench.text(document.text);
        QByteArrayList seen = repeatedMembers(bench).split(' ');
        seen.removeAll(QByteArray());
        if (document.repeated.size() < findingsPerFrameLimit) {
            QVERIFY2(seen == document.repeated, document.text.constData());
        } else {
            QCOMPARE(bench.head().findingCount, quint16(findingsPerFrameLimit));
            for (const QByteArray& each : seen)
                QVERIFY2(document.repeated.contains(each), each.constData());
        }
        found += int(seen.size());
    }
    QVERIFY(found > 1000);
}

void TestJson::repeatedMembersDoNotHideErrors()
{
    Bench bench;
    bench.text(update(1, "a", "\"high\"").replace(R"("k":"v")", R"("k":"v")" + QByteArray(R"(,"k":"v")").repeated(40)));
    QCOMPARE(bench.head().findingCount, quint16(findingsPerFrameLimit));
    QCOMPARE(bench.head().verdict, Verdict::Refused);
    QVERIFY(bench.names().contains("SCHEMA-TYPE"));
    QVERIFY(bench.finding(std::size_t(findingsPerFrameLimit) - 1).actual.endsWith("(and 25 more findings)"));
}

void TestJson::countsEveryLevel()
{
    const auto nested = [](const QByteArray& open, const QByteArray& close, int levels) {
        return open.repeated(levels) + close.repeated(levels);
    };
    for (const auto& [open, close] : {std::pair<QByteArray, QByteArray>{"[", "]"}, {"{\"a\":", "}"}}) {
        const QByteArray inner = open == "[" ? "" : "{}";
        const int levels = open == "[" ? 128 : 127; // and the empty object within
        Bench bench;
        bench.text(open.repeated(levels) + inner + close.repeated(levels));
        QCOMPARE(jsonNames(bench), QByteArray());
        bench.text(open.repeated(levels + 1) + inner + close.repeated(levels + 1));
        QCOMPARE(jsonNames(bench), QByteArray("JSON-DEPTH"));
        QCOMPARE(bench.finding().range, (ByteRange{quint32(128 * open.size()), 1}));
        QCOMPARE(bench.head().verdict, Verdict::Refused);
    }
    Bench bench;
    bench.text(nested("[", "]", 127).insert(127, "[1],[1],{\"a\":1,\"b\":2}")); // side by side is not deeper
    QCOMPARE(jsonNames(bench), QByteArray());
}

void TestJson::reportsEachFaultOfATextAtItsPlace_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("names");
    QTest::addColumn<QByteArray>("pointer"); // of the first
    QTest::addColumn<QByteArray>("marked");
    const auto row = [](const char* name, const QByteArray& text, const QByteArray& names, const QByteArray& pointer,
                        const QByteArray& marked) { QTest::newRow(name) << text << names << pointer << marked; };
    row("in a list", R"({"a":[1,{"b":2},tru]})", "JSON-PARSE", "/a/2", "]");
    row("between members", R"({"a":{"b":1 "c":2}})", "JSON-PARSE", "/a", "\"");
    row("for a name", R"({"a":{"b":1,}})", "JSON-PARSE", "/a", "}");
    row("in a name", R"({"a":{"b\x":1}})", "JSON-PARSE", "/a", "x");
    row("no value", R"({"a/b":[0,)", "JSON-PARSE", "/a~1b/1", ",");
    row("behind the end", R"({"a":[]} x)", "JSON-PARSE", "", "x");
    row("leading zero", R"([012])", "JSON-PARSE", "/0", "1");
    row("control character", "[\"a\tb\"]", "JSON-PARSE", "/0", "\t");
    row("whole character", "[1,é]", "JSON-PARSE", "/1", "é");
    row("two numbers", R"({"a":1e999,"b":[123456789012345678901]})", "JSON-NUMBER-RANGE JSON-NUMBER-RANGE", "/a",
        "1e999");
    row("number and syntax", R"({"a":1e999,"b":})", "JSON-NUMBER-RANGE JSON-PARSE", "/a", "1e999");
    row("surrogate in a list", R"({"a":["x","\ud83d\ude00","\ud83d "]})", "JSON-LONE-SURROGATE", "/a/2", "\\ud83d");
    row("surrogate in a name", R"({"a":{"\udc00":1}})", "JSON-LONE-SURROGATE", "/a", "\\udc00");
    row("number and repeated name", R"({"a":1e999,"b":1,"b":2})", "JSON-NUMBER-RANGE JSON-DUPLICATE-KEY", "/a",
        "1e999");
    row("bad byte", "{\"a\":{\"b\":[\"x\",\"Zo\xEB\"]}}", "UTF8-INVALID", "/a/b/1", "\xEB");
    row("bad byte far behind", "[\"" + QByteArray("é").repeated(9000) + "\xFF\"]", "UTF8-INVALID", "/0", "\xFF");
    row("bad byte where a chunk ends", "[\"" + QByteArray(4094, 'x') + "\xE2\x82\"]", "UTF8-INVALID", "/0", "\xE2\x82");
    row("byte order mark", "\xEF\xBB\xBF{}", "JSON-PARSE", "", "\xEF\xBB\xBF");
    row("escaped nothing", QByteArray("[\"\\\0\"]", 6), "JSON-PARSE", "/0", QByteArray(1, '\0'));
}

void TestJson::reportsEachFaultOfATextAtItsPlace()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, names);
    QFETCH(QByteArray, pointer);
    QFETCH(QByteArray, marked);
    Bench bench;
    bench.bytes(text, Opcode::Text);
    QCOMPARE(jsonNames(bench), names);
    QCOMPARE(bench.finding().pointer, pointer);
    QCOMPARE(bench.marked(), marked);
}

void TestJson::judgesWhatALoneSurrogateLeaves()
{
    Bench bench;
    bench.text(update(1, "m-1", "\"high\"").replace(R"("k":"v")", R"("k":"\ud800")"));
    QCOMPARE(bench.names(), QByteArray("JSON-LONE-SURROGATE SCHEMA-TYPE"));
    QCOMPARE(bench.head().verdict, Verdict::Refused);
    QCOMPARE(bench.marked(1), QByteArray("\"high\""));
    QCOMPARE(bench.batch.rangeOf(0, bench.head().id).toByteArray(), QByteArray("m-1"));
    bench.text(update(2, "m-2")); // its sequence number was read
    QCOMPARE(bench.names(), QByteArray());
}

QTEST_GUILESS_MAIN(TestJson)
#include "tst_json.moc"
