#pragma once
/// Turns a schema document into nodes. For core/decode/*.cpp only.
///
/// The table of keywords and the way through the document are in schemacompiler.cpp; a keyword's reader stands beside
/// its check, in the file that schema_p.h names for its group. Bounded: by the sizes below, whatever the document says.
/// Thread: one compiler, one thread.
#include "core/decode/schemareferences.h"

#include <QStringList>

namespace framescope {

class SchemaCompiler
{
public:
    struct Options
    {
        SchemaStyle style = SchemaStyle::Strict;
        bool checksFormats = false; ///< else `format` only describes
    };

    SchemaCompiler(CompiledSchema& compiled, QString place, Options options)
        : m_compiled(compiled)
        , m_place(std::move(place))
        , m_options(options)
        , m_firstNode(compiled.nodes.size())
    {
    }

    /// @p document is where "#" points to; it may be a part of the document that was parsed.
    Expected<const Schema::Node*> compile(simdjson::dom::element document);
    /// Open style: what of the schema is not run, with its place; at most problemLimit.
    [[nodiscard]] const QStringList& problems() const { return m_problems; }
    static constexpr int problemLimit = 8;

private:
    static constexpr int nestingLimit = 64; ///< subschemas inside subschemas, as they are written
    static constexpr int inPlaceLimit = 32; ///< $ref, allOf, if, … one inside the other for one value
    static constexpr qsizetype placesLimit = qsizetype(64) * 1024 * 1024; ///< bytes of all nodes' pointers
    static constexpr std::size_t patternLimit = 1024;
    static constexpr std::size_t patternBytesLimit = std::size_t(16) * 1024 * 1024;

    using Node = Schema::Node;
    using Element = simdjson::dom::element;
    /// Reads one keyword's value into a node. @p at is the keyword's own pointer.
    using Reader = void (SchemaCompiler::*)(Node& node, Element value, const QByteArray& at);
    struct Keyword
    {
        Reader reader = nullptr; ///< null: it describes, or names what a `$ref` may lead to
        SchemaDialect since = SchemaDialect::Draft4;
        SchemaDialect until = SchemaDialect::Draft202012;
        bool isRefused = false; ///< its meaning depends on the way that a judge took: refused by name
    };
    static const QHash<QByteArray, Keyword>& keywords();

    // schemacompiler.cpp
    const Node* node(Element schema, const QByteArray& pointer);
    Node* newNode(const QByteArray& pointer);
    void read(Node& node, Element schema);
    void readMembers(Node& node, simdjson::dom::object schema);
    void readKeyword(Node& node, std::string_view name, Element value);
    static void finish(Node& node);
    /// Strict: the schema is refused. Open: the keyword is left out and named in problems().
    void fail(ErrorCode code, const QString& reason, const QByteArray& at);
    /// The schema is refused in either style.
    void refuse(ErrorCode code, const QString& reason, const QByteArray& at);
    [[nodiscard]] QString placeOf(const QByteArray& at) const;
    void checkInPlace(const Node* node, int above, int& below);
    [[nodiscard]] bool isOpen() const { return m_options.style == SchemaStyle::Open; }
    void readSize(SchemaSize& size, bool isLeast, Element value, const QByteArray& at);
    /// A list of at least one schema, or an empty one after an error.
    std::vector<const Node*> schemaList(Element value, const QByteArray& at);
    void readDialect(Node& node, Element value, const QByteArray& at);

    // schemaliterals.cpp
    void readType(Node& node, Element value, const QByteArray& at);
    void readEnum(Node& node, Element value, const QByteArray& at);
    void readConst(Node& node, Element value, const QByteArray& at);
    // schemanumbers.cpp
    template <std::optional<simdjson::dom::element> SchemaNumbers::*bound>
    void readBound(Node& node, Element value, const QByteArray& at);
    template <std::optional<simdjson::dom::element> SchemaNumbers::*bound, bool SchemaNumbers::*flag>
    void readExclusive(Node& node, Element value, const QByteArray& at);
    void readMultipleOf(Node& node, Element value, const QByteArray& at);
    static void finishNumbers(Node& node);
    // schematexts.cpp
    template <bool isLeast>
    void readLength(Node& node, Element value, const QByteArray& at);
    void readPattern(Node& node, Element value, const QByteArray& at);
    void readFormat(Node& node, Element value, const QByteArray& at);
    const SchemaPattern* pattern(std::string_view text, const QByteArray& at);
    // schemaitems.cpp
    template <bool isLeast>
    void readItemCount(Node& node, Element value, const QByteArray& at);
    template <bool isLeast>
    void readContaining(Node& node, Element value, const QByteArray& at);
    void readUniqueItems(Node& node, Element value, const QByteArray& at);
    void readItems(Node& node, Element value, const QByteArray& at);
    void readPrefixItems(Node& node, Element value, const QByteArray& at);
    void readAdditionalItems(Node& node, Element value, const QByteArray& at);
    void readContains(Node& node, Element value, const QByteArray& at);
    static void finishItems(Node& node);
    // schemamembers.cpp
    template <bool isLeast>
    void readMemberCount(Node& node, Element value, const QByteArray& at);
    void readProperties(Node& node, Element value, const QByteArray& at);
    void readPatternProperties(Node& node, Element value, const QByteArray& at);
    void readAdditionalProperties(Node& node, Element value, const QByteArray& at);
    void readPropertyNames(Node& node, Element value, const QByteArray& at);
    void readRequired(Node& node, Element value, const QByteArray& at);
    template <bool allowsNames, bool allowsSchemas>
    void readDependencies(Node& node, Element value, const QByteArray& at);
    void readNames(SchemaMembers& members, simdjson::dom::array names, std::vector<std::size_t>& indices,
                   const QByteArray& at);
    static std::size_t property(SchemaMembers& members, std::string_view name);
    // schemacombinations.cpp
    void readReference(Node& node, Element value, const QByteArray& at);
    template <std::vector<const Schema::Node*> SchemaCombinations::*group>
    void readGroup(Node& node, Element value, const QByteArray& at);
    template <const Schema::Node* SchemaCombinations::*part>
    void readPart(Node& node, Element value, const QByteArray& at);
    static void finishCombinations(Node& node);

    CompiledSchema& m_compiled;
    QString m_place;
    const Options m_options;
    const std::size_t m_firstNode; ///< nodes before it are of other schemas
    QStringList m_problems;
    SchemaDialect m_dialect = SchemaDialect::Draft7;
    bool m_dialectIsStated = false;
    SchemaReferences m_references;
    QHash<QByteArray, Node*> m_byPointer;             ///< also while it is being compiled: recursion ends here
    std::vector<std::pair<Node*, Element>> m_pending; ///< what a `$ref` led to, to be read without going deeper
    QHash<QByteArray, const SchemaPattern*> m_patterns;
    std::size_t m_patternBytes = 0;
    qsizetype m_placesBytes = 0;
    QHash<const Node*, int> m_inPlaceDepths;
    int m_nesting = 0;
    std::optional<Error> m_error; ///< the first one
};

/// The group of a node, made when it is asked for.
template <typename Group>
Group& schemaGroup(std::unique_ptr<Group>& group)
{
    if (!group)
        group = std::make_unique<Group>();
    return *group;
}

} // namespace framescope
