#include "ui/audit/auditmodel.h"

#include "ui/audit/auditreader.h"
#include "ui/audit/auditwords.h"
#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"
#include "ui/frames/framecache.h"

#include <QCoreApplication>
#include <limits>

namespace framescope {

namespace {

constexpr int entriesKept = 2'000;
constexpr std::size_t olderEventsKept = 10'000;
constexpr quint64 pageSize = 512;
constexpr qsizetype longestObject = 200;

QString severityWord(Severity severity)
{
    switch (severity) {
    case Severity::Note:
        return AuditModel::tr("· note");
    case Severity::Warning:
        return AuditModel::tr("! warning");
    case Severity::Error:
        return AuditModel::tr("✕ error");
    }
    return {};
}

} // namespace

AuditModel::AuditModel(FrameCache* cache, QObject* parent, quint64 rowLimit)
    : WindowedTableModel(rowLimit, parent)
    , m_cache(cache)
    , m_reader(new AuditReader)
    , m_entries(entriesKept)
{
    m_reader->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_reader, &QObject::deleteLater);
    connect(m_reader, &AuditReader::newestEventsRead, this,
            [this](quint64 generation, const std::vector<AuditEvent>& events, bool isComplete, quint64 lastSeq) {
                if (generation == m_generation)
                    takeNewestEvents(events, isComplete, lastSeq);
            });
    connect(m_reader, &AuditReader::eventsRead, this,
            [this](quint64 generation, const std::vector<AuditEvent>& events) {
                if (generation == m_generation)
                    takeOlderEvents(events);
            });
    connect(m_reader, &AuditReader::found, this, [this](quint64 ticket, const QList<quint64>& seqs) {
        if (ticket == m_ticket)
            takeMatches(seqs);
    });
    connect(m_reader, &AuditReader::searched, this, [this](quint64 ticket, bool isCut) {
        if (ticket != m_ticket)
            return;
        m_isSearching = false;
        m_isCut = isCut;
        Q_EMIT countsChanged();
    });
    connect(m_cache, &FrameCache::loaded, this, &AuditModel::repaintRows);
    m_thread.setObjectName(QStringLiteral("audit reader"));
    m_thread.start();
}

AuditModel::~AuditModel()
{
    m_reader->cancelSearches(std::numeric_limits<quint64>::max());
    m_thread.quit();
    m_thread.wait();
}

void AuditModel::open(const QString& path)
{
    ++m_generation;
    m_log.clear();
    m_lastSeq = 0;
    m_entries.clear();
    m_olderEvents.clear();
    m_askedPages.clear();
    rebuildRows();
    QMetaObject::invokeMethod(m_reader,
                              [reader = m_reader, path, generation = m_generation] { reader->open(path, generation); });
}

void AuditModel::append(const FrameFeed::Delivery& delivery)
{
    const std::size_t left = m_log.append(delivery.events);
    m_lastSeq = std::max(m_lastSeq, delivery.lastSeq);
    if (!hasRowMap()) {
        setLastSeq(m_lastSeq);
        return;
    }
    appendRows(matchesIn(delivery));
    if (left > 0 && m_mode == Mode::LifeCycle)
        dropOldRows();
    Q_EMIT countsChanged();
}

void AuditModel::setLastSeq(quint64 lastSeq)
{
    m_lastSeq = std::max(m_lastSeq, lastSeq);
    showUpToLast();
    Q_EMIT countsChanged();
}

void AuditModel::showUpToLast()
{
    if (!hasRowMap())
        growWindow(m_lastSeq);
}

void AuditModel::setHeld(bool held)
{
    m_window.setHeld(held);
    if (held || !m_window.isDetached())
        return;
    m_window.attach();
    showUpToLast();
    Q_EMIT countsChanged();
}

int AuditModel::showOlder()
{
    const quint64 first = hiddenOlder() > 0 ? m_window.itemOf(0) : 0;
    if (first == 0)
        return -1;
    showAround(first);
    return int(first - 1 - m_window.hiddenOlder());
}

void AuditModel::showFirst()
{
    if (hiddenOlder() > 0)
        showAround(1);
}

void AuditModel::showAround(quint64 seq)
{
    moveWindow(seq, m_lastSeq);
    Q_EMIT countsChanged();
}

void AuditModel::setMode(Mode mode)
{
    if (mode == m_mode)
        return;
    m_mode = mode;
    rebuildRows();
}

