#pragma once
/// The faults of an audit chain with their stable names and their English sentences: one catalogue for the window, the
/// command line and both verifiers' agreement. The window translates the sentences (context "Audit").
///
/// Thread: any; pure.
#include "core/audit/chainverifier.h"

#include <QLatin1String>

namespace framescope {

struct ChainFaultInfo
{
    const char* name;     ///< "entry-changed"
    const char* sentence; ///< %1: first bad entry, %2: last bad entry, %3: checkpoint
};
[[nodiscard]] const ChainFaultInfo& chainFaultInfo(ChainFault fault);

/// What a sound chain does not prove; to be said with every good result.
[[nodiscard]] const char* chainLimits();

} // namespace framescope
