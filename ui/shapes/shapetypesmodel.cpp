#include "ui/shapes/shapetypesmodel.h"

#include "core/frame/finding.h"
#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"
#include "ui/shapes/shapewords.h"

#include <algorithm>

namespace framescope {

std::vector<ShapeTypesModel::Row> ShapeTypesModel::rowsOf(const ShapeResult& result)
{
    std::vector<Row> rows;
    for (const TypeShape& shape : result.report.types)
        rows.push_back({shape.type, &shape, 0, {}});
    for (const ShapeChange& change : result.changes) {
        auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& own) { return own.type == change.type; });
        if (row == rows.end())
            row = rows.insert(rows.end(), Row{change.type, nullptr, 0, {}});
        ++row->changes;
        if (change.kind == ShapeChangeKind::TypeAppeared || change.kind == ShapeChangeKind::TypeGone)
            row->typeChange = shapeChangeText(change, result.sinceFrame == 0);
    }
    return rows;
}

void ShapeTypesModel::setResult(const ShapeResultPtr& result)
{
    std::vector<Row> rows = result ? rowsOf(*result) : std::vector<Row>();
    const auto isSame = [](const Row& a, const Row& b) { return a.type == b.type; };
    const bool isGrown = rows.size() >= m_rows.size() && std::equal(m_rows.begin(), m_rows.end(), rows.begin(), isSame);
    const int before = rowCount();
    if (!isGrown)
        beginResetModel();
    else if (rows.size() > m_rows.size())
        beginInsertRows({}, before, int(rows.size()) - 1);
    const bool hasInserted = isGrown && rows.size() > m_rows.size();
    m_rows = std::move(rows);
    m_result = result; // the rows look into it
    if (!isGrown)
        endResetModel();
    else if (hasInserted)
        endInsertRows();
    if (isGrown && before > 0)
        Q_EMIT dataChanged(index(0, 0), index(before - 1, ColumnCount - 1));
}

QByteArray ShapeTypesModel::typeAt(int row) const
{
    return row >= 0 && row < rowCount() ? m_rows[std::size_t(row)].type : QByteArray();
}

int ShapeTypesModel::rowOf(const QByteArray& type) const
{
    const auto row = std::find_if(m_rows.begin(), m_rows.end(), [&](const Row& own) { return own.type == type; });
    return row == m_rows.end() ? -1 : int(row - m_rows.begin());
}

int ShapeTypesModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int ShapeTypesModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QString ShapeTypesModel::textOf(const Row& row, int column) const
{
    switch (column) {
    case TypeColumn:
        return shapeTypeText(row.type);
    case FramesColumn:
        return row.shape ? countText(row.shape->frames.frames) : tr("none");
    case PathsColumn:
        return row.shape ? countText(row.shape->paths.size()) : QString();
    case ChangesColumn:
        return !m_result->isComparison    ? QString()
               : row.changes == 0         ? tr("none")
               : row.typeChange.isEmpty() ? countText(row.changes)
               : row.shape                ? tr("+ new")
                                          : tr("− gone");
    default:
        return {};
    }
}

QVariant ShapeTypesModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const Row& row = m_rows[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return textOf(row, index.column());
    case Qt::ToolTipRole: {
        QString tip =
            row.type.isEmpty() ? tr("Messages whose type could not be told") : visibleText(QString::fromUtf8(row.type));
        if (row.shape)
            tip += tr(": %1 different structures, frames %2 to %3")
                       .arg((row.shape->hasMoreStructures ? tr("more than %1") : QStringLiteral("%1"))
                                .arg(countText(row.shape->structures)),
                            countText(row.shape->frames.first), countText(row.shape->frames.last));
        if (!row.typeChange.isEmpty())
            tip += u' ' + row.typeChange;
        return tip.toHtmlEscaped();
    }
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | (index.column() == TypeColumn ? Qt::AlignLeft : Qt::AlignRight));
    case SeverityRole:
        return int(row.changes > 0 ? Severity::Warning : Severity::Note);
    default:
        return {};
    }
}

QVariant ShapeTypesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter | (section == TypeColumn ? Qt::AlignLeft : Qt::AlignRight));
    if (role != Qt::DisplayRole)
        return {};
    const QString names[] = {tr("Type"), tr("Frames"), tr("Paths"), tr("Changes")};
    return names[section];
}

} // namespace framescope
