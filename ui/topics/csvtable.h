#pragma once
/// A small table as CSV, for what is not in the session file row by row: RFC 4180, CRLF, snake_case header, RFC 3339
/// UTC, empty = absent, and the formula guard of the other exports (core/exchange/README.md) with the column `guarded`.
/// Thread: any. No locale.
#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/exchange/exporter.h"
#include "core/genesys/notificationstate.h"

#include <QByteArrayList>

namespace framescope {

class CsvTable
{
public:
    /// @p columns without `guarded`, which is added.
    explicit CsvTable(QByteArrayList columns);

    void text(QByteArrayView utf8);
    void number(qint64 value);
    void time(qint64 wallNs); ///< 0: absent
    void absent();
    void endRow(); ///< every column has been given

    [[nodiscard]] const QByteArray& bytes() const { return m_bytes; }
    [[nodiscard]] quint64 rows() const { return m_rows; }
    /// Atomically, 0600. Errors: Io.
    [[nodiscard]] Expected<ExportResult> writeTo(const QString& path) const;

private:
    void cell(QByteArrayView ascii);

    QByteArrayList m_columns;
    QByteArray m_bytes;
    QByteArrayList m_guarded;
    qsizetype m_column = 0;
    quint64 m_rows = 0;
};

/// topic, channel, state, missing_permissions, rejection, events, subscribed_utc, last_event_utc, gaps. @p isLive: the
/// counts are known.
[[nodiscard]] CsvTable topicsCsv(const NotificationState& state, bool isLive);
/// channel, phase, health, topics, attempt, reconnects, events, heartbeats, round_trip_ms, last_event_utc,
/// last_heartbeat_utc, channel_ends_utc, token_ends_utc, renewing: as they are at @p now.
[[nodiscard]] CsvTable lanesCsv(const NotificationState& state, const Instant& now);
/// topic, channel, from_utc, to_utc, length_ms, cause, loss: oldest first.
[[nodiscard]] CsvTable gapsCsv(const NotificationState& state);

} // namespace framescope
