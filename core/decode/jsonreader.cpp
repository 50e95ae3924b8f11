#include "core/decode/jsonreader.h"

#include "core/decode/jsonsyntax.h"
#include "core/decode/utf8.h"

namespace framescope {

namespace {

/// Above it, the parser's memory (about 14 times the text) is given back before the next document.
constexpr std::size_t keptTextBytes = std::size_t(8) * 1024 * 1024;

constexpr qsizetype shownBytes = evidenceLimit - 32; ///< room for " at byte …"

FindingId findingOf(JsonFault::Kind kind)
{
    switch (kind) {
    case JsonFault::Kind::Depth:
        return FindingId::JsonDepth;
    case JsonFault::Kind::LoneSurrogate:
        return FindingId::JsonLoneSurrogate;
    case JsonFault::Kind::NumberRange:
        return FindingId::JsonNumberRange;
    case JsonFault::Kind::Syntax:
        break;
    }
    return FindingId::JsonParse;
}

} // namespace

JsonReader::JsonReader(int depthLimit)
    : m_depthLimit(std::clamp(depthLimit, 1, 1024))
    , m_duplicateKeys(m_depthLimit)
{
    shrink();
}

bool JsonReader::readText(QByteArrayView text, FindingCollector& findings)
{
    shrink();
    m_text = text;
    m_patched.clear();
    // A byte order mark is no JSON (RFC 8259 section 8.1); newer parsers skip it.
    const bool isParsed = !text.startsWith(QByteArrayView("\xEF\xBB\xBF")) && parse(text);
    return isParsed || explainFailure(findings);
}

bool JsonReader::listTokens(QByteArrayView text)
{
    shrink();
    m_text = text;
    m_patched.clear();
    const std::size_t size = std::size_t(text.size());
    if (size == 0 || text.contains('\\'))
        return false;
    if (const std::size_t held = m_parser.capacity(); size > held) {
        const std::size_t next = std::max(size, std::min(2 * held, keptTextBytes));
        if (m_parser.allocate(next, std::size_t(m_depthLimit) + 1) != simdjson::SUCCESS)
            return false;
    }
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    if (m_parser.implementation->stage1(bytes, size, simdjson::stage1_mode::regular) != simdjson::SUCCESS)
        return false;
    locate(false);
    return true;
}

void JsonReader::locate(bool hasEscapes)
{
    const auto& stages = *m_parser.implementation;
    m_locator =
        JsonLocator(m_text, std::span(stages.structural_indexes.get(), stages.n_structural_indexes), hasEscapes);
}

void JsonReader::shrink()
{
    if (m_parser.implementation && m_parser.capacity() <= keptTextBytes)
        return;
    m_parser = simdjson::dom::parser();
    // simdjson counts the document itself as a level. An error here means no memory; the first parse reports it.
    [[maybe_unused]] const auto error = m_parser.allocate(1024, std::size_t(m_depthLimit) + 1);
}

bool JsonReader::parse(QByteArrayView padded)
{
    const auto result = m_parser.parse(padded.data(), std::size_t(padded.size()), false);
    if (result.error() != simdjson::SUCCESS)
        return false;
    m_root = result.value_unsafe();
    locate(m_text.contains('\\'));
    return true;
}

bool JsonReader::explainFailure(FindingCollector& findings)
{
    if (!simdjson::validate_utf8(m_text.data(), std::size_t(m_text.size()))) {
        reportUtf8(findings);
        return false;
    }
    const JsonFaults faults = checkJsonSyntax(m_text, m_depthLimit);
    for (const JsonFault& fault : faults.list)
        report(fault, findings);
    if (!faults.list.empty())
        findings.leaveOut(findingOf(faults.list.front().kind), faults.more);
    if (!faults.isReadable)
        return false;
    m_patched = m_text.toByteArray();
    m_patched.resize(m_text.size() + qsizetype(padding));
    (void)checkJsonSyntax(m_text, m_depthLimit, m_patched.data());
    if (parse(QByteArrayView(m_patched).first(m_text.size())))
        return true;
    // No text is known that this check lets through and the parser does not; memory may be short.
    report({JsonFault::Kind::Syntax, 0, 0, {}, "a text that the parser reads"}, findings);
    return false;
}

void JsonReader::reportUtf8(FindingCollector& findings) const
{
    if (!findings.wants(FindingId::Utf8Invalid))
        return;
    const ByteRange bad = firstInvalidUtf8(m_text);
    const QByteArrayView shown = m_text.sliced(bad.offset, std::min<qsizetype>(8, m_text.size() - bad.offset));
    findings.add({.id = FindingId::Utf8Invalid,
                  .range = bad,
                  .pointer = jsonPointerAt(m_text, bad.offset, m_depthLimit),
                  .schemaPointer = {},
                  .expected = "UTF-8 (RFC 3629)",
                  .actual = "bytes " + shown.toByteArray().toHex(' ') + " at byte " + QByteArray::number(bad.offset)});
}

void JsonReader::report(const JsonFault& fault, FindingCollector& findings) const
{
    const FindingId id = findingOf(fault.kind);
    if (!findings.wants(id))
        return;
    ByteRange range{quint32(fault.offset), quint32(fault.length)};
    QByteArray actual;
    if (fault.length > 0) {
        actual = cutEvidence(m_text.sliced(fault.offset, fault.length), shownBytes) + " at byte " +
                 QByteArray::number(fault.offset);
    } else {
        actual = "end of text at byte " + QByteArray::number(fault.offset);
        if (fault.offset > 0) // mark the last byte: an empty range would mean the whole frame
            range = {quint32(fault.offset - 1), 1};
    }
    findings.add({.id = id,
                  .range = range,
                  .pointer = fault.pointer,
                  .schemaPointer = {},
                  .expected = fault.expected,
                  .actual = actual});
}

/// False when the text is nested too deeply after all.
bool JsonReader::checkNames(FindingCollector& findings)
{
    switch (m_duplicateKeys.search(m_parser.doc)) {
    case DuplicateKeys::Outcome::Distinct:
        return true;
    case DuplicateKeys::Outcome::TooDeep:
        for (const JsonFault& fault : checkJsonSyntax(m_text, m_depthLimit).list)
            if (fault.kind == JsonFault::Kind::Depth)
                report(fault, findings);
        return false;
    case DuplicateKeys::Outcome::Repeated:
        break;
    }
    for (const JsonLocator::Member& member : m_locator.membersAt(m_duplicateKeys.places())) {
        if (findings.wants(FindingId::JsonDuplicateKey)) {
            findings.add({.id = FindingId::JsonDuplicateKey,
                          .range = member.name,
                          .pointer = member.pointer,
                          .schemaPointer = {},
                          .expected = "one member of this name",
                          .actual = "another one at byte " + QByteArray::number(member.name.offset)});
        }
    }
    findings.leaveOut(FindingId::JsonDuplicateKey, m_duplicateKeys.more());
    return true;
}

} // namespace framescope
