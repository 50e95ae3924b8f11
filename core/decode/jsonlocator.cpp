#include "core/decode/jsonlocator.h"

#include "core/frame/frame.h"

#include <algorithm>
#include <limits>

namespace framescope {

namespace {

constexpr std::size_t nowhere = std::numeric_limits<std::size_t>::max();

bool isSpace(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

} // namespace

JsonLocator::JsonLocator(QByteArrayView text, std::span<const std::uint32_t> tokens, bool hasEscapes)
    : m_text(text)
    , m_tokens(tokens)
    , m_hasEscapes(hasEscapes)
{
}

ByteRange JsonLocator::findFrom(std::size_t token, std::span<const PathStep> path) const
{
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

/// The colon stands between a name and its value.
ByteRange JsonLocator::findName(std::span<const PathStep> path) const
{
    const ByteRange value = find(path);
    const auto token = std::lower_bound(m_tokens.begin(), m_tokens.end(), value.offset) - m_tokens.begin();
    return value.isNull() || token < 2 ? ByteRange{} : scalar(std::size_t(token) - 2);
}

ByteRange JsonLocator::content(ByteRange value) const
{
    if (value.length < 2 || m_text[value.offset] != '"')
        return value;
    return value.length == 2 ? ByteRange{} : ByteRange{value.offset + 1, value.length - 2};
}

/// Tokens and tape run in the same order: a name, a text or a literal is one word there, a number two, the beginning
/// and the end of an object or list one each, ':' and ',' none. The document itself has the first word.
std::vector<JsonLocator::Member> JsonLocator::membersAt(std::span<const quint32> tapePlaces) const
{
    std::vector<Member> members;
    std::vector<Level> levels;
    quint32 place = 1;
    for (std::size_t token = 0; token < m_tokens.size() && members.size() < tapePlaces.size(); ++token) {
        const char byte = at(token);
        if (byte == ':')
            continue;
        if (byte == ',') {
            ++levels.back().index;
            continue;
        }
        if (byte == '"' && at(token + 1) == ':') {
            levels.back().nameToken = token;
            if (place == tapePlaces[members.size()])
                members.push_back({scalar(token), pointerOf(levels)});
        } else if (byte == '{' || byte == '[') {
            levels.push_back({byte == '{', 0, 0});
        } else if (byte == '}' || byte == ']') {
            levels.pop_back();
        }
        place += byte == '-' || (byte >= '0' && byte <= '9') ? 2 : 1;
    }
    return members;
}

QByteArray JsonLocator::pointerOf(std::span<const Level> levels) const
{
    QByteArray pointer;
    for (const Level& level : levels) {
        if (pointer.size() > evidenceLimit)
            break;
        if (level.isObject)
            pointer = withStep(pointer, jsonStringText(bytes(content(scalar(level.nameToken)))).toStdString());
        else
            pointer += '/' + QByteArray::number(level.index);
    }
    return pointer;
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
    const std::string_view rest(m_text.data() + m_tokens[token] + 1, std::size_t(m_text.size()) - m_tokens[token] - 1);
    if (rest.size() > name.size() && rest[name.size()] == '"' && rest.starts_with(name))
        return true;
    if (!m_hasEscapes)
        return false;
    const QByteArrayView raw = bytes(content(scalar(token)));
    return raw.contains('\\') && jsonStringText(raw).toStdString() == name;
}

} // namespace framescope
