// The decoder's promises: each fault yields its finding at the right pointer and bytes, nothing is thrown away, nothing
// crashes.
#include "core/decode/decoder.h"
#include "tests/core/decode/decoderbench.h"

#include <QtTest>

using namespace framescope;
using namespace framescope::test;

class TestDecoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void acceptsAGoodUpdateAndMarksIdAndSubject();
    void subjectIsTheQueueWhileThereIsNoAgent();
    void findsTheTypeWhereverItStands();
    void findsTheTypeOfEachMessageAnew_data();
    void findsTheTypeOfEachMessageAnew();
    void keepsNonAsciiTextByteForByte();
    void reportsEachTextFault_data();
    void reportsEachTextFault();
    void marksWhatElseIsFoundToTheByte_data();
    void marksWhatElseIsFoundToTheByte();
    void reportsEveryViolationUpToTheLimit();
    void judgesJsonThatCameAsBinary();
    void namesTheBadUtf8Byte_data();
    void namesTheBadUtf8Byte();
    void gateRefusedFrameHasNoPayload();
    void binaryPayloadsMayStandBehindTexts();
    void flagsLargeMessages();
    void digestOnlyKeepsNoPayload();
    void batchStaysConsistentAcrossMixedFrames();
    void internsUnknownTypesUpToTheLimit();
    void survivesHostileInput_data();
    void survivesHostileInput();
    void numbersOutOfRangeAreWarnedAndStillJudged();
};

void TestDecoder::acceptsAGoodUpdateAndMarksIdAndSubject()
{
    Bench bench;
    const QByteArray message = update(1, "m-1");
    bench.text(message);
    QCOMPARE(bench.names(), QByteArray());
    QCOMPARE(bench.head().verdict, Verdict::Accepted);
    QCOMPARE(bench.typeName(), QByteArray("interaction.update"));
    QCOMPARE(bench.batch.payloadOf(0).toByteArray(), message);
    QCOMPARE(bench.batch.rangeOf(0, bench.head().id).toByteArray(), QByteArray("m-1"));
    QCOMPARE(QString::fromUtf8(bench.batch.rangeOf(0, bench.head().subject)), QStringLiteral("Zoë Müller"));
    QCOMPARE(bench.head().checksum, ChecksumState::NotDeclared);
    QCOMPARE(int(bench.head().flags), int(FrameFlag::PayloadKept | FrameFlag::Decoded | FrameFlag::JsonPayload));
    QVERIFY(bench.head().parseNs > 0);
    bench.text(R"({"type":"keepalive"})");
    QCOMPARE(bench.names(), QByteArray());
    QCOMPARE(bench.typeName(), QByteArray("keepalive"));
}

void TestDecoder::subjectIsTheQueueWhileThereIsNoAgent()
{
    Bench bench;
    bench.text(update(1, "m-1").replace(R"("agent":{"id":"a-0007","name":"Zoë Müller"},)", ""));
    QCOMPARE(bench.names(), QByteArray());
    QCOMPARE(QString::fromUtf8(bench.batch.rangeOf(0, bench.head().subject)), QStringLiteral("Billing · Español"));
}

void TestDecoder::findsTheTypeWhereverItStands()
{
    Bench bench;
    bench.text(R"({"nested":{"type":"wrong"},"list":["type","keepalive"],"type":"keepalive","after":1})");
    QCOMPARE(bench.typeName(), QByteArray("keepalive"));
    bench.text(" { \"a\" : [ { \"type\" : 1 } ] , \"\\u0074ype\" : \"keep\\u0061live\" } ");
    QCOMPARE(bench.typeName(), QByteArray("keepalive"));
    QCOMPARE(bench.names(), QByteArray());
}

/// Whether or not a schema says its type's name: what came before says nothing of what comes next.
void TestDecoder::findsTheTypeOfEachMessageAnew_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::newRow("any") << QByteArray("{}");
    QTest::newRow("named") << QByteArray(R"({"required":["type"],"properties":{"type":{"const":"a"}}})");
    QTest::newRow("named, may be absent") << QByteArray(R"({"properties":{"type":{"const":"a"}}})");
    QTest::newRow("one of two") << QByteArray(R"({"required":["type"],"properties":{"type":{"enum":["a","b"]}}})");
    QTest::newRow("another") << QByteArray(R"({"required":["type"],"properties":{"type":{"type":"string"}}})");
}

