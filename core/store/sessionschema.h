#pragma once
/// The tables of a session file, and the checks that tell a session file from another or a newer one.
/// Room-private. Thread: as the connection's. Errors: Parse (no session file), Unsupported (newer version), Storage.
#include "core/store/sessionfile.h"
#include "core/store/sqlite.h"

namespace framescope {

/// Makes the folder of @p path where there is none, 0700.
[[nodiscard]] Expected<void> makeSessionFolder(const QString& path);
/// Makes @p path (0600; it must not exist), its tables and its first rows, ready for the one writer.
[[nodiscard]] Expected<SqliteConnection> createSessionDatabase(const QString& path, const SessionInfo& info);
/// Read only, with everything off that a hostile file could use; checked to be a session file of this version.
[[nodiscard]] Expected<SqliteConnection> openSessionDatabase(const QString& path);
[[nodiscard]] Expected<SessionInfo> readSessionInfo(SqliteConnection& connection);
[[nodiscard]] Expected<void> writeSessionEnd(SqliteConnection& connection, qint64 endedWallNs);
/// Folds the WAL into the file and leaves one file without companions. Nothing is lost when it fails.
[[nodiscard]] Expected<void> foldIntoOneFile(SqliteConnection& connection);

} // namespace framescope
