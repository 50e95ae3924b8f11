#pragma once
/// Tells the audience what happens in the simulated contact centre: makes the message of each event that somebody
/// hears, and of no other. One happening has one correlation id, however many topics hear of it.
///
/// Now and then it tells something odd (SimulatorOptions::oddities): a field that is unknown, a value that is new, or,
/// rarest, a value of the wrong type. Thread: one. Memory: the message in the making.
#include "core/simulator/centrestaff.h"
#include "core/simulator/detailbodies.h"
#include "core/simulator/faultplace.h"
#include "core/simulator/livecall.h"
#include "core/simulator/prng.h"

#include <string>
#include <string_view>

namespace framescope {

/// What is odd about a message.
struct Oddity
{
    Fault fault = Fault::Count_; ///< Count_: nothing
    FaultPlace place;
};

/// Who listens to what.
class EventAudience
{
public:
    virtual ~EventAudience() = default;
    /// Whether anybody listens to @p topic (compared without case).
    virtual bool hears(std::string_view topic) = 0;
    /// A message of the topic of the last hears().
    virtual void deliver(std::string_view message, const Oddity& oddity) = 0;
};

class EventTeller
{
public:
    EventTeller(quint64 seed, bool oddities, const CentreStaff& staff);

    /// Something happens: what is told from now on has this time, goes there, and has a new correlation id.
    void happen(qint64 wallMs, EventAudience& audience);
    [[nodiscard]] qint64 nowMs() const { return m_nowMs; }
    /// An identifier of the story.
    [[nodiscard]] std::string uuid() { return uuidFrom(m_idPrng); }
    /// An identifier of a message: how many are drawn depends on who listens, so that they are drawn apart.
    [[nodiscard]] std::string messageId() { return uuidFrom(m_messageIdPrng); }

    /// @p appendBody appends the event body; it is called only when somebody listens.
    template <typename AppendBody>
    void tell(TopicKind kind, std::string_view id, AppendBody appendBody)
    {
        if (!begin(kind, id))
            return;
        appendBody(m_message);
        end(kind);
    }

    /// The snapshots of a conversation, to its queue and to the agents that it concerns now.
    void tellCall(const LiveCall& call);
    void tellDetail(TopicKind kind, const LiveCall& call, const CallParticipant& participant);
    void tellMetric(detailbodies::Metric metric, const LiveCall& call, const CallParticipant& participant);
    void tellTranscription(const LiveCall& call, bool over);
    void tellPresence(const Agent& agent);
    /// To routingStatus and to activity.
    void tellRouting(const Agent& agent);
    /// @p call: what the agent is busy with, or nothing.
    void tellSummary(const Agent& agent, const LiveCall* call);

private:
    [[nodiscard]] static std::string uuidFrom(Prng& prng);
    bool begin(TopicKind kind, std::string_view id);
    void end(TopicKind kind);
    void tellSnapshots(TopicKind nested, TopicKind flat, std::string_view id, const LiveCall& call);
    bool concerns(const CallParticipant& participant) const;

    const CentreStaff& m_staff;
    EventAudience* m_audience = nullptr;
    Prng m_idPrng;
    Prng m_messageIdPrng;
    Prng m_oddityPrng;
    bool m_oddities;
    qint64 m_nowMs = 0;
    std::string m_correlationId;
    std::string m_topic;
    std::string m_message;
    std::size_t m_bodyAt = 0;
    std::string m_nested; ///< the snapshots of the call that is told of, made once
    std::string m_flat;
};

} // namespace framescope
