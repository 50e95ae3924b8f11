// No secret reaches a file: a random secret and random tokens go through connect, refusal, close, reconnect, export and
// settings, with a service that echoes them wherever it can, and then every file that the program wrote is searched.
// The same for random values at the places that rules of redaction name.
#include "core/exchange/exporter.h"
#include "core/session/profilestore.h"
#include "core/session/session.h"
#include "core/store/sessionreader.h"
#include "core/store/sessionverify.h"
#include "tests/support/commandline.h"
#include "tests/support/rawwebsocketserver.h"

#include <QDirIterator>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QUuid>
#include <future>

using namespace framescope;
using namespace framescope::test;

namespace {

QByteArray randomWord(const char* prefix)
{
    return prefix + QUuid::createUuid().toByteArray(QUuid::Id128);
}

/// Every way in which the bytes could have been written down.
QByteArrayList spellings(const QByteArray& secret)
{
    const QString text = QString::fromUtf8(secret);
    const QByteArray utf16(reinterpret_cast<const char*>(text.utf16()), text.size() * 2);
    return {secret, secret.toBase64(), secret.toHex(), utf16};
}

/// The first file below @p folder that holds one of @p needles, and which; empty when none does.
QString firstFileWith(const QByteArrayList& needles, const QString& folder, int& files)
{
    QDirIterator walk(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (walk.hasNext()) {
        QFile file(walk.next());
        if (!file.open(QIODevice::ReadOnly))
            return file.fileName() + QStringLiteral(" cannot be read");
        const QByteArray bytes = file.readAll();
        for (const QByteArray& needle : needles) {
            if (bytes.contains(needle))
                return file.fileName() + QStringLiteral(": ") + QString::fromLatin1(needle);
        }
        ++files;
    }
    return {};
}

/// All that a session file holds, unpacked: payloads, evidence, names of types, events. Empty when it cannot be read.
QByteArray unpacked(const QString& path)
{
    const auto reader = SessionReader::open(path);
    if (!reader)
        return {};
    QByteArray all = (*reader)->info().redaction;
    for (quint64 next = 1;;) {
        const auto block = (*reader)->nextBlock(next);
        if (!block)
            return {};
        if (!*block)
            break;
        const FrameBatch& frames = **block;
        all.append(frames.payload.data(), qsizetype(frames.payload.size()));
        for (const Finding& finding : frames.findings)
            all += finding.pointer + finding.schemaPointer + finding.expected + finding.actual;
        for (std::size_t i = 0; i < frames.size(); ++i)
            all += frames.typeNameOf(i);
        next = frames.lastNumber() + 1;
    }
    const auto events = (*reader)->events(1, 1'000'000, 10'000);
    if (!events)
        return {};
    for (const AuditEvent& event : *events)
        all += event.object + event.detail;
    return all;
}

bool hasSigningKey(const QString& path)
{
    const auto reader = SessionReader::open(path);
    const auto events = reader ? (*reader)->events(1, 1'000'000, 10'000) : Expected<std::vector<AuditEvent>>();
    return events && std::any_of(events->begin(), events->end(),
                                 [](const AuditEvent& event) { return event.action == AuditAction::SigningKey; });
}

} // namespace

class TestCanary : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void secretAndTokensAppearInNoFile();
    void redactedValuesAppearNowhere();

private:
    QByteArrayList redactableMessages();
    static Outcome recordFrom(const RawWebSocketServer& server, const QString& folder, const QStringList& arguments);
    /// Records what @p server sends, with everything on that writes.
    void recordAll(const RawWebSocketServer& server, const QString& folder, const QStringList& further);
    void exportAll(const QString& folder, const QString& name);

    QByteArrayList m_hidden; ///< each stands where a rule leads, or where rules can lead nowhere
    QByteArray m_said;       ///< what the command line wrote to its outputs
    void answer(RawConnection& connection);
    void writeEverything(const Session& session);

    QTemporaryDir m_folder;
    QByteArray m_secret = randomWord("sec-");
    QByteArrayList m_tokens;
    int m_handshakes = 0;
};

/// Refuses the first token, closes the first stream with the token in its reason, answers 503 with it, then streams.
void TestCanary::answer(RawConnection& connection)
{
    if (connection.requestLine().startsWith("POST")) {
        m_tokens += randomWord("tok-");
        connection.reply(200,
                         R"({"access_token":")" + m_tokens.back() + R"(","token_type":"bearer","expires_in":3600})");
        return;
    }
    const QByteArray token = m_tokens.isEmpty() ? QByteArray() : m_tokens.back();
    switch (++m_handshakes) {
    case 1:
        connection.reply(401, "no: " + token + ' ' + m_secret, "X-Echo: " + token + "\r\n");
        return;
    case 2:
        connection.acceptUpgrade();
        connection.sendText(R"({"type":"keepalive"})");
        connection.sendClose(1011, "failed for Bearer " + token);
        return;
    case 3:
        connection.reply(503, "busy: " + token);
        return;
    default:
        connection.acceptUpgrade();
        connection.sendText(R"({"type":"keepalive"})");
    }
}

void TestCanary::writeEverything(const Session& session)
{
    for (const ExportWhat what : {ExportWhat::Frames, ExportWhat::Audit}) {
        for (const ExportFormat format : {ExportFormat::Csv, ExportFormat::JsonLines}) {
            ExportRequest request;
            request.sessionPath = session.sessionPath();
            request.what = what;
            request.format = format;
            const QString name = QStringLiteral("export-%1-%2").arg(int(what)).arg(int(format));
            QVERIFY(exportToFile(m_folder.filePath(name), request));
        }
    }
    ProfileStore profiles(m_folder.filePath(QStringLiteral("settings.ini")));
    Profile profile;
    profile.name = QStringLiteral("Canary");
    profile.clientId = QStringLiteral("client");
    QVERIFY(profiles.save(profile));
    bool replied = false;
    profiles.storeSecret(profile.name, Secret(m_secret), [&replied](const Expected<void>&) { replied = true; });
    QTRY_VERIFY(replied);
}

void TestCanary::secretAndTokensAppearInNoFile()
{
    RawWebSocketServer server;
    server.onRequest = [this](RawConnection& connection, int) { answer(connection); };
    SessionConfig config;
    config.stream.url = server.streamUrl();
    config.stream.credentials =
        ClientCredentials{server.httpUrl(), QStringLiteral("client"), Secret(m_secret), defaultDirectScope, {}};
    config.stream.reconnectLimits.base = std::chrono::milliseconds(10);
    config.stream.reconnectLimits.cap = std::chrono::milliseconds(50);
    config.sourceName = QStringLiteral("Canary");
    config.sessionPath = m_folder.filePath(QStringLiteral("canary.framescope"));
    Session session(config);
    QSignalSpy stopped(&session, &Session::stopped);
    QVERIFY(session.start());
    QTRY_VERIFY_WITH_TIMEOUT(m_handshakes >= 4, 30'000);
    QTRY_VERIFY_WITH_TIMEOUT(session.sourceState().phase == SourcePhase::Connected, 30'000);
    session.recordEvent(auditEvent(
        AuditAction::SettingChanged, Severity::Note, QString::fromUtf8(m_secret),
        {{QStringLiteral("header"), QStringLiteral("Authorization: Bearer ") + QString::fromUtf8(m_tokens.back())}}));
    session.stop();
    QVERIFY(stopped.wait(5'000));
    writeEverything(session);

    // The canary itself: what must be found is found.
    QVERIFY(m_tokens.size() >= 2);
    QVERIFY(server.allRequests().contains(m_tokens.back()));
    QByteArrayList needles = spellings(m_secret) + spellings("client:" + m_secret);
    for (const QByteArray& token : std::as_const(m_tokens))
        needles += spellings(token);
    int files = 0;
    QDirIterator walk(m_folder.path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (walk.hasNext()) {
        QFile file(walk.next());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        for (const QByteArray& needle : std::as_const(needles))
            QVERIFY2(!bytes.contains(needle), qPrintable(file.fileName()));
        ++files;
    }
    QVERIFY(files >= 6);
    // The session file compresses blocks, so its events are read back too.
    const auto reader = SessionReader::open(session.sessionPath());
    QVERIFY(reader);
    const auto events = (*reader)->events(1, 1'000'000, 10'000);
    QVERIFY(events);
    for (const AuditEvent& event : *events) {
        for (const QByteArray& needle : std::as_const(needles))
            QVERIFY2(!event.detail.contains(needle) && !event.object.contains(needle), event.detail.constData());
    }
}

QByteArrayList TestCanary::redactableMessages()
{
    const auto word = [this] { return m_hidden.emplace_back(randomWord("hid-")); };
    const QByteArray twice = word();
    return {
        R"({"id":")" + word() + R"(","conversationId":"c-1","type":"interaction.update","version":3,"sequence":1,)" +
            R"("timestamp":"2025-11-24T20:15:07.431Z","mediaType":"voice","direction":"inbound","state":"connected",)" +
            R"("queue":{"id":"visible","name":"Billing"},"agent":{"id":"a-0007","name":")" + word() +
            R"("},"participants":[{"id":"p-1","purpose":"customer","name":"Ana","state":"connected","address":")" +
            word() + R"("}],"routing":{"queueId":"q-0042","skills":["es"],"priority":3,"waitMs":1200},)" +
            R"("attributes":{")" + word() + R"(":"v"}})",
        R"({"id":")" + word() + R"(","type":"interaction.update","version":3,"sequence":1,"state":"connected",)" +
            R"("participants":[{"address":")" + word() + R"("},{"more":[1,{"deep":")" + word() + R"("}]}],)" +
            R"("routing":{"priority":")" + word() + R"(","queueId":"q"},"agent":{"id":"a","name":")" + word() +
            R"("},"attributes":{")" + word() + R"(":"v"}})",
        R"({"type":"interaction.update","p":{"\u006bey":")" + word() + R"("},"a/b":{"*":{"x":[")" + word() + R"("]}}})",
        R"({"type":"interaction.update","id":")" + word() + R"(","id":")" + word() + R"(","agent":{"name":")" + word() +
            R"(","name":")" + word() + R"("}})",
        R"({"type":")" + word() + R"(","kept":"visible"})",
        R"({"id":")" + twice + R"(","type":"interaction.update"})",
        R"({"id":")" + twice + R"(","type":"interaction.update"})",
        R"({"type":"interaction.update","agent":{"name":")" + word(),
        R"({"type":"interaction.update","agent":{"name":")" + word() + R"("},"rest":)",
        R"({"type":"interaction.update","agent":{"name":")" + word() + "\"}}}",
        word(),
    };
}

