/// The service as a whole, over real sockets: sign-in, handshake, stream, limits, junk.
#include "core/simulator/simulator.h"
#include "tests/core/simulator/rawstream.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QSet>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTest>
#include <QWebSocket>
#include <QtEndian>

using namespace framescope;
using namespace framescope::test;

namespace {

struct Service
{
    explicit Service(const SimulatorOptions& options)
        : thread(options)
    {
        const auto started = thread.start();
        if (!started)
            qFatal("the simulator does not start: %s", qPrintable(started.error().detail));
        endpoint = *started;
    }
    [[nodiscard]] quint16 port() const { return quint16(endpoint.tokenUrl.port()); }
    [[nodiscard]] QByteArray token(const QByteArray& form = "grant_type=client_credentials") const
    {
        return tokenIn(exchange(port(), tokenRequest(endpoint.clientId, endpoint.clientSecret.reveal(), form)));
    }

    SimulatorThread thread;
    SimulatorThread::Endpoint endpoint;
};

SimulatorOptions scenario(const QString& name, double rate = -1, quint64 frames = 0)
{
    SimulatorOptions options;
    options.scenario = name;
    options.rate = rate;
    options.frames = frames;
    return options;
}

QByteArray withoutTimestamp(QByteArray payload)
{
    const qsizetype at = payload.indexOf("\"timestamp\":");
    return at < 0 ? payload : payload.remove(at, 40);
}

QList<QByteArray> payloadsOf(const SimulatorOptions& options)
{
    const Service service(options);
    RawStream stream;
    QList<QByteArray> payloads;
    if (stream.open(service.port(), service.token()) != 101)
        return payloads;
    while (const auto message = stream.next())
        payloads.append(withoutTimestamp(message->payload));
    return payloads;
}

} // namespace

class TstSimulator : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void qtClientSignsIn();
    void qtClientReadsTheReasonOfAWrongSecret();
    void handshakeNeedsAGoodToken_data();
    void handshakeNeedsAGoodToken();
    void tokenExpires();
    void handshakeNeedsAnUpgrade();
    void otherPathsAreNotFound();
    void qtClientReceivesEveryFrameInOrder();
    void sameSeedSendsTheSameBytes();
    void severalClientsAtOnce();
    void answersPingsAndClose();
    void refusesUnmaskedFrames();
    void survivesJunk();
    void clientThatDoesNotReadHoldsItBack();
    void stopSaysGoodbye();
    void startSaysWhatIsWrong();
};

void TstSimulator::qtClientSignsIn()
{
    const Service service(scenario(QStringLiteral("quiet")));
    QNetworkAccessManager network;
    QNetworkRequest request(service.endpoint.tokenUrl);
    request.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("application/x-www-form-urlencoded"));
    request.setRawHeader("Authorization",
                         "Basic " +
                             (service.endpoint.clientId + ':' + service.endpoint.clientSecret.reveal()).toBase64());
    const std::unique_ptr<QNetworkReply> reply(network.post(request, QByteArray("grant_type=client_credentials")));
    QSignalSpy finished(reply.get(), &QNetworkReply::finished);
    QVERIFY(finished.wait());
    QCOMPARE(reply->error(), QNetworkReply::NoError);
    const QJsonObject body = QJsonDocument::fromJson(reply->readAll()).object();
    QVERIFY(body.value(QStringLiteral("access_token")).toString().size() >= 32);
    QCOMPARE(body.value(QStringLiteral("expires_in")).toInt(), 86'400);
    QCOMPARE(body.value(QStringLiteral("scope")).toString(), QStringLiteral("streaming:subscribe interaction:read"));
    QTRY_COMPARE(service.thread.ledger().tokensIssued, quint64(1));
}

