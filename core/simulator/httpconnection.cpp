#include "core/simulator/httpconnection.h"

#include <QTcpSocket>

namespace framescope {

using namespace std::chrono_literals;

namespace {
constexpr qint64 requestBufferBytes = 64 * 1024;
constexpr auto requestPatience = 30s;
constexpr auto requestClosePatience = 5s;
} // namespace

HttpConnection::HttpConnection(QTcpSocket* socket, std::function<void(HttpConnection&)> onRequest, QObject* parent)
    : QObject(parent)
    , m_socket(socket)
    , m_onRequest(std::move(onRequest))
{
    m_socket->setParent(this);
    m_socket->setReadBufferSize(requestBufferBytes);
    connect(m_socket, &QTcpSocket::readyRead, this, &HttpConnection::read);
    connect(m_socket, &QTcpSocket::disconnected, this, &QObject::deleteLater);
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        if (m_socket)
            m_socket->abort();
        deleteLater();
    });
    m_patience.start(requestPatience);
}

void HttpConnection::read()
{
    const QByteArray bytes = m_socket->readAll();
    if (m_answered)
        return; // read and thrown away, so that the answer is not lost to a reset
    switch (m_reader.feed(bytes)) {
    case HttpRequestReader::State::NeedsMore:
        return;
    case HttpRequestReader::State::Refused:
        reply(restError(m_reader.refusalStatus(), "bad.request", "The request could not be read"));
        return;
    case HttpRequestReader::State::Complete:
        m_answered = true;
        m_onRequest(*this);
        return;
    }
}

void HttpConnection::reply(const HttpReply& reply)
{
    m_answered = true;
    m_socket->write(reply.toBytes(request().method == "HEAD"));
    m_socket->disconnectFromHost(); // after what is written
    m_patience.start(requestClosePatience);
}

void HttpConnection::hold(std::chrono::milliseconds atMost)
{
    m_patience.start(atMost);
}

QTcpSocket* HttpConnection::takeSocket()
{
    m_patience.stop();
    disconnect(m_socket, nullptr, this, nullptr);
    m_socket->setParent(nullptr);
    deleteLater();
    return std::exchange(m_socket, nullptr);
}

} // namespace framescope
