#pragma once
/// The notification channels: who made them, what they listen to, when they end, and which one has to go when there are
/// too many.
///
/// Limits are the service's: 20 channels of one user and application, 1,000 topics a channel. The 21st channel does not
/// fail: it takes the place of the one used longest ago, those without a socket first. Thread: one. Memory: bounded by
/// these limits and by the number of owners (mostChannels in all).
#include <QByteArray>
#include <QByteArrayList>
#include <QtGlobal>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace framescope {

class NotificationSocket;

struct ChannelTopic
{
    QByteArray id; ///< as it was asked for
    bool permitted = true;
    QByteArray reason;
    QByteArrayList missingPermissions;
};

struct Channel
{
    QByteArray id;    ///< whoever has it may listen: a credential
    QByteArray owner; ///< user and application
    quint64 tokenId = 0;
    bool hasUser = false;
    qint64 expiresWallMs = 0;
    qint64 expiresMonoNs = 0;
    quint64 lastUse = 0; ///< a count, not a time
    std::vector<ChannelTopic> topics;
    NotificationSocket* socket = nullptr; ///< not owned
};

class ChannelRegistry
{
public:
    static constexpr std::size_t channelsOfOwner = 20;
    static constexpr std::size_t topicsOfChannel = 1'000;
    static constexpr std::size_t mostChannels = 200;

    explicit ChannelRegistry(qint64 lifetimeMs);

    /// Makes room first when the owner has 20 already: onEvicted is told, then that channel is gone.
    Channel& create(const QByteArray& owner, quint64 tokenId, bool hasUser, qint64 wallMs, qint64 monoNs);
    [[nodiscard]] Channel* find(const QByteArray& id) const;
    [[nodiscard]] std::vector<Channel*> ofOwner(const QByteArray& owner) const;
    [[nodiscard]] std::vector<Channel*> all() const;
    /// The channel and its topics are gone; its socket is not touched.
    void remove(Channel& channel);
    /// Adds to the topics, or replaces them all; the channel's life begins anew. At most topicsOfChannel, the caller
    /// sees to that.
    void addTopics(Channel& channel, std::vector<ChannelTopic> topics, qint64 wallMs, qint64 monoNs);
    void replaceTopics(Channel& channel, std::vector<ChannelTopic> topics, qint64 wallMs, qint64 monoNs);
    void removeTopics(Channel& channel);
    void touch(Channel& channel) { channel.lastUse = ++m_uses; }

    /// Who listens to a topic, in lower case; nothing when nobody does. Valid until topics or channels change.
    [[nodiscard]] const std::vector<Channel*>* listeners(std::string_view lowerTopic) const;

    [[nodiscard]] quint64 created() const { return m_created; } ///< so far

    std::function<void(Channel&)> onEvicted;

private:
    struct Hash
    {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };

    void extend(Channel& channel, qint64 wallMs, qint64 monoNs);
    void evictFrom(const std::vector<Channel*>& candidates);
    [[nodiscard]] QByteArray freshId();
    void index(Channel& channel, const ChannelTopic& topic);
    void unindex(Channel& channel);

    qint64 m_lifetimeMs;
    quint64 m_uses = 0;
    quint64 m_created = 0;
    std::vector<std::unique_ptr<Channel>> m_channels;
    std::unordered_map<std::string, std::vector<Channel*>, Hash, std::equal_to<>> m_listeners;
};

} // namespace framescope
