#pragma once
/// Time as Framescope records it: a monotonic stamp that orders, and the wall clock (UTC) that people read.
///
/// Thread: any. Units: nanoseconds. The monotonic stamp is CLOCK_MONOTONIC: it neither jumps when the wall clock is set
/// nor counts time spent suspended.
#include <QByteArray>
#include <QtGlobal>

namespace framescope {

inline constexpr qint64 nsPerMs = 1'000'000;
inline constexpr qint64 nsPerSecond = 1'000'000'000;

struct Instant
{
    qint64 monoNs = 0;
    qint64 wallNs = 0; ///< since 1970-01-01T00:00:00Z
};

[[nodiscard]] qint64 monotonicNs();
[[nodiscard]] Instant now();
/// RFC 3339 in UTC with six decimals: "2026-11-24T20:15:07.123456Z". Never depends on locale or time zone.
[[nodiscard]] QByteArray rfc3339Utc(qint64 wallNs);

} // namespace framescope
