#pragma once
/// Writes frames or audit entries of a session as CSV (RFC 4180), JSON lines or HAR, streaming, in sequence order.
///
/// CSV (columns: README.md): CRLF, snake_case header, RFC 3339 UTC with six decimals, empty = absent, formula guard for
/// text cells with the guarded columns named in `guarded`. HAR: harexport.h. Output never depends on locale, and is the
/// same bytes whether the window or the command line asked for it. Thread: any but the gui's; it reads with its own
/// reader and waits for the disk.
#include "core/base/error.h"
#include "core/filter/framefilter.h"
#include "core/frame/framemarks.h"

#include <QIODevice>
#include <QString>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

namespace framescope {

enum class ExportWhat
{
    Frames,
    Audit
};
enum class ExportFormat
{
    Csv,
    JsonLines,
    Har ///< frames only
};

/// Which part of the session; as it is made, the whole.
struct ExportScope
{
    FrameSpans spans;        ///< empty: all. Given: events are left out
    bool onlyMarked = false; ///< of them, those that are marked when the export begins; events are left out
    qint64 fromWallNs = std::numeric_limits<qint64>::min();
    qint64 untilWallNs = std::numeric_limits<qint64>::max(); ///< included
    /// Set by the export where it looked for marks: FrameMarks::passedOver(). Then frames may be missing.
    quint64 marksPassedOver = 0;

    [[nodiscard]] bool isWhole() const { return !isOfFrames() && !hasTimes(); }
    /// Only frames that are named, no events.
    [[nodiscard]] bool isOfFrames() const { return onlyMarked || !spans.empty(); }
    [[nodiscard]] bool hasTimes() const;
    [[nodiscard]] bool holdsTime(qint64 wallNs) const { return wallNs >= fromWallNs && wallNs <= untilWallNs; }
    [[nodiscard]] bool holdsFrame(quint64 number) const;
    /// The first frame of it that is @p number or later; nothing where there is none.
    [[nodiscard]] std::optional<quint64> frameAtOrAfter(quint64 number) const;
    [[nodiscard]] quint64 firstFrame() const { return frameAtOrAfter(1).value_or(1); }
    [[nodiscard]] quint64 lastFrame() const;
};

struct ExportRequest
{
    QString sessionPath;
    ExportWhat what = ExportWhat::Audit;
    ExportFormat format = ExportFormat::Csv;
    FrameFilter filter; ///< for audit: frames that do not match are left out, events stay
    ExportScope scope;
    bool rawCells = false; ///< no formula guard
    bool byteOrderMark = false;
    bool includeFrames = true; ///< audit: entries of frames too
};

struct ExportResult
{
    quint64 rows = 0;
    qint64 bytes = 0;
    QByteArray sha256Hex;   ///< of the bytes written
    quint64 firstFrame = 0; ///< of those written; 0: none
    quint64 lastFrame = 0;
    quint64 payloadsRemoved = 0; ///< of those: retention had removed the payload
    quint64 notSearched = 0; ///< frames in scope in which the filter's text could not be looked for, for that reason
    quint64 marksPassedOver = 0; ///< as in the scope
    quint64 firstSeq = 0;        ///< of the part of the log that was looked through for the scope
    quint64 lastSeq = 0;
};

/// Progress: rows done and rows in all (0 when unknown); return false to cancel.
using ExportProgress = std::function<bool(quint64 done, quint64 all)>;

/// To any open device. Errors: Storage, Io (the device), Cancelled, InvalidArgument (HAR holds no audit log).
[[nodiscard]] Expected<ExportResult> exportTo(QIODevice& device, const ExportRequest& request,
                                              const ExportProgress& progress = {});
/// To a file and its manifest (exportmanifest.h), atomically (temporary, then rename): nothing half-written is left
/// behind. 0600.
[[nodiscard]] Expected<ExportResult> exportToFile(const QString& path, const ExportRequest& request,
                                                  const ExportProgress& progress = {});

/// The file name's suffix of @p format, without a dot: "csv", "jsonl", "har".
[[nodiscard]] QString exportSuffix(ExportFormat format);

} // namespace framescope
