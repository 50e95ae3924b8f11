#include "core/store/sessionappend.h"

#include "core/store/chainkeeper.h"
#include "core/store/sessionlock.h"
#include "core/store/sessionreader.h"
#include "core/store/sessionschema.h"

namespace framescope {

namespace {

/// Formats 1 and 2 have no chain.
Expected<void> insertUnchained(SqliteConnection& connection, const EventEntry& entry)
{
    auto insert =
        connection.prepare("INSERT INTO audit_event(seq, wall_ns, mono_ns, severity, action, connection, attempt,"
                           " object, detail) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)");
    if (!insert)
        return tl::unexpected(insert.error());
    bindEvent(*insert, entry);
    return insert->run();
}

Expected<void> insertChained(SqliteConnection& connection, const QString& path, const EventEntry& entry,
                             const AuditSeal& seal, const QByteArray& publicKey)
{
    if (!publicKey.isEmpty()) {
        const auto raw = [&seal] { return seal.key->publicKey().raw(); };
        if (!seal.key || QByteArrayView(publicKey) != QByteArrayView(raw().data(), qsizetype(raw().size())))
            return failure(ErrorCode::Refused,
                           QStringLiteral("the audit log is signed with a key that is not at hand here"), path);
    }
    auto position = chainPositionOf(connection);
    if (!position)
        return tl::unexpected(position.error());
    ChainKeeper chain(std::move(*position), AnchorBook(seal.anchorFolder), path);
    chain.add(entry);
    if (auto begun = connection.execute("BEGIN IMMEDIATE"); !begun)
        return begun;
    auto insert = connection.prepare(insertEventSql);
    if (!insert)
        return tl::unexpected(insert.error());
    bindEvent(*insert, entry);
    insert->bindBlob(10, chain.head());
    if (auto done = insert->run(); !done)
        return done;
    if (!publicKey.isEmpty()) {
        chain.useKey(seal.key);
        if (auto done = chain.sign(connection, CheckpointReason::Export, now()); !done)
            return done;
    }
    if (auto done = connection.execute("COMMIT"); !done)
        return done;
    chain.committed();
    return {};
}

} // namespace

Expected<quint64> appendEventToFinishedSession(const QString& path, const AuditEvent& event, const AuditSeal& seal)
{
    const Expected<SessionLock> lock = SessionLock::acquire(path);
    if (!lock)
        return tl::unexpected(lock.error());
    EventEntry entry = eventEntryOf(event);
    {
        // The reader checks that it is a session of a version that we know; it is gone before the file is opened for
        // writing.
        const Expected<std::unique_ptr<SessionReader>> reader = SessionReader::open(path);
        if (!reader)
            return tl::unexpected(reader.error());
        if ((*reader)->info().formatVersion > sessionFormatVersion)
            return failure(ErrorCode::Unsupported,
                           QStringLiteral("the session was written by a newer version, which may mean more by it"),
                           path);
        const Expected<SessionReader::Extent> extent = (*reader)->extent();
        if (!extent)
            return tl::unexpected(extent.error());
        entry.seq = extent->lastSeq + 1;
    }
    auto connection = SqliteConnection::open(path, SQLITE_OPEN_READWRITE);
    if (!connection)
        return tl::unexpected(connection.error());
    sqlite3_db_config(connection->handle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    // EXTRA: without a WAL the entry is there once the journal is gone, and its removal has to last as well.
    if (const Expected<void> ready = connection->execute("PRAGMA trusted_schema=OFF;PRAGMA synchronous=EXTRA"); !ready)
        return tl::unexpected(ready.error());
    const auto identity = readChainIdentity(*connection);
    if (!identity)
        return tl::unexpected(identity.error());
    const Expected<void> done = identity->hasChain ? insertChained(*connection, path, entry, seal, identity->publicKey)
                                                   : insertUnchained(*connection, entry);
    if (!done)
        return tl::unexpected(done.error());
    return entry.seq;
}

} // namespace framescope
