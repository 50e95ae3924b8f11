#pragma once
/// Keeps the audit chain of the one session file that is being written: hashes what is stored, signs checkpoints, and
/// remembers the last one outside the file.
///
/// Checkpoints stand at commits, in the same transaction as what they cover: at the first commit with checkpointEntries
/// or checkpointInterval since the last one, where the key begins to sign, at an export and at the end. So never more
/// than checkpointEntries - 1 committed entries are unsigned, and one checkpoint covers what one commit holds.
/// Thread: that of the file's connection. Errors: Storage, Keychain (signing). A failed anchor is no error of the
/// recording: it is kept in anchorError().
#include "core/audit/anchorbook.h"
#include "core/audit/entryhasher.h"
#include "core/store/sqlite.h"

namespace framescope {

class ChainKeeper
{
public:
    /// Where the chain stands: at its beginning for a file that was just made.
    struct Position
    {
        QByteArray sessionId;
        Sha256Digest genesis{};
        Sha256Digest head{};
        quint64 seq = 0;
        std::optional<Checkpoint> last; ///< the newest checkpoint of the file
        bool isEnded = false;           ///< the recording is over: what comes now is added afterwards
    };
    ChainKeeper(Position position, AnchorBook anchors, QString sessionPath);

    /// Hashes the frames of @p block in order; links() is then of them. Type names by the ids that the block has.
    void add(const FrameBatch& block, const TypeNames& names);
    void add(const EventEntry& event);
    [[nodiscard]] QByteArrayView head() const;
    [[nodiscard]] QByteArrayView links() const;

    /// From the next checkpoint on @p key signs.
    void useKey(std::shared_ptr<const SigningKey> key);
    [[nodiscard]] bool hasKey() const { return m_key != nullptr; }
    [[nodiscard]] bool isDue(qint64 monoNs) const;
    /// Signs the head and inserts the row, inside the caller's transaction. Without a key: nothing.
    [[nodiscard]] Expected<void> sign(SqliteConnection& connection, CheckpointReason reason, Instant at);
    /// The caller's transaction is on the disk: what was signed in it becomes the anchor.
    void committed();
    [[nodiscard]] const std::optional<Error>& anchorError() const { return m_anchorError; }

private:
    void append(const Sha256Digest& hash);

    Position m_at;
    EntryHasher m_hasher;
    const AnchorBook m_anchors;
    const QString m_sessionPath;
    const BootId m_boot;
    std::shared_ptr<const SigningKey> m_key;
    std::vector<char> m_links;
    bool m_anchorIsOld = false;
    qint64 m_anchorDurableAtNs = 0;
    std::optional<Error> m_anchorError;
};

inline constexpr const char* insertEventSql =
    "INSERT INTO audit_event(seq, wall_ns, mono_ns, severity, action, connection, attempt, object, detail, chain)"
    " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)";
/// All but the chain, which is the tenth. @p entry must stay as it is until the statement is reset.
void bindEvent(SqliteStatement& insert, const EventEntry& entry);
/// Where the chain of a finished file stands. Errors: Storage when there is no chain, or rows of it are damaged.
[[nodiscard]] Expected<ChainKeeper::Position> chainPositionOf(SqliteConnection& connection);
/// Checkpoint rows in order, from @p number on; the statement gives one at each step().
inline constexpr const char* selectCheckpoints =
    "SELECT number, reason, seq, head, wall_ns, mono_ns, boot, previous, key_id, signature FROM checkpoint"
    " WHERE number >= ?1 ORDER BY number";
/// The row that @p statement stands on; blobs of a wrong size are zeros, which no signature fits.
[[nodiscard]] Checkpoint checkpointRow(SqliteStatement& statement);

} // namespace framescope