void TstSimulator::qtClientReadsTheReasonOfAWrongSecret()
{
    const Service service(scenario(QStringLiteral("quiet")));
    QNetworkAccessManager network;
    QNetworkRequest request(service.endpoint.tokenUrl);
    request.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("application/x-www-form-urlencoded"));
    request.setRawHeader("Authorization", "Basic " + QByteArray("framescope-demo:wrong").toBase64());
    const std::unique_ptr<QNetworkReply> reply(network.post(request, QByteArray("grant_type=client_credentials")));
    QSignalSpy finished(reply.get(), &QNetworkReply::finished);
    QVERIFY(finished.wait());
    QCOMPARE(reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), 401);
    const QJsonObject body = QJsonDocument::fromJson(reply->readAll()).object();
    QCOMPARE(body.value(QStringLiteral("error")).toString(), QStringLiteral("invalid_client"));
    QCOMPARE(service.thread.ledger().tokensIssued, quint64(0));
}

void TstSimulator::handshakeNeedsAGoodToken_data()
{
    QTest::addColumn<QByteArray>("form");
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("code");
    const QByteArray grant = "grant_type=client_credentials";
    QTest::newRow("no such token") << grant << QByteArray("nonsense") << 401 << QStringLiteral("bad.credentials");
    QTest::newRow("scope missing") << QByteArray(grant + "&scope=interaction:read") << QByteArray() << 403
                                   << QStringLiteral("missing.permissions");
}

void TstSimulator::handshakeNeedsAGoodToken()
{
    QFETCH(QByteArray, form);
    QFETCH(QByteArray, token);
    QFETCH(int, status);
    QFETCH(QString, code);
    const Service service(scenario(QStringLiteral("quiet")));
    const QByteArray issued = service.token(form);
    const QByteArray answer = exchange(service.port(), upgradeRequest(token.isEmpty() ? issued : token));
    QCOMPARE(statusOf(answer), status);
    QCOMPARE(answer.contains("\r\nWWW-Authenticate: Bearer"), status == 401);
    const QJsonObject body = QJsonDocument::fromJson(answer.sliced(answer.indexOf("\r\n\r\n") + 4)).object();
    QCOMPARE(body.value(QStringLiteral("code")).toString(), code);
    QCOMPARE(body.value(QStringLiteral("status")).toInt(), status);
    QVERIFY(answer.contains(
        "\r\ninin-correlation-id: " + body.value(QStringLiteral("contextId")).toString().toLatin1() + "\r\n"));
    QCOMPARE(service.thread.ledger().connections, quint64(0));
}

void TstSimulator::tokenExpires()
{
    SimulatorOptions options = scenario(QStringLiteral("quiet"));
    options.tokenLifetimeSeconds = 0;
    const Service service(options);
    const QByteArray answer = exchange(service.port(), upgradeRequest(service.token()));
    QCOMPARE(statusOf(answer), 401);
    QVERIFY(answer.contains("credentials.expired"));
}

void TstSimulator::handshakeNeedsAnUpgrade()
{
    const Service service(scenario(QStringLiteral("quiet")));
    const QByteArray head =
        "GET /api/v2/streaming/interactions HTTP/1.1\r\nAuthorization: Bearer " + service.token() + "\r\n";
    QCOMPARE(statusOf(exchange(service.port(), head + "\r\n")), 426);
    QByteArray shortKey = upgradeRequest(service.token());
    QCOMPARE(statusOf(exchange(service.port(), shortKey.replace("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ="))), 400);
    QCOMPARE(statusOf(exchange(service.port(), "GET /api/v2/streaming/interactions HTTP/1.1\r\n\r\n")), 401);
}

void TstSimulator::otherPathsAreNotFound()
{
    const Service service(scenario(QStringLiteral("quiet")));
    QCOMPARE(statusOf(exchange(service.port(), "GET / HTTP/1.1\r\n\r\n")), 404);
    QCOMPARE(statusOf(exchange(service.port(), "GET /oauth/token HTTP/1.1\r\n\r\n")), 405);
}

