#pragma once
/// What a session file's audit events tell about the notifications of a session: gap ledger and topics. Counts, ages
/// and channels are not in them: those are live only.
/// Thread: any; a pure function.
#include "core/frame/auditevent.h"
#include "core/genesys/notificationstate.h"

#include <vector>

namespace framescope {

/// Null when these are no events of notifications.
[[nodiscard]] NotificationStatePtr recordedNotifications(const std::vector<AuditEvent>& events);

} // namespace framescope
