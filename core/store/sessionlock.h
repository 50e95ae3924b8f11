#pragma once
/// One writer a session file: an advisory lock (flock) on a file beside it, FILE.lock, which the kernel releases when
/// its process ends in whatever way. The session file itself is never opened for this: closing a second descriptor of
/// it would drop SQLite's own locks.
///
/// Thread: any; the owner holds it while it writes.
#include "core/base/error.h"

#include <QByteArray>

namespace framescope {

class SessionLock
{
public:
    SessionLock() = default;
    SessionLock(SessionLock&& other) noexcept;
    SessionLock& operator=(SessionLock&& other) noexcept;
    SessionLock(const SessionLock&) = delete;
    SessionLock& operator=(const SessionLock&) = delete;
    ~SessionLock() { release(); }

    /// Errors: Busy when another writer holds it, Io when the lock file cannot be made.
    [[nodiscard]] static Expected<SessionLock> acquire(const QString& sessionPath);
    /// True while some process writes @p sessionPath. Leaves nothing behind.
    [[nodiscard]] static bool isHeld(const QString& sessionPath);
    /// Removes the lock file and lets go.
    void release();

private:
    int m_descriptor = -1;
    QByteArray m_path;
};

} // namespace framescope
