#pragma once
/// The contact centre that the notifications tell about: agents who come and go, queues, and conversations that queue,
/// ring, are answered, held, transferred, wrapped up. Each step tells every topic that would hear of it.
///
/// Seeded: the same seed tells the same story, at whatever times it is told. It knows nothing of channels and sockets.
/// Thread: one. Memory: about one conversation an agent.
#include "core/simulator/eventteller.h"

#include <vector>

namespace framescope {

class NotificationWorld
{
public:
    struct Setup
    {
        quint64 seed = 1;
        int agents = 16;
        int queues = 6;
        bool oddities = true;
        qint64 wallMs = 0; ///< when it begins to be told
    };
    explicit NotificationWorld(const Setup& setup);

    [[nodiscard]] const CentreStaff& staff() const { return m_staff; }
    /// One more thing happens.
    void step(qint64 wallMs, EventAudience& audience);
    /// Tells the figures of the queues that have changed: each at most once a second, as the service does.
    void publish(qint64 wallMs, EventAudience& audience);

private:
    void advance(LiveCall& call);
    void begin(LiveCall& call);
    void beginLasting(LiveCall& call);
    void addCustomer(LiveCall& call);
    void enterQueue(LiveCall& call, std::size_t queue);
    void route(LiveCall& call);
    void abandon(LiveCall& call);
    void ring(LiveCall& call, std::size_t agent);
    void answer(LiveCall& call);
    void missCall(LiveCall& call);
    void converse(LiveCall& call);
    void hold(LiveCall& call);
    void retrieve(LiveCall& call);
    void transfer(LiveCall& call);
    void hangUp(LiveCall& call);
    void wrapUp(LiveCall& call);
    void endAgent(LiveCall& call, CallParticipant& agent, std::string_view disconnectType);
    void completeWork(LiveCall& call, CallParticipant& agent);

    void speak();
    void changeAgent();
    void changeMembership();
    void changeStation();
    void signIn();
    void operate();

    CallParticipant& add(LiveCall& call, CallParticipant::Purpose purpose, std::size_t index);
    void end(const LiveCall& call, CallParticipant& participant, std::string_view disconnectType);
    std::size_t freeAgent(std::size_t queue);
    Queue::Counts& counts(const LiveCall& call);
    Agent& anyAgent() { return m_staff.agents[m_prng.below(quint32(m_staff.agents.size()))]; }
    LiveCall& anyCall() { return m_calls[m_prng.below(quint32(m_calls.size()))]; }

    CentreStaff m_staff;
    EventTeller m_teller;
    Prng m_prng;
    std::vector<LiveCall> m_calls; ///< the lasting ones first
    qint64 m_operatedMs = 0;       ///< the last operational event
};

} // namespace framescope
