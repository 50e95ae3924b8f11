#pragma once
/// The faults of the notifications as data: what they are called, and what the audit of a client has to say about them.
/// Thread: any; static data.
#include "core/simulator/simulator.h"

namespace framescope {

struct ChannelFaultInfo
{
    ChannelFault fault;
    const char* name;  ///< "socket-closing"
    const char* event; ///< an audit action's name
};

/// @p fault: not Count_.
[[nodiscard]] const ChannelFaultInfo& channelFaultInfo(ChannelFault fault);

} // namespace framescope