void AuditModel::setFilter(const AuditFilter& filter)
{
    if (filter == m_filter)
        return;
    m_filter = filter;
    rebuildRows();
}

void AuditModel::rebuildRows()
{
    m_reader->cancelSearches(++m_ticket);
    beginResetModel();
    m_rows.clear();
    m_window.showNewest(0);
    m_isSearching = false;
    m_isCut = false;
    if (m_mode == Mode::LifeCycle)
        listEvents();
    else if (m_filter.isEmpty())
        m_window.showNewest(m_lastSeq);
    endResetModel();
    if (m_mode == Mode::AllEntries && !m_filter.isEmpty() && m_lastSeq > 0)
        startSearch();
    Q_EMIT countsChanged();
}

void AuditModel::listEvents()
{
    for (std::size_t i = 0; i < m_log.size(); ++i) {
        const AuditEvent& event = m_log.at(i);
        if (m_filter.isEmpty() || m_filter.matches(auditEntryForEvent(event)))
            m_rows.push_back(event.seq);
    }
}

void AuditModel::startSearch()
{
    m_isSearching = true;
    QMetaObject::invokeMethod(m_reader, [reader = m_reader, filter = m_filter, upTo = m_lastSeq, ticket = m_ticket] {
        reader->search(filter, upTo, ticket);
    });
}

std::vector<quint64> AuditModel::matchesIn(const FrameFeed::Delivery& delivery) const
{
    std::vector<quint64> seqs;
    for (const AuditEvent& event : delivery.events) {
        if (m_filter.isEmpty() || m_filter.matches(auditEntryForEvent(event)))
            seqs.push_back(event.seq);
    }
    if (m_mode == Mode::LifeCycle)
        return seqs;
    for (const FrameBatchPtr& batch : delivery.batches) {
        for (std::size_t i = 0; i < batch->size(); ++i) {
            if (Severity(batch->heads[i].verdict) >= m_filter.atLeast &&
                m_filter.matches(auditEntryForFrame(*batch, i)))
                seqs.push_back(batch->firstAuditSeq + i);
        }
    }
    std::sort(seqs.begin(), seqs.end());
    return seqs;
}

void AuditModel::appendRows(const std::vector<quint64>& seqs)
{
    std::vector<quint64> fresh;
    for (const quint64 seq : seqs) {
        if (m_rows.empty() || seq > m_rows.back())
            fresh.push_back(seq);
    }
    if (fresh.empty())
        return;
    beginInsertRows({}, int(m_rows.size()), int(m_rows.size() + fresh.size()) - 1);
    m_rows.insert(m_rows.end(), fresh.begin(), fresh.end());
    endInsertRows();
    const std::size_t limit = std::size_t(AuditReader::matchLimit);
    if (m_rows.size() <= limit)
        return;
    const auto over = int(m_rows.size() - limit);
    beginRemoveRows({}, 0, over - 1);
    m_rows.erase(m_rows.begin(), m_rows.begin() + over);
    endRemoveRows();
    m_isCut = true;
}

void AuditModel::dropOldRows()
{
    const quint64 first = m_log.size() > 0 ? m_log.at(0).seq : 0;
    int gone = 0;
    while (std::size_t(gone) < m_rows.size() && m_rows[std::size_t(gone)] < first)
        ++gone;
    if (gone == 0)
        return;
    beginRemoveRows({}, 0, gone - 1);
    m_rows.erase(m_rows.begin(), m_rows.begin() + gone);
    endRemoveRows();
}

void AuditModel::takeNewestEvents(const std::vector<AuditEvent>& events, bool isComplete, quint64 lastSeq)
{
    const std::size_t added = m_log.prepend(events, isComplete);
    if (added > 0 && m_mode == Mode::LifeCycle) {
        beginResetModel();
        m_rows.clear();
        listEvents();
        endResetModel();
    }
    repaintRows();
    setLastSeq(lastSeq);
}

void AuditModel::takeOlderEvents(const std::vector<AuditEvent>& events)
{
    if (m_olderEvents.size() + events.size() > olderEventsKept) {
        m_olderEvents.clear();
        m_askedPages.clear();
    }
    for (const AuditEvent& event : events)
        m_olderEvents.emplace(event.seq, event);
    repaintRows();
}

