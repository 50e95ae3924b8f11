// The decoder's promises: each fault yields its finding at the right pointer and bytes, nothing is thrown away, nothing
// crashes.
#include "core/decode/decoder.h"
#include "core/frame/findingcatalogue.h"

#include <QCryptographicHash>
#include <QtTest>

using namespace framescope;

namespace {

QByteArray update(int sequence, const QByteArray& id, const QByteArray& priority = "3")
{
    return R"({"id":")" + id + R"(","conversationId":"c-1","type":"interaction.update","version":3,"sequence":)" +
           QByteArray::number(sequence) +
           R"(,"timestamp":"2026-11-24T20:15:07.431Z","mediaType":"voice","direction":"inbound",)" +
           R"("state":"connected","queue":{"id":"q-0042","name":"Billing · Español"},"agent":{"id":"a-0007","name":"Zoë Müller"},)" +
           R"("participants":[{"id":"p-1","purpose":"customer","name":"Ana","state":"connected","address":"tel:+13175550123"}],)" +
           R"("routing":{"queueId":"q-0042","skills":["es"],"priority":)" + priority +
           R"(,"waitMs":1200},"attributes":{"k":"v"}})";
}

QByteArray mediaFrame(quint32 sequence, const QByteArray& samples, char codec = 0, char channels = 1)
{
    QByteArray header("TMED", 4);
    header += char(1);
    header += codec;
    header += channels;
    header += char(0);
    for (const int shift : {24, 16, 8, 0})
        header += char((sequence >> shift) & 0xFF);
    header += QByteArray(4, '\0');
    header += QCryptographicHash::hash(samples, QCryptographicHash::Sha256);
    return header + samples;
}

QByteArray matrixWith(const QByteArray& typeMembers, const QByteArray& kind = "text",
                      const QByteArray& match = R"({"pointer":"/type","equals":"t"})")
{
    return R"({"version":1,"types":[{"name":"t","kind":")" + kind + R"(","match":)" + match + typeMembers + "}]}";
}

/// One decoder, one batch, and words to ask about the last frame.
class Bench
{
public:
    explicit Bench(const DecoderOptions& options = {}, const QByteArray& matrixJson = {})
        : m_decoder(load(matrixJson), options)
    {
    }

    Bench& text(const QByteArray& utf8, quint16 connection = 0)
    {
        const QString utf16 = QString::fromUtf8(utf8);
        RawFrame frame = raw(Opcode::Text, connection);
        frame.text = utf16;
        m_decoder.decode(frame, quint64(utf8.size()), ++m_number, batch);
        return *this;
    }
    Bench& bytes(const QByteArray& message, Opcode opcode = Opcode::Binary, quint16 connection = 0)
    {
        RawFrame frame = raw(opcode, connection);
        frame.bytes = message;
        m_decoder.decode(frame, quint64(message.size()), ++m_number, batch);
        return *this;
    }
    Bench& gated(quint64 size)
    {
        m_decoder.appendRefusedByGate(raw(Opcode::Text, 0), size, 5 * 1024 * 1024, ++m_number, batch);
        return *this;
    }

    [[nodiscard]] const FrameHead& head() const { return batch.heads.back(); }
    [[nodiscard]] std::size_t last() const { return batch.size() - 1; }
    [[nodiscard]] const Finding& finding(std::size_t i = 0) const { return batch.findingsOf(last())[i]; }
    [[nodiscard]] QByteArray marked(std::size_t i = 0) const
    {
        return batch.rangeOf(last(), finding(i).range).toByteArray();
    }
    /// "SCHEMA-TYPE SIZE-LARGE"
    [[nodiscard]] QByteArray names() const
    {
        QByteArray text;
        for (const Finding& each : batch.findingsOf(last()))
            text += (text.isEmpty() ? "" : " ") + QByteArray(findingInfo(each.id).name);
        return text;
    }
    [[nodiscard]] QByteArray typeName()
    {
        batch.types = m_decoder.typeNames();
        return batch.typeNameOf(last()).toByteArray();
    }
    Decoder& decoder() { return m_decoder; }

    FrameBatch batch;

private:
    static PayloadMatrix load(const QByteArray& json)
    {
        const Expected<PayloadMatrix> matrix =
            json.isEmpty() ? PayloadMatrix::builtIn() : PayloadMatrix::fromJson(json, {});
        if (!matrix)
            qFatal("%s at %s", qPrintable(matrix.error().detail), qPrintable(matrix.error().place));
        return *matrix;
    }
    static RawFrame raw(Opcode opcode, quint16 connection)
    {
        RawFrame frame;
        frame.arrival = now();
        frame.opcode = opcode;
        frame.connection = connection;
        frame.attempt = 1;
        return frame;
    }

