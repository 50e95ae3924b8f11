#pragma once
/// Recomputes the audit chain of one log from what its file holds, entry by entry, and says what the first thing is
/// that does not fit.
///
/// It is fed in order of sequence numbers by whoever reads the file (core/store/sessionverify.h) and keeps no more
/// than the entry at hand. It shares the canonical form with the writer; tests/support/verify_session.py is the
/// verifier that shares nothing.
/// Thread: one. Errors: none; everything is a fault of the log.
#include "core/audit/checkpoint.h"
#include "core/audit/entryhasher.h"

#include <functional>
#include <optional>

namespace framescope {

/// What is wrong, at the first place where something is.
enum class ChainFault
{
    None,
    NoChain,           ///< the file is of a format that has none
    IdentityChanged,   ///< what the file says of itself is not what its chain began with
    Unreadable,        ///< the entry cannot be decoded
    Changed,           ///< the entry is not the one that was recorded: changed, or another one in its place
    PayloadChanged,    ///< the entry is right, the payload is not the one that its digest is of, or is there again
                       ///< although the log says that it was removed
    PayloadMissing,    ///< the payload was taken out, and no entry says that retention removed it
    OverviewChanged,   ///< the block's columns for overviews do not say what its frames are
    Missing,           ///< sequence numbers are missing
    Inserted,          ///< an entry that was not recorded stands between two that were
    Reordered,         ///< two entries have changed places
    Remade,            ///< the entries fit each other, but not the checkpoint that was signed over them
    CheckpointForged,  ///< its signature does not fit
    CheckpointMissing, ///< one or more signed checkpoints were taken out
    WrongKey,          ///< signed with another key than the expected one, or than the log names
    EndChanged,        ///< when and whether the recording ended is not what its last checkpoint says
    Unsigned,          ///< entries were added after the end, and nobody signed them
    TailMissing,       ///< it ends before a checkpoint or an anchor: the tail was cut or an older copy put back
    NotSigned,         ///< nobody signed anything: anybody could have made all of it anew
    AnchorDiffers      ///< the entry that the anchor names is another one here
};

struct ChainReport
{
    ChainFault fault = ChainFault::None;
    quint64 firstBadSeq = 0;   ///< 0: it is not an entry
    quint64 lastBadSeq = 0;    ///< where the fault can only be placed in a range: its end
    quint64 badCheckpoint = 0; ///< of faults of checkpoints: its number

    quint64 lastSeq = 0; ///< of the entries that are there and fit
    quint64 frames = 0;
    quint64 events = 0;
    quint64 payloadsRemoved = 0; ///< of frames: by retention, and the log says so
    quint64 checkpoints = 0;
    quint64 provenSeq = 0; ///< up to here a signature covers all
    Sha256Digest head{};   ///< hash of the entry lastSeq
    std::optional<PublicKey> key;
    bool isKeyExpected = false; ///< the key is the one that the caller named
    bool isEnded = false;       ///< the recording ended in order; false is a fact, not a fault
    quint64 anchorsMet = 0;     ///< of those that the caller named

    [[nodiscard]] bool isSound() const { return fault == ChainFault::None; }
};

class ChainVerifier
{
public:
    struct Log
    {
        Sha256Digest genesis{};       ///< computed from what the file says of itself
        Sha256Digest storedGenesis{}; ///< as the file has it
        QByteArray publicKey;         ///< 32 bytes; empty: nothing is signed
        qint64 endedWallNs = 0;
    };
    /// What is known from elsewhere about an entry of this log.
    struct Known
    {
        quint64 seq = 0;        ///< 0: it is not known which entry
        QByteArray hash;        ///< 8 bytes or more of the beginning of its hash
        quint64 checkpoint = 0; ///< so many checkpoints there were
    };
    struct Expectation
    {
        std::optional<PublicKey> key;
        std::vector<Known> anchors;
    };
    /// A block as it stands in the file.
    struct Block
    {
        FrameBatchPtr frames;
        QByteArray links;
        QByteArray chain;
        bool isOverviewRight = true;
        /// An entry of the log, after the block, says that retention removed its payloads. FrameBatch::removal says
        /// that they are missing.
        bool isRemovalTold = false;
    };
    /// @p nextCheckpoint gives the file's checkpoints in order of their numbers, then none.
    ChainVerifier(Log log, Expectation expectation, std::function<std::optional<Checkpoint>()> nextCheckpoint);

    /// The sequence number that must come next.
    [[nodiscard]] quint64 nextSeq() const { return expectedSeq() + (m_suspect ? 1 : 0); }
    /// So many entries fit.
    [[nodiscard]] quint64 lastSeq() const { return m_report.lastSeq; }
    /// Each false when there is nothing more to find out.
    [[nodiscard]] bool add(const EventEntry& event, const QByteArray& chain);
    [[nodiscard]] bool add(const Block& block);
    [[nodiscard]] bool addUnreadable();
    [[nodiscard]] ChainReport finish();

private:
    /// An entry as it would be hashed so many places on; @p isRenumbered: a frame has another number there as well.
    using Rehash = std::function<Sha256Digest(const Sha256Digest& previous, qint64 shift, bool isRenumbered)>;
    struct Suspect
    {
        QByteArray stored;
        Rehash rehash;
    };

    void fail(ChainFault fault, quint64 first, quint64 last = 0);
    void failCheckpoint(ChainFault fault, quint64 number);
    [[nodiscard]] quint64 expectedSeq() const { return m_report.lastSeq + 1; }
    [[nodiscard]] bool isInPlace(quint64 seq);
    [[nodiscard]] bool advance(const Sha256Digest& hash);
    [[nodiscard]] bool doubt(QByteArrayView stored, const Rehash& rehash);
    [[nodiscard]] bool meetCheckpoints();
    [[nodiscard]] bool meetAnchors();
    void loadCheckpoint();
    [[nodiscard]] Rehash rehashOf(const FrameBatchPtr& frames, std::size_t index);
    [[nodiscard]] ChainFault faultOf(const Checkpoint& checkpoint) const;
    void judgeEnd();
    void judgeAnchors();

    const Log m_log;
    const Expectation m_expectation;
    const std::function<std::optional<Checkpoint>()> m_nextCheckpoint;
    EntryHasher m_hasher;
    ChainReport m_report;
    std::optional<Suspect> m_suspect; ///< an entry that does not fit, until the next one tells more about it
    std::optional<Checkpoint> m_pending;
    std::optional<Checkpoint> m_last; ///< the last one that fits
    /// The first one, while entries are still looked at: what is wrong with an entry says more.
    ChainFault m_checkpointFault = ChainFault::None;
    quint64 m_faultyCheckpoint = 0;
    std::vector<bool> m_isAnchorMet;
    qint64 m_stopWallNs = 0;
    bool m_isAnyKeyNamed = false; ///< an entry says that a key signs from there on
    bool m_isKeyNamed = false;    ///< and it is the file's key
};

} // namespace framescope
