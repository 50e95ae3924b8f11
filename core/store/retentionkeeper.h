#pragma once
/// Decides which payloads of the session file that is being written go next, and takes them out.
///
/// A removal is first proposed: an event that names a run of frames. It goes the way of all events, so that everybody
/// sees it in order; when it comes to be written, the payloads of that run are removed in the same transaction. A block
/// with a marked frame is passed over, and comes again when the mark is taken away.
/// Memory: the blocks that were passed over, nothing else; the file itself is asked. Work: one proposal at a time, of
/// workBlocks and workBytes at most. Thread: that of the file's connection. Errors: Storage.
#include "core/frame/framemarks.h"
#include "core/store/blockcodec.h"
#include "core/store/sessionfile.h"
#include "core/store/sqlite.h"

#include <map>
#include <optional>

namespace framescope {

class RetentionKeeper
{
public:
    static constexpr int workBlocks = 256;
    static constexpr quint64 workBytes = 32 * 1024 * 1024;

    struct Counts
    {
        quint64 framesRemoved = 0;
        quint64 bytesRemoved = 0; ///< on the disk
        quint64 bytesKept = 0;    ///< on the disk
    };

    explicit RetentionKeeper(const PayloadRetention& limits);

    /// A block was inserted, with @p diskBytes of payloads (0: none).
    void blockWritten(const FrameBatch& block, quint64 diskBytes);
    /// Marks were taken away: blocks that were passed over may go now.
    void marksRemoved() { m_mayBeFree = !m_passedOver.empty(); }
    [[nodiscard]] bool isDue(qint64 monoNs);
    [[nodiscard]] bool hasProposal() const { return m_plan.has_value(); }
    /// The event of the next removal; nothing when there is nothing to remove after all.
    [[nodiscard]] Expected<std::optional<AuditEvent>> propose(SqliteConnection& connection, const FrameMarks& marks,
                                                              qint64 monoNs);
    /// The proposal will not be carried out.
    void cancel();
    /// Takes out what was proposed, in the caller's transaction, which holds the event already.
    [[nodiscard]] Expected<void> carryOut(SqliteConnection& connection);
    [[nodiscard]] const Counts& counts() const { return m_counts; }
    /// What was removed stands in pages that nobody uses. With an age limit SQLite has overwritten it already.
    [[nodiscard]] bool leavesFreePages() const { return m_counts.bytesRemoved > 0 && m_limits.age.count() == 0; }

private:
    enum class Rule
    {
        None,
        Age,
        Bytes,
        Frames
    };
    struct Candidate
    {
        quint64 firstFrame = 0;
        quint64 lastFrame = 0;
        qint64 lastMonoNs = 0;
        quint64 diskBytes = 0;
        Rule rule = Rule::None;
    };
    struct Plan
    {
        Rule rule = Rule::None;
        quint64 firstFrame = 0;
        quint64 lastFrame = 0;
        quint64 frames = 0;
        quint64 payloadBytes = 0; ///< before compression
        quint64 diskBytes = 0;
        int blocks = 0;
        bool wasPassedOver = false;
        std::map<quint64, Candidate> passedOver; ///< on the way
        std::optional<Candidate> next;           ///< what is oldest then
    };

    [[nodiscard]] Rule ruleOf(const Candidate& block, quint64 removedBytes, qint64 monoNs) const;
    [[nodiscard]] Expected<void> planOldest(SqliteConnection& connection, const FrameMarks& marks, qint64 monoNs,
                                            Plan& plan);
    [[nodiscard]] Expected<void> planFreed(SqliteConnection& connection, const FrameMarks& marks, Plan& plan);
    [[nodiscard]] Expected<void> take(Plan& plan, const Candidate& block, const BlockRow& row);
    void passOver(const std::map<quint64, Candidate>& blocks);
    [[nodiscard]] AuditEvent eventOf(const Plan& plan) const;

    const PayloadRetention m_limits;
    const qint64 m_ageStepNs; ///< removals by age are this far apart
    Counts m_counts;
    quint64 m_bytesPassedOver = 0; ///< of m_counts.bytesKept
    quint64 m_newestFrame = 0;
    std::optional<Candidate> m_oldest; ///< the oldest block that may go; nothing: there is none
    std::map<quint64, Candidate> m_passedOver;
    bool m_mayBeFree = false;
    bool m_isShrinking = false; ///< was over the limit of bytes, and goes on a bit below it
    qint64 m_nextByAgeNs = 0;
    std::optional<Plan> m_plan;
    BlockDecoder m_decoder;
};

} // namespace framescope
