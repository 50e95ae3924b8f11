#pragma once
/// What the audit log of a session file says about payloads that retention removed: the entries `payloads-removed`.
/// Room-private. Thread: as the connection's. Errors: Storage. Memory: about 100 bytes an entry.
#include "core/frame/frame.h"
#include "core/frame/framemarks.h"
#include "core/store/sqlite.h"

#include <map>

namespace framescope {

/// The frames that the detail of such an entry names; nothing when it is damaged.
[[nodiscard]] std::optional<FrameSpan> removedFrames(const QByteArray& detail);

class RemovedPayloads
{
public:
    /// The entries that came since the last call, too.
    [[nodiscard]] Expected<void> readOn(SqliteConnection& connection);
    /// The entry that says why the block of frames @p first to @p last, whose last entry is @p lastSeq, has no
    /// payloads; null when there is none. It must hold the whole block and come after it. Ranges of different entries
    /// do not overlap: of those that begin at or before the block, the one that begins last counts.
    [[nodiscard]] PayloadRemovalPtr entryOf(quint64 first, quint64 last, quint64 lastSeq) const;

    [[nodiscard]] quint64 frames() const { return m_frames; }
    [[nodiscard]] quint64 bytes() const { return m_bytes; }

private:
    struct Entry
    {
        quint64 last = 0;
        PayloadRemovalPtr removal;
    };
    std::map<quint64, Entry> m_entries; ///< by first frame
    quint64 m_lastSeq = 0;
    quint64 m_frames = 0;
    quint64 m_bytes = 0;
};

} // namespace framescope
