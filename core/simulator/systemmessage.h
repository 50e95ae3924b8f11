#pragma once
/// What the notification service says about a channel itself: heartbeats, pongs, results, and the v2.system topics,
/// which come without subscription. Pure; thread: any. Texts are whole messages.
#include <QByteArray>

namespace framescope::systemmessage {

[[nodiscard]] QByteArray heartbeat();
[[nodiscard]] QByteArray pong();
/// {"result":"404"}
[[nodiscard]] QByteArray gone();
/// {"result":"200","status":"subscribed"}
[[nodiscard]] QByteArray result(const char* code, const char* status);

/// Whom a system message is about.
struct Subject
{
    QByteArray channelId;
    QByteArray organizationId;
    QByteArray clientId;
    QByteArray userId; ///< empty: no person
};
/// v2.system.socket_closing
[[nodiscard]] QByteArray socketClosing(const Subject& subject);
/// v2.system.no_longer_subscribed.<channel>
[[nodiscard]] QByteArray noLongerSubscribed(const Subject& subject);
/// v2.system.duplicate_id.<channel>: another socket took this channel.
[[nodiscard]] QByteArray duplicateId(const Subject& subject);
/// v2.system.token_revoked.<user, or client>
[[nodiscard]] QByteArray tokenRevoked(const Subject& subject);

} // namespace framescope::systemmessage
