#pragma once
/// Adds an event to a session file that nobody is writing any more: what happens to a recording after its end (an
/// export) belongs into its audit log too.
///
/// Thread: any but the gui's: it waits for the disk. Errors: Busy while the session is still being written, NotFound,
/// Parse and Unsupported as SessionReader::open(), Storage (a read-only file, for one); the file is then as it was.
#include "core/audit/signingkey.h"
#include "core/base/error.h"
#include "core/frame/auditevent.h"

#include <QString>

namespace framescope {

/// What seals an added entry: the key of the session, and where its anchor is kept.
struct AuditSeal
{
    std::shared_ptr<const SigningKey> key;
    QString anchorFolder; ///< as for SessionWriter::create()
};

/// Returns the sequence number that @p event got. A session whose audit chain is signed takes it only with its own key
/// (Refused): an entry that nobody signed, after the end, is what a forger would leave.
[[nodiscard]] Expected<quint64> appendEventToFinishedSession(const QString& path, const AuditEvent& event,
                                                             const AuditSeal& seal = {});

} // namespace framescope
