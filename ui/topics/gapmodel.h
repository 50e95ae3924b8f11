#pragma once
/// The gap ledger: one row a topic and interval in which its events may be missing, newest first. The service has no
/// replay and no sequence numbers, so that each of them is "unverifiable". Thread: gui.
#include "core/genesys/notificationstate.h"

#include <QAbstractTableModel>
#include <deque>

namespace framescope {

class GapModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        FromColumn,
        ToColumn,
        LengthColumn,
        TopicColumn,
        LaneColumn,
        CauseColumn,
        LossColumn,
        ColumnCount
    };
    static constexpr int SeverityRole = Qt::UserRole; ///< Severity as int

    using QAbstractTableModel::QAbstractTableModel;

    /// Null: no session. New entries come in at the top, the oldest leave when the state no longer has them.
    void setState(const NotificationStatePtr& state);
    [[nodiscard]] const TopicGapEntry* gapAt(int row) const;
    /// All gaps of the session: more than the rows when only the newest are kept.
    [[nodiscard]] quint64 gapCount() const { return m_count; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    void startAnew(const NotificationState* state);

    std::deque<TopicGapEntry> m_gaps; ///< newest first
    quint64 m_count = 0;
};

} // namespace framescope
