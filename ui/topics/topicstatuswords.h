#pragma once
/// A topic's state and its gaps in words, and what to do about them.
/// Thread: gui (translations). What the service said is foreign text and is shown with its invisible characters.
#include "core/base/clock.h"
#include "core/genesys/notificationstate.h"

#include <QString>

namespace framescope {

[[nodiscard]] QString topicStateText(TopicState state); ///< "✓ permitted"
/// Missing permissions, else the service's reason, and what to do; empty for a permitted topic.
[[nodiscard]] QString topicReasonText(const TopicStatus& status);
/// What a person can do about it; for a silent topic too. Empty when nothing is to be done.
[[nodiscard]] QString topicAdviceText(const TopicStatus& status);
/// "1,204", "none since 12:03:11"; empty for a topic that is not subscribed.
[[nodiscard]] QString topicEventsText(const TopicStatus& status);
[[nodiscard]] QString topicSilenceText(const TopicStatus& status, const Instant& now);
/// "closed 1006: no Close frame, look at the proxy" for "closed 1006"; a cause that is not known as it is.
[[nodiscard]] QString gapCauseText(const QByteArray& cause);

} // namespace framescope
