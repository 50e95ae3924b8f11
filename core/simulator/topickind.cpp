#include "core/simulator/topickind.h"

#include <array>

namespace framescope {

namespace {

constexpr std::string_view directionMember = R"("direction":)";
constexpr std::string_view unknownMember = R"("experienceScore":)";
constexpr std::string_view unknownValue = "87";
constexpr std::string_view eventTimeMember = R"("eventTime":)";

constexpr auto topicKinds = [] {
    using enum TopicKind;
    return std::to_array<TopicKindInfo>({
        {UserPresence, "v2.users.", ".presence", {}, {}, R"("primary":)"},
        {UserRoutingStatus, "v2.users.", ".routingStatus", R"("status":)", "FOCUS_TIME", R"("startTime":)"},
        {UserActivity, "v2.users.", ".activity", R"("status":)", "FOCUS_TIME", R"("active":)"},
        {UserConversations, "v2.users.", ".conversations", directionMember, "internal", R"("held":)"},
        {UserCalls, "v2.users.", ".conversations.calls", directionMember, "internal", R"("muted":)"},
        {UserSummary, "v2.users.", ".conversationsummary", {}, {}, R"("active":)"},
        {UserStation, "v2.users.", ".station", {}, {}, R"("name":)"},
        {UserTokens, "v2.users.", ".tokens", {}, {}, R"("ipAddress":)"},
        {QueueUsers, "v2.routing.queues.", ".users", {}, {}, R"("joined":)", true},
        {QueueConversations, "v2.routing.queues.", ".conversations", directionMember, "internal", R"("held":)"},
        {QueueCalls, "v2.routing.queues.", ".conversations.calls", directionMember, "internal", R"("muted":)"},
        {QueueObservations, "v2.analytics.queues.", ".observations", {}, {}, R"("count":)"},
        {QueueActivity, "v2.analytics.queues.", ".activity", R"("metric":)", "oSummarizing", R"("count":)"},
        {ConversationMetrics, "v2.analytics.conversation.", ".metrics", R"("metric":)", "tSummary", R"("value":)"},
        {UserStart, "v2.detail.events.conversation.", ".user.start", directionMember, "INTERNAL", eventTimeMember},
        {UserEnd, "v2.detail.events.conversation.", ".user.end", directionMember, "INTERNAL", eventTimeMember},
        {CustomerStart, "v2.detail.events.conversation.", ".customer.start", directionMember, "INTERNAL",
         eventTimeMember},
        {AcdStart, "v2.detail.events.conversation.", ".acd.start", directionMember, "INTERNAL", eventTimeMember},
        {AcdEnd, "v2.detail.events.conversation.", ".acd.end", directionMember, "INTERNAL", eventTimeMember},
        {AfterCallWork, "v2.detail.events.conversation.", ".acw", directionMember, "INTERNAL",
         R"("wrapupDurationMs":)"},
        {Wrapup, "v2.detail.events.conversation.", ".wrapup", directionMember, "INTERNAL", R"("wrapupDurationMs":)"},
        {Operations, "v2.operations.events.", "", {}, {}, R"("timestamp":)"},
        {Transcription, "v2.conversations.", ".transcription", R"("channel":)", "MIXED", R"("sessionStartTimeMs":)"},
    });
}();
static_assert(topicKinds.size() == std::size_t(TopicKind::Count_));

/// Where the value that begins at @p from ends. Texts of the simulator hold no escapes.
std::size_t endOfScalar(std::string_view json, std::size_t from)
{
    return json[from] == '"' ? json.find('"', from + 1) + 1 : json.find_first_of(",}]", from);
}

/// Where the value of that member begins, or npos.
std::size_t valueOf(std::string_view member, std::string_view json, std::size_t from)
{
    const std::size_t at = member.empty() ? std::string_view::npos : json.find(member, from);
    return at == std::string_view::npos ? at : at + member.size();
}

} // namespace

const TopicKindInfo& topicKindInfo(TopicKind kind)
{
    return topicKinds[std::size_t(kind)];
}

std::string topicOf(TopicKind kind, std::string_view id)
{
    const TopicKindInfo& info = topicKindInfo(kind);
    std::string topic(info.prefix);
    topic += id;
    topic += info.suffix;
    return topic;
}

std::optional<FaultPlace> makeOdd(Fault oddity, TopicKind kind, std::string& message, std::size_t body)
{
    const TopicKindInfo& info = topicKindInfo(kind);
    if (oddity == Fault::UnknownField) {
        if (info.isOpen)
            return std::nullopt;
        const std::size_t at = body + 1; // behind the brace; no body is empty
        message.insert(at, std::string(unknownMember).append(unknownValue) += ',');
        return placeOfValue(message, at + unknownMember.size(), unknownValue.size());
    }
    const bool isEnum = oddity == Fault::NewEnumValue;
    const std::size_t from = valueOf(isEnum ? info.enumMember : info.typedMember, message, body);
    if (from == std::string::npos)
        return std::nullopt;
    const std::size_t end = endOfScalar(message, from);
    std::string odd = "7";
    if (isEnum)
        odd = '"' + std::string(info.newValue) + '"';
    else if (message[from] != '"')
        odd = '"' + message.substr(from, end - from) + '"';
    message.replace(from, end - from, odd);
    return placeOfValue(message, from, odd.size());
}

} // namespace framescope
