#include "core/simulator/contactcentre.h"

#include "core/simulator/roster.h"

#include <array>
#include <charconv>

namespace framescope {

namespace {

constexpr std::size_t conversationsAtOnce = 160;
constexpr quint32 stillWaitingPercent = 71; ///< an update says only that the wait goes on
constexpr auto mediaTypes = std::to_array<std::string_view>({"voice", "chat", "email", "callback", "message"});
constexpr auto stateNames = std::to_array<std::string_view>(
    {"queued", "alerting", "connected", "held", "transferred", "wrapup", "disconnected"});
constexpr std::string_view sentence =
    "Zoë: Guten Tag, was kann ich für Sie tun? · Customer: my invoice of last month is twice what it was. · ";

std::string numbered(std::string_view prefix, std::size_t number)
{
    std::string digits = std::to_string(number);
    return std::string(prefix) + std::string(4 - digits.size(), '0') + digits;
}

std::string idAndName(const std::string& id, std::string_view name)
{
    return "\"id\":\"" + id + "\",\"name\":\"" + std::string(name) + '"';
}

/// The same text in ISO 8859-1, as a sender with the wrong encoding writes it: no UTF-8.
constexpr std::string_view latin1Name = "Zo\xEB M\xFCller";
constexpr std::size_t firstLatin1Byte = 2;

void appendTranscript(std::size_t bytes, std::string& json)
{
    constexpr std::size_t bytesPerEntry = 60'000;
    json.reserve(json.size() + bytes + bytes / 100 + 4096);
    const std::size_t end = json.size() + bytes;
    for (int entry = 1; json.size() < end; ++entry) {
        json += R"(,"transcript-)";
        appendNumber(quint64(entry), json);
        json += R"(":")";
        const std::size_t entryEnd = std::min(end, json.size() + bytesPerEntry);
        while (json.size() < entryEnd)
            json += sentence;
        json += '"';
    }
}

} // namespace

void appendUuid(quint64 distinct, quint64 random, std::string& text)
{
    static constexpr char digits[] = "0123456789abcdef";
    // Version and variant take six bits. The four of `distinct` that the version displaces move to the end of the other
    // half.
    const quint64 high = (distinct & ~0xF000ULL) | 0x4000ULL;
    const quint64 low = (random & 0x3FFFFFFFFFFFFFF0ULL) | 0x8000000000000000ULL | ((distinct >> 12) & 0xF);
    char uuid[36];
    int at = 0;
    for (int nibble = 0; nibble < 32; ++nibble) {
        if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20)
            uuid[at++] = '-';
        const quint64 half = nibble < 16 ? high : low;
        uuid[at++] = digits[(half >> (60 - 4 * (nibble % 16))) & 0xF];
    }
    text.append(uuid, sizeof uuid);
}

void appendNumber(quint64 number, std::string& text)
{
    char digits[20];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
    text.append(digits, std::size_t(end - digits));
}

ContactCentre::ContactCentre(quint64 seed)
    : m_prng(seed)
{
    // Numbers with gaps, as ids in a real organisation have.
    for (std::size_t i = 0; i < roster::queues.size(); ++i)
        m_queues.push_back(idAndName(numbered("q-", 3 + i * 13), roster::queues[i].name));
    for (std::size_t i = 0; i < roster::agents.size(); ++i)
        m_agents.push_back(idAndName(numbered("a-", 7 + i * 11), roster::agents[i]));
    m_conversations.resize(conversationsAtOnce);
    for (Conversation& conversation : m_conversations) {
        begin(conversation);
        // The day is under way: not everybody starts in the queue.
        for (quint32 steps = m_prng.below(5); steps > 0 && conversation.state != State::Disconnected; --steps)
            conversation.state = stateAfter(conversation);
    }
    m_current = &m_conversations.front();
}

void ContactCentre::appendUuid(std::string& text)
{
    const quint64 high = m_prng.next();
    framescope::appendUuid(high, m_prng.next(), text);
}

void ContactCentre::begin(Conversation& conversation)
{
    conversation = {};
    appendUuid(conversation.id);
    conversation.media = quint8(m_prng.below(10) < 5 ? 0 : m_prng.below(mediaTypes.size()));
    conversation.outbound = m_prng.below(6) == 0;
    conversation.queue = m_prng.below(roster::queues.size());
    conversation.priority = quint8(m_prng.below(6));
    conversation.waitMs = m_prng.below(4000);

    const quint32 person = m_prng.below(roster::customers.size());
    conversation.customer = R"({"id":")";
    appendUuid(conversation.customer);
    conversation.customer += R"(","purpose":"customer","name":")";
    conversation.customer += roster::customers[person];
    conversation.customer += R"(","state":")";

    const std::string_view media = mediaTypes[conversation.media];
    if (media == "voice" || media == "callback") {
        conversation.address = "tel:+13175550";
        appendNumber(100 + m_prng.below(900), conversation.address);
    }
    if (m_prng.below(4) == 0)
        conversation.attributes = roster::attributes[m_prng.below(roster::attributes.size())];
    chooseAgent(conversation);
}

