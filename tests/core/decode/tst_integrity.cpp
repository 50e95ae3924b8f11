// What the decoder says about a message's integrity: checksum, media header, duplicates, sequence.
#include "core/decode/decoder.h"
#include "tests/core/decode/decoderbench.h"

#include <QtTest>

using namespace framescope;
using namespace framescope::test;

class TestIntegrity : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void verifiesMediaChecksumAndFindsMismatch();
    void checksMediaHeaderAndLength();
    void checksumOfAJsonMemberHasThreeStates();
    void checksumFromAListVerifiesOrNot();
    void digestsMatchPublishedVectors();
    void duplicateIsNotAlsoAGap();
    void forgetsIdsOutsideTheWindow();
    void windowOfOneRemembersTheLastId();
    void followsSequencesPerConnection();
    void unreadableMessagesAreNotReportedAsMissing();
    void restartedCounterIsOneFinding();
    void eventTimeAheadOfArrivalIsNoted_data();
    void eventTimeAheadOfArrivalIsNoted();
    void readsTheTimeThatTheMatrixNames_data();
    void readsTheTimeThatTheMatrixNames();
};

void TestIntegrity::verifiesMediaChecksumAndFindsMismatch()
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

void TestIntegrity::checksMediaHeaderAndLength()
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

void TestIntegrity::checksumOfAJsonMemberHasThreeStates()
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

void TestIntegrity::checksumFromAListVerifiesOrNot()
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

void TestIntegrity::digestsMatchPublishedVectors()
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

void TestIntegrity::duplicateIsNotAlsoAGap()
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

void TestIntegrity::forgetsIdsOutsideTheWindow()
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

void TestIntegrity::windowOfOneRemembersTheLastId()
{
    DecoderOptions options;
    options.duplicateWindow = 1;
    Bench bench(options, matrixWith(R"(,"id":{"pointer":"/id"})"));
    for (const char* id : {"1", "2", "3", "1", "2"}) {
        const QByteArray message = R"({"type":"t","id":)" + QByteArray(id) + "}";
        bench.text(message);
        QCOMPARE(bench.names(), QByteArray());
        bench.text(message);
        QCOMPARE(bench.names(), QByteArray("DUPLICATE-ID"));
    }
}

void TestIntegrity::followsSequencesPerConnection()
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

void TestIntegrity::unreadableMessagesAreNotReportedAsMissing()
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

void TestIntegrity::restartedCounterIsOneFinding()
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

void TestIntegrity::eventTimeAheadOfArrivalIsNoted_data()
{
    QTest::addColumn<qint64>("aheadMs");
    QTest::addColumn<bool>("isNoted");
    QTest::newRow("behind") << qint64(-60'000) << false;
    QTest::newRow("as clocks differ") << qint64(1'000) << false;
    QTest::newRow("a minute ahead") << qint64(60'000) << true;
}

void TestIntegrity::eventTimeAheadOfArrivalIsNoted()
{
    QFETCH(qint64, aheadMs);
    QFETCH(bool, isNoted);
    Bench bench;
    const qint64 sentNs = (now().wallNs / 1'000'000 + aheadMs) * 1'000'000;
    const QByteArray stated = '"' + rfc3339Utc(sentNs) + '"';
    const QByteArray message = update(1, "a").replace("\"2025-11-24T20:15:07.431Z\"", stated);
    bench.text(message);
    QCOMPARE(bench.head().eventWallNs, sentNs);
    QCOMPARE(bench.head().verdict, Verdict::Accepted);
    QCOMPARE(bench.names(), isNoted ? QByteArray("TIME-AHEAD") : QByteArray());
    if (!isNoted)
        return;
    QCOMPARE(bench.finding().pointer, QByteArray("/timestamp"));
    QCOMPARE(bench.finding().range, (ByteRange{quint32(message.indexOf(stated)), quint32(stated.size())}));
    QCOMPARE(bench.finding().expected, QByteArray("at most 2 s"));
    QVERIFY(bench.finding().actual.endsWith(" s ahead of its arrival"));
}

void TestIntegrity::readsTheTimeThatTheMatrixNames_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<qint64>("ns");
    constexpr qint64 ten = 1'767'607'200'000'000'000; // 2026-01-05T10:00:00Z
    const auto row = [](const char* value, qint64 ns) { QTest::newRow(value) << QByteArray(value) << ns; };
    row(R"("2026-01-05T10:00:00.000Z")", ten);
    row(R"("2026-01-05T11:00:00+01:00")", ten);
    row("1767607200000", ten);
    row(R"("\u0032026-01-05T10:00:00Z")", ten);
    for (const char* none : {R"("2026-01-05T10:00:00")", R"("yesterday")", "1767607200", "-1", "1.5e12", "null", "{}"})
        row(none, 0);
}

/// What is no time is the schema's to judge, and no finding here.
void TestIntegrity::readsTheTimeThatTheMatrixNames()
{
    QFETCH(QByteArray, value);
    QFETCH(qint64, ns);
    Bench bench({}, matrixWith(R"(,"time":{"pointer":"/event/at"})"));
    bench.text(R"({"type":"t","at":1,"event":{"at":)" + value + "}}");
    QCOMPARE(bench.head().eventWallNs, ns);
    QVERIFY(bench.names().isEmpty() || bench.names() == "TIME-AHEAD"); // this machine's clock may be anything
    bench.text(R"({"type":"t"})");
    QCOMPARE(bench.head().eventWallNs, 0);
}

QTEST_GUILESS_MAIN(TestIntegrity)
#include "tst_integrity.moc"
