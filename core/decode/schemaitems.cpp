// Reading and checking `items`, `prefixItems`, `additionalItems`, `contains`, `uniqueItems` and the counts: draft-07
// validation, section 6.4; 2020-12 core, section 10.3.1, and validation, section 6.4.
#include "core/decode/schemacompiler.h"
#include "core/decode/schemavalidator.h"

namespace framescope {

namespace {

using simdjson::dom::element;

/// Above it, the memory for comparing items is given back.
constexpr std::size_t keptItems = 16 * 1024;
/// So few are compared one with another.
constexpr std::size_t pairwiseLimit = 16;

} // namespace

template <bool isLeast>
void SchemaCompiler::readItemCount(Node& node, Element value, const QByteArray& at)
{
    readSize(schemaGroup(node.items).count, isLeast, value, at);
}

template <bool isLeast>
void SchemaCompiler::readContaining(Node& node, Element value, const QByteArray& at)
{
    readSize(schemaGroup(node.items).containing, isLeast, value, at);
}

template void SchemaCompiler::readItemCount<true>(Node&, Element, const QByteArray&);
template void SchemaCompiler::readItemCount<false>(Node&, Element, const QByteArray&);
template void SchemaCompiler::readContaining<true>(Node&, Element, const QByteArray&);
template void SchemaCompiler::readContaining<false>(Node&, Element, const QByteArray&);

void SchemaCompiler::readUniqueItems(Node& node, Element value, const QByteArray& at)
{
    if (!value.is_bool())
        fail(ErrorCode::Parse, QStringLiteral("\"uniqueItems\" is a boolean"), at);
    else
        schemaGroup(node.items).isUnique = value.get_bool().value_unsafe();
}

/// One schema for all items, or, before 2020-12, a list of schemas for the first ones.
void SchemaCompiler::readItems(Node& node, Element value, const QByteArray& at)
{
    SchemaItems& items = schemaGroup(node.items);
    if (!value.is_array()) {
        items.rest = this->node(value, at);
        items.restIsAdditional = m_dialect == SchemaDialect::Draft202012;
        return;
    }
    if (m_dialect == SchemaDialect::Draft202012 && !isOpen()) {
        fail(ErrorCode::Unsupported, QStringLiteral("a list under \"items\" is \"prefixItems\" in 2020-12"), at);
        return;
    }
    items.isListed = true;
    int index = 0;
    for (const Element schema : arrayOf(value))
        items.leading.push_back(this->node(schema, at + '/' + QByteArray::number(index++)));
}

void SchemaCompiler::readPrefixItems(Node& node, Element value, const QByteArray& at)
{
    schemaGroup(node.items).leading = schemaList(value, at);
}

void SchemaCompiler::readAdditionalItems(Node& node, Element value, const QByteArray& at)
{
    schemaGroup(node.items).additional = this->node(value, at);
}

void SchemaCompiler::readContains(Node& node, Element value, const QByteArray& at)
{
    schemaGroup(node.items).contains = this->node(value, at);
}

void SchemaCompiler::finishItems(Node& node)
{
    SchemaItems* items = node.items.get();
    if (!items || !items->isListed)
        return;
    items->rest = items->additional;
    items->restIsAdditional = true;
}

bool SchemaValidator::checkArray(const Node& node, simdjson::dom::array array)
{
    const SchemaItems& items = *node.items;
    bool good = true;
    if (items.rest || !items.leading.empty())
        good = checkEachItem(items, array);
    if (m_gaveUp || (!good && m_quiet > 0))
        return false;
    if (items.count.isSet())
        good &= checkSize(node, items.count, jsonCount(array), {"minItems", "maxItems"});
    if (items.contains)
        good &= checkContains(node, array);
    return (!items.isUnique || checkUnique(node, array)) && good;
}

bool SchemaValidator::checkEachItem(const SchemaItems& items, simdjson::dom::array array)
{
    bool good = true;
    const int shared = std::exchange(m_shared, 0); // each item is a value of its own
    m_path.push_back({{}, 0});
    for (const Element item : array) {
        const std::size_t index = std::size_t(m_path.back().index);
        const Node* schema = index < items.leading.size() ? items.leading[index] : items.rest;
        if (!schema)
            break;
        if (items.restIsAdditional && schema == items.rest && schema->always == false) {
            good = fail(FindingId::SchemaAdditional, *schema, "", [&] {
                return "no more than " + QByteArray::number(qulonglong(items.leading.size())) + " items";
            });
            if (--m_budget < 0)
                giveUp(*schema);
        } else {
            good &= check(*schema, Subject(item));
        }
        if (m_gaveUp || (!good && m_quiet > 0))
            break;
        ++m_path.back().index;
    }
    m_path.pop_back();
    m_shared = shared;
    return good;
}

bool SchemaValidator::checkContains(const Node& node, simdjson::dom::array array)
{
    const SchemaItems& items = *node.items;
    const quint64 least = items.containing.least.value_or(1);
    const quint64 enough = items.containing.most ? *items.containing.most + 1 : least;
    quint64 fitting = 0;
    ++m_quiet;
    for (const Element item : array) {
        if (fitting >= enough || m_gaveUp)
            break;
        fitting += check(*items.contains, Subject(item)) ? 1 : 0;
    }
    --m_quiet;
    if (m_gaveUp)
        return false;
    if (items.containing.isSet() && (fitting > 0 || least == 0))
        return checkSize(node, items.containing, fitting, {"minContains", "maxContains"});
    return fitting >= least || fail(
                                   FindingId::SchemaOther, node, "contains",
                                   [] { return QByteArray("an item that fits"); }, "none of them does");
}

bool SchemaValidator::checkUnique(const Node& node, simdjson::dom::array array)
{
    m_items.clear();
    if (jsonCount(array) <= pairwiseLimit) {
        for (const Element item : array)
            m_items.push_back({jsonHash(item, m_budget), item});
    } else {
        keepSuspects(array);
    }
    const std::optional<std::size_t> second =
        m_items.size() <= pairwiseLimit ? repeatedAmongFew() : repeatedAmongMany();
    if (m_budget < 0)
        return giveUp(node);
    if (second && wants(FindingId::SchemaUnique))
        report(FindingId::SchemaUnique, node, "uniqueItems", "items that differ",
               "twice: " + jsonEvidence(m_items[*second].value));
    if (m_items.capacity() > keptItems || m_marks.capacity() > keptItems) {
        m_items = {};
        m_slots = {};
        m_marks = {};
    }
    return !second;
}

/// Keeps the items whose hash shares its last bits with that of another one: a bit for each hash that was seen, and one
/// for each that was seen again. Looking twice takes a fraction of the memory, and of the time, of keeping all.
void SchemaValidator::keepSuspects(simdjson::dom::array array)
{
    constexpr std::size_t bitsPerItem = 16;
    std::size_t bits = 1024;
    while (bits < bitsPerItem * array.size())
        bits *= 2;
    const std::size_t words = bits / 64;
    m_marks.assign(2 * words, 0);
    const auto wordOf = [bits](quint64 hash) { return std::size_t(hash & (bits - 1)) / 64; };
    for (const Element item : array) {
        const quint64 hash = jsonHash(item, m_budget);
        const quint64 bit = quint64(1) << (hash % 64);
        m_marks[words + wordOf(hash)] |= m_marks[wordOf(hash)] & bit;
        m_marks[wordOf(hash)] |= bit;
        if (m_budget < 0)
            return;
    }
    for (const Element item : array) {
        const quint64 hash = jsonHash(item, m_budget);
        if ((m_marks[words + wordOf(hash)] >> (hash % 64) & 1) != 0)
            m_items.push_back({hash, item});
        if (m_budget < 0)
            return;
    }
}

/// The index of an item that equals an earlier one.
std::optional<std::size_t> SchemaValidator::repeatedAmongFew()
{
    for (std::size_t i = 1; i < m_items.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (m_items[i].hash == m_items[j].hash && jsonEqual(m_items[i].value, m_items[j].value, m_budget))
                return i;
        }
    }
    return std::nullopt;
}

std::optional<std::size_t> SchemaValidator::repeatedAmongMany()
{
    std::size_t size = 64;
    while (size < 2 * m_items.size())
        size *= 2;
    m_slots.assign(size, 0); // index + 1
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        std::size_t slot = std::size_t(m_items[i].hash) & (size - 1);
        for (; m_slots[slot] != 0; slot = (slot + 1) & (size - 1)) {
            const HashedItem& other = m_items[m_slots[slot] - 1];
            if (other.hash == m_items[i].hash && jsonEqual(other.value, m_items[i].value, m_budget))
                return i;
        }
        m_slots[slot] = quint32(i + 1);
    }
    return std::nullopt;
}

} // namespace framescope
