#pragma once
/// The nouns that flow: a frame's head (fixed size, no heap), its verdict, and the batch that is the only thing that
/// crosses threads.
///
/// A batch owns the bytes of its frames in one block and is immutable once it is shared, so that the session file,
/// metrics, window and outlets read the same memory without a lock and without a copy. Thread: filled on the stream
/// thread, judged on the pipeline's, then shared as FrameBatchPtr with any. Units: ns and bytes, in the names.
#include "core/base/sha256.h"
#include "core/frame/finding.h"
#include "core/frame/rawframe.h"

#include <QMetaType>
#include <array>
#include <memory>
#include <span>
#include <vector>

namespace framescope {

enum class Verdict : quint8
{
    Accepted = 0,
    Warned = 1,
    Refused = 2
};
/// Only Mismatch is a failure; NotDeclared is never shown as a pass.
enum class ChecksumState : quint8
{
    NotDeclared = 0,
    Verified = 1,
    Mismatch = 2
};

/// Type names of a session by TypeId. Copied when a name is added (rare), so that readers need no lock.
using TypeNames = std::vector<QByteArray>;
using TypeNamesPtr = std::shared_ptr<const TypeNames>;
using TypeId = quint16;
inline constexpr TypeId unknownType = 0; ///< TypeNames[0] is always ""

namespace FrameFlag {
inline constexpr quint8 PayloadKept = 1;  ///< the payload's bytes are in the batch or the session file
inline constexpr quint8 Decoded = 2;      ///< parsed as its type; false when the gate or an error came first
inline constexpr quint8 Simulated = 4;    ///< from the simulator
inline constexpr quint8 Replayed = 8;     ///< from a session file
inline constexpr quint8 JsonPayload = 16; ///< the payload is JSON text whatever its opcode
inline constexpr quint8 Control = 32;     ///< a message about the stream itself: heartbeat, pong, system topic, result
inline constexpr quint8 Masked = 64; ///< kept bytes were masked after they were judged; the digest is of the original
inline constexpr quint8 Imported = 128; ///< from another program's capture, or an export of our own
} // namespace FrameFlag

struct FrameHead
{
    quint64 number = 0;        ///< from 1, in order of arrival, without holes: what was received
    qint64 monoNs = 0;         ///< arrival
    qint64 wallNs = 0;         ///< arrival, UTC
    qint64 eventWallNs = 0;    ///< when the body says that it happened, UTC; 0 when it does not say
    quint64 sizeBytes = 0;     ///< of the message as received (UTF-8 for text)
    quint32 payloadOffset = 0; ///< in FrameBatch::payload
    quint32 payloadBytes = 0;  ///< kept bytes; 0 when the gate refused it or the policy is digest only. Of a payload
                               ///< that retention removed: what was kept until then
    quint32 parseNs = 0;       ///< arrival to verdict, saturating at about 4.29 s
    quint32 firstFinding = 0;  ///< in FrameBatch::findings
    ByteRange id;              ///< the message's own id inside the payload (raw JSON string content), may be null
    ByteRange subject;         ///< queue or agent inside the payload (raw JSON string content), may be null
    TypeId type = unknownType;
    quint16 findingCount = 0;
    quint16 connection = 0;
    quint16 attempt = 0;
    Opcode opcode = Opcode::Text;
    Direction direction = Direction::In;
    Verdict verdict = Verdict::Accepted;
    ChecksumState checksum = ChecksumState::NotDeclared;
    quint8 flags = 0;
};
static_assert(sizeof(FrameHead) <= 96, "a row head is a small fixed-size struct");

/// Which entry of the audit log says that retention removed payloads.
struct PayloadRemoval
{
    quint64 seq = 0; ///< 0: no entry says it
    qint64 wallNs = 0;
    QByteArray rule; ///< "age", "bytes", "frames"
};
using PayloadRemovalPtr = std::shared_ptr<const PayloadRemoval>;

struct FrameBatch
{
    std::vector<FrameHead> heads; ///< consecutive numbers, all of one audit sequence run
    std::vector<Sha256Digest>
        digests;                   ///< SHA-256 of each payload; parallel to heads. All zero when not computed (gate)
    std::vector<Finding> findings; ///< grouped by frame, in frame order
    std::vector<char> payload;     ///< payloads one after another, UTF-8 or binary
    /// Parallel to heads, or empty: SHA-256 of the kept bytes of those frames whose digest is of other bytes (masked).
    /// Needed where the audit chain must be computed without the payloads.
    std::vector<Sha256Digest> keptDigests;
    PayloadRemovalPtr removal; ///< set: the file has the payloads no more
    TypeNamesPtr types;
    quint64 firstAuditSeq = 0; ///< audit sequence number of heads[0]; heads[i] has firstAuditSeq + i

    [[nodiscard]] bool isEmpty() const { return heads.empty(); }
    [[nodiscard]] std::size_t size() const { return heads.size(); }
    [[nodiscard]] quint64 firstNumber() const { return heads.empty() ? 0 : heads.front().number; }
    [[nodiscard]] quint64 lastNumber() const { return heads.empty() ? 0 : heads.back().number; }
    /// Gives back what was reserved and is not used. Once, before the batch is shared.
    void shrink();
    /// Memory that the batch holds, with what is reserved, for bounded queues and caches.
    [[nodiscard]] std::size_t weightBytes() const;
    [[nodiscard]] QByteArrayView payloadOf(std::size_t index) const;
    /// The frame had a payload until retention removed it.
    [[nodiscard]] bool isPayloadRemoved(std::size_t index) const { return removal && heads[index].payloadBytes > 0; }
    [[nodiscard]] std::span<const Finding> findingsOf(std::size_t index) const;
    [[nodiscard]] QByteArrayView typeNameOf(std::size_t index) const;
    /// A range of frame @p index's payload; empty when it lies outside (a damaged file).
    [[nodiscard]] QByteArrayView rangeOf(std::size_t index, ByteRange range) const;
};
using FrameBatchPtr = std::shared_ptr<const FrameBatch>;

/// One frame by itself, with its own bytes: what a detail pane or a JSON line needs.
struct Frame
{
    FrameHead head; ///< payloadOffset and firstFinding are 0
    Sha256Digest digest{};
    QByteArray type;
    QByteArray payload;
    std::vector<Finding> findings;
    PayloadRemovalPtr removal; ///< set: retention removed the payload
    quint64 auditSeq = 0;

    [[nodiscard]] static Frame fromBatch(const FrameBatch& batch, std::size_t index);
};

[[nodiscard]] QLatin1String verdictName(Verdict verdict);           // "accepted", "warned", "refused"
[[nodiscard]] QLatin1String checksumStateName(ChecksumState state); // "not declared", "verified", "mismatch"
[[nodiscard]] QLatin1String opcodeName(Opcode opcode);              // "text", "binary"
[[nodiscard]] QLatin1String directionName(Direction direction);     // "in", "out"
/// The text of a raw JSON string content (escapes resolved); for bytes that are not JSON, the bytes as UTF-8.
[[nodiscard]] QString jsonStringText(QByteArrayView raw);

} // namespace framescope

Q_DECLARE_METATYPE(framescope::FrameBatchPtr)
