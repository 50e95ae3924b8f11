#include "core/decode/schemavalidator.h"

#include <algorithm>
#include <cmath>

namespace framescope {

namespace {

using Element = simdjson::dom::element;

/// Visits of schema nodes: enough for any honest schema, an end for one whose alternatives multiply.
constexpr qint64 budgetBase = 100'000;
constexpr qint64 budgetPerByte = 16;

quint64 codePoints(std::string_view text)
{
    quint64 count = 0;
    for (const char byte : text)
        count += (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U ? 1 : 0;
    return count;
}

/// Without case, and with '-', '.' and '_' for the same letter: "transfer.conference", "TRANSFER_CONFERENCE".
bool isSameWord(std::string_view a, std::string_view b)
{
    const auto folded = [](char letter) {
        return letter == '-' || letter == '.' ? '_' : letter >= 'A' && letter <= 'Z' ? char(letter | 0x20) : letter;
    };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return folded(x) == folded(y); });
}

QByteArray jsonText(Element value)
{
    const std::string text = simdjson::minify(value);
    return QByteArray(text.data(), qsizetype(std::min(text.size(), std::size_t(evidenceLimit) + 1)));
}

bool isMultiple(Element value, Element of)
{
    const long double number = jsonNumber(value);
    const long double step = jsonNumber(of);
    if ((jsonTypesOf(value) & jsonTypesOf(of) & JsonType::Integer) != 0)
        return std::fmod(number, step) == 0;
    // Decimal fractions have no exact binary form: 0.3 is a multiple of 0.1 for people, and for JSON Schema.
    const long double quotient = number / step;
    return std::isfinite(quotient) &&
           std::fabs(quotient - std::round(quotient)) <= 1e-9L * std::max<long double>(1, std::fabs(quotient));
}

} // namespace

void SchemaValidator::start(const JsonReader& reader, FindingCollector& findings, SchemaStyle style)
{
    m_reader = &reader;
    m_findings = &findings;
    m_path.clear();
    m_isOpen = style == SchemaStyle::Open;
    m_shared = 0;
    m_quiet = 0;
    m_gaveUp = false;
    m_budget = budgetBase + budgetPerByte * reader.text().size();
}

void SchemaValidator::run(const Schema::Node& schema, const JsonReader& reader, FindingCollector& findings)
{
    start(reader, findings, SchemaStyle::Strict);
    check(schema, reader.root());
}

void SchemaValidator::runOpen(const Schema::Node& schema, const JsonReader& reader, std::string_view member,
                              Element value, FindingCollector& findings)
{
    start(reader, findings, SchemaStyle::Open);
    m_path.push_back({member, -1});
    check(schema, value);
}

template <typename Expected>
bool SchemaValidator::fail(FindingId id, const Node& node, const char* keyword, Expected expected, QByteArray actual)
{
    if (m_quiet > 0 || !m_findings->wants(id))
        return false;
    const ByteRange range = m_reader->locator().find(m_path);
    if (actual.isNull() && !range.isNull())
        actual = cutEvidence(m_reader->locator().bytes(range));
    m_findings->add({.id = id,
                     .range = range,
                     .pointer = pointerText(m_path),
                     .schemaPointer = node.pointer + '/' + keyword,
                     .expected = expected(),
                     .actual = std::move(actual)});
    return false;
}

bool SchemaValidator::check(const Node& node, Element value)
{
    if (--m_budget < 0) {
        if (!m_gaveUp && m_findings->wants(FindingId::SchemaOther)) {
            m_findings->add({.id = FindingId::SchemaOther,
                             .range = {},
                             .pointer = pointerText(m_path),
                             .schemaPointer = node.pointer,
                             .expected = "a schema that is checked in a bounded number of steps",
                             .actual = "given up"});
        }
        m_gaveUp = true;
        return false;
    }
    if (m_isOpen && value.is_null()) // as good as absent
        return true;
    if (node.always) {
        return *node.always || fail(FindingId::SchemaOther, node, "", [] { return QByteArray("no value at all"); });
    }
    if (node.types != JsonType::Any && (node.types & jsonTypesOf(value)) == 0) {
        return fail(FindingId::SchemaType, node, "type",
                    [&] { return jsonTypeNames(node.types); }); // the rest would only repeat it
    }
    bool good = !node.hasLiterals || checkLiterals(node, value);
    m_shared += node.sharesMembers ? 1 : 0;
    switch (value.type()) {
    case simdjson::dom::element_type::OBJECT:
        good &= checkObject(node, objectOf(value));
        break;
    case simdjson::dom::element_type::ARRAY:
        good &= checkArray(node, arrayOf(value));
        break;
    case simdjson::dom::element_type::STRING:
        good &= !node.length.isSet() || checkText(node, value);
        break;
    case simdjson::dom::element_type::INT64:
    case simdjson::dom::element_type::UINT64:
    case simdjson::dom::element_type::DOUBLE:
        good &= !node.boundsNumbers || checkNumber(node, value);
        break;
    default:
        break;
    }
    if (node.combines && (good || m_quiet == 0))
        good &= checkCombinations(node, value);
    m_shared -= node.sharesMembers ? 1 : 0;
    return good;
}

