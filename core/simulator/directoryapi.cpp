#include "core/simulator/directoryapi.h"

#include "core/simulator/channelregistry.h"
#include "core/simulator/restapi.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>

namespace framescope::directoryapi {

namespace {

constexpr int defaultPageSize = 25;
constexpr int largestPage = 500;

HttpReply notFound()
{
    return restError(404, "not.found", "The requested resource was not found");
}

HttpReply jsonReply(const QJsonObject& json)
{
    return restReply(QJsonDocument(json).toJson(QJsonDocument::Compact));
}

QJsonObject userJson(const Agent& agent)
{
    const QString id = QString::fromStdString(agent.id);
    return {{QStringLiteral("id"), id},
            {QStringLiteral("name"), QString::fromStdString(agent.name)},
            {QStringLiteral("email"), QString::fromStdString(agent.email)},
            {QStringLiteral("username"), QString::fromStdString(agent.email)},
            {QStringLiteral("state"), QStringLiteral("active")},
            {QStringLiteral("selfUri"), QString(QStringLiteral("/api/v2/users/") + id)}};
}

QJsonObject queueJson(const Queue& queue)
{
    const QString id = QString::fromStdString(queue.id);
    return {{QStringLiteral("id"), id},
            {QStringLiteral("name"), QString::fromStdString(queue.name)},
            {QStringLiteral("division"), QJsonObject{{QStringLiteral("id"), QString::fromStdString(queue.divisionId)}}},
            {QStringLiteral("selfUri"), QString(QStringLiteral("/api/v2/routing/queues/") + id)}};
}

struct Page
{
    int size = defaultPageSize;
    int number = 1;
};

int bounded(int value, int fallback, int most)
{
    return value >= 1 ? std::min(value, most) : fallback;
}

Page pageOf(const QByteArray& query)
{
    const auto read = [&query](const char* name) {
        const QByteArrayList values = queryValues(query, name);
        return values.isEmpty() ? 0 : values.first().toInt();
    };
    return {bounded(read("pageSize"), defaultPageSize, largestPage), bounded(read("pageNumber"), 1, 1'000'000)};
}

/// One page of what is listed, in the form that all listings of the service have.
HttpReply listing(const QJsonArray& all, Page page, const QString& member)
{
    QJsonArray shown;
    const qint64 first = qint64(page.number - 1) * page.size;
    for (qint64 i = first; i < std::min<qint64>(first + page.size, all.size()); ++i)
        shown.append(all.at(int(i)));
    return jsonReply({{member, shown},
                      {QStringLiteral("pageSize"), page.size},
                      {QStringLiteral("pageNumber"), page.number},
                      {QStringLiteral("total"), all.size()},
                      {QStringLiteral("pageCount"), (all.size() + page.size - 1) / page.size}});
}

/// Whether a name holds that text; '*' is what the service has for "anything".
bool holds(const std::string& name, QString text)
{
    text.remove(QLatin1Char('*'));
    return QString::fromStdString(name).contains(text, Qt::CaseInsensitive);
}

HttpReply users(const CentreStaff& staff, Page page, const QString& text, const QString& member)
{
    QJsonArray all;
    for (const Agent& agent : staff.agents) {
        if (holds(agent.name, text) || holds(agent.email, text))
            all.append(userJson(agent));
    }
    return listing(all, page, member);
}

/// {"query":[{"fields":["name"],"value":"zoë","type":"CONTAINS"}],"pageSize":25}: the values, whatever the fields.
HttpReply searchUsers(const HttpRequest& request, const CentreStaff& staff)
{
    const QJsonDocument document = QJsonDocument::fromJson(request.body);
    if (!document.isObject())
        return restError(400, "bad.request", "The body must be a search request");
    const QJsonObject search = document.object();
    const QString text =
        search.value(QStringLiteral("query")).toArray().first().toObject().value(QStringLiteral("value")).toString();
    const Page page{bounded(search.value(QStringLiteral("pageSize")).toInt(), defaultPageSize, largestPage),
                    bounded(search.value(QStringLiteral("pageNumber")).toInt(), 1, 1'000'000)};
    return users(staff, page, text, QStringLiteral("results"));
}

HttpReply queues(const HttpRequest& request, const CentreStaff& staff)
{
    const QByteArrayList names = queryValues(request.query, "name");
    const QString text = names.isEmpty() ? QString() : QString::fromUtf8(names.first());
    QJsonArray all;
    for (const Queue& queue : staff.queues) {
        if (holds(queue.name, text))
            all.append(queueJson(queue));
    }
    return listing(all, pageOf(request.query), QStringLiteral("entities"));
}

HttpReply limits(int perMinute)
{
    const auto limit = [](const char* key, const char* space, int value) {
        return QJsonObject{{QStringLiteral("key"), QString::fromLatin1(key)},
                           {QStringLiteral("namespace"), QString::fromLatin1(space)},
                           {QStringLiteral("value"), value}};
    };
    return jsonReply(
        {{QStringLiteral("entities"),
          QJsonArray{limit("client.credentials.token.rate.per.minute", "platform.api", perMinute),
                     limit("channels.max", "notifications", int(ChannelRegistry::channelsOfOwner)),
                     limit("channel.topics.max", "notifications", int(ChannelRegistry::topicsOfChannel))}}});
}

template <typename Things, typename ToJson>
HttpReply one(const Things& things, const QByteArray& id, ToJson toJson)
{
    for (const auto& thing : things) {
        if (id == QByteArray::fromStdString(thing.id))
            return jsonReply(toJson(thing));
    }
    return notFound();
}

} // namespace

HttpReply answer(const HttpRequest& request, const CentreStaff& staff, bool hasUser, int perMinute)
{
    static const QByteArray userPath = "/api/v2/users/";
    static const QByteArray queuePath = "/api/v2/routing/queues/";
    const QByteArray& path = request.path;
    if (path == "/api/v2/users/search" && request.method == "POST")
        return searchUsers(request, staff);
    if (request.method != "GET")
        return notFound();
    if (path == "/api/v2/users")
        return users(staff, pageOf(request.query), {}, QStringLiteral("entities"));
    if (path == "/api/v2/users/me") {
        // With client credentials there is nobody to show.
        return hasUser ? jsonReply(userJson(staff.agents.front()))
                       : restError(404, "not.found", "This request requires a user, and this token belongs to none");
    }
    if (path == "/api/v2/routing/queues")
        return queues(request, staff);
    if (path.startsWith("/api/v2/organizations/limits/namespaces"))
        return limits(perMinute);
    if (path.startsWith(userPath))
        return one(staff.agents, path.sliced(userPath.size()), userJson);
    if (path.startsWith(queuePath))
        return one(staff.queues, path.sliced(queuePath.size()), queueJson);
    return notFound();
}

} // namespace framescope::directoryapi
