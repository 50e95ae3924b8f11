#include "core/simulator/notificationsocket.h"

#include "core/simulator/websocketwriter.h"

#include <QTcpSocket>
#include <sys/socket.h>

namespace framescope {

using namespace std::chrono_literals;
using websocketwriter::FrameOpcode;

namespace {

constexpr qint64 socketBufferBytes = 64 * 1024;
constexpr std::size_t bufferBytes = 128 * 1024; ///< more is given to the socket before the next flush()
constexpr quint16 tooSlowCode = 1008;
constexpr quint16 tooLargeCode = 1009;
constexpr auto socketClosePatience = 5s; ///< not scaled: it is the client's time

} // namespace

NotificationSocket::NotificationSocket(QTcpSocket* socket, QByteArray channelId, Handlers handlers, QObject* parent)
    : QObject(parent)
    , m_socket(socket)
    , m_channelId(std::move(channelId))
    , m_handlers(std::move(handlers))
{
    m_socket->setParent(this);
    m_socket->setReadBufferSize(socketBufferBytes);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_patience.setSingleShot(true);
    connect(m_socket, &QTcpSocket::readyRead, this, &NotificationSocket::read);
    connect(m_socket, &QTcpSocket::disconnected, this, &NotificationSocket::onDisconnected);
    connect(&m_heartbeat, &QTimer::timeout, this, [this] {
        if (isOpen() && m_handlers.heartbeat)
            m_handlers.heartbeat(*this);
    });
    connect(&m_patience, &QTimer::timeout, this, [this] { m_socket->abort(); });
}

NotificationSocket::~NotificationSocket()
{
    disconnect(m_socket, nullptr, this, nullptr);
    reportEnd();
}

void NotificationSocket::reportEnd()
{
    m_phase = Phase::Ended;
    if (const auto ended = std::exchange(m_handlers.ended, nullptr))
        ended(*this);
}

void NotificationSocket::start(const QByteArray& early, qint64 heartbeatMs)
{
    m_heartbeat.start(int(heartbeatMs));
    m_reader.feed(early);
    read();
}

qint64 NotificationSocket::pendingBytes() const
{
    return m_socket->bytesToWrite() + qint64(m_wire.size());
}

bool NotificationSocket::append(std::string_view frame)
{
    if (!isOpen())
        return false;
    if (pendingBytes() + qint64(frame.size()) > pendingLimitBytes) {
        cut();
        return false;
    }
    m_wire += frame;
    if (m_wire.size() >= bufferBytes)
        flush();
    return true;
}

void NotificationSocket::flush()
{
    if (!m_wire.empty() && m_socket->state() == QAbstractSocket::ConnectedState)
        m_socket->write(m_wire.data(), qint64(m_wire.size()));
    m_wire.clear();
}

bool NotificationSocket::send(std::string_view text)
{
    std::string frame;
    websocketwriter::appendFrame(frame, FrameOpcode::Text, text);
    const bool sent = append(frame);
    if (sent)
        flush();
    return sent;
}

void NotificationSocket::cut()
{
    close(tooSlowCode, "The client does not read");
    if (m_handlers.tooSlow)
        m_handlers.tooSlow(*this);
}

void NotificationSocket::close(quint16 code, std::string_view reason)
{
    if (m_phase == Phase::Closing || m_phase == Phase::Ended)
        return;
    m_phase = Phase::Closing;
    m_heartbeat.stop();
    websocketwriter::appendClose(m_wire, code, reason);
    flush();
    m_patience.start(socketClosePatience);
}

void NotificationSocket::closeAfter(qint64 milliseconds, quint16 code, std::string_view reason)
{
    m_leaving = true;
    QTimer::singleShot(std::chrono::milliseconds(milliseconds), this,
                       [this, code, text = std::string(reason)] { close(code, text); });
}

void NotificationSocket::reset()
{
    // Lingering for no time makes close() send RST instead of FIN (socket(7)).
    const linger none{1, 0};
    setsockopt(int(m_socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &none, sizeof none);
    m_socket->abort();
}

void NotificationSocket::shutDown()
{
    if (isOpen())
        close(goingAway, "The simulator stops");
    m_socket->flush();
}

void NotificationSocket::goSilent()
{
    if (isOpen())
        m_phase = Phase::Silent;
    m_heartbeat.stop();
}

void NotificationSocket::read()
{
    m_reader.feed(m_socket->readAll());
    while (m_phase != Phase::Ended) {
        const auto frame = m_reader.next();
        if (!frame)
            break;
        answer(*frame);
    }
    if (m_reader.violation() != 0)
        close(m_reader.violation(), "The client broke the protocol");
}

void NotificationSocket::answer(const ClientFrame& frame)
{
    const std::string_view payload(frame.payload.constData(), std::size_t(frame.payload.size()));
    switch (frame.opcode) {
    case FrameOpcode::Ping:
        if (isOpen()) {
            std::string pong;
            websocketwriter::appendFrame(pong, FrameOpcode::Pong, payload);
            append(pong);
            flush();
        }
        break;
    case FrameOpcode::Close:
        if (isOpen()) {
            websocketwriter::appendFrame(m_wire, FrameOpcode::Close, payload.substr(0, 2)); // section 5.5.1: echo it
            flush();
        }
        m_phase = Phase::Closing;
        m_heartbeat.stop();
        m_socket->disconnectFromHost();
        m_patience.start(socketClosePatience);
        break;
    case FrameOpcode::Text:
    case FrameOpcode::Continuation:
        takeText(frame);
        break;
    default:
        break; // binary: no client of this service sends it, and none is told so
    }
}

void NotificationSocket::takeText(const ClientFrame& frame)
{
    if (!isOpen())
        return; // closing: what still comes is read and forgotten
    const bool begins = frame.opcode == FrameOpcode::Text;
    if (begins) {
        m_fragments.clear();
        m_inText = true;
    }
    if (!m_inText)
        return; // goes on with what was binary
    m_fragments += frame.payload;
    if (quint64(m_fragments.size()) > ClientFrameReader::payloadLimit) {
        close(tooLargeCode, "The message is too large");
        return;
    }
    if (!frame.final)
        return;
    m_inText = false;
    const QByteArray text = std::exchange(m_fragments, {});
    if (m_handlers.text)
        m_handlers.text(*this, text);
}

void NotificationSocket::onDisconnected()
{
    m_heartbeat.stop();
    m_patience.stop();
    reportEnd();
    deleteLater();
}

} // namespace framescope