    Decoder m_decoder;
    quint64 m_number = 0;
};

} // namespace

class TestDecoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void acceptsAGoodUpdateAndMarksIdAndSubject();
    void subjectIsTheQueueWhileThereIsNoAgent();
    void findsTheTypeWhereverItStands();
    void keepsNonAsciiTextByteForByte();
    void reportsEachTextFault_data();
    void reportsEachTextFault();
    void reportsEveryViolationUpToTheLimit();
    void judgesJsonThatCameAsBinary();
    void namesTheBadUtf8Byte_data();
    void namesTheBadUtf8Byte();
    void verifiesMediaChecksumAndFindsMismatch();
    void checksMediaHeaderAndLength();
    void checksumOfAJsonMemberHasThreeStates();
    void checksumFromAListVerifiesOrNot();
    void digestsMatchPublishedVectors();
    void duplicateIsNotAlsoAGap();
    void forgetsIdsOutsideTheWindow();
    void followsSequencesPerConnection();
    void unreadableMessagesAreNotReportedAsMissing();
    void restartedCounterIsOneFinding();
    void gateRefusedFrameHasNoPayload();
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
    // A caller that measured wrong costs time, not bytes.
    const QString text = QStringLiteral("{\"type\":\"keepalive\",\"name\":\"Zoë\"}");
    RawFrame frame;
    frame.text = text;
    bench.decoder().decode(frame, 3, 99, bench.batch);
    QCOMPARE(bench.batch.payloadOf(bench.last()).toByteArray(), text.toUtf8());
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
    QTest::newRow("cut") << QByteArray(R"({"type":"keepal)") << QByteArray("JSON-PARSE") << QByteArray() << QByteArray()
                         << QByteArray("l");
    QTest::newRow("lone surrogate") << QByteArray(R"({"type":"keepalive","x":"\ud800!"})")
                                    << QByteArray("JSON-LONE-SURROGATE") << QByteArray() << QByteArray()
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

void TestDecoder::verifiesMediaChecksumAndFindsMismatch()
{
    Bench bench;
    const QByteArray good = mediaFrame(1, QByteArray(1600, 'x'));
    bench.bytes(good);
    QCOMPARE(bench.names(), QByteArray());
    QCOMPARE(bench.head().checksum, ChecksumState::Verified);
    QCOMPARE(bench.typeName(), QByteArray("telephony.media"));
    QCOMPARE(bench.batch.payloadOf(0).toByteArray(), good);
    QByteArray flipped = mediaFrame(2, QByteArray(1600, 'x'));
    flipped[100] = 'y';
    bench.bytes(flipped);
    QCOMPARE(bench.names(), QByteArray("CHECKSUM-MISMATCH"));
    QCOMPARE(bench.head().checksum, ChecksumState::Mismatch);
    QCOMPARE(bench.finding().range, (ByteRange{16, 32}));
    QCOMPARE(bench.finding().expected, flipped.mid(16, 32).toHex());
    QCOMPARE(bench.finding().actual, QCryptographicHash::hash(flipped.mid(48), QCryptographicHash::Sha256).toHex());
}

void TestDecoder::checksMediaHeaderAndLength()
{
    Bench bench;
    bench.bytes(mediaFrame(1, QByteArray(1600, 'x'), 1, 2));
    QCOMPARE(bench.names(), QByteArray());
    bench.bytes(mediaFrame(2, QByteArray(1601, 'x'), 1, 2));
    QCOMPARE(bench.names(), QByteArray("MEDIA-LENGTH"));
    bench.bytes(mediaFrame(3, QByteArray(1600, 'x'), 7));
    QCOMPARE(bench.names(), QByteArray("MEDIA-HEADER"));
    QCOMPARE(bench.finding().range, (ByteRange{5, 1}));
    QCOMPARE(bench.finding().expected, QByteArray("codec 0 or 1"));
    bench.bytes(mediaFrame(4, QByteArray(1600, 'x'), 0, 3));
    QCOMPARE(bench.names(), QByteArray("MEDIA-HEADER"));
    bench.bytes(QByteArray("TMED\x01\x00\x01\x00\x00\x00\x00\x05", 12));
    QCOMPARE(bench.names(), QByteArray("MEDIA-HEADER CHECKSUM-MALFORMED"));
    bench.bytes(mediaFrame(6, {}));
    QCOMPARE(bench.names(), QByteArray());
}