/// Runs the program while @p server, which lives on this thread, goes on; the stream ends once the log is signed.
Outcome TestCanary::recordFrom(const RawWebSocketServer& server, const QString& folder, const QStringList& arguments)
{
    auto running = std::async(std::launch::async, [&] { return runCli(folder, arguments); });
    const QString session = QDir(folder).filePath(QStringLiteral("s.framescope"));
    bool isClosed = false;
    while (running.wait_for(std::chrono::milliseconds(20)) != std::future_status::ready) {
        QCoreApplication::processEvents();
        if (!isClosed && server.last() && unpacked(session).contains("visible") && hasSigningKey(session)) {
            server.last()->sendClose(1000);
            isClosed = true;
        }
    }
    return running.get();
}

void TestCanary::recordAll(const RawWebSocketServer& server, const QString& folder, const QStringList& further)
{
    const QDir place(folder);
    const Outcome done = recordFrom(
        server, folder,
        QStringList{QStringLiteral("record"), QStringLiteral("--url"), server.streamUrl().toString(),
                    QStringLiteral("--no-reconnect"), QStringLiteral("--session"),
                    place.filePath(QStringLiteral("s.framescope")), QStringLiteral("--jsonl"), QStringLiteral("-"),
                    QStringLiteral("--audit-csv"), place.filePath(QStringLiteral("a.csv")), QStringLiteral("--stats"),
                    place.filePath(QStringLiteral("s.json"))} +
            further);
    QVERIFY2(done.exitCode == 0, done.err.constData());
    QVERIFY2(done.out.contains("visible"), (done.err + done.out.right(1500)).constData());
    m_said = done.out + done.err;
}

