#pragma once
/// The session file (`.framescope`): one SQLite file with application id and version. What its tables hold is described
/// in core/store/README.md; the constants here are the promise.
#include "core/base/error.h"
#include "core/frame/frame.h"

#include <QByteArray>
#include <QString>
#include <chrono>

namespace framescope {

inline constexpr int sessionApplicationId = 0x4653434F; ///< "FSCO"
/// 2: frames have event times. 3: the audit chain. 4: payloads may have been removed. All before are read.
inline constexpr int sessionFormatVersion = 4;

enum class PayloadPolicy
{
    Full,
    DigestOnly,
    Redacted ///< without the values that the session's rules name; what cannot be searched for them: its digest only
};
/// "full", "digest-only", "redacted": as the file and the manifest of an export say it.
[[nodiscard]] constexpr const char* payloadPolicyName(PayloadPolicy policy)
{
    return policy == PayloadPolicy::Full ? "full" : policy == PayloadPolicy::Redacted ? "redacted" : "digest-only";
}

/// How much of the payloads a session keeps while it is recorded; 0: no limit. They go oldest first, whole blocks at a
/// time; what was said about a frame (verdict, findings, digest) stays, and so does the payload of a marked frame.
struct PayloadRetention
{
    std::chrono::seconds age{0}; ///< since arrival, by the monotonic clock: time asleep does not count
    quint64 bytes = 0;           ///< of payloads as they stand on the disk
    quint64 frames = 0;          ///< of the newest so many frames

    [[nodiscard]] bool isOn() const { return age.count() > 0 || bytes > 0 || frames > 0; }
    friend bool operator==(const PayloadRetention&, const PayloadRetention&) = default;
};

/// What a session file says about itself.
struct SessionInfo
{
    int formatVersion = sessionFormatVersion; ///< higher: a newer program wrote it, and may have meant more
    QByteArray sessionId;                     ///< random, 128 bits, hex
    QByteArray toolVersion;
    QByteArray sourceKind; ///< "live", "simulated", "replay"
    QByteArray sourceName; ///< the profile or endpoint, without credentials
    qint64 startedWallNs = 0;
    qint64 startedMonoNs = 0;
    qint64 endedWallNs = 0; ///< 0: still running, or it ended without saying so
    PayloadPolicy payloads = PayloadPolicy::Full;
    QByteArray redaction; ///< the rules, as RedactionRules::toJson(); empty: none
    PayloadRetention retention;
};

} // namespace framescope
