#include "core/simulator/topicbook.h"

#include "core/base/resources.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>
#include <array>

namespace framescope {

namespace {

constexpr QByteArrayView placeholder = "{id}";
constexpr QByteArrayView systemPrefix = "v2.system.";

/// What the service says about a topic beside its schema. In the order of the listing.
struct TopicFacts
{
    const char* id;
    const char* description;
    const char* permission; ///< empty: none
    bool needsUser = false;
    bool preview = false;
};

constexpr auto facts = std::to_array<TopicFacts>({
    {"v2.users.{id}.presence", "A user's presence has changed", ""},
    {"v2.users.{id}.routingStatus", "A user's routing status has changed", "routing:agent:view"},
    {"v2.users.{id}.activity", "A user's presence, routing status or active queues have changed",
     "analytics:agent:view"},
    {"v2.users.{id}.conversations", "A conversation of a user has changed", "conversation:communication:view"},
    {"v2.users.{id}.conversations.calls", "A call of a user has changed", "conversation:call:view"},
    {"v2.users.{id}.conversationsummary", "How many conversations a user has", "conversation:communication:view"},
    {"v2.users.{id}.station", "A user's station has changed", "telephony:plugin:all"},
    {"v2.users.{id}.tokens", "A user has signed in or out", "", true},
    {"v2.users.{id}.outofoffice", "A user is out of office, or back", "", false, true},
    {"v2.routing.queues.{id}.users", "A user has joined or left a queue", "routing:queue:view"},
    {"v2.routing.queues.{id}.conversations", "A conversation in a queue has changed",
     "conversation:communication:view"},
    {"v2.routing.queues.{id}.conversations.calls", "A call in a queue has changed", "conversation:call:view"},
    {"v2.analytics.queues.{id}.observations", "Figures of a queue", "analytics:queueObservation:view"},
    {"v2.analytics.queues.{id}.activity", "Counts of a queue", "analytics:queueObservation:view"},
    {"v2.analytics.conversation.{id}.metrics", "A metric of a conversation", "analytics:conversationDetail:view"},
    {"v2.detail.events.conversation.{id}.user.start", "A user joins a conversation",
     "analytics:conversationDetail:view"},
    {"v2.detail.events.conversation.{id}.user.end", "A user leaves a conversation",
     "analytics:conversationDetail:view"},
    {"v2.detail.events.conversation.{id}.customer.start", "A customer joins", "analytics:conversationDetail:view"},
    {"v2.detail.events.conversation.{id}.acd.start", "Waiting begins", "analytics:conversationDetail:view"},
    {"v2.detail.events.conversation.{id}.acd.end", "Waiting ends", "analytics:conversationDetail:view"},
    {"v2.detail.events.conversation.{id}.acw", "After-call work is done", "analytics:conversationDetail:view"},
    {"v2.detail.events.conversation.{id}.wrapup", "A wrap-up code is set", "analytics:conversationDetail:view"},
    {"v2.operations.events.{id}", "An operational event", "usage:event:view"},
    {"v2.conversations.{id}.transcription", "What is said in a conversation", "conversation:transcription:view"},
    {"v2.system.socket_closing", "The socket closes soon", ""},
    {"v2.system.no_longer_subscribed.{id}", "A channel has lost its topics", ""},
    {"v2.system.token_revoked.{id}", "Tokens are revoked", ""},
});

const TopicFacts* factsOf(const QByteArray& id)
{
    const auto found = std::find_if(facts.begin(), facts.end(), [&id](const TopicFacts& f) { return id == f.id; });
    return found == facts.end() ? nullptr : &*found;
}

/// Whether @p part, in lower case, is an instance of @p pattern. An identifier holds no dot.
bool isInstance(const QByteArray& part, const QByteArray& pattern)
{
    const QByteArray lower = pattern.toLower();
    const qsizetype at = lower.indexOf(placeholder);
    if (at < 0)
        return part == lower;
    const QByteArrayView prefix = QByteArrayView(lower).first(at);
    const QByteArrayView suffix = QByteArrayView(lower).sliced(at + placeholder.size());
    if (part.size() <= prefix.size() + suffix.size() || !part.startsWith(prefix) || !part.endsWith(suffix))
        return false;
    const QByteArrayView id = QByteArrayView(part).sliced(at, part.size() - prefix.size() - suffix.size());
    return !id.contains('.') && !id.contains('{');
}

/// FNV-1a, so that a name is drawn alike in each run.
quint32 drawOf(const QByteArray& name)
{
    quint64 hash = 0xCBF29CE484222325ULL;
    for (const char c : name)
        hash = (hash ^ quint8(c)) * 0x100000001B3ULL;
    return quint32((hash >> 32) % 1'000'000);
}

QJsonArray listOf(const char* text)
{
    return *text == '\0' ? QJsonArray() : QJsonArray{QString::fromLatin1(text)};
}

/// The members of AvailableTopic that this service has, but for the schema.
QJsonObject describedTopic(const TopicFacts& topic)
{
    const QString id = QString::fromLatin1(topic.id);
    const QJsonObject detail{{QStringLiteral("type"), QStringLiteral("requiresPermissions")},
                             {QStringLiteral("permissions"), listOf(topic.permission)}};
    return {
        {QStringLiteral("description"), QString::fromLatin1(topic.description)},
        {QStringLiteral("permissionDetails"), *topic.permission == '\0' ? QJsonArray() : QJsonArray{detail}},
        {QStringLiteral("requiresPermissions"), listOf(topic.permission)},
        {QStringLiteral("requiresDivisionPermissions"), *topic.permission != '\0'},
        {QStringLiteral("requiresAnyValidator"), false},
        {QStringLiteral("enforced"), true},
        {QStringLiteral("visibility"), topic.preview ? QStringLiteral("Preview") : QStringLiteral("Public")},
        {QStringLiteral("requiresCurrentUser"), topic.needsUser},
        {QStringLiteral("requiresCurrentUserOrPermission"), false},
        {QStringLiteral("transports"), QJsonArray{QStringLiteral("Websocket"), QStringLiteral("EventBridge")}},
        {QStringLiteral("publicApiTemplateUriPaths"), QJsonArray()},
        {QStringLiteral("topicParameters"),
         id.contains(QLatin1String("{id}")) ? QJsonArray{QStringLiteral("id")} : QJsonArray()},
    };
}

} // namespace

TopicBook::TopicBook(const std::vector<QByteArray>& restricted, double rejectedShare)
    : m_rejectedShare(rejectedShare)
{
    for (const QByteArray& topic : restricted)
        m_restricted.append(topic.toLower());
    const QJsonDocument published =
        QJsonDocument::fromJson(resource(QStringLiteral("schemas/notification-topics.json")));
    for (const TopicFacts& topic : facts)
        m_entries.push_back({topic.id, {}});
    const QJsonArray entities = published.object().value(QStringLiteral("entities")).toArray();
    for (const auto& value : entities) {
        const QJsonObject entity = value.toObject();
        const QByteArray id = entity.value(QStringLiteral("id")).toString().toLatin1();
        for (Entry& entry : m_entries) {
            if (entry.id == id)
                entry.schema =
                    QJsonDocument(entity.value(QStringLiteral("schema")).toObject()).toJson(QJsonDocument::Compact);
        }
    }
}

QByteArrayList TopicBook::parts(const QByteArray& topic)
{
    const QByteArray lower = topic.toLower();
    const qsizetype mark = lower.indexOf('?');
    if (mark < 0)
        return {lower};
    QByteArrayList parts;
    for (const QByteArray& suffix : lower.sliced(mark + 1).split('&')) {
        const QByteArray part = lower.first(mark) + '.' + suffix;
        if (!suffix.isEmpty() && !parts.contains(part))
            parts.append(part);
    }
    return parts;
}

const TopicBook::Entry* TopicBook::entryOf(const QByteArray& part) const
{
    const auto found = std::find_if(m_entries.begin(), m_entries.end(),
                                    [&part](const Entry& entry) { return isInstance(part, entry.id); });
    return found == m_entries.end() ? nullptr : &*found;
}

bool TopicBook::isRestricted(const QByteArray& part) const
{
    if (m_rejectedShare < 0)
        return m_restricted.contains(part);
    return drawOf(part) < quint32(m_rejectedShare * 1'000'000);
}

TopicBook::Verdict TopicBook::judge(const QByteArray& topic, bool hasUser) const
{
    Verdict verdict;
    const auto reject = [&verdict](const QByteArray& reason) {
        if (verdict.permitted)
            verdict.reason = reason;
        verdict.permitted = false;
    };
    const QByteArrayList all = parts(topic);
    if (all.isEmpty() || topic.size() > longestTopic) {
        verdict.known = false;
        reject(all.isEmpty() ? "The topic name is not valid" : "The topic name is longer than 200 characters");
    }
    for (const QByteArray& part : all) {
        const Entry* entry = entryOf(part);
        if (entry == nullptr || part.startsWith(systemPrefix)) {
            verdict.known = false;
            reject(entry == nullptr ? "No such topic" : "System topics come without subscription");
            continue;
        }
        const TopicFacts& topicFacts = *factsOf(entry->id);
        if (topicFacts.needsUser && !hasUser) {
            reject("The topic requires a user, and this token belongs to none");
        } else if (isRestricted(part)) {
            const QByteArray permission =
                *topicFacts.permission == '\0' ? "directory:user:view" : topicFacts.permission;
            reject("The caller lacks a permission that the topic requires");
            if (!verdict.missingPermissions.contains(permission))
                verdict.missingPermissions.append(permission);
        }
    }
    return verdict;
}

QByteArray TopicBook::listing(const QByteArrayList& expand, bool includePreview) const
{
    QByteArray json = R"({"entities":[)";
    for (const Entry& entry : m_entries) {
        const TopicFacts& topicFacts = *factsOf(entry.id);
        if (topicFacts.preview && !includePreview)
            continue;
        if (!json.endsWith('['))
            json += ',';
        const QJsonObject all = describedTopic(topicFacts);
        QJsonObject shown{{QStringLiteral("id"), QString::fromLatin1(entry.id)},
                          {QStringLiteral("description"), QString::fromLatin1(topicFacts.description)}};
        for (const QByteArray& name : expand) {
            const auto member = all.find(QString::fromLatin1(name));
            if (member != all.end())
                shown.insert(member.key(), member.value());
        }
        QByteArray object = QJsonDocument(shown).toJson(QJsonDocument::Compact);
        if (expand.contains("schema") && !entry.schema.isEmpty()) {
            object.chop(1);
            object += R"(,"schema":)" + entry.schema + '}';
        }
        json += object;
    }
    return json + "]}";
}

} // namespace framescope
