#pragma once
/// The one catalogue of findings: stable id text, default severity, title, likely cause and next step.
/// It feeds the window, the command line, exports and the README table, so that they cannot disagree.
///
/// Thread: any; static data. The texts are English source strings: `ui` translates them with the context "Findings".
#include "core/frame/finding.h"

#include <QLatin1String>
#include <span>

namespace framescope {

struct FindingInfo
{
    FindingId id;
    Severity severity;
    const char* name;     ///< "SCHEMA-REQUIRED": stable, used in CSV, filters and scripts
    const char* title;    ///< "Required member is missing"
    const char* cause;    ///< likely cause, one sentence
    const char* nextStep; ///< what to do, one sentence
};

/// All findings, in id order.
[[nodiscard]] std::span<const FindingInfo> findingCatalogue();
/// The entry of @p id; for an id that this version does not know (a newer session file), a generic entry.
[[nodiscard]] const FindingInfo& findingInfo(FindingId id);
/// The entry with that name, or nullptr.
[[nodiscard]] const FindingInfo* findingByName(QByteArrayView name);

[[nodiscard]] QLatin1String severityName(Severity severity); // "note", "warning", "error"

} // namespace framescope
