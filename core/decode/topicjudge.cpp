#include "core/decode/topicjudge.h"

#include "core/decode/decoder.h"
#include "core/decode/framejudge.h"

namespace framescope {

namespace {

QByteArrayView viewOf(std::string_view text)
{
    return QByteArrayView(text.data(), qsizetype(text.size()));
}

PathStep step(std::string_view name)
{
    return {name, -1};
}

/// The member of an object, or nothing when it is absent or null.
std::optional<simdjson::dom::element> presentMember(simdjson::dom::object object, std::string_view name)
{
    const auto value = object.at_key(name);
    if (value.error() != simdjson::SUCCESS || value.value_unsafe().is_null())
        return std::nullopt;
    return value.value_unsafe();
}

/// A heartbeat or a pong.
bool isChannelMessage(const KnownTopic& topic, QByteArrayView name)
{
    return topic.isSystem && name.compare("channel.metadata", Qt::CaseInsensitive) == 0;
}

quint64 joined(quint64 a, quint64 b)
{
    constexpr quint64 golden = 0x9e3779b97f4a7c15ULL; // 2^64 / the golden ratio
    return (a ^ (b + golden + (a << 6) + (a >> 2))) * golden;
}

} // namespace

TopicJudge::TopicJudge(TypeNameTable& names, const DecoderOptions& options)
    : m_names(names)
    , m_cache(names)
    , m_duplicates(options.duplicateWindow)
    , m_namesAreMasked(options.maskPersonal)
{
    if (options.topics)
        use(*options.topics);
}

void TopicJudge::use(const TopicSchemas& topics)
{
    if (!topics.data())
        return;
    m_topics = topics.data();
    m_cache.use(*m_topics);
    m_resultType = m_names.intern("channel.result");
    m_requestType = m_names.intern("channel.request");
    // Before the wire can name anything: a flood of unknown topics must not leave the known ones without a name.
    for (const TopicRule& rule : m_topics->rules) {
        if (rule.schema && m_names.names()->size() < Decoder::typeNameLimit / 2)
            m_names.intern(rule.name);
    }
}

bool TopicJudge::judge(JudgedFrame& frame, const JsonReader& reader, SchemaValidator& validator)
{
    if (!m_topics || !reader.root().is_object())
        return false;
    m_reader = &reader;
    m_validator = &validator;
    const Envelope envelope = envelopeOf(objectOf(reader.root()));
    const auto isText = [](const std::optional<Element>& value) {
        return value && value->is_string() && !stringOf(*value).empty();
    };
    if (isText(envelope.topicName)) {
        judgeTopic(frame, envelope);
    } else if (envelope.topicName) {
        report(frame, FindingId::TypeMissing, {step("topicName")}, "a text at /topicName");
    } else if (isText(envelope.result)) {
        frame.head.type = m_resultType;
        judgeResult(frame);
    } else if (frame.head.direction == Direction::Out && isText(envelope.message)) {
        frame.head.type = m_requestType;
        frame.head.flags |= FrameFlag::Decoded | FrameFlag::Control;
    } else {
        return false;
    }
    if (frame.head.opcode != Opcode::Text)
        report(frame, FindingId::TypeOpcode, {}, "text", "binary");
    return true;
}

const Schema::Node* TopicJudge::schemaOf(const KnownTopic& topic) const
{
    const Schema::Node* schema = topic.rule ? topic.rule->schema : nullptr;
    return schema || !topic.isSystem ? schema : m_topics->systemBody;
}

std::optional<const Schema::Node*> TopicJudge::bodySchema(Element root)
{
    if (!m_topics || !root.is_object())
        return std::nullopt;
    const std::optional<Element> topicName = presentMember(objectOf(root), "topicName");
    if (!topicName || !topicName->is_string() || stringOf(*topicName).empty())
        return std::nullopt;
    const QByteArrayView name = viewOf(stringOf(*topicName));
    const KnownTopic& topic = m_cache.of(name);
    return isChannelMessage(topic, name) ? nullptr : schemaOf(topic);
}

TopicJudge::Envelope TopicJudge::envelopeOf(simdjson::dom::object root)
{
    Envelope envelope;
    const auto keep = [](std::optional<Element>& member, Element value) {
        if (!member && !value.is_null())
            member = value;
    };
    for (const auto [name, value] : root) {
        if (name == "topicName")
            keep(envelope.topicName, value);
        else if (name == "version")
            keep(envelope.version, value);
        else if (name == "eventBody")
            keep(envelope.eventBody, value);
        else if (name == "metadata")
            keep(envelope.metadata, value);
        else if (name == "result")
            keep(envelope.result, value);
        else if (name == "message")
            keep(envelope.message, value);
    }
    return envelope;
}

void TopicJudge::judgeTopic(JudgedFrame& frame, const Envelope& envelope)
{
    const std::string_view name = stringOf(*envelope.topicName);
    const KnownTopic topic = m_cache.of(viewOf(name));
    frame.head.type = topic.type;
    frame.head.flags |= FrameFlag::Decoded;
    if (topic.isSystem)
        frame.head.flags |= FrameFlag::Control;
    markPlaces(frame, envelope, topic, name);
    judgeEnvelope(frame, envelope);
    if (!envelope.eventBody || !envelope.eventBody->is_object())
        return;
    if (isChannelMessage(topic, viewOf(name)))
        judgeChannelMessage(frame, *envelope.eventBody);
    else
        judgeEvent(frame, topic, name, envelope);
}

void TopicJudge::judgeEnvelope(JudgedFrame& frame, const Envelope& envelope)
{
    requireText(frame, envelope.version, {step("version")});
    if (!envelope.eventBody)
        report(frame, FindingId::SchemaRequired, {}, "eventBody", "no eventBody");
    else if (!envelope.eventBody->is_object())
        report(frame, FindingId::SchemaType, {step("eventBody")}, "object");
    if (envelope.metadata)
        judgeMetadata(frame, *envelope.metadata);
    reportUnknownMembers(frame);
}

void TopicJudge::judgeMetadata(JudgedFrame& frame, Element metadata)
{
    if (!metadata.is_object()) {
        report(frame, FindingId::SchemaType, {step("metadata")}, "object");
        return;
    }
    requireText(frame, presentMember(objectOf(metadata), "CorrelationId"), {step("metadata"), step("CorrelationId")});
}

/// `timestamp` stands beside the body in deliveries by another transport, `correlationId` in answers.
void TopicJudge::reportUnknownMembers(JudgedFrame& frame)
{
    for (const auto [name, value] : objectOf(m_reader->root())) {
        const bool isKnown = name == "topicName" || name == "eventBody" || name == "metadata" || name == "version" ||
                             name == "timestamp";
        if (!isKnown && !value.is_null())
            report(frame, FindingId::FieldUnknown, {step(name)}, "topicName, version, eventBody, metadata, timestamp");
    }
}

/// Heartbeats and pongs.
void TopicJudge::judgeChannelMessage(JudgedFrame& frame, Element body)
{
    const std::optional<Element> message = presentMember(objectOf(body), "message");
    if (!message)
        report(frame, FindingId::SchemaRequired, {step("eventBody")}, "message", "no message");
    else
        requireText(frame, message, {step("eventBody"), step("message")});
    for (const auto [name, value] : objectOf(body)) {
        if (name != "message" && !value.is_null())
            report(frame, FindingId::FieldUnknown, {step("eventBody"), step(name)}, "message");
    }
}

void TopicJudge::judgeEvent(JudgedFrame& frame, const KnownTopic& topic, std::string_view name,
                            const Envelope& envelope)
{
    const Element body = *envelope.eventBody;
    const Schema::Node* schema = schemaOf(topic);
    if (schema && !frame.isConfirmed)
        m_validator->runOpen(*schema, *m_reader, "eventBody", body, frame.findings);
    else if (!schema)
        report(frame, FindingId::TopicUnknown, {step("topicName")}, "a topic whose schema the service publishes");
    if (topic.isSystem)
        return;
    checkTime(frame, eventTimeOf(objectOf(body)));
    if (frame.head.direction == Direction::In)
        checkDuplicate(frame, topic, name, envelope);
}

/// `{"result":"200","status":"subscribed"}`: seen, not documented. So nothing but the types of what was seen is judged.
void TopicJudge::judgeResult(JudgedFrame& frame)
{
    frame.head.flags |= FrameFlag::Decoded | FrameFlag::Control;
    requireText(frame, presentMember(objectOf(m_reader->root()), "status"), {step("status")});
}

/// The CorrelationId is that of the operation that caused the event, not of the delivery: it is shown as the id, but
/// never used to find duplicates.
void TopicJudge::markPlaces(JudgedFrame& frame, const Envelope& envelope, const KnownTopic& topic,
                            std::string_view name)
{
    const JsonLocator& locator = m_reader->locator();
    if (envelope.metadata && envelope.metadata->is_object()) {
        const std::array path{step("metadata"), step("CorrelationId")};
        frame.head.id = locator.content(locator.find(path));
    }
    if (topic.isSystem)
        return;
    if (!m_namesAreMasked && envelope.eventBody && envelope.eventBody->is_object())
        frame.head.subject = nameOfSubject(objectOf(*envelope.eventBody));
    if (frame.head.subject.isNull() && !topic.id.isNull()) {
        const std::array path{step("topicName")};
        const ByteRange raw = locator.content(locator.find(path));
        if (raw.length == name.size()) // no escapes: places in the name are places in the text
            frame.head.subject = {raw.offset + topic.id.offset, topic.id.length};
    }
}

/// Of a conversation, the agent who came last, else the queue; of an operational event, what it happened to.
ByteRange TopicJudge::nameOfSubject(simdjson::dom::object body) const
{
    const JsonLocator& locator = m_reader->locator();
    const auto nameAt = [&](std::initializer_list<PathStep> path) {
        return locator.content(locator.find(std::span(path.begin(), path.size())));
    };
    for (const auto [key, value] : body) {
        if (key == "entityName" && value.is_string())
            return nameAt({step("eventBody"), step("entityName")});
        if (key != "participants" || !value.is_array())
            continue;
        qint64 agent = -1;
        qint64 queue = -1;
        qint64 index = -1;
        for (const Element participant : arrayOf(value)) {
            ++index;
            if (!participant.is_object())
                continue;
            const std::optional<Element> purpose = presentMember(objectOf(participant), "purpose");
            const std::string_view role = purpose && purpose->is_string() ? stringOf(*purpose) : std::string_view();
            if (role != "agent" && role != "user" && role != "acd")
                continue;
            const std::optional<Element> name = presentMember(objectOf(participant), "name");
            if (name && name->is_string() && !stringOf(*name).empty())
                (role == "acd" ? queue : agent) = index;
        }
        const qint64 chosen = agent >= 0 ? agent : queue;
        return chosen < 0 ? ByteRange{}
                          : nameAt({step("eventBody"), step("participants"), PathStep{{}, chosen}, step("name")});
    }
    return {};
}

void TopicJudge::checkTime(JudgedFrame& frame, const EventTime& time)
{
    frame.head.eventWallNs = time.wallNs;
    const qint64 aheadNs = time.wallNs - frame.head.wallNs;
    if (time.wallNs == 0 || aheadNs <= aheadToleranceNs)
        return;
    const QByteArray actual = aheadActual(aheadNs);
    if (time.steps == 1)
        report(frame, FindingId::TimeAhead, {step("eventBody"), time.path[0]}, aheadExpected(), actual);
    else
        report(frame, FindingId::TimeAhead, {step("eventBody"), time.path[0], time.path[1]}, aheadExpected(), actual);
}

/// By topic and body. A body that states no time of its own may say the same again in earnest (an agent has two calls,
/// one, two again): then it is the same event only when the operation that caused it is the same as well.
void TopicJudge::checkDuplicate(JudgedFrame& frame, const KnownTopic& topic, std::string_view name,
                                const Envelope& envelope)
{
    quint64 key = joined(topic.key, jsonHash(*envelope.eventBody));
    if (frame.head.eventWallNs == 0 && envelope.metadata)
        key = joined(key, jsonHash(*envelope.metadata));
    if (m_duplicates.seenBefore(key)) {
        report(frame, FindingId::DuplicateEvent, {step("eventBody")}, "an event that did not come before",
               cutEvidence(viewOf(name)));
    }
}

void TopicJudge::report(JudgedFrame& frame, FindingId id, std::initializer_list<PathStep> path, QByteArray expected,
                        QByteArray actual)
{
    if (!frame.findings.wants(id))
        return;
    const std::span<const PathStep> steps(path.begin(), path.size());
    const JsonLocator& locator = m_reader->locator();
    const ByteRange range = steps.empty() ? ByteRange{} : locator.find(steps);
    if (actual.isNull() && !range.isNull())
        actual = cutEvidence(locator.bytes(range));
    frame.findings.add({.id = id,
                        .range = range,
                        .pointer = pointerText(steps),
                        .schemaPointer = {},
                        .expected = std::move(expected),
                        .actual = std::move(actual)});
}

void TopicJudge::requireText(JudgedFrame& frame, const std::optional<Element>& value,
                             std::initializer_list<PathStep> path)
{
    if (value && !value->is_string())
        report(frame, FindingId::SchemaType, path, "string");
}

} // namespace framescope
