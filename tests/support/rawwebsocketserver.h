#pragma once
/// A TCP server on 127.0.0.1 that a test scripts byte by byte: it can answer a handshake or a token request properly,
/// wrongly, slowly or never, and sends frames built by hand (RFC 6455 section 5.2, unmasked as a server's are). It
/// keeps what it received. Thread: the test's.
#include <QByteArray>
#include <QObject>
#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QUrl>
#include <functional>
#include <memory>
#include <vector>

namespace framescope::test {

enum FrameOpcode : quint8
{
    ContinuationFrame = 0,
    TextFrame = 1,
    BinaryFrame = 2,
    CloseFrame = 8,
    PingFrame = 9,
    PongFrame = 10
};

[[nodiscard]] QByteArray webSocketFrame(FrameOpcode opcode, const QByteArray& payload, bool isFinal = true);
/// Only the first bytes of a frame that announces @p announcedBytes of payload.
[[nodiscard]] QByteArray webSocketFrameHead(FrameOpcode opcode, quint64 announcedBytes, bool isFinal = true);
[[nodiscard]] QByteArray closePayload(int code, const QByteArray& reason = {});

struct ReceivedFrame
{
    FrameOpcode opcode = ContinuationFrame;
    QByteArray payload; ///< unmasked
    bool masked = false;
};

/// One accepted connection.
class RawConnection : public QObject
{
    Q_OBJECT

public:
    explicit RawConnection(QTcpSocket* socket, QObject* parent = nullptr);

    [[nodiscard]] QByteArray requestLine() const { return m_head.left(m_head.indexOf('\r')); }
    [[nodiscard]] QByteArray requestHead() const { return m_head; }
    [[nodiscard]] QByteArray requestBody() const { return m_body; }
    /// The value of a request header, "" when it was not sent.
    [[nodiscard]] QByteArray header(const QByteArray& name) const;
    [[nodiscard]] const std::vector<ReceivedFrame>& frames() const { return m_frames; }
    [[nodiscard]] bool isOpen() const;

    void send(const QByteArray& bytes);
    /// 101 with the right Sec-WebSocket-Accept.
    void acceptUpgrade();
    void reply(int status, const QByteArray& body = {}, const QByteArray& extraHeaders = {});
    void sendText(const QByteArray& utf8) { send(webSocketFrame(TextFrame, utf8)); }
    void sendBinary(const QByteArray& bytes) { send(webSocketFrame(BinaryFrame, bytes)); }
    void sendClose(int code, const QByteArray& reason = {})
    {
        send(webSocketFrame(CloseFrame, closePayload(code, reason)));
    }
    void finish(); ///< FIN after what was sent
    void reset();  ///< RST
    /// Reads no more, so that the peer's bytes pile up at the peer.
    void stopReading();
    void setAnswersPings(bool answers) { m_answersPings = answers; }

Q_SIGNALS:
    void requestReceived();

private:
    void onReadyRead();
    void readFrames();

    QTcpSocket* m_socket;
    QByteArray m_head;
    QByteArray m_body;
    QByteArray m_pending;
    std::vector<ReceivedFrame> m_frames;
    bool m_requestDone = false;
    bool m_answersPings = true;
};

class RawWebSocketServer : public QObject
{
    Q_OBJECT

public:
    explicit RawWebSocketServer(QObject* parent = nullptr);
    /// Over TLS, with the certificate and key of tests/data/tls: "loopback" (for 127.0.0.1) or "elsewhere" (for another
    /// name).
    explicit RawWebSocketServer(const QString& certificate, QObject* parent = nullptr);

    /// Called with each whole request; unset: the server stays mute. @p number counts requests from 1.
    std::function<void(RawConnection& connection, int number)> onRequest;

    [[nodiscard]] quint16 port() const { return m_server->serverPort(); }
    [[nodiscard]] QUrl streamUrl(const QString& path = QStringLiteral("/stream")) const;
    [[nodiscard]] QUrl httpUrl(const QString& path = QStringLiteral("/oauth/token")) const;
    [[nodiscard]] int requests() const { return m_requests; }
    /// Accepted connections, also those that sent no request; in order, kept until the server goes.
    [[nodiscard]] const std::vector<RawConnection*>& connections() const { return m_connections; }
    [[nodiscard]] RawConnection* last() const { return m_connections.empty() ? nullptr : m_connections.back(); }
    /// Everything that every client sent as a request, for canaries.
    [[nodiscard]] QByteArray allRequests() const;

private:
    void listen();

    std::unique_ptr<QTcpServer> m_server;
    bool m_tls = false;
    std::vector<RawConnection*> m_connections;
    int m_requests = 0;
};

} // namespace framescope::test
