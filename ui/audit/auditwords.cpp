#include "ui/audit/auditwords.h"

#include "ui/common/plaintext.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>
#include <array>

namespace framescope {

namespace {

constexpr qsizetype longestDetail = 600;

struct Words
{
    const char* action;
    const char* text;
};

constexpr auto actionWords = std::to_array<Words>({
    {"frame-accepted", QT_TRANSLATE_NOOP("Audit", "Frame accepted")},
    {"frame-warned", QT_TRANSLATE_NOOP("Audit", "Frame accepted with warnings")},
    {"frame-refused", QT_TRANSLATE_NOOP("Audit", "Frame refused")},
    {"session-started", QT_TRANSLATE_NOOP("Audit", "Session started")},
    {"session-stopped", QT_TRANSLATE_NOOP("Audit", "Session stopped")},
    {"sign-in-started", QT_TRANSLATE_NOOP("Audit", "Signing in")},
    {"signed-in", QT_TRANSLATE_NOOP("Audit", "Signed in")},
    {"sign-in-failed", QT_TRANSLATE_NOOP("Audit", "Sign-in failed")},
    {"rate-limited", QT_TRANSLATE_NOOP("Audit", "Asked to slow down")},
    {"token-cleared", QT_TRANSLATE_NOOP("Audit", "Token cleared")},
    {"token-expired", QT_TRANSLATE_NOOP("Audit", "Token expired")},
    {"connect-started", QT_TRANSLATE_NOOP("Audit", "Connecting")},
    {"connected", QT_TRANSLATE_NOOP("Audit", "Connected")},
    {"connect-failed", QT_TRANSLATE_NOOP("Audit", "Connecting failed")},
    {"closed", QT_TRANSLATE_NOOP("Audit", "Connection closed")},
    {"reconnect-scheduled", QT_TRANSLATE_NOOP("Audit", "Reconnect scheduled")},
    {"reconnect-requested", QT_TRANSLATE_NOOP("Audit", "Reconnect asked for")},
    {"gap", QT_TRANSLATE_NOOP("Audit", "Gap in the stream")},
    {"stall-detected", QT_TRANSLATE_NOOP("Audit", "Stream stalled")},
    {"pong-missed", QT_TRANSLATE_NOOP("Audit", "Ping not answered")},
    {"transport-limit", QT_TRANSLATE_NOOP("Audit", "Limit of the socket reached")},
    {"breaker-opened", QT_TRANSLATE_NOOP("Audit", "Circuit breaker opened")},
    {"breaker-probing", QT_TRANSLATE_NOOP("Audit", "Circuit breaker probes")},
    {"breaker-closed", QT_TRANSLATE_NOOP("Audit", "Circuit breaker closed")},
    {"frames-dropped", QT_TRANSLATE_NOOP("Audit", "Frames dropped")},
    {"view-skipped", QT_TRANSLATE_NOOP("Audit", "Frames not shown live")},
    {"listener-dropped", QT_TRANSLATE_NOOP("Audit", "Listener too slow")},
    {"matrix-loaded", QT_TRANSLATE_NOOP("Audit", "Payload types loaded")},
    {"setting-changed", QT_TRANSLATE_NOOP("Audit", "Setting changed")},
    {"exported", QT_TRANSLATE_NOOP("Audit", "Exported")},
    {"storage-failed", QT_TRANSLATE_NOOP("Audit", "Writing the session failed")},
    {"channel-created", QT_TRANSLATE_NOOP("Audit", "Channel created")},
    {"channel-lost", QT_TRANSLATE_NOOP("Audit", "Channel lost at the service")},
    {"channel-renewed", QT_TRANSLATE_NOOP("Audit", "Channel renewed")},
    {"topics-subscribed", QT_TRANSLATE_NOOP("Audit", "Topics subscribed")},
    {"topic-rejected", QT_TRANSLATE_NOOP("Audit", "Topic rejected")},
    {"topic-gap", QT_TRANSLATE_NOOP("Audit", "Gap of a topic: unverifiable")},
    {"schemas-loaded", QT_TRANSLATE_NOOP("Audit", "Topic schemas loaded")},
    {"heartbeat-late", QT_TRANSLATE_NOOP("Audit", "Heartbeat late")},
    {"heartbeat-lost", QT_TRANSLATE_NOOP("Audit", "Heartbeat lost")},
    {"socket-closing", QT_TRANSLATE_NOOP("Audit", "Maintenance announced")},
    {"no-longer-subscribed", QT_TRANSLATE_NOOP("Audit", "Topics taken away by the service")},
    {"socket-replaced", QT_TRANSLATE_NOOP("Audit", "Another socket took the channel")},
    {"token-revoked", QT_TRANSLATE_NOOP("Audit", "Token revoked")},
    {"token-renewed", QT_TRANSLATE_NOOP("Audit", "Token renewed")},
    {"signing-key", QT_TRANSLATE_NOOP("Audit", "Signing key")},
    {"replay-started", QT_TRANSLATE_NOOP("Audit", "Replay of a session")},
    {"replay-limited", QT_TRANSLATE_NOOP("Audit", "Frames not replayed as they were")},
    {"replay-ended", QT_TRANSLATE_NOOP("Audit", "Replay ended")},
    {"session-recovered", QT_TRANSLATE_NOOP("Audit", "Interrupted session recovered")},
    {"marked", QT_TRANSLATE_NOOP("Audit", "Frames marked")},
    {"unmarked", QT_TRANSLATE_NOOP("Audit", "Marks removed")},
    {"payloads-removed", QT_TRANSLATE_NOOP("Audit", "Payloads removed by retention")},
});

QString valueText(const QJsonValue& value)
{
    switch (value.type()) {
    case QJsonValue::String:
        return value.toString();
    case QJsonValue::Bool:
        return value.toBool() ? QStringLiteral("true") : QStringLiteral("false");
    case QJsonValue::Double: {
        const double number = value.toDouble();
        return number == double(qint64(number)) ? QString::number(qint64(number)) : QString::number(number, 'g', 6);
    }
    case QJsonValue::Array: {
        QStringList parts;
        for (const auto& item : value.toArray())
            parts += valueText(item);
        return parts.join(QStringLiteral(", "));
    }
    case QJsonValue::Object:
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    default:
        return QStringLiteral("null");
    }
}

} // namespace

QString auditActionText(const QByteArray& action)
{
    constexpr qsizetype longestAction = 60;
    for (const Words& words : actionWords) {
        if (action == words.action)
            return QCoreApplication::translate("Audit", words.text);
    }
    return visibleLine(action, longestAction);
}

QString auditDetailText(const QByteArray& detail)
{
    const QJsonDocument document = QJsonDocument::fromJson(detail);
    if (!document.isObject())
        return visibleLine(detail, longestDetail);
    const QJsonObject object = document.object();
    QStringList parts;
    for (auto it = object.begin(); it != object.end(); ++it) {
        const QString value = valueText(it.value());
        if (!value.isEmpty())
            parts += QString(it.key()).replace(QLatin1Char('_'), QLatin1Char(' ')) + QLatin1Char(' ') + value;
    }
    return visibleText(parts.join(QStringLiteral(" · ")).left(longestDetail));
}

} // namespace framescope
