#include "core/store/sessionappend.h"

#include "core/store/chainkeeper.h"
#include "core/store/sessionlock.h"
#include "core/store/sessionreader.h"
#include "core/store/sessionschema.h"

#include <QFileInfo>
#include <algorithm>

namespace framescope {

namespace {

/// Formats 1 and 2 have no chain.
Expected<void> insertUnchained(SqliteConnection& connection, const std::vector<EventEntry>& entries)
{
    if (auto begun = connection.execute("BEGIN IMMEDIATE"); !begun)
        return begun;
    auto insert =
        connection.prepare("INSERT INTO audit_event(seq, wall_ns, mono_ns, severity, action, connection, attempt,"
                           " object, detail) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)");
    if (!insert)
        return tl::unexpected(insert.error());
    for (const EventEntry& entry : entries) {
        bindEvent(*insert, entry);
        if (auto done = insert->run(); !done)
            return done;
    }
    return connection.execute("COMMIT");
}

bool isKeyOf(QByteArrayView stored, const PublicKey& key)
{
    return stored == QByteArrayView(key.raw().data(), qsizetype(key.raw().size()));
}

Error foreignKey(const QString& path)
{
    return {ErrorCode::Refused, QStringLiteral("the audit log is signed with a key that is not at hand here"), path};
}

Expected<void> insertChained(SqliteConnection& connection, const QString& path, const std::vector<EventEntry>& entries,
                             const AuditSeal& seal, const QByteArray& publicKey)
{
    if (!publicKey.isEmpty() && (!seal.key || !isKeyOf(publicKey, seal.key->publicKey())))
        return tl::unexpected(foreignKey(path));
    auto position = chainPositionOf(connection);
    if (!position)
        return tl::unexpected(position.error());
    ChainKeeper chain(std::move(*position), AnchorBook(seal.anchorFolder), path);
    if (auto begun = connection.execute("BEGIN IMMEDIATE"); !begun)
        return begun;
    auto insert = connection.prepare(insertEventSql);
    if (!insert)
        return tl::unexpected(insert.error());
    for (const EventEntry& entry : entries) {
        chain.add(entry);
        bindEvent(*insert, entry);
        insert->bindBlob(10, chain.head());
        if (auto done = insert->run(); !done)
            return done;
    }
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

/// The number of its last entry. The reader checks that it is a session of a version that we know; it is gone before
/// the file is opened for writing.
Expected<quint64> lastSeqOfKnownSession(const QString& path)
{
    const Expected<std::unique_ptr<SessionReader>> reader = SessionReader::open(path);
    if (!reader)
        return tl::unexpected(reader.error());
    if ((*reader)->info().formatVersion > sessionFormatVersion)
        return failure(ErrorCode::Unsupported,
                       QStringLiteral("the session was written by a newer version, which may mean more by it"), path);
    const Expected<SessionReader::Extent> extent = (*reader)->extent();
    if (!extent)
        return tl::unexpected(extent.error());
    return extent->lastSeq;
}

} // namespace

Expected<quint64> appendEventsToFinishedSession(const QString& path, const std::vector<AuditEvent>& events,
                                                const AuditSeal& seal)
{
    const Expected<SessionLock> lock = SessionLock::acquire(path);
    if (!lock)
        return tl::unexpected(lock.error());
    const Expected<quint64> lastSeq = lastSeqOfKnownSession(path);
    if (!lastSeq)
        return lastSeq;
    std::vector<EventEntry> entries;
    for (const AuditEvent& event : events) {
        entries.push_back(eventEntryOf(event));
        entries.back().seq = *lastSeq + entries.size();
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
    const Expected<void> done = identity->hasChain
                                    ? insertChained(*connection, path, entries, seal, identity->publicKey)
                                    : insertUnchained(*connection, entries);
    if (!done)
        return tl::unexpected(done.error());
    return *lastSeq + 1;
}

Expected<quint64> appendEventToFinishedSession(const QString& path, const AuditEvent& event, const AuditSeal& seal)
{
    return appendEventsToFinishedSession(path, {event}, seal);
}

Expected<void> checkFinishedSessionTakesEvents(const QString& path, const std::vector<PublicKey>& own)
{
    if (SessionLock::isHeld(path))
        return failure(ErrorCode::Busy, QStringLiteral("another recording writes this file"), path);
    if (const auto known = lastSeqOfKnownSession(path); !known)
        return tl::unexpected(known.error());
    // The rights themselves too: whoever may write everything (root) is not meant to where nobody is.
    const QFileInfo file(path);
    if (!file.isWritable() || !file.permission(QFileDevice::WriteOwner))
        return failure(ErrorCode::Storage, QStringLiteral("the file is read-only"), path);
    if (const QFileInfo folder(file.absolutePath()); !folder.isWritable())
        return failure(ErrorCode::Storage, QStringLiteral("its folder is read-only"), path);
    auto connection = openSessionDatabase(path);
    if (!connection)
        return tl::unexpected(connection.error());
    const auto identity = readChainIdentity(*connection);
    if (!identity)
        return tl::unexpected(identity.error());
    const bool isOwn = std::any_of(own.begin(), own.end(),
                                   [&identity](const PublicKey& key) { return isKeyOf(identity->publicKey, key); });
    if (!identity->publicKey.isEmpty() && !isOwn)
        return tl::unexpected(foreignKey(path));
    return {};
}

} // namespace framescope
