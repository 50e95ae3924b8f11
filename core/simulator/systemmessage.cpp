#include "core/simulator/systemmessage.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QUuid>

namespace framescope::systemmessage {

namespace {

QByteArray metadata(const char* message)
{
    return QByteArray(R"({"topicName":"channel.metadata","eventBody":{"message":")") + message + "\"}}";
}

/// The members that every SystemMessageSystemMessage of ours has, as far as they are known.
QJsonObject bodyOf(const Subject& subject, const QString& correlationId, const char* message)
{
    QJsonObject body{{QStringLiteral("channelId"), QString::fromLatin1(subject.channelId)},
                     {QStringLiteral("correlationId"), correlationId},
                     {QStringLiteral("organizationId"), QString::fromLatin1(subject.organizationId)},
                     {QStringLiteral("oauthClientId"), QString::fromUtf8(subject.clientId)},
                     {QStringLiteral("oauthClientOrgId"), QString::fromLatin1(subject.organizationId)},
                     {QStringLiteral("message"), QString::fromLatin1(message)},
                     {QStringLiteral("data"), QJsonObject()}};
    if (!subject.userId.isEmpty())
        body.insert(QStringLiteral("userId"), QString::fromLatin1(subject.userId));
    return body;
}

struct About
{
    QByteArray topic;
    const char* type = "";   ///< systemTopicType; empty: none of the published ones
    const char* reason = ""; ///< empty: none
    const char* message = "";
};

QByteArray envelope(const Subject& subject, const About& about)
{
    const QString correlationId = QUuid::createUuid().toString(QUuid::WithoutBraces);
    QJsonObject body = bodyOf(subject, correlationId, about.message);
    if (*about.type != '\0')
        body.insert(QStringLiteral("systemTopicType"), QString::fromLatin1(about.type));
    if (*about.reason != '\0')
        body.insert(QStringLiteral("reason"), QString::fromLatin1(about.reason));
    const QJsonObject metadata{{QStringLiteral("CorrelationId"), correlationId}};
    // By hand, since the order of the members is part of how a frame looks. The topic may hold a client's name.
    const QByteArray topic = QJsonDocument(QJsonObject{{QStringLiteral("topicName"), QString::fromUtf8(about.topic)}})
                                 .toJson(QJsonDocument::Compact);
    return topic.chopped(1) + R"(,"version":"2","eventBody":)" + QJsonDocument(body).toJson(QJsonDocument::Compact) +
           R"(,"metadata":)" + QJsonDocument(metadata).toJson(QJsonDocument::Compact) + '}';
}

} // namespace

QByteArray heartbeat()
{
    return metadata("WebSocket Heartbeat");
}

QByteArray pong()
{
    return metadata("pong");
}

QByteArray gone()
{
    return R"({"result":"404"})";
}

QByteArray result(const char* code, const char* status)
{
    return QByteArray(R"({"result":")") + code + R"(","status":")" + status + "\"}";
}

QByteArray socketClosing(const Subject& subject)
{
    return envelope(subject, {"v2.system.socket_closing", "", "",
                              "The socket is closing for maintenance, reconnect to the channel"});
}

QByteArray noLongerSubscribed(const Subject& subject)
{
    return envelope(subject, {"v2.system.no_longer_subscribed." + subject.channelId, "no_longer_subscribed",
                              "another_channel_subscribed", "This channel has lost its subscriptions to a newer one"});
}

QByteArray duplicateId(const Subject& subject)
{
    return envelope(subject,
                    {"v2.system.duplicate_id." + subject.channelId, "", "", "Another socket has taken this channel"});
}

QByteArray tokenRevoked(const Subject& subject)
{
    return envelope(subject,
                    {"v2.system.token_revoked." + (subject.userId.isEmpty() ? subject.clientId : subject.userId),
                     "token_revoked", "user_tokens_revoked", "The tokens of this channel are revoked"});
}

} // namespace framescope::systemmessage
