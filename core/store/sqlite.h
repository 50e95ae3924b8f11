#pragma once
/// SQLite's C API with owners: a connection and a prepared statement. Room-private: nothing outside core/store includes
/// it.
///
/// Thread: one at a time; connections are opened without SQLite's own mutex. Errors: ErrorCode::Storage with SQLite's
/// words and the path. Never open a session file by any other descriptor while a connection is open in this process:
/// closing that descriptor would drop SQLite's locks (POSIX advisory locks belong to the process,
/// sqlite.org/howtocorrupt.html 2.2).
#include "core/base/error.h"

#include <QByteArrayView>
#include <QString>
#include <chrono>
#include <memory>
#include <sqlite3.h>

namespace framescope {

class SqliteStatement
{
public:
    SqliteStatement() = default;
    explicit SqliteStatement(sqlite3_stmt* statement)
        : m_statement(statement)
    {
    }

    void bind(int index, qint64 value) { sqlite3_bind_int64(m_statement.get(), index, value); }
    void bindNull(int index) { sqlite3_bind_null(m_statement.get(), index); }
    /// The bytes must stay as they are until reset().
    void bindText(int index, QByteArrayView utf8);
    void bindBlob(int index, QByteArrayView bytes);

    /// True while there is a row.
    [[nodiscard]] Expected<bool> step();
    /// step() for statements without rows, then reset().
    [[nodiscard]] Expected<void> run();
    void reset();

    [[nodiscard]] bool isNull(int column) const
    {
        return sqlite3_column_type(m_statement.get(), column) == SQLITE_NULL;
    }
    [[nodiscard]] qint64 integer(int column) const { return sqlite3_column_int64(m_statement.get(), column); }
    /// Text or blob as it stands in the row, valid until the next step() or reset().
    [[nodiscard]] QByteArrayView bytes(int column) const;

private:
    struct Finalize
    {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    std::unique_ptr<sqlite3_stmt, Finalize> m_statement;
};

class SqliteConnection
{
public:
    /// @p flags as for sqlite3_open_v2; SQLITE_OPEN_NOFOLLOW and SQLITE_OPEN_NOMUTEX are added.
    [[nodiscard]] static Expected<SqliteConnection> open(const QString& path, int flags);

    [[nodiscard]] Expected<SqliteStatement> prepare(const char* sql);
    /// One or more statements without parameters; rows are ignored.
    [[nodiscard]] Expected<void> execute(const char* sql);
    /// The first column of the first row; @p fallback when there is none.
    [[nodiscard]] Expected<qint64> integer(const char* sql, qint64 fallback = 0);
    [[nodiscard]] sqlite3* handle() const { return m_handle.get(); }
    /// True when a failed statement has already rolled the transaction back.
    [[nodiscard]] bool inTransaction() const { return sqlite3_get_autocommit(m_handle.get()) == 0; }
    /// Statements that still run after @p limit end with an error.
    void interruptAfter(std::chrono::nanoseconds limit);

private:
    struct Close
    {
        void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
    };
    std::unique_ptr<qint64> m_deadlineNs; // SQLite holds its address; it outlives the handle below
    std::unique_ptr<sqlite3, Close> m_handle;
};

/// Undoes the change that a program left half done in the file at @p path when it was killed: its rollback journal lies
/// beside it, and a connection that may only read meets SQLITE_READONLY_ROLLBACK. Errors: Refused for a journal that is
/// none of ours, Storage where the file cannot be written.
[[nodiscard]] Expected<void> rollBackJournal(const QString& path);

/// What SQLite says about the last failure on @p handle.
[[nodiscard]] Error sqliteError(sqlite3* handle);

} // namespace framescope
