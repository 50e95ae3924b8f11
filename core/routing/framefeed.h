#pragma once
/// The mailbox between the pipeline and the window. It is capped, notifies only when it turns from empty to non-empty,
/// and is drained by the window on its own tick: the batch grows, the event queue does not.
///
/// When full, the oldest batches leave the feed (not the session file, which has them all): skipped() counts their
/// frames and the window shows it. Thread: consume* on the pipeline thread, drain() on the window's; filled() is
/// emitted on the pipeline thread, connect it queued.
#include "core/frame/framesink.h"

#include <QObject>
#include <deque>
#include <mutex>
#include <vector>

namespace framescope {

class FrameFeed final : public QObject, public FrameSink
{
    Q_OBJECT

public:
    static constexpr std::size_t defaultCapacityBytes = 64 * 1024 * 1024;

    struct Delivery
    {
        std::vector<FrameBatchPtr> batches;
        std::vector<AuditEvent> events;
        quint64 skippedFrames = 0; ///< since the last drain
        quint64 received = 0;      ///< highest frame number seen by the feed so far
        quint64 lastSeq = 0;       ///< highest audit sequence number seen by the feed so far
    };

    explicit FrameFeed(std::size_t capacityBytes = defaultCapacityBytes, QObject* parent = nullptr);

    void consumeBatch(const FrameBatchPtr& batch) override;
    void consumeEvent(const AuditEvent& event) override;

    /// Everything since the last call, in order.
    [[nodiscard]] Delivery drain();

Q_SIGNALS:
    void filled();

private:
    const std::size_t m_capacity;
    std::mutex m_mutex;
    std::deque<FrameBatchPtr> m_batches;
    std::deque<AuditEvent> m_events;
    std::size_t m_weight = 0;
    quint64 m_skipped = 0;
    quint64 m_received = 0;
    quint64 m_lastSeq = 0;
};

} // namespace framescope
