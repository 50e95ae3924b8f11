// What was masked is nowhere: not in the kept bytes, not in findings, not in names of types. And everything else is.
#include "core/base/redactor.h"
#include "core/decode/maskedmembers.h"
#include "tests/core/decode/notificationbench.h"

#include <QtTest>

using namespace framescope;
using namespace framescope::test;

namespace {

const QByteArray channelId = "streaming-5-abcdefghijklmnopqrstuvwx01";

/// Everything that is kept of the frames of @p bench: bytes, evidence, names.
QByteArray allKept(Bench& bench)
{
    QByteArray all(bench.batch.payload.data(), qsizetype(bench.batch.payload.size()));
    for (const Finding& finding : bench.batch.findings)
        all += '\n' + finding.pointer + '\n' + finding.schemaPointer + '\n' + finding.expected + '\n' + finding.actual;
    for (const QByteArray& name : *bench.decoder().typeNames())
        all += '\n' + name;
    return all;
}

} // namespace

class TestMasking : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void personalTextIsNowhereInTheSamples();
    void whatIsNotPersonalStays();
    void knowsTheMembers_data();
    void knowsTheMembers();
    void masksTheDirectStreamToo();
    void digestAndVerdictAreThoseOfTheReceivedBytes();
    void findingsAboutMaskedPlacesAreMasked();
    void whatCallsItselfAControlMessageIsMaskedToo();
    void textThatIsNoJsonIsMaskedWhole();
    void nothingIsMaskedUnlessAsked();
    void channelIdsAreMaskedByForm_data();
    void channelIdsAreMaskedByForm();
    void registeredSecretsAreMaskedWhereTheyMayStand();
    void evidenceThatWasCutInsideASecretIsClean();
    void evidenceOfBinaryFramesStaysText();
    void goodEventsAreLeftAlone();
};

void TestMasking::personalTextIsNowhereInTheSamples()
{
    Bench bench(topicOptions({}, true));
    for (const QJsonValue& frame : sampleFrames()) {
        const QByteArray message = compact(frame);
        bench.text(message);
        QCOMPARE(bench.names(), QByteArray());
        const QByteArray kept = bench.batch.payloadOf(bench.last()).toByteArray();
        QCOMPARE(kept.size(), message.size());
        QVERIFY(!QJsonDocument::fromJson(kept).isNull());
        const bool isMasked = (bench.head().flags & FrameFlag::Masked) != 0;
        QCOMPARE(isMasked, kept != message);
    }
    const QByteArray all = allKept(bench);
    for (const char* personal : {"3175550123", "8005550199", "Agent One", "Indianapolis", "gold", "hello", "\"i\"",
                                 "help", "agent@example", "aaaaaaaaaaaaaaaaaaaaaaaaaa"})
        QVERIFY2(!all.contains(personal), personal);
}

void TestMasking::whatIsNotPersonalStays()
{
    Bench bench(topicOptions({}, true));
    for (const QJsonValue& frame : sampleFrames())
        bench.text(compact(frame));
    const QByteArray all = allKept(bench);
    for (const char* plain :
         {"\"ivrChoice\":\"*\"", "WebSocket Heartbeat", "pong", "AudioHook integration error", "AVAILABLE", "alerting",
          "d23f0824-128b-4f33-8c5c-7fd0a6a3a450", "2026-01-05T10:00:14.600Z", "0.95",
          "907a70c3-1012-4037-b64c-e4228c38fb29", "v2.users.6513270e-269e-4d37-b2a7-4de452e6b438.presence"})
        QVERIFY2(all.contains(plain), plain);
}

