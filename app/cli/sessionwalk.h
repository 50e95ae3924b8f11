#pragma once
/// Goes through all frames of a session file, with progress on the terminal and an end at a signal.
/// Thread: main; waits for the disk.
#include "core/store/sessionreader.h"

#include <QString>
#include <functional>

namespace framescope::cli {

/// Calls @p visit with each block in order until it returns false. @p verb names the work in the progress line.
/// Errors: those of the reader; Cancelled after a signal.
[[nodiscard]] Expected<void> walkFrames(SessionReader& reader, const QString& verb,
                                        const std::function<bool(const FrameBatch&)>& visit);
/// The same for life-cycle events.
[[nodiscard]] Expected<void> walkEvents(SessionReader& reader, const std::function<void(const AuditEvent&)>& visit);

/// Opens @p path or says why not: null after the error was said, with @p code set.
[[nodiscard]] std::unique_ptr<SessionReader> openSession(const QString& command, const QString& path, int& code);

/// "1,204 of 31,204 frames, 50,000/s, 1.2 s left"
[[nodiscard]] QString progressOf(quint64 done, quint64 all, qint64 elapsedMs, const QString& unit);

} // namespace framescope::cli
