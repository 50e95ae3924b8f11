#include "ui/shapes/shapepathsmodel.h"

#include "core/frame/finding.h"
#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"
#include "ui/shapes/shapewords.h"

#include <algorithm>

namespace framescope {

namespace {

constexpr qsizetype longestPath = 300;

bool isFrameColumn(int column)
{
    return column == ShapePathsModel::FirstColumn || column == ShapePathsModel::LastColumn;
}

} // namespace

std::vector<ShapePathsModel::Row> ShapePathsModel::wantedRows(const ShapeResult& result, const TypeShape* shape,
                                                              const QByteArray& type) const
{
    std::vector<Row> rows;
    QHash<QByteArray, std::size_t> rowOf;
    if (shape) {
        for (const ShapePath& path : shape->paths) {
            rowOf.insert(path.pointer, rows.size());
            rows.push_back({path.pointer, &path, {}});
        }
    }
    for (const ShapeChange& change : result.changes) {
        if (change.type != type)
            continue;
        const auto row = rowOf.constFind(change.pointer);
        if (row != rowOf.constEnd()) {
            rows[*row].changes.push_back(&change);
        } else {
            rowOf.insert(change.pointer, rows.size());
            rows.push_back({change.pointer, nullptr, {&change}});
        }
    }
    if (m_onlyChanged && result.isComparison)
        std::erase_if(rows, [](const Row& row) { return row.changes.empty(); });
    return rows;
}

void ShapePathsModel::setResult(const ShapeResultPtr& result, const QByteArray& type)
{
    const TypeShape* shape = result ? result->report.find(type) : nullptr;
    std::vector<Row> rows = result ? wantedRows(*result, shape, type) : std::vector<Row>();
    const bool isSame = type == m_type && std::equal(rows.begin(), rows.end(), m_rows.begin(), m_rows.end(),
                                                     [](const Row& a, const Row& b) { return a.pointer == b.pointer; });
    if (!isSame)
        beginResetModel();
    m_rows = std::move(rows);
    m_result = result; // the rows look into it
    m_shape = shape;
    m_type = type;
    if (!isSame)
        endResetModel();
    else if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

void ShapePathsModel::setOnlyChanged(bool onlyChanged)
{
    m_onlyChanged = onlyChanged;
    setResult(ShapeResultPtr(m_result), QByteArray(m_type));
}

QByteArray ShapePathsModel::pointerAt(int row) const
{
    return row >= 0 && row < rowCount() ? m_rows[std::size_t(row)].pointer : QByteArray();
}

quint64 ShapePathsModel::frameAt(const QModelIndex& index) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return 0;
    const Row& row = m_rows[std::size_t(index.row())];
    if (!row.path)
        return 0; // its frames are those of another session
    if (index.column() == FirstColumn)
        return row.path->all.first;
    if (index.column() == LastColumn)
        return row.path->all.last;
    const bool isElsewhere = m_result->sinceFrame == 0; // what is gone has frames of the other session
    for (const ShapeChange* change : row.changes) {
        if (!(isElsewhere && change->isGone()))
            return change->frame;
    }
    return row.path->all.first;
}

int ShapePathsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int ShapePathsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QString ShapePathsModel::textOf(const Row& row, int column) const
{
    if (column == ChangeColumn) {
        QStringList words;
        for (const ShapeChange* change : row.changes)
            words += shapeChangeText(*change, m_result->sinceFrame == 0);
        return words.join(QStringLiteral("; "));
    }
    if (!row.path)
        return column != PathColumn    ? QString()
               : row.pointer.isEmpty() ? tr("(the document)")
                                       : visibleLine(row.pointer, longestPath);
    switch (column) {
    case PathColumn:
        return shapePathText(*row.path);
    case KindsColumn:
        return shapeKindsText(row.path->kindsSeen());
    case PresenceColumn:
        return shapePresenceText(*m_shape, *row.path);
    case FirstColumn:
        return countText(row.path->all.first);
    case LastColumn:
        return countText(row.path->all.last);
    default:
        return {};
    }
}

QString ShapePathsModel::tipOf(const Row& row, int column) const
{
    if (!row.path || column == PathColumn || column == ChangeColumn)
        return textOf(row, column);
    if (column == PresenceColumn)
        return shapePresenceTip(*m_shape, *row.path);
    if (column == FirstColumn || column == LastColumn)
        return tr("Go to this frame");
    QStringList parts;
    for (std::size_t i = 0; i < jsonKindCount; ++i) {
        const Sightings& seen = row.path->kinds[i];
        if (seen.values > 0)
            parts += tr("%1: %2 values, frames %3 to %4")
                         .arg(QString::fromLatin1(jsonKindName(JsonKind(i))), countText(seen.values),
                              countText(seen.first), countText(seen.last));
    }
    return parts.join(u'\n');
}

QVariant ShapePathsModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const Row& row = m_rows[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return textOf(row, index.column());
    case Qt::ToolTipRole:
        return tipOf(row, index.column()).toHtmlEscaped().replace(u'\n', QStringLiteral("<br>"));
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | (isFrameColumn(index.column()) ? Qt::AlignRight : Qt::AlignLeft));
    case SeverityRole:
        return int(row.changes.empty() ? Severity::Note : Severity::Warning);
    case ShareRole:
        return row.path ? m_shape->presenceOf(*row.path).value_or(-1) : -1.0;
    default:
        return {};
    }
}

QVariant ShapePathsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter | (isFrameColumn(section) ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    const QString names[] = {tr("Path"),        tr("JSON types"), tr("Present"),
                             tr("First frame"), tr("Last frame"), tr("Change")};
    return names[section];
}

} // namespace framescope
