#include "core/frame/auditevent.h"

#include "core/base/redactor.h"

#include <QJsonDocument>
#include <array>

namespace framescope {

namespace {
constexpr std::array<const char*, std::size_t(AuditAction::Count_)> actionNames = {"session-started",
                                                                                   "session-stopped",
                                                                                   "sign-in-started",
                                                                                   "signed-in",
                                                                                   "sign-in-failed",
                                                                                   "rate-limited",
                                                                                   "token-cleared",
                                                                                   "token-expired",
                                                                                   "connect-started",
                                                                                   "connected",
                                                                                   "connect-failed",
                                                                                   "closed",
                                                                                   "reconnect-scheduled",
                                                                                   "reconnect-requested",
                                                                                   "gap",
                                                                                   "stall-detected",
                                                                                   "pong-missed",
                                                                                   "transport-limit",
                                                                                   "breaker-opened",
                                                                                   "breaker-probing",
                                                                                   "breaker-closed",
                                                                                   "frames-dropped",
                                                                                   "view-skipped",
                                                                                   "listener-dropped",
                                                                                   "matrix-loaded",
                                                                                   "setting-changed",
                                                                                   "exported",
                                                                                   "storage-failed",
                                                                                   "channel-created",
                                                                                   "channel-lost",
                                                                                   "channel-renewed",
                                                                                   "topics-subscribed",
                                                                                   "topic-rejected",
                                                                                   "topic-gap",
                                                                                   "schemas-loaded",
                                                                                   "heartbeat-late",
                                                                                   "heartbeat-lost",
                                                                                   "socket-closing",
                                                                                   "no-longer-subscribed",
                                                                                   "socket-replaced",
                                                                                   "token-revoked",
                                                                                   "token-renewed",
                                                                                   "signing-key",
                                                                                   "replay-started",
                                                                                   "replay-limited",
                                                                                   "replay-ended",
                                                                                   "session-recovered",
                                                                                   "marked",
                                                                                   "unmarked",
                                                                                   "payloads-removed"};
} // namespace

AuditEvent auditEvent(AuditAction action, Severity severity, const QString& object, const QJsonObject& detail)
{
    AuditEvent event;
    event.at = now();
    event.action = action;
    event.severity = severity;
    event.object = redactor::redacted(object).toUtf8();
    // Values are redacted one by one, so that a replacement can never break the JSON around it.
    QJsonObject clean;
    for (auto it = detail.begin(); it != detail.end(); ++it)
        clean.insert(it.key(),
                     it.value().isString() ? QJsonValue(redactor::redacted(it.value().toString())) : it.value());
    event.detail = QJsonDocument(clean).toJson(QJsonDocument::Compact); // QJsonObject keeps its keys sorted
    return event;
}

QLatin1String auditActionName(AuditAction action)
{
    return action < AuditAction::Count_ ? QLatin1String(actionNames[std::size_t(action)]) : QLatin1String("unknown");
}

AuditAction auditActionFromName(QByteArrayView name)
{
    for (std::size_t i = 0; i < actionNames.size(); ++i) {
        if (name == QByteArrayView(actionNames[i]))
            return AuditAction(i);
    }
    return AuditAction::Count_;
}

} // namespace framescope
