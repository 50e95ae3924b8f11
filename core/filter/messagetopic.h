#pragma once
/// Thread: any; a pure function, for any bytes. Cost: a search for one name in the payload.
#include "core/frame/frame.h"

namespace framescope {

/// The concrete topic that a notification names; of one whose payload was not kept, its template. Empty: none.
[[nodiscard]] QByteArrayView topicOfMessage(const FrameBatch& batch, std::size_t index);

} // namespace framescope
