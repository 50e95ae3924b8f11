#pragma once
/// A finding: one thing that is wrong or remarkable about one frame, explained to the byte and the schema path.
///
/// Thread: any; a value. Text in it is evidence (pointers, expected and actual values), never a translated sentence;
/// the words are in findingcatalogue.h.
#include <QByteArray>
#include <QtGlobal>

namespace framescope {

enum class Severity : quint8
{
    Note = 0,
    Warning = 1,
    Error = 2
};

/// Stored in session files by number: append, never renumber.
enum class FindingId : quint16
{
    None = 0,
    SizeGate = 1,    ///< over the gate: not copied, not decoded
    SizeLarge = 2,   ///< over the flag limit
    Utf8Invalid = 3, ///< RFC 3629
    JsonParse = 4,   ///< RFC 8259
    JsonDepth = 5,
    JsonDuplicateKey = 6,
    JsonNumberRange = 7,
    JsonLoneSurrogate = 8,
    TypeMissing = 9,   ///< valid JSON, but no `type`
    TypeUnknown = 10,  ///< no row of the payload type matrix recognises it
    TypeOpcode = 11,   ///< recognised, but came with the other opcode than the matrix says
    TopicUnknown = 12, ///< an event of a topic whose schema is not known
    SchemaType = 20,
    SchemaRequired = 21,
    SchemaEnum = 22,
    SchemaConst = 23,
    SchemaRange = 24,  ///< minimum, maximum, multipleOf
    SchemaLength = 25, ///< minLength, maxLength, minItems, maxItems, minProperties, maxProperties
    SchemaPattern = 26,
    SchemaFormat = 27,
    SchemaAdditional = 28, ///< additionalProperties, additionalItems
    SchemaUnique = 29,
    SchemaCombination = 30, ///< allOf, anyOf, oneOf, not, if/then/else, dependencies
    SchemaOther = 31,
    FieldUnknown = 32, ///< a member that the service's published schema does not have
    EnumUnknown = 33,  ///< a value that the service's published schema does not list
    ChecksumMismatch = 40,
    ChecksumMalformed = 41, ///< declared, but not a digest of the algorithm's length
    DuplicateId = 50,
    SequenceGap = 51,
    SequenceRepeat = 52, ///< repeated or went backwards
    TimeAhead = 53,
    DuplicateEvent = 54, ///< the same topic and the same body, members in any order
    MediaHeader = 60,    ///< binary header shorter than the matrix says, or a value outside what it allows
    MediaLength = 61     ///< no whole number of samples
};
inline constexpr int findingIdLimit = 64; ///< above every id; sizes per-id counters

struct ByteRange
{
    quint32 offset = 0;
    quint32 length = 0;

    [[nodiscard]] bool isNull() const { return length == 0; }
    friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

struct Finding
{
    FindingId id = FindingId::None;
    Severity severity = Severity::Error;
    quint32 frame = 0;        ///< index of the frame in its batch
    ByteRange range;          ///< in the payload; null when the finding is about the whole frame
    QByteArray pointer;       ///< RFC 6901 JSON Pointer in the document; "" is the document itself
    QByteArray schemaPointer; ///< JSON Pointer in the schema, empty when no schema spoke
    QByteArray expected;      ///< at most evidenceLimit bytes, UTF-8
    QByteArray actual;        ///< at most evidenceLimit bytes, UTF-8
};
inline constexpr qsizetype evidenceLimit = 256;
inline constexpr int findingsPerFrameLimit = 16; ///< more of one frame are counted in the last one's `actual`

} // namespace framescope
