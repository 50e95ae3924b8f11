#pragma once
/// Numbers and times as people read them here, in their locale. Never for files, the clipboard or the command line.
/// Thread: gui (QLocale::system's default).
#include <QString>

namespace framescope {

[[nodiscard]] QString countText(quint64 count);       ///< "1,204,551"
[[nodiscard]] QString shortCountText(quint64 count);  ///< "241 k" from 100,000 on, else as countText()
[[nodiscard]] QString sizeText(quint64 bytes);        ///< "412 MB", "575 B"
[[nodiscard]] QString durationText(qint64 ns);        ///< "2.9 µs", "4.20 ms"
[[nodiscard]] QString percentText(double share);      ///< 0.9922 -> "99.22 %"; 100 % only when nothing is missing
[[nodiscard]] QString utcTimeText(qint64 wallNs);     ///< "20:15:07.431"
[[nodiscard]] QString utcDateTimeText(qint64 wallNs); ///< "2026-11-24 20:15:07.431"
[[nodiscard]] QString countdownText(qint64 seconds);  ///< "59:12", "23:41:07"

} // namespace framescope
