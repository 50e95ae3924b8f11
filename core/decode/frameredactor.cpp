#include "core/decode/frameredactor.h"

#include "core/decode/typenametable.h"

#include <algorithm>
#include <array>
#include <limits>

namespace framescope {

namespace {

constexpr QByteArrayView topicPlace = "/topicName";
/// Where eventtime.h looks in a notification.
constexpr std::array<QByteArrayView, 6> eventTimePlaces = {"/eventBody/eventTime",
                                                           "/eventBody/timestamp",
                                                           "/eventBody/metricDate",
                                                           "/eventBody/modifiedDate",
                                                           "/eventBody/routingStatus/startTime",
                                                           "/eventBody/presence/modifiedDate"};
constexpr QByteArrayView byteWords = " at byte ";
constexpr QByteArrayView notKept = "[not kept]";
constexpr std::size_t redactorKeepsBytes = 8 * 1024 * 1024;
constexpr qsizetype typesKnown = 2048;

/// What it says comes from the matrix, the schema or the length of the message alone, also in `actual`.
bool quotesNoBytes(FindingId id)
{
    return id == FindingId::SizeGate || id == FindingId::SizeLarge || id == FindingId::TypeOpcode;
}

/// `actual` of an object or list is no quotation of it.
bool describesTheTree(FindingId id)
{
    return id == FindingId::SchemaRequired || id == FindingId::SchemaLength || id == FindingId::DuplicateEvent;
}

/// `expected` is made of what the message, or one before it, says.
bool expectsWhatWasSaid(FindingId id)
{
    return id == FindingId::ChecksumMismatch || id == FindingId::SequenceGap || id == FindingId::SequenceRepeat;
}

/// Declared numbers of a binary header, lengths and digests: no bytes of the content.
bool isOfBinaryHeader(FindingId id)
{
    switch (id) {
    case FindingId::ChecksumMismatch:
    case FindingId::ChecksumMalformed:
    case FindingId::SequenceGap:
    case FindingId::SequenceRepeat:
    case FindingId::MediaHeader:
    case FindingId::MediaLength:
        return true;
    default:
        return false;
    }
}

bool saysWhere(const QByteArray& actual, quint32 offset)
{
    return actual.endsWith(QByteArray(byteWords.data(), byteWords.size()) + QByteArray::number(offset));
}

QByteArray withPlace(QByteArray actual, quint32 offset)
{
    actual.truncate(actual.lastIndexOf(byteWords));
    return actual + byteWords.toByteArray() + QByteArray::number(offset);
}

/// What a message says that its type is; nothing where the name was cut or cleaned, or stands for many
/// (typenametable.h): then nobody can tell.
QByteArrayView wholeType(QByteArrayView type)
{
    const bool isWhole = type != QByteArrayView(otherTypes) && !type.endsWith(cutMark) && !type.contains('*');
    return isWhole ? type : QByteArrayView();
}

bool contains(const RedactedSpan& span, ByteRange range)
{
    return !range.isNull() && span.offset <= range.offset && quint64(range.offset) + range.length <= span.end();
}

/// Others may have stated any range.
ByteRange within(ByteRange range, qsizetype size)
{
    return quint64(range.offset) + range.length <= quint64(size) ? range : ByteRange{};
}

} // namespace

FrameRedactor::FrameRedactor(const RedactionRules& rules, const PayloadMatrix::Private& matrix)
    : m_json(rules)
{
    std::vector<QByteArrayView> typePlaces{topicPlace};
    std::vector<QByteArrayView> timePlaces(eventTimePlaces.begin(), eventTimePlaces.end());
    for (const TypeRule& type : matrix.types) {
        if (type.matchPointer)
            typePlaces.push_back(type.matchPointer->text());
        if (type.time)
            timePlaces.push_back(type.time->text());
    }
    m_typePlaceRules = rulesLeadingTo(typePlaces);
    m_timePlaceRules = rulesLeadingTo(timePlaces);
    for (const TypeRule& type : matrix.types)
        m_declaredTypes.insert(type.name);
    for (const char* name : {"channel.metadata", "channel.result", "channel.request", "v2.system.{id}"})
        m_declaredTypes.insert(name);
    m_counts.valuesOfRule.assign(m_json.ruleCount(), 0);
}

JsonRedactor::RuleSet FrameRedactor::rulesLeadingTo(std::span<const QByteArrayView> places) const
{
    JsonRedactor::RuleSet leading = 0;
    for (std::size_t i = 0; i < m_json.ruleCount(); ++i) {
        const JsonRedactor::RuleSet one = JsonRedactor::RuleSet(1) << i;
        for (const QByteArrayView place : places)
            leading |= m_json.hit(place, one) ? one : 0;
    }
    return leading;
}

void FrameRedactor::useTopics(const TopicSchemas& topics)
{
    for (const QByteArray& topic : topics.topics())
        m_declaredTypes.insert(topic);
}

void FrameRedactor::start(FrameBatch& batch, std::size_t firstFrame)
{
    m_out.clear();
    if (m_out.capacity() > redactorKeepsBytes)
        m_out.shrink_to_fit();
    m_out.reserve(batch.payload.size() + batch.payload.size() / 8);
    for (std::size_t index = 0; index < firstFrame; ++index) {
        const QByteArrayView kept = batch.payloadOf(index);
        pass(batch.heads[index]);
        m_out.insert(m_out.end(), kept.begin(), kept.end());
    }
}

void FrameRedactor::finish(FrameBatch& batch)
{
    std::swap(batch.payload, m_out);
}

void FrameRedactor::find(QByteArrayView payload, bool isJson, const FrameHead& head, QByteArrayView type)
{
    m_spans.clear();
    m_set = m_json.all();
    m_isReadable = isJson;
    m_isBinaryType = head.opcode == Opcode::Binary &&
                     (head.flags & (FrameFlag::Decoded | FrameFlag::JsonPayload)) == FrameFlag::Decoded;
    if (!m_isReadable)
        return;
    type = wholeType(type);
    const QByteArray key = QByteArray::fromRawData(type.data(), type.size());
    auto known = m_rulesOfType.constFind(key);
    if (known == m_rulesOfType.constEnd()) {
        if (m_rulesOfType.size() >= typesKnown) // types that nobody declared can be any number
            m_rulesOfType.clear();
        known = m_rulesOfType.insert(type.toByteArray(), m_json.rulesFor(type));
    }
    m_set = *known;
    m_isReadable = m_set == 0 || m_json.find(payload, m_set, m_spans);
}

bool FrameRedactor::hidesType(QByteArrayView type) const
{
    return (m_set & m_typePlaceRules) != 0 &&
           !m_declaredTypes.contains(QByteArray::fromRawData(type.data(), type.size()));
}

void FrameRedactor::apply(QByteArrayView payload, FrameHead& head, std::span<Finding> findings)
{
    pass(head);
    const quint64 size = m_isReadable ? m_json.sizeWithout(payload, m_spans) : 0;
    const bool fits = size <= std::max<quint64>(redactedBytesLimit, quint64(payload.size())) &&
                      m_out.size() + size <= std::numeric_limits<quint32>::max();
    if (m_isReadable && fits)
        keep(payload, head, findings);
    else
        withhold(head, findings);
}

void FrameRedactor::keep(QByteArrayView payload, FrameHead& head, std::span<Finding> findings)
{
    m_json.appendWithout(payload, m_spans, m_out);
    head.payloadBytes = quint32(m_out.size() - head.payloadOffset);
    if (m_spans.empty())
        return;
    head.flags |= FrameFlag::Masked;
    const QByteArrayView kept(m_out.data() + head.payloadOffset, qsizetype(head.payloadBytes));
    head.id = within(movedContent(head.id), kept.size());
    head.subject = within(movedContent(head.subject), kept.size());
    for (Finding& finding : findings)
        clean(finding, kept);
    ++m_counts.frames;
    m_counts.values += m_spans.size();
    for (const RedactedSpan& span : m_spans) {
        ++m_counts.valuesOfRule[std::size_t(span.rule)];
        if ((m_timePlaceRules >> span.rule & 1U) != 0)
            head.eventWallNs = 0;
    }
}

void FrameRedactor::withhold(FrameHead& head, std::span<Finding> findings)
{
    head.payloadBytes = 0;
    head.flags &= quint8(~FrameFlag::PayloadKept);
    cleanWithheld(head, findings);
    ++m_counts.withheld;
}

void FrameRedactor::cleanWithheld(FrameHead& head, std::span<Finding> findings) const
{
    head.id = {};
    head.subject = {};
    if ((m_set & m_timePlaceRules) != 0)
        head.eventWallNs = 0;
    for (Finding& finding : findings)
        cleanWithheld(finding);
}

void FrameRedactor::clean(Finding& finding, QByteArrayView kept) const
{
    if (quotesNoBytes(finding.id))
        return;
    const auto hit = m_json.hit(finding.pointer, m_set);
    const RedactedSpan* const around = spanAround(finding.range);
    const ByteRange before = finding.range;
    finding.range = within(moved(before), kept.size());
    // The name of a member stays, and so may be told of; its value's evidence may not.
    const bool isName = finding.id == FindingId::JsonDuplicateKey && !around;
    if (hit)
        finding.pointer.truncate(hit->length);
    if ((hit && !isName) || around) {
        finding.actual = markText(around ? around->rule : hit->rule);
        if (expectsWhatWasSaid(finding.id))
            finding.expected = finding.actual;
        return;
    }
    if (finding.id == FindingId::DuplicateEvent) { // says the topic's name
        if (const auto named = m_json.hit(topicPlace, m_set))
            finding.actual = markText(named->rule);
    } else if (finding.id == FindingId::ChecksumMismatch) { // a digest of what may have been taken out
        finding.actual = notKept.toByteArray();
    } else if (hasSpanIn(before) && !describesTheTree(finding.id)) {
        finding.actual = finding.range.isNull() ? notKept.toByteArray()
                                                : cutEvidence(kept.sliced(finding.range.offset, finding.range.length));
    } else if (saysWhere(finding.actual, before.offset)) {
        finding.actual = withPlace(finding.actual, finding.range.offset);
    }
}

/// Where the rules cannot tell what is theirs, nothing is quoted.
void FrameRedactor::cleanWithheld(Finding& finding) const
{
    if (quotesNoBytes(finding.id))
        return;
    const auto hit = m_json.hit(finding.pointer, m_set);
    if (!hit && m_isBinaryType && isOfBinaryHeader(finding.id))
        return;
    const bool isPlaced = saysWhere(finding.actual, finding.range.offset);
    finding.actual = notKept.toByteArray();
    if (isPlaced)
        finding.actual += byteWords.toByteArray() + QByteArray::number(finding.range.offset);
    if (expectsWhatWasSaid(finding.id))
        finding.expected = notKept.toByteArray();
    if (hit)
        finding.pointer.truncate(hit->length);
}

const RedactedSpan* FrameRedactor::spanAround(ByteRange range) const
{
    const auto after = std::upper_bound(m_spans.begin(), m_spans.end(), range.offset,
                                        [](quint32 offset, const RedactedSpan& span) { return offset < span.offset; });
    if (after == m_spans.begin())
        return nullptr;
    const RedactedSpan& span = *std::prev(after);
    return contains(span, range) ? &span : nullptr;
}

bool FrameRedactor::hasSpanIn(ByteRange range) const
{
    const quint64 end = quint64(range.offset) + range.length;
    return std::any_of(m_spans.begin(), m_spans.end(),
                       [&](const RedactedSpan& span) { return span.offset < end && span.end() > range.offset; });
}

/// Where @p range is once the values are taken out: what was inside one of them is all of its mark.
ByteRange FrameRedactor::moved(ByteRange range) const
{
    if (range.isNull())
        return {};
    const quint64 oldEnd = quint64(range.offset) + range.length;
    quint64 begin = range.offset;
    quint64 end = oldEnd;
    quint64 shift = 0; // modulo 2^64: a mark may be shorter than its value
    for (const RedactedSpan& span : m_spans) {
        if (span.offset >= oldEnd)
            break;
        const auto mark = quint64(m_json.mark(span.rule).size());
        if (span.end() <= range.offset)
            begin = range.offset + shift + mark - span.length;
        else if (span.offset <= range.offset)
            begin = span.offset + shift;
        end = span.end() >= oldEnd ? span.offset + shift + mark : oldEnd + shift + mark - span.length;
        shift += mark - span.length;
    }
    return {quint32(begin), quint32(end - begin)};
}

/// The same for what is between the quotes of a text.
ByteRange FrameRedactor::movedContent(ByteRange range) const
{
    const ByteRange place = moved(range);
    return spanAround(range) ? ByteRange{place.offset + 1, place.length - 2} : place;
}

QByteArray FrameRedactor::markText(int rule) const
{
    return redactionMark(m_json.rule(rule).name);
}

} // namespace framescope