void TestDecoder::findsTheTypeOfEachMessageAnew()
{
    QFETCH(QByteArray, schema);
    const auto type = [&schema](const QByteArray& name) {
        return R"({"name":")" + name + R"(","kind":"text","match":{"pointer":"/type","equals":")" + name +
               R"("},"schema":)" + (name == "a" ? schema : QByteArray("{}")) + "}";
    };
    Bench bench({}, R"({"version":1,"types":[)" + type("a") + ',' + type("b") + "]}");
    for (const QByteArray name : {"a", "b", "a", "a", "b", "b"}) {
        bench.text(R"({"type":")" + name + R"("})");
        QCOMPARE(bench.typeName(), name);
        QCOMPARE(bench.names(), QByteArray());
    }
    bench.text(R"({"type":"a"})").text(R"({"type":"c"})");
    QCOMPARE(bench.names(), QByteArray("TYPE-UNKNOWN"));
    bench.text(R"({"type":"a"})").text("{}");
    QCOMPARE(bench.names(), QByteArray("TYPE-MISSING"));
}

void TestDecoder::keepsNonAsciiTextByteForByte()
{
    Bench bench;
    for (const char* name : {"é", "Ωμέγα", "東京都の長い名前がここにあります", "😀👩‍👩‍👧",
                             "abcdefghijklmnopé", "ééééééééééééééééééé", "0123456789abcdef0123456789abcdef😀"}) {
        const QByteArray message = R"({"type":"keepalive","name":")" + QByteArray(name) + R"("})";
        bench.text(message);
        QCOMPARE(bench.batch.payloadOf(bench.last()).toByteArray(), message);
        QCOMPARE(bench.names(), QByteArray());
        const QByteArray sum = QCryptographicHash::hash(message, QCryptographicHash::Sha256);
        QCOMPARE(toHex(bench.batch.digests.back()), sum.toHex());
    }
}

void TestDecoder::reportsEachTextFault_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("names");
    QTest::addColumn<QByteArray>("pointer");
    QTest::addColumn<QByteArray>("schemaPointer");
    QTest::addColumn<QByteArray>("marked");
    const QByteArray routing = R"({"queueId":"q-0042","skills":["es"],"priority":3,"waitMs":1200})";
    QTest::newRow("schema violation") << update(1, "a", "\"high\"") << QByteArray("SCHEMA-TYPE")
                                      << QByteArray("/routing/priority")
                                      << QByteArray("/properties/routing/properties/priority/type")
                                      << QByteArray("\"high\"");
    QTest::newRow("missing member") << update(1, "a").replace(",\"priority\":3", "") << QByteArray("SCHEMA-REQUIRED")
                                    << QByteArray("/routing") << QByteArray("/properties/routing/required")
                                    << QByteArray(routing).replace(",\"priority\":3", "");
    QTest::newRow("out of range") << update(1, "a", "11") << QByteArray("SCHEMA-RANGE")
                                  << QByteArray("/routing/priority")
                                  << QByteArray("/properties/routing/properties/priority/maximum") << QByteArray("11");
    QTest::newRow("enumeration") << update(1, "a").replace("\"voice\"", "\"fax\"") << QByteArray("SCHEMA-ENUM")
                                 << QByteArray("/mediaType") << QByteArray("/properties/mediaType/enum")
                                 << QByteArray("\"fax\"");
    QTest::newRow("in an array") << update(1, "a").replace("\"customer\"", "\"ghost\"") << QByteArray("SCHEMA-ENUM")
                                 << QByteArray("/participants/0/purpose")
                                 << QByteArray("/definitions/participant/properties/purpose/enum")
                                 << QByteArray("\"ghost\"");
    QTest::newRow("unknown type") << update(1, "a").replace("interaction.update", "agent.mood")
                                  << QByteArray("TYPE-UNKNOWN") << QByteArray("/type") << QByteArray()
                                  << QByteArray("\"agent.mood\"");
    QTest::newRow("no type") << QByteArray(R"({"a":1})") << QByteArray("TYPE-MISSING") << QByteArray() << QByteArray()
                             << QByteArray();
    QTest::newRow("type is no text") << QByteArray(R"({"type":7})") << QByteArray("TYPE-MISSING") << QByteArray("/type")
                                     << QByteArray() << QByteArray("7");
    QTest::newRow("no object") << QByteArray("[1]") << QByteArray("TYPE-MISSING") << QByteArray() << QByteArray()
                               << QByteArray();
    QTest::newRow("bad byte") << QByteArray(R"({"type":"keepalive",})") << QByteArray("JSON-PARSE") << QByteArray()
                              << QByteArray() << QByteArray("}");
    QTest::newRow("cut") << QByteArray(R"({"type":"keepal)") << QByteArray("JSON-PARSE") << QByteArray("/type")
                         << QByteArray() << QByteArray("l");
    QTest::newRow("lone surrogate") << QByteArray(R"({"type":"keepalive","x":"\ud800!"})")
                                    << QByteArray("JSON-LONE-SURROGATE") << QByteArray("/x") << QByteArray()
                                    << QByteArray("\\ud800");
}

