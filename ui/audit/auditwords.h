#pragma once
/// Audit entries in words. What is stored is never translated; this is only how the pane shows it.
/// Thread: gui (translations).
#include "core/audit/auditentry.h"

#include <QString>

namespace framescope {

/// "Reconnect scheduled" for "reconnect-scheduled", "Frame refused" for "frame-refused"; an action that this version
/// does not know as it is stored.
[[nodiscard]] QString auditActionText(const QByteArray& action);
/// The compact JSON of an entry as "code 1001 · reason going away".
[[nodiscard]] QString auditDetailText(const QByteArray& detail);

} // namespace framescope
