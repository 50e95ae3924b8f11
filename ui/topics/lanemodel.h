#pragma once
/// The channels of a notification session, a row each: phase, topics, heartbeat, round trip, last real event, when
/// channel and token end, and what comes next. Thread: gui. Ages and countdowns are those of the moment that setNow()
/// named last.
#include "core/base/clock.h"
#include "core/genesys/notificationstate.h"

#include <QAbstractTableModel>

namespace framescope {

class LaneModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        LaneColumn,
        PhaseColumn,
        TopicsColumn,
        HeartbeatColumn,
        RoundTripColumn,
        LastEventColumn,
        ChannelEndsColumn,
        TokenEndsColumn,
        NextColumn,
        ColumnCount
    };
    enum Role
    {
        SeverityRole = Qt::UserRole, ///< Severity as int, of the lane
        ShareRole,                   ///< of HeartbeatColumn: 0 to 1, negative for none
        EndsFirstRole                ///< whether this column's countdown is the one that ends first
    };

    using QAbstractTableModel::QAbstractTableModel;

    /// Null: no session.
    void setState(const NotificationStatePtr& state);
    void setNow(const Instant& now);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] QString textOf(const LaneStatus& lane, int column) const;
    [[nodiscard]] int severityOf(const LaneStatus& lane) const;
    [[nodiscard]] bool endsFirst(const LaneStatus& lane, int column) const;

    NotificationStatePtr m_state;
    Instant m_now;
};

} // namespace framescope
