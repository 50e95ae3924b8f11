// No secret reaches a file: a random secret and random tokens go through connect, refusal, close, reconnect, export and
// settings, with a service that echoes them wherever it can, and then every file that the program wrote is searched.
#include "core/session/profilestore.h"
#include "core/session/session.h"
#include "core/exchange/exporter.h"
#include "core/store/sessionreader.h"
#include "tests/support/rawwebsocketserver.h"

#include <QDirIterator>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QUuid>

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

} // namespace

class TestCanary : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void secretAndTokensAppearInNoFile();

private:
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

QTEST_GUILESS_MAIN(TestCanary)
#include "tst_canary.moc"
