#pragma once
/// Walks a session file in the order of its audit log: frames and events, one after another, with at most one block in
/// memory. What a replay and `framescope-cli replay` read.
///
/// Thread: one at a time, never the gui's: it waits for the disk. Errors: those of SessionReader. A file that is still
/// being written is read as far as it was committed when it was opened.
#include "core/store/sessionreader.h"

namespace framescope {

class ReplayReader
{
public:
    [[nodiscard]] static Expected<std::unique_ptr<ReplayReader>> open(const QString& path);

    [[nodiscard]] const SessionInfo& info() const { return m_reader->info(); }
    [[nodiscard]] QString path() const { return m_reader->path(); }
    [[nodiscard]] const SessionReader::Extent& extent() const { return m_extent; }

    /// Goes to the next entry; false at the end. After an error: the same error again.
    [[nodiscard]] Expected<bool> advance();
    [[nodiscard]] bool isFrame() const { return m_isFrame; }
    /// Of the entry that it stands on.
    [[nodiscard]] quint64 seq() const { return isFrame() ? m_block->firstAuditSeq + m_index : event().seq; }
    [[nodiscard]] const AuditEvent& event() const { return m_events[m_eventAt]; }
    [[nodiscard]] const FrameHead& head() const { return m_block->heads[m_index]; }
    /// Whether the whole payload is in the file: not when the gate refused it, the policy was digests only, or its time
    /// was over.
    [[nodiscard]] bool hasPayload() const;
    /// Valid until the next advance().
    [[nodiscard]] QByteArrayView payload() const { return m_block->payloadOf(m_index); }

private:
    explicit ReplayReader(std::unique_ptr<SessionReader> reader, const SessionReader::Extent& extent);
    Expected<void> fetchBlock();
    Expected<void> fetchEvents();

    std::unique_ptr<SessionReader> m_reader;
    SessionReader::Extent m_extent;
    FrameBatchPtr m_block; ///< null behind the last one
    std::size_t m_index = 0;
    std::vector<AuditEvent> m_events; ///< a page of them; empty behind the last one
    std::size_t m_eventAt = 0;
    quint64 m_nextFrame = 1;
    quint64 m_nextEventSeq = 1;
    bool m_isFrame = false;
    bool m_hasStarted = false;
};

} // namespace framescope
