#include "core/simulator/staffbodies.h"

#include <algorithm>

namespace framescope::staffbodies {

namespace {

constexpr qint64 halfAnHourMs = 30 * 60'000;
constexpr qint64 tokenLifeMs = 8 * 3'600'000;

void appendRouting(const Agent& agent, JsonText& json)
{
    json.openObject("routingStatus").text("status", routingName(agent.routing));
    json.time("startTime", agent.routingSinceMs).closeObject();
}

void appendMetric(std::string_view metric, std::string_view qualifier, qint64 count, JsonText& json)
{
    json.openObject().text("metric", metric);
    if (!qualifier.empty())
        json.text("qualifier", qualifier);
    json.openObject("stats").number("count", count).closeObject().closeObject();
}

/// Of an activity, where the value stands beside the count.
void appendLongest(std::string_view metric, qint64 durationMs, JsonText& json)
{
    json.openObject().text("metric", metric).number("count", 1).number("calculatedMetricValue", durationMs);
    json.closeObject();
}

qint64 agentsOn(const Queue& queue, const CentreStaff& staff, Agent::Routing routing)
{
    const auto index = std::size_t(&queue - staff.queues.data());
    return std::count_if(staff.agents.begin(), staff.agents.end(), [&](const Agent& agent) {
        return agent.routing == routing &&
               std::find(agent.queues.begin(), agent.queues.end(), index) != agent.queues.end();
    });
}

std::string halfHourOf(qint64 wallMs)
{
    const qint64 start = wallMs - wallMs % halfAnHourMs;
    std::string interval;
    appendIsoTime(start, interval);
    interval += '/';
    appendIsoTime(start + halfAnHourMs, interval);
    return interval;
}

std::string_view operationName(std::string_view eventId)
{
    if (eventId == "AUDIOHOOK-0006")
        return "AudioHook ping timeout";
    return eventId == "AUDIOHOOK-0012" ? "AudioHook rate limit" : "AudioHook integration error";
}

} // namespace

void appendPresence(const Agent& agent, const CentreStaff& staff, std::string& text)
{
    JsonText json(text);
    json.openObject().text("source", "PURECLOUD").openObject("presenceDefinition");
    json.text("id", staff.presenceIds[std::size_t(agent.presence)]);
    json.text("systemPresence", presenceName(agent.presence)).closeObject();
    json.boolean("primary", true).text("message", "").time("modifiedDate", agent.presenceSinceMs).closeObject();
}

void appendRoutingStatus(const Agent& agent, std::string& text)
{
    JsonText json(text);
    json.openObject().text("id", agent.id);
    appendRouting(agent, json);
    json.closeObject();
}

void appendActivity(const Agent& agent, const CentreStaff& staff, std::string& text)
{
    JsonText json(text);
    json.openObject().text("id", agent.id);
    appendRouting(agent, json);
    json.openObject("presence").openObject("presenceDefinition");
    json.text("id", staff.presenceIds[std::size_t(agent.presence)]);
    json.text("systemPresence", presenceName(agent.presence)).closeObject();
    json.text("presenceMessage", "").time("modifiedDate", agent.presenceSinceMs).closeObject();
    json.openObject("outOfOffice").boolean("active", false).closeObject().openArray("activeQueueIds");
    for (const std::size_t queue : agent.queues)
        json.text(staff.queues[queue].id);
    json.closeArray().time("dateActiveQueuesChanged", agent.queuesSinceMs).closeObject();
}

void appendSummary(const Agent& agent, const LiveCall* call, std::string& text)
{
    static constexpr std::string_view media[] = {"call", "callback", "chat", "email", "message"};
    JsonText json(text);
    json.openObject().text("userId", agent.id);
    for (std::size_t medium = 0; medium < std::size(media); ++medium) {
        const bool busy = call != nullptr && std::size_t(call->media) == medium;
        const bool acw = busy && call->phase == LiveCall::Phase::Wrapup;
        json.openObject(media[medium]).openObject("contactCenter").number("active", busy && !acw ? 1 : 0);
        json.number("acw", acw ? 1 : 0).closeObject();
        json.openObject("enterprise").number("active", 0).number("acw", 0).closeObject().closeObject();
    }
    json.closeObject();
}

void appendStation(const Agent& agent, std::string& text)
{
    JsonText json(text);
    json.openObject().openObject("associatedStation").text("id", agent.stationId).text("name", agent.stationName);
    json.openObject("associatedUser").text("id", agent.id).closeObject();
    json.closeObject().closeObject();
}

void appendToken(const Agent& agent, std::string_view sessionId, qint64 wallMs, std::string& text)
{
    std::string created;
    appendIsoTime(wallMs, created);
    std::string expires;
    appendIsoTime(wallMs + tokenLifeMs, expires);
    JsonText json(text);
    json.openObject().openObject("user").text("id", agent.id).text("name", agent.name).closeObject();
    json.text("ipAddress", "192.0.2.17").text("dateCreated", created).text("tokenExpirationDate", expires);
    json.text("sessionId", sessionId).text("clientId", agent.stationId).closeObject();
}

void appendMembership(const Agent& agent, const Queue& queue, bool joined, std::string& text)
{
    JsonText json(text);
    json.openObject().text("id", agent.id).openObject("user").text("id", agent.id).closeObject();
    json.text("queueId", queue.id).boolean("joined", joined).closeObject();
}

void appendObservations(const Queue& queue, Media media, const CentreStaff& staff, qint64 wallMs, std::string& text)
{
    const Queue::Counts& counts = queue.counts[std::size_t(media)];
    JsonText json(text);
    json.openObject().openObject("group").text("queueId", queue.id).text("mediaType", mediaName(media)).closeObject();
    json.openArray("data").openObject().text("interval", halfHourOf(wallMs)).openArray("metrics");
    appendMetric("oWaiting", {}, counts.waiting, json);
    appendMetric("oAlerting", {}, counts.alerting, json);
    appendMetric("oInteracting", {}, counts.interacting, json);
    for (const Agent::Routing routing :
         {Agent::Routing::Idle, Agent::Routing::Interacting, Agent::Routing::NotResponding})
        appendMetric("oOnQueueUsers", routingName(routing), agentsOn(queue, staff, routing), json);
    if (counts.waiting > 0) {
        json.openObject().text("metric", "oLongestWaiting").openObject("stats").number("count", 1);
        json.number("calculatedMetricValue", wallMs - counts.waitingSinceMs).closeObject().closeObject();
    }
    if (counts.answered > 0) {
        json.openObject().text("metric", "tAnswered").openObject("stats").number("count", counts.answered);
        json.number("sum", counts.answeredSumMs).number("min", counts.answeredMinMs);
        json.number("max", counts.answeredMaxMs).closeObject().closeObject();
    }
    json.closeArray().closeObject().closeArray().closeObject();
}

void appendQueueActivity(const Queue& queue, qint64 wallMs, std::string& text)
{
    JsonText json(text);
    json.openObject().openArray("results");
    for (std::size_t medium = 0; medium < Queue::mediaCount; ++medium) {
        const Queue::Counts& counts = queue.counts[medium];
        json.openObject().text("mediaType", mediaName(Media(medium))).openArray("data");
        const auto add = [&json](std::string_view metric, int count) {
            json.openObject().text("metric", metric).number("count", count).closeObject();
        };
        add("oWaiting", counts.waiting);
        add("oAlerting", counts.alerting);
        add("oInteracting", counts.interacting);
        if (counts.waiting > 0)
            appendLongest("oLongestWaiting", wallMs - counts.waitingSinceMs, json);
        if (counts.interacting > 0)
            appendLongest("oLongestInteracting", wallMs - counts.interactingSinceMs, json);
        json.closeArray().closeObject();
    }
    json.closeArray().closeObject();
}

void appendOperation(std::string_view eventId, std::string_view conversationId, std::string_view entityId,
                     qint64 wallMs, std::string& text)
{
    JsonText json(text);
    json.openObject().openObject("eventEntity").text("id", eventId).text("name", operationName(eventId));
    json.text("description", "The integration did not answer as the protocol says").closeObject();
    json.text("entityId", entityId).text("entityName", "AudioHook Zürich").text("version", "1");
    json.text("entityType", "integration").text("conversationId", conversationId);
    json.number("timestamp", wallMs).closeObject();
}

} // namespace framescope::staffbodies
