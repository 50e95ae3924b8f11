#include "core/simulator/livecall.h"

#include <algorithm>
#include <array>

namespace framescope {

namespace {
constexpr auto names = std::to_array<std::string_view>({"voice", "callback", "chat", "email", "message"});
constexpr auto upperNames = std::to_array<std::string_view>({"VOICE", "CALLBACK", "CHAT", "EMAIL", "MESSAGE"});
} // namespace

std::string_view mediaName(Media media)
{
    return names[std::size_t(media)];
}

std::string_view mediaUpperName(Media media)
{
    return upperNames[std::size_t(media)];
}

CallParticipant* LiveCall::last(CallParticipant::Purpose purpose)
{
    const auto found = std::find_if(participants.rbegin(), participants.rend(),
                                    [purpose](const CallParticipant& p) { return p.purpose == purpose; });
    return found == participants.rend() ? nullptr : &*found;
}

const CallParticipant* LiveCall::last(CallParticipant::Purpose purpose) const
{
    return const_cast<LiveCall*>(this)->last(purpose);
}

} // namespace framescope
