/// The parts of the simulator that need no socket: request reader, frame writer and reader, token endpoint, pacer,
/// message maker.
#include "core/simulator/clientframereader.h"
#include "core/simulator/httprequest.h"
#include "core/simulator/messagemaker.h"
#include "core/simulator/pacer.h"
#include "core/simulator/tokenendpoint.h"
#include "core/simulator/websocketwriter.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>
#include <QTest>

using namespace framescope;
using namespace std::chrono_literals;
using websocketwriter::FrameOpcode;
using State = HttpRequestReader::State;

namespace {

QByteArray hex(const std::string& bytes)
{
    return QByteArray::fromStdString(bytes).toHex(' ');
}

HttpRequest requestOf(const QByteArray& bytes)
{
    HttpRequestReader reader;
    reader.feed(bytes);
    return reader.request();
}

HttpRequest tokenRequest(const QByteArray& head, const QByteArray& form)
{
    return requestOf("POST /oauth/token HTTP/1.1\r\n" + head + "Content-Length: " + QByteArray::number(form.size()) +
                     "\r\n\r\n" + form);
}

QJsonObject bodyOf(const HttpReply& reply)
{
    return QJsonDocument::fromJson(reply.body).object();
}

} // namespace

class TstSimulatorParts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void acceptKeyIsThatOfTheRfc();
    void framesAreThoseOfTheRfc();
    void lengthsTakeTheShortestForm();
    void closeReasonFitsAControlFrame();
    void clientFramesAreUnmasked();
    void clientFramesComeInAnyPortions();
    void clientViolationsHaveTheirCode_data();
    void clientViolationsHaveTheirCode();
    void requestsComeInAnyPortions();
    void requestsAreReadTolerantly();
    void badRequestsAreRefused_data();
    void badRequestsAreRefused();
    void randomBytesNeverCrashTheReaders();
    void tokensByBasicAndByForm();
    void wrongSecretIsUnauthorized();
    void otherGrantsAreRefused();
    void rateLimitNamesTheWait();
    void tokensExpireAndAreRevoked();
    void pacerIsExactOnAverage();
    void pacerForgetsOldDebts();
    void muLawIsThatOfG711();
    void idsOfDistinctNumbersAreDistinct();
    void mixIsAsPromised();
    void sequencesSkipWhatNobodyCanRead();
};

