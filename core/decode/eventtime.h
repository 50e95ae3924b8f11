#pragma once
/// When a message says that its event happened. Of a notification's body, sources are the members that Genesys Cloud
/// has for it (protocol: eventTime, timestamp, metricDate, modifiedDate, routingStatus.startTime,
/// presence.modifiedDate); they time the change of state, not its publication. Of other messages the matrix names the
/// member. For core/decode/*.cpp only. Thread: any; pure functions, no allocation but for findings. Units: ns since
/// 1970, UTC.
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
/// Of one member: a text as wallNsFromIso() reads it, or a whole number as wallNsFromEpochMs() does; else 0.
[[nodiscard]] qint64 wallNsOf(simdjson::dom::element value);

/// Clocks differ by that much in earnest: TIME-AHEAD is what lies further ahead of its arrival.
inline constexpr qint64 aheadToleranceNs = 2'000'000'000;
/// The evidence of TIME-AHEAD: "at most 2 s", "7.250 s ahead of its arrival".
[[nodiscard]] QByteArray aheadExpected();
[[nodiscard]] QByteArray aheadActual(qint64 aheadNs);

/// RFC 3339, as the service writes it: "2026-01-05T10:00:01.100Z", also with an offset ("+01:00", "+0100"). 0 for
/// anything else: a time without a zone states no moment.
[[nodiscard]] qint64 wallNsFromIso(std::string_view text);
/// An epoch in milliseconds; 0 outside the years 2000 to 2199, which are those of a live stream.
[[nodiscard]] qint64 wallNsFromEpochMs(quint64 ms);

} // namespace framescope
