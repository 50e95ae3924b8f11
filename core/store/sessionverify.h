#pragma once
/// Reads a session file front to back, also one that is still being written (as it stands when this begins), and has
/// its audit chain recomputed: core/audit/chainverifier.h says what is looked at and what a fault is.
///
/// Memory: one block at a time. Thread: any but the gui's. Errors: NotFound, Parse and Unsupported as
/// SessionReader::open(), Storage, Cancelled. A file that is a session but damaged is no error: the report says where.
#include "core/audit/chainverifier.h"

#include <QString>

namespace framescope {

/// Called a few times a second; false ends it with Cancelled.
using VerifyProgress = std::function<bool(quint64 entriesDone, quint64 entriesAll)>;

[[nodiscard]] Expected<ChainReport> verifySession(const QString& path, ChainVerifier::Expectation expectation = {},
                                                  const VerifyProgress& progress = {});

/// Where the chain of a file ends: for the manifest of an export, and for people.
struct AuditHead
{
    QByteArray sessionId;
    quint64 seq = 0;
    Sha256Digest hash{};
    quint64 checkpoint = 0;       ///< number of the newest one; 0: nothing is signed
    quint64 checkpointSeq = 0;    ///< up to here it signs
    std::optional<PublicKey> key; ///< that signs
    bool hasChain = false;        ///< false: a format that has none
};
/// Not verified. Errors: as SessionReader::open().
[[nodiscard]] Expected<AuditHead> readAuditHead(const QString& path);

} // namespace framescope
