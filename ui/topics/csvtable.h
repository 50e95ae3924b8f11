#pragma once
/// A small table as CSV, for what is not in the session file row by row: RFC 4180, CRLF, snake_case header, RFC 3339
/// UTC, empty = absent, and the formula guard of the other exports (core/exchange/README.md) with the column `guarded`.
/// Thread: any. No locale.
#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/exchange/csvcells.h"
#include "core/exchange/exporter.h"
#include "core/genesys/notificationstate.h"

#include <QByteArray>
#include <vector>

namespace framescope {

class CsvTable
{
public:
    /// @p columns are literals, without `guarded`, which is added.
    explicit CsvTable(std::vector<const char*> columns);
    CsvTable(CsvTable&&) = default; ///< a copy's row would look at the columns of this one
    CsvTable& operator=(CsvTable&&) = delete;

    void text(QByteArrayView utf8) { m_row.text(utf8); }
    void number(qint64 value) { m_row.number(value); }
    void time(qint64 wallNs); ///< 0: absent
    void absent() { m_row.absent(); }
    void endRow(); ///< every column has been given

    [[nodiscard]] const QByteArray& bytes() const { return m_bytes; }
    [[nodiscard]] quint64 rows() const { return m_rows; }
    /// Atomically, 0600. Errors: Io.
    [[nodiscard]] Expected<ExportResult> writeTo(const QString& path) const;

private:
    std::vector<const char*> m_columns;
    CsvRow m_row;
    QByteArray m_bytes;
    quint64 m_rows = 0;
};

/// topic, channel, state, missing_permissions, rejection, events, subscribed_utc, last_event_utc, gaps. @p isCounted:
/// events and last_event_utc are known.
[[nodiscard]] CsvTable topicsCsv(const NotificationState& state, bool isCounted);
/// channel, phase, health, topics, attempt, reconnects, events, heartbeats, round_trip_ms, last_event_utc,
/// last_heartbeat_utc, channel_ends_utc, token_ends_utc, renewing: as they are at @p now.
[[nodiscard]] CsvTable lanesCsv(const NotificationState& state, const Instant& now);
/// topic, channel, from_utc, to_utc, length_ms, cause, loss: oldest first.
[[nodiscard]] CsvTable gapsCsv(const NotificationState& state);

} // namespace framescope
