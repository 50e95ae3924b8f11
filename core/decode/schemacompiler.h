#pragma once
/// Turns a schema document into nodes. For core/decode/*.cpp only.
#include "core/decode/schema_p.h"

#include <QHash>
#include <QStringList>

namespace framescope {

class SchemaCompiler
{
public:
    SchemaCompiler(CompiledSchema& compiled, QString place, SchemaStyle style = SchemaStyle::Strict)
        : m_compiled(compiled)
        , m_place(std::move(place))
        , m_isOpen(style == SchemaStyle::Open)
        , m_firstNode(compiled.nodes.size())
    {
    }

    /// @p document is where "#" points to; it may be a part of the document that was parsed.
    Expected<const Schema::Node*> compile(simdjson::dom::element document);
    /// Open style: what of the schema is not run, with its place; at most problemLimit.
    [[nodiscard]] const QStringList& problems() const { return m_problems; }
    static constexpr int problemLimit = 8;

    /// Reads one keyword's value into a node. @p at is the keyword's own pointer.
    using Reader = void (SchemaCompiler::*)(Schema::Node& node, simdjson::dom::element value, const QByteArray& at);
    /// A keyword that has a meaning here; null reader: it only describes.
    static const QHash<QByteArray, Reader>& keywords();

private:
    static constexpr int nestingLimit = 64; ///< subschemas inside subschemas
    static constexpr int inPlaceLimit = 32; ///< $ref, allOf, anyOf, oneOf, not one inside the other for one value

    const Schema::Node* node(simdjson::dom::element schema, const QByteArray& pointer);
    void readMembers(Schema::Node& node, simdjson::dom::object schema);
    /// Strict: the schema is refused. Open: the keyword is left out and named in problems().
    void fail(ErrorCode code, const QString& reason, const QByteArray& at);
    /// The schema is refused in either style.
    void refuse(ErrorCode code, const QString& reason, const QByteArray& at);
    [[nodiscard]] QString placeOf(const QByteArray& at) const;
    void checkInPlace(const Schema::Node* node, QHash<const Schema::Node*, int>& depths, int& depth);
    Schema::Node::Property& property(Schema::Node& node, std::string_view name);

    void readType(Schema::Node& node, simdjson::dom::element value, const QByteArray& at);
    void readEnum(Schema::Node& node, simdjson::dom::element value, const QByteArray& at);
    void readConst(Schema::Node& node, simdjson::dom::element value, const QByteArray& at);
    template <std::optional<simdjson::dom::element> Schema::Node::*bound>
    void readNumber(Schema::Node& node, simdjson::dom::element value, const QByteArray& at);
    void readMultipleOf(Schema::Node& node, simdjson::dom::element value, const QByteArray& at);
    template <Schema::Node::Size Schema::Node::*size, std::optional<quint64> Schema::Node::Size::*end>
    void readSize(Schema::Node& node, simdjson::dom::element value, const QByteArray& at);
    void readUniqueItems(Schema::Node& node, simdjson::dom::element value, const QByteArray& at);
    void readItems(Schema::Node& node, simdjson::dom::element value, const QByteArray& at);
    void readProperties(Schema::Node& node, simdjson::dom::element value, const QByteArray& at);
    void readRequired(Schema::Node& node, simdjson::dom::element value, const QByteArray& at);
    void readAdditional(Schema::Node& node, simdjson::dom::element value, const QByteArray& at);
    void readReference(Schema::Node& node, simdjson::dom::element value, const QByteArray& at);
    void readReferenceById(Schema::Node& node, const QByteArray& id, const QByteArray& at);
    void collectIds(simdjson::dom::element schema, const QByteArray& pointer);
    template <std::vector<const Schema::Node*> Schema::Node::*group>
    void readGroup(Schema::Node& node, simdjson::dom::element value, const QByteArray& at);
    void readNot(Schema::Node& node, simdjson::dom::element value, const QByteArray& at);

    CompiledSchema& m_compiled;
    QString m_place;
    const bool m_isOpen;
    const std::size_t m_firstNode; ///< nodes before it are of other schemas
    QStringList m_problems;
    std::optional<QHash<QByteArray, std::pair<QByteArray, simdjson::dom::element>>> m_byId; ///< made when asked for
    simdjson::dom::element m_document;
    QHash<QByteArray, const Schema::Node*> m_byPointer; ///< also while it is being compiled: recursion ends here
    int m_nesting = 0;
    std::optional<Error> m_error; ///< the first one
};

} // namespace framescope
