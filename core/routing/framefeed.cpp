#include "core/routing/framefeed.h"

namespace framescope {

namespace {
constexpr std::size_t eventLimit = 20'000; // events are rare; a flood of them is itself in the session file
}

FrameFeed::FrameFeed(std::size_t capacityBytes, QObject* parent)
    : QObject(parent)
    , m_capacity(capacityBytes)
{
}

void FrameFeed::consumeBatch(const FrameBatchPtr& batch)
{
    bool wasEmpty = false;
    {
        const std::lock_guard lock(m_mutex);
        wasEmpty = m_batches.empty() && m_events.empty();
        m_batches.push_back(batch);
        m_weight += batch->weightBytes();
        m_received = batch->lastNumber();
        m_lastSeq = batch->firstAuditSeq + batch->size() - 1;
        while (m_weight > m_capacity && m_batches.size() > 1) {
            m_weight -= m_batches.front()->weightBytes();
            m_skipped += m_batches.front()->size();
            m_batches.pop_front();
        }
    }
    if (wasEmpty)
        Q_EMIT filled();
}

void FrameFeed::consumeEvent(const AuditEvent& event)
{
    bool wasEmpty = false;
    {
        const std::lock_guard lock(m_mutex);
        wasEmpty = m_batches.empty() && m_events.empty();
        m_events.push_back(event);
        m_lastSeq = event.seq;
        if (m_events.size() > eventLimit)
            m_events.pop_front();
    }
    if (wasEmpty)
        Q_EMIT filled();
}

FrameFeed::Delivery FrameFeed::drain()
{
    Delivery delivery;
    const std::lock_guard lock(m_mutex);
    delivery.batches.assign(m_batches.begin(), m_batches.end());
    delivery.events.assign(m_events.begin(), m_events.end());
    delivery.skippedFrames = m_skipped;
    delivery.received = m_received;
    delivery.lastSeq = m_lastSeq;
    m_batches.clear();
    m_events.clear();
    m_weight = 0;
    m_skipped = 0;
    return delivery;
}

} // namespace framescope
