#pragma once
/// A queue between two threads that is never larger than its capacity: the writer waits when it is full, so that TCP,
/// not memory, holds what cannot be taken yet.
///
/// Thread: push from one or more threads, pop from one. No Qt in it, so that the thread sanitizer sees all of it.
/// Weight: whatever the owner counts (bytes here); an item heavier than the capacity is taken when the queue is empty.
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace framescope {

template <typename T>
class BoundedQueue
{
public:
    explicit BoundedQueue(std::size_t capacity)
        : m_capacity(capacity)
    {
    }

    /// Waits while the queue is full. False when the queue is closed: the item was not taken.
    bool push(T item, std::size_t weight)
    {
        std::unique_lock lock(m_mutex);
        if (!hasRoom(weight) && !m_closed) {
            ++m_waits;
            m_room.wait(lock, [&] { return m_closed || hasRoom(weight); });
        }
        if (m_closed)
            return false;
        add(std::move(item), weight);
        lock.unlock();
        m_filled.notify_one();
        return true;
    }

    /// Never waits. False when full or closed: the item was not taken, and its owner counts it.
    bool tryPush(T item, std::size_t weight)
    {
        {
            const std::lock_guard lock(m_mutex);
            if (m_closed || !hasRoom(weight))
                return false;
            add(std::move(item), weight);
        }
        m_filled.notify_one();
        return true;
    }

    /// Over the capacity if need be: for the thread that takes from the queue, which must not wait for itself, and for
    /// a few small items. False when closed.
    bool pushAnyway(T item, std::size_t weight)
    {
        {
            const std::lock_guard lock(m_mutex);
            if (m_closed)
                return false;
            add(std::move(item), weight);
        }
        m_filled.notify_one();
        return true;
    }

    /// Waits until something is there, the queue is closed or @p timeout has passed, then takes all of it.
    /// False when closed and empty: nothing will ever come again.
    template <typename Duration>
    bool takeAll(std::vector<T>& items, Duration timeout)
    {
        items.clear();
        std::unique_lock lock(m_mutex);
        m_filled.wait_for(lock, timeout, [&] { return m_closed || !m_items.empty(); });
        for (auto& [item, weight] : m_items)
            items.push_back(std::move(item));
        m_items.clear();
        m_weight = 0;
        const bool more = !m_closed || !items.empty();
        lock.unlock();
        m_room.notify_all();
        return more;
    }

    /// No further push succeeds; what is inside can still be taken.
    void close()
    {
        {
            const std::lock_guard lock(m_mutex);
            m_closed = true;
        }
        m_filled.notify_all();
        m_room.notify_all();
    }

    [[nodiscard]] std::size_t weight() const
    {
        const std::lock_guard lock(m_mutex);
        return m_weight;
    }
    [[nodiscard]] std::size_t highWaterMark() const
    {
        const std::lock_guard lock(m_mutex);
        return m_highWater;
    }
    /// How often a writer had to wait for room.
    [[nodiscard]] std::size_t waits() const
    {
        const std::lock_guard lock(m_mutex);
        return m_waits;
    }

private:
    bool hasRoom(std::size_t weight) const { return m_items.empty() || m_weight + weight <= m_capacity; }
    void add(T item, std::size_t weight)
    {
        m_items.emplace_back(std::move(item), weight);
        m_weight += weight;
        if (m_weight > m_highWater)
            m_highWater = m_weight;
    }

    const std::size_t m_capacity;
    mutable std::mutex m_mutex;
    std::condition_variable m_room;
    std::condition_variable m_filled;
    std::deque<std::pair<T, std::size_t>> m_items;
    std::size_t m_weight = 0;
    std::size_t m_highWater = 0;
    std::size_t m_waits = 0;
    bool m_closed = false;
};

} // namespace framescope
