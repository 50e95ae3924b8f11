#include "core/simulator/messageconnection.h"

#include "core/simulator/websocketwriter.h"

#include <QTcpSocket>

namespace framescope {

namespace {

constexpr qint64 clientBufferBytes = 64 * 1024;
constexpr int messagesAtOnce = 256; // then the other clients, and this one's own words
constexpr qint64 longestWaitMs = 60'000;
constexpr std::chrono::seconds answerPatience{5};
constexpr quint16 normalClose = 1000; // RFC 6455 section 7.4.1
constexpr quint16 internalErrorClose = 1011;

} // namespace

MessageConnection::MessageConnection(QTcpSocket* socket, std::unique_ptr<MessageScript> script, quint64 number,
                                     QObject* parent)
    : QObject(parent)
    , m_socket(socket)
    , m_script(std::move(script))
{
    m_client.number = number;
    m_socket->setParent(this);
    m_socket->setReadBufferSize(clientBufferBytes);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_next.setSingleShot(true);
    m_next.setTimerType(Qt::PreciseTimer);
    m_patience.setSingleShot(true);
    connect(&m_next, &QTimer::timeout, this, &MessageConnection::pump);
    connect(&m_patience, &QTimer::timeout, m_socket, [this] { m_socket->abort(); });
    connect(m_socket, &QTcpSocket::readyRead, this, &MessageConnection::read);
    connect(m_socket, &QTcpSocket::disconnected, this, &MessageConnection::onDisconnected);
    connect(m_socket, &QTcpSocket::bytesWritten, this, [this] {
        if (!m_next.isActive() && m_socket->bytesToWrite() < MessageServer::sendAheadBytes / 2)
            m_next.start(0);
    });
}

MessageConnection::~MessageConnection()
{
    disconnect(m_socket, nullptr, this, nullptr);
}

void MessageConnection::start(const QByteArray& acceptance, const QByteArray& early)
{
    m_socket->write(acceptance);
    m_reader.feed(early);
    m_next.start(0);
    read();
}

void MessageConnection::pump()
{
    for (int sent = 0; sent < messagesAtOnce && m_phase == Phase::Open; ++sent) {
        if (m_socket->bytesToWrite() >= MessageServer::sendAheadBytes)
            return; // bytesWritten() goes on
        const std::optional<qint64> waitNs = m_script->untilNextNs();
        if (!waitNs) {
            m_client.error = m_script->error();
            m_wasSent = !m_client.error;
            close(m_wasSent ? normalClose : internalErrorClose, m_wasSent ? "end of the replay" : "cannot be read");
            return;
        }
        if (*waitNs > 0) {
            constexpr qint64 msInNs = 1'000'000;
            m_next.start(int(std::min(*waitNs / msInNs + 1, longestWaitMs)));
            return;
        }
        const MessageScript::Message message = m_script->take();
        m_wire.clear();
        websocketwriter::appendFrameHead(
            m_wire, message.isText ? websocketwriter::FrameOpcode::Text : websocketwriter::FrameOpcode::Binary,
            quint64(message.bytes.size()));
        m_socket->write(m_wire.data(), qint64(m_wire.size()));
        m_socket->write(message.bytes.data(), message.bytes.size());
        ++m_client.messages;
        m_client.bytes += quint64(message.bytes.size());
    }
    if (m_phase == Phase::Open)
        m_next.start(0);
}

void MessageConnection::read()
{
    if (m_phase == Phase::Ended)
        return;
    m_reader.feed(m_socket->readAll());
    while (const std::optional<ClientFrame> frame = m_reader.next()) {
        if (frame->opcode == websocketwriter::FrameOpcode::Ping && m_phase == Phase::Open) {
            m_wire.clear();
            websocketwriter::appendFrame(m_wire, websocketwriter::FrameOpcode::Pong,
                                         {frame->payload.constData(), std::size_t(frame->payload.size())});
            m_socket->write(m_wire.data(), qint64(m_wire.size()));
        } else if (frame->opcode == websocketwriter::FrameOpcode::Close) {
            m_client.isComplete = m_wasSent;
            if (m_phase == Phase::Open)
                close(normalClose, {});
            m_socket->disconnectFromHost(); // after what is written
            return;
        }
    }
    if (m_reader.violation() != 0 && m_phase == Phase::Open)
        close(m_reader.violation(), {});
}

void MessageConnection::close(quint16 code, std::string_view reason)
{
    m_phase = Phase::Closing;
    m_next.stop();
    m_wire.clear();
    websocketwriter::appendClose(m_wire, code, reason);
    m_socket->write(m_wire.data(), qint64(m_wire.size()));
    // A client that still reads what is ahead of the close frame is not late: the time runs from when it is sent.
    connect(m_socket, &QTcpSocket::bytesWritten, &m_patience, [this] { m_patience.start(answerPatience); });
    m_patience.start(answerPatience);
}

void MessageConnection::onDisconnected()
{
    if (m_phase == Phase::Ended)
        return;
    m_phase = Phase::Ended;
    m_next.stop();
    m_patience.stop();
    if (onEnded)
        onEnded(m_client);
    deleteLater();
}

} // namespace framescope
