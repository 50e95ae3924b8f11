#include "core/genesys/requestbudget.h"

namespace framescope {

RequestBudget::RequestBudget(int limit, std::chrono::milliseconds window)
    : m_limit(std::max(1, limit))
    , m_windowNs(std::chrono::nanoseconds(window).count())
{
}

void RequestBudget::note(qint64 monoNs)
{
    forget(monoNs);
    m_sent.push_back(monoNs);
}

qint64 RequestBudget::nextMonoNs(qint64 monoNs)
{
    forget(monoNs);
    const std::size_t own = std::max<std::size_t>(1, std::size_t(m_limit) * 9 / 10);
    return m_sent.size() < own ? 0 : m_sent[m_sent.size() - own] + m_windowNs;
}

int RequestBudget::used(qint64 monoNs)
{
    forget(monoNs);
    return int(m_sent.size());
}

void RequestBudget::forget(qint64 monoNs)
{
    while (!m_sent.empty() && m_sent.front() + m_windowNs <= monoNs)
        m_sent.pop_front();
}

} // namespace framescope
