#pragma once
/// What this process costs, read from the kernel (proc(5)): for --stats, --diagnostics and the status bar.
/// Thread: any. Zero where the kernel does not say.
#include <QtGlobal>

namespace framescope {

[[nodiscard]] qint64 peakResidentBytes();
[[nodiscard]] qint64 residentBytes();

} // namespace framescope
