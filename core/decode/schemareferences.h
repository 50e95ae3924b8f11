#pragma once
/// Where the `$ref`s of a schema lead: JSON Pointers, `$id`s and anchors of the same document (draft-07 core section 8;
/// 2020-12 core section 8.2). Nothing is ever fetched. For core/decode/*.cpp only. Thread: one compiler, one thread.
#include "core/decode/schema_p.h"
#include "core/decode/schemadialect.h"

#include <QHash>
#include <QUrl>

namespace framescope {

class SchemaReferences
{
public:
    struct Target
    {
        QByteArray pointer;
        simdjson::dom::element schema;
    };
    struct Options
    {
        SchemaDialect dialect = SchemaDialect::Draft7;
        bool isStated = false; ///< by `$schema`; else `id` may be meant as well as `$id`
        SchemaStyle style = SchemaStyle::Strict;
    };

    /// Gathers the document's identifiers. Parse with the place (a JSON Pointer) of a bad or repeated one.
    Expected<void> gather(simdjson::dom::element document, const Options& options);

    /// What the text of a `$ref` in the subschema at @p from leads to. Parse when it is nothing, Unsupported when it is
    /// outside of the document; `place` is empty.
    [[nodiscard]] Expected<Target> find(const QByteArray& reference, const QByteArray& from) const;

private:
    /// A subschema with a base URI of its own.
    struct Resource
    {
        QUrl base;
        QByteArray pointer;
        simdjson::dom::element schema;
    };

    Expected<void> gatherOne(simdjson::dom::element schema, const QByteArray& pointer);
    Expected<void> addIdentifier(std::string_view id, simdjson::dom::element schema, const QByteArray& pointer,
                                 const QByteArray& at);
    Expected<void> addAnchor(const QByteArray& name, simdjson::dom::element schema, const QByteArray& pointer,
                             const QByteArray& at);
    [[nodiscard]] const Resource& resourceOf(QByteArray pointer) const;
    [[nodiscard]] Expected<Target> findInside(const Resource& resource, const QByteArray& fragment,
                                              const QByteArray& reference) const;

    Options m_options;
    simdjson::dom::element m_document;
    Resource m_root;
    QHash<QByteArray, Resource> m_resources;      ///< by pointer
    QHash<QByteArray, QByteArray> m_pointerByUri; ///< of resources
    QHash<QByteArray, Target> m_anchors;          ///< by "pointer of the resource#name"
};

} // namespace framescope
