#include "core/simulator/callbodies.h"

#include "core/simulator/roster.h"

namespace framescope::callbodies {

namespace {

using Purpose = CallParticipant::Purpose;

constexpr std::string_view serviceNumber = "+18005550199";
constexpr int wrapupTimeoutMs = 30'000;
constexpr int alertingTimeoutMs = 8'000;

std::string_view purposeName(Purpose purpose)
{
    return purpose == Purpose::Customer ? "customer" : purpose == Purpose::Acd ? "acd" : "agent";
}

std::string_view directionName(const LiveCall& call)
{
    return call.outbound ? "outbound" : "inbound";
}

std::string_view nameOf(const CallParticipant& participant, const LiveCall& call, const CentreStaff& staff)
{
    switch (participant.purpose) {
    case Purpose::Customer:
        return call.customerName;
    case Purpose::Acd:
        return staff.queues[participant.index].name;
    case Purpose::Agent:
        break;
    }
    return staff.agents[participant.index].name;
}

void appendAddress(std::string_view key, std::string_view name, std::string_view number, JsonText& json)
{
    std::string sip = "sip:";
    sip.append(number).append("@example.invalid");
    json.openObject(key).text("name", name).text("nameRaw", "");
    json.text("addressNormalized", std::string("tel:").append(number)).text("addressRaw", sip);
    json.text("addressDisplayable", number).closeObject();
}

void appendWrapup(const CallParticipant& participant, const CentreStaff& staff, JsonText& json)
{
    if (participant.wrapup < 0)
        return;
    json.openObject("wrapup").text("code", staff.wrapupCodes[std::size_t(participant.wrapup)]);
    json.text("notes", roster::wrapupNotes[std::size_t(participant.wrapup) % roster::wrapupNotes.size()]);
    json.openArray("tags").closeArray();
    json.number("durationSeconds", (participant.acwEndMs - participant.acwStartMs) / 1000);
    json.time("endTime", participant.acwEndMs).closeObject();
}

/// pending while it goes on, complete when it is over.
void appendAfterCallWork(const CallParticipant& participant, JsonText& json)
{
    const bool isAgent = participant.purpose == Purpose::Agent;
    json.openObject("afterCallWork");
    if (participant.acwStartMs == 0)
        json.text("state", isAgent ? "unknown" : "notApplicable");
    else
        json.text("state", participant.acwEndMs == 0 ? "pending" : "complete")
            .time("startTime", participant.acwStartMs);
    if (participant.acwEndMs != 0)
        json.time("endTime", participant.acwEndMs);
    json.closeObject().boolean("afterCallWorkRequired", isAgent);
}

/// What every medium has.
void appendSession(const CallParticipant& participant, JsonText& json)
{
    json.text("id", participant.sessionId).text("state", participant.state).text("initialState", "alerting");
    json.boolean("held", participant.holdSinceMs != 0);
    if (participant.holdSinceMs != 0)
        json.time("startHoldTime", participant.holdSinceMs);
    if (participant.isGone())
        json.text("disconnectType", participant.disconnectType);
    json.text("provider", "Edge").text("peerId", participant.peerId);
    if (participant.connectedMs != 0)
        json.time("connectedTime", participant.connectedMs);
    if (participant.endMs != 0)
        json.time("disconnectedTime", participant.endMs);
    appendAfterCallWork(participant, json);
    json.openObject("queueMediaSettings").closeObject();
}

void appendCall(const CallParticipant& participant, const LiveCall& call, JsonText& json)
{
    const bool recording = participant.purpose == Purpose::Agent && !call.securePause && !participant.isGone();
    json.text("direction", directionName(call)).boolean("recording", recording);
    json.text("recordingState", recording ? "active" : call.securePause ? "paused" : "none");
    json.boolean("muted", false).boolean("confined", false).boolean("securePause", call.securePause);
    appendAddress("self", "Cell", call.number, json);
    appendAddress("other", "Main", serviceNumber, json);
}

void appendMessageDetails(const CallParticipant& participant, const LiveCall& call, JsonText& json)
{
    json.text("direction", directionName(call)).text("type", "whatsapp").text("recipientCountry", "US");
    appendAddress("toAddress", "Main", serviceNumber, json);
    appendAddress("fromAddress", call.customerName, call.number, json);
    json.openArray("messages").openObject().text("messageId", participant.peerId);
    json.time("messageTime", participant.startMs).text("messageStatus", "received").number("messageSegmentCount", 1);
    json.closeObject().closeArray();
}

/// The one session of a participant, in the list of its medium; Genesys Cloud shows the other lists empty.
void appendSessions(const CallParticipant& participant, const LiveCall& call, JsonText& json)
{
    static constexpr std::string_view lists[] = {"calls", "callbacks", "chats", "emails", "messages"};
    for (std::size_t medium = 0; medium < std::size(lists); ++medium) {
        json.openArray(lists[medium]);
        if (medium == std::size_t(call.media)) {
            json.openObject();
            appendSession(participant, json);
            switch (call.media) {
            case Media::Voice:
                appendCall(participant, call, json);
                break;
            case Media::Callback:
                json.text("direction", directionName(call)).openArray("callbackNumbers").text(call.number).closeArray();
                json.text("callbackUserName", call.customerName).boolean("skipEnabled", true);
                json.number("timeoutSeconds", 30);
                break;
            case Media::Chat:
                json.text("roomId", call.id);
                break;
            case Media::Email:
                json.text("direction", directionName(call)).text("subject", roster::subjectOf(call.person));
                json.boolean("autoGenerated", false).boolean("spam", false).number("messagesSent", call.steps);
                break;
            case Media::Message:
                appendMessageDetails(participant, call, json);
                break;
            }
            json.closeObject();
        }
        json.closeArray();
    }
}

void appendAttributes(const CallParticipant& participant, const LiveCall& call, JsonText& json)
{
    json.openObject("attributes");
    if (participant.purpose == Purpose::Customer) {
        // The agent's script writes its step there, as scripts do.
        json.text("scriptStep", std::to_string(call.steps));
        if (!call.attributes.empty())
            json.members(call.attributes);
    }
    json.closeObject();
}

void appendRouting(const CallParticipant& participant, const CentreStaff& staff, JsonText& json)
{
    json.openObject("conversationRoutingData").openObject("queue").text("id", staff.queues[participant.index].id);
    json.text("name", staff.queues[participant.index].name).closeObject().number("priority", 0);
    json.openArray("skills").closeArray().openArray("scoredAgents").closeArray().closeObject();
}

void appendAgentWork(const CallParticipant& participant, const CentreStaff& staff, JsonText& json)
{
    json.text("wrapupPrompt", "timeout").number("wrapupTimeoutMs", wrapupTimeoutMs);
    json.number("alertingTimeoutMs", alertingTimeoutMs);
    appendWrapup(participant, staff, json);
    if (participant.acwStartMs != 0)
        json.time("startAcwTime", participant.acwStartMs);
    if (participant.acwEndMs != 0)
        json.time("endAcwTime", participant.acwEndMs);
    json.openArray("mediaRoles").text("full").closeArray();
}

void appendParticipant(const CallParticipant& participant, const LiveCall& call, const CentreStaff& staff,
                       JsonText& json)
{
    json.openObject().text("id", participant.id).time("connectedTime", participant.startMs);
    if (participant.endMs != 0)
        json.time("endTime", participant.endMs);
    json.text("name", nameOf(participant, call, staff)).text("purpose", purposeName(participant.purpose));
    const bool isAgent = participant.purpose == Purpose::Agent;
    json.boolean("wrapupRequired", isAgent);
    switch (participant.purpose) {
    case Purpose::Customer:
        json.text("address", call.media == Media::Email ? call.mail : "tel:" + call.number);
        break;
    case Purpose::Acd:
        json.text("queueId", staff.queues[participant.index].id);
        appendRouting(participant, staff, json);
        break;
    case Purpose::Agent:
        json.text("userId", staff.agents[participant.index].id).text("queueId", staff.queues[call.queue].id);
        appendAgentWork(participant, staff, json);
        break;
    }
    appendAttributes(participant, call, json);
    appendSessions(participant, call, json);
    json.closeObject();
}

void appendFlatParticipant(const CallParticipant& participant, const LiveCall& call, const CentreStaff& staff,
                           JsonText& json)
{
    const bool isAgent = participant.purpose == Purpose::Agent;
    json.openObject().text("id", participant.id).text("name", nameOf(participant, call, staff));
    json.text("address", "sip:" + call.number + "@example.invalid").time("startTime", participant.startMs);
    if (participant.connectedMs != 0)
        json.time("connectedTime", participant.connectedMs);
    if (participant.endMs != 0)
        json.time("endTime", participant.endMs).text("disconnectType", participant.disconnectType);
    if (participant.holdSinceMs != 0)
        json.time("startHoldTime", participant.holdSinceMs);
    json.text("purpose", purposeName(participant.purpose)).text("state", participant.state);
    json.text("initialState", "alerting").text("direction", directionName(call));
    json.boolean("held", participant.holdSinceMs != 0).boolean("wrapupRequired", isAgent);
    if (isAgent) {
        json.openObject("user").text("id", staff.agents[participant.index].id).closeObject();
        appendAgentWork(participant, staff, json);
    }
    if (participant.purpose != Purpose::Customer) {
        const std::size_t queue = isAgent ? call.queue : participant.index;
        json.openObject("queue").text("id", staff.queues[queue].id).closeObject();
    }
    appendAttributes(participant, call, json);
    const bool recording = isAgent && !call.securePause && !participant.isGone();
    json.text("provider", "Edge").boolean("muted", false).boolean("confined", false).boolean("recording", recording);
    json.text("recordingState", recording ? "active" : call.securePause ? "paused" : "none");
    json.boolean("securePause", call.securePause).text("ani", call.number).text("dnis", serviceNumber).closeObject();
}

void appendDivisions(const LiveCall& call, const CentreStaff& staff, JsonText& json)
{
    json.openArray("divisions").openObject().openObject("division");
    json.text("id", staff.queues[call.queue].divisionId).closeObject().openArray("entities").openObject();
    json.text("id", staff.queues[call.queue].id).closeObject().closeArray().closeObject().closeArray();
}

} // namespace

void appendNested(const LiveCall& call, const CentreStaff& staff, std::string& text)
{
    JsonText json(text);
    json.openObject().text("id", call.id).number("maxParticipants", 0).openArray("participants");
    for (const CallParticipant& participant : call.participants)
        appendParticipant(participant, call, staff, json);
    json.closeArray().text("recordingState", call.securePause ? "paused" : "active");
    json.text("address", call.media == Media::Email ? call.mail : "tel:" + call.number);
    json.boolean("securePause", call.securePause).text("utilizationLabelId", staff.utilizationLabelId);
    appendDivisions(call, staff, json);
    json.closeObject();
}

void appendFlat(const LiveCall& call, const CentreStaff& staff, std::string& text)
{
    JsonText json(text);
    json.openObject().text("id", call.id).openArray("participants");
    for (const CallParticipant& participant : call.participants)
        appendFlatParticipant(participant, call, staff, json);
    json.closeArray().openArray("otherMediaUris").closeArray();
    json.text("recordingState", call.securePause ? "paused" : "active").boolean("securePause", call.securePause);
    appendDivisions(call, staff, json);
    json.closeObject();
}

} // namespace framescope::callbodies
