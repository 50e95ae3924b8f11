#include "core/store/sessionschema.h"

#include "core/audit/entryhasher.h"
#include "core/audit/signingkey.h"

#include <QDir>
#include <QFileInfo>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace framescope {

namespace {

// Rows are appended, never changed, and only payloads are removed, which an entry says right before: the triggers make
// that true for every program that uses this file through SQLite. Payloads have a table of their own, so that the pages
// which they leave are free for others; in the rows of `block` they would leave holes that nothing fills.
constexpr const char* schema = R"(
CREATE TABLE session(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE type_name(id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE block(
  first_frame INTEGER PRIMARY KEY,
  frame_count INTEGER NOT NULL,
  first_seq INTEGER NOT NULL UNIQUE,
  first_mono_ns INTEGER NOT NULL,
  last_mono_ns INTEGER NOT NULL,
  first_wall_ns INTEGER NOT NULL,
  last_wall_ns INTEGER NOT NULL,
  accepted INTEGER NOT NULL,
  warned INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  received_bytes INTEGER NOT NULL,
  payload_bytes INTEGER NOT NULL,
  heads BLOB NOT NULL,
  findings BLOB,
  digests BLOB NOT NULL,
  links BLOB NOT NULL,
  chain BLOB NOT NULL) STRICT;
CREATE TABLE payload(first_frame INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE audit_event(
  seq INTEGER PRIMARY KEY,
  wall_ns INTEGER NOT NULL,
  mono_ns INTEGER NOT NULL,
  severity INTEGER NOT NULL,
  action TEXT NOT NULL,
  connection INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  object TEXT NOT NULL,
  detail TEXT NOT NULL,
  chain BLOB NOT NULL) STRICT;
CREATE TABLE checkpoint(
  number INTEGER PRIMARY KEY,
  reason INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  head BLOB NOT NULL,
  wall_ns INTEGER NOT NULL,
  mono_ns INTEGER NOT NULL,
  boot BLOB NOT NULL,
  previous BLOB NOT NULL,
  key_id BLOB NOT NULL,
  signature BLOB NOT NULL) STRICT;
CREATE INDEX payloads_removed ON audit_event(seq) WHERE action = 'payloads-removed';
CREATE TRIGGER payload_no_update BEFORE UPDATE ON payload
  BEGIN SELECT RAISE(ABORT, 'payloads are never changed'); END;
CREATE TRIGGER payload_no_delete BEFORE DELETE ON payload WHEN NOT coalesce((
    SELECT CAST(substr(object, 8) AS INTEGER) <= OLD.first_frame -- 'frames 1 to 4096'
       AND CAST(substr(object, instr(object, ' to ') + 4) AS INTEGER) >= OLD.first_frame
    FROM audit_event WHERE action = 'payloads-removed' ORDER BY seq DESC LIMIT 1), 0)
  BEGIN SELECT RAISE(ABORT, 'payloads are removed only where an entry says so'); END;
CREATE TRIGGER block_no_update BEFORE UPDATE ON block BEGIN SELECT RAISE(ABORT, 'frames are never changed'); END;
CREATE TRIGGER block_no_delete BEFORE DELETE ON block BEGIN SELECT RAISE(ABORT, 'frames are never deleted'); END;
CREATE TRIGGER event_no_update BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER event_no_delete BEFORE DELETE ON audit_event BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint
  BEGIN SELECT RAISE(ABORT, 'checkpoints are never changed'); END;
CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint
  BEGIN SELECT RAISE(ABORT, 'checkpoints are never deleted'); END;
)";

// synchronous=FULL: a commit is on the disk when it returns. The WAL is folded in every 256 pages (8 MiB) and kept
// small. Large pages, since blobs are large: each page costs two writes and a read, and 8 KiB pages took 1.7 times the
// processor time.
constexpr const char* writerPragmas = R"(
PRAGMA page_size=32768;
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
PRAGMA wal_autocheckpoint=256;
PRAGMA journal_size_limit=67108864;
PRAGMA temp_store=MEMORY;
PRAGMA cache_size=-8000;
PRAGMA trusted_schema=OFF;
)";

// What reading needs: a newer version that still has it can be read.
constexpr std::array readColumns = {
    "SELECT first_frame, frame_count, first_seq, payload_bytes, heads, findings, digests FROM block",
    "SELECT first_frame, bytes FROM payload",
    "SELECT seq, wall_ns, mono_ns, severity, action, connection, attempt, object, detail FROM audit_event",
    "SELECT id, name FROM type_name", "SELECT key, value FROM session"};

// Written later than the session's beginning, so not bound by the chain's first hash; each is held against signed
// checkpoints instead.
constexpr std::array<QByteArrayView, 3> laterKeys = {"genesis", "public_key", "ended_wall_ns"};
constexpr int sessionValueLimit = 1000;

constexpr int busyTimeoutMs = 5000;
constexpr int readerRowLimitBytes = 160 * 1024 * 1024; // all blobs of the largest block that a reader accepts
constexpr std::chrono::seconds readerTimeLimit{10};    // a hostile file must not keep a thread for ever

/// Only the form in which we write it: whoever compares texts must come to the same result.
QByteArray bytesOfHex(const QByteArray& hex, std::size_t size)
{
    const QByteArray bytes = QByteArray::fromHex(hex);
    return std::size_t(bytes.size()) == size && bytes.toHex() == hex ? bytes : QByteArray();
}

void takeLaterValue(ChainIdentity& identity, const QByteArray& key, const QByteArray& value)
{
    if (key == "public_key") {
        identity.publicKey = bytesOfHex(value, sizeof(Ed25519PublicBytes));
    } else if (key == "ended_wall_ns") {
        identity.endedWallNs = value.toLongLong();
        if (QByteArray::number(identity.endedWallNs) != value)
            identity.endedWallNs = -1; // no time of ours
    } else {
        const QByteArray hash = bytesOfHex(value, sizeof(Sha256Digest));
        std::copy(hash.begin(), hash.end(), identity.storedGenesis.begin());
    }
}

/// The file is made by us, so that its rights are right from the first byte and a file that is there is never touched.
/// No SQLite connection of this file exists yet, so closing the descriptor is harmless.
Expected<void> makeEmptyFile(const QString& path)
{
    const int descriptor = ::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        const bool exists = errno == EEXIST;
        return failure(exists ? ErrorCode::Storage : ErrorCode::Io,
                       exists ? QStringLiteral("the file exists and is never overwritten") : qt_error_string(errno),
                       path);
    }
    ::close(descriptor);
    return {};
}

Expected<void> putValue(SqliteStatement& insert, QByteArrayView key, const QByteArray& value)
{
    insert.bindText(1, key);
    insert.bindText(2, value);
    return insert.run();
}

Expected<void> writeInfo(SqliteConnection& connection, const SessionInfo& info)
{
    auto insert = connection.prepare("INSERT INTO session(key, value) VALUES(?1, ?2)");
    if (!insert)
        return tl::unexpected(insert.error());
    const std::pair<QByteArrayView, QByteArray> values[] = {
        {"id", info.sessionId},
        {"tool_version", info.toolVersion},
        {"source_kind", info.sourceKind},
        {"source_name", info.sourceName},
        {"started_wall_ns", QByteArray::number(info.startedWallNs)},
        {"started_mono_ns", QByteArray::number(info.startedMonoNs)},
        {"payloads", payloadPolicyName(info.payloads)},
    };
    for (const auto& [key, value] : values) {
        if (auto ok = putValue(*insert, key, value); !ok)
            return ok;
    }
    const std::pair<QByteArrayView, quint64> limits[] = {{"keep_payload_seconds", quint64(info.retention.age.count())},
                                                         {"keep_payload_bytes", info.retention.bytes},
                                                         {"keep_payload_frames", info.retention.frames}};
    for (const auto& [key, limit] : limits) {
        if (limit == 0)
            continue;
        if (auto ok = putValue(*insert, key, QByteArray::number(limit)); !ok)
            return ok;
    }
    if (!info.redaction.isEmpty()) {
        if (auto ok = putValue(*insert, "redaction", info.redaction); !ok)
            return ok;
    }
    // Over the rows as they are read back, so that whoever verifies sees the same bytes.
    const auto identity = readChainIdentity(connection);
    if (!identity)
        return tl::unexpected(identity.error());
    return putValue(*insert, "genesis", toHex(genesisHash(sessionFormatVersion, identity->values)));
}

Expected<void> checkIdentity(SqliteConnection& connection)
{
    const Expected<qint64> application = connection.integer("PRAGMA application_id");
    if (!application)
        return tl::unexpected(application.error());
    const QString path = QString::fromUtf8(sqlite3_db_filename(connection.handle(), "main"));
    if (*application != sessionApplicationId)
        return failure(ErrorCode::Parse, QStringLiteral("this is no Framescope session file"), path);
    const Expected<qint64> version = connection.integer("PRAGMA user_version");
    if (!version)
        return tl::unexpected(version.error());
    // Real tables only: a view with our table's name could compute for ever.
    const Expected<qint64> tables =
        connection.integer("SELECT count(*) FROM sqlite_schema WHERE type='table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
                           " AND name IN ('session','type_name','block','audit_event')");
    if (!tables)
        return tl::unexpected(tables.error());
    if (*version < 1 || *tables != 4)
        return failure(ErrorCode::Parse, QStringLiteral("the tables of a session file are missing"), path);
    if (*version > sessionFormatVersion) {
        for (const char* sql : readColumns) {
            if (!connection.prepare(sql))
                return failure(ErrorCode::Unsupported,
                               QStringLiteral("the session was written by a newer version, in a form that this program"
                                              " cannot read (format %1, this program knows %2)")
                                   .arg(*version)
                                   .arg(sessionFormatVersion),
                               path);
        }
    }
    return {};
}

void removeFiles(const QString& path)
{
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
        unlink((QFile::encodeName(path) + suffix).constData());
}

Expected<void> fill(SqliteConnection& connection, const SessionInfo& info)
{
    const QByteArray identity = "PRAGMA application_id=" + QByteArray::number(sessionApplicationId) +
                                ";PRAGMA user_version=" + QByteArray::number(sessionFormatVersion);
    // What is removed because it is too old is overwritten at once. Otherwise the next payloads come to stand there,
    // and the rest is overwritten at the end: zeros would be written first each time, which takes as long as the
    // payloads.
    const char* removal = info.retention.age.count() > 0 ? "PRAGMA secure_delete=ON" : "PRAGMA secure_delete=FAST";
    for (const char* sql : {writerPragmas, removal, "BEGIN IMMEDIATE", schema, identity.constData()}) {
        if (auto ok = connection.execute(sql); !ok)
            return ok;
    }
    if (auto ok = writeInfo(connection, info); !ok)
        return ok;
    return connection.execute("COMMIT");
}

} // namespace

