#include "core/store/sessionlock.h"

#include <QFile>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace framescope {

namespace {

/// The lock counts only while its path still names the file that was locked: its last owner removes it on release.
bool isStillThere(int descriptor, const QByteArray& path)
{
    struct stat locked;
    struct stat named;
    return fstat(descriptor, &locked) == 0 && lstat(path.constData(), &named) == 0 && locked.st_ino == named.st_ino &&
           locked.st_dev == named.st_dev;
}

/// isHeld() shares the lock for a moment; with a writer nobody can.
bool isShareable(int descriptor)
{
    return flock(descriptor, LOCK_SH | LOCK_NB) == 0;
}

} // namespace

SessionLock::SessionLock(SessionLock&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1))
    , m_path(std::exchange(other.m_path, {}))
{
}

SessionLock& SessionLock::operator=(SessionLock&& other) noexcept
{
    if (this != &other) {
        release();
        m_descriptor = std::exchange(other.m_descriptor, -1);
        m_path = std::exchange(other.m_path, {});
    }
    return *this;
}

Expected<SessionLock> SessionLock::acquire(const QString& sessionPath)
{
    constexpr int attempts = 100; // each lost to a writer that ended in between, or to somebody who only looked
    SessionLock lock;
    lock.m_path = QFile::encodeName(sessionPath + QStringLiteral(".lock"));
    for (int attempt = 0; attempt < attempts; ++attempt) {
        const int descriptor = ::open(lock.m_path.constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (descriptor < 0)
            return failure(ErrorCode::Io, qt_error_string(errno), QFile::decodeName(lock.m_path));
        if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
            const int reason = errno;
            const bool isOnlyLookedAt = reason == EWOULDBLOCK && isShareable(descriptor);
            ::close(descriptor);
            if (isOnlyLookedAt) {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
                continue;
            }
            if (reason == EWOULDBLOCK)
                return failure(ErrorCode::Busy, QStringLiteral("another recording writes this file"), sessionPath);
            return failure(ErrorCode::Io, qt_error_string(reason), QFile::decodeName(lock.m_path));
        }
        if (isStillThere(descriptor, lock.m_path)) {
            lock.m_descriptor = descriptor;
            return lock;
        }
        ::close(descriptor);
    }
    return failure(ErrorCode::Busy, QStringLiteral("other recordings start at the same file"), sessionPath);
}

bool SessionLock::isHeld(const QString& sessionPath)
{
    const QByteArray path = QFile::encodeName(sessionPath + QStringLiteral(".lock"));
    const int descriptor = ::open(path.constData(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0)
        return false;
    const bool isHeld = !isShareable(descriptor) && errno == EWOULDBLOCK;
    ::close(descriptor);
    return isHeld;
}

void SessionLock::release()
{
    if (m_descriptor < 0)
        return;
    unlink(m_path.constData()); // before the lock goes, so that nobody else's is removed
    ::close(m_descriptor);
    m_descriptor = -1;
}

} // namespace framescope
