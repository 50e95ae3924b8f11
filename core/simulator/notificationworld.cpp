#include "core/simulator/notificationworld.h"

#include "core/simulator/contactcentre.h"
#include "core/simulator/roster.h"
#include "core/simulator/staffbodies.h"

#include <algorithm>
#include <array>

namespace framescope {

namespace {

constexpr qint64 publishEveryMs = 1000;
constexpr int drawsForAFreeAgent = 6;
constexpr std::size_t mostQueuesOfAnAgent = 6;
constexpr int stepsBefore = 12; ///< of each conversation, before anybody listens
constexpr qint64 stepsBeforeApartMs = 500;
constexpr auto operationIds = std::to_array<std::string_view>({"AUDIOHOOK-0001", "AUDIOHOOK-0006", "AUDIOHOOK-0012"});

struct NobodyListens : EventAudience
{
    bool hears(std::string_view) override { return false; }
    void deliver(std::string_view, const Oddity&) override {}
};

} // namespace

NotificationWorld::NotificationWorld(const Setup& setup)
    : m_staff(setup.seed, setup.agents, setup.queues)
    , m_teller(setup.seed, setup.oddities, m_staff)
    , m_prng(setup.seed ^ 0x776F726C64ULL)
    , m_calls(m_staff.agents.size() + m_staff.agents.size() / 4 + m_staff.lastingConversations.size())
{
    for (std::size_t i = 0; i < m_staff.lastingConversations.size(); ++i)
        m_calls[i].lasting = true;
    // The day is under way: it began some minutes ago, and nobody listened.
    const auto before = qint64(m_calls.size()) * stepsBefore;
    NobodyListens nobody;
    const qint64 firstMs = setup.wallMs - before * stepsBeforeApartMs;
    for (Agent& agent : m_staff.agents)
        agent.presenceSinceMs = agent.routingSinceMs = agent.queuesSinceMs = firstMs;
    for (qint64 i = 0; i < before; ++i)
        step(firstMs + i * stepsBeforeApartMs, nobody);
}

void NotificationWorld::step(qint64 wallMs, EventAudience& audience)
{
    m_teller.happen(wallMs, audience);
    const quint32 draw = m_prng.below(1000);
    if (draw < 620)
        advance(anyCall());
    else if (draw < 700)
        advance(m_calls[m_prng.below(quint32(m_staff.lastingConversations.size()))]);
    else if (draw < 820)
        speak();
    else if (draw < 930)
        changeAgent();
    else if (draw < 970)
        changeMembership();
    else if (draw < 985)
        changeStation();
    else if (draw < 990)
        signIn();
    else
        operate();
}

void NotificationWorld::publish(qint64 wallMs, EventAudience& audience)
{
    for (Queue& queue : m_staff.queues) {
        bool any = false;
        for (std::size_t medium = 0; medium < Queue::mediaCount; ++medium) {
            Queue::Counts& figures = queue.counts[medium];
            if (!figures.changed || wallMs - figures.publishedMs < publishEveryMs)
                continue;
            any = true;
            figures.changed = false;
            figures.publishedMs = wallMs;
            m_teller.happen(wallMs, audience);
            m_teller.tell(TopicKind::QueueObservations, queue.id, [&](std::string& json) {
                staffbodies::appendObservations(queue, Media(medium), m_staff, wallMs, json);
            });
        }
        if (any) {
            m_teller.tell(TopicKind::QueueActivity, queue.id,
                          [&](std::string& json) { staffbodies::appendQueueActivity(queue, wallMs, json); });
        }
    }
}

void NotificationWorld::speak()
{
    LiveCall& call = m_prng.below(2) == 0 ? m_calls.front() : anyCall();
    if (call.phase != LiveCall::Phase::Connected || call.media != Media::Voice) {
        advance(call);
        return;
    }
    m_teller.tellTranscription(call, false);
    ++call.utterances;
}

void NotificationWorld::changeAgent()
{
    Agent* free = nullptr;
    for (int draw = 0; draw < drawsForAFreeAgent && (free == nullptr || free->busy); ++draw)
        free = &anyAgent();
    if (free->busy)
        return;
    Agent& agent = *free;
    const bool onQueue = agent.presence == Agent::Presence::OnQueue;
    if (onQueue && agent.routing == Agent::Routing::NotResponding) {
        agent.routing = Agent::Routing::Idle;
        agent.routingSinceMs = agent.nextChangeMs(m_teller.nowMs());
        m_teller.tellRouting(agent);
        return;
    }
    // More come back than leave, so that most are at work.
    if (m_prng.below(100) >= (onQueue ? 35U : 75U))
        return;
    agent.presence =
        onQueue ? Agent::Presence(1 + m_prng.below(quint32(Agent::Presence::Count_) - 1)) : Agent::Presence::OnQueue;
    agent.routing = onQueue ? Agent::Routing::OffQueue : Agent::Routing::Idle;
    agent.presenceSinceMs = agent.routingSinceMs = agent.nextChangeMs(m_teller.nowMs());
    for (const std::size_t queue : agent.queues)
        m_staff.queues[queue].counts[0].changed = true;
    m_teller.tellPresence(agent);
    m_teller.tellRouting(agent);
}

void NotificationWorld::changeMembership()
{
    Agent& agent = anyAgent();
    const std::size_t index = m_prng.below(quint32(m_staff.queues.size()));
    const auto found = std::find(agent.queues.begin(), agent.queues.end(), index);
    const bool joins = found == agent.queues.end();
    if (agent.busy || (joins ? agent.queues.size() >= mostQueuesOfAnAgent : agent.queues.size() == 1))
        return;
    if (joins)
        agent.queues.push_back(index);
    else
        agent.queues.erase(found);
    agent.queuesSinceMs = m_teller.nowMs();
    Queue& queue = m_staff.queues[index];
    queue.counts[0].changed = true;
    m_teller.tell(TopicKind::QueueUsers, queue.id,
                  [&](std::string& json) { staffbodies::appendMembership(agent, queue, joins, json); });
    m_teller.tell(TopicKind::UserActivity, agent.id,
                  [&](std::string& json) { staffbodies::appendActivity(agent, m_staff, json); });
}

void NotificationWorld::changeStation()
{
    Agent& agent = anyAgent();
    agent.stationId = m_teller.uuid(); // desks are shared: a free one is taken
    agent.stationName = "Desk " + std::to_string(100 + m_prng.below(100));
    m_teller.tell(TopicKind::UserStation, agent.id,
                  [&](std::string& json) { staffbodies::appendStation(agent, json); });
}

void NotificationWorld::signIn()
{
    const Agent& agent = anyAgent();
    m_teller.tell(TopicKind::UserTokens, agent.id, [&](std::string& json) {
        staffbodies::appendToken(agent, m_teller.messageId(), m_teller.nowMs(), json);
    });
}

void NotificationWorld::operate()
{
    const std::string_view id = operationIds[m_prng.below(quint32(operationIds.size()))];
    const std::string& conversation = anyCall().id;
    if (conversation.empty())
        return;
    m_operatedMs = momentAfter(m_operatedMs, m_teller.nowMs());
    m_teller.tell(TopicKind::Operations, id, [&](std::string& json) {
        staffbodies::appendOperation(id, conversation, m_staff.organizationId, m_operatedMs, json);
    });
}

} // namespace framescope
