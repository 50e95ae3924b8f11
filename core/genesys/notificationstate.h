#pragma once
/// What a person wants to know about a notification session: channels, topics, gaps, budgets. Sent whole, at most
/// twice a second, as a shared immutable value. Never holds a channel id, a connectUri or a token.
///
/// Thread: any; values. Times: monotonic or wall clock, in the names; 0 is "never".
#include "core/base/error.h"
#include "core/frame/framesource.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QMetaType>
#include <memory>
#include <optional>
#include <vector>

namespace framescope {

enum class TopicState : quint8
{
    Pending,   ///< not subscribed yet, or again not after a loss
    Permitted, ///< subscribed
    Rejected   ///< the service said no, see the reason
};

struct TopicStatus
{
    QByteArray id; ///< as it was asked for
    quint16 lane = 0;
    TopicState state = TopicState::Pending;
    QByteArray rejection; ///< the service's words: foreign text
    QByteArrayList missingPermissions;
    quint64 events = 0; ///< since it was first subscribed
    quint64 gaps = 0;
    qint64 subscribedWallNs = 0;
    qint64 lastEventWallNs = 0;
    qint64 lastEventMonoNs = 0;
};

enum class HeartbeatHealth : quint8
{
    Unknown, ///< not connected
    Good,
    Late, ///< amber: nothing for 31 s
    Lost  ///< red: nothing for 35 s
};

/// One channel, its present socket and, during a renewal, its successor.
struct LaneStatus
{
    quint16 lane = 0; ///< RawFrame::connection of its frames
    SourcePhase phase = SourcePhase::Idle;
    int topics = 0;
    quint16 attempt = 0;
    qint64 connectedSinceMonoNs = 0;
    qint64 nextAttemptMonoNs = 0;
    qint64 lastFrameMonoNs = 0; ///< anything at all
    qint64 lastEventMonoNs = 0; ///< a real event
    qint64 lastHeartbeatMonoNs = 0;
    qint64 roundTripNs = -1; ///< of the last application ping
    qint64 channelExpiresWallNs = 0;
    qint64 closingDeadlineMonoNs = 0; ///< socket_closing: reconnect before
    quint64 heartbeats = 0;
    quint64 events = 0;
    quint64 reconnects = 0;
    HeartbeatHealth health = HeartbeatHealth::Unknown;
    bool renewing = false; ///< two sockets at once
    std::optional<Error> error;
};

/// One topic, one interval in which its events may be missing. The service has no replay and no sequence numbers, so
/// that nobody can say whether any were: "unverifiable".
struct TopicGapEntry
{
    QByteArray topic;
    quint16 lane = 0;
    qint64 fromWallNs = 0; ///< the last message before
    qint64 toWallNs = 0;   ///< subscribed and connected again
    QByteArray cause;      ///< code-like and stable: "closed 1006", "heartbeat-lost", "channel-lost", ...
};

struct NotificationState
{
    static constexpr std::size_t gapLimit = 1'000; ///< newest ones here; all of them are in the audit log

    std::vector<TopicStatus> topics; ///< in the order of the configuration
    std::vector<LaneStatus> lanes;
    std::vector<TopicGapEntry> gaps; ///< newest last
    quint64 gapCount = 0;            ///< all of this session
    int channelsInUse = -1;          ///< of this token as the service lists them; -1 unknown
    int requestsLastMinute = 0;
    int requestLimit = 0;
    qint64 requestsResumeMonoNs = 0; ///< 429: no request before
    qint64 tokenExpiresWallNs = 0;
    std::optional<qint64> clockOffsetNs; ///< the service's clock minus ours, from the Date header: about a second exact
    QByteArray schemaVersion;            ///< of the topic schemas in use
    QByteArray schemaOrigin;             ///< "live", "cached", "built-in"
};
using NotificationStatePtr = std::shared_ptr<const NotificationState>;

} // namespace framescope

Q_DECLARE_METATYPE(framescope::NotificationStatePtr)
