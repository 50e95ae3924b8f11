#pragma once
/// The limits of PayloadRetention as people write and read them: "7 d", "2 GiB", "1,000,000". One form for the command
/// line and the window. Thread: any; pure. Errors: InvalidArgument, with words that say what is taken.
#include "core/base/error.h"
#include "core/store/sessionfile.h"

#include <QString>

namespace framescope {

/// "90 s", "15 min", "8 h", "7 d"; without a unit: seconds. 1 s to 10 years.
[[nodiscard]] Expected<std::chrono::seconds> retentionAgeOf(const QString& text);
/// "500 MB", "2 GiB", "64MiB"; without a unit: bytes. 1 MiB to 1 PiB.
[[nodiscard]] Expected<quint64> retentionBytesOf(const QString& text);
/// "100000", "100,000". From 1.
[[nodiscard]] Expected<quint64> retentionFramesOf(const QString& text);

/// What the functions above take back; empty for no limit.
[[nodiscard]] QString retentionText(std::chrono::seconds age);
[[nodiscard]] QString retentionBytesText(quint64 bytes);
[[nodiscard]] QString retentionFramesText(quint64 frames);

} // namespace framescope
