#include "core/genesys/directory.h"

#include "core/base/redactor.h"
#include "core/genesys/channelcalls.h"
#include "core/genesys/serviceaccess.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QUrlQuery>

namespace framescope {

namespace {

constexpr int entitiesLimit = 100; ///< of one question: the API's largest page
constexpr qsizetype entryTextLimit = 500;
constexpr qsizetype entryNamesLimit = 50;

QString shortName(const QJsonValue& value)
{
    return redactor::withoutControls(value.toString().left(entryTextLimit));
}

QByteArrayList namesOf(const QJsonValue& value)
{
    QByteArrayList names;
    const QJsonArray list = value.toArray();
    for (const auto& name : list) {
        if (names.size() < entryNamesLimit)
            names.append(shortName(name).toUtf8());
    }
    return names;
}

Expected<QJsonArray> entitiesOf(const QByteArray& body, const QString& what)
{
    const QJsonObject object = QJsonDocument::fromJson(body).object();
    for (const char* member : {"entities", "results"}) {
        if (const QJsonValue list = object.value(QLatin1String(member)); list.isArray())
            return list.toArray();
    }
    return failure(ErrorCode::Protocol, QStringLiteral("The service's list of %1 has no \"entities\".").arg(what));
}

NamedEntity namedEntity(const QJsonObject& object)
{
    return {shortName(object.value(QLatin1String("id"))).toUtf8(), shortName(object.value(QLatin1String("name")))};
}

Expected<std::vector<NamedEntity>> namedEntitiesOf(const QByteArray& body, const QString& what)
{
    const Expected<QJsonArray> entities = entitiesOf(body, what);
    if (!entities)
        return tl::unexpected<Error>(entities.error());
    std::vector<NamedEntity> found;
    for (const auto& value : *entities) {
        NamedEntity entity = namedEntity(value.toObject());
        if (!entity.id.isEmpty() && found.size() < std::size_t(entitiesLimit))
            found.push_back(std::move(entity));
    }
    return found;
}

QString pageQuery(const QString& name)
{
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("pageSize"), QString::number(entitiesLimit));
    if (!name.isEmpty()) // asterisks: anywhere in the name
        query.addQueryItem(QStringLiteral("name"),
                           QString::fromLatin1(QUrl::toPercentEncoding(QLatin1Char('*') + name + QLatin1Char('*'))));
    return query.toString(QUrl::FullyEncoded);
}

RestCall getCall(const QString& path, const QString& query = {})
{
    RestCall call;
    call.path = path;
    call.query = query;
    return call;
}

/// Users are searched with a body of their own; the list takes no name.
RestCall usersCall(const QString& text)
{
    RestCall call = getCall(QStringLiteral("/api/v2/users"), pageQuery({}));
    if (text.isEmpty())
        return call;
    const QJsonObject part{{QStringLiteral("type"), QStringLiteral("CONTAINS")},
                           {QStringLiteral("fields"), QJsonArray{QStringLiteral("name")}},
                           {QStringLiteral("value"), text}};
    call.verb = "POST";
    call.path += QStringLiteral("/search");
    call.query.clear();
    call.body = QJsonDocument(QJsonObject{{QStringLiteral("pageSize"), entitiesLimit},
                                          {QStringLiteral("query"), QJsonArray{part}}})
                    .toJson(QJsonDocument::Compact);
    return call;
}

} // namespace

Expected<std::vector<AvailableTopic>> availableTopicsFromReply(const QByteArray& body)
{
    const Expected<QJsonArray> entities = entitiesOf(body, QStringLiteral("topics"));
    if (!entities)
        return tl::unexpected<Error>(entities.error());
    std::vector<AvailableTopic> topics;
    for (const auto& entity : *entities) {
        const QJsonObject object = entity.toObject();
        AvailableTopic topic;
        topic.id = shortName(object.value(QLatin1String("id"))).toUtf8();
        topic.description = shortName(object.value(QLatin1String("description")));
        topic.permissions = namesOf(object.value(QLatin1String("requiresPermissions")));
        topic.transports = namesOf(object.value(QLatin1String("transports")));
        topic.visibility = shortName(object.value(QLatin1String("visibility"))).toUtf8();
        topic.requiresCurrentUser = object.value(QLatin1String("requiresCurrentUser")).toBool();
        topic.hasSchema = !object.value(QLatin1String("schema")).toObject().isEmpty();
        if (!topic.id.isEmpty())
            topics.push_back(std::move(topic));
    }
    return topics;
}

