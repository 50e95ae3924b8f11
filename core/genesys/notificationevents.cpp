#include "core/genesys/notificationevents.h"

#include "core/base/clock.h"
#include "core/genesys/notificationconfig.h"

#include <QJsonArray>

namespace framescope::notificationevents {

namespace {

QString utc(qint64 wallNs)
{
    return QString::fromLatin1(rfc3339Utc(wallNs));
}

QString evictionAdvice()
{
    return QStringLiteral("A user and application may have %1 channels. This one made the service drop the one that "
                          "was used longest ago: another program with the same OAuth client may have gone silent. End "
                          "programs that are not needed, or use a second OAuth client.")
        .arg(ServiceLimit::channelsPerUserAndApp);
}

} // namespace

AuditEvent channelCreated(const MadeChannel& made, std::size_t topics)
{
    QJsonObject detail{{QStringLiteral("expires"), utc(made.channel.expiresWallNs)},
                       {QStringLiteral("topics"), qint64(topics)},
                       {QStringLiteral("limit"), ServiceLimit::channelsPerUserAndApp}};
    if (made.inUse >= 0)
        detail.insert(QStringLiteral("in_use"), made.inUse);
    else
        detail.insert(QStringLiteral("not_counted"), made.notCounted);
    const bool evicts = made.inUse > ServiceLimit::channelsPerUserAndApp;
    if (evicts)
        detail.insert(QStringLiteral("advice"), evictionAdvice());
    return auditEvent(AuditAction::ChannelCreated, evicts ? Severity::Warning : Severity::Note, made.channel.endpoint,
                      detail);
}

AuditEvent channelLost(const QString& endpoint, const QByteArray& cause, const QString& reason)
{
    return auditEvent(AuditAction::ChannelLost, Severity::Warning, endpoint,
                      {{QStringLiteral("cause"), QString::fromUtf8(cause)}, {QStringLiteral("reason"), reason}});
}

AuditEvent channelRenewed(const Channel& channel, std::chrono::milliseconds overlap)
{
    return auditEvent(AuditAction::ChannelRenewed, Severity::Note, channel.endpoint,
                      {{QStringLiteral("expires"), utc(channel.expiresWallNs)},
                       {QStringLiteral("overlap_ms"), qint64(overlap.count())}});
}

AuditEvent topicsSubscribed(const QString& endpoint, int permitted, int rejected)
{
    return auditEvent(AuditAction::TopicsSubscribed, rejected > 0 ? Severity::Warning : Severity::Note, endpoint,
                      {{QStringLiteral("permitted"), permitted}, {QStringLiteral("rejected"), rejected}});
}

AuditEvent topicRejected(const TopicStatus& topic)
{
    QJsonArray missing;
    for (const QByteArray& permission : topic.missingPermissions)
        missing.append(QString::fromUtf8(permission));
    return auditEvent(
        AuditAction::TopicRejected, Severity::Warning, QString::fromUtf8(topic.id),
        {{QStringLiteral("reason"), QString::fromUtf8(topic.rejection)},
         {QStringLiteral("missing_permissions"), missing},
         {QStringLiteral("advice"),
          missing.isEmpty() ? QStringLiteral("Check the topic's name and ids, and whether it is for a person only.")
                            : QStringLiteral("Give the OAuth client (or the person) a role with these permissions, in "
                                             "the divisions that the topic needs.")}});
}

AuditEvent topicRefused(const PlannedTopic& topic)
{
    return auditEvent(AuditAction::TopicRejected, Severity::Warning,
                      QString::fromUtf8(topic.id).left(ServiceLimit::topicLength),
                      {{QStringLiteral("reason"), topic.refusal}, {QStringLiteral("by"), QStringLiteral("us")}});
}

AuditEvent topicDropped(const QByteArray& topic, const QString& why)
{
    return auditEvent(AuditAction::TopicRejected, Severity::Note,
                      QString::fromUtf8(topic).left(ServiceLimit::topicLength),
                      {{QStringLiteral("reason"), why}, {QStringLiteral("by"), QStringLiteral("us")}});
}

AuditEvent topicGap(const TopicGapEntry& gap)
{
    return auditEvent(AuditAction::TopicGap, Severity::Warning, QString::fromUtf8(gap.topic),
                      {{QStringLiteral("from"), utc(gap.fromWallNs)},
                       {QStringLiteral("to"), utc(gap.toWallNs)},
                       {QStringLiteral("ms"), (gap.toWallNs - gap.fromWallNs) / nsPerMs},
                       {QStringLiteral("cause"), QString::fromUtf8(gap.cause)},
                       {QStringLiteral("verdict"), QStringLiteral("unverifiable")}});
}

AuditEvent callFailed(const RestFailure& failure)
{
    QJsonObject detail{{QStringLiteral("error"), errorCodeName(failure.error.code)},
                       {QStringLiteral("reason"), failure.error.detail}};
    if (failure.status != 0)
        detail.insert(QStringLiteral("status"), failure.status);
    return auditEvent(AuditAction::ConnectFailed, Severity::Error, failure.error.place, detail);
}

AuditEvent told(AuditAction action, const QString& endpoint, const QByteArray& reason)
{
    QJsonObject detail{{QStringLiteral("advice"), adviceFor(action)}};
    if (!reason.isEmpty())
        detail.insert(QStringLiteral("reason"), QString::fromUtf8(reason));
    return auditEvent(action, Severity::Warning, endpoint, detail);
}

QString adviceFor(AuditAction action)
{
    switch (action) {
    case AuditAction::SocketClosing:
        return QStringLiteral("The service closes this connection for maintenance. Nothing to do: the same channel is "
                              "connected again before it ends.");
    case AuditAction::NoLongerSubscribed:
        return QStringLiteral("The service took the topics of this channel away, as it does when it evicts a channel "
                              "or another channel subscribes. A new channel is made; end other programs that use this "
                              "OAuth client if it repeats.");
    case AuditAction::SocketReplaced:
        return QStringLiteral("Another program connected to this channel; a channel has one connection and the newer "
                              "one wins. A channel of our own is made instead; find the program if it repeats.");
    case AuditAction::TokenRevoked:
        return QStringLiteral("The tokens of this OAuth client or user were revoked. Signing in again; if that fails, "
                              "check whether the client was disabled or its secret changed.");
    case AuditAction::ChannelLost:
        return QStringLiteral("The service does not have this channel any more: it expired, was evicted (a user and "
                              "application may have 20), or its token ended. A new one is made.");
    default:
        return {};
    }
}

} // namespace framescope::notificationevents
