#include "core/decode/schemacompiler.h"

#include "core/decode/quickcheck.h"

#include "core/decode/asciitext.h"

#include <algorithm>

namespace framescope {

namespace {

} // namespace

const QHash<QByteArray, SchemaCompiler::Keyword>& SchemaCompiler::keywords()
{
    using Compiler = SchemaCompiler;
    using Numbers = SchemaNumbers;
    using Parts = SchemaCombinations;
    using enum SchemaDialect;
    static const QHash<QByteArray, Keyword> table{
        {"type", {&Compiler::readType}},
        {"enum", {&Compiler::readEnum}},
        {"const", {&Compiler::readConst, Draft6}},

        {"minimum", {&Compiler::readBound<&Numbers::minimum>}},
        {"maximum", {&Compiler::readBound<&Numbers::maximum>}},
        {"exclusiveMinimum", {&Compiler::readExclusive<&Numbers::exclusiveMinimum, &Numbers::minimumIsExclusive>}},
        {"exclusiveMaximum", {&Compiler::readExclusive<&Numbers::exclusiveMaximum, &Numbers::maximumIsExclusive>}},
        {"multipleOf", {&Compiler::readMultipleOf}},

        {"minLength", {&Compiler::readLength<true>}},
        {"maxLength", {&Compiler::readLength<false>}},
        {"pattern", {&Compiler::readPattern}},
        {"format", {&Compiler::readFormat}},

        {"minItems", {&Compiler::readItemCount<true>}},
        {"maxItems", {&Compiler::readItemCount<false>}},
        {"uniqueItems", {&Compiler::readUniqueItems}},
        {"items", {&Compiler::readItems}},
        {"additionalItems", {&Compiler::readAdditionalItems, Draft4, Draft201909}},
        {"prefixItems", {&Compiler::readPrefixItems, Draft202012}},
        {"contains", {&Compiler::readContains, Draft6}},
        {"minContains", {&Compiler::readContaining<true>, Draft201909}},
        {"maxContains", {&Compiler::readContaining<false>, Draft201909}},

        {"minProperties", {&Compiler::readMemberCount<true>}},
        {"maxProperties", {&Compiler::readMemberCount<false>}},
        {"properties", {&Compiler::readProperties}},
        {"patternProperties", {&Compiler::readPatternProperties}},
        {"additionalProperties", {&Compiler::readAdditionalProperties}},
        {"propertyNames", {&Compiler::readPropertyNames, Draft6}},
        {"required", {&Compiler::readRequired}},
        {"dependencies", {&Compiler::readDependencies<true, true>}},
        {"dependentRequired", {&Compiler::readDependencies<true, false>, Draft201909}},
        {"dependentSchemas", {&Compiler::readDependencies<false, true>, Draft201909}},

        {"$ref", {&Compiler::readReference}},
        {"allOf", {&Compiler::readGroup<&Parts::allOf>}},
        {"anyOf", {&Compiler::readGroup<&Parts::anyOf>}},
        {"oneOf", {&Compiler::readGroup<&Parts::oneOf>}},
        {"not", {&Compiler::readPart<&Parts::negated>}},
        {"if", {&Compiler::readPart<&Parts::condition>, Draft7}},
        {"then", {&Compiler::readPart<&Parts::fitting>, Draft7}},
        {"else", {&Compiler::readPart<&Parts::otherwise>, Draft7}},

        {"$dynamicRef", {.isRefused = true}},
        {"$recursiveRef", {.isRefused = true}},
        {"unevaluatedItems", {.isRefused = true}},
        {"unevaluatedProperties", {.isRefused = true}},

        // They describe and never judge. Subschemas under definitions are compiled when a $ref names them.
        {"$schema", {&Compiler::readDialect}},
        {"$id", {}},
        {"id", {}},
        {"$anchor", {}},
        {"$dynamicAnchor", {}},
        {"$recursiveAnchor", {}},
        {"$vocabulary", {}},
        {"$comment", {}},
        {"title", {}},
        {"description", {}},
        {"default", {}},
        {"examples", {}},
        {"readOnly", {}},
        {"writeOnly", {}},
        {"deprecated", {}},
        {"contentEncoding", {}},
        {"contentMediaType", {}},
        {"contentSchema", {}},
        {"definitions", {}},
        {"$defs", {}},
    };
    return table;
}

Expected<const Schema::Node*> SchemaCompiler::compile(Element document)
{
    const Expected<SchemaDialect> dialect = dialectOf(document);
    if (dialect)
        m_dialect = *dialect;
    else
        fail(dialect.error().code, dialect.error().detail, "/$schema");
    m_dialectIsStated = document.is_object() && objectOf(document).at_key("$schema").error() == simdjson::SUCCESS;
    const Expected<void> gathered = m_references.gather(document, {m_dialect, m_dialectIsStated, m_options.style});
    if (!gathered)
        fail(gathered.error().code, gathered.error().detail, gathered.error().place.toUtf8());
    const Node* root = node(document, {});
    while (!m_pending.empty() && !m_error) {
        const auto [pending, schema] = m_pending.back();
        m_pending.pop_back();
        read(*pending, schema);
    }
    for (std::size_t i = m_firstNode; i < m_compiled.nodes.size() && !m_error; ++i) {
        int below = 0;
        checkInPlace(&m_compiled.nodes[i], 0, below);
    }
    if (m_error)
        return tl::unexpected<Error>(*m_error);
    makeQuickNodes(m_compiled, m_firstNode, m_options.style);
    return root;
}

QString SchemaCompiler::placeOf(const QByteArray& at) const
{
    const QString pointer = QString::fromUtf8(at);
    return m_place.isEmpty() ? pointer : m_place + QLatin1Char('#') + pointer;
}

void SchemaCompiler::fail(ErrorCode code, const QString& reason, const QByteArray& at)
{
    if (!isOpen())
        refuse(code, reason, at);
    else if (m_problems.size() < problemLimit)
        m_problems += placeOf(at) + QStringLiteral(": ") + reason;
}

void SchemaCompiler::refuse(ErrorCode code, const QString& reason, const QByteArray& at)
{
    if (!m_error)
        m_error = Error{code, reason, placeOf(at)};
}

const Schema::Node* SchemaCompiler::node(Element schema, const QByteArray& pointer)
{
    if (const auto known = m_byPointer.constFind(pointer); known != m_byPointer.cend())
        return *known;
    Node* made = newNode(pointer);
    if (m_nesting >= nestingLimit) {
        fail(ErrorCode::Unsupported, QStringLiteral("subschemas nested deeper than %1").arg(nestingLimit), pointer);
        return made;
    }
    ++m_nesting;
    read(*made, schema);
    --m_nesting;
    return made;
}

Schema::Node* SchemaCompiler::newNode(const QByteArray& pointer)
{
    Node& made = m_compiled.nodes.emplace_back();
    made.pointer = pointer;
    m_byPointer.insert(pointer, &made);
    m_placesBytes += pointer.size();
    if (pointer.size() > schemaPointerLimit)
        refuse(ErrorCode::Unsupported,
               QStringLiteral("a place whose JSON Pointer is longer than %1 bytes").arg(schemaPointerLimit),
               pointer.left(80));
    else if (m_placesBytes > placesLimit)
        refuse(ErrorCode::Unsupported, QStringLiteral("too many subschemas with long names"), pointer);
    return &made;
}

void SchemaCompiler::read(Node& node, Element schema)
{
    if (m_error)
        return;
    if (schema.is_bool()) {
        node.always = schema.get_bool().value_unsafe();
        node.types = 0;
    } else if (schema.is_object()) {
        readMembers(node, objectOf(schema));
        finish(node);
    } else {
        fail(ErrorCode::Parse, QStringLiteral("a schema is an object or a boolean"), node.pointer);
    }
}

void SchemaCompiler::readMembers(Node& node, simdjson::dom::object schema)
{
    // Until draft-07, what stands beside "$ref" does not count. Openly, it does: services repeat the type there.
    const auto reference = schema.at_key("$ref");
    if (m_dialect <= SchemaDialect::Draft7 && !isOpen() && reference.error() == simdjson::SUCCESS) {
        readKeyword(node, "$ref", reference.value_unsafe());
        return;
    }
    for (const auto [name, value] : schema) {
        readKeyword(node, name, value);
        if (m_error)
            return;
    }
}

void SchemaCompiler::readKeyword(Node& node, std::string_view name, Element value)
{
    const auto known = keywords().constFind(bytesOf(name));
    if (known == keywords().cend() && !isOpen()) // it describes (draft-07 core, section 6.4)
        return;
    const QByteArray at = withStep(node.pointer, name);
    const auto quoted = [name] { return QString::fromUtf8(name.data(), qsizetype(name.size())); };
    if (known == keywords().cend() || known->isRefused)
        fail(ErrorCode::Unsupported, QStringLiteral("keyword \"%1\" is not supported").arg(quoted()), at);
    else if (!known->reader)
        return;
    else if (!isOpen() && (m_dialect < known->since || (m_dialect > known->until)))
        fail(ErrorCode::Unsupported,
             QStringLiteral("keyword \"%1\" is of %2 to %3, and the schema of %4")
                 .arg(quoted(), dialectName(known->since), dialectName(known->until), dialectName(m_dialect)),
             at);
    else
        (this->*known->reader)(node, value, at);
}

void SchemaCompiler::finish(Node& node)
{
    finishNumbers(node);
    finishItems(node);
    finishCombinations(node);
    std::size_t naming = node.members && node.members->namesSome ? 1 : 0;
    if (const SchemaCombinations* parts = node.combinations.get()) {
        naming += (parts->reference ? 1U : 0U) + parts->allOf.size() + (parts->anyOf.empty() ? 0U : 1U) +
                  (parts->oneOf.empty() ? 0U : 1U) + (parts->condition ? 1U : 0U);
    }
    if (node.members)
        naming += node.members->dependencies.size();
    node.sharesMembers = naming > 1;
    node.asksMore = node.literals || node.texts || node.numbers || node.members || node.items || node.combinations;
    if (SchemaMembers* members = node.members.get()) {
        members->readsNames = !members->patterns.empty() || members->nameSchema;
        members->readsEach = members->readsNames || !members->properties.empty() || members->additional;
    }
}

/// Schemas that lead back to themselves without going into the value would never end. @p above counts those around this
/// one, @p below gets how many are inside of it.
void SchemaCompiler::checkInPlace(const Node* node, int above, int& below)
{
    constexpr int beingChecked = -1;
    if (const auto known = m_inPlaceDepths.constFind(node); known != m_inPlaceDepths.cend()) {
        if (*known == beingChecked)
            refuse(ErrorCode::Unsupported, QStringLiteral("\"$ref\" leads back to itself"), node->pointer);
        below = *known;
        return;
    }
    m_inPlaceDepths.insert(node, beingChecked);
    int deepest = 0;
    node->forEachInPlace([&](const Node* inner) {
        int deeper = 0;
        if (!m_error && above <= inPlaceLimit)
            checkInPlace(inner, above + 1, deeper);
        deepest = std::max(deepest, deeper + 1);
    });
    if (above + deepest > inPlaceLimit)
        refuse(ErrorCode::Unsupported, QStringLiteral("more than %1 schemas judge one value").arg(inPlaceLimit),
               node->pointer);
    m_inPlaceDepths.insert(node, deepest);
    below = deepest;
}

void SchemaCompiler::readSize(SchemaSize& size, bool isLeast, Element value, const QByteArray& at)
{
    if ((jsonTypesOf(value) & JsonType::Integer) == 0 || jsonNumber(value) < 0) {
        fail(ErrorCode::Parse, QStringLiteral("the value of this keyword is a whole number, 0 or more"), at);
        return;
    }
    constexpr long double enough = 1e15L; // no text or list is as long
    (isLeast ? size.least : size.most) = quint64(std::min(jsonNumber(value), enough));
}

std::vector<const Schema::Node*> SchemaCompiler::schemaList(Element value, const QByteArray& at)
{
    std::vector<const Node*> list;
    if (!value.is_array() || arrayOf(value).size() == 0) {
        fail(ErrorCode::Parse, QStringLiteral("the value of this keyword is a list of at least one schema"), at);
        return list;
    }
    int index = 0;
    for (const Element schema : arrayOf(value))
        list.push_back(node(schema, at + '/' + QByteArray::number(index++)));
    return list;
}

/// Inside of the document; the document's own is read first of all.
void SchemaCompiler::readDialect(Node& node, Element value, const QByteArray& at)
{
    if (!node.pointer.isEmpty() && !isOfDialect(value, m_dialect))
        fail(ErrorCode::Unsupported, QStringLiteral("a subschema of another draft"), at);
}

} // namespace framescope
