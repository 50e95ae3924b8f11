#pragma once
/// The storage thread's side of a session file: frames and events in sequence order into blocks, rows and group
/// commits.
///
/// Thread: the storage thread (made before it starts, ended after it). Errors: the first one stops it for good; what
/// was committed before stays.
#include "core/frame/auditevent.h"
#include "core/store/blockbuilder.h"
#include "core/store/blockcodec.h"
#include "core/store/chainkeeper.h"
#include "core/store/retentionkeeper.h"
#include "core/store/sessionschema.h"

#include <optional>

namespace framescope {

/// Which file a path names, whatever it is called.
struct FileIdentity
{
    quint64 device = 0;
    quint64 inode = 0;

    friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

class SessionStorage
{
public:
    /// @p anchorFolder as for SessionWriter::create().
    [[nodiscard]] static Expected<std::unique_ptr<SessionStorage>> create(const QString& path, const SessionInfo& info,
                                                                          const QString& anchorFolder);

    [[nodiscard]] Expected<void> write(const FrameBatch& batch);
    [[nodiscard]] Expected<void> write(const AuditEvent& event);
    /// Seals the block and commits: what was written so far is on the disk.
    [[nodiscard]] Expected<void> commit();
    /// Commits, overwrites what was removed, marks the session as ended and folds the WAL into the file. Where only the
    /// overwriting failed, all the rest was done when that error comes.
    [[nodiscard]] Expected<void> finish();
    /// The key that signs from here on; right after the event that names it. Only the first one that is given counts.
    [[nodiscard]] Expected<void> useKey(std::shared_ptr<const SigningKey> key);
    /// A signed checkpoint should be committed now.
    [[nodiscard]] bool isCheckpointDue() const { return m_chain.isDue(monotonicNs()); }
    /// Payloads should go: propose() says which. The event that it gives must then be written, or cancelRemoval()
    /// called; writing it removes them.
    [[nodiscard]] bool isRemovalDue() { return m_retention.isDue(monotonicNs()); }
    [[nodiscard]] Expected<std::optional<AuditEvent>> proposeRemoval(const FrameMarks& marks)
    {
        return m_retention.propose(m_connection, marks, monotonicNs());
    }
    void cancelRemoval() { m_retention.cancel(); }
    [[nodiscard]] const RetentionKeeper::Counts& retention() const { return m_retention.counts(); }
    /// How blocks are packed from now on.
    void setPacking(Packing packing) { m_packing = packing; }
    /// Forgets what was not committed.
    void abandon();
    /// Fails when the file, or the WAL that holds its last commits, is no longer at its path.
    [[nodiscard]] Expected<void> checkFileIsThere();

    [[nodiscard]] bool hasUncommitted() const { return m_uncommittedBytes > 0; }
    [[nodiscard]] std::size_t uncommittedBytes() const { return m_uncommittedBytes; }
    [[nodiscard]] quint64 uncommittedFrames() const { return m_arrivals.size(); }
    /// Arrivals of the frames that the next commit makes durable.
    [[nodiscard]] const std::vector<qint64>& uncommittedArrivals() const { return m_arrivals; }
    [[nodiscard]] quint64 lastSeq() const { return m_lastSeq; }
    [[nodiscard]] const std::optional<Error>& anchorError() const { return m_chain.anchorError(); }
    /// Database and WAL.
    [[nodiscard]] qint64 fileBytes() const;

private:
    SessionStorage(QString path, SqliteConnection connection, const SessionInfo& info, ChainKeeper chain);
    [[nodiscard]] Expected<void> prepare();
    [[nodiscard]] Expected<void> begin();
    [[nodiscard]] Expected<void> seal();
    /// @p names by the ids of @p block; for @p sessionTypes see BlockEncoder::encode().
    [[nodiscard]] Expected<void> writeBlock(const FrameBatch& block, const TypeNames& names,
                                            std::span<const TypeId> sessionTypes);
    [[nodiscard]] Expected<void> insertBlock(const BlockRow& row, const FrameBatch& block);
    [[nodiscard]] Expected<void> insertTypeNames();

    const QString m_path;
    const QByteArray m_encodedPath;
    FileIdentity m_file;
    FileIdentity m_wal;
    SqliteConnection m_connection;
    SqliteStatement m_insertBlock;
    SqliteStatement m_insertPayload;
    SqliteStatement m_insertEvent;
    SqliteStatement m_insertType;
    ChainKeeper m_chain;
    BlockBuilder m_builder;
    RetentionKeeper m_retention;
    BlockEncoder m_encoder;
    Packing m_packing = Packing::Small;
    std::size_t m_typesWritten = 0;
    std::size_t m_uncommittedBytes = 0;
    std::vector<qint64> m_arrivals;
    quint64 m_lastSeq = 0;
};

} // namespace framescope
