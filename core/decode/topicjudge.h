#pragma once
/// Judges messages of Genesys Cloud's notification channels: recognises them by `topicName` or `result`, checks the
/// envelope, the body against the topic's schema, the event's time, and whether the same event came before.
/// For core/decode/*.cpp only. Thread: the pipeline's. No allocation per frame on the good path.
///
/// Types: an event's is its topic's template ("v2.users.{id}.presence"); messages about the channel itself are
/// "channel.metadata" (heartbeat, pong), "v2.system.…", "channel.result" (answers to what the client sent, which have
/// no topicName) and "channel.request" (what the client sent); those have FrameFlag::Control.
#include "core/decode/duplicatewindow.h"
#include "core/decode/eventtime.h"
#include "core/decode/schemavalidator.h"
#include "core/decode/topiccache.h"

namespace framescope {

struct DecoderOptions;
struct JudgedFrame;

class TopicJudge
{
public:
    TopicJudge(TypeNameTable& names, const DecoderOptions& options);

    void use(const TopicSchemas& topics);
    [[nodiscard]] bool isActive() const { return m_topics != nullptr; }
    /// By what an event's body is judged, null: by nothing; nothing when @p root is no message of a topic.
    [[nodiscard]] std::optional<const Schema::Node*> bodySchema(simdjson::dom::element root);
    /// False when the document that @p reader holds is no message of a notification channel.
    bool judge(JudgedFrame& frame, const JsonReader& reader, SchemaValidator& validator);

private:
    using Element = simdjson::dom::element;

    /// The members of the envelope that are there and not null.
    struct Envelope
    {
        std::optional<Element> topicName;
        std::optional<Element> version;
        std::optional<Element> eventBody;
        std::optional<Element> metadata;
        std::optional<Element> result;
        std::optional<Element> message;
    };

    [[nodiscard]] const Schema::Node* schemaOf(const KnownTopic& topic) const;
    static Envelope envelopeOf(simdjson::dom::object root);
    void judgeTopic(JudgedFrame& frame, const Envelope& envelope);
    void judgeEnvelope(JudgedFrame& frame, const Envelope& envelope);
    void judgeMetadata(JudgedFrame& frame, Element metadata);
    void judgeEvent(JudgedFrame& frame, const KnownTopic& topic, std::string_view name, const Envelope& envelope);
    void judgeChannelMessage(JudgedFrame& frame, Element body);
    void judgeResult(JudgedFrame& frame);
    void markPlaces(JudgedFrame& frame, const Envelope& envelope, const KnownTopic& topic, std::string_view name);
    [[nodiscard]] ByteRange nameOfSubject(simdjson::dom::object body) const;
    void checkTime(JudgedFrame& frame, const EventTime& time);
    void checkDuplicate(JudgedFrame& frame, const KnownTopic& topic, std::string_view name, const Envelope& envelope);
    void reportUnknownMembers(JudgedFrame& frame);

    void report(JudgedFrame& frame, FindingId id, std::initializer_list<PathStep> path, QByteArray expected,
                QByteArray actual = {});
    void requireText(JudgedFrame& frame, const std::optional<Element>& value, std::initializer_list<PathStep> path);

    TypeNameTable& m_names;
    TopicCache m_cache;
    DuplicateWindow m_duplicates;
    const bool m_namesAreMasked;
    std::shared_ptr<const TopicSchemas::Private> m_topics;
    TypeId m_resultType = unknownType;
    TypeId m_requestType = unknownType;
    const JsonReader* m_reader = nullptr; ///< while a message is judged
    SchemaValidator* m_validator = nullptr;
};

} // namespace framescope