void TstSimulator::qtClientReceivesEveryFrameInOrder()
{
    constexpr int frames = 20'000;
    const Service service(scenario(QStringLiteral("load"), 0, frames));
    QNetworkRequest request(service.endpoint.streamUrl);
    request.setRawHeader("Authorization", "Bearer " + service.token());
    QWebSocket socket;
    int received = 0;
    quint64 bytes = 0;
    int wrong = 0;
    int sequence = 0;
    quint32 mediaSequence = 0;
    QSet<QString> ids;
    QObject::connect(&socket, &QWebSocket::textMessageReceived, &socket, [&](const QString& text) {
        const QByteArray utf8 = text.toUtf8();
        ++received;
        bytes += quint64(utf8.size());
        const QJsonObject object = QJsonDocument::fromJson(utf8).object();
        if (object.value(QStringLiteral("type")).toString() == QLatin1String("keepalive"))
            return;
        wrong += object.value(QStringLiteral("sequence")).toInt() == ++sequence ? 0 : 1;
        wrong +=
            object.value(QStringLiteral("routing")).toObject().value(QStringLiteral("priority")).isDouble() ? 0 : 1;
        ids.insert(object.value(QStringLiteral("id")).toString());
    });
    QObject::connect(&socket, &QWebSocket::binaryMessageReceived, &socket, [&](const QByteArray& media) {
        ++received;
        bytes += quint64(media.size());
        wrong += media.startsWith("TMED") && qFromBigEndian<quint32>(media.constData() + 8) == ++mediaSequence ? 0 : 1;
        wrong += QCryptographicHash::hash(media.sliced(48), QCryptographicHash::Sha256) == media.sliced(16, 32) ? 0 : 1;
    });
    QSignalSpy disconnected(&socket, &QWebSocket::disconnected);
    socket.open(request);
    QVERIFY(disconnected.wait(30'000));
    QCOMPARE(socket.closeCode(), QWebSocketProtocol::CloseCodeNormal);
    QCOMPARE(received, frames);
    QCOMPARE(wrong, 0);
    QCOMPARE(ids.size(), sequence);
    const SimulatorLedger ledger = service.thread.ledger();
    QCOMPARE(ledger.messages, quint64(frames));
    QCOMPARE(ledger.bytes, bytes);
    QCOMPARE(ledger.connections, quint64(1));
    QVERIFY(ledger.faults.empty());
    QVERIFY(ledger.finished);
}

void TstSimulator::sameSeedSendsTheSameBytes()
{
    SimulatorOptions options = scenario(QStringLiteral("demo"), 0, 3000);
    const QList<QByteArray> first = payloadsOf(options);
    QCOMPARE(first.size(), 3000);
    QCOMPARE(payloadsOf(options), first);
    options.seed = 2;
    QVERIFY(payloadsOf(options) != first);
}

void TstSimulator::severalClientsAtOnce()
{
    const Service service(scenario(QStringLiteral("storm"), 0, 0));
    RawStream first;
    RawStream second;
    const QByteArray token = service.token();
    QCOMPARE(first.open(service.port(), token), 101);
    QCOMPARE(second.open(service.port(), token), 101);
    QSet<QByteArray> payloads;
    for (int i = 0; i < 500; ++i) {
        const auto one = first.next();
        const auto other = second.next();
        QVERIFY(one && other);
        QVERIFY(one->payload.size() == 20 || one->payload != other->payload);
    }
    QCOMPARE(service.thread.ledger().connections, quint64(2));
}

void TstSimulator::answersPingsAndClose()
{
    const Service service(scenario(QStringLiteral("quiet"), 1000));
    RawStream stream;
    QCOMPARE(stream.open(service.port(), service.token()), 101);
    stream.send(0x9, "are you there");
    stream.send(0x1, "something that nobody asked for");
    while (stream.pongs().isEmpty() && stream.next()) {
    }
    QCOMPARE(stream.pongs(), QList<QByteArray>({"are you there"}));
    stream.send(0x8, QByteArray::fromHex("03e8"));
    while (stream.next()) {
    }
    QCOMPARE(stream.closeCode(), 1000);
}

void TstSimulator::refusesUnmaskedFrames()
{
    const Service service(scenario(QStringLiteral("quiet")));
    RawStream stream;
    QCOMPARE(stream.open(service.port(), service.token()), 101);
    stream.sendRaw(QByteArray::fromHex("810548656c6c6f"));
    while (stream.next()) {
    }
    QCOMPARE(stream.closeCode(), 1002);
}

void TstSimulator::survivesJunk()
{
    const Service service(scenario(QStringLiteral("quiet")));
    const QByteArray token = service.token();
    QByteArray junk;
    for (int i = 0; i < 200'000; ++i)
        junk.append(char((i * 2654435761U) >> 24));
    QVERIFY(statusOf(exchange(service.port(), junk)) >= 400);
    QVERIFY(statusOf(exchange(service.port(), QByteArray(5'000'000, 'a'))) >= 400);
    QCOMPARE(statusOf(exchange(service.port(), QByteArray::fromHex("1603010200010001fc03030d0a0d0a"))), 400);
    RawStream hasty; // frames before the handshake is answered, then nonsense
    hasty.open(service.port(), token);
    hasty.sendRaw(junk);
    while (hasty.next()) {
    }
    QVERIFY(hasty.closeCode() == 1002 || hasty.end() == RawStream::End::Reset ||
            hasty.end() == RawStream::End::Finished);
    RawStream after;
    QCOMPARE(after.open(service.port(), token), 101);
    QVERIFY(after.next());
}

void TstSimulator::clientThatDoesNotReadHoldsItBack()
{
    const Service service(scenario(QStringLiteral("load"), 0));
    RawStream stream;
    QCOMPARE(stream.open(service.port(), service.token()), 101);
    quint64 last = 0;
    int unchanged = 0;
    const auto standsStill = [&] {
        const quint64 bytes = service.thread.ledger().bytes;
        unchanged = bytes > 0 && bytes == last ? unchanged + 1 : 0;
        last = bytes;
        return unchanged >= 6;
    };
    QTRY_VERIFY_WITH_TIMEOUT(standsStill(), 20'000);
    // The kernel's buffers on loopback and 1 MiB of the simulator, not what it could make meanwhile.
    QVERIFY2(last < 32 * 1024 * 1024, qPrintable(QString::number(last)));
    stream.send(0x9, QByteArray(100, 'p'));
    while (stream.pongs().isEmpty() && stream.next()) {
    }
    QCOMPARE(stream.pongs().size(), 1);
    QTRY_VERIFY(service.thread.ledger().bytes > last);
}

void TstSimulator::stopSaysGoodbye()
{
    Service service(scenario(QStringLiteral("quiet"), 100));
    RawStream stream;
    QCOMPARE(stream.open(service.port(), service.token()), 101);
    QVERIFY(stream.next());
    service.thread.stop();
    while (stream.next()) {
    }
    QCOMPARE(stream.closeCode(), 1001);
    QVERIFY(service.thread.ledger().messages > 0);
}

void TstSimulator::startSaysWhatIsWrong()
{
    SimulatorOptions options = scenario(QStringLiteral("sunny-day"));
    QCOMPARE(SimulatorThread(options).start().error().code, ErrorCode::InvalidArgument);
    options = scenario(QStringLiteral("quiet"), std::numeric_limits<double>::quiet_NaN());
    QCOMPARE(Simulator(options).start().error().code, ErrorCode::InvalidArgument);
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost));
    options = scenario(QStringLiteral("quiet"));
    options.port = other.serverPort();
    Simulator simulator(options);
    QCOMPARE(simulator.start().error().code, ErrorCode::Network);
    other.close();
    const auto port = simulator.start();
    QVERIFY(port);
    QCOMPARE(simulator.start().value_or(0), *port);
    QCOMPARE(simulator.streamUrl().port(), int(*port));
    QVERIFY(simulator.clientSecret().reveal().size() >= 32);
}

QTEST_GUILESS_MAIN(TstSimulator)
#include "tst_simulator.moc"
