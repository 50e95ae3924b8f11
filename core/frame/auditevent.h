#pragma once
/// A life-cycle event: everything that happens to a session beside its frames. Frames have audit sequence numbers of
/// their own (FrameBatch::firstAuditSeq), so that frames and events together are one ordered, gapless log.
///
/// Thread: any; a value. `object` and `detail` are never translated and never hold a secret: they pass the redactor
/// when they are made with auditEvent().
#include "core/base/clock.h"
#include "core/frame/finding.h"

#include <QByteArray>
#include <QJsonObject>
#include <QLatin1String>
#include <QMetaType>

namespace framescope {

/// Stored in session files by name: never rename.
enum class AuditAction : quint16
{
    SessionStarted,
    SessionStopped,
    SignInStarted,
    SignedIn,
    SignInFailed,
    RateLimited,
    TokenCleared,
    TokenExpired,
    ConnectStarted,
    Connected,
    ConnectFailed,
    Closed,
    ReconnectScheduled,
    ReconnectRequested,
    Gap,
    StallDetected,
    PongMissed,
    TransportLimit,
    BreakerOpened,
    BreakerProbing,
    BreakerClosed,
    FramesDropped,   ///< lost on the way to the session file: never expected, always visible
    ViewSkipped,     ///< not shown live by the window; the session file has them
    ListenerDropped, ///< an outlet's listener was too slow
    MatrixLoaded,
    SettingChanged,
    Exported,
    StorageFailed,
    ChannelCreated,     ///< notifications: a channel of our own, its topics follow
    ChannelLost,        ///< it is gone at the service: expired, evicted, or its topics were taken
    ChannelRenewed,     ///< a successor took over before the end of its 24 hours
    TopicsSubscribed,   ///< how many were permitted and how many rejected
    TopicRejected,      ///< one topic, with the reason and the missing permissions
    TopicGap,           ///< one topic, one interval in which events may be missing: unverifiable
    SchemasLoaded,      ///< topic schemas: live, cached or built in
    HeartbeatLate,      ///< nothing came for 31 s
    HeartbeatLost,      ///< nothing came for 35 s: the connection is given up
    SocketClosing,      ///< the service announced maintenance: the same channel again within a minute
    NoLongerSubscribed, ///< the service took the channel's topics away
    SocketReplaced,     ///< another socket took this channel
    TokenRevoked,
    TokenRenewed,
    SigningKey,       ///< the key that signs the audit chain from here on: fingerprint, public key, where it lives
    ReplayStarted,    ///< which session is replayed: id, file, frames, where its audit chain stands, speed
    ReplayLimited,    ///< frames that could not be replayed, or only as masked, with their numbers in the original
    ReplayEnded,      ///< how far it came, and what was left out
    SessionRecovered, ///< an interrupted session was opened: what it holds
    Marked,           ///< a person marked a run of frames, perhaps with a comment (framemarks.h)
    Unmarked,         ///< and took the mark away again
    PayloadsRemoved,  ///< retention removed the payloads of a run of frames: which, how many, by which rule
    Count_
};

struct AuditEvent
{
    quint64 seq = 0; ///< given by the recorder; 0 before
    Instant at;
    AuditAction action = AuditAction::SessionStarted;
    Severity severity = Severity::Note;
    quint16 connection = 0;
    quint16 attempt = 0;
    QByteArray object; ///< what it happened to: a URL without query, a file, a type
    QByteArray detail; ///< compact JSON object, keys sorted
};

/// Builds an event stamped now, with object and detail redacted.
[[nodiscard]] AuditEvent auditEvent(AuditAction action, Severity severity, const QString& object,
                                    const QJsonObject& detail = {});
[[nodiscard]] QLatin1String auditActionName(AuditAction action);    // "reconnect-scheduled"
[[nodiscard]] AuditAction auditActionFromName(QByteArrayView name); // Count_ when unknown

} // namespace framescope

Q_DECLARE_METATYPE(framescope::AuditEvent)
