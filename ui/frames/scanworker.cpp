#include "ui/frames/scanworker.h"

#include "core/store/sessionreader.h"

#include <QThread>

namespace framescope {

namespace {
constexpr int scanReportMs = 60;
constexpr int scanPollMs = 50;
constexpr int commitPatienceMs = 3'000; // a live frame is on the disk a commit interval after it came
} // namespace

ScanWorker::ScanWorker(std::shared_ptr<std::atomic<quint64>> oldestValid)
    : m_oldestValid(std::move(oldestValid))
{
}
ScanWorker::~ScanWorker() = default;

bool ScanWorker::isCancelled() const
{
    return m_ticket < m_oldestValid->load(std::memory_order_relaxed);
}

void ScanWorker::run(quint64 ticket, const ScanRequest& request)
{
    m_ticket = ticket;
    m_done = 0;
    m_matchCount = 0;
    m_folded = 0;
    m_matches.clear();
    m_sinceReport.start();
    if (!request.notAfterWallNs) {
        scan(request);
        return;
    }
    const auto last = lastNotAfter(*request.notAfterWallNs, request);
    if (isCancelled())
        return;
    if (!last) {
        Q_EMIT finished(ticket, false);
        return;
    }
    ScanRequest until = request;
    until.to = *last;
    scan(until);
}

/// 0 or one before the first asked for when there is none; nothing when a block cannot be read.
std::optional<quint64> ScanWorker::lastNotAfter(qint64 wallNs, const ScanRequest& request)
{
    quint64 low = request.from;    // the frame before it came at that time or before, or is not asked for
    quint64 high = request.to + 1; // came later, or is not asked for
    while (low < high) {
        const FrameBatchPtr batch = batchOf(low + (high - low) / 2, request);
        if (!batch || isCancelled())
            return std::nullopt;
        const auto& heads = batch->heads;
        const auto later = std::partition_point(heads.begin(), heads.end(),
                                                [wallNs](const FrameHead& head) { return head.wallNs <= wallNs; });
        if (later == heads.end())
            low = std::min(batch->lastNumber() + 1, high);
        else if (later == heads.begin())
            high = std::max(batch->firstNumber(), low);
        else
            low = high = std::clamp(later->number, low, high);
    }
    return low - 1;
}

void ScanWorker::scan(const ScanRequest& request)
{
    auto next = candidateFrom(request.newestFirst ? request.to : request.from, request);
    bool reachedEnd = true;
    while (next && *next >= request.from && *next <= request.to && *next > 0) {
        if (isCancelled())
            return;
        const FrameBatchPtr batch = batchOf(*next, request);
        if (!batch) {
            reachedEnd = false;
            break;
        }
        if (!scanBatch(*batch, request)) {
            reachedEnd = false;
            break;
        }
        next = candidateFrom(request.newestFirst ? batch->firstNumber() - 1 : batch->lastNumber() + 1, request);
        if (m_sinceReport.elapsed() >= scanReportMs)
            report(request.newestFirst);
    }
    if (isCancelled())
        return;
    report(request.newestFirst);
    Q_EMIT finished(m_ticket, reachedEnd);
}

/// Where to go on from @p number.
std::optional<quint64> ScanWorker::candidateFrom(quint64 number, const ScanRequest& request)
{
    return request.newestFirst ? numberAtOrBefore(request.candidates, number)
                               : numberAtOrAfter(request.candidates, number);
}

FrameBatchPtr ScanWorker::batchOf(quint64 number, const ScanRequest& request)
{
    if (!request.newest.empty() && number >= request.newest.front()->firstNumber()) {
        const auto after =
            std::upper_bound(request.newest.begin(), request.newest.end(), number,
                             [](quint64 value, const FrameBatchPtr& batch) { return value < batch->firstNumber(); });
        const FrameBatchPtr& candidate = *std::prev(after);
        if (number <= candidate->lastNumber())
            return candidate;
    }
    return blockFromFile(number, request.path);
}

FrameBatchPtr ScanWorker::blockFromFile(quint64 number, const QString& path)
{
    if (!m_reader || m_reader->path() != path) {
        auto reader = SessionReader::open(path);
        if (!reader)
            return nullptr;
        m_reader = std::move(*reader);
    }
    for (int waited = 0; waited <= commitPatienceMs && !isCancelled(); waited += scanPollMs) {
        const auto block = m_reader->blockOfFrame(number);
        if (block && *block && !(*block)->isEmpty())
            return *block;
        if (!block && block.error().code != ErrorCode::NotFound)
            return nullptr;
        QThread::msleep(scanPollMs);
    }
    return nullptr;
}

/// False when the limit is reached.
bool ScanWorker::scanBatch(const FrameBatch& batch, const ScanRequest& request)
{
    const std::size_t size = batch.size();
    for (std::size_t step = 0; step < size; ++step) {
        const std::size_t index = request.newestFirst ? size - 1 - step : step;
        const quint64 number = batch.heads[index].number;
        if (number < request.from || number > request.to)
            continue;
        m_done = request.newestFirst ? request.to - number + 1 : number - request.from + 1;
        if (request.foldControl && (batch.heads[index].flags & FrameFlag::Control) != 0) {
            ++m_folded;
            continue;
        }
        if (!request.accepts(batch, index))
            continue;
        m_matches.append(number);
        if (request.limit > 0 && ++m_matchCount >= request.limit)
            return false;
    }
    return true;
}

void ScanWorker::report(bool newestFirst)
{
    if (newestFirst)
        std::reverse(m_matches.begin(), m_matches.end());
    Q_EMIT found(m_ticket, m_matches, m_done, std::exchange(m_folded, 0));
    m_matches.clear();
    m_sinceReport.start();
}

} // namespace framescope
