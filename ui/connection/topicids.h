#pragma once
/// Choosing topics: what a template needs in place of its braces, which topics cannot be chosen and why, and what a
/// person pasted. Thread: gui (translations).
#include "core/genesys/directory.h"

#include <QString>
#include <QStringList>

namespace framescope {

/// What stands for the placeholder of "v2.users.{id}.presence".
enum class TopicParameter
{
    None, ///< the topic is concrete
    Queue,
    User,
    Other ///< an id that the directory has no names for
};

[[nodiscard]] TopicParameter topicParameter(QByteArrayView pattern);
/// @p pattern with @p id for its placeholder; several placeholders take parts between slashes ("conversation/user").
[[nodiscard]] QString filledTopic(const QString& pattern, const QString& id);
/// Words between spaces, commas, semicolons and line ends.
[[nodiscard]] QStringList pastedWords(const QString& text);
/// What keeps @p topic from being subscribed, in words; empty when nothing does.
[[nodiscard]] QString topicProblem(const QString& topic);
/// Why the service cannot deliver that topic here, in words; empty when it can. @p hasUser: a person signs in.
[[nodiscard]] QString topicObstacle(const AvailableTopic& topic, bool hasUser);

} // namespace framescope
