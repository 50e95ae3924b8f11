#include "ui/topics/csvtable.h"

#include "core/base/clock.h"

#include <QCryptographicHash>
#include <QSaveFile>
#include <algorithm>

namespace framescope {

namespace {

/// After spaces and quotes, a spreadsheet takes these for the beginning of a formula (OWASP, CSV injection).
bool beginsFormula(QByteArrayView line)
{
    for (bool hasSpace = true; hasSpace;) {
        hasSpace = false;
        for (const char* space : {" ", "\"", "\xC2\xA0", "\xE3\x80\x80"}) {
            const QByteArrayView one(space);
            if (line.startsWith(one)) {
                line = line.sliced(one.size());
                hasSpace = true;
            }
        }
    }
    static const char* const beginnings[] = {
        "=", "+", "-", "@", "\t", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};
    return std::any_of(std::begin(beginnings), std::end(beginnings),
                       [line](const char* beginning) { return line.startsWith(QByteArrayView(beginning)); });
}

/// One line: our texts hold no line breaks and TABs that matter, so they become spaces.
QByteArray onOneLine(QByteArrayView utf8)
{
    QByteArray line = utf8.toByteArray();
    return line.replace('\r', ' ').replace('\n', ' ').replace('\t', ' ');
}

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

} // namespace

CsvTable::CsvTable(QByteArrayList columns)
    : m_columns(std::move(columns))
{
    m_bytes = m_columns.join(',') + ",guarded\r\n";
}

void CsvTable::cell(QByteArrayView ascii)
{
    Q_ASSERT(m_column < m_columns.size());
    if (m_column++ > 0)
        m_bytes += ',';
    m_bytes += ascii;
}

void CsvTable::text(QByteArrayView utf8)
{
    // Some spreadsheets split at semicolons: each part may become a cell.
    QByteArrayList parts = onOneLine(utf8).split(';');
    if (std::any_of(parts.begin(), parts.end(), beginsFormula)) {
        for (QByteArray& part : parts) {
            if (part.startsWith('\'') || beginsFormula(part))
                part.prepend('\'');
        }
        m_guarded += m_columns[m_column];
    }
    QByteArray value = parts.join(';');
    const auto isSpecial = [](char c) { return c == ',' || c == '"' || c == ';'; };
    const bool needsQuotes =
        std::any_of(value.begin(), value.end(), isSpecial) || value.startsWith(' ') || value.endsWith(' ');
    cell(needsQuotes ? '"' + value.replace('"', "\"\"") + '"' : value);
}

void CsvTable::number(qint64 value)
{
    cell(QByteArray::number(value));
}

void CsvTable::time(qint64 wallNs)
{
    cell(wallNs == 0 ? QByteArray() : rfc3339Utc(wallNs));
}

void CsvTable::absent()
{
    cell({});
}

void CsvTable::endRow()
{
    Q_ASSERT(m_column == m_columns.size());
    m_bytes += ',' + m_guarded.join(';') + "\r\n";
    m_guarded.clear();
    m_column = 0;
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

CsvTable topicsCsv(const NotificationState& state, bool isLive)
{
    CsvTable table({"topic", "channel", "state", "missing_permissions", "rejection", "events", "subscribed_utc",
                    "last_event_utc", "gaps"});
    for (const TopicStatus& topic : state.topics) {
        table.text(topic.id);
        table.number(topic.lane);
        table.text(stateName(topic.state));
        table.text(topic.missingPermissions.join(' '));
        table.text(topic.rejection);
        isLive ? table.number(qint64(topic.events)) : table.absent();
        table.time(topic.subscribedWallNs);
        table.time(topic.lastEventWallNs);
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
