#pragma once
/// A disk that fails at a chosen operation, or that remembers what was written to it, so that a power cut can be
/// played at any moment: an SQLite VFS over the system's own, which becomes the process's default.
///
/// A script is about one session file and its companions (-wal, -journal, -shm) and holds while it lives; files without
/// one are passed through. Thread: any; the files' operations come on the writer's thread.
#include <QByteArray>
#include <QString>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <vector>

namespace framescope::test {

enum class DiskFault
{
    Io,  ///< EIO: the n-th of all operations that change something
    Full ///< ENOSPC: the n-th write, or growth of the shared index
};

class DiskScript
{
public:
    explicit DiskScript(const QString& sessionPath);
    ~DiskScript();
    DiskScript(const DiskScript&) = delete;
    DiskScript& operator=(const DiskScript&) = delete;

    /// The @p nth operation (from 1) fails, half done where it is a write; @p lasts: all later ones too.
    void failAt(DiskFault fault, int nth, bool lasts);
    [[nodiscard]] bool hasFailed() const;

    /// Remembers everything from now on. @p acknowledged is asked after each operation that was done, on its thread.
    void remember(std::function<qint64()> acknowledged);
    [[nodiscard]] std::size_t steps() const;
    /// What was acknowledged when the first @p steps operations were done.
    [[nodiscard]] qint64 acknowledgedBy(std::size_t steps) const;
    /// The files at @p sessionPath as the disk has them when power goes after so many operations: what was synced, and
    /// of the rest any 512-byte sectors, any cuts and any removals (SQLite's own model of a disk).
    void cutPower(std::size_t steps, std::mt19937& random, const QString& sessionPath) const;

    // For the files themselves.
    enum class Kind
    {
        Open,
        Write,
        Sync,
        Truncate,
        Remove,
        GrowShared
    };
    struct Step
    {
        Kind kind = Kind::Write;
        QByteArray file; ///< "", "-wal", "-journal"
        qint64 offset = 0;
        QByteArray bytes = {};
        qint64 acknowledged = 0;
    };
    /// False: it is to fail.
    [[nodiscard]] bool begin(Kind kind);
    [[nodiscard]] int errorOf(Kind kind) const;
    void done(Step step);

private:
    const QByteArray m_path;
    mutable std::mutex m_mutex;
    DiskFault m_fault = DiskFault::Io;
    int m_failAt = 0;
    bool m_lasts = false;
    int m_operations = 0;
    bool m_hasFailed = false;
    bool m_isRemembering = false;
    std::function<qint64()> m_acknowledged;
    std::vector<Step> m_steps;
};

} // namespace framescope::test
