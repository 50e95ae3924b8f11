#include "core/store/interruptedsessions.h"

#include "core/store/sessionlock.h"
#include "core/store/sessionreader.h"
#include "core/store/sessionschema.h"

#include <QDir>
#include <QFile>
#include <QStandardPaths>

namespace framescope {

namespace {

constexpr const char* recoveredBefore = "SELECT count(*) FROM (SELECT 1 FROM audit_event"
                                        " WHERE action = 'session-recovered' LIMIT 1)";
/// What SQLite keeps beside a file; the lock file goes with its owner.
constexpr const char* companions[] = {"-wal", "-shm", "-journal"};

/// Whoever ended a recording, or recovered it, took its file out of WAL mode.
bool isInWalMode(SqliteConnection& connection)
{
    auto mode = connection.prepare("PRAGMA journal_mode");
    const Expected<bool> row = mode ? mode->step() : tl::unexpected(mode.error());
    return row && *row && mode->bytes(0) == "wal";
}

bool isOffered(const QString& path)
{
    if (SessionLock::isHeld(path))
        return false;
    auto connection = openSessionDatabase(path);
    if (!connection)
        return false;
    const auto info = readSessionInfo(*connection);
    if (!info || info->endedWallNs != 0 || !isInWalMode(*connection))
        return false;
    const Expected<qint64> recovered = connection->integer(recoveredBefore);
    return recovered && *recovered == 0;
}

qint64 lastWallNs(SessionReader& reader, quint64 lastSeq)
{
    const Expected<FrameBatchPtr> block = reader.blockOfSeq(lastSeq);
    if (block && *block)
        return (*block)->heads.back().wallNs;
    const auto events = reader.events(lastSeq, lastSeq, 1);
    return events && !events->empty() ? events->front().at.wallNs : 0;
}

qint64 bytesOnDisk(const QString& path)
{
    qint64 bytes = QFileInfo(path).size();
    for (const char* suffix : companions)
        bytes += QFileInfo(path + QLatin1String(suffix)).size();
    return bytes;
}

Expected<SqliteConnection> openToFold(const QString& path)
{
    auto connection = SqliteConnection::open(path, SQLITE_OPEN_READWRITE);
    if (!connection)
        return connection;
    sqlite3_db_config(connection->handle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    if (auto ready = connection->execute("PRAGMA trusted_schema=OFF;PRAGMA synchronous=FULL"); !ready)
        return tl::unexpected(ready.error());
    return connection;
}

/// Page by page through SQLite, so that what the -wal holds comes along.
Expected<void> copyPages(const QString& from, const QString& to)
{
    auto source = openSessionDatabase(from);
    if (!source)
        return tl::unexpected(source.error());
    auto target = SqliteConnection::open(to, SQLITE_OPEN_READWRITE);
    if (!target)
        return tl::unexpected(target.error());
    sqlite3_backup* backup = sqlite3_backup_init(target->handle(), "main", source->handle(), "main");
    if (!backup)
        return tl::unexpected(sqliteError(target->handle()));
    constexpr int allPages = -1;
    const bool isWhole = sqlite3_backup_step(backup, allPages) == SQLITE_DONE;
    // A source that is busy is no error to SQLite, only not the end.
    if (sqlite3_backup_finish(backup) != SQLITE_OK)
        return tl::unexpected(sqliteError(target->handle()));
    if (!isWhole)
        return failure(ErrorCode::Busy, QStringLiteral("the session is in use"), from);
    return {};
}

QString copyPathOf(const QString& path)
{
    const QFileInfo file(path);
    QString copy = file.dir().filePath(file.completeBaseName() + QStringLiteral("-copy.framescope"));
    for (int n = 2; QFileInfo::exists(copy); ++n)
        copy = file.dir().filePath(file.completeBaseName() + QStringLiteral("-copy-%1.framescope").arg(n));
    return copy;
}

Expected<void> moveToTrash(const QString& path)
{
    // On an account without its folder of data Qt 6.4 takes the working directory for the trash. The trash itself is
    // made by Qt, for the owner only.
    const QString dataFolder = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation);
    if (!QDir().mkpath(dataFolder))
        return failure(ErrorCode::Io, QStringLiteral("the folder of the trash cannot be made"), dataFolder);
    QFile file(path);
    if (file.moveToTrash())
        return {};
    return failure(ErrorCode::Io, file.errorString(), path);
}

} // namespace

std::vector<InterruptedSession> findInterruptedSessions(const QString& folder)
{
    std::vector<InterruptedSession> found;
    const QFileInfoList files =
        QDir(folder).entryInfoList({QStringLiteral("*.framescope")}, QDir::Files | QDir::NoSymLinks, QDir::Time);
    for (const QFileInfo& file : files) {
        InterruptedSession session;
        session.path = file.absoluteFilePath();
        if (!isOffered(session.path))
            continue;
        const auto reader = SessionReader::open(session.path);
        if (!reader)
            continue;
        const auto extent = (*reader)->extent();
        if (!extent)
            continue;
        session.info = (*reader)->info();
        session.frames = extent->frames;
        session.lastSeq = extent->lastSeq;
        session.lastWallNs = lastWallNs(**reader, extent->lastSeq);
        session.bytes = bytesOnDisk(session.path);
        found.push_back(std::move(session));
    }
    return found;
}

Expected<void> foldInterruptedSession(const QString& path)
{
    const Expected<SessionLock> lock = SessionLock::acquire(path);
    if (!lock)
        return tl::unexpected(lock.error());
    if (const auto known = openSessionDatabase(path); !known) // a session, and of a version that we know
        return tl::unexpected(known.error());
    auto connection = openToFold(path);
    if (!connection)
        return tl::unexpected(connection.error());
    if (auto dropped = dropOverwriting(*connection); !dropped)
        return dropped;
    return foldIntoOneFile(*connection);
}

Expected<QString> copyInterruptedSession(const QString& path)
{
    const Expected<SessionLock> lock = SessionLock::acquire(path);
    if (!lock)
        return tl::unexpected(lock.error());
    const QString copy = copyPathOf(path);
    QFile file(copy);
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly, QFileDevice::ReadOwner | QFileDevice::WriteOwner))
        return failure(ErrorCode::Io, file.errorString(), copy);
    file.close();
    Expected<void> done = copyPages(path, copy);
    if (done)
        done = foldInterruptedSession(copy);
    if (done)
        return copy;
    QFile::remove(copy);
    for (const char* suffix : companions)
        QFile::remove(copy + QLatin1String(suffix));
    return tl::unexpected(done.error());
}

Expected<void> discardInterruptedSession(const QString& path)
{
    const Expected<SessionLock> lock = SessionLock::acquire(path);
    if (!lock)
        return tl::unexpected(lock.error());
    if (auto moved = moveToTrash(path); !moved)
        return moved;
    for (const char* suffix : companions) {
        const QString companion = path + QLatin1String(suffix);
        if (!QFileInfo::exists(companion))
            continue;
        if (auto moved = moveToTrash(companion); !moved)
            return moved;
    }
    return {};
}

} // namespace framescope
