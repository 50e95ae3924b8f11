#pragma once
/// The size gate: says what to do with a message by its size alone, before anything is copied or decoded.
/// Thread: stream; stateless but for its limits. Units: bytes (MiB = 1,048,576).
#include "core/frame/rawframe.h"

namespace framescope {

struct SizeLimits
{
    quint64 flagBytes = 1024 * 1024;       ///< over it: kept and decoded, with the finding SIZE-LARGE
    quint64 refuseBytes = 5 * 1024 * 1024; ///< over it: refused with SIZE-GATE, payload not copied
};

enum class GateDecision
{
    Pass,
    Flag,
    Refuse
};

/// Size of a message as UTF-8 without converting it: what it had on the wire.
[[nodiscard]] quint64 wireSizeBytes(const RawFrame& frame);
[[nodiscard]] GateDecision gateDecision(quint64 sizeBytes, const SizeLimits& limits);

} // namespace framescope
