#pragma once
/// Proposes a JSON Schema (draft-07) for a type from the shape that was seen: `type`; `required` where a member was in
/// every one of enough objects; `enum` where a closed list of codes repeats. It accepts every message that it was
/// learnt from, and forbids nothing that was merely not seen: no additionalProperties, and a path that was only ever
/// null may become anything. A start for a person, not the service's word. Thread: any; pure.
#include "core/decode/shapes.h"

namespace framescope {

/// A member is only called required when at least so many objects could have lacked it.
inline constexpr quint64 requiredFromObjects = 20;

/// Indented by two spaces, with a line feed at its end. UTF-8, no locale.
[[nodiscard]] QByteArray proposedSchema(const TypeShape& shape);

} // namespace framescope