bool AvailableTopic::isForWebSocket() const
{
    // The list's values are not documented; "All" can only mean that this one is among them.
    return transports.isEmpty() || std::any_of(transports.begin(), transports.end(), [](const QByteArray& transport) {
               const QByteArray name = transport.toLower();
               return name == "all" || name.contains("websocket");
           });
}

struct Directory::Private
{
    enum Kind
    {
        Topics,
        Queues,
        Users,
        Me,
        Channels
    };
    using Refusal = std::function<void(const Error&)>;

    /// A question of the same kind that still runs is answered with Cancelled: the newer one replaces it.
    template <typename T>
    void ask(Kind kind, const RestCall& call, std::function<void(Expected<T>)> reply,
             std::function<Expected<T>(const QByteArray&)> read)
    {
        const Error replaced{ErrorCode::Cancelled, QStringLiteral("A newer question replaced this one."), {}};
        if (const auto running = refusals.constFind(kind); running != refusals.constEnd()) {
            rest->cancel(calls.value(kind));
            const Refusal refuse = *running;
            refusals.remove(kind);
            QMetaObject::invokeMethod(
                rest, [refuse, replaced] { refuse(replaced); }, Qt::QueuedConnection);
        }
        refusals.insert(kind, [reply](const Error& error) { reply(tl::unexpected<Error>(error)); });
        calls.insert(kind, rest->send(call, [this, kind, reply, read = std::move(read)](const auto& answer) {
            refusals.remove(kind);
            if (answer)
                return reply(read(answer->body));
            Error error = answer.error().error;
            const int status = answer.error().status;
            if (kind == Me && (status == 400 || status == 403 || status == 404))
                error.code = ErrorCode::NotFound; // client credentials: there is nobody
            reply(tl::unexpected<Error>(error));
        }));
    }

    RestClient* rest = nullptr;
    QHash<int, Refusal> refusals;
    QHash<int, quint64> calls;
};

Directory::Directory(const NotificationConfig& config, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>())
{
    d->rest = makeRestClient(config, makeTokenProvider(config, this), this);
}

Directory::~Directory()
{
    d->rest->cancelAll();
}

void Directory::topics(std::function<void(Expected<std::vector<AvailableTopic>>)> reply)
{
    d->ask<std::vector<AvailableTopic>>(Private::Topics, availableTopicsCall(), std::move(reply),
                                        availableTopicsFromReply);
}

void Directory::queues(const QString& text, std::function<void(Expected<std::vector<NamedEntity>>)> reply)
{
    const RestCall call = getCall(QStringLiteral("/api/v2/routing/queues"), pageQuery(text));
    d->ask<std::vector<NamedEntity>>(Private::Queues, call, std::move(reply), [](const QByteArray& body) {
        return namedEntitiesOf(body, QStringLiteral("queues"));
    });
}

void Directory::users(const QString& text, std::function<void(Expected<std::vector<NamedEntity>>)> reply)
{
    d->ask<std::vector<NamedEntity>>(Private::Users, usersCall(text), std::move(reply), [](const QByteArray& body) {
        return namedEntitiesOf(body, QStringLiteral("users"));
    });
}

void Directory::me(std::function<void(Expected<NamedEntity>)> reply)
{
    const RestCall call = getCall(QStringLiteral("/api/v2/users/me"));
    d->ask<NamedEntity>(Private::Me, call, std::move(reply), [](const QByteArray& body) -> Expected<NamedEntity> {
        NamedEntity person = namedEntity(QJsonDocument::fromJson(body).object());
        if (person.id.isEmpty())
            return failure(ErrorCode::Protocol, QStringLiteral("The service did not say who is signed in."));
        return person;
    });
}

void Directory::channelCount(std::function<void(Expected<int>)> reply)
{
    d->ask<int>(Private::Channels, channelListCall(), std::move(reply), [](const QByteArray& body) -> Expected<int> {
        const Expected<QJsonArray> entities = entitiesOf(body, QStringLiteral("channels"));
        if (!entities)
            return tl::unexpected<Error>(entities.error());
        return int(entities->size());
    });
}

} // namespace framescope
