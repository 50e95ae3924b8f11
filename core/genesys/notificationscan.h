#pragma once
/// What the source itself needs to know of a notification: its topic, and for messages about the stream what they say.
///
/// An ordinary event in its usual form, {"topicName":"...", is recognised by its first bytes, without a parser and
/// without an allocation; other forms and messages about the stream are parsed, up to a size. It judges nothing: the
/// decoder does. Thread: any; pure.
#include <QByteArray>
#include <QString>
#include <QStringView>

namespace framescope {

enum class NotificationKind : quint8
{
    Event,
    Heartbeat,
    Pong,
    SocketClosing,
    NoLongerSubscribed,
    TokenRevoked,
    SocketReplaced, ///< duplicate_id: another socket took the channel
    ChannelGone,    ///< {"result":"404"}
    OtherControl,   ///< about the stream, and nothing to do
    Unknown         ///< no topic and no result
};

struct ScannedNotification
{
    NotificationKind kind = NotificationKind::Unknown;
    QStringView topic;    ///< of the usual form: inside the message
    QString parsedTopic;  ///< of other forms
    QByteArray channelId; ///< a system message that names the channel which it is about; a secret
    QByteArray reason;    ///< of a system message: foreign text, may be empty

    [[nodiscard]] QStringView topicName() const { return parsedTopic.isNull() ? topic : QStringView(parsedTopic); }
};

[[nodiscard]] ScannedNotification scanNotification(QStringView message);

} // namespace framescope
