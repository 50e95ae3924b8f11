#pragma once
/// Turns a schema document into nodes. For core/decode/*.cpp only.
#include "core/decode/schema_p.h"

#include <QHash>

namespace framescope {

class SchemaCompiler
{
public:
    SchemaCompiler(CompiledSchema& compiled, QString place)
        : m_compiled(compiled)
        , m_place(std::move(place))
    {
    }

    Expected<const Schema::Node*> compile(simdjson::dom::element document);

    /// Reads one keyword's value into a node. @p at is the keyword's own pointer.
    using Reader = void (SchemaCompiler::*)(Schema::Node& node, simdjson::dom::element value, const QByteArray& at);
    /// A keyword that has a meaning here; null reader: it only describes.
    static const QHash<QByteArray, Reader>& keywords();

private:
    static constexpr int nestingLimit = 64; ///< subschemas inside subschemas
    static constexpr int inPlaceLimit = 32; ///< $ref, allOf, anyOf, oneOf, not one inside the other for one value

    const Schema::Node* node(simdjson::dom::element schema, const QByteArray& pointer);
    void readMembers(Schema::Node& node, simdjson::dom::object schema);
    void fail(ErrorCode code, const QString& reason, const QByteArray& at);
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
    template <std::vector<const Schema::Node*> Schema::Node::*group>
    void readGroup(Schema::Node& node, simdjson::dom::element value, const QByteArray& at);
    void readNot(Schema::Node& node, simdjson::dom::element value, const QByteArray& at);

    CompiledSchema& m_compiled;
    QString m_place;
    simdjson::dom::element m_document;
    QHash<QByteArray, const Schema::Node*> m_byPointer; ///< also while it is being compiled: recursion ends here
    int m_nesting = 0;
    std::optional<Error> m_error; ///< the first one
};

} // namespace framescope