Expected<bool> hasPayloadTable(SqliteConnection& connection)
{
    const Expected<qint64> tables =
        connection.integer("SELECT count(*) FROM sqlite_schema WHERE type='table' AND name='payload'"
                           " AND sql NOT LIKE 'CREATE VIRTUAL%'");
    if (!tables)
        return tl::unexpected(tables.error());
    return *tables > 0;
}

QByteArray selectBlocks(bool hasPayloadTable, const char* furtherColumns, const char* rest)
{
    const char* payload =
        hasPayloadTable ? "(SELECT bytes FROM payload WHERE payload.first_frame = block.first_frame)" : "payload";
    return QByteArray("SELECT first_frame, frame_count, first_seq, payload_bytes, heads, findings, digests, ") +
           payload + furtherColumns + " FROM block " + rest;
}

BlockRow blockRowOf(SqliteStatement& statement)
{
    BlockRow row;
    row.firstFrame = quint64(statement.integer(0));
    row.frameCount = quint64(statement.integer(1));
    row.firstSeq = quint64(statement.integer(2));
    row.payloadBytes = quint64(statement.integer(3));
    row.heads = statement.bytes(4);
    row.findings = statement.bytes(5);
    row.digests = statement.bytes(6);
    row.payload = statement.bytes(7);
    return row;
}

