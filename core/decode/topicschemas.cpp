#include "core/decode/topicschemas.h"

#include "core/base/resources.h"
#include "core/base/sha256.h"
#include "core/decode/asciitext.h"
#include "core/decode/schemacompiler.h"
#include "core/decode/topicschemas_p.h"
#include "core/frame/topicname.h"

#include <algorithm>
#include <map>

namespace framescope {

namespace {

using simdjson::dom::element;

constexpr qsizetype sizeLimit = qsizetype(64) * 1024 * 1024;
constexpr std::size_t topicLimit = 10'000;
constexpr qsizetype topicNameLimit = 256; // the service allows 200
constexpr qsizetype problemLimit = 64;

QByteArray offlineCopy()
{
    return resource(QStringLiteral("schemas/notification-topics.json"));
}

/// The member of an object, or nothing when it is absent or null.
std::optional<element> memberOf(element object, std::string_view name)
{
    if (!object.is_object())
        return std::nullopt;
    const auto value = objectOf(object).at_key(name);
    if (value.error() != simdjson::SUCCESS || value.value_unsafe().is_null())
        return std::nullopt;
    return value.value_unsafe();
}

int literalsOf(const QByteArray& name)
{
    int count = 0;
    for (const QByteArray& segment : name.split('.'))
        count += segment.startsWith('{') ? 0 : 1;
    return count;
}

/// Reads one list of topics into rules.
class TopicReader
{
public:
    explicit TopicReader(TopicSchemas::Private& topics)
        : m_topics(topics)
    {
    }

    /// Every topic of @p json, in its order.
    Expected<void> readPublished(const QByteArray& json);
    /// From the offline copy: schemas of topics that the service lists without one, and the system topics, which are
    /// delivered without being listed.
    Expected<void> addOffline(const QByteArray& json);

private:
    struct Entity
    {
        QByteArray name;
        std::optional<element> schema;
    };

    Expected<std::vector<Entity>> parse(const QByteArray& json);
    [[nodiscard]] const Schema::Node* compile(const Entity& entity);
    void problem(const QString& text)
    {
        if (m_topics.problems.size() < problemLimit)
            m_topics.problems += text;
        else if (m_topics.problems.size() == problemLimit)
            m_topics.problems += QStringLiteral("and more");
    }

