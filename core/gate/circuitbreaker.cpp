#include "core/gate/circuitbreaker.h"

#include <algorithm>

namespace framescope {

namespace {

constexpr std::int64_t nanosecondsPerSecond = 1'000'000'000;

std::int64_t toNs(std::chrono::milliseconds duration)
{
    return std::chrono::nanoseconds(duration).count();
}

} // namespace

CircuitBreaker::CircuitBreaker(const BreakerLimits& limits)
    : m_limits(limits)
    , m_coolDown(limits.coolDown)
{
}

std::optional<BreakerState> CircuitBreaker::onFrame(std::uint64_t sizeBytes, std::int64_t monoNs)
{
    // What was under way when the breaker opened is no news; the probe must be judged by its own frames alone.
    if (m_state == BreakerState::Open)
        return std::nullopt;
    count(sizeBytes, monoNs);
    if (m_state == BreakerState::Closed) {
        const bool enough = m_frames >= std::uint64_t(std::max(m_limits.minimumFrames, 1));
        return enough && isMeanOverLimit() ? enter(BreakerState::Open, monoNs) : std::nullopt;
    }
    if (m_frames < std::uint64_t(std::max(m_limits.probeFrames, 1)))
        return std::nullopt;
    return judgeProbe(monoNs);
}

std::optional<BreakerState> CircuitBreaker::onTick(std::int64_t monoNs)
{
    if (m_state == BreakerState::Open && monoNs - m_enteredNs >= toNs(m_coolDown))
        return enter(BreakerState::HalfOpen, monoNs);
    if (m_state == BreakerState::HalfOpen && m_frames > 0 && monoNs - m_enteredNs >= toNs(m_limits.probeTime))
        return judgeProbe(monoNs);
    return std::nullopt;
}

std::optional<BreakerState> CircuitBreaker::probeNow(std::int64_t monoNs)
{
    return m_state == BreakerState::Open ? enter(BreakerState::HalfOpen, monoNs) : std::nullopt;
}

BreakerState CircuitBreaker::state() const
{
    return m_state;
}

std::uint64_t CircuitBreaker::meanBytes() const
{
    return m_frames == 0 ? 0 : m_bytes / m_frames;
}

std::uint64_t CircuitBreaker::framesInWindow() const
{
    return m_frames;
}

std::chrono::milliseconds CircuitBreaker::currentCoolDown() const
{
    return m_coolDown;
}

void CircuitBreaker::count(std::uint64_t sizeBytes, std::int64_t monoNs)
{
    const std::int64_t second = monoNs / nanosecondsPerSecond;
    if (m_seconds.empty() || second > m_seconds.back().second)
        m_seconds.push_back({second, 0, 0});
    m_seconds.back().frames += 1;
    m_seconds.back().bytes += sizeBytes;
    m_frames += 1;
    m_bytes += sizeBytes;
    const std::int64_t windowSeconds = std::max<std::int64_t>(m_limits.window.count(), 1);
    while (m_seconds.front().second <= m_seconds.back().second - windowSeconds) {
        m_frames -= m_seconds.front().frames;
        m_bytes -= m_seconds.front().bytes;
        m_seconds.pop_front();
    }
}

bool CircuitBreaker::isMeanOverLimit() const
{
    // Exact: the quotient alone would call a mean of limit + 1/2 "not over".
    const std::uint64_t mean = meanBytes();
    return mean > m_limits.meanBytes || (mean == m_limits.meanBytes && m_bytes % m_frames != 0);
}

std::optional<BreakerState> CircuitBreaker::judgeProbe(std::int64_t monoNs)
{
    if (isMeanOverLimit()) {
        m_coolDown = std::min(m_coolDown * 2, std::max(m_limits.maximumCoolDown, m_limits.coolDown));
        return enter(BreakerState::Open, monoNs);
    }
    m_coolDown = m_limits.coolDown;
    return enter(BreakerState::Closed, monoNs);
}

std::optional<BreakerState> CircuitBreaker::enter(BreakerState state, std::int64_t monoNs)
{
    m_state = state;
    m_enteredNs = monoNs;
    if (state == BreakerState::HalfOpen)
        clearWindow(); // Open keeps it, so that the mean that opened it can be shown
    return state;
}

void CircuitBreaker::clearWindow()
{
    m_seconds.clear();
    m_frames = 0;
    m_bytes = 0;
}

} // namespace framescope
