#pragma once
/// Verifies the audit log of a session file with all that this computer knows about it: the anchor that it kept and its
/// own key. For the window and the command line alike.
///
/// Thread: any but the gui's; waits for the disk. Errors: those of verifySession().
#include "core/store/sessionverify.h"

namespace framescope {

struct AuditCheck
{
    ChainReport report;
    bool isOwnKey = false;     ///< signed with this computer's key, whatever key was expected
    bool hasOwnAnchor = false; ///< this computer kept an anchor of the session, and it was part of the question
    quint64 anchors = 0;       ///< all that were asked for
};

[[nodiscard]] Expected<AuditCheck> checkAuditLog(const QString& path, ChainVerifier::Expectation expectation = {},
                                                 const VerifyProgress& progress = {});

} // namespace framescope