Expected<void> makeSessionFolder(const QString& path)
{
    const QDir folder = QFileInfo(path).absoluteDir();
    if (folder.exists())
        return {};
    // From the top, each new level for the owner only (QDir::mkpath would give them the umask's rights).
    const QString parent = QFileInfo(folder.absolutePath()).absolutePath();
    if (parent != folder.absolutePath()) {
        if (auto made = makeSessionFolder(folder.absolutePath()); !made)
            return made;
    }
    if (mkdir(QFile::encodeName(folder.absolutePath()).constData(), 0700) != 0 && errno != EEXIST)
        return failure(ErrorCode::Io, qt_error_string(errno), folder.absolutePath());
    return {};
}

Expected<SqliteConnection> createSessionDatabase(const QString& path, const SessionInfo& info)
{
    if (auto made = makeEmptyFile(path); !made)
        return tl::unexpected(made.error());
    auto connection = SqliteConnection::open(path, SQLITE_OPEN_READWRITE);
    if (connection) {
        sqlite3_busy_timeout(connection->handle(), busyTimeoutMs);
        auto filled = fill(*connection, info);
        if (filled)
            return connection;
        connection = tl::unexpected(filled.error()); // closes it
    }
    removeFiles(path);
    return connection;
}

namespace {

/// @p isHalfDone is set where a program was killed while it changed the file.
Expected<SqliteConnection> openToRead(const QString& path, bool& isHalfDone)
{
    auto connection = SqliteConnection::open(path, SQLITE_OPEN_READONLY);
    if (!connection)
        return connection;
    sqlite3* handle = connection->handle();
    sqlite3_busy_timeout(handle, busyTimeoutMs);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, readerRowLimitBytes);
    connection->interruptAfter(readerTimeLimit);
    Expected<void> ready = connection->execute("PRAGMA trusted_schema=OFF;PRAGMA cell_size_check=ON;PRAGMA mmap_size=0;"
                                               "PRAGMA query_only=ON;PRAGMA cache_size=-4000");
    if (ready)
        ready = checkIdentity(*connection);
    if (!ready) {
        if (sqlite3_errcode(handle) == SQLITE_NOTADB)
            ready.error().code = ErrorCode::Parse;
        isHalfDone = sqlite3_extended_errcode(handle) == SQLITE_READONLY_ROLLBACK;
        return tl::unexpected(ready.error());
    }
    return connection;
}

} // namespace

