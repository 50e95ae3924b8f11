#pragma once
/// The formats of texts that a schema can name, each checked by a small parser after the document that defines it.
///
/// Formats outside this list are not checked, as JSON Schema allows (draft-07 validation, section 7.2). Thread: any;
/// pure functions, one pass over the text. For core/decode/*.cpp only.
#include <string_view>

namespace framescope {

struct SchemaFormat
{
    const char* name;                    ///< "date-time"
    const char* rule;                    ///< "RFC 3339 section 5.6": shown as what was expected
    bool (*fits)(std::string_view text); ///< text is UTF-8
};

/// Null when there is none of that name.
[[nodiscard]] const SchemaFormat* schemaFormat(std::string_view name);

} // namespace framescope
