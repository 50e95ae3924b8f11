#include "ui/topics/lanemodel.h"

#include "core/genesys/directory.h" // the service's limits
#include "ui/common/numbers.h"
#include "ui/topics/lanewords.h"

namespace framescope {

void LaneModel::setState(const NotificationStatePtr& state)
{
    const std::size_t lanes = state ? state->lanes.size() : 0;
    if (lanes != std::size_t(rowCount())) {
        beginResetModel();
        m_state = state;
        endResetModel();
        return;
    }
    m_state = state;
    if (lanes > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

void LaneModel::setNow(const Instant& now)
{
    m_now = now;
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

int LaneModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() || !m_state ? 0 : int(m_state->lanes.size());
}

int LaneModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

int LaneModel::severityOf(const LaneStatus& lane) const
{
    if (lane.phase == SourcePhase::Failed)
        return int(Severity::Error);
    const bool waits = lane.phase == SourcePhase::Waiting || lane.closingDeadlineMonoNs > 0;
    return std::max(int(healthSeverity(healthAt(lane, m_now))), int(waits ? Severity::Warning : Severity::Note));
}

bool LaneModel::endsFirst(const LaneStatus& lane, int column) const
{
    const bool isChannel = channelEndsFirst(lane.channelExpiresWallNs, m_state->tokenExpiresWallNs);
    if (column == ChannelEndsColumn)
        return isChannel;
    return column == TokenEndsColumn && !isChannel && m_state->tokenExpiresWallNs > 0;
}

QString LaneModel::textOf(const LaneStatus& lane, int column) const
{
    switch (column) {
    case LaneColumn:
        return QString::number(lane.lane);
    case PhaseColumn:
        return lanePhaseText(lane);
    case TopicsColumn:
        return tr("%1 of %2")
            .arg(countText(quint64(std::max(0, lane.topics))), countText(ServiceLimit::topicsPerChannel));
    case HeartbeatColumn:
        return heartbeatText(lane, m_now);
    case RoundTripColumn:
        return lane.roundTripNs < 0 ? tr("unknown") : durationText(lane.roundTripNs);
    case LastEventColumn:
        return lastEventText(lane, m_now);
    case ChannelEndsColumn:
        return endsInText(lane.channelExpiresWallNs, m_now);
    case TokenEndsColumn:
        return endsInText(m_state->tokenExpiresWallNs, m_now);
    case NextColumn:
        return laneNextText(lane, m_now);
    default:
        return {};
    }
}

QVariant LaneModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const LaneStatus& lane = m_state->lanes[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole: {
        const QString text = textOf(lane, index.column());
        // Emphasis is a word too, for those who do not see the weight.
        return endsFirst(lane, index.column()) ? tr("%1 · first").arg(text) : text;
    }
    case Qt::ToolTipRole:
        return textOf(lane, index.column()).toHtmlEscaped();
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | Qt::AlignLeft);
    case SeverityRole:
        return severityOf(lane);
    case ShareRole:
        return heartbeatShare(lane, m_now);
    case EndsFirstRole:
        return endsFirst(lane, index.column());
    default:
        return {};
    }
}

QVariant LaneModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::ToolTipRole && section == HeartbeatColumn)
        return tr("The service sends a heartbeat about every 30 s; after 31 s without anything it is late, after 35 s "
                  "the connection is given up");
    if (role == Qt::ToolTipRole && section == RoundTripColumn)
        return tr("Of the last ping message: needs no second clock");
    if (role != Qt::DisplayRole)
        return {};
    const QString names[] = {tr("Channel"),         tr("State"),         tr("Topics"),
                             tr("Heartbeat"),       tr("Round trip"),    tr("Last event"),
                             tr("Channel ends in"), tr("Token ends in"), tr("What comes next")};
    return names[section];
}

} // namespace framescope
