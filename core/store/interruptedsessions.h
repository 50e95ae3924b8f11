#pragma once
/// Sessions that began and never said that they ended: their program was killed, or the computer stopped. What was
/// committed is in their files and the -wal beside them.
///
/// Thread: any but the gui's: all of it waits for the disk. A file that some process still writes is never touched.
#include "core/store/sessionfile.h"

#include <vector>

namespace framescope {

struct InterruptedSession
{
    QString path;
    SessionInfo info;
    quint64 frames = 0;
    quint64 lastSeq = 0;
    qint64 lastWallNs = 0; ///< of the last entry; info.startedWallNs is the beginning
    qint64 bytes = 0;      ///< on the disk
};

/// Those in @p folder, newest first, without those that were recovered before. Files that cannot be read are passed
/// over: opening one says why.
[[nodiscard]] std::vector<InterruptedSession> findInterruptedSessions(const QString& folder);

/// Brings what the -wal holds into the file, so that the session is one file again. Errors: Busy (it is being written),
/// Storage.
[[nodiscard]] Expected<void> foldInterruptedSession(const QString& path);
/// The same for a new copy of it, "NAME-copy.framescope" beside it (0600); the original stays as it was found. Returns
/// the copy's path. Errors: as above, Io.
[[nodiscard]] Expected<QString> copyInterruptedSession(const QString& path);
/// Moves the file and what belongs to it to the trash. Errors: Busy, Io (there is no trash that takes it).
[[nodiscard]] Expected<void> discardInterruptedSession(const QString& path);

} // namespace framescope
