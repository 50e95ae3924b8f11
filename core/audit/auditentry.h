#pragma once
/// One line of the audit log, made from a frame or from a life-cycle event: what the audit pane shows and the CSV
/// holds.
///
/// Thread: any; values and pure functions. The hash chain of the evidence issue is built over the same entries, in seq
/// order.
#include "core/frame/auditevent.h"
#include "core/frame/frame.h"

#include <QByteArray>

namespace framescope {

struct AuditEntry
{
    quint64 seq = 0;
    Instant at;
    Severity severity = Severity::Note;
    QByteArray actor;  ///< "stream", "framescope", "user"
    QByteArray action; ///< "frame-accepted", "frame-warned", "frame-refused", or an auditActionName
    QByteArray object; ///< frame: its type; event: its object
    QByteArray
        detail; ///< compact JSON object, keys sorted; for a frame: number, size_bytes, sha256, checksum, findings
    quint64 frame = 0; ///< frame number; 0 for an event
    quint16 connection = 0;
    quint16 attempt = 0;
};

[[nodiscard]] AuditEntry auditEntryForFrame(const FrameBatch& batch, std::size_t index);
[[nodiscard]] AuditEntry auditEntryForEvent(const AuditEvent& event);

} // namespace framescope
