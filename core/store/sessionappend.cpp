#include "core/store/sessionappend.h"

#include "core/store/sessionlock.h"
#include "core/store/sessionreader.h"
#include "core/store/sqlite.h"

namespace framescope {

Expected<quint64> appendEventToFinishedSession(const QString& path, const AuditEvent& event)
{
    const Expected<SessionLock> lock = SessionLock::acquire(path);
    if (!lock)
        return tl::unexpected(lock.error());
    quint64 lastSeq = 0;
    {
        // The reader checks that it is a session of a version that we know; it is gone before the file is opened for
        // writing.
        const Expected<std::unique_ptr<SessionReader>> reader = SessionReader::open(path);
        if (!reader)
            return tl::unexpected(reader.error());
        const Expected<SessionReader::Extent> extent = (*reader)->extent();
        if (!extent)
            return tl::unexpected(extent.error());
        lastSeq = extent->lastSeq;
    }
    auto connection = SqliteConnection::open(path, SQLITE_OPEN_READWRITE);
    if (!connection)
        return tl::unexpected(connection.error());
    sqlite3_db_config(connection->handle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    if (const Expected<void> ready = connection->execute("PRAGMA trusted_schema=OFF;PRAGMA synchronous=FULL"); !ready)
        return tl::unexpected(ready.error());
    auto insert =
        connection->prepare("INSERT INTO audit_event(seq, wall_ns, mono_ns, severity, action, connection, attempt,"
                            " object, detail) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)");
    if (!insert)
        return tl::unexpected(insert.error());
    const QLatin1String action = auditActionName(event.action);
    insert->bind(1, qint64(lastSeq + 1));
    insert->bind(2, event.at.wallNs);
    insert->bind(3, event.at.monoNs);
    insert->bind(4, qint64(event.severity));
    insert->bindText(5, QByteArrayView(action.data(), action.size()));
    insert->bind(6, event.connection);
    insert->bind(7, event.attempt);
    insert->bindText(8, event.object);
    insert->bindText(9, event.detail);
    if (const Expected<void> done = insert->run(); !done)
        return tl::unexpected(done.error());
    return lastSeq + 1;
}

} // namespace framescope
