#include "core/routing/jsonlineswriter.h"

#include "core/frame/framejson.h"

#include <cerrno>
#include <poll.h>
#include <unistd.h>

namespace framescope {

namespace {

// A chunk this large is handed to the writing thread at once, a smaller one at the end of its batch.
constexpr qsizetype chunkBytes = 256 * 1024;
constexpr int pollMs = 50; // how soon a deadline is noticed while the reader takes nothing

} // namespace

JsonLinesWriter::JsonLinesWriter(int fileDescriptor, Wanted wanted, std::size_t queueBytes)
    : m_fileDescriptor(fileDescriptor)
    , m_wanted(std::move(wanted))
    , m_queueBytes(queueBytes)
    , m_queue(
          std::numeric_limits<std::size_t>::max()) // its bound is m_queuedBytes, which counts the chunk in writing too
    , m_thread([this] { write(); })
{
}

JsonLinesWriter::~JsonLinesWriter()
{
    close(std::chrono::milliseconds(0));
}

void JsonLinesWriter::consumeBatch(const FrameBatchPtr& batch)
{
    QByteArray chunk;
    for (std::size_t i = 0; i < batch->size() && !isBroken(); ++i) {
        if (m_wanted && !m_wanted(*batch, i))
            continue;
        const QByteArray line = frameToJsonLine(*batch, i);
        const std::size_t queued = m_queuedBytes.load() + std::size_t(chunk.size());
        if (m_missing != 0 && queued <= m_queueBytes / 2) {
            chunk += "{\"dropped\":" + QByteArray::number(m_missing) + "}\n";
            m_missing = 0;
        }
        // A line larger than the whole queue still goes to a reader that waits for nothing else.
        if (m_missing != 0 || (queued != 0 && queued + std::size_t(line.size()) > m_queueBytes)) {
            ++m_missing;
            m_dropped.fetch_add(1, std::memory_order_relaxed);
            continue;
        }
        chunk += line;
        if (chunk.size() >= chunkBytes)
            enqueue(std::exchange(chunk, {}));
    }
    enqueue(std::move(chunk));
}

void JsonLinesWriter::consumeEvent(const AuditEvent&) {}

bool JsonLinesWriter::close(std::chrono::milliseconds timeout)
{
    if (m_missing != 0 && !isBroken())
        enqueue("{\"dropped\":" + QByteArray::number(std::exchange(m_missing, 0)) + "}\n");
    m_deadlineMonoNs = monotonicNs() + std::chrono::nanoseconds(timeout).count();
    m_queue.close();
    if (m_thread.joinable())
        m_thread.join();
    return m_queuedBytes == 0 && !isBroken();
}

void JsonLinesWriter::enqueue(QByteArray chunk)
{
    const std::size_t bytes = std::size_t(chunk.size());
    if (bytes == 0 || isBroken())
        return;
    m_queuedBytes += bytes;
    if (!m_queue.tryPush(std::move(chunk), bytes))
        m_queuedBytes -= bytes; // closed: nobody writes any more
}

void JsonLinesWriter::write()
{
    std::vector<QByteArray> chunks;
    while (m_queue.takeAll(chunks, std::chrono::seconds(1))) {
        for (QByteArray& chunk : chunks) {
            if (!writeAll(chunk))
                return;
            m_queuedBytes -= std::size_t(chunk.size());
            chunk.clear();
        }
    }
}

/// False when the reader has gone or the deadline has passed.
bool JsonLinesWriter::writeAll(QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const qint64 deadline = m_deadlineMonoNs;
        if (deadline != 0 && monotonicNs() >= deadline)
            return false;
        // poll() first: a blocking write() to a reader that stands still could not be ended by a deadline. What poll()
        // finds writable takes a page (pipe(7)) without blocking.
        pollfd ready{m_fileDescriptor, POLLOUT, 0};
        const int count = poll(&ready, 1, pollMs);
        if (count == 0 || (count < 0 && errno == EINTR))
            continue;
        const ssize_t written =
            ::write(m_fileDescriptor, bytes.data(), std::min<std::size_t>(std::size_t(bytes.size()), 4096));
        if (written >= 0) {
            bytes = bytes.sliced(written);
        } else if (errno != EINTR && errno != EAGAIN) {
            m_broken = true;
            return false;
        }
    }
    return true;
}

} // namespace framescope
