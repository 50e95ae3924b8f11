#include "ui/frames/frametablemodel.h"

#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"
#include "ui/frames/framewords.h"

namespace framescope {

namespace {

bool isNumberColumn(int column)
{
    using Column = FrameTableModel::Column;
    return column == Column::Number || column == Column::Delta || column == Column::Size || column == Column::Parse ||
           column == Column::EndToEnd;
}

} // namespace

FrameTableModel::FrameTableModel(FrameCache* cache, QObject* parent, std::size_t rowLimit)
    : WindowedTableModel(rowLimit, parent)
    , m_cache(cache)
    , m_scan(new FrameScan(this))
    , m_map(rowLimit)
{
    connect(m_scan, &FrameScan::found, this, &FrameTableModel::takeFound);
    connect(m_scan, &FrameScan::finished, this, &FrameTableModel::takeFinished);
    connect(cache, &FrameCache::loaded, this, &FrameTableModel::refreshLoaded);
}

int FrameTableModel::rowCount(const QModelIndex& parent) const
{
    if (parent.isValid())
        return 0;
    const quint64 rows = m_mapShown ? m_map.size() : quint64(m_window.rows());
    return int(std::min<quint64>(rows, quint64(std::numeric_limits<int>::max())));
}

int FrameTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

quint64 FrameTableModel::numberOfRow(int row) const
{
    if (row < 0 || row >= rowCount())
        return 0;
    return m_mapShown ? m_map.at(std::size_t(row)) : m_window.itemOf(row);
}

int FrameTableModel::rowAtOrAfter(quint64 number) const
{
    if (!m_mapShown)
        return m_window.rowAtOrAfter(number);
    return int(m_map.rowAtOrAfter(number));
}

bool FrameTableModel::showsNumber(quint64 number) const
{
    return number > 0 && numberOfRow(rowAtOrAfter(number)) == number;
}

FrameCache::Row FrameTableModel::rowAt(int row) const
{
    return m_cache->find(numberOfRow(row));
}

std::optional<qint64> FrameTableModel::deltaNs(const FrameCache::Row& row) const
{
    const FrameHead* head = row.head();
    if (!head || head->number <= 1)
        return std::nullopt;
    if (row.index > 0)
        return head->monoNs - row.batch->heads[row.index - 1].monoNs;
    const FrameCache::Row before = m_cache->find(head->number - 1);
    if (!before.head())
        return std::nullopt;
    return head->monoNs - before.head()->monoNs;
}

QVariant FrameTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    if (role == NumberRole)
        return numberOfRow(index.row());
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter |
                                   (isNumberColumn(index.column()) ? Qt::AlignRight : Qt::AlignLeft));
    if (role == Qt::AccessibleTextRole)
        return sentence(index.row());
    if (role == MarkedRole)
        return isMarked(numberOfRow(index.row()));
    if (role < NumberRole && role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    const FrameCache::Row row = rowAt(index.row());
    const FrameHead* head = row.head();
    if (role == LoadingRole)
        return head == nullptr;
    if (role == VerdictRole || role == ChecksumRole) {
        if (!head)
            return {};
        return role == VerdictRole ? int(head->verdict) : int(head->checksum);
    }
    if (role == TypeNameRole)
        return head ? typeText(*row.batch, row.index) : QString();
    if (role == Qt::ToolTipRole)
        return tip(row, index);
    if (role != Qt::DisplayRole)
        return {};
    if (index.column() == Number)
        return countText(numberOfRow(index.row()));
    return cellText(row, index.column());
}

QString FrameTableModel::cellText(const FrameCache::Row& row, int column) const
{
    const FrameHead* head = row.head();
    if (!head)
        return column == Type ? tr("loading …") : QString();
    switch (column) {
    case Time:
        return utcTimeText(head->wallNs);
    case Delta: {
        const auto delta = deltaNs(row);
        return delta ? deltaText(*delta) : QString();
    }
    case Arrow:
        return arrowText(head->direction);
    case Type:
        return shortTypeText(*row.batch, row.index);
    case Subject:
        return subjectText(*row.batch, row.index);
    case Id:
        return idText(*row.batch, row.index);
    case Size:
        return countText(head->sizeBytes);
    case Checksum:
        return checksumText(head->checksum);
    case Verdict:
        return verdictText(*row.batch, row.index);
    case Parse:
        return parseText(*head);
    case EndToEnd:
        return endToEndText(*head);
    case Preview:
        return previewText(*row.batch, row.index);
    default:
        return {};
    }
}

QString FrameTableModel::tip(const FrameCache::Row& row, const QModelIndex& index) const
{
    if (index.column() == Type && row.head())
        return typeText(*row.batch, row.index).toHtmlEscaped();
    const quint64 number = numberOfRow(index.row());
    if (index.column() != Number || !isMarked(number))
        return {};
    constexpr qsizetype longest = 1'000;
    const QString comment = endOfText(QString::fromUtf8(m_marks->commentOf(number)), longest);
    return comment.isEmpty()
               ? tr("Marked")
               : visibleText(comment, true).toHtmlEscaped().replace(QLatin1Char('\n'), QLatin1String("<br>"));
}

QString FrameTableModel::sentence(int row) const
{
    const FrameCache::Row found = rowAt(row);
    const QString words =
        found.batch ? rowSentence(*found.batch, found.index) : tr("Frame %1, loading").arg(countText(numberOfRow(row)));
    return isMarked(numberOfRow(row)) ? tr("%1, marked").arg(words) : words;
}

QModelIndexList FrameTableModel::match(const QModelIndex&, int, const QVariant&, int, Qt::MatchFlags) const
{
    return {};
}

QVariant FrameTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter | (isNumberColumn(section) ? Qt::AlignRight : Qt::AlignLeft));
    if (role == Qt::ToolTipRole && section == Delta)
        return tr("Milliseconds since the frame before it");
    if (role == Qt::ToolTipRole && section == Parse)
        return tr("Time from the socket to the verdict");
    if (role == Qt::ToolTipRole && section == EndToEnd)
        return tr("From the event time in the body to the arrival here; it depends on both clocks");
    if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole)
        return {};
    switch (section) {
    case Number:
        return tr("No.");
    case Time:
        return tr("Time (UTC)");
    case Delta:
        return tr("Δ ms");
    case Arrow:
        return role == Qt::AccessibleTextRole ? tr("Direction") : QString();
    case Type:
        return tr("Type");
    case Subject:
        return tr("Queue / agent");
    case Id:
        return tr("Id");
    case Size:
        return tr("Size");
    case Checksum:
        return tr("Checksum");
    case Verdict:
        return tr("Verdict");
    case Parse:
        return tr("Parse");
    case EndToEnd:
        return tr("End to end");
    case Preview:
        return tr("Preview");
    default:
        return {};
    }
}

void FrameTableModel::refreshLoaded(quint64 firstNumber, quint64 lastNumber)
{
    if (firstNumber == 0 || rowCount() == 0)
        return;
    const int first = rowAtOrAfter(firstNumber);
    const int last = std::min(rowAtOrAfter(lastNumber + 1), rowCount()) - 1;
    if (first <= last && first < rowCount())
        Q_EMIT dataChanged(index(first, 0), index(last, ColumnCount - 1));
}

} // namespace framescope
