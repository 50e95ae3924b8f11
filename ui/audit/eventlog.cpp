#include "ui/audit/eventlog.h"

#include <algorithm>

namespace framescope {

void EventLog::clear()
{
    m_events.clear();
    m_completeFrom = 1;
}

std::size_t EventLog::append(const std::vector<AuditEvent>& events)
{
    for (const AuditEvent& event : events) {
        // What a read of the session file brought already comes again by the feed.
        if (m_events.empty() || event.seq > m_events.back().seq)
            m_events.push_back(event);
    }
    std::size_t left = 0;
    while (m_events.size() > capacity) {
        m_completeFrom = m_events.front().seq + 1;
        m_events.pop_front();
        ++left;
    }
    return left;
}

std::size_t EventLog::prepend(const std::vector<AuditEvent>& events, bool isComplete)
{
    std::vector<AuditEvent> older;
    for (const AuditEvent& event : events) {
        if (m_events.empty() || event.seq < m_events.front().seq)
            older.push_back(event);
    }
    const std::size_t room = capacity - std::min(capacity, m_events.size());
    const std::size_t taken = std::min(room, older.size());
    const bool isCut = taken < older.size();
    m_events.insert(m_events.begin(), older.end() - std::ptrdiff_t(taken), older.end());
    if (isCut || !isComplete)
        m_completeFrom = m_events.empty() ? 1 : m_events.front().seq;
    return taken;
}

const AuditEvent* EventLog::find(quint64 seq) const
{
    const auto found = std::lower_bound(m_events.begin(), m_events.end(), seq,
                                        [](const AuditEvent& event, quint64 wanted) { return event.seq < wanted; });
    return found != m_events.end() && found->seq == seq ? &*found : nullptr;
}

} // namespace framescope
