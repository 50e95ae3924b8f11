// How rows come and go: arrivals, pause, filter. The other half of FrameTableModel is what a row says
// (frametablemodel.cpp).
#include "ui/frames/frametablemodel.h"

#include <algorithm>

namespace framescope {

namespace {

bool isControl(const FrameHead& head)
{
    return (head.flags & FrameFlag::Control) != 0;
}

bool holdsControl(const FrameBatchPtr& batch)
{
    return std::any_of(batch->heads.begin(), batch->heads.end(), isControl);
}

} // namespace

void FrameTableModel::restart()
{
    m_scan->cancelAll();
    beginResetModel();
    m_filter = FrameFilter();
    m_marks.reset();
    m_map.clear();
    m_waiting.clear();
    m_mapShown = m_stale = m_paused = m_hasControl = m_incomplete = false;
    m_count = m_judged = m_scanned = m_hiddenControl = 0;
    m_window.setHeld(false);
    m_window.showNewest(0);
    m_scansLeft = 0;
    endResetModel();
    Q_EMIT filterChanged();
    Q_EMIT countsChanged();
}

void FrameTableModel::takeArrivals(const std::vector<FrameBatchPtr>& batches)
{
    if (batches.empty())
        return;
    if (!m_hasControl && std::any_of(batches.begin(), batches.end(), holdsControl))
        setHasControl();
    m_count = std::max(m_count, batches.back()->lastNumber());
    if (m_paused)
        return;
    if (isMapped())
        insertMatching(batches);
    growTo(m_count);
    Q_EMIT countsChanged();
}

void FrameTableModel::setFrameCount(quint64 count)
{
    if (count <= m_count)
        return;
    m_count = count;
    if (m_paused)
        return;
    if (isMapped())
        scanRest({});
    growTo(m_count);
    Q_EMIT countsChanged();
}

void FrameTableModel::setPaused(bool paused)
{
    if (paused == m_paused)
        return;
    m_paused = paused;
    if (!paused) {
        if (isMapped())
            scanRest(m_cache->newest()); // what a pause kept back may not be in the file yet
        growTo(m_count);
    }
    Q_EMIT countsChanged();
}

/// Without filter and folding, rows are consecutive frames.
void FrameTableModel::growTo(quint64 count)
{
    if (!m_mapShown && !isMapped())
        growWindow(count);
}

void FrameTableModel::setAnchored(bool anchored)
{
    m_window.setHeld(anchored);
}

void FrameTableModel::ensureShows(quint64 number)
{
    if (m_mapShown || isMapped() || m_window.shows(number) || number == 0 || number > m_count)
        return;
    moveWindow(number, m_count);
    Q_EMIT countsChanged();
}

void FrameTableModel::showNewest()
{
    if (!m_window.isDetached())
        return;
    m_window.attach();
    if (!m_paused)
        growTo(m_count);
    Q_EMIT countsChanged();
}

/// Judges live frames once, on arrival. Frames that skipped the view, or came during a pause, are scanned from the
/// file.
void FrameTableModel::insertMatching(const std::vector<FrameBatchPtr>& batches)
{
    QList<quint64> numbers;
    for (const FrameBatchPtr& batch : batches) {
        if (batch->lastNumber() <= m_judged)
            continue;
        if (batch->firstNumber() > m_judged + 1)
            scanRange(m_judged + 1, batch->firstNumber() - 1, {});
        for (std::size_t i = 0; i < batch->size(); ++i) {
            if (batch->heads[i].number <= m_judged)
                continue;
            if (isFolding() && isControl(batch->heads[i]))
                ++m_hiddenControl;
            else if (m_filter.matches(*batch, i))
                numbers.append(batch->heads[i].number);
        }
        m_judged = batch->lastNumber();
    }
    scanRest({});
    if (m_stale)
        m_waiting.append(numbers);
    else
        insertNumbers(numbers);
}

void FrameTableModel::scanRest(std::vector<FrameBatchPtr> inMemory)
{
    if (m_judged >= m_count)
        return;
    scanRange(m_judged + 1, m_count, std::move(inMemory));
    m_judged = m_count;
}

void FrameTableModel::setFilter(const FrameFilter& filter)
{
    m_filter = filter.withMarks(m_marks);
    startRows();
    Q_EMIT filterChanged();
    Q_EMIT countsChanged();
}

void FrameTableModel::setMarks(const FrameMarksPtr& marks)
{
    m_marks = marks;
    m_filter = m_filter.withMarks(marks);
    if (m_filter.needsMarks())
        startRows();
    else if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, Number), index(rowCount() - 1, Number));
    Q_EMIT countsChanged();
}

