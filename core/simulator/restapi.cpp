#include "core/simulator/restapi.h"

#include "core/simulator/directoryapi.h"
#include "core/simulator/jsontext.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUuid>
#include <algorithm>

namespace framescope {

namespace {

constexpr qint64 minuteNs = 60'000'000'000;
constexpr std::size_t mostWindows = 1'000;
constexpr int restRetryAfterSeconds = 1;
const QByteArray channelsPath = "/api/v2/notifications/channels";

QString isoTime(qint64 wallMs)
{
    std::string text;
    appendIsoTime(wallMs, text);
    return QString::fromStdString(text);
}

QJsonObject channelJson(const Channel& channel, const QByteArray& socketBase, bool showId)
{
    QJsonObject json{{QStringLiteral("expires"), isoTime(channel.expiresWallMs)}};
    if (showId) {
        json.insert(QStringLiteral("connectUri"), QString::fromLatin1(socketBase + channel.id));
        json.insert(QStringLiteral("id"), QString::fromLatin1(channel.id));
    }
    return json;
}

QJsonObject topicJson(const ChannelTopic& topic, const Channel& channel)
{
    const QString id = QString::fromUtf8(topic.id);
    QJsonObject json{
        {QStringLiteral("id"), id},
        {QStringLiteral("state"), topic.permitted ? QStringLiteral("Permitted") : QStringLiteral("Rejected")},
        {QStringLiteral("selfUri"), QString::fromLatin1(channelsPath + '/' + channel.id + "/subscriptions/") + id}};
    if (!topic.permitted) {
        json.insert(QStringLiteral("rejectionReason"), QString::fromUtf8(topic.reason));
        QJsonArray missing;
        for (const QByteArray& permission : topic.missingPermissions)
            missing.append(QString::fromLatin1(permission));
        if (!missing.isEmpty())
            json.insert(QStringLiteral("missingPermissions"), missing);
    }
    return json;
}

HttpReply topicsReply(const Channel& channel)
{
    QJsonArray entities;
    for (const ChannelTopic& topic : channel.topics)
        entities.append(topicJson(topic, channel));
    return restReply(QJsonDocument(QJsonObject{{QStringLiteral("entities"), entities}}).toJson(QJsonDocument::Compact));
}

/// The ids of [{"id":"..."},...], each once, or nothing when the body is no such array.
std::optional<QByteArrayList> topicIds(const QByteArray& body)
{
    const QJsonDocument document = QJsonDocument::fromJson(body);
    if (!document.isArray())
        return std::nullopt;
    QByteArrayList ids;
    const QJsonArray topics = document.array();
    for (const auto& topic : topics) {
        const QJsonValue id = topic.toObject().value(QStringLiteral("id"));
        if (!id.isString())
            return std::nullopt;
        if (const QByteArray text = id.toString().toUtf8(); !ids.contains(text))
            ids.append(text);
        if (std::size_t(ids.size()) > ChannelRegistry::topicsOfChannel)
            break; // refused anyway, and the rest may be long
    }
    return ids;
}

HttpReply methodNotAllowed()
{
    return restError(405, "method.not.allowed", "This method is not supported here");
}

/// User and application: channels are counted by both.
QByteArray ownerOf(bool hasUser)
{
    return hasUser ? "user" : "client";
}

} // namespace

HttpReply restReply(QByteArray json)
{
    HttpReply reply;
    reply.headers = {{"inin-correlation-id", QUuid::createUuid().toByteArray(QUuid::WithoutBraces)}};
    reply.body = std::move(json);
    return reply;
}

QByteArrayList queryValues(const QByteArray& query, QByteArrayView name)
{
    QByteArrayList values;
    for (const auto& [key, value] : formFields(query)) {
        if (name == key)
            values.append(value);
    }
    return values;
}

RestApi::RestApi(Parts parts, QByteArray socketBase, int perMinute)
    : m_parts(parts)
    , m_socketBase(std::move(socketBase))
    , m_perMinute(perMinute)
{
}

void RestApi::refuseNext(int count, int status)
{
    m_refusals = count;
    m_refusalStatus = status;
}

HttpReply RestApi::answer(const HttpRequest& request, Time time)
{
    const Bearer bearer = m_parts.tokens.bearer(request, time.monoNs);
    if (const auto refused = refusal(bearer, time.monoNs))
        return *refused;
    return route(request, bearer, time);
}

std::optional<HttpReply> RestApi::refusal(const Bearer& bearer, qint64 monoNs)
{
    using Standing = TokenEndpoint::Standing;
    if (m_refusals > 0) {
        --m_refusals;
        if (m_refusalStatus == 503)
            return restError(503, "service.unavailable", "The service is not available at the moment");
        HttpReply reply = restError(429, "too.many.requests", "Rate limit exceeded, retry in [1] seconds");
        reply.headers.emplace_back("Retry-After", QByteArray::number(restRetryAfterSeconds));
        return reply;
    }
    switch (bearer.standing) {
    case Standing::Missing:
        return restError(401, "authentication.required", "No authentication bearer token specified");
    case Standing::Unknown:
        return restError(401, "bad.credentials", "Invalid login credentials");
    case Standing::Expired:
    case Standing::Revoked:
        return restError(401, "credentials.expired", "The supplied credentials are expired");
    case Standing::Good:
    case Standing::ScopeMissing:
        break;
    }
    return overLimit(bearer.tokenId, monoNs);
}

std::optional<HttpReply> RestApi::overLimit(quint64 tokenId, qint64 monoNs)
{
    if (m_windows.size() > mostWindows)
        std::erase_if(m_windows, [monoNs](const auto& one) { return monoNs - one.second.startedNs >= minuteNs; });
    if (m_windows.size() > mostWindows)
        m_windows.clear(); // a client with a token a request: it cannot be over the limit of any
    Window& window = m_windows[tokenId];
    if (window.startedNs == 0 || monoNs - window.startedNs >= minuteNs)
        window = {monoNs, 0};
    if (++window.requests <= m_perMinute)
        return std::nullopt;
    const qint64 seconds = std::max<qint64>(1, (window.startedNs + minuteNs - monoNs) / 1'000'000'000);
    const QByteArray wait = QByteArray::number(seconds);
    HttpReply reply =
        restError(429, "too.many.requests", "Rate limit exceeded the maximum, retry in [" + wait + "] seconds");
    reply.headers.emplace_back("Retry-After", wait);
    return reply;
}

HttpReply RestApi::route(const HttpRequest& request, const Bearer& bearer, Time time)
{
    const QByteArray& path = request.path;
    if (path == channelsPath)
        return channels(request, bearer, time);
    if (path.startsWith(channelsPath + '/'))
        return oneChannel(request, bearer, time);
    if (path == "/api/v2/notifications/availabletopics")
        return availableTopics(request);
    return directoryapi::answer(request, m_parts.staff, bearer.hasUser, m_perMinute);
}

HttpReply RestApi::channels(const HttpRequest& request, const Bearer& bearer, Time time)
{
    const QByteArray owner = ownerOf(bearer.hasUser);
    if (request.method == "POST") {
        const Channel& channel =
            m_parts.channels.create(owner, bearer.tokenId, bearer.hasUser, time.wallMs, time.monoNs);
        return restReply(QJsonDocument(channelJson(channel, m_socketBase, true)).toJson(QJsonDocument::Compact));
    }
    if (request.method != "GET")
        return methodNotAllowed();
    // "token" is the default; any other value shows those of other tokens of the owner too, without their ids.
    const QByteArrayList which = queryValues(request.query, "includechannels");
    const bool onlyOwn = which.isEmpty() || which.first() == "token";
    QJsonArray entities;
    for (const Channel* channel : m_parts.channels.ofOwner(owner)) {
        const bool own = channel->tokenId == bearer.tokenId;
        if (own || !onlyOwn)
            entities.append(channelJson(*channel, m_socketBase, own));
    }
    return restReply(QJsonDocument(QJsonObject{{QStringLiteral("entities"), entities}}).toJson(QJsonDocument::Compact));
}

HttpReply RestApi::oneChannel(const HttpRequest& request, const Bearer& bearer, Time time)
{
    const QByteArrayList steps = request.path.sliced(channelsPath.size() + 1).split('/');
    Channel* channel = m_parts.channels.find(steps.first());
    if (channel == nullptr || channel->owner != ownerOf(bearer.hasUser))
        return restError(404, "not.found", "The channel was not found");
    if (steps.size() == 2 && steps.at(1) == "subscriptions")
        return subscriptions(request, *channel, time);
    if (steps.size() != 1)
        return restError(404, "not.found", "There is nothing at this path");
    return request.method == "HEAD" ? restReply({}) : methodNotAllowed();
}

HttpReply RestApi::subscriptions(const HttpRequest& request, Channel& channel, Time time)
{
    if (request.method == "GET")
        return topicsReply(channel);
    if (request.method == "DELETE") {
        m_parts.channels.removeTopics(channel);
        HttpReply reply = restReply({});
        reply.status = 204;
        return reply;
    }
    return request.method == "POST" || request.method == "PUT" ? subscribe(request, channel, time) : methodNotAllowed();
}

HttpReply RestApi::subscribe(const HttpRequest& request, Channel& channel, Time time)
{
    const auto ids = topicIds(request.body);
    if (!ids)
        return restError(400, "bad.request", "The body must be an array of topics: [{\"id\":\"...\"}]");
    const bool adds = request.method == "POST";
    std::size_t total = adds ? channel.topics.size() : 0;
    for (const QByteArray& id : *ids) {
        const bool known = adds && std::any_of(channel.topics.begin(), channel.topics.end(),
                                               [&id](const ChannelTopic& topic) { return topic.id == id; });
        total += known ? 0 : 1;
    }
    if (total > ChannelRegistry::topicsOfChannel)
        return restError(400, "bad.request", "A channel can have at most 1000 topics");
    const bool ignoreErrors = queryValues(request.query, "ignoreErrors").contains("true");
    TopicBook::Verdict refused;
    auto topics = judged(*ids, channel.hasUser, ignoreErrors, &refused);
    if (!topics && refused.known)
        return restError(403, "missing.permissions",
                         refused.reason + " [" + refused.missingPermissions.join(", ") + ']');
    if (!topics)
        return restError(400, "bad.request", refused.reason);
    if (adds)
        m_parts.channels.addTopics(channel, std::move(*topics), time.wallMs, time.monoNs);
    else
        m_parts.channels.replaceTopics(channel, std::move(*topics), time.wallMs, time.monoNs);
    return topicsReply(channel);
}

std::optional<std::vector<ChannelTopic>> RestApi::judged(const QByteArrayList& ids, bool hasUser, bool ignoreErrors,
                                                         TopicBook::Verdict* refused) const
{
    std::vector<ChannelTopic> topics;
    for (const QByteArray& id : ids) {
        TopicBook::Verdict verdict = m_parts.topics.judge(id, hasUser);
        if (!verdict.permitted && !ignoreErrors) {
            *refused = std::move(verdict);
            return std::nullopt;
        }
        topics.push_back({id, verdict.permitted, std::move(verdict.reason), std::move(verdict.missingPermissions)});
    }
    return topics;
}

HttpReply RestApi::availableTopics(const HttpRequest& request) const
{
    if (request.method != "GET")
        return methodNotAllowed();
    QByteArrayList expand;
    for (const QByteArray& value : queryValues(request.query, "expand"))
        expand += value.split(','); // the SDK joins them with commas, others repeat the name
    return restReply(m_parts.topics.listing(expand, queryValues(request.query, "includePreview").contains("true")));
}

} // namespace framescope
