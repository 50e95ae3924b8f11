#include "core/decode/jsonreader.h"

#include "core/decode/jsonsyntax.h"
#include "core/decode/utf8.h"

namespace framescope {

namespace {

/// Above it, the parser's memory (about 14 times the text) is given back before the next document.
constexpr std::size_t keptCapacity = std::size_t(8) * 1024 * 1024;

FindingId findingOf(JsonFault::Kind kind)
{
    switch (kind) {
    case JsonFault::Kind::Depth:
        return FindingId::JsonDepth;
    case JsonFault::Kind::LoneSurrogate:
        return FindingId::JsonLoneSurrogate;
    case JsonFault::Kind::NumberRange:
        return FindingId::JsonNumberRange;
    case JsonFault::Kind::None:
    case JsonFault::Kind::Syntax:
        break;
    }
    return FindingId::JsonParse;
}

} // namespace

JsonReader::JsonReader(int depthLimit)
    : m_depthLimit(std::clamp(depthLimit, 1, 1024))
{
    shrink();
}

bool JsonReader::read(QByteArrayView text, FindingCollector& findings)
{
    shrink();
    m_text = text;
    m_patched.clear();
    return parse(text) || explainFailure(findings);
}

void JsonReader::shrink()
{
    if (m_parser.implementation && m_parser.capacity() <= keptCapacity)
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
    const auto& stages = *m_parser.implementation;
    m_locator = JsonLocator(m_text, std::span(stages.structural_indexes.get(), stages.n_structural_indexes));
    return true;
}

bool JsonReader::explainFailure(FindingCollector& findings)
{
    if (!simdjson::validate_utf8(m_text.data(), std::size_t(m_text.size()))) {
        if (findings.wants(FindingId::Utf8Invalid)) {
            const ByteRange bad = firstInvalidUtf8(m_text);
            const QByteArrayView shown = m_text.sliced(bad.offset, std::min<qsizetype>(8, m_text.size() - bad.offset));
            findings.add(
                {.id = FindingId::Utf8Invalid,
                 .range = bad,
                 .pointer = {},
                 .schemaPointer = {},
                 .expected = "UTF-8 (RFC 3629)",
                 .actual = "bytes " + shown.toByteArray().toHex(' ') + " at byte " + QByteArray::number(bad.offset)});
        }
        return false;
    }
    const JsonFault fault = checkJsonSyntax(m_text, m_depthLimit);
    report(fault, findings);
    if (fault.kind != JsonFault::Kind::NumberRange)
        return false;
    m_patched = m_text.toByteArray();
    m_patched.resize(m_text.size() + qsizetype(padding));
    [[maybe_unused]] const JsonFault same = checkJsonSyntax(m_text, m_depthLimit, m_patched.data());
    return parse(QByteArrayView(m_patched).first(m_text.size()));
}

void JsonReader::report(const JsonFault& fault, FindingCollector& findings) const
{
    const FindingId id = findingOf(fault.kind);
    if (!findings.wants(id))
        return;
    ByteRange range{quint32(fault.offset), quint32(fault.length)};
    QByteArray actual;
    if (fault.length > 0) {
        actual =
            m_text.sliced(fault.offset, fault.length).toByteArray() + " at byte " + QByteArray::number(fault.offset);
    } else {
        actual = "end of text at byte " + QByteArray::number(fault.offset);
        if (fault.offset > 0) // mark the last byte: an empty range would mean the whole frame
            range = {quint32(fault.offset - 1), 1};
    }
    findings.add(
        {.id = id, .range = range, .pointer = {}, .schemaPointer = {}, .expected = fault.expected, .actual = actual});
}

} // namespace framescope
