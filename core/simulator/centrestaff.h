#pragma once
/// Who works in the simulated contact centre of the notifications: agents and queues with their identifiers, and the
/// topics that are worth listening to.
///
/// Seeded: the same seed and numbers give the same identifiers. Thread: one. Memory: 500 agents and 200 queues at most.
#include "core/simulator/topickind.h"

#include <QByteArray>
#include <algorithm>
#include <string>
#include <vector>

namespace framescope {

/// Now, or a moment after @p lastMs where the story is told faster than the clock runs: two changes of one moment would
/// be one event to whoever hears of them. At most a second ahead of @p nowMs.
[[nodiscard]] qint64 momentAfter(qint64 lastMs, qint64 nowMs);

struct Agent
{
    enum class Presence : quint8
    {
        OnQueue,
        Available,
        Busy,
        Away,
        Break,
        Meal,
        Meeting,
        Training,
        Count_
    };
    enum class Routing : quint8
    {
        OffQueue,
        Idle,
        Interacting,
        NotResponding
    };

    std::string id;
    std::string name;
    std::string email;
    std::string stationId;
    std::string stationName;
    std::vector<std::size_t> queues; ///< that it is joined to
    Presence presence = Presence::OnQueue;
    Routing routing = Routing::Idle;
    qint64 presenceSinceMs = 0;
    qint64 routingSinceMs = 0;
    qint64 queuesSinceMs = 0;
    bool busy = false; ///< in a conversation, or at work after it

    [[nodiscard]] qint64 nextChangeMs(qint64 nowMs) const
    {
        return momentAfter(std::max(routingSinceMs, presenceSinceMs), nowMs);
    }
};

struct Queue
{
    /// What is counted of one medium.
    struct Counts
    {
        int waiting = 0;
        int alerting = 0;
        int interacting = 0;
        qint64 answered = 0;
        qint64 answeredSumMs = 0;
        qint64 answeredMaxMs = 0;
        qint64 answeredMinMs = 0;
        qint64 waitingSinceMs = 0;     ///< somebody has been, without a break
        qint64 interactingSinceMs = 0; ///< the same
        qint64 publishedMs = 0;        ///< observations are published on change, at most once a second
        bool changed = false;
    };
    static constexpr std::size_t mediaCount = 5;

    std::string id;
    std::string name;
    std::string divisionId;
    Counts counts[mediaCount];
};

class CentreStaff
{
public:
    static constexpr int mostAgents = 500;
    static constexpr int mostQueues = 200;

    CentreStaff(quint64 seed, int agents, int queues);

    std::vector<Agent> agents;
    std::vector<Queue> queues;
    /// Conversations that never end: their topics can be subscribed before they are heard of.
    std::vector<std::string> lastingConversations;
    std::string organizationId;
    std::string presenceIds[std::size_t(Agent::Presence::Count_)];
    std::vector<std::string> wrapupCodes;
    std::string utilizationLabelId;

    [[nodiscard]] std::vector<QByteArray> demoTopics() const;
    [[nodiscard]] std::vector<QByteArray> allTopics() const;
    /// Those of the demo topics that lack a permission, when it is left to the service.
    [[nodiscard]] std::vector<QByteArray> restrictedTopics() const;
};

/// "ON_QUEUE".
[[nodiscard]] std::string_view presenceName(Agent::Presence presence);
/// "IDLE".
[[nodiscard]] std::string_view routingName(Agent::Routing routing);

} // namespace framescope
