#pragma once
/// Writes frames or audit entries of a session as CSV (RFC 4180) or JSON lines, streaming, in sequence order.
///
/// CSV (columns: README.md): CRLF, snake_case header, RFC 3339 UTC with six decimals, empty = absent, formula guard for
/// text cells with the guarded columns named in `guarded`. Output never depends on locale, and is the same bytes
/// whether the window or the command line asked for it. Thread: any but the gui's; it reads with its own reader and
/// waits for the disk.
#include "core/base/error.h"
#include "core/filter/framefilter.h"

#include <QIODevice>
#include <QString>
#include <functional>

namespace framescope {

enum class ExportWhat
{
    Frames,
    Audit
};
enum class ExportFormat
{
    Csv,
    JsonLines
};

struct ExportRequest
{
    QString sessionPath;
    ExportWhat what = ExportWhat::Audit;
    ExportFormat format = ExportFormat::Csv;
    FrameFilter filter;    ///< for audit: frames that do not match are left out, events stay
    bool rawCells = false; ///< no formula guard
    bool byteOrderMark = false;
    bool includeFrames = true; ///< audit: entries of frames too
};

struct ExportResult
{
    quint64 rows = 0;
    qint64 bytes = 0;
    QByteArray sha256Hex; ///< of the bytes written
};

/// Progress: rows done and rows in all (0 when unknown); return false to cancel.
using ExportProgress = std::function<bool(quint64 done, quint64 all)>;

/// To any open device. Errors: Storage, Io (the device), Cancelled.
[[nodiscard]] Expected<ExportResult> exportTo(QIODevice& device, const ExportRequest& request,
                                              const ExportProgress& progress = {});
/// To a file, atomically (temporary, then rename): nothing half-written is left behind. 0600.
[[nodiscard]] Expected<ExportResult> exportToFile(const QString& path, const ExportRequest& request,
                                                  const ExportProgress& progress = {});

} // namespace framescope