void TestDecoder::reportsEachTextFault()
{
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, names);
    QFETCH(QByteArray, pointer);
    QFETCH(QByteArray, schemaPointer);
    QFETCH(QByteArray, marked);
    Bench bench;
    bench.text(R"({"type":"keepalive"})").text(message); // not the first: ranges count from its own start
    QCOMPARE(bench.names(), names);
    QCOMPARE(bench.head().verdict, Verdict::Refused);
    QCOMPARE(bench.finding().pointer, pointer);
    QCOMPARE(bench.finding().schemaPointer, schemaPointer);
    QCOMPARE(bench.marked(), marked);
    QCOMPARE(bench.finding().frame, quint32(1));
    QVERIFY(!bench.finding().expected.isEmpty());
    QVERIFY(!bench.finding().actual.isEmpty());
    QCOMPARE(bench.batch.payloadOf(1).toByteArray(), message); // refused, not thrown away
}

void TestDecoder::marksWhatElseIsFoundToTheByte_data()
{
    QTest::addColumn<QByteArray>("before"); // a message that comes first; empty: none
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("pointer");
    QTest::addColumn<QByteArray>("marked"); // where it stands last
    const auto row = [](const char* name, const QByteArray& before, const QByteArray& message, const char* finding,
                        const QByteArray& pointer, const QByteArray& marked) {
        QTest::newRow(name) << before << message << QByteArray(finding) << pointer << marked;
    };
    const auto keepAlive = [](const char* members) { return R"({"type":"keepalive",)" + QByteArray(members) + "}"; };
    row("repeated member", {}, keepAlive(R"("a":{"b":1,"b":2})"), "JSON-DUPLICATE-KEY", "/a/b", R"("b")");
    row("nested 129 times", {}, QByteArray(129, '[') + QByteArray(129, ']'), "JSON-DEPTH",
        QByteArray("/0").repeated(128), "[");
    row("number out of range", {}, keepAlive(R"("n":[1,123456789012345678901])"), "JSON-NUMBER-RANGE", "/n/1",
        "123456789012345678901");
    row("half a surrogate pair", {}, keepAlive(R"("x":{"y":"a\ud800!"})"), "JSON-LONE-SURROGATE", "/x/y", "\\ud800");
    row("unknown type", {}, R"({"a":1,"type":"agent.mood"})", "TYPE-UNKNOWN", "/type", R"("agent.mood")");
    row("id again", update(1, "m-17"), update(1, "m-17"), "DUPLICATE-ID", "/id", "m-17");
    row("sequence gap", update(1, "a"), update(987'654, "b"), "SEQUENCE-GAP", "/sequence", "987654");
    row("sequence back", update(987'654, "a"), update(55'555, "b"), "SEQUENCE-REPEAT", "/sequence", "55555");
    row("time ahead", {}, update(1, "a").replace("2025-11-24", "2199-11-24"), "TIME-AHEAD", "/timestamp",
        R"("2199-11-24T20:15:07.431Z")");
    row("no whole samples", {}, mediaFrame(1, QByteArray(1601, 'x'), 1, 2), "MEDIA-LENGTH", {}, QByteArray(1601, 'x'));
}

void TestDecoder::marksWhatElseIsFoundToTheByte()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, pointer);
    QFETCH(QByteArray, marked);
    Bench bench;
    if (!before.isEmpty())
        bench.text(before);
    message.startsWith("TMED") ? bench.bytes(message) : bench.text(message);
    QCOMPARE(bench.names(), name);
    QCOMPARE(bench.finding().pointer, pointer);
    QCOMPARE(bench.finding().range, (ByteRange{quint32(message.lastIndexOf(marked)), quint32(marked.size())}));
    QVERIFY(!bench.finding().expected.isEmpty());
    QVERIFY(!bench.finding().actual.isEmpty());
}

