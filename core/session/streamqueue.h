#pragma once
/// What crosses from the stream thread to the pipeline thread, in order: batches of messages that are not judged yet,
/// events, new topic schemas, and the end. Bounded: a full queue holds the receiver, and so TCP, back. One wake-up for
/// all that is waiting, no lock a frame.
///
/// Thread: push() on the stream thread, take() on the pipeline's; setWake() before either starts.
#include "core/base/boundedqueue.h"
#include "core/base/error.h"
#include "core/decode/topicschemas.h"
#include "core/frame/auditevent.h"
#include "core/frame/frame.h"

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <variant>

namespace framescope {

/// The source delivers no more; nothing comes behind it.
struct StreamEnd
{
    std::optional<Error> error;
    quint64 messagesBeyondLimit = 0; ///< came after SessionConfig::frameLimit, while the stream was being closed
};

using StreamItem = std::variant<std::shared_ptr<FrameBatch>, AuditEvent, TopicSchemas, StreamEnd>;

class StreamQueue
{
public:
    static constexpr std::size_t capacityBytes = 8 * 1024 * 1024;

    /// @p wake is called on the pushing thread when there is something to take and no wake-up is under way.
    void setWake(std::function<void()> wake) { m_wake = std::move(wake); }

    /// Waits while the queue is full. False when nobody takes any more.
    bool push(StreamItem item)
    {
        const std::size_t weight = weightOf(item);
        if (!m_queue.push(std::move(item), weight))
            return false;
        const std::lock_guard hold(m_wakeMutex);
        if (!m_isClosed && !m_isWaking.exchange(true))
            m_wake();
        return true;
    }
    /// All that is there; never waits.
    void take(std::vector<StreamItem>& items)
    {
        m_isWaking.store(false); // first: what comes from now on wakes again
        (void)m_queue.takeAll(items, std::chrono::seconds(0));
    }
    /// Nothing is woken any more when it returns: who takes may go.
    void close()
    {
        const std::lock_guard hold(m_wakeMutex);
        m_isClosed = true;
        m_queue.close();
    }
    [[nodiscard]] bool isEmpty() const { return m_queue.weight() == 0; }
    [[nodiscard]] std::size_t highWaterMark() const { return m_queue.highWaterMark(); }

private:
    static std::size_t weightOf(const StreamItem& item)
    {
        constexpr std::size_t otherItem = 1024;
        const auto* batch = std::get_if<std::shared_ptr<FrameBatch>>(&item);
        return batch ? (*batch)->weightBytes() : otherItem;
    }

    BoundedQueue<StreamItem> m_queue{capacityBytes};
    std::atomic<bool> m_isWaking{false};
    std::mutex m_wakeMutex;
    bool m_isClosed = false;
    std::function<void()> m_wake;
};

} // namespace framescope
