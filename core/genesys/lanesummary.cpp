#include "core/genesys/lanesummary.h"

namespace framescope {

namespace {

int troubleOf(SourcePhase phase)
{
    switch (phase) {
    case SourcePhase::Suspended:
        return 3;
    case SourcePhase::Waiting:
        return 2;
    case SourcePhase::Connected:
        return 0;
    default:
        return 1;
    }
}

} // namespace

SourceState foldLanes(SourceState own, const std::vector<NotificationLane*>& lanes)
{
    SourceState state = std::move(own);
    state.phase = SourcePhase::Connected;
    state.reconnects = 0;
    state.roundTripNs = -1;
    for (const NotificationLane* lane : lanes) {
        const LaneStatus status = lane->status();
        if (troubleOf(status.phase) > troubleOf(state.phase)) {
            state.phase = status.phase == SourcePhase::Idle ? SourcePhase::Connecting : status.phase;
            state.error = status.error;
            state.nextAttemptMonoNs = status.nextAttemptMonoNs;
        } else if (status.phase == state.phase && status.nextAttemptMonoNs != 0) {
            state.nextAttemptMonoNs = std::min(state.nextAttemptMonoNs, status.nextAttemptMonoNs);
        }
        if (lane->closeCode() != 0)
            state.closeCode = lane->closeCode();
        if (state.endpoint.isEmpty() || lane == lanes.front())
            state.endpoint = lane->endpoint().isEmpty() ? state.endpoint : lane->endpoint();
        state.attempt = std::max(state.attempt, status.attempt);
        state.reconnects += status.reconnects;
        state.roundTripNs = std::max(state.roundTripNs, status.roundTripNs);
        state.connectedSinceMonoNs = std::max(state.connectedSinceMonoNs, status.connectedSinceMonoNs);
    }
    if (state.phase != SourcePhase::Connected)
        state.connectedSinceMonoNs = 0;
    return state;
}

} // namespace framescope
