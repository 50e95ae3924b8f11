#pragma once
/// The bodies of the conversation topics: the nested form of v2.users.{id}.conversations and
/// v2.routing.queues.{id}.conversations, and the flat one of ...conversations.calls. Both are full snapshots.
///
/// Shapes: those that Genesys' own SDKs declare (purecloud-platform-client-v2 262.0.0). Thread: any.
#include "core/simulator/centrestaff.h"
#include "core/simulator/jsontext.h"
#include "core/simulator/livecall.h"

namespace framescope::callbodies {

/// participants[].calls[], callbacks[], chats[], emails[], messages[].
void appendNested(const LiveCall& call, const CentreStaff& staff, std::string& json);
/// The call media participants themselves; for voice only.
void appendFlat(const LiveCall& call, const CentreStaff& staff, std::string& json);

} // namespace framescope::callbodies
