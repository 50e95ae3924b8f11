#pragma once
/// Topics of a notification session: state, reason, how much came and when it came last. Sorted and filtered here: a
/// session has up to 20,000 topics and a new state twice a second.
///
/// Thread: gui. Ages are worked out for the moment that setNow() named last; a topic without any event says since when.
#include "core/base/clock.h"
#include "core/genesys/notificationstate.h"

#include <QAbstractTableModel>

namespace framescope {

class TopicsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        TopicColumn,
        LaneColumn,
        StateColumn,
        ReasonColumn,
        EventsColumn,
        LastEventColumn,
        SilentColumn,
        GapsColumn,
        ColumnCount
    };
    static constexpr int SeverityRole = Qt::UserRole; ///< Severity as int: rejected is an error
    /// What is known about the topics: of a session file or a replay what its audit events say and its frames tell. In
    /// part: not all frames were read yet, or some skipped the view, so that nothing is counted.
    enum class Origin
    {
        Live,
        Recorded,
        RecordedInPart,
        Replayed,
        ReplayedInPart
    };

    using QAbstractTableModel::QAbstractTableModel;

    /// Null: no session.
    void setState(const NotificationStatePtr& state, Origin origin = Origin::Live);
    void setNow(const Instant& now);
    /// Shows only topics with @p text in their name, state or reason.
    void setFilter(const QString& text);
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

    [[nodiscard]] const TopicStatus* topicAt(int row) const;
    [[nodiscard]] int topicCount() const { return m_state ? int(m_state->topics.size()) : 0; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] const TopicStatus& topic(int index) const { return m_state->topics[std::size_t(index)]; }
    [[nodiscard]] QString textOf(const TopicStatus& status, int column) const;
    [[nodiscard]] bool isShown(const TopicStatus& status) const;
    [[nodiscard]] bool isBefore(const TopicStatus& a, const TopicStatus& b) const;
    [[nodiscard]] std::vector<int> wantedOrder() const;
    void changeOrder(std::vector<int> order);

    NotificationStatePtr m_state;
    Origin m_origin = Origin::Live;
    Instant m_now;
    QString m_filter;
    int m_sortColumn = -1; ///< -1: as configured
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
    std::vector<int> m_order; ///< row -> topic
};

} // namespace framescope
