#include "core/decode/jsonlocator.h"

#include "core/frame/frame.h"

#include <limits>

namespace framescope {

namespace {

constexpr std::size_t nowhere = std::numeric_limits<std::size_t>::max();

bool isSpace(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

} // namespace

ByteRange JsonLocator::find(std::span<const PathStep> path) const
{
    std::size_t token = 0;
    for (const PathStep& step : path) {
        if (at(token) == '{')
            token = member(token, step.name);
        else if (at(token) == '[' && step.index >= 0)
            token = element(token, step.index);
        else
            return {};
        if (token == nowhere)
            return {};
    }
    if (token >= m_tokens.size())
        return {};
    if (at(token) != '{' && at(token) != '[')
        return scalar(token);
    const std::size_t close = afterValue(token) - 1;
    if (close >= m_tokens.size())
        return {};
    return {m_tokens[token], m_tokens[close] + 1 - m_tokens[token]};
}

ByteRange JsonLocator::content(ByteRange value) const
{
    if (value.length < 2 || m_text[value.offset] != '"')
        return value;
    return value.length == 2 ? ByteRange{} : ByteRange{value.offset + 1, value.length - 2};
}

/// The token after the value that starts at @p token.
std::size_t JsonLocator::afterValue(std::size_t token) const
{
    std::size_t depth = 0;
    for (; token < m_tokens.size(); ++token) {
        const char byte = at(token);
        if (byte == '{' || byte == '[')
            ++depth;
        else if (byte == '}' || byte == ']')
            --depth;
        if (depth == 0)
            return token + 1;
    }
    return nowhere;
}

/// A scalar ends where the white space before the next token begins.
ByteRange JsonLocator::scalar(std::size_t token) const
{
    const std::uint32_t begin = m_tokens[token];
    std::uint32_t end = token + 1 < m_tokens.size() ? m_tokens[token + 1] : std::uint32_t(m_text.size());
    while (end > begin && isSpace(m_text[qsizetype(end) - 1]))
        --end;
    return {begin, end - begin};
}

std::size_t JsonLocator::member(std::size_t object, std::string_view name) const
{
    std::size_t key = object + 1;
    while (at(key) == '"') {
        const std::size_t value = key + 2; // over the colon
        if (keyIs(key, name))
            return value;
        const std::size_t comma = afterValue(value);
        if (comma == nowhere || at(comma) != ',')
            return nowhere;
        key = comma + 1;
    }
    return nowhere;
}

std::size_t JsonLocator::element(std::size_t array, qint64 index) const
{
    std::size_t value = array + 1;
    if (at(value) == ']')
        return nowhere;
    for (; index > 0; --index) {
        const std::size_t comma = afterValue(value);
        if (comma == nowhere || at(comma) != ',')
            return nowhere;
        value = comma + 1;
    }
    return value;
}

bool JsonLocator::keyIs(std::size_t token, std::string_view name) const
{
    // Most keys differ in the first bytes: no need to find their end.
    const qsizetype begin = qsizetype(m_tokens[token]) + 1;
    const QByteArrayView rest = m_text.sliced(begin);
    const QByteArrayView wanted(name.data(), qsizetype(name.size()));
    if (rest.startsWith(wanted) && rest.size() > wanted.size() && rest[wanted.size()] == '"')
        return true;
    const QByteArrayView raw = bytes(content(scalar(token)));
    return raw.contains('\\') && jsonStringText(raw).toUtf8() == wanted;
}

} // namespace framescope
