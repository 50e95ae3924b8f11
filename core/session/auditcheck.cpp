#include "core/session/auditcheck.h"

#include "core/audit/anchorbook.h"
#include "core/session/signingkeys.h"
#include "core/store/sessionreader.h"

namespace framescope {

Expected<AuditCheck> checkAuditLog(const QString& path, ChainVerifier::Expectation expectation,
                                   const VerifyProgress& progress)
{
    const auto reader = SessionReader::open(path);
    if (!reader)
        return tl::unexpected(reader.error());
    AuditCheck check;
    if (const auto anchor = AnchorBook(defaultAnchorFolder()).read((*reader)->info().sessionId)) {
        expectation.anchors.push_back(knownFrom(*anchor));
        check.hasOwnAnchor = true;
    }
    check.anchors = expectation.anchors.size();
    auto report = verifySession(path, std::move(expectation), progress);
    if (!report)
        return tl::unexpected(report.error());
    check.report = std::move(*report);
    const auto own = ownPublicKey();
    check.isOwnKey = own && check.report.key && *own == *check.report.key;
    return check;
}

} // namespace framescope