void TestDecoder::reportsEveryViolationUpToTheLimit()
{
    QByteArray items = "{}";
    for (int i = 1; i < 20; ++i)
        items += ",{}";
    Bench bench;
    bench.text(update(1, "a").replace(
        R"({"id":"p-1","purpose":"customer","name":"Ana","state":"connected","address":"tel:+13175550123"})", items));
    QCOMPARE(bench.head().findingCount, quint16(findingsPerFrameLimit));
    QVERIFY(
        bench.finding(std::size_t(findingsPerFrameLimit) - 1).actual.endsWith("(and 24 more findings)")); // 40 in all
    QCOMPARE(bench.finding(2).pointer, QByteArray("/participants/1"));

    Bench evidence;
    evidence.text(update(1, "a", "\"" + QByteArray("ü").repeated(500) + "\""));
    QVERIFY(evidence.finding().actual.size() <= evidenceLimit);
    QVERIFY(!QString::fromUtf8(evidence.finding().actual).contains(QChar::ReplacementCharacter));
}

void TestDecoder::judgesJsonThatCameAsBinary()
{
    Bench bench;
    bench.bytes(update(1, "a"));
    QCOMPARE(bench.names(), QByteArray("TYPE-OPCODE"));
    QCOMPARE(bench.head().verdict, Verdict::Warned);
    QCOMPARE(bench.typeName(), QByteArray("interaction.update"));
    QVERIFY(bench.head().flags & FrameFlag::JsonPayload);
    bench.bytes(update(2, "b").replace("Zoë", "Zo\xEB"));
    QCOMPARE(bench.names(), QByteArray("UTF8-INVALID"));
    QCOMPARE(bench.marked(), QByteArray("\xEB"));
    bench.bytes(QByteArray(R"({"type":"agent.mood"})"));
    QCOMPARE(bench.names(), QByteArray("TYPE-UNKNOWN"));
    bench.bytes(QByteArray("\x00\x01\x02\x03", 4));
    QCOMPARE(bench.names(), QByteArray("TYPE-UNKNOWN"));
    QCOMPARE(bench.finding().actual, QByteArray("bytes 00 01 02 03"));
}

void TestDecoder::namesTheBadUtf8Byte_data()
{
    QTest::addColumn<QByteArray>("bad");
    QTest::addColumn<int>("length");
    QTest::newRow("lone continuation") << QByteArray("\x80") << 1;
    QTest::newRow("overlong slash") << QByteArray("\xC0\xAF") << 1;
    QTest::newRow("surrogate") << QByteArray("\xED\xA0\x80") << 1;
    QTest::newRow("above U+10FFFF") << QByteArray("\xF4\x90\x80\x80") << 1;
    QTest::newRow("cut after two of three") << QByteArray("\xE2\x82") << 2;
    QTest::newRow("cut after three of four") << QByteArray("\xF0\x9F\x98") << 3;
}

void TestDecoder::namesTheBadUtf8Byte()
{
    QFETCH(QByteArray, bad);
    QFETCH(int, length);
    const QByteArray before = R"({"type":"keepalive","good":"é東😀","x":")";
    Bench bench;
    bench.bytes(before + bad + "\"}", Opcode::Text);
    QCOMPARE(bench.names(), QByteArray("UTF8-INVALID"));
    QCOMPARE(bench.finding().range, (ByteRange{quint32(before.size()), quint32(length)}));
}

void TestDecoder::gateRefusedFrameHasNoPayload()
{
    Bench bench;
    bench.text(R"({"type":"keepalive"})").gated(6 * 1024 * 1024).text(R"({"type":"keepalive"})");
    const FrameHead& head = bench.batch.heads[1];
    QCOMPARE(head.verdict, Verdict::Refused);
    QCOMPARE(head.sizeBytes, quint64(6 * 1024 * 1024));
    QCOMPARE(head.payloadBytes, quint32(0));
    QCOMPARE(int(head.flags), 0);
    QCOMPARE(bench.batch.digests[1], Sha256Digest{});
    QCOMPARE(bench.batch.findingsOf(1)[0].id, FindingId::SizeGate);
    QCOMPARE(bench.batch.payload.size(), std::size_t(40));
}