void TstSimulatorParts::acceptKeyIsThatOfTheRfc()
{
    // RFC 6455 section 1.3.
    QCOMPARE(websocketwriter::acceptKey("dGhlIHNhbXBsZSBub25jZQ=="), QByteArray("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
}

void TstSimulatorParts::framesAreThoseOfTheRfc()
{
    // RFC 6455 section 5.7, the unmasked ones.
    std::string wire;
    websocketwriter::appendFrame(wire, FrameOpcode::Text, "Hello");
    QCOMPARE(hex(wire), QByteArray("81 05 48 65 6c 6c 6f"));
    wire.clear();
    websocketwriter::appendFrame(wire, FrameOpcode::Text, "Hel", false);
    websocketwriter::appendFrame(wire, FrameOpcode::Continuation, "lo");
    QCOMPARE(hex(wire), QByteArray("01 03 48 65 6c 80 02 6c 6f"));
    wire.clear();
    websocketwriter::appendFrame(wire, FrameOpcode::Ping, "Hello");
    QCOMPARE(hex(wire), QByteArray("89 05 48 65 6c 6c 6f"));
    wire.clear();
    websocketwriter::appendFrameHead(wire, FrameOpcode::Binary, 256);
    QCOMPARE(hex(wire), QByteArray("82 7e 01 00"));
    wire.clear();
    websocketwriter::appendFrameHead(wire, FrameOpcode::Binary, 65536);
    QCOMPARE(hex(wire), QByteArray("82 7f 00 00 00 00 00 01 00 00"));
}

void TstSimulatorParts::lengthsTakeTheShortestForm()
{
    for (const auto& [length, headBytes] :
         {std::pair(125, 2), std::pair(126, 4), std::pair(65535, 4), std::pair(65536, 10)}) {
        std::string wire;
        websocketwriter::appendFrameHead(wire, FrameOpcode::Text, quint64(length));
        QCOMPARE(int(wire.size()), headBytes);
    }
}

void TstSimulatorParts::closeReasonFitsAControlFrame()
{
    std::string wire;
    websocketwriter::appendClose(wire, 1001, std::string(500, 'x'));
    QCOMPARE(int(wire.size()), 2 + 125);
    QCOMPARE(hex(wire.substr(0, 4)), QByteArray("88 7d 03 e9"));
}

void TstSimulatorParts::clientFramesAreUnmasked()
{
    ClientFrameReader reader;
    reader.feed(QByteArray::fromHex("818537fa213d7f9f4d5158")); // RFC 6455 section 5.7: a masked "Hello"
    const auto frame = reader.next();
    QVERIFY(frame);
    QCOMPARE(frame->opcode, FrameOpcode::Text);
    QCOMPARE(frame->payload, QByteArray("Hello"));
    QVERIFY(!reader.next());
    QCOMPARE(reader.violation(), quint16(0));
}

void TstSimulatorParts::clientFramesComeInAnyPortions()
{
    ClientFrameReader reader;
    const QByteArray bytes = QByteArray::fromHex("898537fa213d7f9f4d5158818537fa213d7f9f4d5158");
    QList<FrameOpcode> opcodes;
    for (const char byte : bytes) {
        reader.feed(QByteArrayView(&byte, 1));
        while (const auto frame = reader.next()) {
            opcodes.append(frame->opcode);
            QCOMPARE(frame->payload, QByteArray("Hello"));
        }
    }
    QCOMPARE(opcodes, QList<FrameOpcode>({FrameOpcode::Ping, FrameOpcode::Text}));
}

void TstSimulatorParts::clientViolationsHaveTheirCode_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("code");
    QTest::newRow("not masked") << QByteArray::fromHex("810548656c6c6f") << 1002;
    QTest::newRow("reserved bit") << QByteArray::fromHex("c18537fa213d7f9f4d5158") << 1002;
    QTest::newRow("unknown opcode") << QByteArray::fromHex("838537fa213d7f9f4d5158") << 1002;
    QTest::newRow("fragmented ping") << QByteArray::fromHex("098537fa213d7f9f4d5158") << 1002;
    QTest::newRow("long ping") << QByteArray::fromHex("89fe0100") << 1002;
    QTest::newRow("too large") << QByteArray::fromHex("82ff0000000000010001") << 1009;
    QTest::newRow("absurdly large") << QByteArray::fromHex("82ffffffffffffffffff") << 1009;
}

void TstSimulatorParts::clientViolationsHaveTheirCode()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, code);
    ClientFrameReader reader;
    reader.feed(bytes);
    QVERIFY(!reader.next());
    QCOMPARE(int(reader.violation()), code);
    reader.feed(QByteArray(100'000, 'x'));
    QVERIFY(!reader.next());
}

void TstSimulatorParts::requestsComeInAnyPortions()
{
    const QByteArray bytes = "POST /oauth/token?x=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello+rest";
    for (qsizetype portion = 1; portion <= bytes.size(); ++portion) {
        HttpRequestReader reader;
        QByteArray behind;
        for (qsizetype at = 0; at < bytes.size(); at += portion) {
            const QByteArrayView part = QByteArrayView(bytes).sliced(at, std::min(portion, bytes.size() - at));
            if (reader.feed(part) == State::Complete) {
                behind = reader.rest();
                break;
            }
        }
        QCOMPARE(reader.request().method, QByteArray("POST"));
        QCOMPARE(reader.request().path, QByteArray("/oauth/token"));
        QCOMPARE(reader.request().query, QByteArray("x=1"));
        QCOMPARE(reader.request().body, QByteArray("hello"));
        QVERIFY(QByteArray("+rest").startsWith(behind));
    }
}

void TstSimulatorParts::requestsAreReadTolerantly()
{
    const HttpRequest request = requestOf("\r\nGET / HTTP/1.1\nhOsT:   a \nConnection: keep-alive,  uPgrade\n\n");
    QCOMPARE(request.header("host"), QByteArray("a"));
    QVERIFY(request.headerHasToken("connection", "upgrade"));
    QVERIFY(!request.headerHasToken("connection", "up"));
    const auto fields = formFields("a=1&b=%C3%A9+x&c&=d&%zz=%");
    QCOMPARE(fields.size(), std::size_t(5));
    QCOMPARE(fields[1].second, QByteArray("\xC3\xA9 x"));
}

void TstSimulatorParts::badRequestsAreRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("status");
    QTest::newRow("no HTTP") << QByteArray("hello there\r\n\r\n") << 400;
    QTest::newRow("no target") << QByteArray("GET HTTP/1.1\r\n\r\n") << 400;
    QTest::newRow("space in target") << QByteArray("GET /a b HTTP/1.1\r\n\r\n") << 400;
    QTest::newRow("other version") << QByteArray("GET / HTTP/2.0\r\n\r\n") << 505;
    QTest::newRow("no colon") << QByteArray("GET / HTTP/1.1\r\nnonsense\r\n\r\n") << 400;
    QTest::newRow("folded header") << QByteArray("GET / HTTP/1.1\r\na: b\r\n c\r\n\r\n") << 400;
    QTest::newRow("bad length") << QByteArray("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n") << 400;
    QTest::newRow("no length") << QByteArray("POST / HTTP/1.1\r\n\r\n") << 411;
    QTest::newRow("chunked") << QByteArray("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n") << 501;
    QTest::newRow("long body") << QByteArray("POST / HTTP/1.1\r\nContent-Length: 65537\r\n\r\n") << 413;
    QTest::newRow("endless line") << QByteArray(70'000, 'a') << 431;
    QTest::newRow("endless head") << QByteArray("GET / HTTP/1.1\r\n" + QByteArray("a: b\r\n").repeated(12'000)) << 431;
    QTest::newRow("many headers") << QByteArray("GET / HTTP/1.1\r\n" + QByteArray("a: b\r\n").repeated(300) + "\r\n")
                                  << 431;
}

void TstSimulatorParts::badRequestsAreRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, status);
    HttpRequestReader reader;
    QCOMPARE(reader.feed(bytes), State::Refused);
    QCOMPARE(reader.refusalStatus(), status);
}

void TstSimulatorParts::randomBytesNeverCrashTheReaders()
{
    Prng prng(42);
    for (int round = 0; round < 3000; ++round) {
        QByteArray bytes = round % 2 == 0 ? QByteArray() : QByteArray("GET / HTTP/1.1\r\n");
        for (quint32 i = prng.below(300); i > 0; --i)
            bytes.append(char(prng.below(4) == 0 ? "\r\n: /"[prng.below(5)] : char(prng.below(256))));
        HttpRequestReader requests;
        requests.feed(bytes);
        ClientFrameReader frames;
        frames.feed(bytes);
        while (frames.next()) {
        }
        QVERIFY(formFields(bytes).size() <= 64);
    }
}

void TstSimulatorParts::tokensByBasicAndByForm()
{
    TokenEndpoint endpoint("me", Secret("geheim:ü"), 300s);
    const QByteArray basic = "Authorization: Basic " + QByteArray("me:geheim:ü").toBase64() + "\r\n";
    const HttpReply first =
        endpoint.answer(tokenRequest(basic, "grant_type=client_credentials&scope=streaming%3Asubscribe+x"), 0);
    QCOMPARE(first.status, 200);
    QCOMPARE(bodyOf(first).value(QStringLiteral("expires_in")).toInt(), 300);
    QCOMPARE(bodyOf(first).value(QStringLiteral("token_type")).toString(), QStringLiteral("bearer"));
    QCOMPARE(bodyOf(first).value(QStringLiteral("scope")).toString(), QStringLiteral("streaming:subscribe x"));

    const HttpReply second = endpoint.answer(
        tokenRequest({}, "grant_type=client_credentials&client_id=me&client_secret=geheim%3A%C3%BC"), 0);
    QCOMPARE(second.status, 200);
    QVERIFY(bodyOf(first).value(QStringLiteral("access_token")) !=
            bodyOf(second).value(QStringLiteral("access_token")));
}

void TstSimulatorParts::wrongSecretIsUnauthorized()
{
    TokenEndpoint endpoint("me", Secret("geheim"), 300s);
    for (const QByteArray& credentials :
         {QByteArray("me:geheim2"), QByteArray("me:"), QByteArray("me"), QByteArray("you:geheim")}) {
        const HttpReply reply = endpoint.answer(
            tokenRequest("Authorization: Basic " + credentials.toBase64() + "\r\n", "grant_type=client_credentials"),
            0);
        QCOMPARE(reply.status, 401);
        QCOMPARE(bodyOf(reply).value(QStringLiteral("error")).toString(), QStringLiteral("invalid_client"));
        QVERIFY(bodyOf(reply).contains(QStringLiteral("description")));
        QVERIFY(bodyOf(reply).contains(QStringLiteral("error_description")));
    }
    QCOMPARE(endpoint.answer(tokenRequest({}, "grant_type=client_credentials"), 0).status, 401);
    QCOMPARE(endpoint.answer(requestOf("GET /oauth/token HTTP/1.1\r\n\r\n"), 0).status, 405);
}

void TstSimulatorParts::otherGrantsAreRefused()
{
    TokenEndpoint endpoint("me", Secret("geheim"), 300s);
    const QByteArray client = "&client_id=me&client_secret=geheim";
    const HttpReply reply = endpoint.answer(tokenRequest({}, "grant_type=password" + client), 0);
    QCOMPARE(reply.status, 400);
    QCOMPARE(bodyOf(reply).value(QStringLiteral("error")).toString(), QStringLiteral("unsupported_grant_type"));
    QCOMPARE(endpoint.answer(tokenRequest({}, client), 0).status, 400);
}

void TstSimulatorParts::rateLimitNamesTheWait()
{
    TokenEndpoint endpoint("me", Secret("geheim"), 300s);
    endpoint.refuseNext(2, 7);
    const HttpRequest request = tokenRequest({}, "grant_type=client_credentials&client_id=me&client_secret=geheim");
    for (int i = 0; i < 2; ++i) {
        const HttpReply reply = endpoint.answer(request, 0);
        QCOMPARE(reply.status, 429);
        QVERIFY(reply.toBytes().contains("\r\nRetry-After: 7\r\n"));
    }
    QCOMPARE(endpoint.answer(request, 0).status, 200);
}

void TstSimulatorParts::tokensExpireAndAreRevoked()
{
    using Standing = TokenEndpoint::Standing;
    TokenEndpoint endpoint("me", Secret("geheim"), 300s);
    const QByteArray form = "grant_type=client_credentials&client_id=me&client_secret=geheim";
    const auto tokenOf = [&](const QByteArray& more) {
        return bodyOf(endpoint.answer(tokenRequest({}, form + more), 0))
            .value(QStringLiteral("access_token"))
            .toString()
            .toLatin1();
    };
    const auto standing = [&](const QByteArray& authorization, qint64 seconds) {
        return endpoint.standing(requestOf("GET / HTTP/1.1\r\n" + authorization + "\r\n\r\n"), seconds * 1'000'000'000);
    };
    const QByteArray good = "Authorization: bearer " + tokenOf({});
    QCOMPARE(standing(good, 299), Standing::Good);
    QCOMPARE(standing(good, 300), Standing::Expired);
    QCOMPARE(standing(good + 'x', 0), Standing::Unknown);
    QCOMPARE(standing("Authorization: Basic xyz", 0), Standing::Missing);
    QCOMPARE(standing("A: b", 0), Standing::Missing);
    QCOMPARE(standing("Authorization: Bearer " + tokenOf("&scope=interaction:read"), 0), Standing::ScopeMissing);
    endpoint.revokeAll();
    QCOMPARE(standing(good, 0), Standing::Revoked);
    QCOMPARE(standing("Authorization: Bearer " + tokenOf({}), 0), Standing::Good);
}

void TstSimulatorParts::pacerIsExactOnAverage()
{
    Prng prng(7);
    Pacer pacer;
    pacer.start(0);
    quint64 sent = 0;
    qint64 nowNs = 0;
    while (nowNs < 60'000'000'000) {
        nowNs += 1'000'000 + qint64(prng.below(40'000'000)); // timers come late
        const quint64 due = pacer.due(nowNs, 2000);
        pacer.spend(due);
        sent += due;
    }
    QVERIFY(qAbs(double(sent) - double(nowNs) / 1e9 * 2000 - 1) <= 1);
    pacer.start(nowNs);
    QCOMPARE(pacer.due(nowNs, 1), quint64(1));
    pacer.spend(1);
    QCOMPARE(pacer.due(nowNs + 900'000'000, 1), quint64(0));
    QCOMPARE(pacer.due(nowNs + 1'000'000'001, 1), quint64(1));
}

void TstSimulatorParts::pacerForgetsOldDebts()
{
    Pacer pacer;
    pacer.start(0);
    QCOMPARE(pacer.due(3600LL * 1'000'000'000, 100), quint64(1000));
    QCOMPARE(pacer.due(3600LL * 1'000'000'000, 0), quint64(UINT64_MAX));
}

void TstSimulatorParts::muLawIsThatOfG711()
{
    // Values of another implementation (Python's audioop.lin2ulaw).
    for (const auto& [sample, code] :
         {std::pair(0, 0xFF), std::pair(1000, 0xCE), std::pair(-1000, 0x4E), std::pair(20000, 0x8C),
          std::pair(123, 0xF0), std::pair(-124, 0x6F), std::pair(32767, 0x80), std::pair(-32768, 0x00)})
        QCOMPARE(int(muLaw(sample)), code);
}

void TstSimulatorParts::idsOfDistinctNumbersAreDistinct()
{
    QSet<QByteArray> ids;
    for (int bit = 0; bit < 64; ++bit) {
        std::string id;
        appendUuid(quint64(1) << bit, 0, id);
        QCOMPARE(id.size(), std::size_t(36));
        QCOMPARE(id[14], '4');
        QVERIFY(std::string_view("89ab").find(id[19]) != std::string_view::npos);
        ids.insert(QByteArray::fromStdString(id));
    }
    QCOMPARE(ids.size(), 64);
}

void TstSimulatorParts::mixIsAsPromised()
{
    MessageMaker maker(3, 1, std::make_shared<MediaClips>(3));
    maker.setTime(1'764'015'300'431'999'999);
    int updates = 0;
    int media = 0;
    std::string wire;
    for (int i = 0; i < 20'000; ++i) {
        wire.clear();
        maker.appendNext(wire);
        if (wire.size() > 22)
            ++((wire[0] & 0x0F) == 1 ? updates : media);
        if (i == 0)
            QVERIFY(wire.find(R"("timestamp":"2025-11-24T20:15:00.431Z")") != std::string::npos || wire.size() < 700);
    }
    QVERIFY(qAbs(updates - 15'000) < 300);
    QVERIFY(qAbs(media - 4'000) < 300);
}

void TstSimulatorParts::sequencesSkipWhatNobodyCanRead()
{
    MessageMaker maker(3, 1, std::make_shared<MediaClips>(3));
    const auto sequenceAfter = [&maker](Fault fault) {
        std::string wire;
        maker.appendFault(fault, wire);
        wire.clear();
        maker.appendFault(Fault::Duplicate, wire); // its first message is a good one
        const QByteArray text = QByteArray::fromStdString(wire);
        const qsizetype at = text.indexOf("\"sequence\":") + 11;
        return text.sliced(at, text.indexOf(',', at) - at).toInt();
    };
    QCOMPARE(sequenceAfter(Fault::BrokenJson), 1);
    QCOMPARE(sequenceAfter(Fault::BadUtf8), 2);
    QCOMPARE(sequenceAfter(Fault::UnknownType), 3);
    QCOMPARE(sequenceAfter(Fault::OverFiveMegabytes), 4);
    QCOMPARE(sequenceAfter(Fault::SchemaViolation), 6); // readable: it took 5
    QCOMPARE(sequenceAfter(Fault::MissingField), 8);
    QCOMPARE(sequenceAfter(Fault::OverOneMegabyte), 10);
}

QTEST_GUILESS_MAIN(TstSimulatorParts)
#include "tst_simulatorparts.moc"
