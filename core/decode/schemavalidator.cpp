#include "core/decode/schemavalidator.h"

namespace framescope {

namespace {

/// A step takes about 15 ns here. Honest schemas need a few for each value of the document.
constexpr qint64 budgetBase = 1'000'000;
constexpr qint64 budgetPerByte = 2;
/// Levels of the document times schemas for one value; each takes about 600 bytes of the stack.
constexpr int depthLimit = 1024;

} // namespace

void SchemaValidator::start(const JsonReader& reader, FindingCollector& findings, SchemaStyle style)
{
    m_reader = &reader;
    m_findings = &findings;
    m_path.clear();
    m_seenTop = 0;
    m_isOpen = style == SchemaStyle::Open;
    m_isName = false;
    m_shared = 0;
    m_quiet = 0;
    m_depth = 0;
    m_gaveUp = false;
    m_fullBudget = budgetBase + budgetPerByte * reader.text().size();
    m_budget = m_fullBudget;
}

void SchemaValidator::run(const Schema::Node& schema, const JsonReader& reader, FindingCollector& findings)
{
    start(reader, findings, SchemaStyle::Strict);
    (void)check(schema, Subject(reader.root()));
}

void SchemaValidator::runOpen(const Schema::Node& schema, const JsonReader& reader, std::string_view member,
                              Element value, FindingCollector& findings)
{
    start(reader, findings, SchemaStyle::Open);
    m_path.push_back({member, -1});
    (void)check(schema, Subject(value));
}

void SchemaValidator::report(FindingId id, const Node& node, const char* keyword, QByteArray expected,
                             QByteArray actual)
{
    const JsonLocator& locator = m_reader->locator();
    const ByteRange range = m_isName ? locator.findName(m_path) : locator.find(m_path);
    if (actual.isNull() && !range.isNull())
        actual = cutEvidence(locator.bytes(range));
    m_findings->add({.id = id,
                     .range = range,
                     .pointer = pointerText(m_path),
                     .schemaPointer = *keyword == '\0' ? node.pointer : node.pointer + '/' + keyword,
                     .expected = std::move(expected),
                     .actual = std::move(actual)});
}

bool SchemaValidator::giveUp(FindingId id, const Node& node, const char* keyword, const QByteArray& expected,
                             const QByteArray& actual)
{
    if (!m_gaveUp && m_findings->wants(id))
        report(id, node, keyword, expected, actual);
    m_gaveUp = true;
    return false;
}

bool SchemaValidator::giveUp(const Node& node)
{
    return giveUp(FindingId::SchemaOther, node, "", "an answer in a bounded number of steps",
                  "given up after " + QByteArray::number(m_fullBudget) + " steps");
}

/// A boolean schema, a value of another type, or null where that is as good as absent.
bool SchemaValidator::checkOther(const Node& node, const Subject& subject)
{
    if (m_isOpen && subject.types == JsonType::Null)
        return true;
    if (node.always)
        return *node.always || fail(FindingId::SchemaOther, node, "", [] { return QByteArray("no value at all"); });
    return fail(FindingId::SchemaType, node, "type",
                [&] { return jsonTypeNames(node.types); }); // the rest would only repeat it
}

bool SchemaValidator::checkGroups(const Node& node, const Subject& subject)
{
    if (m_depth >= depthLimit) {
        return giveUp(FindingId::SchemaOther, node, "", "fewer schemas and values inside one another",
                      "given up " + QByteArray::number(depthLimit) + " levels deep");
    }
    ++m_depth;
    m_shared += node.sharesMembers ? 1 : 0;
    bool good = !node.literals || checkLiterals(node, subject);
    if (good || m_quiet == 0)
        good &= checkByType(node, subject);
    if (node.combinations && !m_gaveUp && (good || m_quiet == 0))
        good &= checkCombinations(node, subject);
    m_shared -= node.sharesMembers ? 1 : 0;
    --m_depth;
    if (m_budget < 0)
        return giveUp(node);
    return good && !m_gaveUp;
}

bool SchemaValidator::checkByType(const Node& node, const Subject& subject)
{
    switch (subject.types) {
    case JsonType::String:
        return !node.texts || checkText(node, subject.text);
    case JsonType::Object:
        return !node.members || checkObject(node, subject);
    case JsonType::Array:
        return !node.items || checkArray(node, arrayOf(subject.element));
    case JsonType::Null:
    case JsonType::Boolean:
        return true;
    default:
        return !node.numbers || checkNumber(node, subject.element);
    }
}

bool SchemaValidator::checkSize(const Node& node, const SchemaSize& size, quint64 actual, SizeNames names)
{
    const bool isShort = size.least && actual < *size.least;
    const bool isLong = size.most && actual > *size.most;
    if ((isShort || isLong) && wants(FindingId::SchemaLength)) {
        report(FindingId::SchemaLength, node, isShort ? names.least : names.most,
               (isShort ? "at least " : "at most ") + QByteArray::number(isShort ? *size.least : *size.most),
               QByteArray::number(actual));
    }
    return !isShort && !isLong;
}

} // namespace framescope
