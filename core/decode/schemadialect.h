#pragma once
/// The drafts of JSON Schema, and how a schema says which one it follows. For core/decode/*.cpp only.
/// Thread: any; pure functions.
#include "core/base/error.h"

#include <QByteArray>
#include <functional>
#include <simdjson.h>

namespace framescope {

enum class SchemaDialect
{
    Draft4,
    Draft6,
    Draft7,
    Draft201909,
    Draft202012
};

/// "draft-07"
[[nodiscard]] QString dialectName(SchemaDialect dialect);

/// By the document's `$schema`. Without one, draft-07, unless there are keywords in it that only later drafts have:
/// then 2020-12. Unsupported when `$schema` names something else; `place` is empty.
[[nodiscard]] Expected<SchemaDialect> dialectOf(simdjson::dom::element document);
/// What a `$schema` inside of the document names; nothing else than the document's own draft is taken there.
[[nodiscard]] bool isOfDialect(simdjson::dom::element schemaKeyword, SchemaDialect dialect);

/// Calls @p visit for the document and for every subschema in it, with its JSON Pointer: where keywords have schemas,
/// and nowhere else, since an `$id` in a literal is none. Outer ones come first. Places with a pointer longer than
/// schemaPointerLimit are left out.
void forEachSubschema(simdjson::dom::element document,
                      const std::function<void(simdjson::dom::element, const QByteArray&)>& visit);
inline constexpr qsizetype schemaPointerLimit = 4096;

} // namespace framescope
