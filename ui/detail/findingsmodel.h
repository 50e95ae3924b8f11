#pragma once
/// Findings of the session by rule, with their counts: the worst severities first, then in catalogue order, so that
/// rows stay where they are while they count. Thread: gui.
#include "core/frame/findingcatalogue.h"
#include "core/metrics/metricssnapshot.h"

#include <QAbstractTableModel>
#include <vector>

namespace framescope {

class FindingsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        SeverityColumn,
        CountColumn,
        TitleColumn,
        IdColumn,
        ColumnCount
    };
    static constexpr int SeverityRole = Qt::UserRole; ///< Severity as int

    using QAbstractTableModel::QAbstractTableModel;

    /// Null: no session.
    void setMetrics(const MetricsSnapshotPtr& metrics);
    [[nodiscard]] FindingId findingAt(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Row
    {
        const FindingInfo* info = nullptr;
        quint64 count = 0;
    };
    std::vector<Row> m_rows;
};

} // namespace framescope
