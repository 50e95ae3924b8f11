#pragma once
/// A signed statement about the audit chain: "entry `seq` of this log had the hash `head`, at this time". The signed
/// bytes are described in core/audit/README.md.
///
/// Thread: any; values and pure functions.
#include "core/audit/signingkey.h"
#include "core/base/clock.h"

#include <chrono>

namespace framescope {

enum class CheckpointReason : quint8
{
    Start = 1,    ///< the key began to sign here
    Periodic = 2, ///< at a commit with 1000 entries or 60 s since the last one
    Stop = 3,     ///< the recording ended in order
    Export = 4    ///< an export was recorded
};

/// A checkpoint is due at the first commit with so many entries, or so much time, since the last one.
inline constexpr quint64 checkpointEntries = 1000;
inline constexpr std::chrono::seconds checkpointInterval{60};

using BootId = std::array<unsigned char, 16>;

struct Checkpoint
{
    quint64 number = 0; ///< from 1 without holes
    CheckpointReason reason = CheckpointReason::Periodic;
    quint64 seq = 0; ///< of the last entry that it covers
    Sha256Digest head{};
    Instant at;
    BootId boot{};           ///< of the system run that `at.monoNs` belongs to
    Sha256Digest previous{}; ///< SHA-256 of the signed bytes of the checkpoint before; zeros for the first
    Sha256Digest keyId{};
    Ed25519Signature signature{};
};

/// What is signed; binds the log by its @p genesis.
[[nodiscard]] QByteArray signedBytes(const Checkpoint& checkpoint, const Sha256Digest& genesis);
/// What the next one cites.
[[nodiscard]] Sha256Digest citationOf(const Checkpoint& checkpoint, const Sha256Digest& genesis);

/// The kernel's id of this system run (Linux: /proc/sys/kernel/random/boot_id); zeros where it says none.
[[nodiscard]] BootId currentBootId();

} // namespace framescope
