#include "core/decode/quickcheck.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

namespace framescope {

namespace {

// The tape of simdjson: a word for each value, its type in the highest byte. Numbers have a second word. That at the
// beginning of an object or list holds the place behind its end and the number of members.
constexpr quint64 payloadMask = 0x00FF'FFFF'FFFF'FFFF;
constexpr quint64 mostCounted = 0xFF'FFFF;
constexpr quint64 noUpperLimit = std::numeric_limits<quint64>::max();
constexpr std::size_t notKnown = 0; ///< no value stands behind place 0
constexpr std::size_t unnamed = std::numeric_limits<std::size_t>::max();
constexpr std::size_t repeated = unnamed - 1;
constexpr std::size_t unnamedLimit = 24; ///< of one object
constexpr std::size_t textsLimit = 32;
constexpr quint64 golden = 0x9e3779b97f4a7c15ULL; // 2^64 / the golden ratio

char tagOf(quint64 word)
{
    return char(word >> 56);
}

/// The text that the parser stored there.
std::string_view viewOfStored(const std::uint8_t* stored)
{
    quint32 length = 0;
    std::memcpy(&length, stored, sizeof length);
    return {reinterpret_cast<const char*>(stored + sizeof length), length};
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
    : m_text(text.data())
    , m_size(quint32(text.size()))
{
    constexpr std::size_t lengthBytes = sizeof m_size;
    std::array<char, 2 * sizeof(quint64)> stored{};
    std::array<char, 2 * sizeof(quint64)> mask{};
    const std::size_t held = std::min<std::size_t>(text.size(), inWords);
    std::memcpy(stored.data(), &m_size, lengthBytes);
    std::memcpy(stored.data() + lengthBytes, text.data(), held);
    std::fill_n(mask.begin(), lengthBytes + held, char(0xFF));
    m_head = word(stored.data());
    m_rest = word(stored.data() + sizeof(quint64));
    m_headMask = word(mask.data());
    m_restMask = word(mask.data() + sizeof(quint64));
    if (text.size() > inWords)
        m_tail = word(text.data() + text.size() - sizeof m_tail);
}

bool QuickName::isMiddle(const std::uint8_t* stored) const
{
    return std::memcmp(m_text + inWords, stored + sizeof m_size + inWords, m_size - inWords) == 0;
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

void QuickCheck::start(const simdjson::dom::document& document)
{
    m_tape = document.tape.get();
    m_strings = document.string_buf.get();
    m_depth = 0;
    m_token = 0;
    m_unnamed.clear();
    m_rootMember = nullptr;
}

bool QuickCheck::confirms(const simdjson::dom::document& document, const Schema::Node* schema)
{
    if (schema && !schema->quick)
        return false;
    start(document);
    const QuickNode* const root = schema ? schema->quick : nullptr;
    if (root)
        std::fill_n(m_places.begin(), std::min(root->properties.size(), m_places.size()), Place());
    return value(1, root) != notKnown;
}

bool QuickCheck::confirmsMember(const simdjson::dom::document& document, const QuickName& member,
                                const Schema::Node* schema)
{
    if (schema && !schema->quick)
        return false;
    start(document);
    m_rootMember = &member;
    m_rootMemberSchema = schema ? schema->quick : nullptr;
    return value(1, nullptr) != notKnown;
}

std::optional<std::string_view> QuickCheck::textAt(Place place) const
{
    if (tagOf(m_tape[place.tape]) != '"')
        return std::nullopt;
    return viewOfStored(storedAt(place.tape));
}

std::optional<quint64> QuickCheck::numberAt(Place place) const
{
    const char tag = tagOf(m_tape[place.tape]);
    const quint64 number = m_tape[place.tape + 1];
    if (tag != 'u' && (tag != 'l' || number > quint64(std::numeric_limits<qint64>::max())))
        return std::nullopt;
    return number;
}

inline const std::uint8_t* QuickCheck::storedAt(std::size_t at) const
{
    return m_strings + (m_tape[at] & payloadMask);
}

/// The place behind the value at @p at, or notKnown. m_token goes along: a value is a token, and so are the end of an
/// object or list, ':' and ','.
inline std::size_t QuickCheck::value(std::size_t at, const QuickNode* node)
{
    const char tag = tagOf(m_tape[at]);
    if (tag == '{')
        return object(at, node);
    if (tag == '[')
        return array(at, node);
    if (node && !fitsScalar(at, *node))
        return notKnown;
    ++m_token;
    return at + (tag == 'l' || tag == 'u' || tag == 'd' ? 2 : 1);
}

inline bool QuickCheck::fitsScalar(std::size_t at, const QuickNode& node) const
{
    switch (tagOf(m_tape[at])) {
    case '"':
        return (node.types & JsonType::String) != 0 && (node.takesAnyText || fitsText(at, node));
    case 't':
    case 'f':
        return (node.types & JsonType::Boolean) != 0;
    case 'n':
        return node.isOpen || (node.types & JsonType::Null) != 0;
    default:
        return fitsNumber(at, node);
    }
}

bool QuickCheck::fitsText(std::size_t at, const QuickNode& node) const
{
    const std::uint8_t* const stored = storedAt(at);
    const std::string_view text = viewOfStored(stored);
    // A character is one to four bytes: most texts need not be counted.
    if (text.size() < node.leastCharacters * 4 || text.size() > node.mostCharacters) {
        const quint64 length = codePoints(text);
        if (length < node.leastCharacters || length > node.mostCharacters)
            return false;
    }
    if (node.hasTexts) {
        const auto isIt = [stored](const QuickName& known) { return known.is(stored); };
        if (std::none_of(node.texts.begin(), node.texts.end(), isIt))
            return false;
    }
    return !node.format || node.format->fits(text);
}

inline bool QuickCheck::fitsNumber(std::size_t at, const QuickNode& node) const
{
    const char tag = tagOf(m_tape[at]);
    if (tag == 'd') {
        double number = 0;
        std::memcpy(&number, &m_tape[at + 1], sizeof number);
        return !node.isBounded && (jsonTypesOf(number) & node.types) != 0;
    }
    if ((node.types & (JsonType::WrittenInteger | JsonType::Integer | JsonType::Number)) == 0)
        return false;
    const qint64 number = qint64(m_tape[at + 1]);
    return !node.isBounded || (tag == 'l' && number >= node.minimum && number <= node.maximum);
}

std::size_t QuickCheck::array(std::size_t at, const QuickNode* node)
{
    const quint64 opening = m_tape[at];
    const std::size_t end = std::size_t(opening & 0xFFFF'FFFF) - 1;
    const QuickNode* items = nullptr;
    if (node) {
        const quint64 count = (opening >> 32) & mostCounted;
        if ((node->types & JsonType::Array) == 0 || count == mostCounted || count < node->leastItems ||
            count > node->mostItems)
            return notKnown;
        items = node->items;
    }
    if (++m_depth > m_depthLimit)
        return notKnown;
    m_token += ++at == end ? 2 : 1; // of each element counts what follows it
    for (; at < end; ++m_token) {
        at = value(at, items);
        if (at == notKnown)
            return notKnown;
    }
    --m_depth;
    return end + 1;
}

std::size_t QuickCheck::object(std::size_t at, const QuickNode* node)
{
    const quint64 opening = m_tape[at];
    const std::size_t end = std::size_t(opening & 0xFFFF'FFFF) - 1;
    if (node) {
        const quint64 count = (opening >> 32) & mostCounted;
        if ((node->types & JsonType::Object) == 0 || count < node->leastMembers || count > node->mostMembers)
            return notKnown;
    }
    if (++m_depth > m_depthLimit)
        return notKnown;
    const std::size_t firstUnnamed = m_unnamed.size();
    m_token += ++at == end ? 2 : 1; // of each member counts what follows it
    at = node ? knownMembers(at, end, *node) : anyMembers(at, end);
    --m_depth;
    m_unnamed.resize(firstUnnamed);
    return at;
}

std::size_t QuickCheck::knownMembers(std::size_t at, std::size_t end, const QuickNode& node)
{
    const bool isRoot = m_depth == 1;
    Names names;
    names.firstUnnamed = m_unnamed.size();
    for (; at < end; ++m_token) {
        const std::size_t found = take(storedAt(at), node, names);
        ++at;
        m_token += 2; // the name and its colon
        const bool isAbsent = node.isOpen && tagOf(m_tape[at]) == 'n';
        const QuickNode* schema = nullptr;
        if (found == repeated)
            return notKnown;
        if (found == unnamed) {
            if (!isAbsent && (node.forbidsOthers || (node.isOpen && node.namesSome && !node.others)))
                return notKnown;
            schema = node.others;
        } else {
            schema = node.properties[found].schema;
            names.required += node.properties[found].isRequired && !isAbsent ? 1U : 0U;
            if (isRoot)
                m_places[found] = {quint32(at), m_token};
        }
        at = value(at, isAbsent ? nullptr : schema);
        if (at == notKnown)
            return notKnown;
    }
    return names.required == node.requiredCount ? end + 1 : notKnown;
}

std::size_t QuickCheck::anyMembers(std::size_t at, std::size_t end)
{
    const QuickName* const member = m_depth == 1 ? m_rootMember : nullptr;
    Names names;
    names.firstUnnamed = m_unnamed.size();
    for (; at < end; ++m_token) {
        const std::uint8_t* const name = storedAt(at++);
        m_token += 2;
        if (!takeUnnamed(name, names))
            return notKnown;
        at = value(at, member && member->is(name) ? m_rootMemberSchema : nullptr);
        if (at == notKnown)
            return notKnown;
    }
    return end + 1;
}

inline std::size_t QuickCheck::take(const std::uint8_t* name, const QuickNode& node, Names& names)
{
    const std::size_t count = node.properties.size();
    std::size_t index = names.next;
    for (std::size_t tried = 0; tried < count; ++tried, ++index) {
        if (index == count)
            index = 0;
        if (!node.properties[index].name.is(name))
            continue;
        quint64& met = names.met[index / 64];
        const quint64 bit = quint64(1) << (index % 64);
        const bool isFirst = (met & bit) == 0;
        met |= bit;
        names.next = index + 1;
        return isFirst ? index : repeated;
    }
    return takeUnnamed(name, names) ? unnamed : repeated;
}

/// False: it was there already, or there are too many to compare with.
bool QuickCheck::takeUnnamed(const std::uint8_t* name, Names& names)
{
    // One bit of 64 by length and first and last bytes: equal names have the same.
    const std::string_view text = viewOfStored(name);
    quint64 head = 0;
    quint64 tail = 0;
    std::memcpy(&head, name, sizeof head);
    if (text.size() < sizeof(quint32))
        head &= ~(~quint64(0) << (8 * (sizeof(quint32) + text.size())));
    else
        std::memcpy(&tail, text.data() + text.size() - sizeof(quint32), sizeof(quint32));
    const quint64 bit = quint64(1) << (((head ^ std::rotl(tail, 29)) * golden) >> 58);
    if ((names.unnamedBits & bit) != 0) {
        for (std::size_t i = names.firstUnnamed; i < m_unnamed.size(); ++i) {
            if (viewOfStored(m_unnamed[i]) == text)
                return false;
        }
    }
    names.unnamedBits |= bit;
    m_unnamed.push_back(name);
    return m_unnamed.size() - names.firstUnnamed <= unnamedLimit;
}

} // namespace framescope