void TestDecoder::checksumOfAJsonMemberHasThreeStates()
{
    const QByteArray rule =
        R"(,"checksum":{"algorithm":"sha256","expected":{"pointer":"/sum"},"covers":{"pointer":"/body"}})";
    Bench bench({}, matrixWith(rule));
    const auto message = [](const QByteArray& sum, const QByteArray& body) {
        return R"({"type":"t","body":)" + body + (sum.isNull() ? QByteArray() : R"(,"sum":)" + sum) + "}";
    };
    const auto hashed = [](const QByteArray& covered) {
        return '"' + QCryptographicHash::hash(covered, QCryptographicHash::Sha256).toHex() + '"';
    };
    const QByteArray body = R"({ "a": [1, 2] })";
    bench.text(message(hashed(body), body)); // an object: its bytes as they came
    QCOMPARE(bench.head().checksum, ChecksumState::Verified);
    bench.text(message(hashed("é\n").toUpper(), R"("\u00e9\n")")); // a text: its characters as UTF-8
    QCOMPARE(bench.head().checksum, ChecksumState::Verified);
    QCOMPARE(bench.names(), QByteArray());
    bench.text(message({}, body));
    QCOMPARE(bench.head().checksum, ChecksumState::NotDeclared);
    QCOMPARE(bench.names(), QByteArray());
    bench.text(message(hashed("other"), body));
    QCOMPARE(bench.head().checksum, ChecksumState::Mismatch);
    QCOMPARE(bench.names(), QByteArray("CHECKSUM-MISMATCH"));
    QCOMPARE(bench.finding().pointer, QByteArray("/sum"));
    QCOMPARE(bench.marked(), hashed("other"));
    for (const char* bad : {"\"abc\"", "12", "\"zz3456789012345678901234567890123456789012345678901234567890123z\"",
                            "\"12345678901234567890123456789012\""}) {
        bench.text(message(bad, body));
        QCOMPARE(bench.names(), QByteArray("CHECKSUM-MALFORMED"));
        QCOMPARE(bench.head().verdict, Verdict::Refused);
    }
}

void TestDecoder::checksumFromAListVerifiesOrNot()
{
    const QByteArray known = R"({"type":"t","n":1})";
    const QByteArray list = QCryptographicHash::hash(known, QCryptographicHash::Sha256).toHex();
    const QByteArray other(64, 'a');
    const QByteArray rule = R"(,"checksum":{"algorithm":"sha256","expected":{"list":[")" + other + R"(",")" + list +
                            R"("]},"covers":"payload"})";
    Bench bench({}, matrixWith(rule));
    bench.text(known);
    QCOMPARE(bench.head().checksum, ChecksumState::Verified);
    bench.text(R"({"type":"t","n":2})");
    QCOMPARE(bench.names(), QByteArray("CHECKSUM-MISMATCH"));
    QVERIFY(bench.finding().range.isNull());
}

