#include "tests/core/genesys/fakeservice.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>

namespace framescope::test {

using namespace std::chrono_literals;

FakeService::FakeService()
{
    m_server.onRequest = [this](RawConnection& connection, int) { answer(connection); };
}

NotificationConfig FakeService::config(std::vector<QByteArray> topics) const
{
    NotificationConfig config;
    config.hosts = *GenesysHosts::fromGateway(QUrl(QStringLiteral("http://127.0.0.1:%1").arg(m_server.port())));
    config.credentials = ClientCredentials{config.hosts.tokenUrl(), QStringLiteral("the-client"),
                                           Secret("secret-canary"), QString(), QString()};
    config.topics = std::move(topics);
    config.reconnectLimits = {20ms, 100ms, 30s};
    config.timers.retryUnit = 4ms;
    config.timers.stateInterval = 5ms;
    config.timers.overlap = 300ms;
    return config;
}

QByteArray FakeService::channelOf(std::size_t socket) const
{
    const RawConnection* connection = socket < m_sockets.size() ? m_sockets[socket].data() : nullptr;
    return connection ? connection->requestLine().split(' ').value(1) : QByteArray();
}

QByteArray FakeService::event(const QByteArray& topic, const QByteArray& body)
{
    return R"({"topicName":")" + topic + R"(","version":"2","eventBody":)" + body +
           R"(,"metadata":{"CorrelationId":"c"}})";
}

QByteArray FakeService::control(const QByteArray& topic, const QByteArray& body)
{
    return R"({"topicName":")" + topic + R"(","eventBody":)" + body + "}";
}

void FakeService::answer(RawConnection& connection)
{
    const QList<QByteArray> line = connection.requestLine().split(' ');
    const QByteArray method = line.value(0);
    const QByteArray path = line.value(1).split('?').value(0);
    QByteArray shape = path;
    if (const qsizetype id = shape.indexOf("streaming-1-"); id >= 0) {
        const qsizetype end = shape.indexOf('/', id);
        shape.replace(id, (end < 0 ? shape.size() : end) - id, "N");
    }
    ++m_counts[method + ' ' + shape];
    if (onRequest && onRequest(connection, method, path))
        return;
    if (path == "/oauth/token") {
        ++m_tokens;
        return connection.reply(
            200, "{\"access_token\":\"tok-canary-" + QByteArray::number(m_tokens) +
                     "\",\"token_type\":\"bearer\",\"expires_in\":" + QByteArray::number(tokenSeconds) + "}");
    }
    if (path == "/api/v2/notifications/availabletopics")
        return connection.reply(200, R"({"entities":[{"id":"v2.users.{id}.presence","schema":{"type":"object"}}]})");
    if (path == "/api/v2/notifications/channels" && method == "GET") {
        QJsonArray list;
        for (int i = 0; i < channelsElsewhere + m_channels; ++i)
            list.append(QJsonObject{{QStringLiteral("id"), QStringLiteral("c%1").arg(i)}});
        return connection.reply(200, QJsonDocument(QJsonObject{{QStringLiteral("entities"), list}}).toJson());
    }
    if (path == "/api/v2/notifications/channels" && method == "POST") {
        const QByteArray id = "streaming-1-canary" + QByteArray::number(++m_channels);
        const QByteArray expires =
            QDateTime::currentDateTimeUtc().addMSecs(channelLife.count()).toString(Qt::ISODateWithMs).toLatin1();
        return connection.reply(200, "{\"connectUri\":\"ws://127.0.0.1:" + QByteArray::number(m_server.port()) +
                                         "/channels/" + id + "\",\"id\":\"" + id + "\",\"expires\":\"" + expires +
                                         "\"}");
    }
    if (path.endsWith("/subscriptions"))
        return subscribe(connection, method);
    if (path.startsWith("/channels/")) {
        m_sockets.push_back(&connection);
        return connection.acceptUpgrade();
    }
    connection.reply(404, R"({"message":"nothing here","code":"not.found"})");
}

void FakeService::subscribe(RawConnection& connection, const QByteArray& method)
{
    m_lastSubscription = method + ' ' + connection.requestBody();
    QJsonArray answers;
    const QJsonArray asked = QJsonDocument::fromJson(connection.requestBody()).array();
    for (const QJsonValue& value : asked) {
        const QString id = value.toObject().value(QLatin1String("id")).toString();
        QJsonObject answer = onTopic ? onTopic(id.toUtf8()) : QJsonObject();
        answer.insert(QStringLiteral("id"), id);
        if (!answer.contains(QLatin1String("state")))
            answer.insert(QStringLiteral("state"), QStringLiteral("Permitted"));
        answers.append(answer);
    }
    connection.reply(200, QJsonDocument(QJsonObject{{QStringLiteral("entities"), answers}}).toJson());
}

} // namespace framescope::test
