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

quint64 loaded(const char* text)
{
    quint64 word = 0;
    std::memcpy(&word, text, sizeof word);
    return word;
}

quint64 codePoints(std::string_view text)
{
    return quint64(std::count_if(text.begin(), text.end(),
                                 [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

/// Copies of schema texts, since a name is read in whole words.
QuickName keptName(QuickNode& node, std::string_view text)
{
    QByteArray padded(text.data(), qsizetype(text.size()));
    padded.resize(padded.size() + qsizetype(sizeof(quint64)));
    node.kept.append(padded);
    return {node.kept.back().constData(), quint32(text.size())};
}

bool setTexts(QuickNode& quick, const SchemaLiterals* literals)
{
    if (!literals)
        return true;
    quick.hasTexts = true;
    if (literals->constant) {
        if (literals->listed || !literals->constant->is_string())
            return false;
        quick.texts.push_back(keptName(quick, stringOf(*literals->constant)));
        return true;
    }
    for (const std::string_view text : literals->texts.all())
        quick.texts.push_back(keptName(quick, text));
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
    return !numbers->exclusiveMinimum && !numbers->exclusiveMaximum && !numbers->multipleOf &&
           setBound(quick.minimum, numbers->minimum) && setBound(quick.maximum, numbers->maximum);
}

void setSize(quint64& least, quint64& most, const SchemaSize* size)
{
    least = size ? size->least.value_or(0) : 0;
    most = size ? size->most.value_or(std::numeric_limits<quint64>::max()) : std::numeric_limits<quint64>::max();
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
        made.name = keptName(quick, members->names.at(i));
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
    if (node.always) {
        quick.isKnown = *node.always;
        quick.types = JsonType::Any;
    } else {
        quick.types = node.types;
    }
    if (const SchemaTexts* texts = node.texts.get()) {
        setSize(quick.leastCharacters, quick.mostCharacters, &texts->length);
        quick.format = texts->format;
        quick.isKnown = !texts->pattern;
    } else {
        setSize(quick.leastCharacters, quick.mostCharacters, nullptr);
    }
    quick.isKnown &= !node.combinations;
    quick.isKnown &= setTexts(quick, node.literals.get());
    quick.isKnown &= setNumbers(quick, node.numbers.get());
    quick.isKnown &= setItems(quick, node.items.get());
    quick.isKnown &= setMembers(quick, node.members.get());
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

QuickName::QuickName(const char* text, quint32 size)
    : m_head(loaded(text))
    , m_text(text)
    , m_size(size)
{
    constexpr quint32 word = sizeof m_head;
    if (size < word)
        m_head &= ~(~quint64(0) << (size * 8));
    else
        m_tail = loaded(text + size - word);
}

quint64 QuickName::bit() const
{
    return quint64(1) << (((m_head ^ std::rotl(m_tail, 29) ^ m_size) * golden) >> 58);
}

bool QuickName::hasSameMiddle(const QuickName& other) const
{
    constexpr quint32 word = sizeof m_head;
    return std::memcmp(m_text + word, other.m_text + word, m_size - 2 * word) == 0;
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
        quick.types = types;
    }
}

void QuickCheck::start(const simdjson::dom::document& document)
{
    m_tape = document.tape.get();
    m_strings = document.string_buf.get();
    m_depth = 0;
    m_unnamed.clear();
    m_rootMember.reset();
}

bool QuickCheck::confirms(const simdjson::dom::document& document, const Schema::Node* schema)
{
    if (schema && !schema->quick)
        return false;
    start(document);
    return value(1, schema ? schema->quick : nullptr) != notKnown;
}

bool QuickCheck::confirmsMember(const simdjson::dom::document& document, const QuickName& member,
                                const Schema::Node* schema)
{
    if (schema && !schema->quick)
        return false;
    start(document);
    m_rootMember = member;
    m_rootMemberSchema = schema ? schema->quick : nullptr;
    return value(1, nullptr) != notKnown;
}

std::string_view QuickCheck::textAt(std::size_t at) const
{
    const std::uint8_t* const text = m_strings + (m_tape[at] & payloadMask);
    quint32 length = 0;
    std::memcpy(&length, text, sizeof length);
    return {reinterpret_cast<const char*>(text + sizeof length), length};
}

/// The place behind the value at @p at, or notKnown.
std::size_t QuickCheck::value(std::size_t at, const QuickNode* node)
{
    const char tag = tagOf(m_tape[at]);
    const bool isNumber = tag == 'l' || tag == 'u' || tag == 'd';
    if (tag == '{')
        return object(at, node);
    if (tag == '[')
        return array(at, node);
    if (!node)
        return at + (isNumber ? 2 : 1);
    if (tag == 'n' && node->isOpen)
        return at + 1;
    if (!node->isKnown || (node->hasTexts && tag != '"'))
        return notKnown;
    switch (tag) {
    case '"':
        return fitsText(at, *node) ? at + 1 : notKnown;
    case 't':
    case 'f':
        return (node->types & JsonType::Boolean) != 0 ? at + 1 : notKnown;
    case 'n':
        return (node->types & JsonType::Null) != 0 ? at + 1 : notKnown;
    default:
        return fitsNumber(at, *node) ? at + 2 : notKnown;
    }
}

bool QuickCheck::fitsText(std::size_t at, const QuickNode& node) const
{
    if ((node.types & JsonType::String) == 0)
        return false;
    const std::string_view text = textAt(at);
    // A character is one to four bytes: most texts need not be counted.
    if (text.size() < node.leastCharacters * 4 || text.size() > node.mostCharacters) {
        const quint64 length = codePoints(text);
        if (length < node.leastCharacters || length > node.mostCharacters)
            return false;
    }
    if (node.hasTexts) {
        const QuickName name(text.data(), quint32(text.size()));
        if (std::find(node.texts.begin(), node.texts.end(), name) == node.texts.end())
            return false;
    }
    return !node.format || node.format->fits(text);
}

bool QuickCheck::fitsNumber(std::size_t at, const QuickNode& node) const
{
    const char tag = tagOf(m_tape[at]);
    const bool isBounded =
        node.minimum != std::numeric_limits<qint64>::min() || node.maximum != std::numeric_limits<qint64>::max();
    if (tag == 'd') {
        double number = 0;
        std::memcpy(&number, &m_tape[at + 1], sizeof number);
        return !isBounded && (jsonTypesOf(number) & node.types) != 0;
    }
    if ((node.types & (JsonType::WrittenInteger | JsonType::Integer | JsonType::Number)) == 0)
        return false;
    const qint64 number = qint64(m_tape[at + 1]);
    return !isBounded || (tag == 'l' && number >= node.minimum && number <= node.maximum);
}

std::size_t QuickCheck::array(std::size_t at, const QuickNode* node)
{
    const quint64 opening = m_tape[at];
    const std::size_t end = std::size_t(opening & 0xFFFF'FFFF) - 1;
    const QuickNode* items = nullptr;
    if (node) {
        const quint64 count = (opening >> 32) & mostCounted;
        if (!node->isKnown || node->hasTexts || (node->types & JsonType::Array) == 0 || count == mostCounted ||
            count < node->leastItems || count > node->mostItems)
            return notKnown;
        items = node->items;
    }
    if (++m_depth > m_depthLimit)
        return notKnown;
    for (++at; at < end;) {
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
        if (!node->isKnown || node->hasTexts || (node->types & JsonType::Object) == 0 || count < node->leastMembers ||
            count > node->mostMembers)
            return notKnown;
    }
    if (++m_depth > m_depthLimit)
        return notKnown;
    const bool isRoot = m_depth == 1 && m_rootMember;
    Names names;
    names.firstUnnamed = m_unnamed.size();
    for (++at; at < end;) {
        const std::string_view text = textAt(at++);
        const QuickName name(text.data(), quint32(text.size()));
        const bool isAbsent = node && node->isOpen && tagOf(m_tape[at]) == 'n';
        const std::size_t found = take(name, node, names);
        const QuickNode* schema = nullptr;
        if (found == repeated)
            return notKnown;
        if (found == unnamed) {
            if (node && !isAbsent && (node->forbidsOthers || (node->isOpen && node->namesSome && !node->others)))
                return notKnown;
            schema = node ? node->others : isRoot && name == *m_rootMember ? m_rootMemberSchema : nullptr;
        } else {
            schema = node->properties[found].schema;
            names.required += node->properties[found].isRequired && !isAbsent ? 1U : 0U;
        }
        at = value(at, isAbsent ? nullptr : schema);
        if (at == notKnown)
            return notKnown;
    }
    --m_depth;
    m_unnamed.resize(names.firstUnnamed);
    return !node || names.required == node->requiredCount ? end + 1 : notKnown;
}

std::size_t QuickCheck::take(const QuickName& name, const QuickNode* node, Names& names)
{
    const std::size_t count = node ? node->properties.size() : 0;
    std::size_t index = names.next;
    for (std::size_t tried = 0; tried < count; ++tried, ++index) {
        if (index == count)
            index = 0;
        if (!(node->properties[index].name == name))
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
bool QuickCheck::takeUnnamed(const QuickName& name, Names& names)
{
    const quint64 bit = name.bit();
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
