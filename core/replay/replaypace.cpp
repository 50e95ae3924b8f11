#include "core/replay/replaypace.h"

#include <algorithm>
#include <cmath>

namespace framescope {

namespace {

constexpr double longestWaitNs = 1e18; // 30 years: stamps of a damaged file may be any

/// Of any two stamps, without overflow.
double distance(qint64 fromNs, qint64 toNs)
{
    return double(toNs) - double(fromNs);
}

} // namespace

bool ReplayPace::isSpeed(double speed)
{
    return speed == unpaced || (std::isfinite(speed) && speed >= slowest && speed <= fastest);
}

ReplayPace::ReplayPace(double speed)
    : m_speed(speed)
{
}

double ReplayPace::position(qint64 nowNs) const
{
    return m_isPaused ? m_anchorAt : m_anchorAt + distance(m_anchorNs, nowNs) * m_speed;
}

void ReplayPace::setSpeed(double speed, qint64 nowNs)
{
    m_anchorAt = position(nowNs);
    m_anchorNs = nowNs;
    m_speed = speed;
}

void ReplayPace::setPaused(bool paused, qint64 nowNs)
{
    m_anchorAt = position(nowNs);
    m_anchorNs = nowNs;
    m_isPaused = paused;
}

void ReplayPace::begin(qint64 recordedNs, qint64 nowNs)
{
    if (m_hasBegun)
        return;
    m_hasBegun = true;
    m_originNs = recordedNs;
    m_anchorNs = nowNs;
    m_anchorAt = 0;
}

qint64 ReplayPace::waitNs(qint64 recordedNs, qint64 nowNs)
{
    begin(recordedNs, nowNs);
    if (m_speed == unpaced) {
        jumpTo(recordedNs, nowNs);
        return 0;
    }
    const double left = distance(m_originNs, recordedNs) - position(nowNs);
    return left <= 0 ? 0 : qint64(std::ceil(std::min(left / m_speed, longestWaitNs)));
}

void ReplayPace::jumpTo(qint64 recordedNs, qint64 nowNs)
{
    begin(recordedNs, nowNs);
    m_anchorAt = std::max(position(nowNs), distance(m_originNs, recordedNs));
    m_anchorNs = nowNs;
}

} // namespace framescope
