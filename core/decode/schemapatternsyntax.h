#pragma once
/// Patterns as JSON Schema writes them, put into the words of PCRE2. For core/decode/schemapatterns.cpp only.
///
/// JSON Schema asks for ECMA-262 (draft-07 validation, section 4.3); the syntax taken here is that of its "u" flag, and
/// of its annex B where that is harmless. Where the two languages differ in meaning, the words are changed; what PCRE2
/// would understand and ECMA-262 does not have is refused. Thread: any; a pure function, one pass.
#include "core/base/error.h"

#include <QByteArray>
#include <string_view>

namespace framescope {

/// The pattern for a match that starts at the text's first character (PCRE2_ANCHORED), since the search for a later
/// start is part of it. Parse or Unsupported with the reason and the place in @p pattern, counted in bytes.
[[nodiscard]] Expected<QByteArray> patternForPcre(std::string_view pattern);

} // namespace framescope