std::optional<quint64> FrameTableModel::nextMark(quint64 number, bool forward) const
{
    if (!m_marks)
        return std::nullopt;
    constexpr quint64 highest = FrameSpan().last;
    auto mark =
        forward ? m_marks->firstAtOrAfter(number + 1) : m_marks->lastAtOrBefore(number == 0 ? highest : number - 1);
    // Without a filter each frame is shown, or one step of the window away.
    while (mark && m_mapShown && !showsNumber(*mark)) {
        const int row = rowAtOrAfter(*mark);
        const quint64 shown = forward ? numberOfRow(row) : numberOfRow(row - 1);
        if (shown == 0)
            return std::nullopt;
        mark = forward ? m_marks->firstAtOrAfter(shown) : m_marks->lastAtOrBefore(shown);
    }
    return mark && *mark <= m_count ? mark : std::nullopt;
}

void FrameTableModel::setFolded(bool folded)
{
    if (folded == m_folded)
        return;
    m_folded = folded;
    if (m_hasControl)
        startRows();
    Q_EMIT countsChanged();
}

void FrameTableModel::setHasControl()
{
    if (m_hasControl)
        return;
    m_hasControl = true;
    if (m_folded)
        startRows();
    Q_EMIT countsChanged();
}

/// The old rows stay until the first answer of the scan is here, so that nothing flickers.
void FrameTableModel::startRows()
{
    m_scan->cancelAll();
    m_waiting.clear();
    m_scansLeft = 0;
    m_scanned = m_hiddenControl = 0;
    m_incomplete = false;
    m_looksAtAll = true;
    m_stale = isMapped();
    if (!isMapped()) {
        beginResetModel();
        m_map.clear();
        m_mapShown = false;
        m_window.showNewest(m_paused ? m_window.last() : m_count);
        endResetModel();
    } else {
        m_judged = m_count;
        if (m_count == 0)
            replaceStaleRows();
        else
            scanRange(1, m_count, m_cache->newest());
    }
}

/// @p inMemory need not be read. Empty for what skipped the view: that is not in the cache, and scans that wait would
/// keep alive what the cache has long let go.
void FrameTableModel::scanRange(quint64 from, quint64 to, std::vector<FrameBatchPtr> inMemory)
{
    ScanRequest request;
    request.path = m_cache->path();
    request.newest = std::move(inMemory);
    request.from = from;
    request.to = to;
    request.foldControl = isFolding();
    request.candidates = m_filter.candidates();
    m_looksAtAll = request.candidates == FrameSpans{FrameSpan()};
    request.accepts = [filter = m_filter](const FrameBatch& batch, std::size_t index) {
        return filter.matches(batch, index);
    };
    ++m_scansLeft;
    m_scan->add(std::move(request));
}

void FrameTableModel::takeFound(quint64 ticket, const QList<quint64>& numbers, quint64 done, quint64 folded)
{
    Q_UNUSED(ticket)
    m_scanned = done;
    m_hiddenControl += folded;
    replaceStaleRows();
    insertNumbers(numbers);
    Q_EMIT countsChanged();
}

void FrameTableModel::takeFinished(quint64 ticket, bool reachedEnd)
{
    Q_UNUSED(ticket)
    // The request has no limit: it ends early only where frames cannot be read.
    m_incomplete = m_incomplete || !reachedEnd;
    --m_scansLeft;
    Q_EMIT countsChanged();
}

void FrameTableModel::replaceStaleRows()
{
    if (!m_stale)
        return;
    beginResetModel();
    m_map.clear();
    m_mapShown = true;
    m_stale = false;
    m_window.showNewest(m_count);
    endResetModel();
    insertNumbers(std::exchange(m_waiting, {}));
}

void FrameTableModel::insertNumbers(const QList<quint64>& numbers)
{
    if (numbers.isEmpty())
        return;
    std::size_t row = m_map.rowAtOrAfter(numbers.constFirst());
    // Once the oldest rows had to go, older ones would leave a hole where those were.
    if (row == 0 && m_map.size() > 0 && m_map.isCapped())
        return;
    // Older than all others: only what fits. Newer: the oldest rows make room, but no more than all of them.
    const QList<quint64> own = row == 0 ? m_map.fitting(numbers) : m_map.atMostAll(numbers);
    if (own.size() < numbers.size())
        m_map.setCapped();
    if (own.isEmpty())
        return;
    if (const std::size_t surplus = m_map.surplusFor(std::size_t(own.size())); surplus > 0) {
        beginRemoveRows({}, 0, int(surplus) - 1);
        m_map.removeOldest(surplus);
        endRemoveRows();
        row = m_map.rowAtOrAfter(own.constFirst());
    }
    beginInsertRows({}, int(row), int(row) + int(own.size()) - 1);
    m_map.insert(row, own);
    endInsertRows();
}

} // namespace framescope
