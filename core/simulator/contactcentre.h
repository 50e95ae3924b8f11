#pragma once
/// A contact centre that never was: conversations that queue, ring, are answered, held, transferred, wrapped up and
/// ended, and the body of the interaction.update that each step causes.
///
/// Seeded: the same seed tells the same story. Memory: 160 conversations at a time. Thread: one.
#include "core/simulator/faultplace.h"
#include "core/simulator/prng.h"

#include <string>
#include <string_view>
#include <vector>

namespace framescope {

/// What is done to a body on purpose.
struct BodyForm
{
    bool priorityAsText = false;    ///< breaks the schema: routing.priority is a string
    bool withoutRouting = false;    ///< breaks the schema: a required member is missing
    bool latin1Agent = false;       ///< breaks UTF-8: the agent's name is in ISO 8859-1
    std::size_t attributeBytes = 0; ///< adds a transcript of at least that size
};

class ContactCentre
{
public:
    explicit ContactCentre(quint64 seed);

    /// Takes one conversation a step further and makes it the current one.
    void advance();
    [[nodiscard]] std::string_view conversationId() const { return m_current->id; }
    /// Appends the members from mediaType on, without the braces around the message, which begins where @p json does.
    /// The place of the value that the form breaks; empty when it breaks none.
    FaultPlace appendBody(const BodyForm& form, std::string& json) const;

private:
    enum class State : quint8
    {
        Queued,
        Alerting,
        Connected,
        Held,
        Transferred,
        Wrapup,
        Disconnected
    };

    struct Conversation
    {
        std::string id;
        std::string customer; ///< participant up to the value of its state
        std::string address;
        std::string agent; ///< participant up to the value of its state
        std::string attributes;
        std::size_t queue = 0;
        std::size_t agentIndex = 0;
        quint32 waitMs = 0;
        quint8 media = 0;
        quint8 priority = 0;
        bool outbound = false;
        State state = State::Queued;
    };

    void begin(Conversation& conversation);
    void chooseAgent(Conversation& conversation);
    State stateAfter(const Conversation& conversation);
    void appendUuid(std::string& text);
    void appendParticipants(std::string& json) const;
    FaultPlace appendRouting(const BodyForm& form, std::string& json) const;

    Prng m_prng;
    std::vector<std::string> m_queues; ///< "id":"q-0042","name":"Billing"
    std::vector<std::string> m_agents; ///< "id":"a-0007","name":"Zoë Müller"
    std::vector<Conversation> m_conversations;
    Conversation* m_current = nullptr;
};

/// Appends a version 4 UUID (RFC 9562 section 5.4) that holds all 64 bits of @p distinct: distinct numbers, distinct
/// ids.
void appendUuid(quint64 distinct, quint64 random, std::string& text);
/// Appends a decimal number.
void appendNumber(quint64 number, std::string& text);

} // namespace framescope
