#include "core/base/clock.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace framescope {

namespace {

qint64 read(clockid_t clock)
{
    timespec time{};
    clock_gettime(clock, &time);
    return qint64(time.tv_sec) * nsPerSecond + time.tv_nsec;
}
} // namespace

qint64 monotonicNs()
{
    return read(CLOCK_MONOTONIC);
}

Instant now()
{
    return {read(CLOCK_MONOTONIC), read(CLOCK_REALTIME)};
}

QByteArray rfc3339Utc(qint64 wallNs)
{
    qint64 seconds = wallNs / nsPerSecond;
    qint64 rest = wallNs % nsPerSecond;
    if (rest < 0) {
        rest += nsPerSecond;
        --seconds;
    }
    const time_t whole = time_t(seconds);
    tm parts{};
    if (!gmtime_r(&whole, &parts))
        return {}; // a year that does not fit an int: only a forged file can hold it
    std::array<char, 48> text{};
    const int length =
        std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", parts.tm_year + 1900,
                      parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, int(rest / 1000));
    return QByteArray(text.data(), length);
}

} // namespace framescope
