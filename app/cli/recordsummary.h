#pragma once
/// What a recording came to, in plain words for the person at the terminal.
/// Thread: main.
#include "core/frame/auditevent.h"
#include "core/session/session.h"

#include <QString>
#include <array>
#include <optional>

namespace framescope::cli {

/// How often each life-cycle event happened, and who signs the log of them.
class EventCounts
{
public:
    void add(const AuditEvent& event);
    [[nodiscard]] quint64 of(AuditAction action) const { return m_counts[std::size_t(action)]; }
    /// The event that says where the key is, or why there is none.
    [[nodiscard]] const std::optional<AuditEvent>& signing() const { return m_signing; }

private:
    std::array<quint64, std::size_t(AuditAction::Count_)> m_counts{};
    std::optional<AuditEvent> m_signing;
};

struct WrittenCsv
{
    QString path; ///< empty: none was asked for
    quint64 rows = 0;
};

/// What was taken out of payloads, in a row of the summary.
void sayRedaction(const RedactionRules& rules, const RedactionCounts& counts);
/// Says it on standard error, line by line.
void saySummary(const SessionSummary& summary, const EventCounts& events, const WrittenCsv& csv);
/// The lines about findings by name, with counts: also for `stats`.
[[nodiscard]] QStringList findingLines(const MetricsSnapshot& metrics);

} // namespace framescope::cli
