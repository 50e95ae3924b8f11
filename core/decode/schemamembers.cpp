// Reading and checking `properties`, `required`, `patternProperties`, `additionalProperties`, `propertyNames`, the
// dependencies and the counts: draft-07 validation, section 6.5; 2020-12 core, sections 10.2.2.4 and 10.3.2.
#include "core/decode/asciitext.h"
#include "core/decode/schemacompiler.h"
#include "core/decode/schemavalidator.h"

namespace framescope {

namespace {

using simdjson::dom::element;

constexpr std::size_t bitsPerWord = 64;

} // namespace

template <bool isLeast>
void SchemaCompiler::readMemberCount(Node& node, Element value, const QByteArray& at)
{
    readSize(schemaGroup(node.members).count, isLeast, value, at);
}

template void SchemaCompiler::readMemberCount<true>(Node&, Element, const QByteArray&);
template void SchemaCompiler::readMemberCount<false>(Node&, Element, const QByteArray&);

/// The index of a member that the schema names.
std::size_t SchemaCompiler::property(SchemaMembers& members, std::string_view name)
{
    const std::size_t index = members.names.add(name);
    if (index == members.properties.size())
        members.properties.emplace_back();
    return index;
}

void SchemaCompiler::readProperties(Node& node, Element value, const QByteArray& at)
{
    if (!value.is_object()) {
        fail(ErrorCode::Parse, QStringLiteral("\"properties\" is an object"), at);
        return;
    }
    SchemaMembers& members = schemaGroup(node.members);
    for (const auto [name, schema] : objectOf(value)) {
        const Node* judged = this->node(schema, withStep(at, name));
        members.properties[property(members, name)].schema = judged;
        members.namesSome = true;
    }
}

void SchemaCompiler::readPatternProperties(Node& node, Element value, const QByteArray& at)
{
    if (!value.is_object()) {
        fail(ErrorCode::Parse, QStringLiteral("\"patternProperties\" is an object"), at);
        return;
    }
    SchemaMembers& members = schemaGroup(node.members);
    for (const auto [text, schema] : objectOf(value)) {
        const QByteArray place = withStep(at, text);
        if (const SchemaPattern* compiled = pattern(text, place))
            members.patterns.push_back({compiled, this->node(schema, place)});
        members.namesSome = true;
    }
}

void SchemaCompiler::readAdditionalProperties(Node& node, Element value, const QByteArray& at)
{
    schemaGroup(node.members).additional = this->node(value, at);
}

void SchemaCompiler::readPropertyNames(Node& node, Element value, const QByteArray& at)
{
    schemaGroup(node.members).nameSchema = this->node(value, at);
}

void SchemaCompiler::readRequired(Node& node, Element value, const QByteArray& at)
{
    if (!value.is_array()) {
        fail(ErrorCode::Parse, QStringLiteral("\"required\" is a list of names"), at);
        return;
    }
    SchemaMembers& members = schemaGroup(node.members);
    for (const Element name : arrayOf(value)) {
        if (!name.is_string()) {
            fail(ErrorCode::Parse, QStringLiteral("\"required\" is a list of names"), at);
            return;
        }
        SchemaMembers::Property& known = members.properties[property(members, stringOf(name))];
        members.requiredCount += known.isRequired ? 0 : 1;
        known.isRequired = true;
    }
}

/// `dependencies` until draft-07 (a list of names or a schema), `dependentRequired` and `dependentSchemas` after it.
template <bool allowsNames, bool allowsSchemas>
void SchemaCompiler::readDependencies(Node& node, Element value, const QByteArray& at)
{
    if (!value.is_object()) {
        fail(ErrorCode::Parse, QStringLiteral("the value of this keyword is an object"), at);
        return;
    }
    SchemaMembers& members = schemaGroup(node.members);
    for (const auto [name, needs] : objectOf(value)) {
        const QByteArray place = withStep(at, name);
        SchemaMembers::Dependency dependency;
        dependency.keyword = !allowsSchemas ? "dependentRequired" : allowsNames ? "dependencies" : "dependentSchemas";
        dependency.trigger = property(members, name);
        if ((needs.is_array() && !allowsNames) || (!needs.is_array() && !allowsSchemas)) {
            fail(ErrorCode::Parse,
                 QStringLiteral("the value here is a %1")
                     .arg(allowsNames ? QStringLiteral("list of names") : QStringLiteral("schema")),
                 place);
            continue;
        }
        if (needs.is_array())
            readNames(members, arrayOf(needs), dependency.required, place);
        else
            dependency.schema = this->node(needs, place);
        members.dependencies.push_back(std::move(dependency));
    }
}

void SchemaCompiler::readNames(SchemaMembers& members, simdjson::dom::array names, std::vector<std::size_t>& indices,
                               const QByteArray& at)
{
    for (const Element each : names) {
        if (each.is_string())
            indices.push_back(property(members, stringOf(each)));
        else
            fail(ErrorCode::Parse, QStringLiteral("a list of names"), at);
    }
}

template void SchemaCompiler::readDependencies<true, true>(Node&, Element, const QByteArray&);
template void SchemaCompiler::readDependencies<true, false>(Node&, Element, const QByteArray&);
template void SchemaCompiler::readDependencies<false, true>(Node&, Element, const QByteArray&);

bool SchemaValidator::checkObject(const Node& node, const Subject& subject)
{
    const SchemaMembers& members = *node.members;
    const simdjson::dom::object object = objectOf(subject.element);
    bool good = true;
    if (members.readsEach) {
        // One bit for each name of the schema, on a stack that is used again.
        MembersSeen seen{m_seenTop, 0, 0};
        const std::size_t words = (members.properties.size() + bitsPerWord - 1) / bitsPerWord;
        m_budget -= qint64(words / 8);
        m_seenTop += words;
        if (m_seen.size() < m_seenTop)
            m_seen.resize(2 * m_seenTop);
        for (std::size_t i = 0; i < words; ++i)
            m_seen[seen.firstWord + i] = 0;
        good = checkEachMember(node, object, seen);
        if (!m_gaveUp && (good || m_quiet == 0) && seen.requiredCount < members.requiredCount)
            good &= checkRequired(node, object, seen);
        if (!m_gaveUp && (good || m_quiet == 0) && !members.dependencies.empty())
            good &= checkDependencies(node, subject, seen);
        m_seenTop = seen.firstWord;
    }
    if (members.count.isSet() && !m_gaveUp)
        good &= checkSize(node, members.count, jsonCount(object), {"minProperties", "maxProperties"});
    return good;
}

bool SchemaValidator::checkEachMember(const Node& node, simdjson::dom::object object, MembersSeen& seen)
{
    bool good = true;
    for (const auto [name, value] : object) {
        if (m_isOpen && value.is_null())
            continue;
        good &= checkMember(node, name, value, seen);
        if (m_gaveUp || (!good && m_quiet > 0))
            return false;
    }
    return good;
}

bool SchemaValidator::checkMember(const Node& node, std::string_view name, Element value, MembersSeen& seen)
{
    const SchemaMembers& members = *node.members;
    const Node* schema = members.additional;
    bool isNamed = false;
    if (const std::size_t at = members.names.find(name, seen.nextProperty); at != SchemaNames::none) {
        seen.nextProperty = at + 1;
        const bool isFirst = MembersSeen::add(at, m_seen.data() + seen.firstWord);
        if (members.properties[at].isRequired && isFirst)
            ++seen.requiredCount;
        isNamed = members.properties[at].schema != nullptr;
        schema = isNamed ? members.properties[at].schema : schema;
    }
    if (!members.readsNames && !schema && (isNamed || !m_isOpen || !members.namesSome))
        return true; // nothing is asked of it
    m_path.push_back({name, -1});
    const int shared = std::exchange(m_shared, 0); // the member is a value of its own
    const Subject subject(value);
    bool good = true;
    if (members.readsNames) {
        const bool isMatched = checkByName(members, name, subject, good);
        schema = isMatched && !isNamed ? nullptr : schema;
        isNamed = isNamed || isMatched;
    }
    if (!isNamed && (schema ? schema->always == false : m_isOpen && members.namesSome)) {
        m_shared = shared;
        good &= checkUnnamed(node);
    } else if (schema && !m_gaveUp && (good || m_quiet == 0)) {
        good &= check(*schema, subject);
    }
    m_shared = shared;
    m_path.pop_back();
    return good && !m_gaveUp;
}

/// `propertyNames` and `patternProperties`; true when one of the patterns is found in the name.
bool SchemaValidator::checkByName(const SchemaMembers& members, std::string_view name, const Subject& subject,
                                  bool& good)
{
    good = !members.nameSchema || checkName(*members.nameSchema, name);
    bool isMatched = false;
    for (const SchemaMembers::PatternProperty& property : members.patterns) {
        if (m_gaveUp || (!good && m_quiet > 0) || !findsInName(*property.schema, *property.pattern, name))
            continue;
        good &= check(*property.schema, subject);
        isMatched = true;
    }
    return isMatched;
}

bool SchemaValidator::checkName(const Node& schema, std::string_view name)
{
    const bool wasName = std::exchange(m_isName, true);
    const bool good = check(schema, Subject(name));
    m_isName = wasName;
    return good;
}

bool SchemaValidator::findsInName(const Node& node, const SchemaPattern& pattern, std::string_view name)
{
    --m_budget;
    const PatternMatcher::Answer answer = m_patterns.find(pattern, name, m_budget);
    if (answer == PatternMatcher::Answer::GaveUp) // which schema is meant for the member is not known
        giveUp(FindingId::SchemaPattern, node, "", "an answer to " + pattern.text(),
               "given up after " + QByteArray::number(m_patterns.gaveUpAfter()) + " steps");
    return answer == PatternMatcher::Answer::Yes;
}

bool SchemaValidator::checkUnnamed(const Node& node)
{
    const auto expected = [] { return QByteArray("only the members that the schema names"); };
    if (--m_budget < 0)
        return giveUp(node);
    if (!m_isOpen)
        return fail(FindingId::SchemaAdditional, node, "additionalProperties", expected);
    return m_shared > 0 || note(FindingId::FieldUnknown, node, "properties", expected);
}

bool SchemaValidator::checkRequired(const Node& node, simdjson::dom::object object, const MembersSeen& seen)
{
    const SchemaMembers& members = *node.members;
    const auto present = [&] {
        QByteArray names;
        for (const auto field : object) {
            if (names.size() > evidenceLimit)
                break;
            names += (names.isEmpty() ? "" : ", ") + bytesOf(field.key);
        }
        return names.isEmpty() ? QByteArray("no members") : names;
    };
    if (m_quiet > 0)
        return false;
    m_budget -= qint64(members.properties.size() / 4);
    for (std::size_t i = 0; i < members.properties.size() && m_budget >= 0; ++i) {
        if (!members.properties[i].isRequired || hasSeen(seen, i))
            continue;
        if (wants(FindingId::SchemaRequired))
            report(FindingId::SchemaRequired, node, "required", bytesOf(members.names.at(i)), present());
    }
    return m_budget < 0 ? giveUp(node) : false;
}

bool SchemaValidator::checkDependencies(const Node& node, const Subject& subject, const MembersSeen& seen)
{
    const SchemaMembers& members = *node.members;
    m_budget -= qint64(members.dependencies.size() / 4);
    bool good = true;
    for (const SchemaMembers::Dependency& dependency : members.dependencies) {
        if (!hasSeen(seen, dependency.trigger))
            continue;
        m_budget -= qint64(dependency.required.size() / 4);
        for (const std::size_t needed : dependency.required) {
            if (hasSeen(seen, needed))
                continue;
            good = fail(FindingId::SchemaCombination, node, dependency.keyword, [&] {
                return bytesOf(members.names.at(needed)) + " beside " + bytesOf(members.names.at(dependency.trigger));
            });
        }
        if (dependency.schema)
            good &= check(*dependency.schema, subject);
        if (m_gaveUp || (!good && m_quiet > 0))
            return false;
    }
    return m_budget < 0 ? giveUp(node) : good;
}

} // namespace framescope