void AuditModel::takeMatches(const QList<quint64>& seqs)
{
    // Descending and older than all rows, except where the feed was faster than the search.
    std::vector<quint64> older;
    for (const quint64 seq : seqs) {
        if (older.size() + m_rows.size() < std::size_t(AuditReader::matchLimit) &&
            (m_rows.empty() || seq < m_rows.front()))
            older.push_back(seq);
    }
    if (older.empty())
        return;
    beginInsertRows({}, 0, int(older.size()) - 1);
    m_rows.insert(m_rows.begin(), older.rbegin(), older.rend());
    endInsertRows();
    Q_EMIT countsChanged();
}

void AuditModel::repaintRows()
{
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

quint64 AuditModel::seqOf(int row) const
{
    return hasRowMap() ? m_rows[std::size_t(row)] : m_window.itemOf(row);
}

const AuditEntry* AuditModel::entryAt(quint64 seq) const
{
    if (const AuditEntry* known = m_entries.object(seq))
        return known;
    std::unique_ptr<AuditEntry> entry;
    if (const AuditEvent* event = m_log.find(seq)) {
        entry = std::make_unique<AuditEntry>(auditEntryForEvent(*event));
    } else if (const auto older = m_olderEvents.find(seq); older != m_olderEvents.end()) {
        entry = std::make_unique<AuditEntry>(auditEntryForEvent(older->second));
    } else if (const FrameCache::Row row = m_cache->findBySeq(seq); row.batch) {
        entry = std::make_unique<AuditEntry>(auditEntryForFrame(*row.batch, row.index));
    } else if (seq < m_log.completeFrom()) {
        askForEvents(seq);
    }
    if (!entry)
        return nullptr;
    AuditEntry* kept = entry.release();
    m_entries.insert(seq, kept); // the cache owns it; one entry costs 1, so it is kept at least until the next
    return kept;
}

// The number may be an old event's: the frame cache cannot know it.
void AuditModel::askForEvents(quint64 seq) const
{
    const quint64 page = seq / pageSize;
    if (m_askedPages.contains(page))
        return;
    m_askedPages.insert(page);
    QMetaObject::invokeMethod(m_reader, [reader = m_reader, seq] { reader->readEventsAround(seq); });
}

quint64 AuditModel::frameAt(int row)
{
    const AuditEntry* entry = row >= 0 && row < rowCount() ? entryAt(seqOf(row)) : nullptr;
    return entry ? entry->frame : 0;
}

int AuditModel::rowCount(const QModelIndex& parent) const
{
    if (parent.isValid())
        return 0;
    return hasRowMap() ? int(m_rows.size()) : m_window.rows();
}

int AuditModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant AuditModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((index.column() == SeqColumn ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != SeverityRole)
        return {};
    const quint64 seq = seqOf(index.row());
    if (role == Qt::DisplayRole && index.column() == SeqColumn)
        return countText(seq);
    const AuditEntry* entry = entryAt(seq);
    if (role == SeverityRole)
        return entry ? QVariant(int(entry->severity)) : QVariant();
    if (!entry)
        return role == Qt::DisplayRole && index.column() == ActionColumn ? QVariant(tr("reading …")) : QVariant();
    const QVariant text = textOf(*entry, index.column());
    // A tool tip would take text that begins like a tag for rich text.
    return role == Qt::ToolTipRole ? QVariant(text.toString().toHtmlEscaped()) : text;
}

QVariant AuditModel::textOf(const AuditEntry& entry, int column)
{
    switch (column) {
    case SeqColumn:
        return countText(entry.seq);
    case TimeColumn:
        return utcDateTimeText(entry.at.wallNs);
    case SeverityColumn:
        return severityWord(entry.severity);
    case ActionColumn:
        return auditActionText(entry.action);
    case ObjectColumn:
        return visibleLine(entry.object, longestObject);
    case DetailColumn:
        return auditDetailText(entry.detail);
    default:
        return {};
    }
}

QModelIndexList AuditModel::match(const QModelIndex&, int, const QVariant&, int, Qt::MatchFlags) const
{
    return {};
}

QVariant AuditModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == SeqColumn ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case SeqColumn:
        return tr("Seq");
    case TimeColumn:
        return tr("Time (UTC)");
    case SeverityColumn:
        return tr("Severity");
    case ActionColumn:
        return tr("Action");
    case ObjectColumn:
        return tr("Object");
    case DetailColumn:
        return tr("Detail");
    default:
        return {};
    }
}

} // namespace framescope
