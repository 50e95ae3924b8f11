#include "core/simulator/centrestaff.h"

#include "core/simulator/contactcentre.h"
#include "core/simulator/prng.h"
#include "core/simulator/roster.h"

#include <algorithm>
#include <array>

namespace framescope {

namespace {

constexpr std::size_t queuesOfAnAgent = 4;
constexpr std::size_t demoAgents = 6;
constexpr std::size_t demoQueues = 3;
constexpr std::size_t wrapupCodeCount = 8;

constexpr auto presenceNames =
    std::to_array<std::string_view>({"ON_QUEUE", "AVAILABLE", "BUSY", "AWAY", "BREAK", "MEAL", "MEETING", "TRAINING"});
static_assert(presenceNames.size() == std::size_t(Agent::Presence::Count_));
constexpr auto routingNames = std::to_array<std::string_view>({"OFF_QUEUE", "IDLE", "INTERACTING", "NOT_RESPONDING"});

constexpr auto agentKinds = std::to_array<TopicKind>(
    {TopicKind::UserPresence, TopicKind::UserRoutingStatus, TopicKind::UserActivity, TopicKind::UserConversations,
     TopicKind::UserCalls, TopicKind::UserSummary, TopicKind::UserStation});
constexpr auto queueKinds =
    std::to_array<TopicKind>({TopicKind::QueueUsers, TopicKind::QueueConversations, TopicKind::QueueCalls,
                              TopicKind::QueueObservations, TopicKind::QueueActivity});
constexpr auto lastingKinds = std::to_array<TopicKind>(
    {TopicKind::Transcription, TopicKind::ConversationMetrics, TopicKind::UserStart, TopicKind::UserEnd,
     TopicKind::AcdStart, TopicKind::AcdEnd, TopicKind::AfterCallWork, TopicKind::Wrapup});

class Uuids
{
public:
    explicit Uuids(quint64 seed)
        : m_prng(seed)
    {
    }
    std::string next()
    {
        std::string uuid;
        const quint64 high = m_prng.next();
        appendUuid(high, m_prng.next(), uuid);
        return uuid;
    }

private:
    Prng m_prng;
};

/// The name again with a number, when there are more people or queues than names.
std::string numbered(std::string_view name, std::size_t index, std::size_t names)
{
    std::string text(name);
    return index < names ? text : text + ' ' + std::to_string(index / names + 1);
}

QByteArray asBytes(const std::string& text)
{
    return QByteArray::fromStdString(text);
}

} // namespace

std::string_view presenceName(Agent::Presence presence)
{
    return presenceNames[std::size_t(presence)];
}

std::string_view routingName(Agent::Routing routing)
{
    return routingNames[std::size_t(routing)];
}

qint64 momentAfter(qint64 lastMs, qint64 nowMs)
{
    constexpr qint64 mostAheadMs = 1000; // below what a reader takes for a clock that is wrong
    return std::min(std::max(nowMs, lastMs + 1), nowMs + mostAheadMs);
}

CentreStaff::CentreStaff(quint64 seed, int agentCount, int queueCount)
{
    Uuids uuids(seed ^ 0x7374616666ULL);
    organizationId = uuids.next();
    utilizationLabelId = uuids.next();
    for (std::string& id : presenceIds)
        id = uuids.next();
    for (std::size_t i = 0; i < wrapupCodeCount; ++i)
        wrapupCodes.push_back(uuids.next());
    const std::string divisions[] = {uuids.next(), uuids.next()};
    lastingConversations = {uuids.next(), uuids.next()};

    const auto queueTotal = std::size_t(std::clamp(queueCount, 1, mostQueues));
    for (std::size_t i = 0; i < queueTotal; ++i) {
        Queue queue;
        queue.id = uuids.next();
        queue.name = numbered(roster::queues[i % roster::queues.size()].name, i, roster::queues.size());
        queue.divisionId = divisions[i % 2];
        queues.push_back(std::move(queue));
    }
    const auto agentTotal = std::size_t(std::clamp(agentCount, 1, mostAgents));
    for (std::size_t i = 0; i < agentTotal; ++i) {
        Agent agent;
        agent.id = uuids.next();
        agent.name = numbered(roster::agents[i % roster::agents.size()], i, roster::agents.size());
        agent.email = "agent" + std::to_string(i + 1) + "@example.invalid";
        agent.stationId = uuids.next();
        agent.stationName = "Desk " + std::to_string(100 + i);
        for (std::size_t k = 0; k < std::min(queuesOfAnAgent, queueTotal); ++k)
            agent.queues.push_back((i + k) % queueTotal);
        agents.push_back(std::move(agent));
    }
}

std::vector<QByteArray> CentreStaff::demoTopics() const
{
    std::vector<QByteArray> topics;
    const auto add = [&topics](TopicKind kind, const std::string& id) { topics.push_back(asBytes(topicOf(kind, id))); };
    for (std::size_t i = 0; i < std::min(demoAgents, agents.size()); ++i) {
        for (const TopicKind kind : {TopicKind::UserPresence, TopicKind::UserRoutingStatus, TopicKind::UserActivity,
                                     TopicKind::UserConversations})
            add(kind, agents[i].id);
    }
    add(TopicKind::UserCalls, agents[0].id);
    add(TopicKind::UserSummary, agents[0].id);
    add(TopicKind::UserStation, agents[0].id);
    for (std::size_t i = 0; i < std::min(demoQueues, queues.size()); ++i) {
        add(TopicKind::QueueConversations, queues[i].id);
        add(TopicKind::QueueObservations, queues[i].id);
    }
    add(TopicKind::QueueUsers, queues[0].id);
    add(TopicKind::QueueActivity, queues[0].id);
    for (const TopicKind kind : lastingKinds)
        add(kind, lastingConversations[0]);
    add(TopicKind::Operations, "AUDIOHOOK-0001");
    return topics;
}

std::vector<QByteArray> CentreStaff::allTopics() const
{
    std::vector<QByteArray> topics;
    for (const Agent& agent : agents) {
        for (const TopicKind kind : agentKinds)
            topics.push_back(asBytes(topicOf(kind, agent.id)));
    }
    for (const Queue& queue : queues) {
        for (const TopicKind kind : queueKinds)
            topics.push_back(asBytes(topicOf(kind, queue.id)));
    }
    return topics;
}

std::vector<QByteArray> CentreStaff::restrictedTopics() const
{
    const Queue& queue = queues[std::min(demoQueues, queues.size()) - 1];
    const Agent& agent = agents[std::min(demoAgents, agents.size()) - 1];
    return {asBytes(topicOf(TopicKind::QueueConversations, queue.id)),
            asBytes(topicOf(TopicKind::QueueObservations, queue.id)),
            asBytes(topicOf(TopicKind::UserConversations, agent.id))};
}

} // namespace framescope
