#include "core/store/sqlite.h"

#include "core/base/clock.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <algorithm>

namespace framescope {

Error sqliteError(sqlite3* handle)
{
    const int code = sqlite3_extended_errcode(handle);
    QString detail = QString::fromUtf8(sqlite3_errmsg(handle));
    if (const int system = sqlite3_system_errno(handle); system != 0 && (code & 0xff) != SQLITE_CONSTRAINT)
        detail += QStringLiteral(" (%1)").arg(qt_error_string(system));
    const char* path = sqlite3_db_filename(handle, "main");
    return {ErrorCode::Storage, detail, path ? QFile::decodeName(path) : QString()};
}

void SqliteStatement::bindText(int index, QByteArrayView utf8)
{
    // A null pointer would bind NULL; empty is a value.
    const char* text = utf8.data() ? utf8.data() : "";
    sqlite3_bind_text64(m_statement.get(), index, text, sqlite3_uint64(utf8.size()), SQLITE_STATIC, SQLITE_UTF8);
}

void SqliteStatement::bindBlob(int index, QByteArrayView bytes)
{
    const char* blob = bytes.data() ? bytes.data() : "";
    sqlite3_bind_blob64(m_statement.get(), index, blob, sqlite3_uint64(bytes.size()), SQLITE_STATIC);
}

Expected<bool> SqliteStatement::step()
{
    const int result = sqlite3_step(m_statement.get());
    if (result == SQLITE_ROW)
        return true;
    if (result == SQLITE_DONE)
        return false;
    return tl::unexpected(sqliteError(sqlite3_db_handle(m_statement.get())));
}

Expected<void> SqliteStatement::run()
{
    const Expected<bool> stepped = step();
    reset();
    if (!stepped)
        return tl::unexpected(stepped.error());
    return {};
}

void SqliteStatement::reset()
{
    sqlite3_reset(m_statement.get());
    sqlite3_clear_bindings(m_statement.get());
}

QByteArrayView SqliteStatement::bytes(int column) const
{
    // The pointer first: asking for it may convert the value, and the length belongs to the converted one.
    const void* bytes = sqlite3_column_blob(m_statement.get(), column);
    const int length = sqlite3_column_bytes(m_statement.get(), column);
    return bytes && length > 0 ? QByteArrayView(static_cast<const char*>(bytes), length) : QByteArrayView("", 0);
}

Expected<SqliteConnection> SqliteConnection::open(const QString& path, int flags)
{
    // NOFOLLOW refuses a link anywhere in the path; a linked folder is the user's own business, a linked file is not.
    const QFileInfo file(path);
    const QString folder = file.absoluteDir().canonicalPath();
    if (folder.isEmpty())
        return failure(ErrorCode::NotFound, QStringLiteral("there is no such folder"), path);
    const QByteArray resolved = QFile::encodeName(QDir(folder).filePath(file.fileName()));
    sqlite3* handle = nullptr;
    const int result =
        sqlite3_open_v2(resolved.constData(), &handle, flags | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX, nullptr);
    SqliteConnection connection;
    connection.m_handle.reset(handle);
    if (result != SQLITE_OK)
        return handle ? tl::unexpected(sqliteError(handle))
                      : failure(ErrorCode::Storage, QStringLiteral("no memory"), path);
    return connection;
}

void SqliteConnection::interruptAfter(std::chrono::nanoseconds limit)
{
    constexpr int operationsBetweenLooks = 10'000;
    m_deadlineNs = std::make_unique<qint64>(monotonicNs() + limit.count());
    sqlite3_progress_handler(
        m_handle.get(), operationsBetweenLooks,
        [](void* deadlineNs) { return monotonicNs() > *static_cast<const qint64*>(deadlineNs) ? 1 : 0; },
        m_deadlineNs.get());
}

Expected<SqliteStatement> SqliteConnection::prepare(const char* sql)
{
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(m_handle.get(), sql, -1, &statement, nullptr) != SQLITE_OK)
        return tl::unexpected(sqliteError(m_handle.get()));
    return SqliteStatement(statement);
}

Expected<void> SqliteConnection::execute(const char* sql)
{
    if (sqlite3_exec(m_handle.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return tl::unexpected(sqliteError(m_handle.get()));
    return {};
}

Expected<qint64> SqliteConnection::integer(const char* sql, qint64 fallback)
{
    auto statement = prepare(sql);
    if (!statement)
        return tl::unexpected(statement.error());
    const Expected<bool> row = statement->step();
    if (!row)
        return tl::unexpected(row.error());
    return *row && !statement->isNull(0) ? statement->integer(0) : fallback;
}

Expected<void> rollBackJournal(const QString& path)
{
    // One that ends with this names another file, which SQLite would delete (sqlite.org/fileformat.html section 3).
    // We never write to two databases at once.
    constexpr QByteArrayView namesAnother("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8);
    QFile journal(path + QStringLiteral("-journal"));
    const bool isOpen = journal.open(QIODevice::ReadOnly);
    if (!isOpen && !journal.exists())
        return {}; // another program was faster
    if (!isOpen || !journal.seek(std::max<qint64>(0, journal.size() - namesAnother.size())))
        return failure(ErrorCode::Io, journal.errorString(), journal.fileName());
    if (journal.readAll() == namesAnother)
        return failure(ErrorCode::Refused, QStringLiteral("its rollback journal is of another program"), path);
    journal.close();
    auto connection = SqliteConnection::open(path, SQLITE_OPEN_READWRITE);
    if (!connection)
        return tl::unexpected(connection.error());
    sqlite3_db_config(connection->handle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_busy_timeout(connection->handle(), 5000);
    if (auto ready = connection->execute("PRAGMA trusted_schema=OFF;PRAGMA synchronous=FULL"); !ready)
        return ready;
    return connection->execute("SELECT 1 FROM sqlite_schema LIMIT 1"); // the first look at the file rolls back
}

} // namespace framescope
