// Each guard against a fault of QWebSocket, against a server that commits it.
#include "core/base/processstats.h"
#include "core/stream/handshakefailure.h"
#include "core/stream/websockettransport.h"
#include "tests/support/rawwebsocketserver.h"

#include <QSignalSpy>
#include <QTest>

using namespace framescope;
using namespace framescope::test;
using namespace std::chrono_literals;

namespace {

class Listener : public TransportListener
{
public:
    void transportConnected() override { ++connected; }
    void transportText(const QString& message, const Instant&) override
    {
        ++texts;
        textBytes += message.size();
        if (onText)
            onText();
    }
    void transportBinary(const QByteArray& message, const Instant&) override { binaryBytes += message.size(); }
    void transportPong(std::chrono::nanoseconds roundTrip) override { pongs.push_back(roundTrip); }
    void transportClosed(const TransportClose& how) override
    {
        close = how;
        ++ends;
    }
    void transportTripped(TransportGuard which, const QString& what) override
    {
        guard = which;
        trippedBy = what;
        ++ends;
    }
    void transportFailed(const TransportFailure& why) override
    {
        failure = why;
        ++ends;
    }

    int connected = 0;
    int texts = 0;
    int ends = 0;
    qsizetype textBytes = 0;
    qsizetype binaryBytes = 0;
    std::vector<std::chrono::nanoseconds> pongs;
    std::optional<TransportClose> close;
    std::optional<TransportGuard> guard;
    std::optional<TransportFailure> failure;
    QString trippedBy;
    std::function<void()> onText;
};

} // namespace

class tst_WebSocketTransport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void deliversTextAndBinary();
    void sendsTheHeadersItIsGiven();
    void refusesControlCharactersBeforeAByteIsSent_data();
    void refusesControlCharactersBeforeAByteIsSent();
    void refusesPlainTextToAnotherHost();
    void normalisesAnEmptyPath();
    void tellsHttpStatus_data();
    void tellsHttpStatus();
    void tellsAPortWhereNothingListens();
    void tellsAServerThatSpeaksNoWebSocket();
    void givesUpOnAMuteHandshake();
    void boundsAHandshakeWithoutNewline();
    void endsOnAHandshakeHeaderWithoutEnd();
    void tellsAnEndDuringTheHandshake();
    void tellsCloseCode_data();
    void tellsCloseCode();
    void tellsACloseWithoutReason();
    void tellsFinFromAClose();
    void tellsResetFromAClose();
    void hidesWhichOf1012To1014();
    void callsAShortCloseAProtocolError();
    void endsOnAMessageThatStops();
    void endsOnAMessageThatTrickles();
    void endsOnAHeaderWithoutPayload();
    void survivesASlowLargeMessage();
    void survivesAPauseBetweenFragments();
    void endsOverTheFrameLimit();
    void endsOverTheMessageLimit();
    void takesAMessageOfExactlyTheLimit();
    void endsOverTheFragmentLimit();
    void endsWhenPingsAreNotAnswered();
    void survivesSilenceWhilePingsAreAnswered();
    void survivesUnansweredPingsWhileMessagesCome();
    void measuresTheRoundTrip();
    void ignoresPongsThatNobodyAskedFor();
    void capsThePongsOfAPingFlood();
    void qtsOwnTimerIsAStallAndNeverHitsTheNextAttempt();
    void sendsTextWhileItIsOpenOnly();
    void closeSendsACloseFrameAndIsSilent();
    void abortInsideADeliveryIsSafe();
    void holdsBackAServerThatIsFaster();
    void refusesAnUnknownCertificate();
    void refusesACertificateOfAnotherName();
    void trustsTheAuthorityOfTheProfile();

private:
    void open(TransportLimits limits = {}, std::vector<HeaderField> headers = {}, const QUrl& url = {});
    void openAndAccept(TransportLimits limits = {});
    RawConnection& peer() { return *m_server->last(); }

    std::unique_ptr<RawWebSocketServer> m_server;
    std::unique_ptr<Listener> m_listener;
    QPointer<WebSocketTransport> m_transport;
};

