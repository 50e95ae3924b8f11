#pragma once
/// The compiled form of a schema: one node a subschema, joined by plain pointers, with literal values kept in
/// simdjson's own document so that they compare directly with those of a message. For core/decode/*.cpp only.
///
/// What a node asks of a value is in groups, one for each kind of value; an absent group asks nothing. The readers of a
/// group's keywords and the checks that they lead to stand together in one file, which the group names.
#include "core/decode/jsonvalue.h"
#include "core/decode/schema.h"
#include "core/decode/schemaformats.h"
#include "core/decode/schemanames.h"
#include "core/decode/schemapatterns.h"

#include <deque>
#include <memory>
#include <optional>
#include <simdjson.h>
#include <vector>

namespace framescope {

/// minLength and maxLength, minItems and maxItems, …
struct SchemaSize
{
    std::optional<quint64> least;
    std::optional<quint64> most;
    [[nodiscard]] bool isSet() const { return least || most; }
};

/// `enum` and `const`: schemaliterals.cpp.
struct SchemaLiterals
{
    std::optional<simdjson::dom::element> constant;
    bool isEnumerated = false;
    std::vector<simdjson::dom::element> others; ///< what is listed and no text
    SchemaNames texts;                          ///< what is listed and a text: most literals are
    std::optional<simdjson::dom::array> listed; ///< all of `enum`, to be shown
};

/// `minimum` … `multipleOf`: schemanumbers.cpp.
struct SchemaNumbers
{
    std::optional<simdjson::dom::element> minimum;
    std::optional<simdjson::dom::element> maximum;
    std::optional<simdjson::dom::element> exclusiveMinimum;
    std::optional<simdjson::dom::element> exclusiveMaximum;
    std::optional<simdjson::dom::element> multipleOf;
    bool minimumIsExclusive = false; ///< draft-04 has flags for it; they are gone when the node is finished
    bool maximumIsExclusive = false;
};

/// `minLength`, `maxLength`, `pattern`, `format`: schematexts.cpp.
struct SchemaTexts
{
    SchemaSize length;
    const SchemaPattern* pattern = nullptr;
    const SchemaFormat* format = nullptr;
};

/// `items`, `contains`, `uniqueItems` and their like: schemaitems.cpp.
struct SchemaItems
{
    SchemaSize count;
    bool isUnique = false;
    std::vector<const Schema::Node*> leading; ///< of the first items, one by one
    const Schema::Node* rest = nullptr;       ///< of all that follow
    bool restIsAdditional = false;            ///< forbidden ones are told as items too many
    const Schema::Node* contains = nullptr;
    SchemaSize containing;                    ///< how many items fit `contains`
    const Schema::Node* additional = nullptr; ///< `additionalItems`: becomes `rest` where `items` is a list
    bool isListed = false;                    ///< `items` is a list
};

/// `properties`, `required`, `dependencies` and their like: schemamembers.cpp.
struct SchemaMembers
{
    struct Property
    {
        const Schema::Node* schema = nullptr; ///< null: only its presence counts
        bool isRequired = false;
    };
    struct PatternProperty
    {
        const SchemaPattern* pattern = nullptr;
        const Schema::Node* schema = nullptr;
    };
    struct Dependency
    {
        const char* keyword = "";
        std::size_t trigger = 0;           ///< index of the property whose presence asks for more
        std::vector<std::size_t> required; ///< indices of properties
        const Schema::Node* schema = nullptr;
    };

    SchemaNames names; ///< those that any keyword names, in the schema's order, which is mostly that of the messages
    std::vector<Property> properties; ///< one a name
    std::size_t requiredCount = 0;
    std::vector<PatternProperty> patterns;
    const Schema::Node* additional = nullptr;
    const Schema::Node* nameSchema = nullptr; ///< `propertyNames`
    std::vector<Dependency> dependencies;
    SchemaSize count;
    bool readsEach = false;  ///< anything but the count
    bool readsNames = false; ///< `patternProperties` or `propertyNames`
    bool namesSome = false;  ///< `properties` names at least one
};

/// `$ref`, `allOf`, `anyOf`, `oneOf`, `not`, `if`: schemacombinations.cpp.
struct SchemaCombinations
{
    const Schema::Node* reference = nullptr;
    std::vector<const Schema::Node*> allOf;
    std::vector<const Schema::Node*> anyOf;
    std::vector<const Schema::Node*> oneOf;
    const Schema::Node* negated = nullptr;
    const Schema::Node* condition = nullptr;
    const Schema::Node* fitting = nullptr;   ///< `then`
    const Schema::Node* otherwise = nullptr; ///< `else`
};

struct QuickNode;

struct Schema::Node
{
    const QuickNode* quick = nullptr; ///< the same for the short way through a good document: quickcheck.h
    QByteArray pointer;               ///< of this subschema in the schema document
    std::optional<bool> always;       ///< a boolean schema
    quint8 types = JsonType::Any;     ///< none for a boolean schema
    bool asksMore = false;            ///< than its types: there is a group
    bool sharesMembers = false;       ///< several subschemas name members of one value: none of them knows all
    std::unique_ptr<SchemaLiterals> literals;
    std::unique_ptr<SchemaTexts> texts;
    std::unique_ptr<SchemaNumbers> numbers;
    std::unique_ptr<SchemaMembers> members;
    std::unique_ptr<SchemaItems> items;
    std::unique_ptr<SchemaCombinations> combinations;

    /// Subschemas that judge the same value as this one.
    template <typename Visit>
    void forEachInPlace(Visit visit) const
    {
        const auto visitOne = [&](const Node* node) {
            if (node)
                visit(node);
        };
        if (const SchemaCombinations* parts = combinations.get()) {
            for (const auto* group : {&parts->allOf, &parts->anyOf, &parts->oneOf}) {
                for (const Node* node : *group)
                    visit(node);
            }
            for (const Node* node :
                 {parts->reference, parts->negated, parts->condition, parts->fitting, parts->otherwise})
                visitOne(node);
        }
        if (members) {
            for (const SchemaMembers::Dependency& dependency : members->dependencies)
                visitOne(dependency.schema);
        }
    }
};

/// How strictly a schema is taken.
enum class SchemaStyle
{
    Strict, ///< as it says; a keyword that is not run is refused by name
    Open    ///< of a service that adds members and values without notice; see topicschemas.h
};

/// All nodes of one schema, or of several in one document, and the document that their literals live in.
struct CompiledSchema
{
    simdjson::dom::parser parser;
    QByteArray text;
    std::deque<Schema::Node> nodes;
    std::deque<SchemaPattern> patterns;
    std::deque<QuickNode> quickNodes;

    CompiledSchema();
    CompiledSchema(const CompiledSchema&) = delete;
    CompiledSchema& operator=(const CompiledSchema&) = delete;
    ~CompiledSchema();
};

} // namespace framescope