void TestCanary::exportAll(const QString& folder, const QString& name)
{
    const QDir place(folder);
    for (const char* format : {"frames csv", "frames jsonl", "frames har", "audit csv", "audit jsonl"}) {
        const QStringList words = QString::fromLatin1(format).split(u' ');
        const QString to = place.filePath(name + u'-' + words.join(u'.'));
        const Outcome done =
            runCli(folder, {QStringLiteral("export"), place.filePath(name), QStringLiteral("--what"), words[0],
                            QStringLiteral("--format"), words[1], QStringLiteral("--out"), to});
        QVERIFY2(done.exitCode == 0, done.err.constData());
        m_said += done.out + done.err;
    }
    for (const char* command : {"verify", "stats"}) {
        const Outcome done = runCli(folder, {QString::fromLatin1(command), place.filePath(name)});
        QVERIFY2(done.exitCode == 0, (done.err + done.out.right(1500)).constData());
        m_said += done.out + done.err;
    }
    const Outcome foreign =
        runShell(folder, QStringLiteral("python3 '" FRAMESCOPE_SOURCE_DIR "/tests/support/verify_session.py' ") + name);
    QVERIFY2(foreign.exitCode == 0, (foreign.out + foreign.err).constData());
}

void TestCanary::redactedValuesAppearNowhere()
{
    const QByteArrayList messages = redactableMessages();
    const QByteArrayList binaries = {"TMED" + randomWord("hid-"), randomWord("hid-"),
                                     "{\"agent\":{\"name\":\"" + randomWord("hid-") + "\xFF\"}}"};
    RawWebSocketServer server;
    server.onRequest = [&](RawConnection& connection, int) {
        connection.acceptUpgrade();
        for (const QByteArray& message : messages)
            connection.sendText(message);
        for (const QByteArray& binary : binaries)
            connection.sendBinary(binary);
    };
    for (const QByteArray& binary : binaries)
        m_hidden += binary.mid(binary.indexOf("hid-"), 36);
    const QTemporaryDir clear; // what is not redacted stays in here
    const QTemporaryDir folder;
    const QDir place(folder.path());
    QFile rules(place.filePath(QStringLiteral("rules.json")));
    QVERIFY(rules.open(QIODevice::WriteOnly));
    rules.write(R"({"rules":[{"name":"id","pointer":"/id"},{"name":"who","pointer":"/participants/*/address"},)"
                R"({"name":"deep","pointer":"/participants/*/more/1/deep"},{"name":"key","pointer":"/p/key"},)"
                R"({"name":"star","pointer":"/a~1b/~2/x/*"},{"name":"type","pointer":"/type"},)"
                R"({"name":"prio","pointer":"/routing/priority","type":"interaction.*"}]})");
    rules.close();
    const QStringList redacted = {QStringLiteral("--redact"),         rules.fileName(),
                                  QStringLiteral("--redact-pointer"), QStringLiteral("agent=/agent/name"),
                                  QStringLiteral("--redact-pointer"), QStringLiteral("attributes=/attributes")};

    recordAll(server, clear.path(), {});
    exportAll(clear.path(), QStringLiteral("s.framescope"));
    const QByteArray inTheClear = unpacked(QDir(clear.path()).filePath(QStringLiteral("s.framescope")));
    for (const QByteArray& hidden : std::as_const(m_hidden)) // the canary itself: what must be found is found
        QVERIFY2(inTheClear.contains(hidden), hidden.constData());
    QVERIFY(m_said.contains(m_hidden[1]));

    recordAll(server, folder.path(), redacted);
    QByteArray said = m_said;
    const auto import = [&](const QString& har, const QString& to) {
        const Outcome done = runCli(
            folder.path(),
            QStringList{QStringLiteral("import"), har, QStringLiteral("--session"), place.filePath(to)} + redacted);
        QVERIFY2(done.exitCode == 0, done.err.constData());
        said += done.out + done.err;
    };
    exportAll(folder.path(), QStringLiteral("s.framescope"));
    said += m_said;
    import(QDir(clear.path()).filePath(QStringLiteral("s.framescope-frames.har")), QStringLiteral("anew.framescope"));
    import(place.filePath(QStringLiteral("s.framescope-frames.har")), QStringLiteral("stated.framescope"));
    SessionConfig again = replaySessionConfig({place.filePath(QStringLiteral("s.framescope")), 0});
    again.sessionPath = place.filePath(QStringLiteral("again.framescope"));
    Session replay(again);
    QSignalSpy stopped(&replay, &Session::stopped);
    QVERIFY(replay.start());
    QVERIFY(stopped.wait(60'000));
    for (const char* name : {"anew.framescope", "stated.framescope"})
        exportAll(folder.path(), QString::fromLatin1(name));
    said += m_said;

    QByteArrayList needles;
    for (const QByteArray& hidden : std::as_const(m_hidden))
        needles += spellings(hidden);
    int files = 0;
    QCOMPARE(firstFileWith(needles, folder.path(), files), QString());
    QVERIFY(files >= 30);
    for (const char* name : {"s.framescope", "anew.framescope", "stated.framescope", "again.framescope"}) {
        const QByteArray all = unpacked(place.filePath(QString::fromLatin1(name)));
        QVERIFY2(all.contains("visible") && all.contains("[redacted:agent]"), name);
        said += all;
    }
    for (const QByteArray& needle : std::as_const(needles))
        QVERIFY2(!said.contains(needle), needle.constData());
    // What was judged is judged as it came, and the log says what was done.
    QVERIFY(said.contains("SCHEMA-TYPE"));
    QVERIFY(said.contains(R"("payloads":"redacted")") && said.contains(R"("pointer":"/p/key")"));
    QVERIFY(said.contains(R"("payloads_withheld":7)"));
}

QTEST_GUILESS_MAIN(TestCanary)
#include "tst_canary.moc"
