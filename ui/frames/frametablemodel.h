#pragma once
/// The frames of a session as rows: all of them, or those that a filter accepts. It holds row numbers only; a row's
/// frame comes from FrameCache when it is asked for, and reads "loading" until it is here.
///
/// Without a filter the rows are a window of at most rowLimit consecutive frames that moves with the newest ones, since
/// a view pays for every row: older frames are one ensureShows() away, and a session's length costs nothing.
///
/// Thread: gui. One beginInsertRows a drain. Text is built when asked; nothing is kept per frame without a filter, 8
/// bytes with one (FrameRowMap, capped).
#include "core/filter/framefilter.h"
#include "ui/common/windowedtablemodel.h"
#include "ui/frames/framecache.h"
#include "ui/frames/framerowmap.h"
#include "ui/frames/framescan.h"

#include <optional>

namespace framescope {

class FrameTableModel : public WindowedTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        Number,
        Time,
        Delta,
        Arrow,
        Type,
        Subject,
        Id,
        Size,
        Checksum,
        Verdict,
        Parse,
        EndToEnd,
        Preview,
        ColumnCount
    };
    enum Role
    {
        NumberRole = Qt::UserRole,
        VerdictRole,
        ChecksumRole,
        LoadingRole,
        MarkedRole,
        TypeNameRole ///< the whole name, for filters: the column shows topics in short
    };

    explicit FrameTableModel(FrameCache* cache, QObject* parent = nullptr,
                             std::size_t rowLimit = FrameRowMap::defaultCapacity);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    /// Nothing: a view that looks for what is typed would go through all rows, and read them.
    QModelIndexList match(const QModelIndex& start, int role, const QVariant& value, int hits,
                          Qt::MatchFlags flags) const override;

    /// Forgets everything, filter too: the cache was opened on another session.
    void restart();
    /// Live frames that were just appended to the cache. While paused they are only remembered.
    void takeArrivals(const std::vector<FrameBatchPtr>& batches);
    /// Frames up to @p count exist (an opened session).
    void setFrameCount(quint64 count);
    /// A frozen view: rows stay as they are until it is lifted; nothing is lost.
    void setPaused(bool paused);
    [[nodiscard]] bool isPaused() const { return m_paused; }

    /// Control messages (heartbeats, pongs, system topics) are folded away, not dropped; hiddenControl() counts them.
    /// Nothing is folded before setHasControl(): rows of other sessions need no row map.
    void setFolded(bool folded);
    [[nodiscard]] bool isFolded() const { return m_folded; }
    /// This session has control messages; found out by itself from live ones.
    void setHasControl();
    [[nodiscard]] bool hasControl() const { return m_hasControl; }
    /// Control messages that are hidden now; 0 too where the filter names the frames that it is about, since only
    /// those are looked at.
    [[nodiscard]] quint64 hiddenControl() const { return isFolding() && m_looksAtAll ? m_hiddenControl : 0; }

    /// Which frames are marked: the rows say so, and a filter that asks for it is applied anew.
    void setMarks(const FrameMarksPtr& marks);
    [[nodiscard]] bool isMarked(quint64 number) const { return m_marks && m_marks->isMarked(number); }
    /// The marked frame that is shown next after (before) @p number; nothing where there is none.
    [[nodiscard]] std::optional<quint64> nextMark(quint64 number, bool forward) const;

    void setFilter(const FrameFilter& filter);
    [[nodiscard]] const FrameFilter& filter() const { return m_filter; }
    [[nodiscard]] bool isFiltered() const { return !m_filter.isEmpty(); }
    [[nodiscard]] bool isScanning() const { return m_scansLeft > 0; }
    /// Whether rows of the filter before are still shown.
    [[nodiscard]] bool isStale() const { return m_stale; }
    [[nodiscard]] bool isCapped() const { return m_map.isCapped(); }
    /// Whether the last scan could not read all frames: what is shown may lack some.
    [[nodiscard]] bool isIncomplete() const { return m_incomplete; }
    /// How many frames the running scan has looked at.
    [[nodiscard]] quint64 scannedFrames() const { return m_scanned; }
    [[nodiscard]] quint64 frameCount() const { return m_count; }

    /// While somebody reads, rows above are never taken away: a full window stops growing instead.
    void setAnchored(bool anchored);
    /// Moves the window so that frame @p number is in it; nothing while a filter is set.
    void ensureShows(quint64 number);
    /// Moves the window to the newest frames again.
    void showNewest();
    /// Frames before the first row that the window leaves out; 0 while a filter is set.
    [[nodiscard]] quint64 hiddenOlder() const { return m_mapShown ? 0 : m_window.hiddenOlder(); }
    [[nodiscard]] quint64 hiddenNewer() const
    {
        return m_window.isDetached() && !m_mapShown ? m_count - m_window.last() : 0;
    }

    [[nodiscard]] quint64 numberOfRow(int row) const;
    /// The row of frame @p number, or of the next shown one after it; rowCount() when there is none.
    [[nodiscard]] int rowAtOrAfter(quint64 number) const;
    [[nodiscard]] bool showsNumber(quint64 number) const;
    [[nodiscard]] FrameCache::Row rowAt(int row) const;
    /// ns since the frame before it (of all frames, not only those shown); nothing for the first, or when that is not
    /// known yet.
    [[nodiscard]] std::optional<qint64> deltaNs(const FrameCache::Row& row) const;

Q_SIGNALS:
    void filterChanged();
    /// Numbers of shown, all and scanned frames moved.
    void countsChanged();

private:
    void takeFound(quint64 ticket, const QList<quint64>& numbers, quint64 done, quint64 folded);
    void takeFinished(quint64 ticket, bool reachedEnd);
    void insertNumbers(const QList<quint64>& numbers);
    [[nodiscard]] bool isFolding() const { return m_folded && m_hasControl; }
    [[nodiscard]] bool isMapped() const { return isFiltered() || isFolding(); }
    void startRows();
    [[nodiscard]] QString cellText(const FrameCache::Row& row, int column) const;
    void insertMatching(const std::vector<FrameBatchPtr>& batches);
    void scanRange(quint64 from, quint64 to, std::vector<FrameBatchPtr> inMemory);
    void scanRest(std::vector<FrameBatchPtr> inMemory);
    void replaceStaleRows();
    void growTo(quint64 count);
    void refreshLoaded(quint64 firstNumber, quint64 lastNumber);
    [[nodiscard]] QString sentence(int row) const;
    [[nodiscard]] QString tip(const FrameCache::Row& row, const QModelIndex& index) const;

    FrameCache* m_cache;
    FrameScan* m_scan;
    FrameFilter m_filter;
    FrameMarksPtr m_marks;
    FrameRowMap m_map;
    QList<quint64> m_waiting; ///< live matches that came before the first answer of the scan
    bool m_mapShown = false;  ///< rows come from the map
    bool m_stale = false;     ///< rows are still those of the filter before: they stay until the first answer
    bool m_paused = false;
    bool m_folded = true;
    bool m_hasControl = false;
    bool m_incomplete = false;
    bool m_looksAtAll = true;    ///< the filter's candidates are all frames
    quint64 m_hiddenControl = 0; ///< among the judged frames
    quint64 m_count = 0;         ///< frames that exist as far as this view was told
    quint64 m_judged = 0;        ///< frames up to here were given to the filter or to a scan
    quint64 m_scanned = 0;
    int m_scansLeft = 0;
};

} // namespace framescope
