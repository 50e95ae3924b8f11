#pragma once
/// Names of Genesys Cloud notification topics: which template a concrete name belongs to.
///
/// A name is segments between dots; templates have `{id}` (or another name in braces) where the concrete one has an
/// identifier. Names are compared without case, as Genesys' own SDKs do. Thread: any; pure functions.
#include <QByteArray>
#include <QByteArrayList>
#include <QByteArrayView>

namespace framescope {

/// Whether @p topic is an instance of @p pattern. The last placeholder takes the rest when it stands at the end, since
/// identifiers may hold dots.
[[nodiscard]] bool topicMatches(QByteArrayView topic, QByteArrayView pattern);
/// "v2.users.6513….presence" as "v2.users.{id}.presence": each UUID becomes "{id}". For topics that no template is
/// known for.
[[nodiscard]] QByteArray topicTemplate(QByteArrayView topic);
/// "channel.metadata", "v2.system." and "system.v2." names: about the stream itself, delivered without subscription.
[[nodiscard]] bool isSystemTopic(QByteArrayView topic);
/// The single topics that a combined one stands for: "v2.users.X?presence&routingStatus" as two; any other as itself.
[[nodiscard]] QByteArrayList singleTopics(QByteArrayView topic);

} // namespace framescope
