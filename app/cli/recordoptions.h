#pragma once
/// What `record` was asked to do, read from its arguments, the environment and, for a profile, the settings.
/// Thread: main; a value.
#include "core/filter/framefilter.h"
#include "core/session/sessionconfig.h"
#include "core/simulator/simulator.h"

#include <QStringList>
#include <chrono>
#include <optional>

namespace framescope::cli {

struct RecordOptions
{
    SessionConfig config;
    std::optional<SimulatorOptions> demo; ///< the simulator in this process; its endpoint goes into config
    QString profile;                      ///< its secret is fetched from the keyring before the start
    FrameFilter filter;                   ///< for --audit-csv and --jsonl; the session file has every frame
    std::optional<std::chrono::milliseconds> duration;
    std::optional<Severity> failOn;
    QString auditCsvPath;
    QString statsPath;
    bool jsonLines = false;
    bool quiet = false;

    /// Something ends it beside a signal.
    [[nodiscard]] bool hasLimit() const { return duration.has_value() || config.frameLimit != 0; }
};

/// Answers --help and usage errors itself; then the exit code comes back and @p options is not to be used.
[[nodiscard]] std::optional<int> parseRecordOptions(const QStringList& arguments, RecordOptions& options);

} // namespace framescope::cli