void TestDecoder::digestsMatchPublishedVectors()
{
    // FIPS 180-4 examples; the empty text as NIST's CAVP file SHA256ShortMsg.rsp has it.
    const std::array<std::pair<QByteArray, QByteArray>, 3> vectors{
        {{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
         {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
         {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"}}};
    Bench bench;
    for (const auto& [message, digest] : vectors) {
        bench.bytes(message);
        QCOMPARE(toHex(bench.batch.digests.back()), digest);
    }
    bench.bytes(QByteArray(1'000'000, 'a'));
    QCOMPARE(toHex(bench.batch.digests.back()),
             QByteArray("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
}

void TestDecoder::duplicateIsNotAlsoAGap()
{
    Bench bench;
    bench.text(update(1, "a")).text(update(2, "b")).text(update(1, "a"));
    QCOMPARE(bench.names(), QByteArray("DUPLICATE-ID"));
    QCOMPARE(bench.head().verdict, Verdict::Warned);
    QCOMPARE(bench.finding().pointer, QByteArray("/id"));
    QCOMPARE(bench.marked(), QByteArray("a"));
    bench.text(update(3, "c")); // the duplicate moved nothing
    QCOMPARE(bench.names(), QByteArray());
}

void TestDecoder::forgetsIdsOutsideTheWindow()
{
    DecoderOptions options;
    options.duplicateWindow = 50;
    Bench bench(options, matrixWith(R"(,"id":{"pointer":"/id"})"));
    const auto message = [](int id) { return R"({"type":"t","id":)" + QByteArray::number(id) + "}"; };
    for (int id = 0; id < 2000; ++id) {
        bench.text(message(id));
        QCOMPARE(bench.names(), QByteArray());
        if (id >= 50) {
            bench.text(message(id - 49)); // the oldest that is still in the window
            QCOMPARE(bench.names(), QByteArray("DUPLICATE-ID"));
        }
    }
    bench.text(message(1949));
    QCOMPARE(bench.names(), QByteArray());
}

void TestDecoder::followsSequencesPerConnection()
{
    Bench bench;
    bench.bytes(mediaFrame(1, "x")).bytes(mediaFrame(7, "x"), Opcode::Binary, 1).bytes(mediaFrame(2, "x"));
    QCOMPARE(bench.names(), QByteArray());
    bench.bytes(mediaFrame(5, "x"));
    QCOMPARE(bench.names(), QByteArray("SEQUENCE-GAP"));
    QCOMPARE(bench.head().verdict, Verdict::Warned);
    QCOMPARE(bench.finding().expected, QByteArray("3"));
    QCOMPARE(bench.finding().actual, QByteArray("5, 2 missing"));
    QCOMPARE(bench.finding().range, (ByteRange{8, 4}));
    bench.bytes(mediaFrame(8, "x"), Opcode::Binary, 1);
    QCOMPARE(bench.names(), QByteArray());
    bench.decoder().connectionStarted(0);
    bench.bytes(mediaFrame(1, "x")).bytes(mediaFrame(2, "x"));
    QCOMPARE(bench.names(), QByteArray());
    bench.bytes(mediaFrame(9, "x"), Opcode::Binary, 1); // the other connection goes on
    QCOMPARE(bench.names(), QByteArray());

    bench.text(update(10, "a")).text(update(12, "b"));
    QCOMPARE(bench.names(), QByteArray("SEQUENCE-GAP"));
    QCOMPARE(bench.finding().pointer, QByteArray("/sequence"));
    QCOMPARE(bench.marked(), QByteArray("12"));

    bench.bytes(mediaFrame(0xFFFFFFFF, "x"), Opcode::Binary, 2)
        .bytes(mediaFrame(0, "x"), Opcode::Binary, 2); // 32 bits run over
    QCOMPARE(bench.names(), QByteArray());
}

void TestDecoder::unreadableMessagesAreNotReportedAsMissing()
{
    Bench bench;
    bench.text(update(1, "a")).text(update(2, "b").chopped(40));
    QCOMPARE(bench.names(), QByteArray("JSON-PARSE"));
    bench.text(update(3, "c"));
    QCOMPARE(bench.names(), QByteArray());
    bench.gated(6'000'000).text(update(4, "d").replace("interaction.update", "agent.mood"));
    QCOMPARE(bench.names(), QByteArray("TYPE-UNKNOWN"));
    bench.text(update(6, "f"));
    QCOMPARE(bench.names(), QByteArray());
    bench.text(update(8, "h"));
    QCOMPARE(bench.names(), QByteArray("SEQUENCE-GAP"));
}

void TestDecoder::restartedCounterIsOneFinding()
{
    Bench bench;
    bench.bytes(mediaFrame(100, "x")).bytes(mediaFrame(1, "x"));
    QCOMPARE(bench.names(), QByteArray("SEQUENCE-REPEAT"));
    bench.bytes(mediaFrame(2, "x")).bytes(mediaFrame(3, "x"));
    QCOMPARE(bench.names(), QByteArray());
    bench.bytes(mediaFrame(3, "x"));
    QCOMPARE(bench.names(), QByteArray("SEQUENCE-REPEAT"));
    bench.bytes(mediaFrame(4, "x"));
    QCOMPARE(bench.names(), QByteArray());
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
    options.frameFlags = FrameFlag::Simulated;
    Bench bench(options);
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
    QTest::newRow("50 MB string") << "{\"type\":\"" + QByteArray(50'000'000, 'x') + "\"}"
                                  << QByteArray("SIZE-LARGE TYPE-UNKNOWN") << QByteArray("SIZE-LARGE TYPE-UNKNOWN");
    QTest::newRow("million empty keys") << "{" + QByteArray("\"\":0,").repeated(200'000) + "\"type\":\"keepalive\"}"
                                        << QByteArray() << QByteArray("TYPE-OPCODE");
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
