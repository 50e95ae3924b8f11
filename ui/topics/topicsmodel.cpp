#include "ui/topics/topicsmodel.h"

#include "core/frame/finding.h"
#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"
#include "ui/common/topicwords.h"
#include "ui/topics/topicstatuswords.h"

#include <algorithm>

namespace framescope {

namespace {

constexpr qsizetype longestTopic = 200;

bool isCountColumn(int column)
{
    return column == TopicsModel::LaneColumn || column == TopicsModel::GapsColumn;
}

bool haveSameTopics(const NotificationState& a, const NotificationState& b)
{
    return std::equal(a.topics.begin(), a.topics.end(), b.topics.begin(), b.topics.end(),
                      [](const TopicStatus& x, const TopicStatus& y) { return x.id == y.id; });
}

int compared(const QByteArray& a, const QByteArray& b)
{
    return a.compare(b, Qt::CaseInsensitive);
}

template <typename Number>
int compared(Number a, Number b)
{
    return a < b ? -1 : a > b ? 1 : 0;
}

} // namespace

void TopicsModel::setState(const NotificationStatePtr& state, Origin origin)
{
    const bool isSame = m_state && state && origin == m_origin && haveSameTopics(*m_state, *state);
    if (!isSame) {
        beginResetModel();
        m_state = state;
        m_origin = origin;
        m_order = wantedOrder();
        endResetModel();
        return;
    }
    m_state = state;
    changeOrder(wantedOrder());
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

void TopicsModel::setNow(const Instant& now)
{
    m_now = now;
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, SilentColumn), index(rowCount() - 1, SilentColumn));
}

void TopicsModel::setFilter(const QString& text)
{
    m_filter = text;
    changeOrder(wantedOrder());
}

void TopicsModel::sort(int column, Qt::SortOrder order)
{
    m_sortColumn = column;
    m_sortOrder = order;
    changeOrder(wantedOrder());
}

/// The same rows in another order keep their selection; other rows start anew.
void TopicsModel::changeOrder(std::vector<int> order)
{
    if (order == m_order)
        return;
    if (order.size() != m_order.size() || !std::is_permutation(order.begin(), order.end(), m_order.begin())) {
        beginResetModel();
        m_order = std::move(order);
        endResetModel();
        return;
    }
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    std::vector<int> rowOf(m_state->topics.size(), -1);
    for (std::size_t row = 0; row < order.size(); ++row)
        rowOf[std::size_t(order[row])] = int(row);
    const QModelIndexList before = persistentIndexList();
    QModelIndexList after;
    for (const QModelIndex& old : before)
        after += index(rowOf[std::size_t(m_order[std::size_t(old.row())])], old.column());
    m_order = std::move(order);
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged({}, VerticalSortHint);
}

std::vector<int> TopicsModel::wantedOrder() const
{
    std::vector<int> order;
    if (!m_state)
        return order;
    order.reserve(m_state->topics.size());
    for (int i = 0; i < topicCount(); ++i) {
        if (isShown(topic(i)))
            order.push_back(i);
    }
    if (m_sortColumn < 0)
        return order;
    std::stable_sort(order.begin(), order.end(), [this](int a, int b) {
        return m_sortOrder == Qt::AscendingOrder ? isBefore(topic(a), topic(b)) : isBefore(topic(b), topic(a));
    });
    return order;
}

bool TopicsModel::isShown(const TopicStatus& status) const
{
    if (m_filter.isEmpty())
        return true;
    for (const QString& text : {QString::fromUtf8(status.id), topicStateText(status.state), topicReasonText(status)}) {
        if (text.contains(m_filter, Qt::CaseInsensitive))
            return true;
    }
    return false;
}

bool TopicsModel::isBefore(const TopicStatus& a, const TopicStatus& b) const
{
    switch (m_sortColumn) {
    case LaneColumn:
        return a.lane < b.lane;
    case StateColumn:
        return a.state < b.state;
    case ReasonColumn:
        return topicReasonText(a) < topicReasonText(b);
    case EventsColumn:
        return a.events < b.events;
    case LastEventColumn:
        return a.lastEventWallNs < b.lastEventWallNs;
    case SilentColumn: // silent for long: its last event was early
        return compared(a.lastEventMonoNs, b.lastEventMonoNs) > 0;
    case GapsColumn:
        return a.gaps < b.gaps;
    default:
        return compared(a.id, b.id) < 0;
    }
}

const TopicStatus* TopicsModel::topicAt(int row) const
{
    return row >= 0 && row < rowCount() ? &topic(m_order[std::size_t(row)]) : nullptr;
}

int TopicsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_order.size());
}

int TopicsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QString TopicsModel::textOf(const TopicStatus& status, int column) const
{
    const bool isLive = m_origin == Origin::Live;
    const bool isCounted = m_origin != Origin::ReplayedInPart && m_origin != Origin::RecordedInPart;
    const QString uncounted = m_origin == Origin::ReplayedInPart ? tr("not counted") : QStringLiteral("…");
    switch (column) {
    case TopicColumn:
        return visibleLine(status.id, longestTopic);
    case LaneColumn:
        return QString::number(status.lane);
    case StateColumn:
        return topicStateText(status.state);
    case ReasonColumn:
        return topicReasonText(status);
    case EventsColumn:
        return isCounted ? topicEventsText(status) : uncounted;
    case LastEventColumn:
        return !isCounted ? uncounted : status.lastEventWallNs == 0 ? QString() : utcTimeText(status.lastEventWallNs);
    case SilentColumn:
        if (isLive)
            return topicSilenceText(status, m_now);
        return status.state == TopicState::Permitted ? tr("live only") : QString();
    case GapsColumn:
        return countText(status.gaps);
    default:
        return {};
    }
}

QVariant TopicsModel::data(const QModelIndex& index, int role) const
{
    const TopicStatus* status = index.isValid() ? topicAt(index.row()) : nullptr;
    if (!status)
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return textOf(*status, index.column());
    case Qt::ToolTipRole:
        return (index.column() == TopicColumn ? textOf(*status, TopicColumn) : topicAdviceText(*status))
            .toHtmlEscaped();
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | (isCountColumn(index.column()) ? Qt::AlignRight : Qt::AlignLeft));
    case SeverityRole:
        return int(status->state == TopicState::Rejected ? Severity::Error : Severity::Note);
    default:
        return {};
    }
}

QVariant TopicsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter | (isCountColumn(section) ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    const QString names[] = {
        tr("Topic"),  tr("Channel"),          tr("State"),      tr("Missing permission, or reason"),
        tr("Events"), tr("Last event (UTC)"), tr("Silent for"), tr("Gaps")};
    return names[section];
}

} // namespace framescope
