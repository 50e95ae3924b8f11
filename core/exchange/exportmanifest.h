#pragma once
/// What stands beside an export (`FILE.manifest.json`): which program wrote it from what, by which filter and scope,
/// what was lost in its range, its SHA-256, and where the audit chain stood. Members: README.md.
///
/// Thread: any but the gui's; reads the session. Errors: Storage.
#include "core/exchange/exporter.h"

namespace framescope {

/// "frames.csv" has "frames.csv.manifest.json".
[[nodiscard]] QString manifestPath(const QString& exportPath);
/// The manifest's bytes for what was written to @p path, though it need not stand there yet.
[[nodiscard]] Expected<QByteArray> exportManifest(const QString& path, const ExportRequest& request,
                                                  const ExportResult& result);

} // namespace framescope
