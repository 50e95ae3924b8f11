#include "core/simulator/channelregistry.h"

#include "core/base/clock.h"
#include "core/simulator/topicbook.h"

#include <QRandomGenerator>
#include <algorithm>

namespace framescope {

namespace {
constexpr std::size_t idLetters = 26;
} // namespace

ChannelRegistry::ChannelRegistry(qint64 lifetimeMs)
    : m_lifetimeMs(lifetimeMs)
{
}

/// "streaming-3-" and 26 letters and digits, as the service's look. Random: it is a credential.
QByteArray ChannelRegistry::freshId()
{
    static constexpr char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    QByteArray id = "streaming-";
    id += char('0' + QRandomGenerator::system()->bounded(10));
    id += '-';
    for (std::size_t i = 0; i < idLetters; ++i)
        id += letters[QRandomGenerator::system()->bounded(int(sizeof letters - 1))];
    return id;
}

Channel& ChannelRegistry::create(const QByteArray& owner, quint64 tokenId, bool hasUser, qint64 wallMs, qint64 monoNs)
{
    if (const auto own = ofOwner(owner); own.size() >= channelsOfOwner)
        evictFrom(own);
    if (m_channels.size() >= mostChannels)
        evictFrom(all());
    auto channel = std::make_unique<Channel>();
    channel->id = freshId();
    channel->owner = owner;
    channel->tokenId = tokenId;
    channel->hasUser = hasUser;
    extend(*channel, wallMs, monoNs);
    touch(*channel);
    m_channels.push_back(std::move(channel));
    ++m_created;
    return *m_channels.back();
}

void ChannelRegistry::evictFrom(const std::vector<Channel*>& candidates)
{
    Channel* oldest = *std::min_element(candidates.begin(), candidates.end(), [](const Channel* a, const Channel* b) {
        const bool aLive = a->socket != nullptr;
        const bool bLive = b->socket != nullptr;
        return aLive != bLive ? !aLive : a->lastUse < b->lastUse;
    });
    if (onEvicted)
        onEvicted(*oldest);
    remove(*oldest);
}

Channel* ChannelRegistry::find(const QByteArray& id) const
{
    const auto found =
        std::find_if(m_channels.begin(), m_channels.end(), [&id](const auto& channel) { return channel->id == id; });
    return found == m_channels.end() ? nullptr : found->get();
}

std::vector<Channel*> ChannelRegistry::ofOwner(const QByteArray& owner) const
{
    std::vector<Channel*> channels;
    for (const auto& channel : m_channels) {
        if (channel->owner == owner)
            channels.push_back(channel.get());
    }
    return channels;
}

std::vector<Channel*> ChannelRegistry::all() const
{
    std::vector<Channel*> channels;
    for (const auto& channel : m_channels)
        channels.push_back(channel.get());
    return channels;
}

void ChannelRegistry::remove(Channel& channel)
{
    unindex(channel);
    std::erase_if(m_channels, [&channel](const auto& one) { return one.get() == &channel; });
}

void ChannelRegistry::extend(Channel& channel, qint64 wallMs, qint64 monoNs)
{
    channel.expiresWallMs = wallMs + m_lifetimeMs;
    channel.expiresMonoNs = monoNs + m_lifetimeMs * nsPerMs;
}

void ChannelRegistry::addTopics(Channel& channel, std::vector<ChannelTopic> topics, qint64 wallMs, qint64 monoNs)
{
    for (ChannelTopic& topic : topics) {
        const auto same = std::find_if(channel.topics.begin(), channel.topics.end(),
                                       [&topic](const ChannelTopic& known) { return known.id == topic.id; });
        if (same != channel.topics.end())
            continue;
        index(channel, topic);
        channel.topics.push_back(std::move(topic));
    }
    extend(channel, wallMs, monoNs);
    touch(channel);
}

void ChannelRegistry::replaceTopics(Channel& channel, std::vector<ChannelTopic> topics, qint64 wallMs, qint64 monoNs)
{
    removeTopics(channel);
    addTopics(channel, std::move(topics), wallMs, monoNs);
}

void ChannelRegistry::removeTopics(Channel& channel)
{
    unindex(channel);
    channel.topics.clear();
}

void ChannelRegistry::index(Channel& channel, const ChannelTopic& topic)
{
    if (!topic.permitted)
        return;
    for (const QByteArray& part : TopicBook::parts(topic.id)) {
        std::vector<Channel*>& listening = m_listeners[part.toStdString()];
        // Once, though it may be a part of several combined topics.
        if (std::find(listening.begin(), listening.end(), &channel) == listening.end())
            listening.push_back(&channel);
    }
}

void ChannelRegistry::unindex(Channel& channel)
{
    for (const ChannelTopic& topic : channel.topics) {
        for (const QByteArray& part : TopicBook::parts(topic.id)) {
            const auto found = m_listeners.find(std::string_view(part.constData(), std::size_t(part.size())));
            if (found == m_listeners.end())
                continue;
            std::erase(found->second, &channel);
            if (found->second.empty())
                m_listeners.erase(found);
        }
    }
}

const std::vector<Channel*>* ChannelRegistry::listeners(std::string_view lowerTopic) const
{
    const auto found = m_listeners.find(lowerTopic);
    return found == m_listeners.end() ? nullptr : &found->second;
}

} // namespace framescope
