/// HAR out and in again: what an export of ours holds comes back as it was, and a capture of DevTools is judged as live
/// messages are, without anything of its headers and queries.
#include "core/decode/batchfiller.h"
#include "core/decode/decoder.h"
#include "core/exchange/exporter.h"
#include "core/exchange/harcapture.h"
#include "core/session/captureimport.h"
#include "core/store/sessionreader.h"
#include "core/store/sessionverify.h"
#include "core/store/sessionwriter.h"

#include <QBuffer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>
#include <random>

using namespace framescope;

namespace {

constexpr qint64 startedWallNs = 1'764'015'300'123'456'789;

QByteArray update(int n, const QByteArray& more = {})
{
    return R"({"id":"m-)" + QByteArray::number(n) + R"(","type":"interaction.update","name":"Zoë \"Ü\" \u0000)" + more +
           "\"}";
}

/// Messages that are hard to carry through JSON, and ordinary ones.
std::vector<std::pair<Opcode, QByteArray>> hardMessages()
{
    QByteArray allBytes;
    for (int byte = 0; byte < 256; ++byte)
        allBytes += char(byte);
    std::vector<std::pair<Opcode, QByteArray>> messages{
        {Opcode::Text, {}},
        {Opcode::Binary, {}},
        {Opcode::Binary, allBytes},
        {Opcode::Text, allBytes}, // no UTF-8
        {Opcode::Text, "\xef\xbb\xbf{\"mark\":true}"},
        {Opcode::Text, QByteArray("\x00\x01\x1f \x7f\"\\/\b\f\n\r\t", 14)},
        {Opcode::Text, "\xf0\x9f\x93\x9e \xe2\x80\xa8 \xef\xbf\xbf </script>"},
        {Opcode::Text, R"({"type":"keepalive","a":1,"a":2,"lone":"\ud800"})"},
        {Opcode::Text, "{\"type\":\"interaction.update\","}};
    for (int n = 0; n < 30; ++n)
        messages.emplace_back(Opcode::Text, update(n / 2)); // each id twice
    return messages;
}

/// A session as the pipeline writes one: @p connections side by side, the first of them with a second attempt.
class RecordedSession
{
public:
    RecordedSession(const QString& path, const DecoderOptions& options, int connections)
        : m_decoder(*PayloadMatrix::builtIn(), options)
    {
        SessionInfo info;
        info.sessionId = "00112233445566778899aabbccddeeff";
        info.toolVersion = "test";
        info.sourceKind = "live";
        info.sourceName = "wss://stream.example/events";
        info.startedWallNs = startedWallNs;
        info.startedMonoNs = 77'000'000'123;
        info.payloads = options.keepPayload ? PayloadPolicy::Full : PayloadPolicy::DigestOnly;
        auto writer = SessionWriter::create(path, info);
        if (!writer)
            qFatal("%s", qPrintable(writer.error().detail));
        m_writer = std::move(*writer);
        for (int connection = 0; connection < connections; ++connection)
            event(AuditAction::Connected, quint16(connection), 1);
        write(connections, 1);
        event(AuditAction::Closed, 0, 1,
              {{QStringLiteral("code"), 1001}, {QStringLiteral("reason"), QStringLiteral("bye")}});
        event(AuditAction::ConnectStarted, 0, 2);
        event(AuditAction::ConnectFailed, 0, 2, {{QStringLiteral("status"), 503}});
        event(AuditAction::ConnectStarted, 0, 3);
        event(AuditAction::Connected, 0, 3);
        write(1, 3);
        if (!m_writer->close())
            qFatal("the session could not be written");
    }

private:
    void event(AuditAction action, quint16 connection, quint16 attempt, const QJsonObject& detail = {})
    {
        AuditEvent event = auditEvent(action, Severity::Note, QStringLiteral("wss://stream.example/events"), detail);
        event.at = tick();
        event.connection = connection;
        event.attempt = attempt;
        (void)m_writer->append(event);
        if (action == AuditAction::Connected)
            m_decoder.connectionStarted(connection);
    }

