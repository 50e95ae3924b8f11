#pragma once
/// Writes a session to its file, off the pipeline thread and in order.
///
/// A sink: consume* puts into a bounded queue and waits when it is full, so that the socket is held back and nothing is
/// lost. Batches are sealed into blocks (column-wise heads, payloads compressed with zstd) and committed in groups at
/// least every commitInterval with synchronous=FULL: what status().durableSeq says is on the disk.
/// Thread: made, opened and closed anywhere (one thread at a time); consume* on the pipeline thread; append() of events
/// and status() from any. Its own std::thread does all SQLite work.
/// Errors: the first storage error is kept in status().error and returned by close(); from then on frames are counted
/// as dropped, never silently taken, and nothing waits any more.
#include "core/audit/signingkey.h"
#include "core/frame/framesink.h"
#include "core/store/sessionfile.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace framescope {

struct WriterStatus
{
    quint64 queuedSeq = 0;     ///< last sequence number given out
    quint64 durableSeq = 0;    ///< last one that is committed
    quint64 framesDropped = 0; ///< not written because storage failed
    qint64 fileBytes = 0;      ///< database and WAL
    std::size_t queueBytes = 0;
    std::size_t queueHighWater = 0;
    qint64 durableP50Ns = 0; ///< arrival to commit
    qint64 durableP99Ns = 0;
    qint64 durableMaxNs = 0;
    quint64 payloadsRemoved = 0;     ///< frames whose payloads retention has removed
    quint64 payloadBytesRemoved = 0; ///< as they stood on the disk
    quint64 payloadBytesKept = 0;
    std::optional<Error> error;
    /// Why the last checkpoint is not kept outside the file too; the recording itself is not touched by it.
    std::optional<Error> anchorError;
};

class SessionWriter final : public FrameSink
{
public:
    static constexpr std::chrono::milliseconds commitInterval{250};
    static constexpr std::size_t queueCapacityBytes = 36 * 1024 * 1024;

    /// Creates @p path (0600, its folder 0700 when it has to be made). Errors: Busy when it is being written by another
    /// process, Storage or Io otherwise; an existing session file is never overwritten: Storage. The last checkpoint of
    /// the audit chain is kept in @p anchorFolder too; empty: nowhere.
    [[nodiscard]] static Expected<std::unique_ptr<SessionWriter>> create(const QString& path, const SessionInfo& info,
                                                                         const QString& anchorFolder = {});
    ~SessionWriter() override;

    /// Gives @p event the next sequence number and queues it. Thread: any.
    quint64 append(AuditEvent event);
    /// Gives @p batch its sequence numbers and queues it. Call before any other sink sees the batch. Thread: pipeline.
    void append(const std::shared_ptr<FrameBatch>& batch);

    /// Appends the event that names @p key and @p place, where it lives; from that entry on checkpoints of the audit
    /// chain are signed with it. Once; until then, and without it, the chain is unsigned. Thread: any.
    AuditEvent useSigningKey(std::shared_ptr<const SigningKey> key, const QString& place);

    void consumeBatch(const FrameBatchPtr& batch) override; ///< the batch was already numbered: queues it as it is
    void consumeEvent(const AuditEvent& event) override;

    /// Called on the storage thread when payloads are to be removed (SessionInfo::retention), with the event that says
    /// so: it is to be given to append() in order with all others, which numbers it, or returns 0 when a mark came in
    /// between, and then nothing is removed yet. Without a callback the writer does that itself. A block with a frame
    /// that an event `marked` keeps its payloads. Set before the first append().
    void onRemoval(std::function<void(const AuditEvent&)> callback);
    /// Called on the storage thread after the first storage error.
    void onError(std::function<void(const Error&)> callback);
    [[nodiscard]] WriterStatus status() const;
    [[nodiscard]] QString path() const;
    /// Drains, writes the end time, checkpoints to a single file. Blocks until done. Idempotent.
    [[nodiscard]] Expected<void> close();

private:
    struct Private;
    explicit SessionWriter(std::unique_ptr<Private> priv);
    std::unique_ptr<Private> d;
};

} // namespace framescope
