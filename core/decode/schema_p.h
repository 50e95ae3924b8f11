#pragma once
/// The compiled form of a schema: one node a subschema, joined by plain pointers, with literal values kept in
/// simdjson's own document so that they compare directly with those of a message. For core/decode/*.cpp only.
#include "core/decode/jsonvalue.h"
#include "core/decode/schema.h"

#include <bitset>
#include <deque>
#include <optional>
#include <simdjson.h>
#include <vector>

namespace framescope {

struct Schema::Node
{
    static constexpr std::size_t requiredLimit = 256;
    static constexpr std::size_t propertyLimit = 1024; ///< they are searched one by one
    using RequiredSet = std::bitset<requiredLimit>;

    struct Property
    {
        std::string_view name;
        const Node* schema = nullptr; ///< null: only required
        int required = -1;            ///< bit in RequiredSet
    };
    struct Size
    {
        std::optional<quint64> least;
        std::optional<quint64> most;
        [[nodiscard]] bool isSet() const { return least || most; }
    };

    QByteArray pointer;         ///< of this subschema in the schema document
    std::optional<bool> always; ///< a boolean schema
    quint8 types = JsonType::Any;
    std::vector<simdjson::dom::element> enumeration;
    std::vector<std::string_view> texts; ///< the texts among enumeration or constant: most literals are
    std::optional<simdjson::dom::element> constant;
    bool hasLiterals = false; ///< enum or const

    std::optional<simdjson::dom::element> minimum;
    std::optional<simdjson::dom::element> maximum;
    std::optional<simdjson::dom::element> exclusiveMinimum;
    std::optional<simdjson::dom::element> exclusiveMaximum;
    std::optional<simdjson::dom::element> multipleOf;
    bool boundsNumbers = false; ///< any of the five

    Size length;
    Size itemCount;
    Size memberCount;
    bool uniqueItems = false;
    const Node* items = nullptr;

    std::vector<Property> properties; ///< in the schema's order, which is mostly that of the messages
    std::size_t requiredCount = 0;
    const Node* additional = nullptr;

    const Node* reference = nullptr;
    std::vector<const Node*> allOf;
    std::vector<const Node*> anyOf;
    std::vector<const Node*> oneOf;
    const Node* negated = nullptr;
    bool combines = false;      ///< any of the five above
    bool readsMembers = false;  ///< properties, required or additionalProperties
    bool namesMembers = false;  ///< properties names at least one
    bool sharesMembers = false; ///< several subschemas name members of one value: none of them knows all

    /// Subschemas that judge the same value as this one.
    template <typename Visit>
    void forEachInPlace(Visit visit) const
    {
        for (const auto* group : {&allOf, &anyOf, &oneOf}) {
            for (const Node* node : *group)
                visit(node);
        }
        for (const Node* node : {reference, negated}) {
            if (node)
                visit(node);
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
};

} // namespace framescope
