#pragma once
/// The kinds of topics whose events the simulated world causes, and what can be odd about the events of each.
/// Source of the names: the notification mappings of Genesys' own SDKs. Thread: any; static data.
#include "core/simulator/faultplace.h"
#include "core/simulator/scenario.h"

#include <optional>
#include <string>
#include <string_view>

namespace framescope {

enum class TopicKind : quint8
{
    UserPresence,
    UserRoutingStatus,
    UserActivity,
    UserConversations,
    UserCalls,
    UserSummary,
    UserStation,
    UserTokens,
    QueueUsers,
    QueueConversations,
    QueueCalls,
    QueueObservations,
    QueueActivity,
    ConversationMetrics,
    UserStart,
    UserEnd,
    CustomerStart,
    AcdStart,
    AcdEnd,
    AfterCallWork,
    Wrapup,
    Operations,
    Transcription,
    Count_
};

/// A topic is prefix + identifier + suffix: "v2.users." + id + ".presence".
struct TopicKindInfo
{
    TopicKind kind;
    std::string_view prefix;
    std::string_view suffix;
    std::string_view enumMember;  ///< a member with a list of allowed values, up to its value: "direction":
    std::string_view newValue;    ///< a value that no list has; empty: bodies of this kind have no such member
    std::string_view typedMember; ///< a member up to its value, which can be given the wrong type
    bool isOpen = false;          ///< the published schema allows any other member, so that none is unknown
};

[[nodiscard]] const TopicKindInfo& topicKindInfo(TopicKind kind);
/// prefix + @p id + suffix.
[[nodiscard]] std::string topicOf(TopicKind kind, std::string_view id);

/// Makes one message odd: a field that no schema has, a value that is new, or a value of the wrong type. @p body: where
/// its event body begins. The place of the odd value; nothing, and nothing changed, when this message cannot be made
/// so.
[[nodiscard]] std::optional<FaultPlace> makeOdd(Fault oddity, TopicKind kind, std::string& message, std::size_t body);

} // namespace framescope
