#include "core/genesys/channelcalls.h"

#include "core/auth/urlpolicy.h"
#include "core/base/clock.h"
#include "core/base/redactor.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>

namespace framescope {

namespace {

const QString channelsPath = QStringLiteral("/api/v2/notifications/channels");
constexpr qint64 assumedLifeNs = 24LL * 3600 * 1'000'000'000; ///< documented: a channel lives for 24 hours
constexpr qint64 longestLifeMs = 366LL * 24 * 3600 * 1'000;   ///< more is no life, it is a mistake
constexpr qint64 topicListLimit = 16 * 1024 * 1024;
constexpr qsizetype answerTextLimit = 300;
constexpr qsizetype permissionsLimit = 20;

RestFailure protocolFailure(const QString& what)
{
    return {{ErrorCode::Protocol, what, channelsPath}, 0, {}, {}, 0};
}

/// It becomes a path segment.
bool isChannelId(const QByteArray& id)
{
    const auto allowed = [](char c) { return c > 0x20 && c < 0x7f && !std::strchr("/\\?#%&", c); };
    return !id.isEmpty() && id.size() <= 200 && std::all_of(id.begin(), id.end(), allowed);
}

Expected<void> checkConnectUri(const QUrl& uri, bool loopback)
{
    const Expected<QUrl> checked = checkedUrl(uri, UrlUse::Stream);
    const bool named = isLoopbackHost(uri.host()) ? loopback : uri.host().contains(QLatin1Char('.'));
    if (checked && named)
        return {};
    // Its path is a secret: only why, and the host.
    const QString why = checked ? QStringLiteral("its host is not one of the service") : checked.error().detail;
    return failure(
        ErrorCode::Refused,
        QStringLiteral("The service gave a socket address that is not used: %1. Check the region or gateway.").arg(why),
        uri.host());
}

QString endpointOf(const QUrl& uri)
{
    QString path = uri.path();
    path.truncate(path.lastIndexOf(QLatin1Char('/')) + 1);
    QUrl shown = uri;
    shown.setPath(path);
    return urlWithoutQuery(shown) + QStringLiteral("…");
}

QByteArray shortText(const QJsonValue& value)
{
    return redactor::redacted(value.toString().left(answerTextLimit)).toUtf8();
}

QString subscriptionsPath(const Channel& channel)
{
    return channelsPath + QLatin1Char('/') + QString::fromUtf8(channel.id.reveal()) + QStringLiteral("/subscriptions");
}

} // namespace

void rememberChannel(const Channel& channel)
{
    redactor::add(channel.id);
    redactor::add(Secret(channel.connectUri.toEncoded()));
    redactor::add(Secret(channel.connectUri.fileName().toUtf8()));
}

Expected<Channel> channelFromReply(const QByteArray& body, bool loopback, qint64 wallNowNs)
{
    const QJsonObject reply = QJsonDocument::fromJson(body).object();
    const QByteArray id = reply.value(QLatin1String("id")).toString().toUtf8();
    const QUrl uri(reply.value(QLatin1String("connectUri")).toString(), QUrl::StrictMode);
    Channel channel;
    channel.id = Secret(id);
    channel.connectUri = uri;
    rememberChannel(channel);
    if (!isChannelId(id))
        return failure(ErrorCode::Protocol,
                       QStringLiteral("The service answered without a usable channel id. Check the region or gateway."),
                       channelsPath);
    if (const Expected<void> usable = checkConnectUri(uri, loopback); !usable)
        return tl::unexpected<Error>(usable.error());
    channel.endpoint = redactor::redacted(endpointOf(uri));
    const QDateTime expires =
        QDateTime::fromString(reply.value(QLatin1String("expires")).toString(), Qt::ISODateWithMs);
    const qint64 lifeMs = expires.isValid() ? expires.toMSecsSinceEpoch() - wallNowNs / nsPerMs : 0;
    channel.expiresWallNs = wallNowNs + (lifeMs > 0 && lifeMs <= longestLifeMs ? lifeMs * nsPerMs : assumedLifeNs);
    return channel;
}

Expected<std::vector<TopicAnswer>> topicsFromReply(const QByteArray& body)
{
    QJsonParseError parsing;
    const QJsonObject reply = QJsonDocument::fromJson(body, &parsing).object();
    if (parsing.error != QJsonParseError::NoError)
        return failure(ErrorCode::Protocol, QStringLiteral("The answer to the subscription is not JSON."),
                       channelsPath);
    std::vector<TopicAnswer> answers;
    const QJsonArray entities = reply.value(QLatin1String("entities")).toArray();
    for (const auto& entity : entities) {
        const QJsonObject topic = entity.toObject();
        TopicAnswer answer;
        answer.id = topic.value(QLatin1String("id")).toString().toUtf8();
        const QString state = topic.value(QLatin1String("state")).toString();
        answer.permitted = state.isEmpty() || state.compare(QLatin1String("Permitted"), Qt::CaseInsensitive) == 0;
        answer.reason = shortText(topic.value(QLatin1String("rejectionReason")));
        const QJsonArray permissions = topic.value(QLatin1String("missingPermissions")).toArray();
        for (const auto& permission : permissions) {
            if (answer.missingPermissions.size() < permissionsLimit)
                answer.missingPermissions.append(shortText(permission));
        }
        if (!answer.permitted && answer.reason.isEmpty())
            answer.reason = answer.missingPermissions.isEmpty() ? "The service gave no reason." : "missing permissions";
        answers.push_back(std::move(answer));
    }
    return answers;
}

RestCall availableTopicsCall()
{
    RestCall call;
    call.path = QStringLiteral("/api/v2/notifications/availabletopics");
    // Names as in the SDK's AvailableTopic; Genesys' SDKs join them with commas.
    call.query = QStringLiteral("expand=description,requiresPermissions,requiresCurrentUser,visibility,transports,"
                                "schema&includePreview=true");
    call.replyLimitBytes = topicListLimit;
    return call;
}

RestCall channelListCall()
{
    RestCall call;
    call.path = channelsPath;
    call.query = QStringLiteral("includechannels=token");
    return call;
}

ChannelCalls::ChannelCalls(RestClient* client, bool loopback)
    : m_client(client)
    , m_loopback(loopback)
{
}

quint64 ChannelCalls::create(Handler<Channel> handler)
{
    RestCall call;
    call.verb = "POST";
    call.path = channelsPath;
    return m_client->send(call, [this, handler = std::move(handler)](const auto& reply) {
        if (!reply)
            return handler(tl::unexpected<RestFailure>(reply.error()));
        const qint64 serviceTimeNs = now().wallNs + m_client->clockOffsetNs().value_or(0);
        const Expected<Channel> channel = channelFromReply(reply->body, m_loopback, serviceTimeNs);
        if (!channel)
            return handler(tl::unexpected<RestFailure>(RestFailure{channel.error(), 0, {}, {}, 0}));
        handler(*channel);
    });
}

quint64 ChannelCalls::subscribe(const Channel& channel, const std::vector<QByteArray>& topics, SubscribeMode mode,
                                Handler<std::vector<TopicAnswer>> handler)
{
    QJsonArray list;
    for (const QByteArray& topic : topics)
        list.append(QJsonObject{{QStringLiteral("id"), QString::fromUtf8(topic)}});
    RestCall call;
    call.verb = mode == SubscribeMode::Add ? "POST" : "PUT";
    call.path = subscriptionsPath(channel);
    call.query = QStringLiteral("ignoreErrors=true");
    call.body = QJsonDocument(list).toJson(QJsonDocument::Compact);
    call.replyLimitBytes = topicListLimit; // a thousand topics with their reasons
    const std::size_t count = topics.size();
    return m_client->send(call, [count, handler = std::move(handler)](const auto& reply) {
        if (!reply) {
            RestFailure failed = reply.error();
            if (failed.status == 400 && count > std::size_t(ServiceLimit::topicsPerChannel))
                failed.error.detail =
                    QStringLiteral("A channel takes %1 topics and was asked to carry %2. Let them be spread over more "
                                   "channels (at most %1 topics a channel), or take fewer. ")
                        .arg(ServiceLimit::topicsPerChannel)
                        .arg(count) +
                    failed.error.detail;
            return handler(tl::unexpected<RestFailure>(failed));
        }
        const Expected<std::vector<TopicAnswer>> answers = topicsFromReply(reply->body);
        if (!answers)
            return handler(tl::unexpected<RestFailure>(protocolFailure(answers.error().detail)));
        handler(*answers);
    });
}

quint64 ChannelCalls::unsubscribe(const Channel& channel, std::function<void()> done)
{
    RestCall call;
    call.verb = "DELETE";
    call.path = subscriptionsPath(channel);
    return m_client->send(call, [done = std::move(done)](const auto&) { done(); });
}

quint64 ChannelCalls::count(Handler<int> handler)
{
    return m_client->send(channelListCall(), [handler = std::move(handler)](const auto& reply) {
        if (!reply)
            return handler(tl::unexpected<RestFailure>(reply.error()));
        const QJsonObject object = QJsonDocument::fromJson(reply->body).object();
        if (!object.value(QLatin1String("entities")).isArray())
            return handler(tl::unexpected<RestFailure>(
                protocolFailure(QStringLiteral("The list of channels has no \"entities\"."))));
        handler(int(object.value(QLatin1String("entities")).toArray().size()));
    });
}

quint64 ChannelCalls::availableTopics(Handler<QByteArray> handler)
{
    return m_client->send(availableTopicsCall(), [handler = std::move(handler)](const auto& reply) {
        if (!reply)
            return handler(tl::unexpected<RestFailure>(reply.error()));
        handler(reply->body);
    });
}

void ChannelCalls::cancel(quint64 call)
{
    m_client->cancel(call);
}

} // namespace framescope
