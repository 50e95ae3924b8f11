#pragma once
/// The tables of a session file, and the checks that tell a session file from another or a newer one.
/// Room-private. Thread: as the connection's. Errors: Parse (no session file), Unsupported (newer version), Storage.
#include "core/store/blockcodec.h"
#include "core/store/sessionfile.h"
#include "core/store/sqlite.h"

#include <map>

namespace framescope {

/// Makes the folder of @p path where there is none, 0700.
[[nodiscard]] Expected<void> makeSessionFolder(const QString& path);
/// Makes @p path (0600; it must not exist), its tables and its first rows, ready for the one writer.
[[nodiscard]] Expected<SqliteConnection> createSessionDatabase(const QString& path, const SessionInfo& info);
/// Read only, with everything off that a hostile file could use; checked to be a session file of a version that this
/// program reads. A newer version's is opened where it has all that is read here: SessionInfo::formatVersion tells.
[[nodiscard]] Expected<SqliteConnection> openSessionDatabase(const QString& path);
[[nodiscard]] Expected<SessionInfo> readSessionInfo(SqliteConnection& connection);

/// What the audit chain's first hash binds, and what the file says of the chain.
struct ChainIdentity
{
    int formatVersion = 0;
    std::map<QByteArray, QByteArray> values; ///< names and values of the session as it began
    bool hasChain = false;                   ///< since format 3
    Sha256Digest storedGenesis{};
    QByteArray publicKey; ///< 32 bytes; empty: nothing is signed
    qint64 endedWallNs = 0;
};
/// Errors: Storage.
[[nodiscard]] Expected<ChainIdentity> readChainIdentity(SqliteConnection& connection);
/// Since format 4 payloads stand in a table of their own; before, in a column of `block`. Errors: Storage.
[[nodiscard]] Expected<bool> hasPayloadTable(SqliteConnection& connection);
/// A SELECT of what blockRowOf() takes and @p furtherColumns (", chain"), from either; @p rest begins with WHERE.
[[nodiscard]] QByteArray selectBlocks(bool hasPayloadTable, const char* furtherColumns, const char* rest);
/// The row at hand of a SELECT that begins with first_frame, frame_count, first_seq, payload_bytes, heads, findings,
/// digests, payload; its views end with the next step.
[[nodiscard]] BlockRow blockRowOf(SqliteStatement& statement);
/// Once, inside the caller's transaction.
[[nodiscard]] Expected<void> writePublicKey(SqliteConnection& connection, QByteArrayView raw);
[[nodiscard]] Expected<void> writeSessionEnd(SqliteConnection& connection, qint64 endedWallNs);
/// Writes zeros over the pages that are free: what was removed is gone, not only out of sight. In transactions of its
/// own, small enough that the WAL stays as it is. Errors: Storage; what is committed stays.
[[nodiscard]] Expected<void> overwriteFreePages(SqliteConnection& connection);
/// Drops the table that a program leaves which is killed while it overwrites; nobody reads it.
[[nodiscard]] Expected<void> dropOverwriting(SqliteConnection& connection);
/// Folds the WAL into the file and leaves one file without companions. Nothing is lost when it fails.
[[nodiscard]] Expected<void> foldIntoOneFile(SqliteConnection& connection);

} // namespace framescope
