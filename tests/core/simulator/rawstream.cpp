#include "tests/core/simulator/rawstream.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace framescope::test {

namespace {

int connectTo(quint16 port, int timeoutMs)
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit{timeoutMs / 1000, (timeoutMs % 1000) * 1000};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(fd);
        return -1;
    }
    return fd;
}

void sendAll(int fd, QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t sent = ::send(fd, bytes.data(), std::size_t(bytes.size()), MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        bytes = bytes.sliced(sent);
    }
}

} // namespace

QByteArray exchange(quint16 port, QByteArrayView bytes)
{
    const int fd = connectTo(port, 10'000);
    if (fd < 0)
        return {};
    sendAll(fd, bytes);
    QByteArray answer;
    char buffer[8192];
    for (ssize_t got = 0; (got = ::recv(fd, buffer, sizeof buffer, 0)) > 0;)
        answer.append(buffer, got);
    ::close(fd);
    return answer;
}

QByteArray tokenRequest(const QByteArray& id, const QByteArray& secret, const QByteArray& form)
{
    return "POST /oauth/token HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic " + (id + ':' + secret).toBase64() +
           "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " + QByteArray::number(form.size()) +
           "\r\n\r\n" + form;
}

QByteArray tokenIn(const QByteArray& answer)
{
    const QByteArray body = answer.sliced(answer.indexOf("\r\n\r\n") + 4);
    return QJsonDocument::fromJson(body).object().value(QStringLiteral("access_token")).toString().toLatin1();
}

QByteArray upgradeRequest(const QByteArray& token)
{
    return "GET /api/v2/streaming/interactions HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
           "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
           "dGhlIHNhbXBsZSBub25jZQ==\r\n"
           "Authorization: Bearer " +
           token + "\r\n\r\n";
}

int statusOf(QByteArrayView answer)
{
    return answer.startsWith("HTTP/1.1 ") && answer.size() > 12 ? answer.sliced(9, 3).toInt() : 0;
}

RawStream::~RawStream()
{
    leave();
}

void RawStream::leave()
{
    if (m_fd >= 0)
        ::close(m_fd);
    m_fd = -1;
}

int RawStream::open(quint16 port, const QByteArray& token, const std::function<bool()>& giveUp)
{
    constexpr int pollMs = 100;
    constexpr int polls = 100;
    m_fd = connectTo(port, pollMs);
    if (m_fd < 0)
        return -1;
    sendAll(m_fd, upgradeRequest(token));
    int silent = 0;
    while (m_bytes.indexOf("\r\n\r\n") < 0) {
        m_end = End::None;
        if (receive())
            continue;
        if (m_end != End::Timeout || ++silent == polls || (giveUp && giveUp()))
            return statusOf(m_bytes);
    }
    m_end = End::None;
    m_readTo = m_bytes.indexOf("\r\n\r\n") + 4;
    return statusOf(m_bytes);
}

bool RawStream::receive()
{
    if (m_fd < 0)
        return false;
    if (m_readTo > 1024 * 1024) {
        m_bytes.remove(0, m_readTo);
        m_readTo = 0;
    }
    char buffer[65536];
    const ssize_t got = ::recv(m_fd, buffer, sizeof buffer, 0);
    if (got > 0) {
        m_bytes.append(buffer, got);
        return true;
    }
    m_end = got == 0 ? End::Finished : errno == ECONNRESET ? End::Reset : End::Timeout;
    return false;
}

bool RawStream::takeFrame(quint8& opcode, QByteArray& payload)
{
    const auto byteAt = [this](qsizetype i) { return quint8(m_bytes.at(m_readTo + i)); };
    const qsizetype available = m_bytes.size() - m_readTo;
    if (available < 2)
        return false;
    if ((byteAt(0) & 0xF0) != 0x80 || (byteAt(1) & 0x80) != 0) // whole frames, nothing reserved, no mask
        m_end = End::Violation;
    const quint8 shortLength = byteAt(1) & 0x7F;
    const qsizetype lengthBytes = shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0;
    if (available < 2 + lengthBytes)
        return false;
    qint64 length = lengthBytes == 0 ? shortLength : 0;
    for (qsizetype i = 0; i < lengthBytes; ++i)
        length = (length << 8) | byteAt(2 + i);
    if (available < 2 + lengthBytes + length)
        return false;
    opcode = byteAt(0) & 0x0F;
    payload = m_bytes.sliced(m_readTo + 2 + lengthBytes, length);
    m_readTo += 2 + lengthBytes + length;
    return true;
}

std::optional<WireMessage> RawStream::next(int timeoutMs)
{
    const timeval limit{timeoutMs / 1000, (timeoutMs % 1000) * 1000};
    if (m_fd >= 0)
        ::setsockopt(m_fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    while (m_end == End::None || m_end == End::Timeout) {
        m_end = End::None;
        WireMessage message;
        if (!takeFrame(message.opcode, message.payload)) {
            if (m_end == End::Violation || !receive())
                return std::nullopt;
            continue;
        }
        switch (message.opcode) {
        case 0x1:
        case 0x2:
            return message;
        case 0x8:
            m_end = End::CloseFrame;
            m_closeCode =
                message.payload.size() < 2 ? 1005 : quint8(message.payload[0]) << 8 | quint8(message.payload[1]);
            send(0x8, message.payload.first(std::min<qsizetype>(2, message.payload.size())));
            return std::nullopt;
        case 0x9:
            send(0xA, message.payload);
            break;
        case 0xA:
            m_pongs.append(message.payload);
            break;
        default:
            m_end = End::Violation;
            return std::nullopt;
        }
    }
    return std::nullopt;
}

void RawStream::send(quint8 opcode, const QByteArray& payload)
{
    const QByteArray mask = "\x11\x22\x33\x44";
    QByteArray frame;
    frame.append(char(0x80 | opcode));
    if (payload.size() < 126) {
        frame.append(char(0x80 | payload.size()));
    } else {
        frame.append(char(0x80 | 126)).append(char(payload.size() >> 8)).append(char(payload.size() & 0xFF));
    }
    frame.append(mask);
    for (qsizetype i = 0; i < payload.size(); ++i)
        frame.append(char(payload[i] ^ mask[i % 4]));
    sendRaw(frame);
}

void RawStream::sendRaw(const QByteArray& bytes)
{
    if (m_fd >= 0)
        sendAll(m_fd, bytes);
}

} // namespace framescope::test
