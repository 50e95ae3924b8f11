#include "core/stream/backoff.h"

#include <QRandomGenerator>

namespace framescope {

Backoff::Backoff(const ReconnectLimits& limits, std::function<double()> uniform)
    : m_limits(limits)
    , m_uniform(std::move(uniform))
{
    m_limits.base = std::max(m_limits.base, std::chrono::milliseconds(1));
    m_limits.cap = std::max(m_limits.cap, m_limits.base);
    if (!m_uniform)
        m_uniform = [] { return QRandomGenerator::global()->generateDouble(); };
}

std::chrono::milliseconds Backoff::next(RetryPace pace)
{
    // Doubled step by step up to the cap: base * 2^n would overflow long before a patient service comes back.
    std::chrono::milliseconds ceiling = m_limits.base;
    for (int i = 0; i < m_waits && ceiling < m_limits.cap; ++i)
        ceiling *= 2;
    ceiling = std::min(ceiling, m_limits.cap);
    ++m_waits;
    const auto jitter = std::chrono::milliseconds(qint64(m_uniform() * double(ceiling.count())));
    if (pace == RetryPace::Normal)
        return jitter;
    return std::min(m_limits.base * 5 + jitter, m_limits.cap);
}

void Backoff::connectionEnded(std::chrono::nanoseconds connectedFor, bool delivered)
{
    if (delivered && connectedFor >= m_limits.healthyAfter)
        m_waits = 0;
}

} // namespace framescope
