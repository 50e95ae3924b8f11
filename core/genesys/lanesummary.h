#pragma once
/// Several lanes as one: what the window's status bar and `record` show for the whole source.
/// Thread: the stream's; pure.
#include "core/genesys/notificationlane.h"

namespace framescope {

/// @p own is what the source knows beside its lanes. Where any lane is in trouble, that is what the whole tells: its
/// phase, its error, the soonest next attempt. Reconnects are summed, the round trip is that of the slowest lane.
[[nodiscard]] SourceState foldLanes(SourceState own, const std::vector<NotificationLane*>& lanes);

} // namespace framescope
