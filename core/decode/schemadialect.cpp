#include "core/decode/schemadialect.h"

#include "core/decode/asciitext.h"
#include "core/decode/jsonpath.h"
#include "core/decode/jsonvalue.h"

#include <QHash>
#include <array>

namespace framescope {

namespace {

using simdjson::dom::element;

struct DialectName
{
    SchemaDialect dialect;
    std::string_view uri; ///< without "http://" and the empty fragment
    const char* name;
};

constexpr auto dialects = std::to_array<DialectName>({
    {SchemaDialect::Draft4, "json-schema.org/draft-04/schema", "draft-04"},
    {SchemaDialect::Draft6, "json-schema.org/draft-06/schema", "draft-06"},
    {SchemaDialect::Draft7, "json-schema.org/draft-07/schema", "draft-07"},
    {SchemaDialect::Draft201909, "json-schema.org/draft/2019-09/schema", "2019-09"},
    {SchemaDialect::Draft202012, "json-schema.org/draft/2020-12/schema", "2020-12"},
});

/// What stands under a keyword.
enum class Holds
{
    Schema,
    SchemaOrList,
    Map ///< of names to schemas; what is no schema there is passed over
};

const QHash<QByteArray, Holds>& schemaHolders()
{
    static const QHash<QByteArray, Holds> table{
        {"items", Holds::SchemaOrList},
        {"allOf", Holds::SchemaOrList},
        {"anyOf", Holds::SchemaOrList},
        {"oneOf", Holds::SchemaOrList},
        {"prefixItems", Holds::SchemaOrList},
        {"additionalItems", Holds::Schema},
        {"additionalProperties", Holds::Schema},
        {"contains", Holds::Schema},
        {"propertyNames", Holds::Schema},
        {"not", Holds::Schema},
        {"if", Holds::Schema},
        {"then", Holds::Schema},
        {"else", Holds::Schema},
        {"contentSchema", Holds::Schema},
        {"unevaluatedItems", Holds::Schema},
        {"unevaluatedProperties", Holds::Schema},
        {"properties", Holds::Map},
        {"patternProperties", Holds::Map},
        {"dependencies", Holds::Map},
        {"dependentSchemas", Holds::Map},
        {"definitions", Holds::Map},
        {"$defs", Holds::Map},
    };
    return table;
}

/// Only drafts after -07 have them.
bool isLaterKeyword(std::string_view name)
{
    constexpr auto names = std::to_array<std::string_view>(
        {"$defs", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "$recursiveAnchor", "prefixItems",
         "dependentRequired", "dependentSchemas", "minContains", "maxContains", "unevaluatedItems",
         "unevaluatedProperties", "contentSchema", "$vocabulary"});
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::optional<SchemaDialect> dialectFromUri(std::string_view uri)
{
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (uri.starts_with(scheme))
            uri.remove_prefix(scheme.size());
    }
    if (uri.ends_with('#'))
        uri.remove_suffix(1);
    for (const DialectName& each : dialects) {
        if (uri == each.uri)
            return each.dialect;
    }
    return std::nullopt;
}

class SubschemaWalk
{
public:
    explicit SubschemaWalk(const std::function<void(element, const QByteArray&)>& visit)
        : m_visit(visit)
    {
    }

    /// No deeper than the parser allowed the document to be.
    void run(element schema, const QByteArray& pointer)
    {
        if (!schema.is_object() || pointer.size() > schemaPointerLimit)
            return;
        m_visit(schema, pointer);
        for (const auto [name, value] : objectOf(schema)) {
            const auto holder = schemaHolders().constFind(bytesOf(name));
            if (holder == schemaHolders().cend())
                continue;
            const QByteArray at = withStep(pointer, name);
            if (*holder == Holds::Map && value.is_object()) {
                for (const auto [inner, innerValue] : objectOf(value))
                    run(innerValue, withStep(at, inner));
            } else if (*holder == Holds::SchemaOrList && value.is_array()) {
                int index = 0;
                for (const element item : arrayOf(value))
                    run(item, at + '/' + QByteArray::number(index++));
            } else if (*holder != Holds::Map) {
                run(value, at);
            }
        }
    }

private:
    const std::function<void(element, const QByteArray&)>& m_visit;
};

} // namespace

QString dialectName(SchemaDialect dialect)
{
    return QLatin1String(dialects[std::size_t(dialect)].name);
}

Expected<SchemaDialect> dialectOf(element document)
{
    if (document.is_object()) {
        const auto stated = objectOf(document).at_key("$schema");
        if (stated.error() == simdjson::SUCCESS) {
            const std::optional<SchemaDialect> known =
                stated.value_unsafe().is_string() ? dialectFromUri(stringOf(stated.value_unsafe())) : std::nullopt;
            if (known)
                return *known;
            return failure(ErrorCode::Unsupported,
                           QStringLiteral("\"$schema\" names none of the drafts -04, -06, -07, 2019-09 and 2020-12"));
        }
    }
    bool isLater = false;
    forEachSubschema(document, [&isLater](element schema, const QByteArray&) {
        for (const auto [name, value] : objectOf(schema))
            isLater = isLater || isLaterKeyword(name);
    });
    return isLater ? SchemaDialect::Draft202012 : SchemaDialect::Draft7;
}

bool isOfDialect(element schemaKeyword, SchemaDialect dialect)
{
    return schemaKeyword.is_string() && dialectFromUri(stringOf(schemaKeyword)) == dialect;
}

void forEachSubschema(element document, const std::function<void(element, const QByteArray&)>& visit)
{
    SubschemaWalk(visit).run(document, {});
}

} // namespace framescope
