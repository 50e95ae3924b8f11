#include "core/replay/replayreader.h"

namespace framescope {

namespace {
constexpr int eventsInPage = 64; // an event of a damaged file may be 2 MiB
}

ReplayReader::ReplayReader(std::unique_ptr<SessionReader> reader, const SessionReader::Extent& extent)
    : m_reader(std::move(reader))
    , m_extent(extent)
{
}

Expected<std::unique_ptr<ReplayReader>> ReplayReader::open(const QString& path)
{
    Expected<std::unique_ptr<SessionReader>> reader = SessionReader::open(path);
    if (!reader)
        return tl::unexpected(reader.error());
    const Expected<SessionReader::Extent> extent = (*reader)->extent();
    if (!extent)
        return tl::unexpected(extent.error());
    return std::unique_ptr<ReplayReader>(new ReplayReader(std::move(*reader), *extent));
}

Expected<void> ReplayReader::fetchBlock()
{
    m_block.reset();
    m_index = 0;
    if (m_nextFrame > m_extent.frames)
        return {};
    Expected<FrameBatchPtr> block = m_reader->nextBlock(m_nextFrame);
    if (!block)
        return tl::unexpected(block.error());
    // A block that leads nowhere is the end: a damaged file must not make a circle.
    if (!*block || (*block)->isEmpty() || (*block)->lastNumber() < m_nextFrame)
        return {};
    m_block = std::move(*block);
    m_nextFrame = m_block->lastNumber() + 1;
    return {};
}

Expected<void> ReplayReader::fetchEvents()
{
    m_events.clear();
    m_eventAt = 0;
    if (m_nextEventSeq > m_extent.lastSeq)
        return {};
    Expected<std::vector<AuditEvent>> events = m_reader->events(m_nextEventSeq, m_extent.lastSeq, eventsInPage);
    if (!events)
        return tl::unexpected(events.error());
    m_events = std::move(*events);
    m_nextEventSeq = m_events.empty() ? m_extent.lastSeq + 1 : m_events.back().seq + 1;
    return {};
}

Expected<bool> ReplayReader::advance()
{
    if (m_hasStarted) {
        if (m_isFrame)
            ++m_index;
        else
            ++m_eventAt;
    }
    if (!m_block || m_index >= m_block->size()) {
        if (const Expected<void> fetched = fetchBlock(); !fetched)
            return tl::unexpected(fetched.error());
    }
    if (m_eventAt >= m_events.size()) {
        if (const Expected<void> fetched = fetchEvents(); !fetched)
            return tl::unexpected(fetched.error());
    }
    m_hasStarted = m_block || !m_events.empty();
    if (!m_hasStarted)
        return false;
    m_isFrame = m_block && (m_events.empty() || m_block->firstAuditSeq + m_index < event().seq);
    return true;
}

bool ReplayReader::hasPayload() const
{
    // Redacted payloads have another size than what was received.
    const bool isWhole =
        (head().flags & FrameFlag::Masked) != 0 ? !payload().isEmpty() : quint64(payload().size()) == head().sizeBytes;
    return (head().flags & FrameFlag::PayloadKept) != 0 && isWhole;
}

} // namespace framescope
