#include "core/simulator/eventteller.h"

#include "core/simulator/callbodies.h"
#include "core/simulator/contactcentre.h"
#include "core/simulator/staffbodies.h"

#include <algorithm>

namespace framescope {

namespace {

// Of a million events. A wrong type is the rare one: the service publishes its types, and keeps to them.
constexpr quint32 unknownFieldShare = 6'000;
constexpr quint32 newValueShare = 4'000;
constexpr quint32 wrongTypeShare = 3'000;

} // namespace

EventTeller::EventTeller(quint64 seed, bool oddities, const CentreStaff& staff)
    : m_staff(staff)
    , m_idPrng(seed ^ 0x6964733AULL)
    , m_messageIdPrng(seed ^ 0x6D736773ULL)
    , m_oddityPrng(seed ^ 0x6F6464ULL)
    , m_oddities(oddities)
{
}

void EventTeller::happen(qint64 wallMs, EventAudience& audience)
{
    m_nowMs = wallMs;
    m_audience = &audience;
    m_correlationId = messageId();
}

std::string EventTeller::uuidFrom(Prng& prng)
{
    std::string text;
    const quint64 high = prng.next();
    appendUuid(high, prng.next(), text);
    return text;
}

bool EventTeller::begin(TopicKind kind, std::string_view id)
{
    const TopicKindInfo& info = topicKindInfo(kind);
    m_topic.assign(info.prefix).append(id).append(info.suffix);
    if (!m_audience->hears(m_topic))
        return false;
    m_message.assign(R"({"topicName":")").append(m_topic).append(R"(","version":"2","eventBody":)");
    m_bodyAt = m_message.size();
    return true;
}

void EventTeller::end(TopicKind kind)
{
    Oddity oddity;
    if (m_oddities) {
        const quint32 draw = m_oddityPrng.below(1'000'000);
        Fault drawn = Fault::Count_;
        if (draw < wrongTypeShare)
            drawn = Fault::WrongType;
        else if (draw < wrongTypeShare + newValueShare)
            drawn = Fault::NewEnumValue;
        else if (draw < wrongTypeShare + newValueShare + unknownFieldShare)
            drawn = Fault::UnknownField;
        if (drawn != Fault::Count_) {
            if (std::optional<FaultPlace> place = makeOdd(drawn, kind, m_message, m_bodyAt))
                oddity = {drawn, std::move(*place)};
        }
    }
    m_message.append(R"(,"metadata":{"CorrelationId":")").append(m_correlationId).append("\"}}");
    m_audience->deliver(m_message, oddity);
}

/// Who is there, has just left, or is still at work after the conversation.
bool EventTeller::concerns(const CallParticipant& participant) const
{
    if (!participant.isGone() || participant.endMs == m_nowMs)
        return true;
    return participant.acwStartMs != 0 && (participant.acwEndMs == 0 || participant.acwEndMs == m_nowMs);
}

void EventTeller::tellCall(const LiveCall& call)
{
    m_nested.clear();
    m_flat.clear();
    const auto& all = call.participants;
    for (auto one = all.begin(); one != all.end(); ++one) {
        if (one->purpose != CallParticipant::Purpose::Agent || !concerns(*one))
            continue;
        const bool told = std::any_of(all.begin(), one, [&](const CallParticipant& earlier) {
            return earlier.purpose == one->purpose && earlier.index == one->index && concerns(earlier);
        });
        if (!told)
            tellSnapshots(TopicKind::UserConversations, TopicKind::UserCalls, m_staff.agents[one->index].id, call);
    }
    tellSnapshots(TopicKind::QueueConversations, TopicKind::QueueCalls, m_staff.queues[call.queue].id, call);
}

void EventTeller::tellSnapshots(TopicKind nested, TopicKind flat, std::string_view id, const LiveCall& call)
{
    tell(nested, id, [&](std::string& json) {
        if (m_nested.empty())
            callbodies::appendNested(call, m_staff, m_nested);
        json += m_nested;
    });
    if (call.media != Media::Voice)
        return;
    tell(flat, id, [&](std::string& json) {
        if (m_flat.empty())
            callbodies::appendFlat(call, m_staff, m_flat);
        json += m_flat;
    });
}

void EventTeller::tellDetail(TopicKind kind, const LiveCall& call, const CallParticipant& participant)
{
    tell(kind, call.id,
         [&](std::string& json) { detailbodies::appendDetail(kind, call, participant, m_staff, m_nowMs, json); });
}

void EventTeller::tellMetric(detailbodies::Metric metric, const LiveCall& call, const CallParticipant& participant)
{
    tell(TopicKind::ConversationMetrics, call.id, [&](std::string& json) {
        detailbodies::appendMetric(metric, call, participant, m_staff, m_nowMs, messageId(), json);
    });
}

void EventTeller::tellTranscription(const LiveCall& call, bool over)
{
    tell(TopicKind::Transcription, call.id, [&](std::string& json) {
        detailbodies::appendTranscription(call, m_staff, m_nowMs, over, messageId(), json);
    });
}

void EventTeller::tellPresence(const Agent& agent)
{
    tell(TopicKind::UserPresence, agent.id,
         [&](std::string& json) { staffbodies::appendPresence(agent, m_staff, json); });
}

void EventTeller::tellRouting(const Agent& agent)
{
    tell(TopicKind::UserRoutingStatus, agent.id,
         [&](std::string& json) { staffbodies::appendRoutingStatus(agent, json); });
    tell(TopicKind::UserActivity, agent.id,
         [&](std::string& json) { staffbodies::appendActivity(agent, m_staff, json); });
}

void EventTeller::tellSummary(const Agent& agent, const LiveCall* call)
{
    tell(TopicKind::UserSummary, agent.id, [&](std::string& json) { staffbodies::appendSummary(agent, call, json); });
}

} // namespace framescope