void TestDecoder::binaryPayloadsMayStandBehindTexts()
{
    const QByteArray media = mediaFrame(1, "abcd");
    const QByteArray message = update(1, "a");
    const QString text = QString::fromUtf8(message);
    RawFrame textFrame;
    textFrame.text = text;
    RawFrame binaryFrame;
    binaryFrame.opcode = Opcode::Binary;
    binaryFrame.bytes = media;
    RawFrame emptyFrame = binaryFrame;
    emptyFrame.bytes = QByteArrayView("", qsizetype(0));
    Decoder decoder(PayloadMatrix::builtIn().value(), DecoderOptions());
    std::vector<char> binary;
    for (const bool withTexts : {true, false, true}) {
        FrameBatch batch;
        quint64 number = 0;
        std::vector<QByteArray> payloads;
        const auto append = [&](const RawFrame& frame, const QByteArray& payload) {
            QCOMPARE(batchfiller::append(frame, ++number, 0, batch, binary), quint64(payload.size()));
            payloads.push_back(payload);
        };
        append(binaryFrame, media);
        append(emptyFrame, {});
        if (withTexts)
            append(textFrame, message);
        batchfiller::appendWithoutPayload(binaryFrame, 6 * 1024 * 1024, ++number, 0, batch);
        payloads.emplace_back();
        append(binaryFrame, media);
        if (withTexts)
            append(textFrame, message);
        batchfiller::joinBinary(binary, batch);
        QVERIFY(binary.empty());
        QCOMPARE(batch.payload.size(), std::size_t(2 * media.size() + (withTexts ? 2 * message.size() : 0)));
        decoder.judge(batch);
        for (std::size_t i = 0; i < payloads.size(); ++i) {
            QCOMPARE(batch.payloadOf(i).toByteArray(), payloads[i]);
            if (!payloads[i].isEmpty())
                QCOMPARE(toHex(batch.digests[i]),
                         QCryptographicHash::hash(payloads[i], QCryptographicHash::Sha256).toHex());
        }
        if (withTexts)
            QCOMPARE(batch.heads[2].payloadOffset, quint32(0));
    }
}

