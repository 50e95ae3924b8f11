#pragma once
/// A notification session's channels in words: phases, heartbeats, countdowns and what comes next.
/// Thread: gui (translations). The clock is given, so that tests can say what is said at which moment.
#include "core/base/clock.h"
#include "core/frame/finding.h"
#include "core/genesys/notificationstate.h"

#include <QString>

namespace framescope {

/// "✓ connected", "… connecting", "✕ failed".
[[nodiscard]] QString lanePhaseText(const LaneStatus& lane);
/// What the source says, or worse when it has not spoken for so long.
[[nodiscard]] HeartbeatHealth healthAt(const LaneStatus& lane, const Instant& now);
[[nodiscard]] Severity healthSeverity(HeartbeatHealth health);
/// "12 s ago", "! nothing for 32 s", "✕ nothing for 36 s", "none yet", "not connected".
[[nodiscard]] QString heartbeatText(const LaneStatus& lane, const Instant& now);
/// Age of the last heartbeat as a share of what is allowed (35 s), 0 to 1; negative when there is none to measure.
[[nodiscard]] double heartbeatShare(const LaneStatus& lane, const Instant& now);
/// "3 s ago", "none yet".
[[nodiscard]] QString lastEventText(const LaneStatus& lane, const Instant& now);
/// "23:41:07", "ended", "unknown" for 0.
[[nodiscard]] QString endsInText(qint64 expiresWallNs, const Instant& now);
/// Renewal, maintenance, reconnect, an error; empty when all is as it should be.
[[nodiscard]] QString laneNextText(const LaneStatus& lane, const Instant& now);
/// Whether the channel ends before the token does (or the token's end is unknown).
[[nodiscard]] bool channelEndsFirst(qint64 channelExpiresWallNs, qint64 tokenExpiresWallNs);

/// "Notifications · 3 channels · 41 topics (2 rejected)".
[[nodiscard]] QString notificationsSentence(const NotificationState& state);
/// The channel that ends first; null when no end is known.
[[nodiscard]] const LaneStatus* firstEndingLane(const NotificationState& state);
/// The connected channel that has been silent for longest, what the status bar tells of; null when none is connected.
[[nodiscard]] const LaneStatus* quietestLane(const NotificationState& state);
/// Topics, channels, requests, schemas and clock offset in one line.
[[nodiscard]] QString gaugesText(const NotificationState& state, const Instant& now);

} // namespace framescope
