/// The story of a conversation; the rest of NotificationWorld is in notificationworld.cpp.
#include "core/simulator/contactcentre.h"
#include "core/simulator/notificationworld.h"
#include "core/simulator/roster.h"

#include <algorithm>

namespace framescope {

using Phase = LiveCall::Phase;
using Purpose = CallParticipant::Purpose;

namespace {
constexpr std::size_t nobody = SIZE_MAX;
constexpr std::size_t lastingQueues = 2; ///< where the lasting conversations are

Media drawnMedia(Prng& prng)
{
    const quint32 percent = prng.below(100);
    if (percent < 60)
        return Media::Voice;
    return percent < 68 ? Media::Callback : percent < 76 ? Media::Chat : percent < 86 ? Media::Email : Media::Message;
}

std::string drawnNumber(Prng& prng)
{
    std::string number = "+13175550";
    appendNumber(100 + prng.below(900), number);
    return number;
}
} // namespace

void NotificationWorld::advance(LiveCall& call)
{
    switch (call.phase) {
    case Phase::Over:
        if (call.lasting)
            beginLasting(call);
        else if (m_prng.below(100) < 55)
            begin(call);
        break;
    case Phase::Queued:
        route(call);
        break;
    case Phase::Alerting:
        answer(call);
        break;
    case Phase::Connected:
        converse(call);
        break;
    case Phase::Held:
        retrieve(call);
        break;
    case Phase::Wrapup:
        wrapUp(call);
        break;
    }
}

void NotificationWorld::begin(LiveCall& call)
{
    call = LiveCall();
    call.id = m_teller.uuid();
    call.media = drawnMedia(m_prng);
    call.outbound = m_prng.below(6) == 0;
    addCustomer(call);
    enterQueue(call, m_prng.below(quint32(m_staff.queues.size())));
}

/// The first time, or once more: the customer is called back in the same conversation.
void NotificationWorld::beginLasting(LiveCall& call)
{
    const auto index = std::size_t(&call - m_calls.data());
    call.id = m_staff.lastingConversations[index];
    call.participants.clear();
    addCustomer(call);
    enterQueue(call, m_prng.below(quint32(std::min(lastingQueues, m_staff.queues.size()))));
}

void NotificationWorld::addCustomer(LiveCall& call)
{
    call.startMs = m_teller.nowMs();
    call.person = m_prng.below(quint32(roster::customers.size()));
    call.customerName = roster::customers[call.person];
    call.attributes = m_prng.below(3) == 0 ? roster::attributes[m_prng.below(quint32(roster::attributes.size()))]
                                           : std::string_view();
    call.number = drawnNumber(m_prng);
    call.mail = "customer" + std::to_string(call.person) + "@example.invalid";
    CallParticipant& customer = add(call, Purpose::Customer, 0);
    customer.state = "connected";
    customer.connectedMs = m_teller.nowMs();
    m_teller.tellDetail(TopicKind::CustomerStart, call, customer);
    m_teller.tellMetric({"nConversations", 1}, call, customer);
}

void NotificationWorld::enterQueue(LiveCall& call, std::size_t queue)
{
    call.queue = queue;
    call.queuedMs = m_teller.nowMs();
    call.phase = Phase::Queued;
    CallParticipant& acd = add(call, Purpose::Acd, queue);
    acd.state = "connected";
    acd.connectedMs = m_teller.nowMs();
    Queue::Counts& figures = counts(call);
    if (++figures.waiting == 1)
        figures.waitingSinceMs = m_teller.nowMs();
    m_teller.tellDetail(TopicKind::AcdStart, call, acd);
    m_teller.tellMetric({"nOffered", 1}, call, acd);
    m_teller.tellCall(call);
}

void NotificationWorld::route(LiveCall& call)
{
    const std::size_t agent = freeAgent(call.queue);
    if (agent != nobody)
        ring(call, agent);
    else if (!call.lasting && m_prng.below(100) < 6)
        abandon(call);
}

void NotificationWorld::abandon(LiveCall& call)
{
    CallParticipant& acd = *call.last(Purpose::Acd);
    end(call, acd, "peer");
    end(call, *call.last(Purpose::Customer), "peer");
    --counts(call).waiting;
    call.phase = Phase::Over;
    m_teller.tellDetail(TopicKind::AcdEnd, call, acd);
    m_teller.tellMetric({"tAbandon", m_teller.nowMs() - call.queuedMs}, call, acd);
    m_teller.tellCall(call);
}

void NotificationWorld::ring(LiveCall& call, std::size_t agent)
{
    m_staff.agents[agent].busy = true;
    call.agent = agent;
    call.phase = Phase::Alerting;
    ++call.steps;
    add(call, Purpose::Agent, agent);
    ++counts(call).alerting;
    m_teller.tellCall(call);
}

void NotificationWorld::answer(LiveCall& call)
{
    if (m_prng.below(100) < 8) {
        missCall(call);
        return;
    }
    const qint64 nowMs = m_teller.nowMs();
    CallParticipant& agent = *call.last(Purpose::Agent);
    CallParticipant& acd = *call.last(Purpose::Acd);
    agent.state = "connected";
    agent.connectedMs = nowMs;
    end(call, acd, "transfer");
    call.phase = Phase::Connected;
    ++call.steps;
    if (call.media == Media::Voice && call.sessionStartMs == 0)
        call.sessionStartMs = nowMs;

    const qint64 waitedMs = nowMs - call.queuedMs;
    Queue::Counts& figures = counts(call);
    --figures.waiting;
    --figures.alerting;
    if (++figures.interacting == 1)
        figures.interactingSinceMs = nowMs;
    figures.answeredSumMs += waitedMs;
    figures.answeredMaxMs = std::max(figures.answeredMaxMs, waitedMs);
    figures.answeredMinMs = figures.answered == 0 ? waitedMs : std::min(figures.answeredMinMs, waitedMs);
    ++figures.answered;

    Agent& person = m_staff.agents[agent.index];
    person.routing = Agent::Routing::Interacting;
    person.routingSinceMs = person.nextChangeMs(nowMs);
    m_teller.tellDetail(TopicKind::AcdEnd, call, acd);
    m_teller.tellDetail(TopicKind::UserStart, call, agent);
    m_teller.tellMetric({"tAcd", waitedMs}, call, acd);
    m_teller.tellMetric({"tAnswered", waitedMs}, call, acd);
    m_teller.tellMetric({"tAlert", nowMs - agent.startMs}, call, agent);
    m_teller.tellRouting(person);
    m_teller.tellSummary(person, &call);
    m_teller.tellCall(call);
}

void NotificationWorld::missCall(LiveCall& call)
{
    CallParticipant& agent = *call.last(Purpose::Agent);
    end(call, agent, "transfer.noanswer");
    Agent& person = m_staff.agents[agent.index];
    person.busy = false;
    person.routing = Agent::Routing::NotResponding;
    person.routingSinceMs = person.nextChangeMs(m_teller.nowMs());
    --counts(call).alerting;
    call.phase = Phase::Queued;
    m_teller.tellMetric({"tNotResponding", agent.endMs - agent.startMs}, call, agent);
    m_teller.tellRouting(person);
    m_teller.tellCall(call);
}

void NotificationWorld::converse(LiveCall& call)
{
    ++call.steps;
    const quint32 percent = m_prng.below(100);
    const bool voice = call.media == Media::Voice;
    if (percent < 25 && voice) {
        hold(call);
    } else if (percent < 35 && voice) {
        call.securePause = !call.securePause; // the customer says a card number
        m_teller.tellCall(call);
    } else if (percent < 62) {
        m_teller.tellCall(call); // a step of the agent's script
    } else if (percent < 74) {
        transfer(call);
    } else {
        hangUp(call);
    }
}

void NotificationWorld::hold(LiveCall& call)
{
    call.last(Purpose::Agent)->holdSinceMs = m_teller.nowMs();
    call.phase = Phase::Held;
    m_teller.tellCall(call);
}

void NotificationWorld::retrieve(LiveCall& call)
{
    CallParticipant& agent = *call.last(Purpose::Agent);
    const qint64 heldMs = m_teller.nowMs() - agent.holdSinceMs;
    agent.heldMs += heldMs;
    agent.holdSinceMs = 0;
    call.phase = Phase::Connected;
    ++call.steps;
    m_teller.tellMetric({"tHeld", heldMs}, call, agent);
    m_teller.tellCall(call);
}

void NotificationWorld::transfer(LiveCall& call)
{
    CallParticipant& agent = *call.last(Purpose::Agent);
    endAgent(call, agent, "transfer");
    completeWork(call, agent);
    m_teller.tellMetric({"nTransferred", 1}, call, agent);
    m_teller.tellMetric({"nBlindTransferred", 1}, call, agent);
    m_teller.tellCall(call); // to those who lose it; enterQueue() tells the others
    const auto queues = call.lasting ? std::min(lastingQueues, m_staff.queues.size()) : m_staff.queues.size();
    enterQueue(call, m_prng.below(quint32(queues)));
}

void NotificationWorld::hangUp(LiveCall& call)
{
    CallParticipant& agent = *call.last(Purpose::Agent);
    endAgent(call, agent, "peer");
    end(call, *call.last(Purpose::Customer), "endpoint");
    call.phase = Phase::Wrapup;
    if (call.sessionStartMs != 0) {
        m_teller.tellTranscription(call, true);
        call.sessionStartMs = 0;
    }
    m_teller.tellSummary(m_staff.agents[agent.index], &call);
    m_teller.tellCall(call);
}

void NotificationWorld::wrapUp(LiveCall& call)
{
    CallParticipant& agent = *call.last(Purpose::Agent);
    call.phase = Phase::Over;
    ++call.steps;
    completeWork(call, agent);
    m_teller.tellMetric({"tAcw", agent.acwEndMs - agent.acwStartMs}, call, agent);
    m_teller.tellMetric({"tHandle", agent.acwEndMs - agent.connectedMs}, call, agent);
    m_teller.tellCall(call);
}

/// The agent is out of the conversation, and has its after-call work before them.
void NotificationWorld::endAgent(LiveCall& call, CallParticipant& agent, std::string_view disconnectType)
{
    end(call, agent, disconnectType);
    agent.acwStartMs = m_teller.nowMs();
    --counts(call).interacting;
    call.securePause = false;
    m_teller.tellDetail(TopicKind::UserEnd, call, agent);
    m_teller.tellMetric({"tTalk", agent.endMs - agent.connectedMs - agent.heldMs}, call, agent);
}

/// The agent is free again.
void NotificationWorld::completeWork(LiveCall& call, CallParticipant& agent)
{
    agent.acwEndMs = m_teller.nowMs();
    agent.wrapup = int(m_prng.below(quint32(m_staff.wrapupCodes.size())));
    Agent& person = m_staff.agents[agent.index];
    person.busy = false;
    person.routing = Agent::Routing::Idle;
    person.routingSinceMs = person.nextChangeMs(m_teller.nowMs());
    m_teller.tellDetail(TopicKind::AfterCallWork, call, agent);
    m_teller.tellDetail(TopicKind::Wrapup, call, agent);
    m_teller.tellRouting(person);
    m_teller.tellSummary(person, nullptr);
}

CallParticipant& NotificationWorld::add(LiveCall& call, Purpose purpose, std::size_t index)
{
    if (call.participants.size() >= LiveCall::mostParticipants) {
        const auto gone = std::find_if(call.participants.begin() + 1, call.participants.end(),
                                       [](const CallParticipant& each) { return each.isGone(); });
        if (gone != call.participants.end())
            call.participants.erase(gone);
    }
    CallParticipant& participant = call.participants.emplace_back();
    participant.purpose = purpose;
    participant.id = m_teller.uuid();
    participant.sessionId = m_teller.uuid();
    participant.peerId = m_teller.uuid();
    participant.index = index;
    participant.startMs = m_teller.nowMs();
    return participant;
}

void NotificationWorld::end(const LiveCall& call, CallParticipant& participant, std::string_view disconnectType)
{
    if (participant.holdSinceMs != 0)
        participant.heldMs += m_teller.nowMs() - participant.holdSinceMs;
    participant.holdSinceMs = 0;
    participant.disconnectType = disconnectType;
    participant.endMs = m_teller.nowMs();
    // E-mails and messages are not terminated, they are over.
    const bool isWritten = call.media == Media::Email || call.media == Media::Message;
    participant.state = isWritten ? "disconnected" : "terminated";
}

std::size_t NotificationWorld::freeAgent(std::size_t queue)
{
    const std::size_t all = m_staff.agents.size();
    const std::size_t first = m_prng.below(quint32(all));
    for (std::size_t i = 0; i < all; ++i) {
        const std::size_t index = (first + i) % all;
        const Agent& agent = m_staff.agents[index];
        if (!agent.busy && agent.presence == Agent::Presence::OnQueue && agent.routing == Agent::Routing::Idle &&
            std::find(agent.queues.begin(), agent.queues.end(), queue) != agent.queues.end())
            return index;
    }
    return nobody;
}

Queue::Counts& NotificationWorld::counts(const LiveCall& call)
{
    Queue::Counts& figures = m_staff.queues[call.queue].counts[std::size_t(call.media)];
    figures.changed = true;
    return figures;
}

} // namespace framescope
