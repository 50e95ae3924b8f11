#include "ui/topics/gapmodel.h"

#include "core/frame/finding.h"
#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"
#include "ui/common/topicwords.h"
#include "ui/topics/topicstatuswords.h"

namespace framescope {

namespace {
constexpr qsizetype longestGapTopic = 200;
}

void GapModel::setState(const NotificationStatePtr& state)
{
    if (!state || state->gapCount < m_count || state->gaps.size() < std::min<std::size_t>(m_gaps.size(), 1)) {
        startAnew(state.get());
        return;
    }
    const quint64 fresh = state->gapCount - m_count;
    m_count = state->gapCount;
    if (fresh == 0)
        return;
    if (fresh >= state->gaps.size()) {
        startAnew(state.get());
        return;
    }
    beginInsertRows({}, 0, int(fresh) - 1);
    m_gaps.insert(m_gaps.begin(), state->gaps.rbegin(), state->gaps.rbegin() + std::ptrdiff_t(fresh));
    endInsertRows();
    if (m_gaps.size() > state->gaps.size()) {
        beginRemoveRows({}, int(state->gaps.size()), int(m_gaps.size()) - 1);
        m_gaps.resize(state->gaps.size());
        endRemoveRows();
    }
}

void GapModel::startAnew(const NotificationState* state)
{
    beginResetModel();
    m_gaps.clear();
    m_count = 0;
    if (state) {
        m_gaps.assign(state->gaps.rbegin(), state->gaps.rend());
        m_count = std::max<quint64>(state->gapCount, m_gaps.size());
    }
    endResetModel();
}

const TopicGapEntry* GapModel::gapAt(int row) const
{
    return row >= 0 && row < rowCount() ? &m_gaps[std::size_t(row)] : nullptr;
}

int GapModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_gaps.size());
}

int GapModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant GapModel::data(const QModelIndex& index, int role) const
{
    const TopicGapEntry* gap = index.isValid() ? gapAt(index.row()) : nullptr;
    if (!gap)
        return {};
    const bool isNumber = index.column() == LengthColumn || index.column() == LaneColumn;
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter | (isNumber ? Qt::AlignRight : Qt::AlignLeft));
    if (role == SeverityRole)
        return int(Severity::Warning);
    if (role == Qt::ToolTipRole)
        return tr("Whether events of this topic were missed here cannot be known: the service has no replay and no "
                  "sequence numbers. Read the present state over REST where it matters.");
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case FromColumn:
        return gap->fromWallNs == 0 ? tr("unknown") : utcDateTimeText(gap->fromWallNs);
    case ToColumn:
        return gap->toWallNs == 0 ? tr("still open") : utcDateTimeText(gap->toWallNs);
    case LengthColumn:
        return gap->fromWallNs == 0 || gap->toWallNs == 0 ? tr("unknown")
                                                          : exactSpanText(gap->toWallNs - gap->fromWallNs);
    case TopicColumn:
        return visibleLine(gap->topic, longestGapTopic);
    case LaneColumn:
        return QString::number(gap->lane);
    case CauseColumn:
        return gapCauseText(gap->cause);
    case LossColumn:
        return tr("! unverifiable");
    default:
        return {};
    }
}

QVariant GapModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole) {
        const bool isNumber = section == LengthColumn || section == LaneColumn;
        return QVariant::fromValue(Qt::AlignVCenter | (isNumber ? Qt::AlignRight : Qt::AlignLeft));
    }
    if (role != Qt::DisplayRole)
        return {};
    const QString names[] = {tr("From (UTC)"), tr("To (UTC)"), tr("Length"), tr("Topic"),
                             tr("Channel"),    tr("Cause"),    tr("Loss")};
    return names[section];
}

} // namespace framescope
