#include "core/genesys/loopbackrequest.h"

#include <QTcpSocket>
#include <QTimer>

namespace framescope {

namespace {

constexpr qsizetype headLimit = 8 * 1024;
constexpr std::chrono::milliseconds requestPatience{10'000};

const char* phraseOf(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 400:
        return "Bad Request";
    case 404:
        return "Not Found";
    default:
        return "Error";
    }
}

} // namespace

LoopbackRequest::LoopbackRequest(QTcpSocket* socket, std::function<Answer(const QByteArray&, const QUrl&)> handler,
                                 QObject* parent)
    : QObject(parent)
    , m_socket(socket)
    , m_handler(std::move(handler))
{
    m_socket->setParent(this);
    m_socket->setReadBufferSize(headLimit);
    connect(m_socket, &QTcpSocket::readyRead, this, &LoopbackRequest::onReadyRead);
    connect(m_socket, &QTcpSocket::disconnected, this, &QObject::deleteLater);
    QTimer::singleShot(requestPatience, this, [this] { m_socket->abort(); });
    onReadyRead();
}

void LoopbackRequest::onReadyRead()
{
    if (m_answered) {
        m_socket->readAll(); // a body, or more than was asked for: a full buffer would end in a reset
        return;
    }
    m_head += m_socket->read(headLimit - m_head.size());
    const qsizetype end = m_head.indexOf("\r\n\r\n");
    if (end < 0) {
        if (m_head.size() >= headLimit)
            answer({400, "Request too large", "The request is larger than a browser's redirect can be."});
        return;
    }
    const QList<QByteArray> line = m_head.left(m_head.indexOf('\r')).split(' ');
    if (line.size() != 3 || !line[2].startsWith("HTTP/1.") || !line[1].startsWith('/'))
        return answer({400, "Not a request", "This is not a request of a browser."});
    const QUrl target = QUrl::fromEncoded(line[1], QUrl::StrictMode);
    answer(m_handler(line[0], target));
}

void LoopbackRequest::answer(const Answer& answer)
{
    m_answered = true;
    const QByteArray page = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Framescope</title>"
                            "<style>body{font:16px/1.5 sans-serif;margin:15vh auto;max-width:32em;padding:0 1em}"
                            "@media(prefers-color-scheme:dark){body{background:#16191d;color:#e6e8eb}}</style><h1>" +
                            answer.title + "</h1><p id=\"framescope-answer\">" + answer.message + "</p></html>\n";
    m_socket->write("HTTP/1.1 " + QByteArray::number(answer.status) + ' ' + phraseOf(answer.status) +
                    "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: " + QByteArray::number(page.size()) +
                    "\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff"
                    "\r\nContent-Security-Policy: default-src 'none'; style-src 'unsafe-inline'"
                    "\r\nConnection: close\r\n\r\n" +
                    page);
    m_socket->disconnectFromHost();
}

} // namespace framescope
