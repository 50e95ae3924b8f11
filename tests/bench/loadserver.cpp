#include "tests/bench/loadserver.h"

#include "core/base/clock.h"
#include "core/simulator/websocketwriter.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace framescope::bench {

namespace {

constexpr int clientTimeoutMs = 30'000;
constexpr std::size_t chunkBytes = 1024 * 1024;
constexpr quint8 closeOpcode = 0x8;

struct Socket
{
    explicit Socket(int number)
        : fd(number)
    {
    }
    ~Socket()
    {
        if (fd >= 0)
            ::close(fd);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    const int fd;
};

sockaddr_in loopback(quint16 port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

bool isReadable(int fd)
{
    pollfd wait{fd, POLLIN, 0};
    return ::poll(&wait, 1, clientTimeoutMs) == 1;
}

bool sendAll(int fd, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd, bytes.data(), std::min(bytes.size(), chunkBytes), MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes.remove_prefix(std::size_t(sent));
    }
    return true;
}

/// Appends what has come; false at the end.
bool receiveSome(int fd, std::string& bytes)
{
    char buffer[4096];
    const ssize_t got = isReadable(fd) ? ::recv(fd, buffer, sizeof buffer, 0) : 0;
    if (got > 0)
        bytes.append(buffer, std::size_t(got));
    return got > 0;
}

/// RFC 6455 section 4.2.
bool answerHandshake(int fd)
{
    std::string request;
    while (request.find("\r\n\r\n") == std::string::npos) {
        if (!receiveSome(fd, request))
            return false;
    }
    const QByteArray name = "\r\nsec-websocket-key:";
    const QByteArray head = QByteArray::fromStdString(request);
    const qsizetype at = head.toLower().indexOf(name);
    if (at < 0)
        return false;
    const qsizetype from = at + name.size();
    const QByteArray key = head.mid(from, head.indexOf('\r', from) - from).trimmed();
    const QByteArray answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Accept: " +
                              websocketwriter::acceptKey(key) + "\r\n\r\n";
    return sendAll(fd, answer.toStdString());
}

/// Waits for the close frame among the control frames that a client sends. False: it just went.
bool receiveClose(int fd)
{
    std::string bytes;
    while (true) {
        while (bytes.size() >= 2) {
            if ((quint8(bytes[0]) & 0x0F) == closeOpcode)
                return true;
            const std::size_t frame = 2 + 4 + (quint8(bytes[1]) & 0x7F); // head, mask, payload of at most 125
            if (bytes.size() < frame)
                break;
            bytes.erase(0, frame);
        }
        if (!receiveSome(fd, bytes))
            return false;
    }
}

} // namespace

const char* nameOf(Writing writing)
{
    return writing == Writing::EachMessage ? "each" : "blocks";
}

LoadServer::LoadServer(Load load, Writing writing)
    : m_load(std::move(load))
    , m_writing(writing)
    , m_listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(m_listener, generic, size) == 0 && ::listen(m_listener, 4) == 0 &&
        ::getsockname(m_listener, generic, &size) == 0)
        m_port = ntohs(address.sin_port);
}

LoadServer::~LoadServer()
{
    ::close(m_listener);
}

std::optional<LoadServer::Delivery> LoadServer::serve(quint64 frames)
{
    m_load.restart();
    if (!isReadable(m_listener))
        return std::nullopt;
    const Socket client(::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC));
    if (client.fd < 0 || !answerHandshake(client.fd))
        return std::nullopt;
    Delivery delivery;
    delivery.firstByteMonoNs = monotonicNs();
    std::string close;
    websocketwriter::appendClose(close, 1000, {});
    if (!sendFrames(client.fd, frames) || !sendAll(client.fd, close) || !receiveClose(client.fd))
        return std::nullopt;
    delivery.answeredMonoNs = monotonicNs();
    return delivery;
}

bool LoadServer::sendFrames(int socket, quint64 frames)
{
    while (frames > 0) {
        const quint64 now = std::min<quint64>(frames, m_load.size());
        if (!(m_writing == Writing::Blocks ? sendAll(socket, m_load.wire().substr(0, m_load.wireBytes(now)))
                                           : sendEach(socket, now)))
            return false;
        frames -= now;
        m_load.nextPass();
    }
    return true;
}

bool LoadServer::sendEach(int socket, quint64 messages) const
{
    for (std::size_t i = 0; i < messages; ++i) {
        const Load::Message& message = m_load.message(i);
        if (!sendAll(socket, m_load.wire().substr(message.begin, message.end - message.begin)))
            return false;
    }
    return true;
}

void LoadServer::sink(quint64 frames) const
{
    const Socket server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = loopback(m_port);
    if (::connect(server.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return;
    std::string answer;
    if (!sendAll(server.fd, "GET / HTTP/1.1\r\nSec-WebSocket-Key: c2luaw==\r\n\r\n"))
        return;
    while (answer.find("\r\n\r\n") == std::string::npos) {
        if (!receiveSome(server.fd, answer))
            return;
    }
    std::vector<char> buffer(256 * 1024);
    std::size_t left = m_load.wireBytes(frames) + 4 - (answer.size() - answer.find("\r\n\r\n") - 4);
    while (left > 0) {
        const ssize_t got = ::recv(server.fd, buffer.data(), buffer.size(), 0);
        if (got <= 0)
            return;
        left -= std::min(left, std::size_t(got));
    }
    const char closing[] = {char(0x88), char(0x80), 0, 0, 0, 0}; // masked with zeros, no payload
    (void)sendAll(server.fd, {closing, sizeof closing});
}

} // namespace framescope::bench