    TopicSchemas::Private& m_topics;
    std::shared_ptr<CompiledSchema> m_document;
};

Expected<std::vector<TopicReader::Entity>> TopicReader::parse(const QByteArray& json)
{
    if (json.size() > sizeLimit)
        return failure(ErrorCode::Parse, QStringLiteral("the list of topics is larger than %1 bytes").arg(sizeLimit));
    m_document = std::make_shared<CompiledSchema>();
    m_topics.documents.push_back(m_document);
    m_document->text = json;
    m_document->text.append(qsizetype(simdjson::SIMDJSON_PADDING), ' ');
    const auto root = m_document->parser.parse(m_document->text.constData(), std::size_t(json.size()), false);
    if (root.error() != simdjson::SUCCESS)
        return failure(ErrorCode::Parse, QStringLiteral("the list of topics is not JSON: %1")
                                             .arg(QLatin1String(simdjson::error_message(root.error()))));
    const std::optional<element> list = memberOf(root.value_unsafe(), "entities");
    if (!list || !list->is_array())
        return failure(ErrorCode::Parse, QStringLiteral("the list of topics has no list \"entities\""),
                       QStringLiteral("/entities"));
    std::vector<Entity> entities;
    for (const element each : arrayOf(*list)) {
        const std::optional<element> id = memberOf(each, "id");
        const QByteArray name = id && id->is_string() ? bytesOf(stringOf(*id)) : QByteArray();
        if (entities.size() == topicLimit) {
            problem(QStringLiteral("there are more than %1 topics").arg(topicLimit));
            break;
        }
        if (name.isEmpty() || name.size() > topicNameLimit)
            problem(QStringLiteral("a topic has no id, or one that is too long"));
        else
            entities.push_back({name, memberOf(each, "schema")});
    }
    return entities;
}

const Schema::Node* TopicReader::compile(const Entity& entity)
{
    if (!entity.schema)
        return nullptr;
    SchemaCompiler compiler(*m_document, QString::fromUtf8(entity.name), {SchemaStyle::Open, false});
    const Expected<const Schema::Node*> root = compiler.compile(*entity.schema);
    for (const QString& text : compiler.problems())
        problem(text);
    if (root)
        return *root;
    problem(root.error().place + QStringLiteral(": ") + root.error().detail);
    return nullptr;
}

Expected<void> TopicReader::readPublished(const QByteArray& json)
{
    const Expected<std::vector<Entity>> entities = parse(json);
    if (!entities)
        return tl::unexpected<Error>(entities.error());
    std::map<QByteArray, QByteArray> texts; // by name, so that the order of the list does not change the version
    for (const Entity& entity : *entities) {
        const std::string text = entity.schema ? simdjson::minify(*entity.schema) : std::string();
        if (!texts.emplace(entity.name, bytesOf(text)).second)
            continue; // the first of two counts
        m_topics.rules.push_back({entity.name, compile(entity), literalsOf(entity.name)});
    }
    m_topics.published = m_topics.rules.size();
    QByteArray all;
    for (const auto& [name, text] : texts)
        all += name + '\n' + text + '\n';
    m_topics.version = toHex(Sha256().digest(all)).first(16);
    return {};
}

Expected<void> TopicReader::addOffline(const QByteArray& json)
{
    const Expected<std::vector<Entity>> entities = parse(json);
    if (!entities)
        return tl::unexpected<Error>(entities.error());
    for (const Entity& entity : *entities) {
        const auto known = std::find_if(m_topics.rules.begin(), m_topics.rules.end(),
                                        [&](const TopicRule& rule) { return rule.name == entity.name; });
        if (known == m_topics.rules.end() && isSystemTopic(entity.name))
            m_topics.rules.push_back({entity.name, compile(entity), literalsOf(entity.name)});
        else if (known != m_topics.rules.end() && !known->schema)
            known->schema = compile(entity);
    }
    return {};
}

} // namespace

const TopicRule* TopicSchemas::Private::ruleOf(QByteArrayView topic) const
{
    const TopicRule* closest = nullptr;
    for (const TopicRule& rule : rules) {
        if (topicMatches(topic, rule.name) && (!closest || rule.literals > closest->literals))
            closest = &rule;
    }
    return closest;
}

Expected<TopicSchemas> TopicSchemas::builtIn()
{
    return fromAvailableTopics(offlineCopy());
}

Expected<TopicSchemas> TopicSchemas::fromAvailableTopics(const QByteArray& json)
{
    const auto topics = std::make_shared<Private>();
    TopicReader reader(*topics);
    if (const Expected<void> read = reader.readPublished(json); !read)
        return tl::unexpected<Error>(read.error());
    if (const QByteArray offline = offlineCopy(); offline != json) {
        if (const Expected<void> added = reader.addOffline(offline); !added)
            return tl::unexpected<Error>(added.error());
    }
    for (const TopicRule& rule : topics->rules) {
        if (!topics->systemBody && isSystemTopic(rule.name))
            topics->systemBody = rule.schema;
    }
    TopicSchemas schemas;
    schemas.d = topics;
    return schemas;
}

QByteArrayList TopicSchemas::topics() const
{
    QByteArrayList names;
    for (std::size_t i = 0; d && i < d->published; ++i) {
        if (d->rules[i].schema)
            names += d->rules[i].name;
    }
    return names;
}

QStringList TopicSchemas::problems() const
{
    return d ? d->problems : QStringList();
}

QByteArray TopicSchemas::version() const
{
    return d ? d->version : QByteArray();
}

} // namespace framescope
