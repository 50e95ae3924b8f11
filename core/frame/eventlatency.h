#pragma once
/// How long an event took from the time that its body states to its arrival here.
/// Thread: any; a pure function. Unit: ns. It depends on both clocks, so it may be negative.
#include "core/frame/frame.h"

#include <optional>

namespace framescope {

/// Nothing when the body states no time. Safe for any values that a damaged session file holds.
[[nodiscard]] inline std::optional<qint64> endToEndNs(const FrameHead& head)
{
    if (head.eventWallNs == 0)
        return std::nullopt;
    return qint64(quint64(head.wallNs) - quint64(head.eventWallNs));
}

} // namespace framescope