    Instant tick()
    {
        m_ns += 1'234'567;
        return {77'000'000'123 + m_ns, startedWallNs + m_ns};
    }

    void write(int connections, quint16 attempt)
    {
        auto batch = std::make_shared<FrameBatch>();
        int turn = 0;
        for (const auto& [opcode, bytes] : hardMessages()) {
            RawFrame raw;
            raw.arrival = tick();
            raw.connection = quint16(turn++ % connections);
            raw.attempt = raw.connection == 0 ? attempt : quint16(1);
            raw.opcode = opcode;
            raw.direction = turn % 3 == 0 ? Direction::Out : Direction::In;
            raw.bytes = bytes;
            batchfiller::append(raw, ++m_number, 0, *batch);
        }
        RawFrame gated;
        gated.arrival = tick();
        gated.attempt = attempt;
        batchfiller::appendWithoutPayload(gated, 6 * 1024 * 1024, ++m_number, 0, *batch);
        m_decoder.judge(*batch);
        batch->types = m_decoder.typeNames();
        m_writer->append(batch);
    }

    Decoder m_decoder;
    std::unique_ptr<SessionWriter> m_writer;
    qint64 m_ns = 0;
    quint64 m_number = 0;
};

std::vector<Frame> framesOf(const QString& path)
{
    const auto reader = SessionReader::open(path);
    if (!reader)
        qFatal("%s", qPrintable(reader.error().detail));
    std::vector<Frame> frames;
    for (quint64 number = 1;;) {
        const auto block = (*reader)->nextBlock(number);
        if (!block)
            qFatal("%s", qPrintable(block.error().detail));
        if (!*block)
            return frames;
        for (std::size_t i = 0; i < (*block)->size(); ++i)
            frames.push_back(Frame::fromBatch(**block, i));
        number = (*block)->lastNumber() + 1;
    }
}

std::vector<AuditEvent> eventsOf(const QString& path)
{
    const auto reader = SessionReader::open(path);
    return reader ? (*reader)->events(1, 1'000'000, 1'000'000).value_or(std::vector<AuditEvent>())
                  : std::vector<AuditEvent>();
}

const char* difference(const Frame& a, const Frame& b)
{
    const FrameHead& x = a.head;
    const FrameHead& y = b.head;
    if (x.number != y.number || x.wallNs != y.wallNs || x.monoNs != y.monoNs || x.eventWallNs != y.eventWallNs ||
        x.parseNs != y.parseNs)
        return "number or time";
    if (x.connection != y.connection || x.attempt != y.attempt || x.opcode != y.opcode || x.direction != y.direction)
        return "connection, opcode or direction";
    if (a.payload != b.payload || x.sizeBytes != y.sizeBytes || x.payloadBytes != y.payloadBytes ||
        a.digest != b.digest)
        return "payload";
    if (a.type != b.type || !(x.id == y.id) || !(x.subject == y.subject))
        return "type";
    if (x.verdict != y.verdict || x.checksum != y.checksum || (x.flags | FrameFlag::Imported) != y.flags)
        return "verdict or flags";
    if (a.findings.size() != b.findings.size())
        return "number of findings";
    for (std::size_t i = 0; i < a.findings.size(); ++i) {
        const Finding& f = a.findings[i];
        const Finding& g = b.findings[i];
        if (f.id != g.id || f.severity != g.severity || !(f.range == g.range) || f.pointer != g.pointer ||
            f.schemaPointer != g.schemaPointer || f.expected != g.expected || f.actual != g.actual)
            return "a finding";
    }
    return nullptr;
}

/// As DevTools write it, and with what must not be kept. @p messages instead of those that it has.
QByteArray devToolsHar(const QByteArray& messages = {})
{
    QFile file(QStringLiteral(FRAMESCOPE_SOURCE_DIR "/tests/data/captures/devtools.har"));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("no tests/data/captures/devtools.har");
    QByteArray har = file.readAll();
    static const QByteArray list = "\"_webSocketMessages\": [";
    const qsizetype from = har.indexOf(list) + list.size();
    if (!messages.isEmpty())
        har.replace(from, har.indexOf("]", from) - from, messages);
    return har;
}

} // namespace

class TestCaptureImport : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    [[nodiscard]] QString path(const QByteArray& name) const { return m_folder.filePath(QString::fromLatin1(name)); }

