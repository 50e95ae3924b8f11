#include "ui/topics/csvtable.h"

#include "core/base/clock.h"

#include <QCryptographicHash>
#include <QSaveFile>

namespace framescope {

namespace {

QByteArray healthName(HeartbeatHealth health)
{
    switch (health) {
    case HeartbeatHealth::Unknown:
        return "unknown";
    case HeartbeatHealth::Good:
        return "good";
    case HeartbeatHealth::Late:
        return "late";
    case HeartbeatHealth::Lost:
        return "lost";
    }
    return {};
}

QByteArray stateName(TopicState state)
{
    switch (state) {
    case TopicState::Pending:
        return "pending";
    case TopicState::Permitted:
        return "permitted";
    case TopicState::Rejected:
        return "rejected";
    }
    return {};
}

std::vector<const char*> withGuarded(std::vector<const char*> columns)
{
    columns.push_back("guarded");
    return columns;
}

} // namespace

CsvTable::CsvTable(std::vector<const char*> columns)
    : m_columns(withGuarded(std::move(columns)))
    , m_row(m_columns, false)
    , m_bytes(CsvRow::header(m_columns))
{
}

void CsvTable::time(qint64 wallNs)
{
    wallNs == 0 ? m_row.absent() : m_row.plain(rfc3339Utc(wallNs));
}

void CsvTable::endRow()
{
    m_bytes += m_row.end();
    ++m_rows;
}

Expected<ExportResult> CsvTable::writeTo(const QString& path) const
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly | QIODevice::Unbuffered)) // a full disk shows in write()
        return failure(ErrorCode::Io, file.errorString(), path);
    file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    if (file.write(m_bytes) != m_bytes.size() || !file.commit())
        return failure(ErrorCode::Io, file.errorString(), path);
    return ExportResult{m_rows, m_bytes.size(), QCryptographicHash::hash(m_bytes, QCryptographicHash::Sha256).toHex()};
}

CsvTable topicsCsv(const NotificationState& state, bool isCounted)
{
    CsvTable table({"topic", "channel", "state", "missing_permissions", "rejection", "events", "subscribed_utc",
                    "last_event_utc", "gaps"});
    for (const TopicStatus& topic : state.topics) {
        table.text(topic.id);
        table.number(topic.lane);
        table.text(stateName(topic.state));
        table.text(topic.missingPermissions.join(' '));
        table.text(topic.rejection);
        isCounted ? table.number(qint64(topic.events)) : table.absent();
        table.time(topic.subscribedWallNs);
        table.time(isCounted ? topic.lastEventWallNs : 0);
        table.number(qint64(topic.gaps));
        table.endRow();
    }
    return table;
}

CsvTable lanesCsv(const NotificationState& state, const Instant& now)
{
    CsvTable table({"channel", "phase", "health", "topics", "attempt", "reconnects", "events", "heartbeats",
                    "round_trip_ms", "last_event_utc", "last_heartbeat_utc", "channel_ends_utc", "token_ends_utc",
                    "renewing"});
    const auto wallOf = [&now](qint64 monoNs) { return monoNs == 0 ? 0 : now.wallNs - (now.monoNs - monoNs); };
    for (const LaneStatus& lane : state.lanes) {
        table.number(lane.lane);
        table.text(QByteArray(sourcePhaseName(lane.phase).data()));
        table.text(healthName(lane.health));
        table.number(lane.topics);
        table.number(lane.attempt);
        table.number(qint64(lane.reconnects));
        table.number(qint64(lane.events));
        table.number(qint64(lane.heartbeats));
        lane.roundTripNs < 0 ? table.absent() : table.text(QByteArray::number(double(lane.roundTripNs) / 1e6, 'f', 3));
        table.time(wallOf(lane.lastEventMonoNs));
        table.time(wallOf(lane.lastHeartbeatMonoNs));
        table.time(lane.channelExpiresWallNs);
        table.time(state.tokenExpiresWallNs);
        table.text(lane.renewing ? "true" : "false");
        table.endRow();
    }
    return table;
}

CsvTable gapsCsv(const NotificationState& state)
{
    CsvTable table({"topic", "channel", "from_utc", "to_utc", "length_ms", "cause", "loss"});
    for (const TopicGapEntry& gap : state.gaps) {
        table.text(gap.topic);
        table.number(gap.lane);
        table.time(gap.fromWallNs);
        table.time(gap.toWallNs);
        const bool isKnown = gap.fromWallNs > 0 && gap.toWallNs > 0;
        isKnown ? table.number((gap.toWallNs - gap.fromWallNs) / nsPerMs) : table.absent();
        table.text(gap.cause);
        table.text("unverifiable");
        table.endRow();
    }
    return table;
}

} // namespace framescope
