// Reading and checking `$ref`, `allOf`, `anyOf`, `oneOf`, `not` and `if`: draft-07 core, section 8.3, and validation,
// sections 6.6 and 6.7.
#include "core/decode/schemacompiler.h"
#include "core/decode/schemavalidator.h"

namespace framescope {

/// What it leads to is read later: chains of references do not nest.
void SchemaCompiler::readReference(Node& node, Element value, const QByteArray& at)
{
    if (!value.is_string()) {
        fail(ErrorCode::Parse, QStringLiteral("\"$ref\" is a text"), at);
        return;
    }
    const std::string_view text = stringOf(value);
    const Expected<SchemaReferences::Target> target =
        m_references.find(QByteArray(text.data(), qsizetype(text.size())), node.pointer);
    if (!target) {
        fail(target.error().code, target.error().detail, at);
        return;
    }
    Node*& known = m_byPointer[target->pointer];
    if (!known) {
        known = newNode(target->pointer);
        m_pending.emplace_back(known, target->schema);
    }
    schemaGroup(node.combinations).reference = known;
}

template <std::vector<const Schema::Node*> SchemaCombinations::*group>
void SchemaCompiler::readGroup(Node& node, Element value, const QByteArray& at)
{
    schemaGroup(node.combinations).*group = schemaList(value, at);
}

template <const Schema::Node* SchemaCombinations::*part>
void SchemaCompiler::readPart(Node& node, Element value, const QByteArray& at)
{
    schemaGroup(node.combinations).*part = this->node(value, at);
}

/// "then" and "else" without "if" say nothing.
void SchemaCompiler::finishCombinations(Node& node)
{
    if (SchemaCombinations* parts = node.combinations.get(); parts && !parts->condition) {
        parts->fitting = nullptr;
        parts->otherwise = nullptr;
    }
}

template void SchemaCompiler::readGroup<&SchemaCombinations::allOf>(Node&, Element, const QByteArray&);
template void SchemaCompiler::readGroup<&SchemaCombinations::anyOf>(Node&, Element, const QByteArray&);
template void SchemaCompiler::readGroup<&SchemaCombinations::oneOf>(Node&, Element, const QByteArray&);
template void SchemaCompiler::readPart<&SchemaCombinations::negated>(Node&, Element, const QByteArray&);
template void SchemaCompiler::readPart<&SchemaCombinations::condition>(Node&, Element, const QByteArray&);
template void SchemaCompiler::readPart<&SchemaCombinations::fitting>(Node&, Element, const QByteArray&);
template void SchemaCompiler::readPart<&SchemaCombinations::otherwise>(Node&, Element, const QByteArray&);

bool SchemaValidator::checkCombinations(const Node& node, const Subject& subject)
{
    const SchemaCombinations& parts = *node.combinations;
    // What is wrong with a part that must fit is said by the part.
    bool good = !parts.reference || check(*parts.reference, subject);
    for (const Node* each : parts.allOf) {
        if (m_gaveUp || (!good && m_quiet > 0))
            return false;
        good &= check(*each, subject);
    }
    if (!parts.anyOf.empty() && (good || m_quiet == 0))
        good &= checkAlternatives(node, parts.anyOf, subject);
    if (!parts.oneOf.empty() && (good || m_quiet == 0))
        good &= checkExactlyOne(node, parts.oneOf, subject);
    if (parts.negated && (good || m_quiet == 0) && fits(*parts.negated, subject) && !m_gaveUp)
        good =
            fail(FindingId::SchemaCombination, node, "not", [] { return QByteArray("a value that does not fit it"); });
    if (parts.condition && (good || m_quiet == 0)) {
        const Node* consequence = fits(*parts.condition, subject) ? parts.fitting : parts.otherwise;
        if (consequence && !m_gaveUp)
            good &= check(*consequence, subject);
    }
    return good && !m_gaveUp;
}

bool SchemaValidator::fits(const Node& node, const Subject& subject)
{
    ++m_quiet;
    const bool good = check(node, subject);
    --m_quiet;
    return good && !m_gaveUp;
}

bool SchemaValidator::checkAlternatives(const Node& node, const std::vector<const Node*>& schemas,
                                        const Subject& subject)
{
    for (const Node* schema : schemas) {
        if (fits(*schema, subject))
            return true;
        if (m_gaveUp)
            return false;
    }
    return fail(FindingId::SchemaCombination, node, "anyOf",
                [&] { return "at least one of " + QByteArray::number(qulonglong(schemas.size())) + " alternatives"; });
}

bool SchemaValidator::checkExactlyOne(const Node& node, const std::vector<const Node*>& schemas, const Subject& subject)
{
    int fitting = 0;
    for (const Node* schema : schemas) {
        fitting += fits(*schema, subject) ? 1 : 0;
        if (m_gaveUp)
            return false;
        if (fitting > 1)
            break;
    }
    return fitting == 1 || fail(FindingId::SchemaCombination, node, "oneOf", [&] {
               return "exactly one of " + QByteArray::number(qulonglong(schemas.size())) + " alternatives; fits " +
                      (fitting == 0 ? "none" : "two or more");
           });
}

} // namespace framescope
