#pragma once
/// The REST calls of the notification service: channels, subscriptions, available topics.
///
/// A channel's id and its connectUri are credentials (the socket needs nothing else): both are known to the redactor
/// before anybody else sees them, and `endpoint` is what may be shown. connectUri must be wss, or ws to loopback where
/// the API itself is on loopback; it names a host and no user. Thread: RestClient's. Errors: RestFailure; Protocol for
/// answers without what is needed.
#include "core/genesys/restclient.h"

namespace framescope {

struct Channel
{
    Secret id;
    QUrl connectUri;  ///< a secret
    QString endpoint; ///< "wss://streaming.mypurecloud.de/channels/…"
    qint64 expiresWallNs = 0;
};

/// The service's answer for one topic of a subscription.
struct TopicAnswer
{
    QByteArray id;
    bool permitted = false;
    QByteArray reason; ///< foreign text
    QByteArrayList missingPermissions;
};

enum class SubscribeMode
{
    Add,    ///< POST
    Replace ///< PUT: the whole list
};

/// An `expires` that is not after @p wallNowNs (the service's time) or over a year ahead is not believed: the
/// documented 24 hours are assumed.
[[nodiscard]] Expected<Channel> channelFromReply(const QByteArray& body, bool loopback, qint64 wallNowNs);
[[nodiscard]] Expected<std::vector<TopicAnswer>> topicsFromReply(const QByteArray& body);

/// Its secrets are known to the redactor, and the last to be forgotten.
void rememberChannel(const Channel& channel);

/// The questions that others ask too.
[[nodiscard]] RestCall availableTopicsCall();
[[nodiscard]] RestCall channelListCall();

class ChannelCalls
{
public:
    template <typename T>
    using Handler = std::function<void(tl::expected<T, RestFailure>)>;

    /// @p client outlives it. @p loopback: whether the API is on this machine.
    ChannelCalls(RestClient* client, bool loopback);

    quint64 create(Handler<Channel> handler);
    /// Each topic is answered by itself (ignoreErrors).
    quint64 subscribe(const Channel& channel, const std::vector<QByteArray>& topics, SubscribeMode mode,
                      Handler<std::vector<TopicAnswer>> handler);
    /// Takes all topics off it: a channel that is needed no more (the service has no call that deletes one).
    quint64 unsubscribe(const Channel& channel, std::function<void()> done);
    /// Channels that the service lists for this token.
    quint64 count(Handler<int> handler);
    /// The raw list with schemas, up to 16 MiB.
    quint64 availableTopics(Handler<QByteArray> handler);
    void cancel(quint64 call);

private:
    RestClient* m_client;
    bool m_loopback;
};

} // namespace framescope
