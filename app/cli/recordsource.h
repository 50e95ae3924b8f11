#pragma once
/// The source that `record` was asked for: demo, URL, notifications or profile, with credentials from the environment.
/// Thread: main.
#include "app/cli/recordoptions.h"

#include <QCommandLineParser>

namespace framescope::cli {

/// A usage error on its way out, in words.
using Problem = std::optional<QString>;

[[nodiscard]] Problem readRecordSource(const QCommandLineParser& parser, RecordOptions& options);

} // namespace framescope::cli
