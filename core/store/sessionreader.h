#pragma once
/// Reads a session file, also while it is being written, by key and in short read transactions.
///
/// Blocks come back as FrameBatch, the same noun that flows live, so that a view needs one kind of row.
/// Of a block whose payloads retention removed, FrameBatch::removal says which entry of the audit log tells it; its
/// frames are then as those of which none was kept, and places in the payload (id, subject) are gone with it.
/// A foreign or damaged file gives an Error, never a crash: sizes are checked before anything is allocated.
/// Thread: one at a time; open one reader a thread. May wait for the disk, so never on the gui thread.
#include "core/frame/framemarks.h"
#include "core/store/sessionfile.h"

#include <memory>
#include <vector>

namespace framescope {

class SessionReader
{
public:
    [[nodiscard]] static Expected<std::unique_ptr<SessionReader>> open(const QString& path);
    ~SessionReader();
    SessionReader(const SessionReader&) = delete;
    SessionReader& operator=(const SessionReader&) = delete;

    [[nodiscard]] const SessionInfo& info() const;
    [[nodiscard]] QString path() const;

    /// Committed so far; grows while the session is being written.
    struct Extent
    {
        quint64 frames = 0;  ///< highest frame number
        quint64 lastSeq = 0; ///< highest audit sequence number
    };
    [[nodiscard]] Expected<Extent> extent();

    /// The block that holds frame @p number, whole. NotFound when it is not committed (yet).
    [[nodiscard]] Expected<FrameBatchPtr> blockOfFrame(quint64 number);
    /// Blocks in order: the first block whose last frame is >= @p number; null at the end.
    [[nodiscard]] Expected<FrameBatchPtr> nextBlock(quint64 number);
    /// Events with seq in [from, to], in order, at most @p limit.
    [[nodiscard]] Expected<std::vector<AuditEvent>> events(quint64 fromSeq, quint64 toSeq, int limit);
    /// What is marked, as the audit log tells it.
    [[nodiscard]] Expected<FrameMarksPtr> marks();
    /// What retention has removed so far, as the audit log says it.
    struct Removed
    {
        quint64 frames = 0; ///< that had a payload
        quint64 bytes = 0;  ///< as they stood on the disk
    };
    [[nodiscard]] Expected<Removed> removedPayloads();
    /// Number of events (frames not counted).
    [[nodiscard]] Expected<quint64> eventCount();
    /// The block that holds audit sequence number @p seq; null when that number is an event. NotFound when not
    /// committed.
    [[nodiscard]] Expected<FrameBatchPtr> blockOfSeq(quint64 seq);

private:
    struct Private;
    explicit SessionReader(std::unique_ptr<Private> priv);
    std::unique_ptr<Private> d;
};

} // namespace framescope