void TestMasking::knowsTheMembers_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("masked");
    const auto row = [](const char* json, const char* masked) {
        QTest::newRow(json) << QByteArray(json) << QByteArray(masked);
    };
    row(R"({"ani":"+1 3","dnis":13175.5e1,"x":1})", R"({"ani":"****","dnis":11111.1e1,"x":1})");
    row(R"({"name":"Zoë","queue":{"name":"Billing","owner":{"name":"Ana"}}})",
        R"({"name":"****","queue":{"name":"Billing","owner":{"name":"***"}}})");
    row(R"({"skills":[{"name":"es"},{"name":"en"}],"wrapup":{"code":"x","name":"done","notes":"angry"}})",
        R"({"skills":[{"name":"es"},{"name":"en"}],"wrapup":{"code":"x","name":"done","notes":"*****"}})");
    row(R"({"attributes":{"k":"v","n":[12,{"deep":"x"}],"b":true,"z":null},"k":"v"})",
        R"({"attributes":{"k":"*","n":[11,{"deep":"*"}],"b":true,"z":null},"k":"v"})");
    row(R"({"addressDisplayable":"a\"b\\","toAddress":"t","destinationAddresses":["x","y"],"ipAddress":"1"})",
        R"({"addressDisplayable":"******","toAddress":"*","destinationAddresses":["*","*"],"ipAddress":"*"})");
    row(R"({"message":"sick","message2":{"message":{"state":"x"}}})",
        R"({"message":"****","message2":{"message":{"state":"x"}}})");
    row(R"({"words":[{"word":"hi","confidence":0.9}],"ANI":"1","na\u006de":"x"})",
        R"({"words":[{"word":"**","confidence":0.9}],"ANI":"*","na\u006de":"*"})");
    row(R"({ "ani" : "1" , "list" : [ { "ani" : "2" } , "3" ] })",
        R"({ "ani" : "*" , "list" : [ { "ani" : "*" } , "3" ] })");
    row(R"({"lastExternalContactOrganizationName":"x","lastExternalContactOrganizationNam":"x"})",
        R"({"lastExternalContactOrganizationName":"*","lastExternalContactOrganizationNam":"x"})");
    row(R"(["ani","x"])", R"(["ani","x"])");
    row(R"({"ani":"","name":""})", R"({"ani":"","name":""})");
}

void TestMasking::knowsTheMembers()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, masked);
    std::vector<ByteRange> places;
    QByteArray text = json;
    MaskedMembers().mask(text.data(), std::size_t(text.size()), places);
    QCOMPARE(text, masked);
    QCOMPARE(places.empty(), json == masked);
    for (qsizetype at = 0; at < json.size(); ++at) { // places say exactly where
        const bool changed = json[at] != masked[at];
        const bool isListed = std::any_of(places.begin(), places.end(), [at](ByteRange range) {
            return quint64(at) >= range.offset && quint64(at) < quint64(range.offset) + range.length;
        });
        QVERIFY(!changed || isListed);
    }
}

void TestMasking::masksTheDirectStreamToo()
{
    DecoderOptions options;
    options.maskPersonal = true;
    Bench bench(options);
    bench.text(update(1, "m-1"));
    QCOMPARE(bench.names(), QByteArray());
    const QByteArray all = allKept(bench);
    for (const char* personal : {"Zoë", "Ana", "3175550123", "\"v\""})
        QVERIFY2(!all.contains(personal), personal);
    QVERIFY(all.contains("Billing · Español"));
    QVERIFY(all.contains(R"("attributes":{"k":"*"})"));
    QVERIFY(bench.head().flags & FrameFlag::Masked);
    bench.text(R"({"type":"keepalive"})");
    QVERIFY(!(bench.head().flags & FrameFlag::Masked));
}

void TestMasking::digestAndVerdictAreThoseOfTheReceivedBytes()
{
    Bench open(topicOptions());
    Bench masked(topicOptions({}, true));
    for (const QJsonValue& frame : sampleFrames()) {
        open.text(compact(frame)).text(compact(frame));
        masked.text(compact(frame)).text(compact(frame));
        QCOMPARE(masked.names(), open.names()); // duplicates are found by what was received
        QCOMPARE(masked.batch.digests.back(), open.batch.digests.back());
        QCOMPARE(masked.head().eventWallNs, open.head().eventWallNs);
        QCOMPARE(masked.head().id, open.head().id);
    }
}

