#include "core/decode/schemacompiler.h"

#include <algorithm>
#include <cmath>

namespace framescope {

namespace {

using simdjson::dom::element;
using Node = Schema::Node;

QByteArray bytesOf(std::string_view text)
{
    return QByteArray(text.data(), qsizetype(text.size()));
}

QString textOf(std::string_view text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

bool isNumber(element value)
{
    return (jsonTypesOf(value) & JsonType::Number) != 0;
}

} // namespace

/// Draft-04 to 2020-12 mean the same by all of these; what differs between drafts is refused in its reader.
const QHash<QByteArray, SchemaCompiler::Reader>& SchemaCompiler::keywords()
{
    using Compiler = SchemaCompiler;
    using Size = Node::Size;
    static const QHash<QByteArray, Reader> table{
        {"type", &Compiler::readType},
        {"enum", &Compiler::readEnum},
        {"const", &Compiler::readConst},
        {"minimum", &Compiler::readNumber<&Node::minimum>},
        {"maximum", &Compiler::readNumber<&Node::maximum>},
        {"exclusiveMinimum", &Compiler::readNumber<&Node::exclusiveMinimum>},
        {"exclusiveMaximum", &Compiler::readNumber<&Node::exclusiveMaximum>},
        {"multipleOf", &Compiler::readMultipleOf},
        {"minLength", &Compiler::readSize<&Node::length, &Size::least>},
        {"maxLength", &Compiler::readSize<&Node::length, &Size::most>},
        {"minItems", &Compiler::readSize<&Node::itemCount, &Size::least>},
        {"maxItems", &Compiler::readSize<&Node::itemCount, &Size::most>},
        {"minProperties", &Compiler::readSize<&Node::memberCount, &Size::least>},
        {"maxProperties", &Compiler::readSize<&Node::memberCount, &Size::most>},
        {"uniqueItems", &Compiler::readUniqueItems},
        {"items", &Compiler::readItems},
        {"properties", &Compiler::readProperties},
        {"required", &Compiler::readRequired},
        {"additionalProperties", &Compiler::readAdditional},
        {"$ref", &Compiler::readReference},
        {"allOf", &Compiler::readGroup<&Node::allOf>},
        {"anyOf", &Compiler::readGroup<&Node::anyOf>},
        {"oneOf", &Compiler::readGroup<&Node::oneOf>},
        {"not", &Compiler::readNot},
        // They describe and never judge. Subschemas under definitions are compiled when a $ref names them.
        {"$schema", nullptr},
        {"$id", nullptr},
        {"id", nullptr},
        {"$comment", nullptr},
        {"title", nullptr},
        {"description", nullptr},
        {"default", nullptr},
        {"examples", nullptr},
        {"format", nullptr},
        {"readOnly", nullptr},
        {"writeOnly", nullptr},
        {"deprecated", nullptr},
        {"definitions", nullptr},
        {"$defs", nullptr},
    };
    return table;
}

Expected<const Node*> SchemaCompiler::compile(element document)
{
    m_document = document;
    const Node* root = node(document, {});
    QHash<const Node*, int> depths;
    for (std::size_t i = m_firstNode; i < m_compiled.nodes.size(); ++i) {
        int depth = 0;
        if (!m_error)
            checkInPlace(&m_compiled.nodes[i], depths, depth);
    }
    if (m_error)
        return tl::unexpected<Error>(*m_error);
    return root;
}

QString SchemaCompiler::placeOf(const QByteArray& at) const
{
    const QString pointer = QString::fromUtf8(at);
    return m_place.isEmpty() ? pointer : m_place + QLatin1Char('#') + pointer;
}

void SchemaCompiler::fail(ErrorCode code, const QString& reason, const QByteArray& at)
{
    if (!m_isOpen)
        refuse(code, reason, at);
    else if (m_problems.size() < problemLimit)
        m_problems += placeOf(at) + QStringLiteral(": ") + reason;
}

void SchemaCompiler::refuse(ErrorCode code, const QString& reason, const QByteArray& at)
{
    if (!m_error)
        m_error = Error{code, reason, placeOf(at)};
}

const Node* SchemaCompiler::node(element schema, const QByteArray& pointer)
{
    if (const auto known = m_byPointer.constFind(pointer); known != m_byPointer.cend())
        return *known;
    Node& made = m_compiled.nodes.emplace_back();
    made.pointer = pointer;
    m_byPointer.insert(pointer, &made);
    if (m_error)
        return &made;
    if (m_nesting >= nestingLimit) {
        fail(ErrorCode::Unsupported, QStringLiteral("subschemas nested deeper than %1").arg(nestingLimit), pointer);
        return &made;
    }
    ++m_nesting;
    if (schema.is_bool())
        made.always = schema.get_bool().value_unsafe();
    else if (schema.is_object())
        readMembers(made, objectOf(schema));
    else
        fail(ErrorCode::Parse, QStringLiteral("a schema is an object or a boolean"), pointer);
    --m_nesting;
    return &made;
}

void SchemaCompiler::readMembers(Node& node, simdjson::dom::object schema)
{
    int judging = 0;
    for (const auto [name, value] : schema) {
        const QByteArray keyword = bytesOf(name);
        const QByteArray at = withStep(node.pointer, name);
        const auto known = keywords().constFind(keyword);
        if (known == keywords().cend()) {
            fail(ErrorCode::Unsupported, QStringLiteral("keyword \"%1\" is not supported").arg(textOf(name)), at);
        } else if (*known) {
            ++judging;
            (this->**known)(node, value, at);
        }
        if (m_error)
            return;
    }
    // Drafts up to -07 ignore what stands beside $ref, later ones apply it. Openly, it is applied: services repeat the
    // type there.
    if (node.reference && judging > 1 && !m_isOpen)
        fail(ErrorCode::Unsupported, QStringLiteral("keywords beside \"$ref\" are not supported"), node.pointer);
    node.hasLiterals = node.constant || !node.enumeration.empty();
    node.boundsNumbers =
        node.minimum || node.maximum || node.exclusiveMinimum || node.exclusiveMaximum || node.multipleOf;
    node.combines = node.reference || node.negated || !node.allOf.empty() || !node.anyOf.empty() || !node.oneOf.empty();
    const std::size_t naming = (node.namesMembers ? 1U : 0U) + (node.reference ? 1U : 0U) + node.allOf.size() +
                               (node.anyOf.empty() ? 0U : 1U) + (node.oneOf.empty() ? 0U : 1U);
    node.sharesMembers = naming > 1;
    node.readsMembers = !node.properties.empty() || node.additional;
}

/// Schemas that lead back to themselves without going into the value would never end.
void SchemaCompiler::checkInPlace(const Node* node, QHash<const Node*, int>& depths, int& depth)
{
    constexpr int beingChecked = -1;
    if (const auto known = depths.constFind(node); known != depths.cend()) {
        if (*known == beingChecked)
            refuse(ErrorCode::Unsupported, QStringLiteral("\"$ref\" leads back to itself"), node->pointer);
        depth = *known;
        return;
    }
    depths.insert(node, beingChecked);
    int deepest = 0;
    node->forEachInPlace([&](const Node* inner) {
        int below = 0;
        if (!m_error)
            checkInPlace(inner, depths, below);
        deepest = std::max(deepest, below + 1);
    });
    if (deepest > inPlaceLimit)
        refuse(ErrorCode::Unsupported, QStringLiteral("more than %1 schemas judge one value").arg(inPlaceLimit),
               node->pointer);
    depths.insert(node, deepest);
    depth = deepest;
}

void SchemaCompiler::readType(Node& node, element value, const QByteArray& at)
{
    node.types = 0;
    const auto add = [&](element name) {
        const quint8 type = name.is_string() ? jsonTypeFromName(stringOf(name)) : 0;
        if (type == 0)
            fail(ErrorCode::Parse, QStringLiteral("\"type\" names no JSON type"), at);
        node.types |= type == 0 ? JsonType::Any : type; // draft-03 has "any"
    };
    if (!value.is_array()) {
        add(value);
        return;
    }
    for (const element name : arrayOf(value))
        add(name);
    if (node.types == 0) // an empty list
        node.types = JsonType::Any;
}

void SchemaCompiler::readEnum(Node& node, element value, const QByteArray& at)
{
    if (!value.is_array() || arrayOf(value).size() == 0) {
        fail(ErrorCode::Parse, QStringLiteral("\"enum\" is a list of at least one value"), at);
        return;
    }
    for (const element each : arrayOf(value)) {
        node.enumeration.push_back(each);
        if (each.is_string())
            node.texts.push_back(stringOf(each));
    }
}

void SchemaCompiler::readConst(Node& node, element value, const QByteArray&)
{
    node.constant = value;
}

template <std::optional<element> Node::*bound>
void SchemaCompiler::readNumber(Node& node, element value, const QByteArray& at)
{
    if (value.is_bool()) // draft-04: a flag on minimum or maximum
        fail(ErrorCode::Unsupported, QStringLiteral("the boolean form of an exclusive bound is not supported"), at);
    else if (!isNumber(value))
        fail(ErrorCode::Parse, QStringLiteral("the value of this keyword is a number"), at);
    else
        node.*bound = value;
}

void SchemaCompiler::readMultipleOf(Node& node, element value, const QByteArray& at)
{
    readNumber<&Node::multipleOf>(node, value, at);
    if (isNumber(value) && jsonNumber(value) <= 0) {
        node.multipleOf.reset();
        fail(ErrorCode::Parse, QStringLiteral("\"multipleOf\" is greater than 0"), at);
    }
}

template <Node::Size Node::*size, std::optional<quint64> Node::Size::*end>
void SchemaCompiler::readSize(Node& node, element value, const QByteArray& at)
{
    if (!isNumber(value) || (jsonTypesOf(value) & JsonType::Integer) == 0 || jsonNumber(value) < 0 ||
        jsonNumber(value) > 1e15L) {
        fail(ErrorCode::Parse, QStringLiteral("the value of this keyword is a whole number, 0 or more"), at);
        return;
    }
    (node.*size).*end = quint64(jsonNumber(value));
}

void SchemaCompiler::readUniqueItems(Node& node, element value, const QByteArray& at)
{
    if (!value.is_bool())
        fail(ErrorCode::Parse, QStringLiteral("\"uniqueItems\" is a boolean"), at);
    else
        node.uniqueItems = value.get_bool().value_unsafe();
}

void SchemaCompiler::readItems(Node& node, element value, const QByteArray& at)
{
    if (value.is_array())
        fail(ErrorCode::Unsupported, QStringLiteral("a list of schemas under \"items\" is not supported"), at);
    else
        node.items = this->node(value, at);
}

Node::Property& SchemaCompiler::property(Node& node, std::string_view name)
{
    const auto known = std::find_if(node.properties.begin(), node.properties.end(),
                                    [name](const Node::Property& property) { return property.name == name; });
    return known != node.properties.end() ? *known : node.properties.emplace_back(Node::Property{name, nullptr, -1});
}

void SchemaCompiler::readProperties(Node& node, element value, const QByteArray& at)
{
    if (!value.is_object()) {
        fail(ErrorCode::Parse, QStringLiteral("\"properties\" is an object"), at);
        return;
    }
    if (objectOf(value).size() > Node::propertyLimit) {
        fail(ErrorCode::Unsupported, QStringLiteral("more than %1 properties").arg(Node::propertyLimit), at);
        return;
    }
    for (const auto [name, schema] : objectOf(value)) {
        const Node* judged = this->node(schema, withStep(at, name));
        property(node, name).schema = judged;
        node.namesMembers = true;
    }
}

void SchemaCompiler::readRequired(Node& node, element value, const QByteArray& at)
{
    if (!value.is_array()) {
        fail(ErrorCode::Parse, QStringLiteral("\"required\" is a list of names"), at);
        return;
    }
    for (const element name : arrayOf(value)) {
        if (!name.is_string()) {
            fail(ErrorCode::Parse, QStringLiteral("\"required\" is a list of names"), at);
            return;
        }
        Node::Property& known = property(node, stringOf(name));
        if (known.required >= 0)
            continue;
        if (node.requiredCount == Node::requiredLimit) {
            fail(ErrorCode::Unsupported, QStringLiteral("more than %1 required members").arg(Node::requiredLimit), at);
            return;
        }
        known.required = int(node.requiredCount++);
    }
}

void SchemaCompiler::readAdditional(Node& node, element value, const QByteArray& at)
{
    node.additional = this->node(value, at);
}

void SchemaCompiler::readReference(Node& node, element value, const QByteArray& at)
{
    const QByteArray target = value.is_string() ? bytesOf(stringOf(value)) : QByteArray();
    if (m_isOpen && !target.isEmpty() && !target.startsWith('#')) {
        readReferenceById(node, target, at);
        return;
    }
    if (target != "#" && !target.startsWith("#/definitions/") && !target.startsWith("#/$defs/")) {
        fail(ErrorCode::Unsupported,
             QStringLiteral("\"$ref\" may be \"#\" or start with \"#/definitions/\" or \"#/$defs/\""), at);
        return;
    }
    const QByteArray pointer = target.mid(1);
    const Expected<CompiledPointer> path = CompiledPointer::fromText(pointer);
    const std::optional<element> schema = path ? valueAt(m_document, path->steps()) : std::nullopt;
    if (!schema)
        fail(ErrorCode::Parse, QStringLiteral("\"$ref\" points to nothing: %1").arg(QString::fromUtf8(target)), at);
    else
        node.reference = this->node(*schema, pointer);
}

/// "urn:jsonschema:…": generators of Java schemas write a type once, with its id, and refer to that.
void SchemaCompiler::readReferenceById(Node& node, const QByteArray& id, const QByteArray& at)
{
    if (!m_byId) {
        m_byId.emplace();
        collectIds(m_document, {});
    }
    const auto known = m_byId->constFind(id);
    if (known == m_byId->cend()) {
        fail(ErrorCode::Parse, QStringLiteral("\"$ref\" points to nothing: %1").arg(QString::fromUtf8(id)), at);
        return;
    }
    const auto& [pointer, schema] = *known;
    node.reference = this->node(schema, pointer);
}

/// No deeper than the parser allowed the document to be.
void SchemaCompiler::collectIds(element schema, const QByteArray& pointer)
{
    if (schema.is_array()) {
        int index = 0;
        for (const element item : arrayOf(schema))
            collectIds(item, pointer + '/' + QByteArray::number(index++));
    }
    if (!schema.is_object())
        return;
    for (const auto [name, value] : objectOf(schema)) {
        if (value.is_string() && (name == "id" || name == "$id") && !m_byId->contains(bytesOf(stringOf(value))))
            m_byId->insert(bytesOf(stringOf(value)), {pointer, schema});
        else
            collectIds(value, withStep(pointer, name));
    }
}

template <std::vector<const Node*> Node::*group>
void SchemaCompiler::readGroup(Node& node, element value, const QByteArray& at)
{
    if (!value.is_array() || arrayOf(value).size() == 0) {
        fail(ErrorCode::Parse, QStringLiteral("the value of this keyword is a list of at least one schema"), at);
        return;
    }
    int index = 0;
    for (const element schema : arrayOf(value))
        (node.*group).push_back(this->node(schema, at + '/' + QByteArray::number(index++)));
}

void SchemaCompiler::readNot(Node& node, element value, const QByteArray& at)
{
    node.negated = this->node(value, at);
}

} // namespace framescope
