#pragma once
/// The bodies of the topics about agents, queues and the organisation: v2.users.{id}.*, v2.routing.queues.{id}.users,
/// v2.analytics.queues.{id}.* and v2.operations.events.{id}.
///
/// Shapes: those that Genesys' own SDKs declare. Thread: any.
#include "core/simulator/centrestaff.h"
#include "core/simulator/jsontext.h"
#include "core/simulator/livecall.h"

namespace framescope::staffbodies {

void appendPresence(const Agent& agent, const CentreStaff& staff, std::string& json);
void appendRoutingStatus(const Agent& agent, std::string& json);
void appendActivity(const Agent& agent, const CentreStaff& staff, std::string& json);
/// @p call: what the agent is busy with, or nothing.
void appendSummary(const Agent& agent, const LiveCall* call, std::string& json);
void appendStation(const Agent& agent, std::string& json);
/// A new sign-in of that agent. @p sessionId: a UUID.
void appendToken(const Agent& agent, std::string_view sessionId, qint64 wallMs, std::string& json);
void appendMembership(const Agent& agent, const Queue& queue, bool joined, std::string& json);
void appendObservations(const Queue& queue, Media media, const CentreStaff& staff, qint64 wallMs, std::string& json);
void appendQueueActivity(const Queue& queue, qint64 wallMs, std::string& json);
/// The events of AudioHook integrations are the ones that the simulated organisation has.
void appendOperation(std::string_view eventId, std::string_view conversationId, std::string_view entityId,
                     qint64 wallMs, std::string& json);

} // namespace framescope::staffbodies
