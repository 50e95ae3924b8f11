#pragma once
/// Makes a session file of another program's capture: a HAR with WebSocket messages, of Chrome's DevTools or our own.
///
/// Each message goes through the size gate and the decoder, as if it had just come, at the time that the capture says,
/// and is labelled as imported. Where an export of our own says how a message was judged but does not hold all of its
/// bytes (refused by the gate, digest only, masked or redacted), what it says is taken over. Redaction holds for both:
/// what is taken over loses the same values, and what its findings quote of them. Nothing of the capture's headers,
/// cookies and queries is kept. The file is read through first: one that is no HAR leaves no session behind, and
/// neither does an import that fails or is cancelled. Thread: any but the gui's; waits for the disk. Memory: that of
/// harcapture.h and of the session's queue. Errors: those of the capture, the matrix and the session file.
#include "core/base/error.h"
#include "core/frame/redactionrules.h"
#include "core/session/signingkeys.h"
#include "core/store/sessionfile.h"

#include <functional>
#include <optional>

namespace framescope {

struct ImportRequest
{
    QString capturePath;
    QString sessionPath;               ///< must not exist; empty: a new one in the state directory
    QString matrixPath;                ///< empty: the built-in payload type matrix
    std::optional<HeldKey> signingKey; ///< none: the audit chain is not signed
    QString anchorFolder;              ///< see SessionWriter; empty: none
    PayloadPolicy payloads = PayloadPolicy::Full;
    RedactionRules redaction; ///< of PayloadPolicy::Redacted only
};

struct ImportResult
{
    QString sessionPath;
    quint64 frames = 0;
    quint64 connections = 0;
    quint64 accepted = 0;
    quint64 warned = 0;
    quint64 refused = 0;
    quint64 asStated = 0;   ///< of those: judged by the capture, not here
    quint64 others = 0;     ///< messages that are neither text nor binary: errors, pings
    quint64 unreadable = 0; ///< binary messages whose data are no base64
    RedactionCounts redaction;
};

enum class ImportStage
{
    Checking, ///< bytes
    Importing ///< messages
};
/// False: stop.
using ImportProgress = std::function<bool(ImportStage stage, quint64 done, quint64 all)>;

[[nodiscard]] Expected<ImportResult> importCapture(const ImportRequest& request, const ImportProgress& progress = {});
/// By the file's name: something that importCapture() could read.
[[nodiscard]] bool isCapturePath(const QString& path);

} // namespace framescope
