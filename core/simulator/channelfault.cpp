#include "core/simulator/channelfault.h"

#include <array>

namespace framescope {

namespace {

constexpr auto channelFaults = [] {
    using enum ChannelFault;
    return std::to_array<ChannelFaultInfo>({
        {SocketClosing, "socket-closing", "socket-closing"},
        {EvictChannel, "evict-channel", "no-longer-subscribed"},
        {SocketReplaced, "socket-replaced", "socket-replaced"},
        {TokenRevoked, "token-revoked", "token-revoked"},
        {ChannelExpired, "channel-expired", "channel-lost"},
        {SilentSocket, "silent-socket", "heartbeat-lost"},
        {TcpReset, "tcp-reset", "closed"},
        {Close1001, "close-1001", "closed"},
        {RestUnavailable503, "rest-unavailable-503", "channel-lost"},
        {RateLimited429, "rate-limited-429", "rate-limited"},
        {Upgrade401, "upgrade-401", "channel-lost"},
        {Result404, "result-404", "channel-lost"},
    });
}();
static_assert(channelFaults.size() == std::size_t(ChannelFault::Count_));

} // namespace

const ChannelFaultInfo& channelFaultInfo(ChannelFault fault)
{
    return channelFaults[std::size_t(fault)];
}

QByteArray channelFaultName(ChannelFault fault)
{
    return fault < ChannelFault::Count_ ? channelFaultInfo(fault).name : "";
}

} // namespace framescope
