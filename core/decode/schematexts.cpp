// Reading and checking `minLength`, `maxLength`, `pattern` and `format`: draft-07 validation, sections 6.3 and 7.
#include "core/decode/schemacompiler.h"
#include "core/decode/schemavalidator.h"

#include <algorithm>

namespace framescope {

namespace {

quint64 codePoints(std::string_view text)
{
    return quint64(std::count_if(text.begin(), text.end(),
                                 [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

} // namespace

template <bool isLeast>
void SchemaCompiler::readLength(Node& node, Element value, const QByteArray& at)
{
    readSize(schemaGroup(node.texts).length, isLeast, value, at);
}

template void SchemaCompiler::readLength<true>(Node&, Element, const QByteArray&);
template void SchemaCompiler::readLength<false>(Node&, Element, const QByteArray&);

void SchemaCompiler::readPattern(Node& node, Element value, const QByteArray& at)
{
    if (!value.is_string())
        fail(ErrorCode::Parse, QStringLiteral("\"pattern\" is a text"), at);
    else if (const SchemaPattern* compiled = pattern(stringOf(value), at))
        schemaGroup(node.texts).pattern = compiled;
}

/// Compiled once however often it stands there; null after an error.
const SchemaPattern* SchemaCompiler::pattern(std::string_view text, const QByteArray& at)
{
    const QByteArray key(text.data(), qsizetype(text.size()));
    if (const auto known = m_patterns.constFind(key); known != m_patterns.cend())
        return *known;
    Expected<SchemaPattern> compiled = SchemaPattern::compile(text);
    if (!compiled) {
        fail(compiled.error().code, compiled.error().detail, at);
        return nullptr;
    }
    m_patternBytes += compiled->sizeBytes();
    if (std::size_t(m_patterns.size()) >= patternLimit || m_patternBytes > patternBytesLimit) {
        refuse(ErrorCode::Unsupported, QStringLiteral("too many patterns, or too large ones"), at);
        return nullptr;
    }
    const SchemaPattern* kept = &m_compiled.patterns.emplace_back(std::move(*compiled));
    m_patterns.insert(key, kept);
    return kept;
}

void SchemaCompiler::readFormat(Node& node, Element value, const QByteArray& at)
{
    if (!value.is_string())
        fail(ErrorCode::Parse, QStringLiteral("\"format\" is a text"), at);
    else if (const SchemaFormat* format = m_options.checksFormats ? schemaFormat(stringOf(value)) : nullptr)
        schemaGroup(node.texts).format = format;
}

bool SchemaValidator::checkText(const Node& node, std::string_view text)
{
    const SchemaTexts& texts = *node.texts;
    bool good = true;
    // Characters are one to four bytes: most texts need not be counted.
    const SchemaSize& length = texts.length;
    if ((length.least && text.size() / 4 < *length.least) || (length.most && text.size() > *length.most))
        good &= checkSize(node, length, codePoints(text), {"minLength", "maxLength"});
    if (texts.pattern && (good || m_quiet == 0))
        good &= checkPattern(node, *texts.pattern, text);
    if (texts.format && (good || m_quiet == 0) && !texts.format->fits(text)) {
        good = fail(FindingId::SchemaFormat, node, "format",
                    [&] { return QByteArray(texts.format->name) + " (" + texts.format->rule + ')'; });
    }
    return good;
}

bool SchemaValidator::checkPattern(const Node& node, const SchemaPattern& pattern, std::string_view text)
{
    switch (m_patterns.find(pattern, text, m_budget)) {
    case PatternMatcher::Answer::Yes:
        return true;
    case PatternMatcher::Answer::No:
        return fail(FindingId::SchemaPattern, node, "pattern", [&] { return "a text that matches " + pattern.text(); });
    case PatternMatcher::Answer::GaveUp:
        break;
    }
    // Where only the answer counts, there is none: the value cannot be judged at all.
    const QByteArray steps = "given up after " + QByteArray::number(m_patterns.gaveUpAfter()) + " steps";
    if (m_quiet > 0)
        return giveUp(FindingId::SchemaPattern, node, "pattern", "an answer to " + pattern.text(), steps);
    if (wants(FindingId::SchemaPattern))
        report(FindingId::SchemaPattern, node, "pattern", "a text that matches " + pattern.text(), steps);
    return false;
}

} // namespace framescope
