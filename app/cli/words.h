#pragma once
/// Errors, sizes and durations in plain words for the person at the terminal; and which exit code an error means.
/// Thread: any; pure.
#include "core/base/error.h"

#include <QString>

namespace framescope::cli {

/// What went wrong, where, and what to do about it: one line.
[[nodiscard]] QString inWords(const Error& error);
[[nodiscard]] int exitCodeOf(const Error& error);

[[nodiscard]] QString grouped(quint64 number);    ///< "31,204"
[[nodiscard]] QString inBytes(quint64 bytes);     ///< "14.2 MiB"
[[nodiscard]] QString inTime(qint64 ns);          ///< "41 µs", "1.3 ms", "2.0 s"
[[nodiscard]] QString inSeconds(double seconds);  ///< "15.0 s", "2 min 5 s", "1 h 2 min"
[[nodiscard]] QString inPercent(double fraction); ///< "99.96 %"; 100 only when nothing is missing

} // namespace framescope::cli
