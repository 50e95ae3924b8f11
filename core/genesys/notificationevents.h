#pragma once
/// The audit events of notifications, one function each, so that their details are spelled in one place. Those of
/// sockets are streamevents. Thread: any; pure. Details are redacted by auditEvent(). Times: RFC 3339 UTC, or ms.
#include "core/frame/auditevent.h"
#include "core/genesys/channelmaker.h"
#include "core/genesys/notificationstate.h"
#include "core/genesys/topicplan.h"

namespace framescope::notificationevents {

/// {"expires","topics","in_use","limit"}, "not_counted" with the reason instead of "in_use" where it is unknown; a
/// warning with advice where it evicts another channel.
[[nodiscard]] AuditEvent channelCreated(const MadeChannel& made, std::size_t topics);
/// {"cause","reason"}
[[nodiscard]] AuditEvent channelLost(const QString& endpoint, const QByteArray& cause, const QString& reason);
[[nodiscard]] AuditEvent channelRenewed(const Channel& channel, std::chrono::milliseconds overlap);
[[nodiscard]] AuditEvent topicsSubscribed(const QString& endpoint, int permitted, int rejected);
[[nodiscard]] AuditEvent topicRejected(const TopicStatus& topic);
/// Of topics that were not even asked for.
[[nodiscard]] AuditEvent topicRefused(const PlannedTopic& topic);
[[nodiscard]] AuditEvent topicDropped(const QByteArray& topic, const QString& why);
/// {"from","to","ms","cause","verdict":"unverifiable"}
[[nodiscard]] AuditEvent topicGap(const TopicGapEntry& gap);
[[nodiscard]] AuditEvent callFailed(const RestFailure& failure);
/// socket-closing, no-longer-subscribed, socket-replaced, token-revoked: {"reason","advice"}
[[nodiscard]] AuditEvent told(AuditAction action, const QString& endpoint, const QByteArray& reason);

/// What a person does about it: also the text of the lane's error.
[[nodiscard]] QString adviceFor(AuditAction action);

} // namespace framescope::notificationevents