bool SchemaValidator::checkLiterals(const Node& node, Element value)
{
    bool good = true;
    const auto constant = [&] { return jsonText(*node.constant); };
    if (node.constant && !jsonEqual(value, *node.constant))
        good = m_isOpen ? note(FindingId::EnumUnknown, node, "const", constant)
                        : fail(FindingId::SchemaConst, node, "const", constant);
    return node.enumeration.empty() ? good : checkEnum(node, value) && good;
}

bool SchemaValidator::checkEnum(const Node& node, Element value)
{
    const bool isText = value.is_string();
    const bool isListed = isText ? std::find(node.texts.begin(), node.texts.end(), stringOf(value)) != node.texts.end()
                                 : std::any_of(node.enumeration.begin(), node.enumeration.end(),
                                               [value](Element listed) { return jsonEqual(value, listed); });
    if (isListed)
        return true;
    const auto listed = [&] {
        QByteArray text;
        for (const Element each : node.enumeration) {
            if (text.size() > evidenceLimit)
                break;
            text += (text.isEmpty() ? "" : ", ") + jsonText(each);
        }
        return text;
    };
    if (!m_isOpen)
        return fail(FindingId::SchemaEnum, node, "enum", listed);
    // The service has two spellings of many values, "inbound" and "INBOUND": neither is news.
    const bool isSpelling = isText && std::any_of(node.texts.begin(), node.texts.end(), [&](std::string_view text) {
                                return isSameWord(text, stringOf(value));
                            });
    return isSpelling || note(FindingId::EnumUnknown, node, "enum", listed);
}

bool SchemaValidator::checkNumber(const Node& node, Element value)
{
    const long double number = jsonNumber(value);
    bool good = true;
    const auto require = [&](bool holds, const char* keyword, const char* words, const std::optional<Element>& bound) {
        if (!holds)
            good = fail(FindingId::SchemaRange, node, keyword, [&] { return words + jsonText(*bound); });
    };
    require(!node.minimum || number >= jsonNumber(*node.minimum), "minimum", "at least ", node.minimum);
    require(!node.maximum || number <= jsonNumber(*node.maximum), "maximum", "at most ", node.maximum);
    require(!node.exclusiveMinimum || number > jsonNumber(*node.exclusiveMinimum), "exclusiveMinimum", "more than ",
            node.exclusiveMinimum);
    require(!node.exclusiveMaximum || number < jsonNumber(*node.exclusiveMaximum), "exclusiveMaximum", "less than ",
            node.exclusiveMaximum);
    require(!node.multipleOf || isMultiple(value, *node.multipleOf), "multipleOf", "a multiple of ", node.multipleOf);
    return good;
}

bool SchemaValidator::checkText(const Node& node, Element value)
{
    return checkSize(node, node.length, codePoints(stringOf(value)), "minLength", "maxLength");
}

bool SchemaValidator::checkSize(const Node& node, Node::Size size, quint64 actual, const char* least, const char* most)
{
    const auto counted = [&] { return QByteArray::number(actual); };
    if (size.least && actual < *size.least)
        return fail(
            FindingId::SchemaLength, node, least, [&] { return "at least " + QByteArray::number(*size.least); },
            counted());
    if (size.most && actual > *size.most)
        return fail(
            FindingId::SchemaLength, node, most, [&] { return "at most " + QByteArray::number(*size.most); },
            counted());
    return true;
}

bool SchemaValidator::checkArray(const Node& node, simdjson::dom::array array)
{
    bool good = true;
    if (node.items) {
        m_path.push_back({{}, 0});
        for (const Element item : array) {
            good &= check(*node.items, item);
            if (m_gaveUp || (!good && m_quiet > 0))
                break;
            ++m_path.back().index;
        }
        m_path.pop_back();
    }
    if (node.itemCount.isSet()) { // counted by hand: the parser's own count saturates at 2^24
        quint64 count = 0;
        for ([[maybe_unused]] const Element item : array)
            ++count;
        good &= checkSize(node, node.itemCount, count, "minItems", "maxItems");
    }
    return (!node.uniqueItems || checkUnique(node, array)) && good;
}

