#pragma once
/// Reads from what a person typed which part of a session is to be exported, the same in the window and at the command
/// line. Thread: any; pure.
#include "core/exchange/exporter.h"

namespace framescope {

/// Both ends belong to it; an empty text is no end. Texts as shapePointFromText() reads them (a frame's number, a time
/// of day in UTC after the session began, an RFC 3339 time). Errors: Parse; `place` is the text.
[[nodiscard]] Expected<ExportScope> exportScopeFromText(const QString& since, const QString& until, qint64 firstWallNs);

} // namespace framescope
