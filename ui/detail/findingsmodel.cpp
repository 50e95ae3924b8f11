#include "ui/detail/findingsmodel.h"

#include "ui/common/numbers.h"
#include "ui/detail/findingwords.h"

#include <algorithm>

namespace framescope {

void FindingsModel::setMetrics(const MetricsSnapshotPtr& metrics)
{
    std::vector<Row> fresh;
    if (metrics) {
        for (const FindingInfo& info : findingCatalogue()) {
            const quint64 count = metrics->findings[std::size_t(info.id)];
            if (count > 0)
                fresh.push_back({&info, count});
        }
    }
    std::stable_sort(fresh.begin(), fresh.end(),
                     [](const Row& a, const Row& b) { return a.info->severity > b.info->severity; });

    const bool isSameRules = std::equal(fresh.begin(), fresh.end(), m_rows.begin(), m_rows.end(),
                                        [](const Row& a, const Row& b) { return a.info == b.info; });
    if (isSameRules) {
        for (std::size_t row = 0; row < fresh.size(); ++row) {
            if (fresh[row].count == m_rows[row].count)
                continue;
            m_rows[row].count = fresh[row].count;
            const QModelIndex changed = index(int(row), CountColumn);
            Q_EMIT dataChanged(changed, changed);
        }
        return;
    }
    const bool isNewSession = std::any_of(m_rows.begin(), m_rows.end(), [&fresh](const Row& old) {
        return std::none_of(fresh.begin(), fresh.end(), [&old](const Row& row) { return row.info == old.info; });
    });
    if (isNewSession) {
        beginResetModel();
        m_rows = std::move(fresh);
        endResetModel();
        return;
    }
    // A rule was broken for the first time: its row goes to its place and the selection stays.
    for (std::size_t row = 0; row < fresh.size(); ++row) {
        if (row < m_rows.size() && m_rows[row].info == fresh[row].info) {
            m_rows[row].count = fresh[row].count;
            continue;
        }
        beginInsertRows({}, int(row), int(row));
        m_rows.insert(m_rows.begin() + std::ptrdiff_t(row), fresh[row]);
        endInsertRows();
    }
    Q_EMIT dataChanged(index(0, CountColumn), index(int(m_rows.size()) - 1, CountColumn));
}

FindingId FindingsModel::findingAt(int row) const
{
    return row >= 0 && row < int(m_rows.size()) ? m_rows[std::size_t(row)].info->id : FindingId::None;
}

int FindingsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int FindingsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant FindingsModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= int(m_rows.size()))
        return {};
    const Row& row = m_rows[std::size_t(index.row())];
    if (role == SeverityRole)
        return int(row.info->severity);
    if (role == Qt::TextAlignmentRole && index.column() == CountColumn)
        return int(Qt::AlignRight | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole)
        return findingText(row.info->nextStep).toHtmlEscaped();
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case SeverityColumn:
        return severityGlyph(row.info->severity) + QLatin1Char(' ') + severityText(row.info->severity);
    case CountColumn:
        return countText(row.count);
    case TitleColumn:
        return findingText(row.info->title);
    case IdColumn:
        return QString(QLatin1String(row.info->name));
    default:
        return {};
    }
}

QVariant FindingsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == CountColumn ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case SeverityColumn:
        return tr("Severity");
    case CountColumn:
        return tr("Count");
    case TitleColumn:
        return tr("Finding");
    case IdColumn:
        return tr("Rule");
    default:
        return {};
    }
}

} // namespace framescope
