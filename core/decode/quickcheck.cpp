#include "core/decode/quickcheck.h"

#include <algorithm>
#include <bit>
#include <charconv>

namespace framescope {

namespace {

constexpr std::size_t unnamedLimit = 24;          ///< of one object
constexpr std::size_t digitsLimit = 18;           ///< of a whole number, which then fits 64 bits
constexpr std::size_t decimalDigitsLimit = 15;    ///< of another, which then is no whole one when it is a double
constexpr quint64 golden = 0x9e3779b97f4a7c15ULL; // 2^64 / the golden ratio

bool isWhite(char byte)
{
    return static_cast<unsigned char>(byte) <= ' ' && (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r');
}

/// Digits from @p at on; their number overflows without harm.
struct Digits
{
    Digits(const char* at, const char* limit)
        : end(at)
    {
        for (; end != limit && *end >= '0' && *end <= '9'; ++end)
            number = number * 10 + quint64(*end - '0');
        count = std::size_t(end - at);
    }

    quint64 number = 0;
    std::size_t count = 0;
    const char* end;
};

bool hasAll(const QuickNode::Members& met, const QuickNode::Members& wanted)
{
    quint64 missing = 0;
    for (std::size_t i = 0; i < met.size(); ++i)
        missing |= wanted[i] & ~met[i];
    return missing == 0;
}

/// Of UTF-8: bytes that are no continuation (10xxxxxx), eight at a time.
quint64 codePoints(std::string_view text)
{
    constexpr quint64 ones = 0x0101'0101'0101'0101ULL;
    quint64 continued = 0;
    std::size_t at = 0;
    for (; at + sizeof(quint64) <= text.size(); at += sizeof(quint64)) {
        const quint64 word = QuickName::word(text.data() + at);
        continued += quint64(std::popcount((word >> 7U) & ~(word >> 6U) & ones));
    }
    for (; at < text.size(); ++at)
        continued += (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U ? 1U : 0U;
    return text.size() - continued;
}

} // namespace

bool QuickName::isRest(const char* string, const char* nextToken) const
{
    return std::size_t(nextToken - string) > m_text.size() && string[m_text.size()] == '"' &&
           std::string_view(string, m_text.size()) == m_text;
}

QuickDocument quickDocument(const JsonReader& reader, IsParsed isParsed)
{
    return {reader.text().data(), reader.locator().tokens(), reader.locator().hasEscapes(), isParsed == IsParsed::Yes};
}

bool QuickCheck::confirms(const QuickDocument& document, const Schema::Node* schema)
{
    if (schema && !schema->quick)
        return false;
    const QuickNode* const root = schema ? schema->quick : nullptr;
    if (root)
        std::fill_n(m_places.begin(), std::min(root->properties.size(), m_places.size()), nullptr);
    m_rootMember = nullptr;
    return confirmsRoot(document, root);
}

bool QuickCheck::confirmsMember(const QuickDocument& document, const QuickName& member, const Schema::Node* schema)
{
    if (schema && !schema->quick)
        return false;
    m_rootMember = &member;
    m_rootMemberSchema = schema ? schema->quick : nullptr;
    return confirmsRoot(document, nullptr);
}

bool QuickCheck::confirmsRoot(const QuickDocument& document, const QuickNode* root)
{
    m_text = document.text;
    m_tokens = document.tokens.data();
    m_end = m_tokens + document.tokens.size();
    m_hasEscapes = document.hasEscapes;
    m_textsAreSound = document.isParsed || !document.hasEscapes;
    m_depth = 0;
    m_unnamed.clear();
    return m_tokens < m_end && value(m_tokens, root) == m_end;
}

inline std::string_view QuickCheck::bytesOf(Token token) const
{
    const char* const begin = m_text + token[0];
    const char* end = m_text + token[1];
    while (isWhite(end[-1])) // not below `begin`: a token is no white space
        --end;
    return {begin, std::size_t(end - begin)};
}

inline std::string_view QuickCheck::stringOf(Token token) const
{
    const std::string_view bytes = bytesOf(token);
    if (bytes.size() < 2 || bytes.back() != '"')
        return {};
    const std::string_view text = bytes.substr(1, bytes.size() - 2);
    return m_hasEscapes && text.find('\\') != text.npos ? std::string_view() : text;
}

std::optional<std::string_view> QuickCheck::textAt(std::size_t index) const
{
    const Token token = m_tokens + index;
    const std::string_view text = at(token) == '"' ? stringOf(token) : std::string_view();
    return text.data() ? std::optional(text) : std::nullopt;
}

std::optional<quint64> QuickCheck::numberAt(std::size_t index) const
{
    const std::string_view bytes = bytesOf(m_tokens + index);
    const Digits digits(bytes.data(), bytes.data() + bytes.size());
    if (digits.count <= digitsLimit && digits.count == bytes.size())
        return digits.number;
    quint64 number = 0;
    const auto [end, error] = std::from_chars(bytes.data(), bytes.data() + bytes.size(), number);
    if (error != std::errc() || end != bytes.data() + bytes.size())
        return std::nullopt;
    return number;
}

/// The token behind the value that begins with @p token, or null.
inline QuickCheck::Token QuickCheck::value(Token token, const QuickNode* node)
{
    bool fits = false;
    const char first = byteOf(token);
    if (first == '"') { // by far the most
        fits = isText(token, node);
    } else if (first == '{') {
        return object(token, node);
    } else if (first == '[') {
        return array(token, node);
    } else if (first == 't' || first == 'f') {
        fits = (!node || (node->types & JsonType::Boolean) != 0) && isLiteral(token, first == 't' ? "true" : "false");
    } else if (first == 'n') {
        fits = (!node || node->isOpen || (node->types & JsonType::Null) != 0) && isLiteral(token, "null");
    } else {
        fits = isNumber(token, node);
    }
    return fits ? token + 1 : nullptr;
}

inline bool QuickCheck::isLiteral(Token token, std::string_view word) const
{
    return bytesOf(token) == word;
}

inline bool QuickCheck::isText(Token token, const QuickNode* node) const
{
    if (!node || node->takesAnyText)
        return m_textsAreSound;
    return (node->types & JsonType::String) != 0 && fitsText(token, *node);
}

bool QuickCheck::fitsText(Token token, const QuickNode& node) const
{
    if (node.hasTexts) {
        const QuickName* known = node.texts.data();
        const QuickName* const end = known + node.texts.size();
        while (known != end && !isString(*known, token))
            ++known;
        if (known == end)
            return false;
    }
    if (!node.isMeasured && !node.format)
        return true;
    const std::string_view text = stringOf(token);
    if (!text.data()) // with escapes: its characters are not known here
        return false;
    // A character is one to four bytes: most texts need not be counted.
    if (text.size() < node.leastCharacters * 4 || text.size() > node.mostCharacters) {
        const quint64 length = codePoints(text);
        if (length < node.leastCharacters || length > node.mostCharacters)
            return false;
    }
    return !node.format || node.format->fits(text);
}

/// RFC 8259 section 6. Exponents, long numbers and -0 are not known.
bool QuickCheck::isNumber(Token token, const QuickNode* node) const
{
    const std::string_view bytes = bytesOf(token);
    const char* const end = bytes.data() + bytes.size();
    const bool isNegative = bytes.front() == '-';
    const Digits whole(bytes.data() + (isNegative ? 1 : 0), end);
    if (whole.count == 0 || whole.count > digitsLimit ||
        (bytes[isNegative ? 1 : 0] == '0' && (whole.count > 1 || isNegative)))
        return false;
    if (whole.end != end) {
        if (*whole.end != '.')
            return false;
        const Digits decimals(whole.end + 1, end);
        if (decimals.count == 0 || decimals.end != end || whole.count + decimals.count > decimalDigitsLimit)
            return false;
        return !node || (decimals.number != 0 && !node->isBounded && (node->types & JsonType::Number) != 0);
    }
    if (!node)
        return true;
    if ((node->types & (JsonType::WrittenInteger | JsonType::Integer | JsonType::Number)) == 0)
        return false;
    const qint64 number = isNegative ? -qint64(whole.number) : qint64(whole.number);
    return !node->isBounded || (number >= node->minimum && number <= node->maximum);
}

QuickCheck::Token QuickCheck::array(Token token, const QuickNode* node)
{
    if ((node && (node->types & JsonType::Array) == 0) || ++m_depth > m_depthLimit)
        return nullptr;
    const QuickNode* const items = node ? node->items : nullptr;
    quint64 count = 0;
    ++token;
    while (at(token) != ']' || count > 0) {
        token = token < m_end ? value(token, items) : nullptr;
        ++count;
        const char next = token ? at(token) : '\0';
        if (next == ']')
            break;
        if (next != ',')
            return nullptr;
        ++token;
    }
    --m_depth;
    return !node || (count >= node->leastItems && count <= node->mostItems) ? token + 1 : nullptr;
}

QuickCheck::Token QuickCheck::object(Token token, const QuickNode* node)
{
    if ((node && (node->types & JsonType::Object) == 0) || ++m_depth > m_depthLimit)
        return nullptr;
    Names names;
    names.next = node ? node->properties.data() : nullptr;
    names.firstUnnamed = m_unnamed.size();
    quint64 count = 0;
    ++token;
    while (at(token) != '}' || count > 0) {
        // The name, a colon, a value and what follows it.
        if (token + 3 >= m_end || byteOf(token) != '"' || byteOf(token + 1) != ':')
            return nullptr;
        const Member member = node ? knownMember(token, *node, names) : anyMember(token, names);
        if (!member.isKnown)
            return nullptr;
        token = value(token + 2, member.schema);
        ++count;
        const char next = token ? at(token) : '\0';
        if (next == '}')
            break;
        if (next != ',')
            return nullptr;
        ++token;
    }
    --m_depth;
    m_unnamed.resize(names.firstUnnamed);
    const bool fits =
        !node || (hasAll(names.met, node->required) && count >= node->leastMembers && count <= node->mostMembers);
    return fits ? token + 1 : nullptr;
}

/// Plain loops: they mostly end at once, for which the library's are not made.
inline const QuickNode::Property* QuickCheck::propertyAt(Token name, const QuickNode& node, Names& names) const
{
    const QuickNode::Property* const begin = node.properties.data();
    const auto among = [this, name](const QuickNode::Property* from, const QuickNode::Property* to) {
        while (from != to && !isString(from->name, name))
            ++from;
        return from;
    };
    const QuickNode::Property* const end = begin + node.properties.size();
    const QuickNode::Property* found = among(names.next, end);
    if (found == end) {
        found = among(begin, names.next);
        if (found == names.next)
            return nullptr;
    }
    names.next = found + 1;
    return found;
}

inline QuickCheck::Member QuickCheck::knownMember(Token name, const QuickNode& node, Names& names)
{
    const Token value = name + 2;
    const bool isAbsent = node.isOpen && byteOf(value) == 'n';
    if (const QuickNode::Property* const property = propertyAt(name, node, names)) {
        quint64& met = names.met[property->word];
        const bool isFirst = (met & property->bit) == 0;
        met |= property->bit;
        if (m_depth == 1)
            m_places[property->index] = value;
        if (!isAbsent)
            return {property->schema, isFirst};
        return {nullptr, isFirst && (node.required[property->word] & property->bit) == 0};
    }
    if (!isAbsent && (node.forbidsOthers || (node.isOpen && node.namesSome && !node.others)))
        return {};
    return {isAbsent ? nullptr : node.others, takeUnnamed(stringOf(name), names)};
}

QuickCheck::Member QuickCheck::anyMember(Token name, Names& names)
{
    const bool isIt = m_depth == 1 && m_rootMember && isString(*m_rootMember, name);
    return {isIt ? m_rootMemberSchema : nullptr, takeUnnamed(stringOf(name), names)};
}

/// False: it was there already, it has escapes, or there are too many to compare with.
bool QuickCheck::takeUnnamed(std::string_view name, Names& names)
{
    if (!name.data())
        return false;
    // One bit of 64 by length and first and last bytes: equal names have the same.
    quint64 head = QuickName::word(name.data());
    quint64 tail = 0;
    if (name.size() < sizeof head)
        head &= ~(~quint64(0) << (8 * name.size()));
    else
        tail = QuickName::word(name.data() + name.size() - sizeof tail);
    const quint64 bit = quint64(1) << (((head ^ std::rotl(tail, 29) ^ name.size()) * golden) >> 58);
    if ((names.unnamedBits & bit) != 0) {
        for (std::size_t i = names.firstUnnamed; i < m_unnamed.size(); ++i) {
            if (m_unnamed[i] == name)
                return false;
        }
    }
    names.unnamedBits |= bit;
    m_unnamed.push_back(name);
    return m_unnamed.size() - names.firstUnnamed <= unnamedLimit;
}

} // namespace framescope
