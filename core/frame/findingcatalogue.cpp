#include "core/frame/findingcatalogue.h"

#include <array>

namespace framescope {

namespace {

using enum FindingId;

constexpr auto catalogue = std::to_array<FindingInfo>({
    {SizeGate, Severity::Error, "SIZE-GATE", "Message is over the size gate",
     "The sender bundles far more into one message than this stream normally carries.",
     "Ask the sender to split it, or raise the gate in the preferences if it is legitimate."},
    {SizeLarge, Severity::Warning, "SIZE-LARGE", "Message is unusually large",
     "A conversation with many participants or attributes, or a payload that grew.",
     "Compare its size with earlier messages of the same type."},
    {Utf8Invalid, Severity::Error, "UTF8-INVALID", "Text is not valid UTF-8",
     "The sender wrote another encoding, or a multi-byte character was cut.",
     "Look at the marked bytes; check the encoding at the sender."},
    {JsonParse, Severity::Error, "JSON-PARSE", "Text is not valid JSON",
     "The message was cut, or built by hand instead of by a JSON library.",
     "Look at the marked byte; compare with the last good message of this type."},
    {JsonDepth, Severity::Error, "JSON-DEPTH", "JSON is nested too deeply",
     "A recursive structure, or an attack on parsers.",
     "Check what the sender nests; the limit protects every reader of the stream."},
    {JsonDuplicateKey, Severity::Warning, "JSON-DUPLICATE-KEY", "An object has the same member twice",
     "The sender concatenates members; parsers differ in which one they keep.", "Remove one of the two at the sender."},
    {JsonNumberRange, Severity::Warning, "JSON-NUMBER-RANGE", "A number does not fit 64 bits",
     "The sender writes an identifier or a measurement that readers will round.", "Send it as a string."},
    {JsonLoneSurrogate, Severity::Error, "JSON-LONE-SURROGATE", "A string has half of a surrogate pair",
     "Text was cut between the two halves of a character.", "Cut text at characters, not at UTF-16 units."},
    {TypeMissing, Severity::Error, "TYPE-MISSING", "The message has no type",
     "Another product's message, or an envelope that changed.",
     "Compare with the payload type matrix; add a row if this message is expected."},
    {TypeUnknown, Severity::Error, "TYPE-UNKNOWN", "The message's type is not in the payload type matrix",
     "The service added a type, or the matrix is older than the service.",
     "Add a row for it to the matrix, with a schema if there is one."},
    {TypeOpcode, Severity::Warning, "TYPE-OPCODE", "The message came with the other opcode than its type uses",
     "The sender writes text messages as binary, or the reverse.", "Check how the sender opens its WebSocket writer."},
    {TopicUnknown, Severity::Note, "TOPIC-UNKNOWN", "No schema is known for this topic",
     "The service added the topic after the schemas were read, or its transport publishes none.",
     "Reconnect to read the schemas again; the body was checked as JSON only."},
    {SchemaType, Severity::Error, "SCHEMA-TYPE", "A value has another type than the schema says",
     "The sender changed the field, or writes numbers as strings.", "Compare with the last good message of this type."},
    {SchemaRequired, Severity::Error, "SCHEMA-REQUIRED", "Required member is missing",
     "The sender left the member out, or renamed it.", "Compare with the last good message of this type."},
    {SchemaEnum, Severity::Error, "SCHEMA-ENUM", "A value is none of those that the schema lists",
     "The service added a value, or it is spelled differently.",
     "Check the service's release notes; extend the schema if the value is new."},
    {SchemaConst, Severity::Error, "SCHEMA-CONST", "A value is not the one that the schema fixes",
     "The message belongs to another version of the protocol.", "Check the version member and the schema."},
    {SchemaRange, Severity::Error, "SCHEMA-RANGE", "A number is outside the range that the schema allows",
     "A unit changed, or a counter ran over.", "Compare with earlier values of this member."},
    {SchemaLength, Severity::Error, "SCHEMA-LENGTH", "A value is shorter or longer than the schema allows",
     "A text, list or object outgrew its limit, or is empty where it must not be.",
     "Compare with earlier values of this member."},
    {SchemaPattern, Severity::Error, "SCHEMA-PATTERN", "A text does not match the schema's pattern",
     "An identifier is written in another form.", "Compare with earlier values of this member."},
    {SchemaFormat, Severity::Error, "SCHEMA-FORMAT", "A text is not in the format that the schema names",
     "A date, address or identifier is written in another form.", "Check the format at the sender."},
    {SchemaAdditional, Severity::Error, "SCHEMA-ADDITIONAL", "A member is not allowed by the schema",
     "The service added a member, or it is misspelled.", "Extend the schema if the member is new."},
    {SchemaUnique, Severity::Error, "SCHEMA-UNIQUE", "A list has the same item twice", "The sender repeats an item.",
     "Check what the sender adds to the list."},
    {SchemaCombination, Severity::Error, "SCHEMA-COMBINATION", "A value fits none of the schema's alternatives",
     "The message mixes two forms that the schema keeps apart.", "Compare with the last good message of this type."},
    {SchemaOther, Severity::Error, "SCHEMA-OTHER", "The schema refuses the value",
     "A rule of the schema that has no finding of its own.", "Read the rule at the schema pointer."},
    {FieldUnknown, Severity::Note, "FIELD-UNKNOWN", "A member is not in the service's published schema",
     "The service adds members without notice.", "Nothing, unless your parser refuses members that it does not know."},
    {EnumUnknown, Severity::Note, "ENUM-UNKNOWN", "A value is not among those that the service publishes",
     "The service adds values without notice.", "Check that your code has a branch for values that it does not know."},
    {ChecksumMismatch, Severity::Error, "CHECKSUM-MISMATCH", "The checksum does not match the bytes",
     "The payload was cut or changed on the way, or the sender hashed other bytes.",
     "Compare expected and actual digest; check what the sender's digest covers."},
    {ChecksumMalformed, Severity::Error, "CHECKSUM-MALFORMED", "The declared checksum is not a digest",
     "The sender writes another algorithm or encoding than the matrix says.", "Check the checksum rule of this type."},
    {DuplicateId, Severity::Warning, "DUPLICATE-ID", "The message was delivered before",
     "The service delivers at least once, or two subscriptions overlap.", "Handle it once, by its id."},
    {SequenceGap, Severity::Warning, "SEQUENCE-GAP", "Messages are missing before this one",
     "They were lost at the sender or in a proxy; one WebSocket cannot lose them.",
     "Ask the sender for the missing numbers."},
    {SequenceRepeat, Severity::Warning, "SEQUENCE-REPEAT", "The sequence number was used before",
     "The sender restarted its counter, or sends out of order.", "Check the order by time."},
    {TimeAhead, Severity::Note, "TIME-AHEAD", "Event time is ahead of the clock",
     "The clocks of the service and of this machine differ.", "Check the clock of this machine (NTP)."},
    {DuplicateEvent, Severity::Note, "DUPLICATE-EVENT", "The same event came before",
     "Two channels overlap, as when one takes over from another, or the service delivered twice.",
     "Handle it once: compare topic and body, since events carry no id of their own."},
    {MediaHeader, Severity::Error, "MEDIA-HEADER", "The media header is not what the matrix says",
     "The frame was cut, or the sender uses another version of the header.",
     "Compare the first bytes with those of a good frame."},
    {MediaLength, Severity::Error, "MEDIA-LENGTH", "The media is no whole number of samples", "The frame was cut.",
     "Compare its length with its neighbours."},
});

constexpr FindingInfo unknownFinding{None,
                                     Severity::Note,
                                     "UNKNOWN",
                                     "A finding that this version does not know",
                                     "The session was recorded by a newer version.",
                                     "Open it with that version."};

/// Where each id stands in the catalogue; looked up for every finding of a frame.
constexpr std::size_t nowhere = catalogue.size();
constexpr auto placeOfId = [] {
    std::array<std::size_t, findingIdLimit> places{};
    places.fill(nowhere);
    for (std::size_t i = 0; i < catalogue.size(); ++i)
        places[std::size_t(catalogue[i].id)] = i;
    return places;
}();

} // namespace

std::span<const FindingInfo> findingCatalogue()
{
    return catalogue;
}

const FindingInfo& findingInfo(FindingId id)
{
    const std::size_t place = std::size_t(id) < placeOfId.size() ? placeOfId[std::size_t(id)] : nowhere;
    return place == nowhere ? unknownFinding : catalogue[place];
}

const FindingInfo* findingByName(QByteArrayView name)
{
    for (const FindingInfo& info : catalogue) {
        if (name == QByteArrayView(info.name))
            return &info;
    }
    return nullptr;
}

QLatin1String severityName(Severity severity)
{
    switch (severity) {
    case Severity::Note:
        return QLatin1String("note");
    case Severity::Warning:
        return QLatin1String("warning");
    case Severity::Error:
        return QLatin1String("error");
    }
    return QLatin1String("unknown");
}

} // namespace framescope
