// The quick form of a schema's nodes, made once when the schema is compiled.
#include "core/decode/quickcheck.h"

#include <algorithm>
#include <limits>

namespace framescope {

namespace {

constexpr quint64 noUpperLimit = std::numeric_limits<quint64>::max();
constexpr std::size_t textsLimit = 32;

/// Texts of documents are compared as they are written.
bool isWrittenPlainly(std::string_view text)
{
    return std::none_of(text.begin(), text.end(), [](char byte) {
        return static_cast<unsigned char>(byte) < ' ' || byte == '"' || byte == '\\';
    });
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
    } else {
        for (const std::string_view text : literals->texts.all())
            quick.texts.emplace_back(text);
    }
    return quick.texts.size() <= textsLimit && // other values than texts are not known when they come
           std::all_of(quick.texts.begin(), quick.texts.end(),
                       [](const QuickName& text) { return isWrittenPlainly(text.text()); });
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
        if (i == QuickNode::mostProperties)
            return false;
        made.index = quint32(i);
        made.word = made.index / 64;
        made.bit = quint64(1) << (made.index % 64);
        if (!isWrittenPlainly(made.name.text()))
            return false;
        made.schema = property.schema ? property.schema->quick : nullptr;
        // Only named for `required` or `dependencies`: its value is judged as those of other members are.
        if (!property.schema && (members->additional || quick.isOpen))
            return false;
        if (property.isRequired)
            quick.required[made.word] |= made.bit;
    }
    quick.namesSome = members->namesSome;
    quick.forbidsOthers = members->additional && members->additional->always == false;
    quick.others = members->additional ? members->additional->quick : nullptr;
    return !members->readsNames && members->dependencies.empty();
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
    quick.isMeasured = quick.leastCharacters > 0 || quick.mostCharacters < noUpperLimit;
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
    std::array<char, sizeof m_head + sizeof m_tail> written{};
    std::array<char, sizeof written> mask{};
    const std::size_t held = std::min(text.size(), written.size());
    std::copy_n(text.data(), held, written.begin());
    if (held < written.size())
        written[held] = '"';
    std::fill_n(mask.begin(), std::min(text.size() + 1, mask.size()), char(0xFF));
    m_head = word(written.data());
    m_tail = word(written.data() + sizeof m_head);
    m_headMask = word(mask.data());
    m_tailMask = word(mask.data() + sizeof m_head);
}

int QuickNode::propertyNamed(std::string_view name) const
{
    const auto found = std::find_if(properties.begin(), properties.end(),
                                    [name](const Property& property) { return property.name.text() == name; });
    return found == properties.end() || properties.size() > mostProperties ? -1 : int(found - properties.begin());
}

bool QuickNode::requiresText(std::string_view name, std::string_view text) const
{
    const int index = propertyNamed(name);
    if (index < 0)
        return false;
    const Property& property = properties[std::size_t(index)];
    return (required[property.word] & property.bit) != 0 && property.schema && property.schema->hasTexts &&
           property.schema->texts.size() == 1 && property.schema->texts.front().text() == text;
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
    for (std::size_t i = firstQuick; i < compiled.quickNodes.size(); ++i) {
        QuickNode& quick = compiled.quickNodes[i];
        quick.takesAnyText =
            (quick.types & JsonType::String) != 0 && !quick.hasTexts && !quick.format && !quick.isMeasured;
    }
}

} // namespace framescope