bool SchemaValidator::checkUnique(const Node& node, simdjson::dom::array array)
{
    m_hashes.clear();
    for (const Element item : array)
        m_hashes.emplace_back(jsonHash(item), item);
    std::sort(m_hashes.begin(), m_hashes.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    const auto same = std::adjacent_find(m_hashes.begin(), m_hashes.end(), [](const auto& a, const auto& b) {
        return a.first == b.first && jsonEqual(a.second, b.second);
    });
    return same == m_hashes.end() ||
           fail(
               FindingId::SchemaUnique, node, "uniqueItems", [] { return QByteArray("items that differ"); },
               "twice: " + jsonText(same->second));
}

bool SchemaValidator::checkObject(const Node& node, simdjson::dom::object object)
{
    bool good = true;
    if (node.readsMembers) {
        MembersSeen seen;
        for (const auto [name, value] : object) {
            good &= checkMember(node, name, value, seen);
            if (m_gaveUp || (!good && m_quiet > 0))
                return false;
        }
        if (seen.requiredCount < node.requiredCount)
            good &= checkRequired(node, object, seen.required);
    }
    if (node.memberCount.isSet()) {
        quint64 count = 0;
        for ([[maybe_unused]] const auto field : object)
            ++count;
        good &= checkSize(node, node.memberCount, count, "minProperties", "maxProperties");
    }
    return good;
}

bool SchemaValidator::checkMember(const Node& node, std::string_view name, Element value, MembersSeen& seen)
{
    if (m_isOpen && value.is_null())
        return true;
    const std::size_t count = node.properties.size();
    const Node* schema = node.additional;
    bool isNamed = false;
    bool isRepeated = false;
    for (std::size_t i = 0, at = seen.nextProperty; i < count; ++i, ++at) {
        at = at >= count ? 0 : at;
        const Node::Property& property = node.properties[at];
        if (property.name != name)
            continue;
        seen.nextProperty = at + 1;
        if (property.required >= 0 && !seen.required.test(std::size_t(property.required))) {
            seen.required.set(std::size_t(property.required));
            ++seen.requiredCount;
        }
        if (property.schema) {
            schema = property.schema;
            isNamed = true;
        }
        if (at < seen.named.size()) {
            isRepeated = seen.named.test(at);
            seen.named.set(at);
        }
        break;
    }
    const bool isUnknown = !isNamed && (schema ? schema->always == false : m_isOpen && node.namesMembers);
    if (!schema && !isUnknown && !isRepeated)
        return true;
    m_path.push_back({name, -1});
    if (isRepeated)
        reportRepeated();
    const int shared = m_shared;
    m_shared = isUnknown ? shared : 0; // the member is a value of its own
    const bool good = isUnknown ? checkUnnamed(node) : !schema || check(*schema, value);
    m_shared = shared;
    m_path.pop_back();
    return good;
}

void SchemaValidator::reportRepeated()
{
    if (m_quiet > 0 || !m_findings->wants(FindingId::JsonDuplicateKey))
        return;
    const ByteRange range = m_reader->locator().find(m_path); // of the first one: most parsers keep the last
    m_findings->add({.id = FindingId::JsonDuplicateKey,
                     .range = range,
                     .pointer = pointerText(m_path),
                     .schemaPointer = {},
                     .expected = "one member of this name",
                     .actual = "two or more"});
}

bool SchemaValidator::checkUnnamed(const Node& node)
{
    const auto expected = [] { return QByteArray("only the members that the schema names"); };
    if (!m_isOpen)
        return fail(FindingId::SchemaAdditional, node, "additionalProperties", expected);
    return m_shared > 0 || note(FindingId::FieldUnknown, node, "properties", expected);
}

bool SchemaValidator::checkRequired(const Node& node, simdjson::dom::object object, const Node::RequiredSet& seen)
{
    const auto present = [&] {
        QByteArray names;
        for (const auto field : object) {
            if (names.size() > evidenceLimit)
                break;
            names += (names.isEmpty() ? "" : ", ") + QByteArray(field.key.data(), qsizetype(field.key.size()));
        }
        return names.isEmpty() ? QByteArray("no members") : names;
    };
    for (const Node::Property& property : node.properties) {
        if (property.required < 0 || seen.test(std::size_t(property.required)))
            continue;
        if (m_quiet > 0)
            return false;
        fail(
            FindingId::SchemaRequired, node, "required",
            [&] { return QByteArray(property.name.data(), qsizetype(property.name.size())); }, present());
    }
    return false;
}

int SchemaValidator::countFitting(const std::vector<const Node*>& schemas, Element value, int enough)
{
    int fitting = 0;
    ++m_quiet;
    for (const Node* schema : schemas) {
        if (fitting < enough && check(*schema, value))
            ++fitting;
    }
    --m_quiet;
    return fitting;
}

bool SchemaValidator::checkCombinations(const Node& node, Element value)
{
    bool good = true;
    if (node.reference)
        good &= check(*node.reference, value);
    for (const Node* each : node.allOf)
        good &= check(*each, value); // what is wrong with a part is said by the part
    const auto fits = [](int count) { return "fits " + QByteArray::number(count) + " of them"; };
    if (!node.anyOf.empty() && countFitting(node.anyOf, value, 1) == 0 && !m_gaveUp) {
        good = fail(FindingId::SchemaCombination, node, "anyOf", [&] {
            return "at least one of " + QByteArray::number(qulonglong(node.anyOf.size())) + " alternatives";
        });
    }
    if (!node.oneOf.empty()) {
        const int fitting = countFitting(node.oneOf, value, 2);
        if (fitting != 1 && !m_gaveUp) {
            good = fail(FindingId::SchemaCombination, node, "oneOf", [&] {
                return "exactly one of " + QByteArray::number(qulonglong(node.oneOf.size())) + " alternatives; " +
                       fits(fitting);
            });
        }
    }
    if (node.negated && countFitting({node.negated}, value, 1) != 0)
        good =
            fail(FindingId::SchemaCombination, node, "not", [] { return QByteArray("a value that does not fit it"); });
    return good && !m_gaveUp;
}

} // namespace framescope