void TestDecoder::flagsLargeMessages()
{
    Bench bench;
    bench.text(update(1, "a").replace(R"("k":"v")", R"("k":")" + QByteArray(1'200'000, 'v') + '"'));
    QCOMPARE(bench.names(), QByteArray("SIZE-LARGE"));
    QCOMPARE(bench.head().verdict, Verdict::Warned);
    QVERIFY(bench.head().flags & FrameFlag::Decoded);
}

void TestDecoder::digestOnlyKeepsNoPayload()
{
    DecoderOptions options;
    options.keepPayload = false;
    Bench bench(options);
    bench.flags = FrameFlag::Simulated;
    const QByteArray message = update(1, "a");
    bench.text(message);
    QVERIFY(bench.batch.payload.empty());
    QCOMPARE(bench.head().payloadBytes, quint32(0));
    QCOMPARE(bench.head().sizeBytes, quint64(message.size()));
    QCOMPARE(int(bench.head().flags), int(FrameFlag::Simulated | FrameFlag::Decoded | FrameFlag::JsonPayload));
    QCOMPARE(toHex(bench.batch.digests[0]), QCryptographicHash::hash(message, QCryptographicHash::Sha256).toHex());
}

void TestDecoder::batchStaysConsistentAcrossMixedFrames()
{
    Bench bench;
    std::vector<QByteArray> sent;
    for (int i = 0; i < 300; ++i) {
        const QByteArray id = QByteArray::number(i);
        sent.push_back(i % 3 == 0   ? update(i + 1, id)
                       : i % 3 == 1 ? mediaFrame(quint32(i), QByteArray(i * 7 % 400, 'm'))
                                    : update(i + 1, id, "{}"));
        i % 3 == 1 ? bench.bytes(sent.back()) : bench.text(sent.back());
    }
    quint32 findings = 0;
    for (std::size_t i = 0; i < sent.size(); ++i) {
        const FrameHead& head = bench.batch.heads[i];
        QCOMPARE(head.number, quint64(i + 1));
        QCOMPARE(head.sizeBytes, quint64(sent[i].size()));
        QCOMPARE(bench.batch.payloadOf(i).toByteArray(), sent[i]);
        QCOMPARE(toHex(bench.batch.digests[i]), QCryptographicHash::hash(sent[i], QCryptographicHash::Sha256).toHex());
        QCOMPARE(head.firstFinding, findings);
        for (const Finding& finding : bench.batch.findingsOf(i))
            QCOMPARE(finding.frame, quint32(i));
        findings += head.findingCount;
    }
    QCOMPARE(bench.batch.digests.size(), sent.size());
    QCOMPARE(bench.batch.findings.size(), std::size_t(findings));
}

void TestDecoder::internsUnknownTypesUpToTheLimit()
{
    Bench bench;
    bench.text(R"({"type":"agent.mood"})");
    QCOMPARE(bench.typeName(), QByteArray("agent.mood"));
    const TypeNamesPtr early = bench.decoder().typeNames();
    for (int i = 0; i < 1500; ++i)
        bench.text(R"({"type":"made.up.)" + QByteArray::number(i) + R"("})");
    QCOMPARE(bench.typeName(), QByteArray("(other)"));
    QCOMPARE(bench.batch.types->size(), Decoder::typeNameLimit);
    QCOMPARE(early->size(), std::size_t(5)); // a sealed batch keeps its own names
    bench.text(R"({"type":"made.up.7"})");
    QCOMPARE(bench.typeName(), QByteArray("made.up.7"));
    bench.text(R"({"type":""})");
    QCOMPARE(bench.names(), QByteArray("TYPE-UNKNOWN"));
    QCOMPARE(bench.typeName(), QByteArray());
}

void TestDecoder::survivesHostileInput_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("asText");
    QTest::addColumn<QByteArray>("asBinary");
    const QByteArray parse("JSON-PARSE");
    const QByteArray unknown("TYPE-UNKNOWN");
    QTest::newRow("million arrays") << QByteArray(1'000'000, '[') << QByteArray("JSON-DEPTH") << unknown;
    QTest::newRow("million objects") << QByteArray("{\"a\":").repeated(1'000'000) << QByteArray("SIZE-LARGE JSON-DEPTH")
                                     << QByteArray("SIZE-LARGE JSON-DEPTH");
    QTest::newRow("50 MB string") << "{\"type\":\"" + QByteArray(50 * 1024 * 1024, 'x') + "\"}"
                                  << QByteArray("SIZE-LARGE TYPE-UNKNOWN") << QByteArray("SIZE-LARGE TYPE-UNKNOWN");
    const QByteArray repeated = QByteArray("JSON-DUPLICATE-KEY ").repeated(findingsPerFrameLimit).trimmed();
    QTest::newRow("many empty keys") << "{" + QByteArray("\"\":0,").repeated(200'000) + "\"type\":\"keepalive\"}"
                                     << repeated << repeated;
    QTest::newRow("empty") << QByteArray() << parse << unknown;
    QTest::newRow("blank") << QByteArray("   ") << parse << unknown;
    QTest::newRow("only an opening") << QByteArray("{") << parse << parse;
    QTest::newRow("nul") << QByteArray(1, '\0') << parse << unknown;
    QTest::newRow("escape at the end") << QByteArray("{\"\\") << parse << parse;
    QTest::newRow("magic alone") << QByteArray("TMED") << parse << QByteArray("MEDIA-HEADER CHECKSUM-MALFORMED");
}

void TestDecoder::survivesHostileInput()
{
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, asText);
    QFETCH(QByteArray, asBinary);
    Bench bench;
    bench.bytes(message, Opcode::Text);
    QCOMPARE(bench.names(), asText);
    bench.bytes(message);
    QCOMPARE(bench.names(), asBinary);
    for (int byte = 0; byte < 256 && message.isEmpty(); ++byte) {
        bench.bytes(QByteArray(1, char(byte)), Opcode::Text).bytes(QByteArray(1, char(byte)));
        QCOMPARE(bench.head().verdict, Verdict::Refused);
    }
}

void TestDecoder::numbersOutOfRangeAreWarnedAndStillJudged()
{
    Bench bench;
    bench.text(R"({"type":"keepalive","n":123456789012345678901234567890})");
    QCOMPARE(bench.names(), QByteArray("JSON-NUMBER-RANGE"));
    QCOMPARE(bench.head().verdict, Verdict::Warned);
    QCOMPARE(bench.marked(), QByteArray("123456789012345678901234567890"));
    bench.text(update(1, "a", "1e999"));
    QCOMPARE(bench.names(), QByteArray("JSON-NUMBER-RANGE SCHEMA-RANGE"));
    QCOMPARE(bench.marked(1), QByteArray("1e999"));
    QCOMPARE(bench.batch.rangeOf(1, bench.head().id).toByteArray(), QByteArray("a"));
}

QTEST_GUILESS_MAIN(TestDecoder)
#include "tst_decoder.moc"
