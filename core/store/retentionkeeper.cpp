#include "core/store/retentionkeeper.h"

#include "core/store/sessionschema.h"

namespace framescope {

namespace {

using namespace std::chrono_literals;

// So much of a limit goes at a time, so that the audit log does not get an event for each small block.
constexpr quint64 shareAtATime = 16;
constexpr quint64 mostBytesAtATime = 64 * 1024 * 1024;
constexpr quint64 mostFramesAtATime = 100'000;
constexpr qint64 ageShares = 32;
constexpr std::chrono::nanoseconds leastAgeStep = 1s;
constexpr std::chrono::nanoseconds mostAgeStep = 60s;

constexpr const char* selectFrom =
    "SELECT block.first_frame, frame_count, first_seq, payload_bytes, heads, NULL, NULL, NULL, length(bytes),"
    " last_mono_ns FROM payload CROSS JOIN block USING(first_frame) WHERE payload.first_frame >= ?1"
    " ORDER BY payload.first_frame";
constexpr const char* removePayloads = "DELETE FROM payload WHERE first_frame BETWEEN ?1 AND ?2";

quint64 slackOf(quint64 limit, quint64 most)
{
    return std::min(limit / shareAtATime, most);
}

} // namespace

RetentionKeeper::RetentionKeeper(const PayloadRetention& limits)
    : m_limits(limits)
    , m_ageStepNs(std::clamp<std::chrono::nanoseconds>(limits.age / ageShares, leastAgeStep, mostAgeStep).count())
{
}

void RetentionKeeper::blockWritten(const FrameBatch& block, quint64 diskBytes)
{
    m_newestFrame = block.lastNumber();
    m_counts.bytesKept += diskBytes;
    if (!m_limits.isOn() || diskBytes == 0)
        return;
    const Candidate written{block.firstNumber(), block.lastNumber(), block.heads.back().monoNs, diskBytes};
    if (!m_oldest)
        m_oldest = written;
    else if (m_plan && !m_plan->wasPassedOver && !m_plan->next)
        m_plan->next = written;
}

bool RetentionKeeper::isDue(qint64 monoNs)
{
    if (!m_limits.isOn() || m_plan)
        return false;
    if (m_mayBeFree)
        return true;
    const quint64 bytes = m_counts.bytesKept - m_bytesPassedOver;
    if (m_limits.bytes > 0 && bytes > m_limits.bytes)
        m_isShrinking = true;
    else if (bytes <= m_limits.bytes - slackOf(m_limits.bytes, mostBytesAtATime))
        m_isShrinking = false;
    if (!m_oldest)
        return false;
    if (m_limits.frames > 0 &&
        m_newestFrame - m_oldest->lastFrame >= m_limits.frames + slackOf(m_limits.frames, mostFramesAtATime))
        return true;
    if (m_limits.age > 0s && monoNs >= m_nextByAgeNs && ruleOf(*m_oldest, 0, monoNs) == Rule::Age)
        return true;
    return m_isShrinking;
}

/// Of a block that is older than all that are kept: why it goes, or None.
RetentionKeeper::Rule RetentionKeeper::ruleOf(const Candidate& block, quint64 removedBytes, qint64 monoNs) const
{
    if (m_limits.age > 0s && std::chrono::nanoseconds(monoNs - block.lastMonoNs) >= m_limits.age)
        return Rule::Age;
    if (m_limits.frames > 0 && m_newestFrame - block.lastFrame >= m_limits.frames)
        return Rule::Frames;
    const quint64 kept = m_counts.bytesKept - m_bytesPassedOver - removedBytes;
    const bool isOver = m_isShrinking && kept > m_limits.bytes - slackOf(m_limits.bytes, mostBytesAtATime);
    return isOver ? Rule::Bytes : Rule::None;
}

Expected<void> RetentionKeeper::take(Plan& plan, const Candidate& block, const BlockRow& row)
{
    const auto frames = m_decoder.framesWithPayload(row);
    if (!frames)
        return tl::unexpected(frames.error());
    if (plan.blocks == 0) {
        plan.rule = block.rule;
        plan.firstFrame = block.firstFrame;
    }
    plan.lastFrame = block.lastFrame;
    plan.frames += *frames;
    plan.payloadBytes += row.payloadBytes;
    plan.diskBytes += block.diskBytes;
    ++plan.blocks;
    return {};
}

/// A run of the oldest blocks, up to one that stays.
Expected<void> RetentionKeeper::planOldest(SqliteConnection& connection, const FrameMarks& marks, qint64 monoNs,
                                           Plan& plan)
{
    auto select = connection.prepare(selectFrom);
    if (!select)
        return tl::unexpected(select.error());
    select->bind(1, qint64(m_oldest->firstFrame));
    quint64 bytesPassedOver = 0;
    for (;;) {
        const Expected<bool> found = select->step();
        if (!found)
            return tl::unexpected(found.error());
        if (!*found)
            return {};
        const auto diskBytes = quint64(select->integer(8));
        const BlockRow row = blockRowOf(*select);
        Candidate block{row.firstFrame, row.firstFrame + row.frameCount - 1, select->integer(9), diskBytes};
        block.rule = ruleOf(block, plan.diskBytes + bytesPassedOver, monoNs);
        const bool isPassedOver = m_passedOver.count(block.firstFrame) > 0;
        if (isPassedOver && plan.blocks == 0)
            continue;
        const bool isMarked = isPassedOver || marks.hasAny({block.firstFrame, block.lastFrame});
        if (block.rule != Rule::None && isMarked && plan.blocks == 0) {
            plan.passedOver.emplace(block.firstFrame, block);
            bytesPassedOver += diskBytes;
            continue;
        }
        const bool isFull = plan.blocks >= workBlocks || plan.diskBytes >= workBytes;
        const bool isOther = plan.blocks > 0 && block.rule != plan.rule;
        if (block.rule == Rule::None || isMarked || isFull || isOther) {
            plan.next = block;
            return {};
        }
        if (auto taken = take(plan, block, row); !taken)
            return taken;
    }
}

/// A run of blocks that were passed over, for the same rule, and have no mark any more.
Expected<void> RetentionKeeper::planFreed(SqliteConnection& connection, const FrameMarks& marks, Plan& plan)
{
    const auto isFree = [&marks](const auto& entry) {
        return !marks.hasAny({entry.second.firstFrame, entry.second.lastFrame});
    };
    const auto freed = std::find_if(m_passedOver.begin(), m_passedOver.end(), isFree);
    m_mayBeFree = freed != m_passedOver.end();
    if (!m_mayBeFree)
        return {};
    auto select = connection.prepare(selectFrom);
    if (!select)
        return tl::unexpected(select.error());
    select->bind(1, qint64(freed->first));
    for (auto block = freed; block != m_passedOver.end() && isFree(*block); ++block) {
        const bool isFull = plan.blocks >= workBlocks || plan.diskBytes >= workBytes;
        if (plan.blocks > 0 && (isFull || block->first != plan.lastFrame + 1 || block->second.rule != plan.rule))
            break;
        const Expected<bool> found = select->step();
        if (!found)
            return tl::unexpected(found.error());
        if (!*found)
            break;
        plan.wasPassedOver = true;
        if (auto taken = take(plan, block->second, blockRowOf(*select)); !taken)
            return taken;
    }
    return {};
}

Expected<std::optional<AuditEvent>> RetentionKeeper::propose(SqliteConnection& connection, const FrameMarks& marks,
                                                             qint64 monoNs)
{
    if (marks.passedOver() > 0) // nobody knows what else is marked
        return std::optional<AuditEvent>();
    Plan plan;
    if (m_mayBeFree) {
        if (auto planned = planFreed(connection, marks, plan); !planned)
            return tl::unexpected(planned.error());
    }
    if (plan.blocks == 0 && m_oldest) {
        if (auto planned = planOldest(connection, marks, monoNs, plan); !planned)
            return tl::unexpected(planned.error());
        passOver(plan.passedOver);
        if (plan.blocks == 0)
            m_oldest = plan.next;
    }
    if (plan.blocks == 0)
        return std::optional<AuditEvent>();
    m_plan = std::move(plan);
    return std::optional<AuditEvent>(eventOf(*m_plan));
}

void RetentionKeeper::passOver(const std::map<quint64, Candidate>& blocks)
{
    for (const auto& [firstFrame, block] : blocks) {
        if (m_passedOver.emplace(firstFrame, block).second)
            m_bytesPassedOver += block.diskBytes;
    }
}

AuditEvent RetentionKeeper::eventOf(const Plan& plan) const
{
    QString name;
    qint64 limit = 0;
    switch (plan.rule) {
    case Rule::Age:
        name = QStringLiteral("age");
        limit = m_limits.age.count();
        break;
    case Rule::Frames:
        name = QStringLiteral("frames");
        limit = qint64(m_limits.frames);
        break;
    case Rule::Bytes:
    case Rule::None:
        name = QStringLiteral("bytes");
        limit = qint64(m_limits.bytes);
    }
    return auditEvent(AuditAction::PayloadsRemoved, Severity::Note,
                      QStringLiteral("frames %1 to %2").arg(plan.firstFrame).arg(plan.lastFrame),
                      {{QStringLiteral("rule"), name},
                       {QStringLiteral("limit"), limit},
                       {QStringLiteral("first_frame"), qint64(plan.firstFrame)},
                       {QStringLiteral("last_frame"), qint64(plan.lastFrame)},
                       {QStringLiteral("frames"), qint64(plan.frames)},
                       {QStringLiteral("payload_bytes"), qint64(plan.payloadBytes)},
                       {QStringLiteral("bytes"), qint64(plan.diskBytes)}});
}

void RetentionKeeper::cancel()
{
    m_plan.reset();
}

Expected<void> RetentionKeeper::carryOut(SqliteConnection& connection)
{
    if (!m_plan)
        return failure(ErrorCode::Storage, QStringLiteral("a removal of payloads was recorded that nobody proposed"));
    const Plan plan = *std::exchange(m_plan, std::nullopt);
    auto update = connection.prepare(removePayloads);
    if (!update)
        return tl::unexpected(update.error());
    update->bind(1, qint64(plan.firstFrame));
    update->bind(2, qint64(plan.lastFrame));
    if (auto done = update->run(); !done)
        return done;
    m_counts.framesRemoved += plan.frames;
    m_counts.bytesRemoved += plan.diskBytes;
    m_counts.bytesKept -= plan.diskBytes;
    if (plan.wasPassedOver) {
        m_passedOver.erase(m_passedOver.lower_bound(plan.firstFrame), m_passedOver.upper_bound(plan.lastFrame));
        m_bytesPassedOver -= plan.diskBytes;
        m_mayBeFree = !m_passedOver.empty();
        return {};
    }
    m_oldest = plan.next;
    const qint64 nowNs = monotonicNs();
    if (plan.rule == Rule::Age && !(m_oldest && ruleOf(*m_oldest, 0, nowNs) == Rule::Age))
        m_nextByAgeNs = nowNs + m_ageStepNs;
    return {};
}

} // namespace framescope
