#include "ui/topics/lanewords.h"

#include "core/base/clock.h"
#include "core/genesys/directory.h" // the service's limits
#include "ui/common/errorwords.h"
#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"
#include "ui/common/topicwords.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>

namespace framescope {

namespace {

constexpr qint64 lateNs = 31 * nsPerSecond;
constexpr qint64 lostNs = 35 * nsPerSecond;
constexpr qsizetype longestVersion = 40;

QString laneText(const char* text)
{
    return QCoreApplication::translate("LaneWords", text);
}

QString agoText(qint64 ns)
{
    return laneText("%1 ago").arg(spanText(ns));
}

/// Seconds to @p deadlineNs, a started second counted whole: "in 1 s" until it is there.
qint64 secondsTo(qint64 deadlineNs, qint64 nowNs)
{
    return std::max<qint64>(0, (deadlineNs - nowNs + nsPerSecond - 1) / nsPerSecond);
}

qint64 heartbeatAgeNs(const LaneStatus& lane, const Instant& now)
{
    const qint64 since = std::max(lane.lastHeartbeatMonoNs, lane.connectedSinceMonoNs);
    return since > 0 ? std::max<qint64>(0, now.monoNs - since) : -1;
}

qint64 silenceNs(const LaneStatus& lane, const Instant& now)
{
    const qint64 since = std::max(lane.lastFrameMonoNs, lane.connectedSinceMonoNs);
    return since > 0 ? std::max<qint64>(0, now.monoNs - since) : 0;
}

QString ofText(int used, int all)
{
    return laneText("%1 of %2").arg(countText(quint64(std::max(0, used))), countText(quint64(all)));
}

} // namespace

QString lanePhaseText(const LaneStatus& lane)
{
    switch (lane.phase) {
    case SourcePhase::Idle:
        return laneText("– not started");
    case SourcePhase::SigningIn:
        return laneText("… signing in");
    case SourcePhase::Connecting:
        return laneText("… connecting");
    case SourcePhase::Connected:
        return lane.renewing ? laneText("✓ connected, renewing") : laneText("✓ connected");
    case SourcePhase::Waiting:
        return laneText("… waiting to reconnect");
    case SourcePhase::Suspended:
        return laneText("… held by the breaker");
    case SourcePhase::Stopped:
        return laneText("– stopped");
    case SourcePhase::Failed:
        return laneText("✕ failed");
    }
    return {};
}

HeartbeatHealth healthAt(const LaneStatus& lane, const Instant& now)
{
    if (lane.phase != SourcePhase::Connected || lane.health == HeartbeatHealth::Unknown)
        return HeartbeatHealth::Unknown;
    const qint64 silence = silenceNs(lane, now);
    const HeartbeatHealth bySilence = silence >= lostNs   ? HeartbeatHealth::Lost
                                      : silence >= lateNs ? HeartbeatHealth::Late
                                                          : HeartbeatHealth::Good;
    return std::max(lane.health, bySilence);
}

Severity healthSeverity(HeartbeatHealth health)
{
    return health == HeartbeatHealth::Lost   ? Severity::Error
           : health == HeartbeatHealth::Late ? Severity::Warning
                                             : Severity::Note;
}

QString heartbeatText(const LaneStatus& lane, const Instant& now)
{
    switch (healthAt(lane, now)) {
    case HeartbeatHealth::Unknown:
        return laneText("not connected");
    case HeartbeatHealth::Late:
        return laneText("! nothing for %1").arg(spanText(silenceNs(lane, now)));
    case HeartbeatHealth::Lost:
        return laneText("✕ nothing for %1").arg(spanText(silenceNs(lane, now)));
    case HeartbeatHealth::Good:
        break;
    }
    if (lane.lastHeartbeatMonoNs == 0)
        return laneText("none yet");
    return agoText(now.monoNs - lane.lastHeartbeatMonoNs);
}

double heartbeatShare(const LaneStatus& lane, const Instant& now)
{
    const qint64 age = heartbeatAgeNs(lane, now);
    if (age < 0 || healthAt(lane, now) == HeartbeatHealth::Unknown)
        return -1;
    return std::min(1.0, double(age) / double(lostNs));
}

QString lastEventText(const LaneStatus& lane, const Instant& now)
{
    return lane.lastEventMonoNs == 0 ? laneText("none yet") : agoText(now.monoNs - lane.lastEventMonoNs);
}

QString endsInText(qint64 expiresWallNs, const Instant& now)
{
    if (expiresWallNs == 0)
        return laneText("unknown");
    const qint64 left = (expiresWallNs - now.wallNs) / nsPerSecond;
    return left > 0 ? countdownText(left) : laneText("ended");
}

QString laneNextText(const LaneStatus& lane, const Instant& now)
{
    if (lane.closingDeadlineMonoNs > 0)
        return laneText("closing announced: reconnect within %1 s")
            .arg(secondsTo(lane.closingDeadlineMonoNs, now.monoNs));
    QString words;
    if (lane.nextAttemptMonoNs > 0 && lane.phase != SourcePhase::Connected)
        words = laneText("reconnects in %1 s").arg(secondsTo(lane.nextAttemptMonoNs, now.monoNs));
    else if (lane.renewing)
        words = laneText("renewing: its successor takes over, both are open");
    if (lane.error && lane.phase != SourcePhase::Connected) {
        const QString why = errorSentence(*lane.error);
        words += words.isEmpty() ? why : QStringLiteral(" · ") + why;
    }
    return words;
}

bool channelEndsFirst(qint64 channelExpiresWallNs, qint64 tokenExpiresWallNs)
{
    return channelExpiresWallNs > 0 && (tokenExpiresWallNs == 0 || channelExpiresWallNs <= tokenExpiresWallNs);
}

QString notificationsSentence(const NotificationState& state)
{
    const auto rejected = quint64(std::count_if(state.topics.begin(), state.topics.end(), [](const TopicStatus& topic) {
        return topic.state == TopicState::Rejected;
    }));
    const QString channels =
        state.lanes.size() == 1 ? laneText("1 channel") : laneText("%1 channels").arg(countText(state.lanes.size()));
    QString topics =
        state.topics.size() == 1 ? laneText("1 topic") : laneText("%1 topics").arg(countText(state.topics.size()));
    if (rejected > 0)
        topics += laneText(" (%1 rejected)").arg(countText(rejected));
    if (state.lanes.empty()) // before the first one, and in a session file
        return laneText("Notifications · %1").arg(topics);
    return laneText("Notifications · %1 · %2").arg(channels, topics);
}

const LaneStatus* firstEndingLane(const NotificationState& state)
{
    const LaneStatus* first = nullptr;
    for (const LaneStatus& lane : state.lanes) {
        if (lane.channelExpiresWallNs > 0 && (!first || lane.channelExpiresWallNs < first->channelExpiresWallNs))
            first = &lane;
    }
    return first;
}

const LaneStatus* quietestLane(const NotificationState& state)
{
    const LaneStatus* quietest = nullptr;
    const auto heardAt = [](const LaneStatus& lane) {
        return std::max(lane.lastHeartbeatMonoNs, lane.connectedSinceMonoNs);
    };
    for (const LaneStatus& lane : state.lanes) {
        if (lane.phase != SourcePhase::Connected)
            continue;
        if (!quietest || lane.health > quietest->health ||
            (lane.health == quietest->health && heardAt(lane) < heardAt(*quietest)))
            quietest = &lane;
    }
    return quietest;
}

QString gaugesText(const NotificationState& state, const Instant& now)
{
    int fullest = 0;
    for (const LaneStatus& lane : state.lanes)
        fullest = std::max(fullest, lane.topics);
    QStringList parts;
    parts += laneText("fullest channel %1 topics").arg(ofText(fullest, ServiceLimit::topicsPerChannel));
    parts += state.channelsInUse < 0
                 ? laneText("channels in use unknown, limit %1").arg(ServiceLimit::channelsPerUserAndApp)
                 : laneText("channels %1").arg(ofText(state.channelsInUse, ServiceLimit::channelsPerUserAndApp));
    if (state.channelsInUse >= ServiceLimit::channelsPerUserAndApp)
        parts.back() += laneText(" (one more evicts the oldest)");
    const int limit = state.requestLimit > 0 ? state.requestLimit : ServiceLimit::requestsPerMinute;
    parts += laneText("requests %1 a minute").arg(ofText(state.requestsLastMinute, limit));
    if (state.requestsResumeMonoNs > now.monoNs)
        parts.back() +=
            laneText(" (asked to slow down: again in %1 s)").arg(secondsTo(state.requestsResumeMonoNs, now.monoNs));
    parts += state.schemaOrigin.isEmpty() ? laneText("schemas not loaded yet")
                                          : laneText("schemas %1, version %2")
                                                .arg(visibleLine(state.schemaOrigin, longestVersion),
                                                     visibleLine(state.schemaVersion, longestVersion));
    parts += state.clockOffsetNs ? laneText("clock offset %1").arg(offsetText(*state.clockOffsetNs))
                                 : laneText("clock offset unknown");
    return parts.join(QStringLiteral(" · "));
}

} // namespace framescope
