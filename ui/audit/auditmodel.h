#pragma once
/// The audit log as rows: life-cycle events only, or all entries, frames too, by audit number. Entries are made when a
/// row is looked at, from the frame cache, the events in memory or the session file; nothing is held per frame.
///
/// All entries without a filter are a window of consecutive ones that moves with the newest (rowwindow.h): older ones
/// are one showOlder() away.
///
/// Filtering keeps a list of matching audit numbers: of events in memory at once, of all entries through a search in
/// the background, at most AuditReader::matchLimit of them. Thread: gui. Searching and reading happen on a thread of
/// its own.
#include "core/routing/framefeed.h"
#include "ui/audit/auditfilter.h"
#include "ui/audit/eventlog.h"
#include "ui/common/windowedtablemodel.h"

#include <QCache>
#include <QSet>
#include <QThread>
#include <deque>
#include <map>

namespace framescope {

class AuditReader;
class FrameCache;

class AuditModel : public WindowedTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        SeqColumn,
        TimeColumn,
        SeverityColumn,
        ActionColumn,
        ObjectColumn,
        DetailColumn,
        ColumnCount
    };
    enum class Mode
    {
        LifeCycle,
        AllEntries
    };
    static constexpr int SeverityRole = Qt::UserRole; ///< Severity as int; invalid while the entry is being read

    explicit AuditModel(FrameCache* cache, QObject* parent = nullptr, quint64 rowLimit = RowWindow::defaultLimit);
    ~AuditModel() override;

    /// Starts anew with a session file (live: still being written). Empty: no session.
    void open(const QString& path);
    void append(const FrameFeed::Delivery& delivery);
    /// All entries up to @p lastSeq are there.
    void setLastSeq(quint64 lastSeq);
    void setMode(Mode mode);
    void setFilter(const AuditFilter& filter);
    /// Whether rows must not leave under a person's eyes; no longer: the newest are shown.
    void setHeld(bool held);
    /// The window moves so that there are rows before the first one, or to the log's beginning. The row where that one
    /// is then; -1: there are none, or all are rows.
    int showOlder();
    void showFirst();

    [[nodiscard]] Mode mode() const { return m_mode; }
    [[nodiscard]] quint64 lastSeq() const { return m_lastSeq; }
    [[nodiscard]] quint64 eventCount() const { return m_log.size(); }
    [[nodiscard]] quint64 hiddenOlder() const { return hasRowMap() ? 0 : m_window.hiddenOlder(); }
    [[nodiscard]] bool isSearching() const { return m_isSearching; }
    [[nodiscard]] bool isCut() const { return m_isCut; } ///< more matched than are kept
    /// The frame of a row, 0 for an event or while it is being read.
    [[nodiscard]] quint64 frameAt(int row);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    /// Nothing: a view that looks for what is typed would go through all rows, and read them.
    QModelIndexList match(const QModelIndex& start, int role, const QVariant& value, int hits,
                          Qt::MatchFlags flags) const override;

Q_SIGNALS:
    void countsChanged();

private:
    [[nodiscard]] bool hasRowMap() const { return m_mode == Mode::LifeCycle || !m_filter.isEmpty(); }
    [[nodiscard]] quint64 seqOf(int row) const;
    [[nodiscard]] const AuditEntry* entryAt(quint64 seq) const;
    [[nodiscard]] static QVariant textOf(const AuditEntry& entry, int column);
    void askForEvents(quint64 seq) const;
    void rebuildRows();
    void showUpToLast();
    void showAround(quint64 seq);
    void listEvents();
    void startSearch();
    void appendRows(const std::vector<quint64>& seqs);
    [[nodiscard]] std::vector<quint64> matchesIn(const FrameFeed::Delivery& delivery) const;
    void dropOldRows();
    void takeNewestEvents(const std::vector<AuditEvent>& events, bool isComplete, quint64 lastSeq);
    void takeOlderEvents(const std::vector<AuditEvent>& events);
    void takeMatches(const QList<quint64>& seqs);
    void repaintRows();

    FrameCache* m_cache;
    EventLog m_log;
    Mode m_mode = Mode::LifeCycle;
    AuditFilter m_filter;
    quint64 m_lastSeq = 0;
    std::deque<quint64> m_rows; ///< audit numbers of the rows, where there is a row map
    bool m_isSearching = false;
    bool m_isCut = false;

    QThread m_thread;
    AuditReader* m_reader;
    quint64 m_generation = 0;
    quint64 m_ticket = 0;
    // Entries are made while rows are painted: caches, hence mutable.
    mutable QCache<quint64, AuditEntry> m_entries;
    mutable std::map<quint64, AuditEvent> m_olderEvents;
    mutable QSet<quint64> m_askedPages;
};

} // namespace framescope
