#pragma once
/// Streams decoded frames as JSON lines (core/frame/framejson.h) to a file descriptor: standard output of `record
/// --jsonl -`.
///
/// It has a bounded queue and a thread of its own that does the writing. When the reader is too slow and the queue is
/// full, whole lines are dropped and counted, and a line {"dropped":N} stands where they are missing: the stream never
/// waits. When the reader has gone (EPIPE), it goes quiet: isBroken() is true and nothing is counted as dropped any
/// more. Thread: consume* on the pipeline thread; counters and isBroken() any; close() the owner's. The process must
/// ignore SIGPIPE.
#include "core/base/boundedqueue.h"
#include "core/frame/framesink.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

namespace framescope {

class JsonLinesWriter final : public FrameSink
{
public:
    static constexpr std::size_t defaultQueueBytes = 8 * 1024 * 1024;
    using Wanted = std::function<bool(const FrameBatch&, std::size_t index)>;

    /// Does not own @p fileDescriptor. @p wanted chooses the frames; empty means all.
    explicit JsonLinesWriter(int fileDescriptor, Wanted wanted = {}, std::size_t queueBytes = defaultQueueBytes);
    /// Without close(): what is still queued is thrown away.
    ~JsonLinesWriter() override;

    void consumeBatch(const FrameBatchPtr& batch) override;
    void consumeEvent(const AuditEvent& event) override; ///< events are not streamed

    /// Writes what is queued, for at most @p timeout. True when all of it was written.
    bool close(std::chrono::milliseconds timeout);

    [[nodiscard]] quint64 droppedFrames() const { return m_dropped.load(std::memory_order_relaxed); }
    [[nodiscard]] bool isBroken() const { return m_broken.load(std::memory_order_relaxed); }

private:
    void write();
    bool writeAll(QByteArrayView bytes);
    void enqueue(QByteArray chunk);

    const int m_fileDescriptor;
    const Wanted m_wanted;
    const std::size_t m_queueBytes;
    BoundedQueue<QByteArray> m_queue;
    quint64 m_missing = 0;                   ///< lines dropped since the last {"dropped":N}; pipeline thread only
    std::atomic<qint64> m_deadlineMonoNs{0}; ///< 0: none
    std::atomic<std::size_t> m_queuedBytes{0};
    std::atomic<quint64> m_dropped{0};
    std::atomic<bool> m_broken{false};
    std::thread m_thread;
};

} // namespace framescope
