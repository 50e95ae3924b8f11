#include "ui/frames/findingsearch.h"

#include "ui/frames/frametablemodel.h"

namespace framescope {

FindingSearch::FindingSearch(FrameCache* cache, const FrameTableModel* model, QObject* parent)
    : QObject(parent)
    , m_cache(cache)
    , m_model(model)
    , m_scan(new FrameScan(this))
{
    connect(m_scan, &FrameScan::found, this, [this](quint64, const QList<quint64>& numbers) {
        if (numbers.isEmpty() || m_hasFound)
            return;
        m_hasFound = true;
        Q_EMIT found(numbers.constFirst());
    });
    connect(m_scan, &FrameScan::finished, this, [this] {
        if (!m_hasFound)
            Q_EMIT notFound(m_forward);
    });
}

void FindingSearch::start(quint64 number, bool forward, std::optional<FindingId> id)
{
    m_scan->cancelAll();
    m_forward = forward;
    m_isForTime = false;
    m_hasFound = false;
    ScanRequest request;
    request.path = m_cache->path();
    request.newest = m_cache->newest();
    request.newestFirst = !forward;
    request.from = forward ? number + 1 : 1;
    request.to = forward ? m_model->frameCount() : (number > 0 ? number - 1 : m_model->frameCount());
    request.limit = 1;
    request.foldControl = m_model->isFolded() && m_model->hasControl();
    request.accepts = [filter = m_model->filter(), id](const FrameBatch& batch, std::size_t index) {
        if (batch.heads[index].verdict == Verdict::Accepted && !id)
            return false;
        if (id) {
            const auto findings = batch.findingsOf(index);
            const auto has = [&](const Finding& finding) { return finding.id == *id; };
            if (std::none_of(findings.begin(), findings.end(), has))
                return false;
        }
        return filter.matches(batch, index);
    };
    m_scan->add(std::move(request));
}

void FindingSearch::startAtTime(qint64 wallNs)
{
    m_scan->cancelAll();
    m_forward = false;
    m_isForTime = true;
    m_hasFound = false;
    ScanRequest request;
    request.path = m_cache->path();
    request.newest = m_cache->newest();
    request.to = m_model->frameCount();
    request.limit = 1;
    request.notAfterWallNs = wallNs;
    request.foldControl = m_model->isFolded() && m_model->hasControl();
    request.accepts = [filter = m_model->filter(), wallNs](const FrameBatch& batch, std::size_t index) {
        return batch.heads[index].wallNs <= wallNs && filter.matches(batch, index);
    };
    m_scan->add(std::move(request));
}

} // namespace framescope
