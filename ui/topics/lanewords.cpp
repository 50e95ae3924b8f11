#include "ui/topics/lanewords.h"

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

constexpr qint64 nsPerSecond = 1'000'000'000;
constexpr qint64 lateNs = 31 * nsPerSecond;
constexpr qint64 lostNs = 35 * nsPerSecond;
constexpr qsizetype longestVersion = 40;

QString translated(const char* text)
{
    return QCoreApplication::translate("LaneWords", text);
}

QString agoText(qint64 ns)
{
    return translated("%1 ago").arg(spanText(ns));
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
    return translated("%1 of %2").arg(countText(quint64(std::max(0, used))), countText(quint64(all)));
}

} // namespace

QString lanePhaseText(const LaneStatus& lane)
{
    switch (lane.phase) {
    case SourcePhase::Idle:
        return translated("– not started");
    case SourcePhase::SigningIn:
        return translated("… signing in");
    case SourcePhase::Connecting:
        return translated("… connecting");
    case SourcePhase::Connected:
        return lane.renewing ? translated("✓ connected, renewing") : translated("✓ connected");
    case SourcePhase::Waiting:
        return translated("… waiting to reconnect");
    case SourcePhase::Suspended:
        return translated("… held by the breaker");
    case SourcePhase::Stopped:
        return translated("– stopped");
    case SourcePhase::Failed:
        return translated("✕ failed");
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
        return translated("not connected");
    case HeartbeatHealth::Late:
        return translated("! nothing for %1").arg(spanText(silenceNs(lane, now)));
    case HeartbeatHealth::Lost:
        return translated("✕ nothing for %1").arg(spanText(silenceNs(lane, now)));
    case HeartbeatHealth::Good:
        break;
    }
    if (lane.lastHeartbeatMonoNs == 0)
        return translated("none yet");
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
    return lane.lastEventMonoNs == 0 ? translated("none yet") : agoText(now.monoNs - lane.lastEventMonoNs);
}

QString endsInText(qint64 expiresWallNs, const Instant& now)
{
    if (expiresWallNs == 0)
        return translated("unknown");
    const qint64 left = (expiresWallNs - now.wallNs) / nsPerSecond;
    return left > 0 ? countdownText(left) : translated("ended");
}

QString laneNextText(const LaneStatus& lane, const Instant& now)
{
    if (lane.closingDeadlineMonoNs > 0)
        return translated("closing announced: reconnect within %1 s")
            .arg(secondsTo(lane.closingDeadlineMonoNs, now.monoNs));
    QString words;
    if (lane.nextAttemptMonoNs > 0 && lane.phase != SourcePhase::Connected)
        words = translated("reconnects in %1 s").arg(secondsTo(lane.nextAttemptMonoNs, now.monoNs));
    else if (lane.renewing)
        words = translated("renewing: its successor takes over, both are open");
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
    const QString channels = state.lanes.size() == 1 ? translated("1 channel")
                                                     : translated("%1 channels").arg(countText(state.lanes.size()));
    QString topics =
        state.topics.size() == 1 ? translated("1 topic") : translated("%1 topics").arg(countText(state.topics.size()));
    if (rejected > 0)
        topics += translated(" (%1 rejected)").arg(countText(rejected));
    if (state.lanes.empty()) // before the first one, and in a session file
        return translated("Notifications · %1").arg(topics);
    return translated("Notifications · %1 · %2").arg(channels, topics);
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
    parts += translated("fullest channel %1 topics").arg(ofText(fullest, ServiceLimit::topicsPerChannel));
    parts += state.channelsInUse < 0
                 ? translated("channels in use unknown, limit %1").arg(ServiceLimit::channelsPerUserAndApp)
                 : translated("channels %1").arg(ofText(state.channelsInUse, ServiceLimit::channelsPerUserAndApp));
    if (state.channelsInUse >= ServiceLimit::channelsPerUserAndApp)
        parts.back() += translated(" (one more evicts the oldest)");
    const int limit = state.requestLimit > 0 ? state.requestLimit : ServiceLimit::requestsPerMinute;
    parts += translated("requests %1 a minute").arg(ofText(state.requestsLastMinute, limit));
    if (state.requestsResumeMonoNs > now.monoNs)
        parts.back() +=
            translated(" (asked to slow down: again in %1 s)").arg(secondsTo(state.requestsResumeMonoNs, now.monoNs));
    parts += state.schemaOrigin.isEmpty() ? translated("schemas not loaded yet")
                                          : translated("schemas %1, version %2")
                                                .arg(visibleLine(state.schemaOrigin, longestVersion),
                                                     visibleLine(state.schemaVersion, longestVersion));
    parts += state.clockOffsetNs ? translated("clock offset %1").arg(offsetText(*state.clockOffsetNs))
                                 : translated("clock offset unknown");
    return parts.join(QStringLiteral(" · "));
}

} // namespace framescope