void ContactCentre::chooseAgent(Conversation& conversation)
{
    conversation.agentIndex = m_prng.below(roster::agents.size());
    conversation.agent = R"({"id":")";
    appendUuid(conversation.agent);
    conversation.agent += R"(","purpose":"agent","state":")";
}

ContactCentre::State ContactCentre::stateAfter(const Conversation& conversation)
{
    const quint32 percent = m_prng.below(100);
    switch (conversation.state) {
    case State::Queued:
        if (percent < stillWaitingPercent)
            return State::Queued;
        return percent < 98 ? State::Alerting : State::Disconnected; // some give up
    case State::Alerting:
        return percent < 12 ? State::Queued : State::Connected; // some agents do not answer
    case State::Connected:
        if (percent < 25)
            return conversation.media == 0 ? State::Held : State::Connected;
        return percent < 35 ? State::Transferred : percent < 55 ? State::Connected : State::Wrapup;
    case State::Held:
        return State::Connected;
    case State::Transferred:
        return State::Alerting;
    case State::Wrapup:
        return State::Disconnected;
    case State::Disconnected:
        break;
    }
    return State::Queued;
}

void ContactCentre::advance()
{
    Conversation& conversation = m_conversations[m_prng.below(conversationsAtOnce)];
    m_current = &conversation;
    if (conversation.state == State::Disconnected) {
        begin(conversation);
        return;
    }
    conversation.state = stateAfter(conversation);
    if (conversation.state == State::Queued || conversation.state == State::Alerting)
        conversation.waitMs += m_prng.below(30'000);
    if (conversation.state == State::Queued && conversation.priority < 10)
        ++conversation.priority;
    if (conversation.state == State::Transferred) {
        conversation.queue = m_prng.below(roster::queues.size());
        chooseAgent(conversation);
    }
}

FaultPlace ContactCentre::appendBody(const BodyForm& form, std::string& json) const
{
    FaultPlace broken;
    const Conversation& conversation = *m_current;
    json += R"("mediaType":")";
    json += mediaTypes[conversation.media];
    json += R"(","direction":")";
    json += conversation.outbound ? "outbound" : "inbound";
    json += R"(","state":")";
    json += stateNames[std::size_t(conversation.state)];
    json += R"(","queue":{)";
    json += m_queues[conversation.queue];
    json += '}';
    if (form.latin1Agent) {
        json += R"(,"agent":{"id":"a-0007","name":")";
        broken = {"/agent/name", quint32(json.size() + firstLatin1Byte), 1};
        json += latin1Name;
        json += R"("})";
    } else if (conversation.state != State::Queued) {
        json += R"(,"agent":{)";
        json += m_agents[conversation.agentIndex];
        json += '}';
    }
    appendParticipants(json);
    if (!form.withoutRouting) {
        const FaultPlace priority = appendRouting(form, json);
        if (form.priorityAsText)
            broken = priority;
    }
    json += R"(,"attributes":{)";
    json += conversation.attributes;
    if (form.attributeBytes > 0) {
        json += conversation.attributes.empty() ? R"("source":"recording")" : R"(,"source":"recording")";
        appendTranscript(form.attributeBytes, json);
    }
    json += '}';
    return broken;
}

void ContactCentre::appendParticipants(std::string& json) const
{
    const Conversation& conversation = *m_current;
    const bool ended = conversation.state == State::Disconnected || conversation.state == State::Wrapup;
    const bool held = conversation.state == State::Held;
    json += R"(,"participants":[)";
    json += conversation.customer;
    json += ended ? "disconnected" : held ? "held" : "connected";
    if (!conversation.address.empty()) {
        json += R"(","address":")";
        json += conversation.address;
    }
    json += R"("})";
    if (conversation.state != State::Queued) {
        json += ',';
        json += conversation.agent;
        const bool alerting = conversation.state == State::Alerting || conversation.state == State::Transferred;
        json += conversation.state == State::Disconnected ? "disconnected" : alerting ? "alerting" : "connected";
        json += R"("})";
    }
    json += ']';
}

/// The place of the priority, when the form breaks it.
FaultPlace ContactCentre::appendRouting(const BodyForm& form, std::string& json) const
{
    const Conversation& conversation = *m_current;
    json += R"(,"routing":{"queueId":)";
    // The id is what stands between "id": and the comma in the queue's members.
    json += std::string_view(m_queues[conversation.queue]).substr(5, 8);
    json += R"(,"skills":[)";
    json += roster::queues[conversation.queue].skills;
    json += R"(],"priority":)";
    const std::size_t priorityAt = json.size();
    json += form.priorityAsText ? "\"" : "";
    appendNumber(conversation.priority, json);
    json += form.priorityAsText ? "\"" : "";
    const std::size_t priorityEnd = json.size();
    json += R"(,"waitMs":)";
    appendNumber(conversation.waitMs, json);
    json += '}';
    return form.priorityAsText ? FaultPlace{"/routing/priority", quint32(priorityAt), quint32(priorityEnd - priorityAt)}
                               : FaultPlace{};
}

} // namespace framescope