void TestMasking::findingsAboutMaskedPlacesAreMasked()
{
    Bench bench(topicOptions({}, true));
    bench.text(notification(
        R"({"participants":[{"name":31755501,"attributes":{"secret":77},"purpose":5,"brandNew":{"ani":"+44"}}]})",
        "v2.users.a.conversations"));
    QCOMPARE(bench.names(), QByteArray("SCHEMA-TYPE SCHEMA-TYPE SCHEMA-TYPE FIELD-UNKNOWN"));
    QHash<QByteArray, QByteArray> actual;
    for (const Finding& finding : bench.batch.findings)
        actual.insert(finding.pointer, finding.actual);
    QCOMPARE(actual.value("/eventBody/participants/0/name"), QByteArray("11111111"));
    QCOMPARE(actual.value("/eventBody/participants/0/attributes/secret"), QByteArray("11"));
    QCOMPARE(actual.value("/eventBody/participants/0/purpose"), QByteArray("5"));
    QCOMPARE(actual.value("/eventBody/participants/0/brandNew"), QByteArray(R"({"ani":"***"})"));
}

void TestMasking::whatCallsItselfAControlMessageIsMaskedToo()
{
    Bench bench(topicOptions({}, true));
    bench.text(R"({"result":"200","status":"subscribed","x":{"ani":"+1317","name":"Zoë"}})");
    QVERIFY(bench.head().flags & FrameFlag::Control);
    QVERIFY(!allKept(bench).contains("1317") && !allKept(bench).contains("Zoë"));
    bench.text(R"({"topicName":"channel.metadata","eventBody":{"message":"hi","ani":"+1555"}})");
    QVERIFY(!allKept(bench).contains("1555"));
    bench.text(R"({"topicName":"channel.metadata","eventBody":{"message":"WebSocket Heartbeat"}})");
    QVERIFY(allKept(bench).contains("WebSocket Heartbeat")); // what it is can still be read
}

void TestMasking::textThatIsNoJsonIsMaskedWhole()
{
    Bench bench(topicOptions({}, true));
    bench.text(R"({"topicName":"v2.users.a.presence","eventBody":{"ani":"+1317Zoë",}})");
    QCOMPARE(bench.names(), QByteArray("JSON-PARSE"));
    QCOMPARE(bench.finding().actual, QByteArray("} at byte 66"));
    bench.text(R"({"ani":"+1317", Zoë})");
    QCOMPARE(bench.names(), QByteArray("JSON-PARSE"));
    const QByteArray all = allKept(bench);
    for (const char* personal : {"1317", "Zo", "ani"})
        QVERIFY2(!all.contains(personal), personal);
    QCOMPARE(bench.batch.payloadOf(1).toByteArray(), QByteArray(R"({"***":"+****", ****})"));
    QCOMPARE(bench.finding().actual, QByteArray("* at byte 16"));
}

void TestMasking::nothingIsMaskedUnlessAsked()
{
    Bench bench(topicOptions());
    bench.text(notification(R"({"participants":[{"name":"Zoë"}]})", "v2.users.a.conversations"));
    QVERIFY(allKept(bench).contains("Zoë"));
    QVERIFY(!(bench.head().flags & FrameFlag::Masked));
}

void TestMasking::channelIdsAreMaskedByForm_data()
{
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char* name, const QByteArray& message) { QTest::newRow(name) << message; };
    row("evicted", notification(R"({"channelId":")" + channelId + R"(","message":"x"})",
                                "v2.system.no_longer_subscribed." + channelId));
    row("as another system topic", notification("{}", "v2.system.x." + channelId));
    row("unknown topic", notification("{}", "v2.unknown." + channelId));
    row("unknown member", notification(R"({"x":")" + channelId + R"("})", "v2.users.a.presence"));
    row("member's name", notification(R"({")" + channelId + R"(":1})", "v2.users.a.presence"));
    row("wrong type", notification(R"({"primary":")" + channelId + R"("})", "v2.users.a.presence"));
    row("result", R"({"result":"400","x":")" + channelId + R"("})");
    row("neither", R"({"id":")" + channelId + R"("})");
    row("no JSON", "wss://x/channels/" + channelId);
    row("another type", R"({"type":")" + channelId + R"("})");
    row("heartbeat", notification(R"({"message":")" + channelId + R"("})", "channel.metadata"));
}

