#pragma once
/// Adds an event to a session file that nobody is writing any more: what happens to a recording after its end (an
/// export) belongs into its audit log too.
///
/// Thread: any but the gui's: it waits for the disk. Errors: Busy while the session is still being written, NotFound,
/// Parse and Unsupported as SessionReader::open(), Storage (a read-only file, for one); the file is then as it was.
#include "core/base/error.h"
#include "core/frame/auditevent.h"

#include <QString>

namespace framescope {

/// Returns the sequence number that @p event got.
[[nodiscard]] Expected<quint64> appendEventToFinishedSession(const QString& path, const AuditEvent& event);

} // namespace framescope