Expected<SqliteConnection> openSessionDatabase(const QString& path)
{
    if (!QFileInfo::exists(path))
        return failure(ErrorCode::NotFound, QStringLiteral("there is no such file"), path);
    bool isHalfDone = false;
    auto connection = openToRead(path, isHalfDone);
    if (connection || !isHalfDone)
        return connection;
    if (auto undone = rollBackJournal(path); !undone)
        return tl::unexpected(undone.error());
    return openToRead(path, isHalfDone);
}

Expected<SessionInfo> readSessionInfo(SqliteConnection& connection)
{
    constexpr int longestValue = 512 * 1024; // rules of redaction; all others are short
    const Expected<qint64> version = connection.integer("PRAGMA user_version");
    if (!version)
        return tl::unexpected(version.error());
    auto select = connection.prepare("SELECT key, value FROM session LIMIT 64");
    if (!select)
        return tl::unexpected(select.error());
    QHash<QByteArray, QByteArray> values;
    for (;;) {
        const Expected<bool> row = select->step();
        if (!row)
            return tl::unexpected(row.error());
        if (!*row)
            break;
        const QByteArrayView value = select->bytes(1);
        values.insert(select->bytes(0).first(qMin<qsizetype>(select->bytes(0).size(), longestValue)).toByteArray(),
                      value.first(qMin<qsizetype>(value.size(), longestValue)).toByteArray());
    }
    SessionInfo info;
    info.formatVersion = int(*version);
    info.sessionId = values.value("id");
    info.toolVersion = values.value("tool_version");
    info.sourceKind = values.value("source_kind");
    info.sourceName = values.value("source_name");
    info.startedWallNs = values.value("started_wall_ns").toLongLong();
    info.startedMonoNs = values.value("started_mono_ns").toLongLong();
    info.endedWallNs = values.value("ended_wall_ns").toLongLong();
    for (const PayloadPolicy policy : {PayloadPolicy::DigestOnly, PayloadPolicy::Redacted}) {
        if (values.value("payloads") == payloadPolicyName(policy))
            info.payloads = policy;
    }
    info.redaction = values.value("redaction");
    info.retention.age = std::chrono::seconds(values.value("keep_payload_seconds").toUInt());
    info.retention.bytes = values.value("keep_payload_bytes").toULongLong();
    info.retention.frames = values.value("keep_payload_frames").toULongLong();
    return info;
}