    [[nodiscard]] QString written(const QByteArray& name, const QByteArray& bytes) const
    {
        QFile file(path(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("cannot write %s", name.constData());
        return file.fileName();
    }

    static QByteArray harOf(const QString& session)
    {
        ExportRequest request;
        request.sessionPath = session;
        request.what = ExportWhat::Frames;
        request.format = ExportFormat::Har;
        QBuffer buffer;
        buffer.open(QIODevice::WriteOnly);
        if (const auto result = exportTo(buffer, request); !result)
            qFatal("%s", qPrintable(result.error().detail));
        return buffer.data();
    }

    static Expected<ImportResult> import(const QString& capture, const QString& session,
                                         const ImportProgress& progress = {})
    {
        ImportRequest request;
        request.capturePath = capture;
        request.sessionPath = session;
        return importCapture(request, progress);
    }

private Q_SLOTS:
    void ownHarComesBackWithoutLoss_data()
    {
        QTest::addColumn<bool>("keepPayload");
        QTest::addColumn<bool>("maskPersonal");
        QTest::addColumn<int>("connections");
        QTest::newRow("one connection") << true << false << 1;
        QTest::newRow("five connections side by side") << true << false << 5;
        QTest::newRow("digest only") << false << false << 2;
        QTest::newRow("masked") << true << true << 1;
    }
    void ownHarComesBackWithoutLoss()
    {
        QFETCH(bool, keepPayload);
        QFETCH(bool, maskPersonal);
        QFETCH(int, connections);
        const QByteArray tag = QByteArray(QTest::currentDataTag()).replace(' ', '-');
        DecoderOptions options;
        options.keepPayload = keepPayload;
        options.maskPersonal = maskPersonal;
        const RecordedSession recorded(path(tag + ".framescope"), options, connections);
        const QString har = written(tag + ".har", harOf(path(tag + ".framescope")));
        const auto result = import(har, path(tag + "-again.framescope"));
        QVERIFY2(result, result ? "" : qPrintable(result.error().detail + result.error().place));
        const std::vector<Frame> before = framesOf(path(tag + ".framescope"));
        const std::vector<Frame> after = framesOf(path(tag + "-again.framescope"));
        QCOMPARE(after.size(), before.size());
        QCOMPARE(result->frames, quint64(before.size()));
        for (std::size_t i = 0; i < before.size(); ++i) {
            if (const char* what = difference(before[i], after[i]))
                QFAIL(qPrintable(QStringLiteral("frame %1: %2").arg(i + 1).arg(QLatin1String(what))));
        }
        // Attempts that failed, and how connections ended, too.
        const auto storyOf = [](const QString& session) {
            QStringList story;
            for (const AuditEvent& event : eventsOf(session)) {
                if (event.action == AuditAction::Closed || event.action == AuditAction::ConnectFailed)
                    story += QString(auditActionName(event.action)) + QString::number(event.connection) +
                             QString::number(event.attempt) + QString::fromLatin1(rfc3339Utc(event.at.wallNs)) +
                             QString::fromUtf8(event.detail);
            }
            return story;
        };
        QCOMPARE(storyOf(path(tag + "-again.framescope")), storyOf(path(tag + ".framescope")));
        QCOMPARE(SessionReader::open(path(tag + "-again.framescope")).value()->info().sourceKind, "imported");
    }

    void exportFollowsTheShapeOfDevTools()
    {
        const RecordedSession recorded(path("shape.framescope"), {}, 2);
        QJsonParseError error;
        const QJsonObject log =
            QJsonDocument::fromJson(harOf(path("shape.framescope")), &error).object()[QStringLiteral("log")].toObject();
        QCOMPARE(error.error, QJsonParseError::NoError);
        QCOMPARE(log[QStringLiteral("version")].toString(), QStringLiteral("1.2"));
        const QJsonArray entries = log[QStringLiteral("entries")].toArray();
        QCOMPARE(entries.size(), 4); // two connections, a failed attempt and one more
        qsizetype messages = 0;
        for (const QJsonValue& value : entries) {
            const QJsonObject entry = value.toObject();
            QCOMPARE(entry[QStringLiteral("_resourceType")].toString(), QStringLiteral("websocket"));
            for (const char* member : {"request", "response", "cache", "timings", "startedDateTime", "time"})
                QVERIFY2(entry.contains(QLatin1String(member)), member);
            for (const QJsonValue& message : entry[QStringLiteral("_webSocketMessages")].toArray()) {
                const QString type = message[QStringLiteral("type")].toString();
                QVERIFY(type == QStringLiteral("send") || type == QStringLiteral("receive"));
                QVERIFY(message[QStringLiteral("time")].isDouble());
                QVERIFY(message[QStringLiteral("opcode")].toInt() == 1 ||
                        message[QStringLiteral("opcode")].toInt() == 2);
                QVERIFY(message[QStringLiteral("data")].isString());
                ++messages;
            }
        }
        QCOMPARE(messages, qsizetype(2 * (hardMessages().size() + 1)));
        const auto statusOf = [&entries](int i) {
            return entries[i].toObject()[QStringLiteral("response")].toObject()[QStringLiteral("status")].toInt();
        };
        QCOMPARE((QList<int>{statusOf(0), statusOf(1), statusOf(2), statusOf(3)}), (QList<int>{101, 101, 503, 101}));
    }

    void devToolsCaptureIsJudgedAndKeepsNoSecret()
    {
        const QString har = written("devtools.har", devToolsHar());
        const QString session = path("devtools.framescope");
        const auto result = import(har, session);
        QVERIFY2(result, result ? "" : qPrintable(result.error().detail + result.error().place));
        QCOMPARE(result->frames, 4u);
        QCOMPARE(result->others, 1u);
        QCOMPARE(result->unreadable, 1u);
        const std::vector<Frame> frames = framesOf(session);
        QCOMPARE(frames.size(), 4u);
        QCOMPARE(frames[0].head.wallNs, 1'764'015'300'234'567'900);
        QVERIFY(frames[0].head.direction == Direction::Out);
        QCOMPARE(frames[0].head.monoNs, 111'567'900); // from the beginning of the connection
        QCOMPARE(frames[1].type, QByteArray("channel.metadata"));
        QCOMPARE(frames[2].payload, QByteArray("\x00\x01\xff", 3));
        QVERIFY(frames[2].head.opcode == Opcode::Binary);
        QCOMPARE(int(frames[3].findings.front().id), int(FindingId::JsonParse));
        for (const Frame& frame : frames)
            QVERIFY((frame.head.flags & FrameFlag::Imported) != 0 && frame.head.parseNs == 0);
        QStringList objects;
        for (const AuditEvent& event : eventsOf(session))
            objects += QString::fromUtf8(event.object + event.detail);
        QVERIFY(objects.join(u' ').contains(QStringLiteral("wss://stream.example/channels/…")));
        QFile file(session);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        QVERIFY(!bytes.contains("secret-") && !bytes.contains("streaming-5"));
    }

    void connectionsAreMergedByTime()
    {
        const auto entry = [](const QByteArray& name, const QByteArrayList& times) {
            QByteArrayList messages;
            for (const QByteArray& time : times)
                messages +=
                    "{\"type\":\"receive\",\"opcode\":1,\"data\":\"" + name + time + "\",\"time\":" + time + "}";
            return R"({"_resourceType":"websocket","request":{"url":"ws://h.example/)" + name +
                   "\"},\"response\":{\"status\":101},\"startedDateTime\":\"2025-11-24T20:15:00+00:00\",\"time\":0," +
                   R"("_webSocketMessages":[)" + messages.join(',') + "]}";
        };
        // The second one's times step back once: its own order stays.
        const QByteArrayList entries{entry("a", {"1764015301", "1764015304"}),
                                     entry("b", {"1764015302", "1764015301.5", "1764015305"}), entry("c", {})};
        const QString har = written("merged.har", R"({"log":{"entries":[)" + entries.join(',') + "]}}");
        QVERIFY(import(har, path("merged.framescope")));
        QByteArrayList order;
        for (const Frame& frame : framesOf(path("merged.framescope")))
            order += frame.payload;
        QCOMPARE(order, (QByteArrayList{"a1764015301", "b1764015302", "b1764015301.5", "a1764015304", "b1764015305"}));
    }

    void errorsNameTheirPlaceAndLeaveNothing_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("place");
        const QByteArray good = devToolsHar(R"({"type":"send","time":1,"opcode":1,"data":"x"})");
        QTest::newRow("empty") << QByteArray() << "byte 0";
        QTest::newRow("other JSON") << QByteArray("[1,2]") << "byte 0";
        QTest::newRow("no entries") << QByteArray(R"({"log":{"version":"1.2"}})") << "";
        QTest::newRow("no WebSocket") << QByteArray(R"({"log":{"entries":[]}})") << "";
        QTest::newRow("cut") << good.left(good.size() - 200) << "byte ";
        QTest::newRow("more behind it") << good + "{}"
                                        << "byte ";
        QTest::newRow("no time") << devToolsHar(R"({"type":"send","opcode":1,"data":"x"})")
                                 << "/log/entries/1/_webSocketMessages/0";
        QTest::newRow("a time that is none") << devToolsHar(R"({"type":"send","time":9e99,"opcode":1,"data":"x"})")
                                             << "/log/entries/1/_webSocketMessages/0/time";
        QTest::newRow("time of a text")
            << devToolsHar(
                   R"({"type":"send","time":1,"opcode":1,"data":"x"},{"type":"send","time":"now","opcode":1,"data":"x"})")
            << "/log/entries/1/_webSocketMessages/1/time";
        QTest::newRow("data of a number") << devToolsHar(R"({"type":"send","time":1,"opcode":1,"data":5})")
                                          << "/log/entries/1/_webSocketMessages/0/data";
        QTest::newRow("an escape that is none") << devToolsHar(R"({"type":"send","time":1,"opcode":1,"data":"\x"})")
                                                << "/log/entries/1/_webSocketMessages/0/data";
        QTest::newRow("too deep") << QByteArray(R"({"log":)" + QByteArray(1000, '[')) << "byte ";
        QTest::newRow("no UTF-8") << devToolsHar("{\"type\":\"send\",\"time\":1,\"opcode\":1,\"data\":\"\xff\"}")
                                  << "/log/entries/1/_webSocketMessages/0/data";
    }
    void errorsNameTheirPlaceAndLeaveNothing()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, place);
        QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("bad.har")));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
        file.close();
        const auto result = import(file.fileName(), folder.filePath(QStringLiteral("bad.framescope")));
        QVERIFY(!result);
        QVERIFY(result.error().code == ErrorCode::Parse || result.error().code == ErrorCode::Unsupported);
        QVERIFY2(result.error().place.contains(place), qPrintable(result.error().place));
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files | QDir::Hidden), QStringList{QStringLiteral("bad.har")});
    }

    void cancelLeavesNothingAndNoSessionIsOverwritten()
    {
        QTemporaryDir folder;
        QByteArrayList messages;
        for (int n = 0; n < 2'000; ++n)
            messages += R"({"type":"receive","time":1764015301,"opcode":1,"data":"{}"})";
        const QString har = written("many.har", devToolsHar(messages.join(',')));
        for (const ImportStage stage : {ImportStage::Checking, ImportStage::Importing}) {
            const auto cancelled = import(har, folder.filePath(QStringLiteral("s.framescope")),
                                          [stage](ImportStage at, quint64, quint64) { return at != stage; });
            QVERIFY(!cancelled && cancelled.error().code == ErrorCode::Cancelled);
            QVERIFY(QDir(folder.path()).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot));
        }
        QVERIFY(import(har, folder.filePath(QStringLiteral("s.framescope"))));
        QVERIFY(!import(har, folder.filePath(QStringLiteral("s.framescope"))));
        QCOMPARE(framesOf(folder.filePath(QStringLiteral("s.framescope"))).size(), 2'000u);
    }

    void placesOutsideOfThePayloadAreNone_data()
    {
        QTest::addColumn<QByteArray>("offset");
        QTest::addColumn<QByteArray>("length");
        QTest::addColumn<bool>("isPlace");
        QTest::newRow("whole") << QByteArray("0") << QByteArray("18") << true;
        QTest::newRow("last byte") << QByteArray("17") << QByteArray("1") << true;
        QTest::newRow("behind it") << QByteArray("17") << QByteArray("2") << false;
        QTest::newRow("far") << QByteArray("4000000000") << QByteArray("400000000") << false;
        QTest::newRow("long") << QByteArray("0") << QByteArray("4294967295") << false;
        QTest::newRow("more than 32 bits") << QByteArray("4294967297") << QByteArray("4") << false;
        QTest::newRow("negative") << QByteArray("-1") << QByteArray("4") << false;
        QTest::newRow("negative length") << QByteArray("4") << QByteArray("-4294967292") << false;
    }
    void placesOutsideOfThePayloadAreNone()
    {
        QFETCH(QByteArray, offset);
        QFETCH(QByteArray, length);
        QFETCH(bool, isPlace);
        const QByteArray range = '[' + offset + ',' + length + ']';
        const QByteArray facts = R"("seq":6,"frame_no":1,"size_bytes":18,"flags":)" +
                                 QByteArray::number(FrameFlag::PayloadKept | FrameFlag::Masked) + R"(,"id_at":)" +
                                 range + R"(,"subject_at":)" + range +
                                 R"(,"findings":[{"id":"SCHEMA-TYPE","severity":"error","offset":)" + offset +
                                 R"(,"length":)" + length + "}]";
        const QByteArray message =
            R"({"type":"receive","time":1764015301,"opcode":1,"data":"[1,2,3,4,5,6,7,89]","_framescope":{)" + facts +
            "}}";
        const QString har = written("ranges.har", devToolsHar(message));
        for (const PayloadPolicy payloads : {PayloadPolicy::Full, PayloadPolicy::DigestOnly}) {
            QTemporaryDir folder;
            ImportRequest request;
            request.capturePath = har;
            request.sessionPath = folder.filePath(QStringLiteral("s.framescope"));
            request.payloads = payloads;
            const auto result = importCapture(request);
            QVERIFY2(result, result ? "" : qPrintable(result.error().detail + result.error().place));
            QCOMPARE(result->asStated, 1u);
            const std::vector<Frame> frames = framesOf(request.sessionPath);
            const Frame& frame = frames.front();
            const bool isKept = payloads == PayloadPolicy::Full;
            QCOMPARE(frame.payload.size(), isKept ? 18 : 0);
            QCOMPARE((frame.head.flags & FrameFlag::PayloadKept) != 0, isKept);
            const ByteRange place =
                isPlace ? ByteRange{quint32(offset.toUInt()), quint32(length.toUInt())} : ByteRange{};
            QVERIFY(frame.findings.front().range == place);
            QVERIFY(frame.head.id == (isKept ? place : ByteRange{}) && frame.head.subject == frame.head.id);
        }
    }

    void editedPayloadIsNoChangeOfTheSession()
    {
        // Shortened by hand after it was exported: size, digest and flags are those of what was recorded.
        const QByteArray facts =
            R"("seq":6,"frame_no":1,"size_bytes":18,"flags":1,"payload_sha256":)" + ('"' + QByteArray(64, 'a') + '"');
        const QByteArray message =
            R"({"type":"receive","time":1764015301,"opcode":1,"data":"[1,2]","_framescope":{)" + facts + "}}";
        ImportRequest request;
        request.capturePath = written("edited.har", devToolsHar(message));
        request.sessionPath = path("edited.framescope");
        const auto result = importCapture(request);
        QVERIFY2(result, result ? "" : qPrintable(result.error().detail + result.error().place));
        const std::vector<Frame> frames = framesOf(request.sessionPath);
        QCOMPARE(frames.front().payload, QByteArray("[1,2]"));
        QVERIFY((frames.front().head.flags & FrameFlag::Masked) != 0);
        const auto report = verifySession(request.sessionPath);
        QVERIFY(report);
        QCOMPARE(report->fault, ChainFault::NotSigned); // the only one: no key was asked for
    }

    void endpointsShowNoSecrets()
    {
        QCOMPARE(bareEndpoint("wss://u:p@h.example:8443/a/b?x=1#y"), "wss://h.example:8443/a/b");
        QCOMPARE(bareEndpoint("wss://h.example/socket/8f14e45fceea167a5a36dedd4bea2543/x"),
                 "wss://h.example/socket/…/x");
        QCOMPARE(bareEndpoint("wss://h.example/channels/abc"), "wss://h.example/channels/…");
        QCOMPARE(bareEndpoint("no url"), "");
        QCOMPARE(bareEndpoint(bareEndpoint("wss://h.example/channels/abc")), "wss://h.example/channels/…");
    }

    void messageOverTheGateIsRefusedUnread()
    {
        const QByteArray large(9 * 1024 * 1024, 'x');
        const QString har =
            written("large.har",
                    devToolsHar("{\"type\":\"receive\",\"time\":1764015301,\"opcode\":1,\"data\":\"" + large + "\"}"));
        QVERIFY(import(har, path("large.framescope")));
        const std::vector<Frame> frames = framesOf(path("large.framescope"));
        QCOMPARE(frames.size(), 1u);
        QCOMPARE(frames[0].head.sizeBytes, quint64(large.size()));
        QCOMPARE(int(frames[0].findings.front().id), int(FindingId::SizeGate));
    }
};

QTEST_GUILESS_MAIN(TestCaptureImport)
#include "tst_captureimport.moc"