void tst_WebSocketTransport::init()
{
    m_server = std::make_unique<RawWebSocketServer>();
    m_server->onRequest = [](RawConnection& connection, int) { connection.acceptUpgrade(); };
    m_listener = std::make_unique<Listener>();
}

void tst_WebSocketTransport::cleanup()
{
    QVERIFY2(m_listener->ends <= 1, "more than one last word");
    if (m_transport)
        m_transport->abort();
    QTRY_VERIFY(!m_transport); // it deletes itself
    m_server.reset();
}

void tst_WebSocketTransport::open(TransportLimits limits, std::vector<HeaderField> headers, const QUrl& url)
{
    m_transport = new WebSocketTransport(m_listener.get());
    m_transport->open({url.isEmpty() ? m_server->streamUrl() : url, std::move(headers), {}, limits});
    QCOMPARE(m_listener->ends, 0); // never inside open()
}

void tst_WebSocketTransport::openAndAccept(TransportLimits limits)
{
    open(limits);
    QTRY_COMPARE(m_listener->connected, 1);
}

void tst_WebSocketTransport::deliversTextAndBinary()
{
    openAndAccept();
    peer().sendText("Zoë \xf0\x9f\x98\x80");
    peer().sendBinary(QByteArray(70'000, '\x7f'));
    peer().sendText("");
    QTRY_COMPARE(m_listener->texts, 2);
    QCOMPARE(m_listener->textBytes, 6); // UTF-16
    QCOMPARE(m_listener->binaryBytes, 70'000);
}

void tst_WebSocketTransport::sendsTheHeadersItIsGiven()
{
    open({}, {{"Authorization", "Bearer abcdefgh"}, {"X-Trace", "1"}, {"Sec-WebSocket-Protocol", "v1.stream"}});
    QTRY_COMPARE(m_server->requests(), 1);
    QCOMPARE(peer().header("Authorization"), QByteArray("Bearer abcdefgh"));
    QCOMPARE(peer().header("X-Trace"), QByteArray("1"));
    QCOMPARE(peer().header("Sec-WebSocket-Protocol"), QByteArray("v1.stream"));
    QCOMPARE(peer().header("Sec-WebSocket-Version"), QByteArray("13"));
    QCOMPARE(peer().requestLine(), QByteArray("GET /stream HTTP/1.1"));
}

void tst_WebSocketTransport::refusesControlCharactersBeforeAByteIsSent_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QString>("path");
    const QByteArray controls("\r\n\0\t\x1b\x7f\x01\x08", 8);
    for (const char c : controls) {
        const QByteArray tag = QByteArray::number(uchar(c), 16);
        const QByteArray one(1, c);
        QTest::newRow(("value " + tag).constData()) << QByteArray("X-A") << QByteArray("a" + one + "b") << "/stream";
        QTest::newRow(("name " + tag).constData()) << QByteArray("X-A" + one) << QByteArray("a") << "/stream";
        QTest::newRow(("path " + tag).constData())
            << QByteArray("X-A") << QByteArray("a") << QString::fromLatin1("/a" + one + "b");
        QTest::newRow(("query " + tag).constData())
            << QByteArray("X-A") << QByteArray("a") << QString::fromLatin1("/a?b=" + one);
    }
    QTest::newRow("injection") << QByteArray("Authorization") << QByteArray("Bearer abc\r\nX-Injected: yes")
                               << "/stream";
    QTest::newRow("empty name") << QByteArray("") << QByteArray("a") << "/stream";
    QTest::newRow("colon in name") << QByteArray("X-A: b\n") << QByteArray("a") << "/stream";
    QTest::newRow("host") << QByteArray("Host") << QByteArray("elsewhere") << "/stream";
    QTest::newRow("encoded newline") << QByteArray("X-A") << QByteArray("a") << "/a%0d%0aX-Injected:%20yes";
}

void tst_WebSocketTransport::refusesControlCharactersBeforeAByteIsSent()
{
    QFETCH(const QByteArray, name);
    QFETCH(const QByteArray, value);
    QFETCH(const QString, path);
    open({}, {{name, value}}, QUrl(QStringLiteral("ws://127.0.0.1:%1").arg(m_server->port()) + path));
    QTRY_VERIFY(m_listener->failure);
    QVERIFY(m_listener->failure->error.code == ErrorCode::Refused ||
            m_listener->failure->error.code == ErrorCode::InvalidArgument);
    QCOMPARE(afterFailure(*m_listener->failure), AfterFailure::Stop);
    QCOMPARE(m_server->connections().size(), 0u);
}

void tst_WebSocketTransport::refusesPlainTextToAnotherHost()
{
    open({}, {}, QUrl(QStringLiteral("ws://192.0.2.1/stream")));
    QTRY_VERIFY(m_listener->failure);
    QCOMPARE(m_listener->failure->error.code, ErrorCode::Refused);
}

void tst_WebSocketTransport::normalisesAnEmptyPath()
{
    open({}, {}, m_server->streamUrl(QStringLiteral("?a=b")));
    QTRY_COMPARE(m_server->requests(), 1);
    QCOMPARE(peer().requestLine(), QByteArray("GET /?a=b HTTP/1.1"));
}

void tst_WebSocketTransport::tellsHttpStatus_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<AfterFailure>("after");
    QTest::newRow("401") << 401 << ErrorCode::TokenRejected << AfterFailure::SignInAgain;
    QTest::newRow("403") << 403 << ErrorCode::ScopeMissing << AfterFailure::SignInAgain;
    QTest::newRow("404") << 404 << ErrorCode::Protocol << AfterFailure::Stop;
    QTest::newRow("410") << 410 << ErrorCode::Protocol << AfterFailure::Stop;
    QTest::newRow("429") << 429 << ErrorCode::RateLimited << AfterFailure::RetrySlowly;
    QTest::newRow("500") << 500 << ErrorCode::Network << AfterFailure::Retry;
    QTest::newRow("503") << 503 << ErrorCode::Network << AfterFailure::RetrySlowly;
    QTest::newRow("302") << 302 << ErrorCode::Refused << AfterFailure::Stop;
    QTest::newRow("200") << 200 << ErrorCode::Protocol << AfterFailure::Stop;
}

void tst_WebSocketTransport::tellsHttpStatus()
{
    QFETCH(const int, status);
    m_server->onRequest = [status](RawConnection& connection, int) { connection.reply(status); };
    open();
    QTRY_VERIFY(m_listener->failure);
    QCOMPARE(m_listener->failure->httpStatus, status);
    QTEST(m_listener->failure->error.code, "code");
    QTEST(afterFailure(*m_listener->failure), "after");
}

void tst_WebSocketTransport::tellsAPortWhereNothingListens()
{
    QTcpServer closed;
    QVERIFY(closed.listen(QHostAddress::LocalHost));
    const quint16 port = closed.serverPort();
    closed.close();
    open({}, {}, QUrl(QStringLiteral("ws://127.0.0.1:%1/").arg(port)));
    QTRY_VERIFY(m_listener->failure);
    QCOMPARE(m_listener->failure->error.code, ErrorCode::Network);
    QCOMPARE(m_listener->failure->httpStatus, 0);
    QCOMPARE(afterFailure(*m_listener->failure), AfterFailure::Retry);
}

void tst_WebSocketTransport::tellsAServerThatSpeaksNoWebSocket()
{
    m_server->onRequest = [](RawConnection& connection, int) { connection.send("SSH-2.0-OpenSSH_9.2\r\n\r\n"); };
    open();
    QTRY_VERIFY(m_listener->failure);
    QCOMPARE(m_listener->failure->error.code, ErrorCode::Protocol);
    QCOMPARE(afterFailure(*m_listener->failure), AfterFailure::RetrySlowly);
}

void tst_WebSocketTransport::givesUpOnAMuteHandshake()
{
    m_server->onRequest = nullptr;
    TransportLimits limits;
    limits.handshakeTimeout = 80ms;
    open(limits);
    QTRY_VERIFY(m_listener->failure);
    QCOMPARE(m_listener->failure->error.code, ErrorCode::Timeout);
    QTRY_VERIFY(!m_server->connections().empty() && !peer().isOpen());
}

void tst_WebSocketTransport::boundsAHandshakeWithoutNewline()
{
    TransportLimits limits;
    limits.handshakeTimeout = 400ms;
    m_server->onRequest = [](RawConnection& connection, int) {
        connection.send("HTTP/1.1 101 Switching Protocols\r\nX-Filler: ");
        connection.send(QByteArray(64 * 1024 * 1024, 'x'));
    };
    open(limits);
    QTRY_COMPARE(m_server->requests(), 1);
    const qint64 before = residentBytes();
    qint64 highest = before;
    QTimer sampler;
    connect(&sampler, &QTimer::timeout, this, [&] { highest = std::max(highest, residentBytes()); });
    sampler.start(5ms);
    QTRY_VERIFY(m_listener->failure);
    QCOMPARE(m_listener->failure->error.code, ErrorCode::Timeout);
    QVERIFY2(highest - before < 16 * 1024 * 1024, qPrintable(QString::number(highest - before)));
}

void tst_WebSocketTransport::endsOnAHandshakeHeaderWithoutEnd()
{
    m_server->onRequest = [](RawConnection& connection, int) {
        connection.send("HTTP/1.1 101 Switching Protocols\r\n");
        for (int i = 0; i < 20'000; ++i)
            connection.send("X-" + QByteArray::number(i) + ": " + QByteArray(60, 'x') + "\r\n");
    };
    TransportLimits limits;
    limits.handshakeTimeout = 2000ms;
    open(limits);
    QTRY_VERIFY(m_listener->failure);
    QTRY_VERIFY(!peer().isOpen());
}

void tst_WebSocketTransport::tellsAnEndDuringTheHandshake()
{
    m_server->onRequest = [](RawConnection& connection, int) { connection.finish(); };
    open();
    QTRY_VERIFY(m_listener->failure);
    QCOMPARE(m_listener->failure->error.code, ErrorCode::Network);
    QCOMPARE(afterFailure(*m_listener->failure), AfterFailure::Retry);
}

void tst_WebSocketTransport::tellsCloseCode_data()
{
    QTest::addColumn<int>("code");
    for (const int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 4999})
        QTest::newRow(QByteArray::number(code).constData()) << code;
}

void tst_WebSocketTransport::tellsCloseCode()
{
    QFETCH(const int, code);
    openAndAccept();
    peer().sendClose(code, "because");
    QTRY_VERIFY(m_listener->close);
    QCOMPARE(m_listener->close->code, code);
    QCOMPARE(m_listener->close->reason, QStringLiteral("because"));
    QVERIFY(m_listener->close->codeExact);
    QCOMPARE(m_listener->close->clean, code != 1002 && code != 1007);
}

void tst_WebSocketTransport::tellsACloseWithoutReason()
{
    // QWebSocket says 1000 with no reason here, and when TCP ends without a word: only the order of its signals
    // differs.
    for (const QByteArray& payload : {closePayload(1000), QByteArray()}) {
        m_listener = std::make_unique<Listener>();
        openAndAccept();
        peer().send(webSocketFrame(CloseFrame, payload));
        QTRY_VERIFY(m_listener->close);
        QCOMPARE(m_listener->close->code, 1000);
        QVERIFY(m_listener->close->clean);
        QTRY_VERIFY(!m_transport);
    }
}

void tst_WebSocketTransport::tellsFinFromAClose()
{
    openAndAccept();
    peer().sendText("one");
    peer().finish();
    QTRY_VERIFY(m_listener->close);
    QCOMPARE(m_listener->texts, 1);
    QCOMPARE(m_listener->close->code, 1006);
    QVERIFY(!m_listener->close->clean);
}

void tst_WebSocketTransport::tellsResetFromAClose()
{
    openAndAccept();
    peer().reset();
    QTRY_VERIFY(m_listener->close);
    QCOMPARE(m_listener->close->code, 1006);
    QVERIFY(!m_listener->close->clean);
}

void tst_WebSocketTransport::hidesWhichOf1012To1014()
{
    openAndAccept();
    peer().sendClose(1013, "later");
    QTRY_VERIFY(m_listener->close);
    QCOMPARE(m_listener->close->code, 1012);
    QVERIFY(!m_listener->close->codeExact);
}

void tst_WebSocketTransport::callsAShortCloseAProtocolError()
{
    openAndAccept();
    peer().send(webSocketFrame(CloseFrame, "x"));
    QTRY_VERIFY(m_listener->close);
    QCOMPARE(m_listener->close->code, 1002);
    QVERIFY(!m_listener->close->clean);
    QCOMPARE(m_listener->close->reason, QString());
}

void tst_WebSocketTransport::endsOnAMessageThatStops()
{
    TransportLimits limits;
    limits.progressTimeout = 100ms;
    openAndAccept(limits);
    peer().send(webSocketFrameHead(TextFrame, 100'000) + QByteArray(5'000, 'a'));
    // A second part: from then on QWebSocket's own timer is off.
    QTimer::singleShot(20ms, this, [this] { peer().send(QByteArray(5'000, 'a')); });
    QTRY_VERIFY(m_listener->guard);
    QCOMPARE(*m_listener->guard, TransportGuard::Stall);
    QTRY_VERIFY(!peer().isOpen());
}

void tst_WebSocketTransport::endsOnAMessageThatTrickles()
{
    TransportLimits limits;
    limits.progressTimeout = 150ms;
    openAndAccept(limits);
    peer().send(webSocketFrameHead(TextFrame, 100'000) + "a");
    QTimer trickle;
    connect(&trickle, &QTimer::timeout, this, [this] { peer().send("a"); });
    trickle.start(20ms);
    QTRY_VERIFY(m_listener->guard);
    QCOMPARE(*m_listener->guard, TransportGuard::Stall);
}

void tst_WebSocketTransport::endsOnAHeaderWithoutPayload()
{
    // Nothing of it is left in the inner socket, so that the progress watchdog is blind; the pong deadline is not.
    TransportLimits limits;
    limits.pingInterval = 50ms;
    limits.pongTimeout = 50ms;
    openAndAccept(limits);
    peer().setAnswersPings(false); // a control frame may not stand inside a frame
    peer().send(webSocketFrameHead(TextFrame, 100'000));
    QTRY_VERIFY(m_listener->guard);
    QCOMPARE(*m_listener->guard, TransportGuard::PongMissed);
}

void tst_WebSocketTransport::survivesASlowLargeMessage()
{
    TransportLimits limits;
    limits.progressTimeout = 200ms;
    openAndAccept(limits);
    peer().send(webSocketFrameHead(BinaryFrame, 60'000));
    int parts = 0;
    QTimer slow;
    connect(&slow, &QTimer::timeout, this, [&] {
        if (++parts <= 30)
            peer().send(QByteArray(2'000, 'b'));
    });
    slow.start(20ms); // 600 ms in all, three times the limit
    QTRY_COMPARE(m_listener->binaryBytes, 60'000);
    QCOMPARE(m_listener->ends, 0);
}

void tst_WebSocketTransport::survivesAPauseBetweenFragments()
{
    TransportLimits limits;
    limits.progressTimeout = 60ms;
    openAndAccept(limits);
    peer().send(webSocketFrame(TextFrame, "one ", false));
    QTimer::singleShot(250ms, this, [this] { peer().send(webSocketFrame(ContinuationFrame, "two")); });
    QTRY_COMPARE(m_listener->texts, 1);
    QCOMPARE(m_listener->ends, 0);
}

void tst_WebSocketTransport::endsOverTheFrameLimit()
{
    TransportLimits limits;
    limits.maximumFrameBytes = 4096;
    openAndAccept(limits);
    peer().send(webSocketFrameHead(TextFrame, quint64(1) << 40)); // announced is enough
    QTRY_VERIFY(m_listener->guard);
    QCOMPARE(*m_listener->guard, TransportGuard::Limit);
}

void tst_WebSocketTransport::endsOverTheMessageLimit()
{
    TransportLimits limits;
    limits.maximumMessageBytes = 4096;
    openAndAccept(limits);
    peer().send(webSocketFrame(BinaryFrame, QByteArray(3000, 'a'), false));
    peer().send(webSocketFrame(ContinuationFrame, QByteArray(3000, 'a'), true));
    QTRY_VERIFY(m_listener->guard);
    QCOMPARE(*m_listener->guard, TransportGuard::Limit);
    QCOMPARE(m_listener->binaryBytes, 0);
}

void tst_WebSocketTransport::takesAMessageOfExactlyTheLimit()
{
    TransportLimits limits;
    limits.maximumFrameBytes = 2 * 1024 * 1024;
    limits.maximumMessageBytes = 2 * 1024 * 1024;
    openAndAccept(limits);
    peer().sendBinary(QByteArray(2 * 1024 * 1024, 'a')); // far over the handshake's read buffer
    QTRY_COMPARE(m_listener->binaryBytes, 2 * 1024 * 1024);
}

void tst_WebSocketTransport::endsOverTheFragmentLimit()
{
    TransportLimits limits;
    limits.maximumFragments = 16;
    openAndAccept(limits);
    QByteArray fragments = webSocketFrame(TextFrame, "a", false);
    for (int i = 0; i < 15; ++i)
        fragments += webSocketFrame(ContinuationFrame, "a", false);
    peer().send(fragments + webSocketFrame(ContinuationFrame, "a", true));
    QTRY_COMPARE(m_listener->texts, 1);
    peer().send(fragments + webSocketFrame(ContinuationFrame, "a", false) +
                webSocketFrame(ContinuationFrame, "a", true));
    QTRY_VERIFY(m_listener->guard);
    QCOMPARE(*m_listener->guard, TransportGuard::Limit);
    QCOMPARE(m_listener->texts, 1);
}

void tst_WebSocketTransport::endsWhenPingsAreNotAnswered()
{
    TransportLimits limits;
    limits.pingInterval = 50ms;
    limits.pongTimeout = 50ms;
    openAndAccept(limits);
    peer().setAnswersPings(false);
    QTRY_VERIFY(m_listener->guard);
    QCOMPARE(*m_listener->guard, TransportGuard::PongMissed);
    QTRY_VERIFY(!peer().isOpen());
}

void tst_WebSocketTransport::survivesSilenceWhilePingsAreAnswered()
{
    TransportLimits limits;
    limits.pingInterval = 30ms;
    limits.pongTimeout = 1000ms;
    limits.progressTimeout = 30ms;
    openAndAccept(limits);
    QTRY_VERIFY(m_listener->pongs.size() >= 10);
    QCOMPARE(m_listener->ends, 0);
}

void tst_WebSocketTransport::survivesUnansweredPingsWhileMessagesCome()
{
    TransportLimits limits;
    limits.pingInterval = 20ms;
    limits.pongTimeout = 250ms;
    openAndAccept(limits);
    peer().setAnswersPings(false);
    QTimer traffic;
    connect(&traffic, &QTimer::timeout, this, [this] { peer().sendText("x"); });
    traffic.start(10ms);
    QTRY_VERIFY(m_listener->texts >= 60);
    QCOMPARE(m_listener->ends, 0);
    traffic.stop();
    QTRY_VERIFY(m_listener->guard);
    QCOMPARE(*m_listener->guard, TransportGuard::PongMissed);
}

void tst_WebSocketTransport::measuresTheRoundTrip()
{
    TransportLimits limits;
    limits.pingInterval = 20ms;
    openAndAccept(limits);
    QTRY_VERIFY(!m_listener->pongs.empty());
    QVERIFY(m_listener->pongs.front() > 0ns);
}

void tst_WebSocketTransport::ignoresPongsThatNobodyAskedFor()
{
    TransportLimits limits;
    limits.pingInterval = 30ms;
    limits.pongTimeout = 60ms;
    openAndAccept(limits);
    peer().setAnswersPings(false);
    peer().send(webSocketFrame(PongFrame, "99"));
    QTRY_VERIFY(m_listener->guard);
    QCOMPARE(m_listener->pongs.size(), 0u);
}

void tst_WebSocketTransport::capsThePongsOfAPingFlood()
{
    TransportLimits limits;
    limits.maximumWriteBufferBytes = 64 * 1024;
    openAndAccept(limits);
    peer().stopReading();
    const QByteArray ping = webSocketFrame(PingFrame, QByteArray(100, 'p'));
    const QByteArray flood = ping.repeated(10'000);
    const qint64 before = residentBytes();
    QTimer sender;
    connect(&sender, &QTimer::timeout, this, [&] {
        if (peer().isOpen())
            peer().send(flood);
    });
    sender.start(1ms);
    QTRY_VERIFY_WITH_TIMEOUT(m_listener->guard, 10'000);
    sender.stop();
    QCOMPARE(*m_listener->guard, TransportGuard::Limit);
    qInfo("a ping flood grew this process (server and client) by %lld KiB", (residentBytes() - before) / 1024);
}

void tst_WebSocketTransport::qtsOwnTimerIsAStallAndNeverHitsTheNextAttempt()
{
    // One part of a frame only: QWebSocket's own 5 s timer speaks, and closes with 1001 as if the server had gone away.
    openAndAccept();
    RawConnection* stalled = &peer();
    stalled->send(webSocketFrameHead(TextFrame, 1000) + "half");
    // That timer outlives abort() and open() on one QWebSocket. Ours is a new object each time.
    Listener second;
    auto* aborted = new WebSocketTransport(&second);
    aborted->open({m_server->streamUrl(), {}, {}, {}});
    QTRY_COMPARE(second.connected, 1);
    peer().send(webSocketFrameHead(TextFrame, 1000) + "half");
    QTest::qWait(20);
    aborted->abort();
    Listener third;
    QPointer<WebSocketTransport> next = new WebSocketTransport(&third);
    next->open({m_server->streamUrl(), {}, {}, {}});
    QTRY_COMPARE(third.connected, 1);
    QTimer traffic;
    connect(&traffic, &QTimer::timeout, this, [this] { peer().sendText("alive"); });
    traffic.start(100ms);
    QTRY_VERIFY_WITH_TIMEOUT(m_listener->guard, 9'000);
    QCOMPARE(*m_listener->guard, TransportGuard::Stall);
    const int before = third.texts;
    QTRY_VERIFY(third.texts >= before + 4);
    QCOMPARE(third.ends, 0);
    next->abort();
    QTRY_VERIFY(!next);
}

void tst_WebSocketTransport::sendsTextWhileItIsOpenOnly()
{
    open();
    m_transport->sendText(QStringLiteral("too early"));
    QTRY_COMPARE(m_listener->connected, 1);
    m_transport->sendText(QStringLiteral("h\u00e9"));
    QTRY_COMPARE(peer().frames().size(), 1u);
    QCOMPARE(peer().frames()[0].opcode, TextFrame);
    QCOMPARE(peer().frames()[0].payload, QByteArray("h\xc3\xa9"));
}

void tst_WebSocketTransport::closeSendsACloseFrameAndIsSilent()
{
    openAndAccept();
    m_transport->close(1000);
    QTRY_VERIFY(!m_transport);
    QTRY_VERIFY(!peer().frames().empty());
    QCOMPARE(peer().frames().back().opcode, CloseFrame);
    QVERIFY(peer().frames().back().masked);
    QCOMPARE(peer().frames().back().payload, closePayload(1000));
    QCOMPARE(m_listener->ends, 0);
}

void tst_WebSocketTransport::abortInsideADeliveryIsSafe()
{
    openAndAccept();
    m_listener->onText = [this] { m_transport->abort(); };
    peer().send(webSocketFrame(TextFrame, "a").repeated(1000));
    QTRY_VERIFY(!m_transport);
    QCOMPARE(m_listener->texts, 1);

    m_listener = std::make_unique<Listener>();
    openAndAccept();
    m_listener->onText = [this] { m_transport->close(1000); };
    peer().send(webSocketFrame(TextFrame, "a").repeated(1000));
    QTRY_VERIFY(!m_transport);
    QCOMPARE(m_listener->texts, 1);
}

void tst_WebSocketTransport::holdsBackAServerThatIsFaster()
{
    // The listener is slow: what it has not taken waits in the kernel and at the sender, not in our memory.
    openAndAccept();
    m_listener->onText = [] { QThread::usleep(200); };
    const QByteArray burst = webSocketFrame(TextFrame, QByteArray(16'000, 'x')).repeated(2'000); // 32 MB
    const qint64 before = residentBytes();
    peer().send(burst);
    qint64 highest = 0;
    while (m_listener->texts < 2'000 && m_listener->ends == 0) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 100);
        highest = std::max(highest, residentBytes() - before);
    }
    QCOMPARE(m_listener->texts, 2'000);
    // The server's own copy of the burst is in this process too: 32 MB. Without back-pressure it would be on both
    // sides.
    QVERIFY2(highest < 56 * 1024 * 1024, qPrintable(QString::number(highest)));
}

namespace {

QString pemFile(const char* name)
{
    return QStringLiteral(FRAMESCOPE_SOURCE_DIR "/tests/data/tls/") + QLatin1String(name);
}

} // namespace

void tst_WebSocketTransport::refusesAnUnknownCertificate()
{
    RawWebSocketServer server(QStringLiteral("loopback"));
    open({}, {{"Authorization", "Bearer abcdefgh"}}, server.streamUrl());
    QTRY_VERIFY(m_listener->failure);
    QCOMPARE(m_listener->failure->error.code, ErrorCode::Tls);
    QCOMPARE(afterFailure(*m_listener->failure), AfterFailure::Stop);
    QVERIFY2(m_listener->failure->error.detail.contains(QStringLiteral("self-signed")),
             qPrintable(m_listener->failure->error.detail));
    QCOMPARE(server.requests(), 0);
}

void tst_WebSocketTransport::refusesACertificateOfAnotherName()
{
    RawWebSocketServer server(QStringLiteral("elsewhere"));
    m_transport = new WebSocketTransport(m_listener.get());
    m_transport->open({server.streamUrl(), {}, pemFile("elsewhere.pem"), {}});
    QTRY_VERIFY(m_listener->failure);
    QCOMPARE(m_listener->failure->error.code, ErrorCode::Tls);
    QVERIFY2(m_listener->failure->error.detail.contains(QStringLiteral("host name")),
             qPrintable(m_listener->failure->error.detail));
    QCOMPARE(server.requests(), 0);
}

void tst_WebSocketTransport::trustsTheAuthorityOfTheProfile()
{
    RawWebSocketServer server(QStringLiteral("loopback"));
    server.onRequest = [](RawConnection& connection, int) {
        connection.acceptUpgrade();
        connection.sendBinary(QByteArray(3'000'000, 'x')); // many TLS records in one frame
        connection.sendText("done");
    };
    TransportLimits limits;
    limits.pingInterval = 20ms;
    m_transport = new WebSocketTransport(m_listener.get());
    m_transport->open({server.streamUrl(), {}, pemFile("loopback.pem"), limits});
    QTRY_COMPARE(m_listener->texts, 1);
    QCOMPARE(m_listener->binaryBytes, 3'000'000);
    QTRY_VERIFY(!m_listener->pongs.empty());
    m_transport->close(1000);
    QTRY_VERIFY(!server.last()->frames().empty());
    QTRY_COMPARE(server.last()->frames().back().opcode, CloseFrame);
}

QTEST_GUILESS_MAIN(tst_WebSocketTransport)
#include "tst_websockettransport.moc"
