#pragma once
/// The parts of the REST host about people, queues and limits: GET users, users/me, users/{id}, routing/queues,
/// routing/queues/{id} and organizations/limits/namespaces, POST users/search. Read-only. Thread: any.
#include "core/simulator/centrestaff.h"
#include "core/simulator/httprequest.h"
#include "core/simulator/tokenendpoint.h"

namespace framescope::directoryapi {

/// @p hasUser: whether the caller is a person; it is the first agent then. @p perMinute: the limit of its requests.
[[nodiscard]] HttpReply answer(const HttpRequest& request, const CentreStaff& staff, bool hasUser, int perMinute);

} // namespace framescope::directoryapi