Expected<ChainIdentity> readChainIdentity(SqliteConnection& connection)
{
    ChainIdentity identity;
    const auto version = connection.integer("PRAGMA user_version");
    const auto tables =
        connection.integer("SELECT count(*) FROM sqlite_schema WHERE type='table' AND name='checkpoint'");
    for (const auto* number : {&version, &tables}) {
        if (!*number)
            return tl::unexpected(number->error());
    }
    identity.formatVersion = int(*version);
    identity.hasChain = *version >= 3 || *tables > 0;
    auto select = connection.prepare("SELECT key, value FROM session ORDER BY key LIMIT ?1");
    if (!select)
        return tl::unexpected(select.error());
    select->bind(1, sessionValueLimit);
    for (;;) {
        const Expected<bool> row = select->step();
        if (!row)
            return tl::unexpected(row.error());
        if (!*row)
            return identity;
        const QByteArray key = select->bytes(0).toByteArray();
        const QByteArray value = select->bytes(1).toByteArray();
        if (std::find(laterKeys.begin(), laterKeys.end(), key) == laterKeys.end())
            identity.values[key] = value;
        else
            takeLaterValue(identity, key, value);
    }
}

Expected<void> writePublicKey(SqliteConnection& connection, QByteArrayView raw)
{
    auto insert = connection.prepare("INSERT INTO session(key, value) VALUES(?1, ?2)");
    if (!insert)
        return tl::unexpected(insert.error());
    return putValue(*insert, "public_key", raw.toByteArray().toHex());
}

Expected<void> writeSessionEnd(SqliteConnection& connection, qint64 endedWallNs)
{
    auto insert = connection.prepare("INSERT OR REPLACE INTO session(key, value) VALUES(?1, ?2)");
    if (!insert)
        return tl::unexpected(insert.error());
    return putValue(*insert, "ended_wall_ns", QByteArray::number(endedWallNs));
}

Expected<void> overwriteFreePages(SqliteConnection& connection)
{
    constexpr qint64 pagesAtOnce = 128; // half of what folds the WAL in, so that it does not grow
    const auto pageBytes = connection.integer("PRAGMA page_size");
    if (!pageBytes)
        return tl::unexpected(pageBytes.error());
    Expected<void> done = connection.execute("CREATE TABLE IF NOT EXISTS zeros(bytes BLOB) STRICT");
    while (done) {
        const auto pages = connection.integer("PRAGMA freelist_count");
        if (pages && *pages == 0)
            break;
        // Half a page more than the overflow pages hold stays in the row's own page, so that each of them is full: of
        // the last one only what is used would be written (sqlite.org/fileformat.html section 1.6).
        constexpr qint64 nextPageBytes = 4;
        const qint64 bytes = std::min(pages.value_or(0), pagesAtOnce) * (*pageBytes - nextPageBytes) + *pageBytes / 2;
        // Zeros reach the disk only when they are committed before their pages are free again.
        const QByteArray insert = "INSERT INTO zeros VALUES(zeroblob(" + QByteArray::number(bytes) + "))";
        done = pages ? connection.execute(insert.constData()) : tl::unexpected(pages.error());
    }
    const Expected<void> dropped = dropOverwriting(connection);
    return done ? dropped : done;
}

Expected<void> dropOverwriting(SqliteConnection& connection)
{
    return connection.execute("DROP TABLE IF EXISTS zeros");
}

Expected<void> foldIntoOneFile(SqliteConnection& connection)
{
    if (auto ok = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)"); !ok)
        return ok;
    // Out of WAL mode, so that whoever opens the file to read it makes no companions either. That needs the file for
    // itself, and SQLite does not wait for it: readers hold it for milliseconds. Should one hold it longer, the file
    // stays in WAL mode, which is as good but for the companions.
    constexpr int attempts = 200;
    constexpr std::chrono::milliseconds pause{5};
    for (int attempt = 0; attempt < attempts; ++attempt) {
        auto switched = connection.execute("PRAGMA journal_mode=DELETE");
        if (switched)
            return {};
        if (const int code = sqlite3_errcode(connection.handle()); code != SQLITE_BUSY && code != SQLITE_LOCKED)
            return switched;
        std::this_thread::sleep_for(pause);
    }
    return {};
}

} // namespace framescope
