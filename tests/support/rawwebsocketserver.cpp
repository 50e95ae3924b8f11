#include "tests/support/rawwebsocketserver.h"

#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QtEndian>
#include <sys/socket.h>

namespace framescope::test {

namespace {

/// tests/data, found from this file: it does not depend on who links us.
QString dataFolder()
{
    return QFileInfo(QString::fromUtf8(__FILE__)).absolutePath() + QStringLiteral("/../data");
}

} // namespace

QByteArray webSocketFrameHead(FrameOpcode opcode, quint64 announcedBytes, bool isFinal)
{
    QByteArray head;
    head.append(char((isFinal ? 0x80 : 0) | opcode));
    if (announcedBytes < 126) {
        head.append(char(announcedBytes));
    } else if (announcedBytes <= 0xffff) {
        head.append(char(126));
        const quint16 length = qToBigEndian(quint16(announcedBytes));
        head.append(reinterpret_cast<const char*>(&length), sizeof length);
    } else {
        head.append(char(127));
        const quint64 length = qToBigEndian(announcedBytes);
        head.append(reinterpret_cast<const char*>(&length), sizeof length);
    }
    return head;
}

QByteArray webSocketFrame(FrameOpcode opcode, const QByteArray& payload, bool isFinal)
{
    return webSocketFrameHead(opcode, quint64(payload.size()), isFinal) + payload;
}

QByteArray closePayload(int code, const QByteArray& reason)
{
    const quint16 bigEndian = qToBigEndian(quint16(code));
    return QByteArray(reinterpret_cast<const char*>(&bigEndian), sizeof bigEndian) + reason;
}

RawConnection::RawConnection(QTcpSocket* socket, QObject* parent)
    : QObject(parent)
    , m_socket(socket)
{
    m_socket->setParent(this);
    connect(m_socket, &QTcpSocket::readyRead, this, &RawConnection::onReadyRead);
}

QByteArray RawConnection::header(const QByteArray& name) const
{
    for (const QByteArray& line : m_head.split('\n')) {
        const qsizetype colon = line.indexOf(':');
        if (colon > 0 && line.left(colon).compare(name, Qt::CaseInsensitive) == 0)
            return line.mid(colon + 1).trimmed();
    }
    return {};
}

bool RawConnection::isOpen() const
{
    return m_socket->state() == QAbstractSocket::ConnectedState;
}

void RawConnection::send(const QByteArray& bytes)
{
    m_socket->write(bytes);
    m_socket->flush();
}

void RawConnection::acceptUpgrade()
{
    const QByteArray key = header("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455 section 1.3
    send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
         QCryptographicHash::hash(key, QCryptographicHash::Sha1).toBase64() + "\r\n\r\n");
}

void RawConnection::reply(int status, const QByteArray& body, const QByteArray& extraHeaders)
{
    send("HTTP/1.1 " + QByteArray::number(status) +
         " Scripted\r\nContent-Type: application/json\r\nConnection: close\r\n" + extraHeaders +
         "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
    m_socket->disconnectFromHost();
}

void RawConnection::finish()
{
    m_socket->disconnectFromHost();
}

void RawConnection::reset()
{
    const linger atOnce{1, 0};
    ::setsockopt(int(m_socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce);
    m_socket->abort();
}

void RawConnection::stopReading()
{
    m_socket->setReadBufferSize(1);
    m_socket->disconnect(this);
}

void RawConnection::onReadyRead()
{
    m_pending += m_socket->readAll();
    if (m_requestDone)
        return readFrames();
    const qsizetype end = m_pending.indexOf("\r\n\r\n");
    if (end < 0)
        return;
    m_head = m_pending.left(end + 4);
    const qsizetype bodyBytes = header("Content-Length").toLongLong();
    if (m_pending.size() < end + 4 + bodyBytes)
        return;
    m_body = m_pending.mid(end + 4, bodyBytes);
    m_pending.remove(0, end + 4 + bodyBytes);
    m_requestDone = true;
    Q_EMIT requestReceived();
}

void RawConnection::readFrames()
{
    // Clients of ours send small frames only: pings, pongs, close.
    while (m_pending.size() >= 2) {
        const qsizetype length = uchar(m_pending[1]) & 0x7f;
        const bool masked = uchar(m_pending[1]) & 0x80;
        const qsizetype headBytes = masked ? 6 : 2;
        if (length > 125 || m_pending.size() < headBytes + length)
            return;
        ReceivedFrame frame{FrameOpcode(uchar(m_pending[0]) & 0x0f), m_pending.mid(headBytes, length), masked};
        for (qsizetype i = 0; masked && i < length; ++i)
            frame.payload[i] = char(frame.payload[i] ^ m_pending[2 + i % 4]);
        m_pending.remove(0, headBytes + length);
        if (frame.opcode == PingFrame && m_answersPings)
            send(webSocketFrame(PongFrame, frame.payload));
        if (m_frames.size() < 10'000)
            m_frames.push_back(frame);
    }
}

RawWebSocketServer::RawWebSocketServer(QObject* parent)
    : QObject(parent)
    , m_server(std::make_unique<QTcpServer>())
{
    listen();
}

RawWebSocketServer::RawWebSocketServer(const QString& certificate, QObject* parent)
    : QObject(parent)
    , m_tls(true)
{
    const auto pem = [&](const char* suffix) {
        QFile file(dataFolder() + QStringLiteral("/tls/") + certificate + QLatin1String(suffix));
        if (!file.open(QIODevice::ReadOnly))
            qFatal("no %s", qPrintable(file.fileName()));
        return file.readAll();
    };
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setLocalCertificate(QSslCertificate(pem(".pem")));
    configuration.setPrivateKey(QSslKey(pem(".key"), QSsl::Ec));
    auto server = std::make_unique<QSslServer>();
    server->setSslConfiguration(configuration);
    m_server = std::move(server);
    listen();
}

void RawWebSocketServer::listen()
{
    connect(m_server.get(), &QTcpServer::pendingConnectionAvailable, this, [this] {
        while (QTcpSocket* socket = m_server->nextPendingConnection()) {
            auto* connection = new RawConnection(socket, this);
            m_connections.push_back(connection);
            connect(connection, &RawConnection::requestReceived, this, [this, connection] {
                ++m_requests;
                if (onRequest)
                    onRequest(*connection, m_requests);
            });
        }
    });
    if (!m_server->listen(QHostAddress::LocalHost))
        qFatal("cannot listen on 127.0.0.1");
}

QUrl RawWebSocketServer::streamUrl(const QString& path) const
{
    return QUrl(QStringLiteral("%1://127.0.0.1:%2%3")
                    .arg(m_tls ? QStringLiteral("wss") : QStringLiteral("ws"))
                    .arg(port())
                    .arg(path));
}

QUrl RawWebSocketServer::httpUrl(const QString& path) const
{
    return QUrl(QStringLiteral("%1://127.0.0.1:%2%3")
                    .arg(m_tls ? QStringLiteral("https") : QStringLiteral("http"))
                    .arg(port())
                    .arg(path));
}

QByteArray RawWebSocketServer::allRequests() const
{
    QByteArray all;
    for (const RawConnection* connection : m_connections)
        all += connection->requestHead() + connection->requestBody();
    return all;
}

} // namespace framescope::test
