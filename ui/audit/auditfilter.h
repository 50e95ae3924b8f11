#pragma once
/// Which audit entries are shown: those at least as severe as asked, and holding the text in action, object or detail.
/// Thread: any; a value.
#include "core/audit/auditentry.h"

#include <QString>

namespace framescope {

struct AuditFilter
{
    QString text; ///< case is ignored
    Severity atLeast = Severity::Note;

    [[nodiscard]] bool isEmpty() const { return text.isEmpty() && atLeast == Severity::Note; }
    [[nodiscard]] bool matches(const AuditEntry& entry) const
    {
        if (entry.severity < atLeast)
            return false;
        const auto holds = [this](const QByteArray& part) {
            return QString::fromUtf8(part).contains(text, Qt::CaseInsensitive);
        };
        return text.isEmpty() || holds(entry.action) || holds(entry.object) || holds(entry.detail);
    }
    friend bool operator==(const AuditFilter&, const AuditFilter&) = default;
};

} // namespace framescope
