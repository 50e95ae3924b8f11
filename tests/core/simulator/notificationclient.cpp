#include "tests/core/simulator/notificationclient.h"

#include "tests/core/simulator/rawstream.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <algorithm>

namespace framescope::test {

QJsonObject RestAnswer::json() const
{
    return QJsonDocument::fromJson(body).object();
}

QByteArray RestAnswer::header(const QByteArray& name) const
{
    for (const QByteArray& line : head.split('\n')) {
        if (line.toLower().startsWith(name.toLower() + ':'))
            return line.sliced(name.size() + 1).trimmed();
    }
    return {};
}

SimulatorOptions contactCentre()
{
    SimulatorOptions options;
    options.scenario = QStringLiteral("contact-centre");
    options.oddities = false;
    return options;
}

NotificationClient::NotificationClient(const SimulatorOptions& options)
    : thread(options)
{
    const auto started = thread.start();
    if (!started)
        qFatal("the simulator does not start: %s", qPrintable(started.error().detail));
    endpoint = *started;
}

quint16 NotificationClient::port() const
{
    return quint16(endpoint.gatewayUrl.port());
}

QByteArray NotificationClient::token()
{
    if (m_token.isEmpty())
        m_token = newToken();
    return m_token;
}

QByteArray NotificationClient::newToken() const
{
    return tokenIn(exchange(port(), tokenRequest(endpoint.clientId, endpoint.clientSecret.reveal())));
}

RestAnswer NotificationClient::rest(const QByteArray& method, const QByteArray& path, const QByteArray& body)
{
    return restAs(token(), method, path, body);
}

namespace {

RestAnswer answerOf(quint16 port, const QByteArray& method, const QByteArray& path, const QByteArray& headers,
                    const QByteArray& body)
{
    QByteArray request = method + ' ' + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers;
    if (!body.isEmpty())
        request += "Content-Type: application/json\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n";
    const QByteArray answer = exchange(port, request + "\r\n" + body);
    const qsizetype end = answer.indexOf("\r\n\r\n");
    return {statusOf(answer), answer.first(std::max<qsizetype>(0, end)),
            end < 0 ? QByteArray() : answer.sliced(end + 4)};
}

} // namespace

RestAnswer NotificationClient::restAs(const QByteArray& token, const QByteArray& method, const QByteArray& path,
                                      const QByteArray& body) const
{
    return answerOf(port(), method, path, "Authorization: Bearer " + token + "\r\n", body);
}

RestAnswer NotificationClient::plain(const QByteArray& method, const QByteArray& path, const QByteArray& body) const
{
    return answerOf(port(), method, path, {}, body);
}

QByteArray NotificationClient::newChannel()
{
    return rest("POST", "/api/v2/notifications/channels").json().value(QStringLiteral("id")).toString().toLatin1();
}

QJsonArray NotificationClient::subscribe(const QByteArray& channel, const QList<QByteArray>& topics,
                                         const QByteArray& method)
{
    const RestAnswer answer = rest(
        method, "/api/v2/notifications/channels/" + channel + "/subscriptions?ignoreErrors=true", topicList(topics));
    return answer.json().value(QStringLiteral("entities")).toArray();
}

QUrl NotificationClient::socketUrl(const QByteArray& channel) const
{
    return QUrl(QStringLiteral("ws://127.0.0.1:%1/channels/%2").arg(port()).arg(QString::fromLatin1(channel)));
}

QByteArray topicList(const QList<QByteArray>& topics)
{
    QJsonArray list;
    for (const QByteArray& topic : topics)
        list.append(QJsonObject{{QStringLiteral("id"), QString::fromUtf8(topic)}});
    return QJsonDocument(list).toJson(QJsonDocument::Compact);
}

QList<QByteArray> allTopics(const NotificationClient& client)
{
    return {client.endpoint.allTopics.begin(), client.endpoint.allTopics.end()};
}

Lane::Lane(NotificationClient& client, const QList<QByteArray>& topics)
    : channel(client.newChannel())
{
    if (client.subscribe(channel, topics).size() != topics.size())
        qFatal("not subscribed");
    listener = std::make_unique<Listener>(client.socketUrl(channel));
}

Listener::Listener(const QUrl& url)
{
    QObject::connect(&socket, &QWebSocket::textMessageReceived, &socket,
                     [this](const QString& text) { messages.append(text.toUtf8()); });
    QObject::connect(&socket, &QWebSocket::disconnected, &socket, [this] {
        ended = true;
        closeCode = int(socket.closeCode());
    });
    socket.open(url);
}

int Listener::count(const QByteArray& text) const
{
    return int(std::count_if(messages.begin(), messages.end(),
                             [&text](const QByteArray& message) { return message.contains(text); }));
}

} // namespace framescope::test
