#include "core/genesys/notificationscan.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace framescope {

namespace {

/// Messages about the stream are a few hundred bytes; an event in an unusual form may be larger.
constexpr qsizetype parsedLimit = 256 * 1024;

bool isSpace(QChar c)
{
    return c == u' ' || c == u'\t' || c == u'\r' || c == u'\n';
}

/// Moves @p at behind spaces and @p wanted; false where that does not stand there.
bool take(QStringView text, qsizetype& at, QStringView wanted)
{
    while (at < text.size() && isSpace(text[at]))
        ++at;
    if (!text.sliced(at).startsWith(wanted))
        return false;
    at += wanted.size();
    return true;
}

/// The topic of {"topicName":"...; null for any other form.
QStringView usualTopic(QStringView text)
{
    qsizetype at = 0;
    if (!take(text, at, u"{") || !take(text, at, u"\"topicName\"") || !take(text, at, u":") || !take(text, at, u"\""))
        return {};
    const qsizetype end = text.indexOf(u'"', at);
    if (end < 0)
        return {};
    const QStringView topic = text.sliced(at, end - at);
    return topic.contains(u'\\') ? QStringView() : topic;
}

/// isSystemTopic() of core/frame/topicname.h on UTF-16: an event costs no conversion.
bool isAboutStream(QStringView topic)
{
    return topic.compare(u"channel.metadata", Qt::CaseInsensitive) == 0 ||
           topic.startsWith(u"v2.system.", Qt::CaseInsensitive) || topic.startsWith(u"system.v2.", Qt::CaseInsensitive);
}

NotificationKind systemKind(QStringView topic, const QJsonObject& body)
{
    const QString type = body.value(QLatin1String("systemTopicType")).toString();
    const auto is = [&](QStringView name) {
        return topic.contains(name, Qt::CaseInsensitive) || type.compare(name, Qt::CaseInsensitive) == 0;
    };
    if (is(u"socket_closing"))
        return NotificationKind::SocketClosing;
    if (is(u"no_longer_subscribed"))
        return NotificationKind::NoLongerSubscribed;
    if (is(u"token_revoked"))
        return NotificationKind::TokenRevoked;
    if (is(u"duplicate_id"))
        return NotificationKind::SocketReplaced;
    return NotificationKind::OtherControl;
}

ScannedNotification scanControl(QStringView topic, const QJsonObject& message)
{
    ScannedNotification scanned;
    scanned.parsedTopic = topic.toString();
    const QJsonObject body = message.value(QLatin1String("eventBody")).toObject();
    const QString words = body.value(QLatin1String("message")).toString();
    scanned.reason = body.value(QLatin1String("reason")).toString(words).left(200).toUtf8();
    scanned.channelId = body.value(QLatin1String("channelId")).toString().toUtf8();
    if (topic.compare(u"channel.metadata", Qt::CaseInsensitive) != 0)
        scanned.kind = systemKind(topic, body);
    else if (words.compare(QLatin1String("pong"), Qt::CaseInsensitive) == 0)
        scanned.kind = NotificationKind::Pong;
    else if (words.contains(QLatin1String("heartbeat"), Qt::CaseInsensitive))
        scanned.kind = NotificationKind::Heartbeat;
    else
        scanned.kind = NotificationKind::OtherControl;
    return scanned;
}

QJsonObject parsed(QStringView message)
{
    return message.size() > parsedLimit ? QJsonObject() : QJsonDocument::fromJson(message.toUtf8()).object();
}

} // namespace

ScannedNotification scanNotification(QStringView message)
{
    ScannedNotification scanned;
    const QStringView topic = usualTopic(message);
    if (!topic.isNull() && !isAboutStream(topic)) {
        scanned.kind = NotificationKind::Event;
        scanned.topic = topic;
        return scanned;
    }
    const QJsonObject object = parsed(message);
    if (const QJsonValue name = object.value(QLatin1String("topicName")); name.isString()) {
        const QString text = name.toString();
        if (isAboutStream(text))
            return scanControl(text, object);
        scanned.kind = NotificationKind::Event;
        scanned.parsedTopic = text;
        return scanned;
    }
    // Answers of the socket itself have a result, a string in all that was seen, and no topic.
    if (const QJsonValue result = object.value(QLatin1String("result")); !result.isUndefined()) {
        const bool gone = result.toString() == QLatin1String("404") || result.toInt() == 404;
        scanned.kind = gone ? NotificationKind::ChannelGone : NotificationKind::OtherControl;
    }
    return scanned;
}

} // namespace framescope
