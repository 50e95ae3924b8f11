#pragma once
/// Adds events to a session file that nobody is writing any more: what happens to a recording after its end (an export,
/// a mark) belongs into its audit log too.
///
/// Thread: any but the gui's: it waits for the disk. Errors: Busy while the session is still being written, NotFound,
/// Parse and Unsupported as SessionReader::open(), Storage (a read-only file, for one); the file is then as it was.
#include "core/audit/signingkey.h"
#include "core/base/error.h"
#include "core/frame/auditevent.h"

#include <QString>
#include <vector>

namespace framescope {

/// What seals an added entry: the key of the session, and where its anchor is kept.
struct AuditSeal
{
    std::shared_ptr<const SigningKey> key;
    QString anchorFolder; ///< as for SessionWriter::create()
};

/// All of @p events or none, in one transaction and under one signature. Returns the sequence number that the first one
/// got; the others follow it. A session whose audit chain is signed takes it only with its own key
/// (Refused): an entry that nobody signed, after the end, is what a forger would leave.
[[nodiscard]] Expected<quint64>
appendEventsToFinishedSession(const QString& path, const std::vector<AuditEvent>& events, const AuditSeal& seal = {});
[[nodiscard]] Expected<quint64> appendEventToFinishedSession(const QString& path, const AuditEvent& event,
                                                             const AuditSeal& seal = {});
/// Whether it would take them, without touching it; @p own are the keys that this computer could seal with. Errors: the
/// same, beside what only trying tells.
[[nodiscard]] Expected<void> checkFinishedSessionTakesEvents(const QString& path, const std::vector<PublicKey>& own);

} // namespace framescope