void TestMasking::channelIdsAreMaskedByForm()
{
    QFETCH(QByteArray, message);
    for (const bool isDirect : {false, true}) {
        Bench bench(isDirect ? DecoderOptions() : topicOptions());
        bench.text(message);
        const QByteArray all = allKept(bench);
        QVERIFY2(!all.contains(channelId.mid(12)), all.constData());
        QVERIFY(all.contains("streaming-5-**************************"));
        QVERIFY(bench.head().flags & FrameFlag::Masked);
    }
}

void TestMasking::registeredSecretsAreMaskedWhereTheyMayStand()
{
    redactor::add(Secret(QByteArray("canary-7f3a-token")));
    Bench bench(topicOptions());
    bench.text(notification(R"({"x":"canary-7f3a-token"})", "v2.users.a.presence"));
    QCOMPARE(bench.marked(), QByteArray(R"("*****************")"));
    QCOMPARE(bench.finding().actual, QByteArray(R"("*****************")"));
    bench.text(R"({"topicName":"v2.canary-7f3a-token","eventBody":{}})");
    bench.text("not JSON: canary-7f3a-token");
    bench.bytes("canary-7f3a-token");
    QVERIFY(!allKept(bench).contains("canary-7f3a-token"));

    QByteArray text = "a canary-7f3a-token, twice: canary-7f3a-tokencanary-7f3a-token.";
    QVERIFY(redactor::maskInPlace(text.data(), std::size_t(text.size())));
    QCOMPARE(text, "a *****************, twice: " + QByteArray(34, '*') + '.');
    QVERIFY(!redactor::maskInPlace(text.data(), std::size_t(text.size())));
}

void TestMasking::evidenceThatWasCutInsideASecretIsClean()
{
    for (int before = evidenceLimit - 40; before <= evidenceLimit; ++before) {
        Bench bench(topicOptions());
        bench.text(notification(R"({"x":")" + QByteArray(before, '.') + channelId + R"("})", "v2.users.a.presence"));
        QVERIFY2(!bench.finding().actual.contains("abc"), bench.finding().actual.constData());
    }
}

void TestMasking::evidenceOfBinaryFramesStaysText()
{
    Bench bench;
    bench.bytes(mediaFrame(1, "\x9b" + channelId, 1));
    QCOMPARE(bench.names(), QByteArray("MEDIA-LENGTH"));
    QCOMPARE(bench.finding().actual, QByteArray::number(channelId.size() + 1) + " bytes");
    bench.bytes("\x9b" + channelId + "\xff");
    QCOMPARE(bench.names(), QByteArray("TYPE-UNKNOWN"));
    QVERIFY(!bench.finding().actual.contains("73 74 72 65")); // "stre"
    QVERIFY(QString::fromUtf8(bench.finding().actual).toUtf8() == bench.finding().actual);
}

void TestMasking::goodEventsAreLeftAlone()
{
    // An event that is all as published is not searched: it is what the person asked to see.
    Bench bench(topicOptions());
    const QByteArray message = notification(R"({"message":"see )" + channelId + R"("})", "v2.users.a.presence");
    bench.text(message);
    QCOMPARE(bench.batch.payloadOf(0).toByteArray(), message);
    QVERIFY(!(bench.head().flags & FrameFlag::Masked));
}

QTEST_GUILESS_MAIN(TestMasking)
#include "tst_masking.moc"
