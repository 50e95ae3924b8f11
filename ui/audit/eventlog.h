#pragma once
/// The newest life-cycle events of a session in memory, in order of their audit numbers; older ones are read from the
/// session file when somebody looks at them. Thread: gui; a value.
#include "core/frame/auditevent.h"

#include <deque>
#include <vector>

namespace framescope {

class EventLog
{
public:
    static constexpr std::size_t capacity = 20'000;

    void clear();
    /// Adds newer events; what is over the capacity leaves at the old end. Returns how many left.
    std::size_t append(const std::vector<AuditEvent>& events);
    /// Adds events from before the first one (a reopened session), as far as there is room; others are ignored. @p
    /// isComplete: no older ones exist. Returns how many were added.
    std::size_t prepend(const std::vector<AuditEvent>& events, bool isComplete);

    [[nodiscard]] std::size_t size() const { return m_events.size(); }
    [[nodiscard]] const AuditEvent& at(std::size_t index) const { return m_events[index]; }
    [[nodiscard]] const AuditEvent* find(quint64 seq) const;
    /// From this audit number on, every event is here.
    [[nodiscard]] quint64 completeFrom() const { return m_completeFrom; }

private:
    std::deque<AuditEvent> m_events;
    quint64 m_completeFrom = 1;
};

} // namespace framescope
