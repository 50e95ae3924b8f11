#pragma once
/// When a notification's body says that its event happened. Sources: the members that Genesys Cloud's bodies have for
/// it (protocol: eventTime, timestamp, metricDate, modifiedDate, routingStatus.startTime, presence.modifiedDate); they
/// time the change of state, not its publication. For core/decode/*.cpp only. Thread: any; pure functions, no
/// allocation. Units: ns since 1970, UTC.
#include "core/decode/jsonvalue.h"

#include <array>

namespace framescope {

struct EventTime
{
    qint64 wallNs = 0; ///< 0: the body states none
    std::array<PathStep, 2> path;
    std::size_t steps = 0; ///< of path, from the body
};

[[nodiscard]] EventTime eventTimeOf(simdjson::dom::object body);

/// RFC 3339, as the service writes it: "2026-01-05T10:00:01.100Z", also with an offset ("+01:00", "+0100"). 0 for
/// anything else: a time without a zone states no moment.
[[nodiscard]] qint64 wallNsFromIso(std::string_view text);
/// An epoch in milliseconds; 0 outside the years 2000 to 2199, which are those of a live stream.
[[nodiscard]] qint64 wallNsFromEpochMs(quint64 ms);

} // namespace framescope
