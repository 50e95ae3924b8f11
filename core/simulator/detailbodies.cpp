#include "core/simulator/detailbodies.h"

#include "core/simulator/roster.h"

#include <algorithm>

namespace framescope::detailbodies {

namespace {

using Purpose = CallParticipant::Purpose;

constexpr std::string_view calledNumber = "+18005550199";

/// "transfer.noanswer" as the detail events spell it.
std::string_view upperDisconnect(std::string_view type)
{
    if (type == "transfer")
        return "TRANSFER";
    if (type == "transfer.noanswer")
        return "NO_ANSWER_TRANSFER";
    if (type == "peer")
        return "PEER";
    if (type == "client")
        return "CLIENT";
    return type == "endpoint" ? "ENDPOINT" : "UNKNOWN";
}

void appendWho(const LiveCall& call, JsonText& json)
{
    json.text("mediaType", mediaUpperName(call.media)).text("provider", "Edge");
    json.text("direction", call.outbound ? "OUTBOUND" : "INBOUND");
    switch (call.media) {
    case Media::Email:
        json.text("addressTo", "service@example.invalid").text("addressFrom", call.mail);
        json.text("subject", roster::subjectOf(call.person));
        break;
    case Media::Message:
        json.text("addressTo", calledNumber).text("addressFrom", call.number).text("messageType", "WHATSAPP");
        break;
    case Media::Callback:
        json.text("callbackUserName", call.customerName).openArray("callbackNumbers").text(call.number).closeArray();
        break;
    default:
        json.text("ani", "tel:" + call.number).text("dnis", std::string("tel:").append(calledNumber));
    }
}

void appendAcdOutcome(const CallParticipant& participant, const LiveCall& call, const CentreStaff& staff,
                      JsonText& json)
{
    const bool answered = participant.disconnectType == "transfer";
    json.text("acdOutcome", answered ? "ANSWERED" : "ABANDON").number("routingPriority", 0);
    if (answered)
        json.text("answeredUserId", staff.agents[call.agent].id).text("usedRouting", "STANDARD");
    json.number("connectedDurationMs", participant.endMs - participant.startMs);
}

void appendDurations(const CallParticipant& participant, JsonText& json)
{
    const qint64 alerting =
        (participant.connectedMs != 0 ? participant.connectedMs : participant.endMs) - participant.startMs;
    const qint64 talking = participant.connectedMs == 0 ? 0 : participant.endMs - participant.connectedMs;
    json.number("interactingDurationMs", std::max<qint64>(0, talking - participant.heldMs));
    json.number("heldDurationMs", participant.heldMs).number("alertingDurationMs", alerting);
}

void appendWrapup(TopicKind kind, const CallParticipant& participant, const CentreStaff& staff, JsonText& json)
{
    const auto code = std::size_t(std::max(0, participant.wrapup));
    json.text("wrapupCode", staff.wrapupCodes[code]);
    json.text("wrapupNotes", roster::wrapupNotes[code % roster::wrapupNotes.size()]);
    json.number("wrapupDurationMs", participant.acwEndMs - participant.acwStartMs);
    if (kind == TopicKind::AfterCallWork)
        json.text("userId", staff.agents[participant.index].id);
}

void appendWords(std::string_view key, std::string_view line, int startMs, JsonText& json)
{
    json.openArray(key);
    for (int word = 0; !line.empty(); ++word) {
        const std::size_t space = std::min(line.find(' '), line.size());
        json.openObject().hundredths("confidence", 88 + word % 12).number("offsetMs", startMs + word * 260);
        json.number("durationMs", 240).text("word", line.substr(0, space)).closeObject();
        line.remove_prefix(std::min(space + 1, line.size()));
    }
    json.closeArray();
}

} // namespace

void appendDetail(TopicKind kind, const LiveCall& call, const CallParticipant& participant, const CentreStaff& staff,
                  qint64 wallMs, std::string& text)
{
    JsonText json(text);
    json.openObject().number("eventTime", wallMs).text("conversationId", call.id);
    json.text("participantId", participant.id).text("sessionId", participant.sessionId);
    appendWho(call, json);
    const std::size_t queue = participant.purpose == Purpose::Acd ? participant.index : call.queue;
    switch (kind) {
    case TopicKind::CustomerStart:
        json.text("divisionId", staff.queues[queue].divisionId);
        break;
    case TopicKind::AcdStart:
        json.text("divisionId", staff.queues[queue].divisionId).text("queueId", staff.queues[queue].id);
        json.number("routingPriority", 0).boolean("skillExpressionApplied", false);
        break;
    case TopicKind::AcdEnd:
        json.text("divisionId", staff.queues[queue].divisionId).text("queueId", staff.queues[queue].id);
        json.text("disconnectType", upperDisconnect(participant.disconnectType));
        appendAcdOutcome(participant, call, staff, json);
        break;
    case TopicKind::UserStart:
    case TopicKind::UserEnd:
        json.text("userId", staff.agents[participant.index].id);
        json.text("divisionId", staff.queues[queue].divisionId).text("queueId", staff.queues[queue].id);
        if (kind == TopicKind::UserEnd) {
            json.text("disconnectType", upperDisconnect(participant.disconnectType));
            appendDurations(participant, json);
        }
        break;
    default:
        json.text("queueId", staff.queues[queue].id);
        appendWrapup(kind, participant, staff, json);
    }
    json.text("utilizationLabel", staff.utilizationLabelId).closeObject();
}

void appendMetric(const Metric& metric, const LiveCall& call, const CallParticipant& participant,
                  const CentreStaff& staff, qint64 wallMs, std::string_view recordId, std::string& text)
{
    JsonText json(text);
    json.openObject().text("metric", metric.name).time("metricDate", wallMs).number("value", metric.value);
    json.text("recordId", recordId).text("conversationId", call.id).text("sessionId", participant.sessionId);
    json.text("mediaType", mediaName(call.media)).text("direction", call.outbound ? "outbound" : "inbound");
    json.text("originatingDirection", call.outbound ? "outbound" : "inbound");
    json.text("conversationInitiator", call.outbound ? "agent" : "customer").text("ani", call.number);
    json.text("dnis", calledNumber).text("queueId", staff.queues[call.queue].id).text("provider", "Edge");
    const bool isAgent = participant.purpose == Purpose::Agent;
    json.text("purpose", isAgent ? "agent" : participant.purpose == Purpose::Acd ? "acd" : "customer");
    if (isAgent)
        json.text("userId", staff.agents[participant.index].id).text("usedRouting", "Standard");
    if (isAgent && participant.wrapup >= 0)
        json.text("wrapUpCode", staff.wrapupCodes[std::size_t(participant.wrapup)]);
    json.openArray("divisionIds").text(staff.queues[call.queue].divisionId).closeArray();
    json.boolean("firstQueue", call.participants.size() <= 3).closeObject();
}

void appendTranscription(const LiveCall& call, const CentreStaff& staff, qint64 wallMs, bool over,
                         std::string_view utteranceId, std::string& text)
{
    JsonText json(text);
    json.openObject().time("eventTime", wallMs).text("organizationId", staff.organizationId);
    json.text("conversationId", call.id);
    if (!call.participants.empty())
        json.text("communicationId", call.participants.front().sessionId);
    json.number("sessionStartTimeMs", call.sessionStartMs).number("transcriptionStartTimeMs", call.sessionStartMs + 40);
    const auto offset = int(std::clamp<qint64>(wallMs - call.sessionStartMs, 0, 86'400'000));
    if (!over) {
        const std::string_view line = roster::utterances[std::size_t(call.utterances) % roster::utterances.size()];
        json.openArray("transcripts").openObject().text("utteranceId", utteranceId).boolean("isFinal", true);
        json.text("channel", call.utterances % 2 == 0 ? "INTERNAL" : "EXTERNAL").openArray("alternatives");
        json.openObject().hundredths("confidence", 84 + call.utterances % 15).number("offsetMs", offset);
        json.number("durationMs", qint64(line.size()) * 60).text("transcript", line);
        appendWords("words", line, offset, json);
        json.text("decoratedTranscript", line).closeObject().closeArray();
        json.text("engineProvider", "GENESYS").text("engineId", "r2d2").text("dialect", "de-DE");
        json.boolean("agentAssistEnabled", false).boolean("voiceTranscriptionEnabled", true).closeObject().closeArray();
    }
    json.openObject("status").number("offsetMs", offset);
    json.text("status", over ? "SESSION_ENDED" : "SESSION_ONGOING").closeObject().closeObject();
}

} // namespace framescope::detailbodies
