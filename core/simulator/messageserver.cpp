#include "core/simulator/messageserver.h"

#include "core/simulator/handshake.h"
#include "core/simulator/httpconnection.h"
#include "core/simulator/messageconnection.h"

#include <QTcpServer>
#include <QTcpSocket>

namespace framescope {

namespace {

/// Programs send no Origin; a browser always does (RFC 6455 section 10.2).
bool isForeignPage(const HttpRequest& request)
{
    const QByteArray origin = request.header("origin");
    if (origin.isEmpty())
        return false;
    const QString host = QUrl(QString::fromLatin1(origin)).host();
    return host != QStringLiteral("127.0.0.1") && host != QStringLiteral("localhost") && host != QStringLiteral("::1");
}

} // namespace

MessageServer::MessageServer(ScriptMaker makeScript, QObject* parent)
    : QObject(parent)
    , m_makeScript(std::move(makeScript))
{
}

MessageServer::~MessageServer() = default;

Expected<quint16> MessageServer::start(quint16 port)
{
    m_server = std::make_unique<QTcpServer>();
    connect(m_server.get(), &QTcpServer::newConnection, this, &MessageServer::accept);
    if (!m_server->listen(QHostAddress::LocalHost, port))
        return failure(ErrorCode::Network, m_server->errorString(), QStringLiteral("127.0.0.1:%1").arg(port));
    return m_server->serverPort();
}

QUrl MessageServer::url() const
{
    return QUrl(QStringLiteral("ws://127.0.0.1:%1/api/v2/streaming/interactions").arg(m_server->serverPort()));
}

void MessageServer::accept()
{
    while (QTcpSocket* socket = m_server->nextPendingConnection()) {
        const auto onRequest = [this](HttpConnection& http) {
            if (const std::optional<HttpReply> problem = handshake::problemOf(http.request())) {
                http.reply(*problem);
                return;
            }
            if (isForeignPage(http.request())) {
                http.reply(restError(403, "forbidden", "Pages of other origins are not served"));
                return;
            }
            if (m_open >= clientLimit) {
                http.reply(restError(503, "too.many.clients", "Too many clients are connected"));
                return;
            }
            Expected<std::unique_ptr<MessageScript>> script = m_makeScript();
            if (!script) {
                http.reply(restError(500, "not.readable", "The messages cannot be read"));
                return;
            }
            const QByteArray acceptance = handshake::acceptance(http.request());
            const QByteArray early = http.rest();
            ++m_open;
            auto* connection =
                new MessageConnection(http.takeSocket(), std::move(*script), ++m_clients, m_server.get());
            connection->onEnded = [this](const ServedClient& client) {
                --m_open;
                Q_EMIT clientEnded(client);
            };
            Q_EMIT clientCame(m_clients);
            connection->start(acceptance, early);
        };
        new HttpConnection(socket, onRequest, m_server.get());
    }
}

} // namespace framescope
