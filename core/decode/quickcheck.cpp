#include "core/decode/quickcheck.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <limits>

namespace framescope {

namespace {

constexpr quint64 noUpperLimit = std::numeric_limits<quint64>::max();
constexpr std::size_t notKnown = 0;      ///< no value ends before the first token
constexpr std::size_t unnamedLimit = 24; ///< of one object
constexpr std::size_t textsLimit = 32;
constexpr std::size_t digitsLimit = 18;           ///< of a whole number, which then fits 64 bits
constexpr std::size_t decimalDigitsLimit = 15;    ///< of another, which then is no whole one when it is a double
constexpr quint64 golden = 0x9e3779b97f4a7c15ULL; // 2^64 / the golden ratio

bool isWhite(char byte)
{
    return static_cast<unsigned char>(byte) <= ' ' && (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r');
}

std::size_t digitsAt(std::string_view text, std::size_t at)
{
    std::size_t end = at;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9')
        ++end;
    return end - at;
}

quint64 codePoints(std::string_view text)
{
    return quint64(std::count_if(text.begin(), text.end(),
                                 [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

bool setTexts(QuickNode& quick, const SchemaLiterals* literals)
{
    if (!literals)
        return true;
    quick.hasTexts = true;
    if (literals->constant) {
        if (literals->listed || !literals->constant->is_string())
            return false;
        quick.texts.emplace_back(stringOf(*literals->constant));
        return true;
    }
    for (const std::string_view text : literals->texts.all())
        quick.texts.emplace_back(text);
    return quick.texts.size() <= textsLimit; // other values than texts are not known when they come
}

bool setBound(qint64& bound, const std::optional<simdjson::dom::element>& value)
{
    if (!value)
        return true;
    const auto number = value->get_int64();
    if (number.error() != simdjson::SUCCESS)
        return false;
    bound = number.value_unsafe();
    return true;
}

bool setNumbers(QuickNode& quick, const SchemaNumbers* numbers)
{
    quick.minimum = std::numeric_limits<qint64>::min();
    quick.maximum = std::numeric_limits<qint64>::max();
    if (!numbers)
        return true;
    quick.isBounded = numbers->minimum || numbers->maximum;
    return !numbers->exclusiveMinimum && !numbers->exclusiveMaximum && !numbers->multipleOf &&
           setBound(quick.minimum, numbers->minimum) && setBound(quick.maximum, numbers->maximum);
}

void setSize(quint64& least, quint64& most, const SchemaSize* size)
{
    least = size ? size->least.value_or(0) : 0;
    most = size ? size->most.value_or(noUpperLimit) : noUpperLimit;
}

bool setItems(QuickNode& quick, const SchemaItems* items)
{
    setSize(quick.leastItems, quick.mostItems, items ? &items->count : nullptr);
    if (!items)
        return true;
    quick.items = items->rest ? items->rest->quick : nullptr;
    return !items->isUnique && items->leading.empty() && !items->contains;
}

bool setMembers(QuickNode& quick, const SchemaMembers* members)
{
    setSize(quick.leastMembers, quick.mostMembers, members ? &members->count : nullptr);
    if (!members)
        return true;
    for (std::size_t i = 0; i < members->properties.size(); ++i) {
        const SchemaMembers::Property& property = members->properties[i];
        QuickNode::Property& made = quick.properties.emplace_back();
        made.name = QuickName(members->names.at(i));
        made.schema = property.schema ? property.schema->quick : nullptr;
        // Only named for `required` or `dependencies`: its value is judged as those of other members are.
        if (!property.schema && (members->additional || quick.isOpen))
            return false;
        made.isRequired = property.isRequired;
    }
    quick.requiredCount = members->requiredCount;
    quick.namesSome = members->namesSome;
    quick.forbidsOthers = members->additional && members->additional->always == false;
    quick.others = members->additional ? members->additional->quick : nullptr;
    return !members->readsNames && members->dependencies.empty() &&
           quick.properties.size() <= QuickNode::mostProperties;
}

void fill(QuickNode& quick, const Schema::Node& node)
{
    bool isKnown = !node.combinations && node.always.value_or(true);
    if (!node.always)
        quick.types = node.types;
    const SchemaTexts* texts = node.texts.get();
    setSize(quick.leastCharacters, quick.mostCharacters, texts ? &texts->length : nullptr);
    if (texts) {
        quick.format = texts->format;
        isKnown &= !texts->pattern;
    }
    isKnown &= setTexts(quick, node.literals.get());
    isKnown &= setNumbers(quick, node.numbers.get());
    isKnown &= setItems(quick, node.items.get());
    isKnown &= setMembers(quick, node.members.get());
    quick.takesAnyText =
        !quick.hasTexts && !quick.format && quick.leastCharacters == 0 && quick.mostCharacters == noUpperLimit;
    if (!isKnown)
        quick.types = 0;
    else if (quick.hasTexts) // other values than texts are not known
        quick.types &= JsonType::String;
}

/// What a node that is nothing but a `$ref`, perhaps with a type beside it, leads to.
const Schema::Node* targetOf(const Schema::Node& node)
{
    const SchemaCombinations* parts = node.combinations.get();
    const bool isReference = parts && parts->reference && parts->allOf.empty() && parts->anyOf.empty() &&
                             parts->oneOf.empty() && !parts->negated && !parts->condition && !node.literals &&
                             !node.texts && !node.numbers && !node.members && !node.items;
    return isReference ? parts->reference : nullptr;
}

} // namespace

CompiledSchema::CompiledSchema() = default;

CompiledSchema::~CompiledSchema() = default;

QuickName::QuickName(std::string_view text)
    : m_text(text)
{
    const std::size_t held = std::min(text.size(), sizeof m_head);
    std::memcpy(&m_head, text.data(), held);
    m_headMask = held == sizeof m_head ? ~quint64(0) : ~(~quint64(0) << (8 * held));
    if (text.size() >= sizeof m_tail)
        m_tail = word(text.data() + text.size() - sizeof m_tail);
}

int QuickNode::propertyNamed(std::string_view name) const
{
    const auto found = std::find_if(properties.begin(), properties.end(),
                                    [name](const Property& property) { return property.name.text() == name; });
    return found == properties.end() || properties.size() > mostProperties ? -1 : int(found - properties.begin());
}

void makeQuickNodes(CompiledSchema& compiled, std::size_t firstNode, SchemaStyle style)
{
    for (std::size_t i = firstNode; i < compiled.nodes.size(); ++i) {
        compiled.nodes[i].quick = &compiled.quickNodes.emplace_back();
        compiled.quickNodes.back().isOpen = style == SchemaStyle::Open;
    }
    const std::size_t firstQuick = compiled.quickNodes.size() - (compiled.nodes.size() - firstNode);
    for (std::size_t i = firstNode; i < compiled.nodes.size(); ++i)
        fill(compiled.quickNodes[firstQuick + i - firstNode], compiled.nodes[i]);
    // References last: what they lead to is filled now. Chains of them end, which the compiler has checked.
    for (std::size_t i = firstNode; i < compiled.nodes.size(); ++i) {
        const Schema::Node& node = compiled.nodes[i];
        quint8 types = node.types;
        const Schema::Node* target = targetOf(node);
        for (const Schema::Node* next = target; next; next = targetOf(*next)) {
            target = next;
            types &= next->always ? JsonType::Any : next->types;
        }
        if (!target || !target->quick)
            continue;
        QuickNode& quick = compiled.quickNodes[firstQuick + i - firstNode];
        quick = *target->quick;
        quick.types &= types;
    }
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
        std::fill_n(m_places.begin(), std::min(root->properties.size(), m_places.size()), 0);
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
    m_count = document.tokens.size();
    m_hasEscapes = document.hasEscapes;
    m_isParsed = document.isParsed;
    m_depth = 0;
    m_unnamed.clear();
    return m_count > 0 && value(0, root) == m_count;
}

inline std::string_view QuickCheck::bytesOf(std::size_t token) const
{
    const char* const begin = m_text + m_tokens[token];
    const char* end = m_text + m_tokens[token + 1];
    while (isWhite(end[-1])) // not below `begin`: a token is no white space
        --end;
    return {begin, std::size_t(end - begin)};
}

inline std::string_view QuickCheck::stringOf(std::size_t token) const
{
    const std::string_view bytes = bytesOf(token);
    if (bytes.size() < 2 || bytes.back() != '"')
        return {};
    const std::string_view text = bytes.substr(1, bytes.size() - 2);
    return m_hasEscapes && text.find('\\') != text.npos ? std::string_view() : text;
}

std::optional<std::string_view> QuickCheck::textAt(std::size_t token) const
{
    const std::string_view text = at(token) == '"' ? stringOf(token) : std::string_view();
    return text.data() ? std::optional(text) : std::nullopt;
}

std::optional<quint64> QuickCheck::numberAt(std::size_t token) const
{
    const std::string_view bytes = bytesOf(token);
    quint64 number = 0;
    const auto [end, error] = std::from_chars(bytes.data(), bytes.data() + bytes.size(), number);
    if (error != std::errc() || end != bytes.data() + bytes.size())
        return std::nullopt;
    return number;
}

/// The token behind the value that begins with @p token, or notKnown.
inline std::size_t QuickCheck::value(std::size_t token, const QuickNode* node)
{
    bool fits = false;
    switch (at(token)) {
    case '{':
        return object(token, node);
    case '[':
        return array(token, node);
    case '"':
        fits = isText(token, node);
        break;
    case 't':
        fits = (!node || (node->types & JsonType::Boolean) != 0) && isLiteral(token, "true");
        break;
    case 'f':
        fits = (!node || (node->types & JsonType::Boolean) != 0) && isLiteral(token, "false");
        break;
    case 'n':
        fits = (!node || node->isOpen || (node->types & JsonType::Null) != 0) && isLiteral(token, "null");
        break;
    default:
        fits = isNumber(token, node);
        break;
    }
    return fits ? token + 1 : notKnown;
}

inline bool QuickCheck::isLiteral(std::size_t token, std::string_view word) const
{
    return bytesOf(token) == word;
}

inline bool QuickCheck::isText(std::size_t token, const QuickNode* node) const
{
    const std::string_view text = stringOf(token);
    if (!text.data()) // with escapes: its characters are not known here
        return m_isParsed && (!node || ((node->types & JsonType::String) != 0 && node->takesAnyText));
    return !node || ((node->types & JsonType::String) != 0 && (node->takesAnyText || fitsText(text, *node)));
}

bool QuickCheck::fitsText(std::string_view text, const QuickNode& node) const
{
    // A character is one to four bytes: most texts need not be counted.
    if (text.size() < node.leastCharacters * 4 || text.size() > node.mostCharacters) {
        const quint64 length = codePoints(text);
        if (length < node.leastCharacters || length > node.mostCharacters)
            return false;
    }
    if (node.hasTexts) {
        const auto isIt = [text](const QuickName& known) { return known.is(text); };
        if (std::none_of(node.texts.begin(), node.texts.end(), isIt))
            return false;
    }
    return !node.format || node.format->fits(text);
}

/// RFC 8259 section 6. Exponents, long numbers and -0 are not known.
bool QuickCheck::isNumber(std::size_t token, const QuickNode* node) const
{
    const std::string_view bytes = token < m_count ? bytesOf(token) : std::string_view();
    const std::size_t first = bytes.starts_with('-') ? 1 : 0;
    const std::size_t whole = digitsAt(bytes, first);
    if (whole == 0 || whole > digitsLimit || (bytes[first] == '0' && (whole > 1 || first > 0)))
        return false;
    if (first + whole < bytes.size()) {
        const std::size_t decimals = bytes[first + whole] == '.' ? digitsAt(bytes, first + whole + 1) : 0;
        const std::string_view after = bytes.substr(first + whole);
        if (decimals == 0 || decimals + 1 != after.size() || whole + decimals > decimalDigitsLimit)
            return false;
        if (!node)
            return true;
        return after.find_first_not_of('0', 1) != after.npos && !node->isBounded &&
               (node->types & JsonType::Number) != 0;
    }
    if (!node)
        return true;
    if ((node->types & (JsonType::WrittenInteger | JsonType::Integer | JsonType::Number)) == 0)
        return false;
    if (!node->isBounded)
        return true;
    qint64 number = 0;
    std::from_chars(bytes.data(), bytes.data() + bytes.size(), number);
    return number >= node->minimum && number <= node->maximum;
}

std::size_t QuickCheck::array(std::size_t token, const QuickNode* node)
{
    if ((node && (node->types & JsonType::Array) == 0) || ++m_depth > m_depthLimit)
        return notKnown;
    const QuickNode* const items = node ? node->items : nullptr;
    quint64 count = 0;
    ++token;
    while (at(token) != ']' || count > 0) {
        token = value(token, items);
        ++count;
        if (token == notKnown || (at(token) != ',' && at(token) != ']'))
            return notKnown;
        if (at(token) == ']')
            break;
        ++token;
    }
    --m_depth;
    return !node || (count >= node->leastItems && count <= node->mostItems) ? token + 1 : notKnown;
}

std::size_t QuickCheck::object(std::size_t token, const QuickNode* node)
{
    if ((node && (node->types & JsonType::Object) == 0) || ++m_depth > m_depthLimit)
        return notKnown;
    Names names;
    names.firstUnnamed = m_unnamed.size();
    quint64 count = 0;
    ++token;
    while (at(token) != '}' || count > 0) {
        // The name, a colon, a value and what follows it.
        if (token + 3 >= m_count || byteOf(token) != '"' || byteOf(token + 1) != ':')
            return notKnown;
        const std::string_view name = stringOf(token);
        if (!name.data())
            return notKnown;
        token += 2;
        const Member member = node ? knownMember(name, token, *node, names) : anyMember(name, names);
        if (!member.isKnown)
            return notKnown;
        if (byteOf(token) == '"')
            token = isText(token, member.schema) ? token + 1 : notKnown;
        else
            token = value(token, member.schema);
        ++count;
        const char next = token == notKnown ? '\0' : at(token);
        if (next == '}')
            break;
        if (next != ',')
            return notKnown;
        ++token;
    }
    --m_depth;
    m_unnamed.resize(names.firstUnnamed);
    const bool fits =
        !node || (names.required == node->requiredCount && count >= node->leastMembers && count <= node->mostMembers);
    return fits ? token + 1 : notKnown;
}

inline QuickCheck::Member QuickCheck::knownMember(std::string_view name, std::size_t value, const QuickNode& node,
                                                  Names& names)
{
    const bool isAbsent = node.isOpen && at(value) == 'n';
    const std::size_t count = node.properties.size();
    std::size_t index = names.next;
    for (std::size_t tried = 0; tried < count; ++tried, ++index) {
        if (index == count)
            index = 0;
        const QuickNode::Property& property = node.properties[index];
        if (!property.name.is(name))
            continue;
        quint64& met = names.met[index / 64];
        const quint64 bit = quint64(1) << (index % 64);
        const bool isFirst = (met & bit) == 0;
        met |= bit;
        names.next = index + 1;
        names.required += property.isRequired && !isAbsent ? 1U : 0U;
        if (m_depth == 1)
            m_places[index] = value;
        return {isAbsent ? nullptr : property.schema, isFirst};
    }
    if (!isAbsent && (node.forbidsOthers || (node.isOpen && node.namesSome && !node.others)))
        return {};
    return {isAbsent ? nullptr : node.others, takeUnnamed(name, names)};
}

QuickCheck::Member QuickCheck::anyMember(std::string_view name, Names& names)
{
    const bool isIt = m_depth == 1 && m_rootMember && m_rootMember->is(name);
    return {isIt ? m_rootMemberSchema : nullptr, takeUnnamed(name, names)};
}

/// False: it was there already, or there are too many to compare with.
bool QuickCheck::takeUnnamed(std::string_view name, Names& names)
{
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
