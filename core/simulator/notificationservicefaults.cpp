/// What can happen to the channels; the rest of NotificationService is in notificationservice.cpp.
#include "core/base/clock.h"
#include "core/simulator/channelfault.h"
#include "core/simulator/notificationservice.h"
#include "core/simulator/notificationsocket.h"

#include <algorithm>

namespace framescope {

using namespace std::chrono_literals;

namespace {
constexpr int refusedRequests = 2;
constexpr auto lastWordsBeforeClose = 500ms;
} // namespace

void NotificationService::shutDown()
{
    m_tick.stop();
    m_nextOutage.stop();
    const std::vector<NotificationSocket*> sockets = m_sockets; // one may end meanwhile
    for (NotificationSocket* socket : sockets)
        socket->shutDown();
}

qint64 NotificationService::scaledMs(std::chrono::milliseconds time) const
{
    return std::max<qint64>(1, qint64(double(time.count()) / m_options.timeScale));
}

systemmessage::Subject NotificationService::subjectOf(const NotificationSocket& socket) const
{
    const Channel* channel = m_channels.find(socket.channelId());
    const CentreStaff& staff = m_world.staff();
    const bool hasUser = channel != nullptr && channel->hasUser;
    return {socket.channelId(), QByteArray::fromStdString(staff.organizationId), m_tokens.clientId(),
            hasUser ? QByteArray::fromStdString(staff.agents.front().id) : QByteArray()};
}

NotificationSocket* NotificationService::longestOpen() const
{
    const auto found = std::find_if(m_sockets.begin(), m_sockets.end(), [](const NotificationSocket* socket) {
        return socket->isOpen() && !socket->isLeaving();
    });
    return found == m_sockets.end() ? nullptr : *found;
}

bool NotificationService::anySilent() const
{
    return std::any_of(m_sockets.begin(), m_sockets.end(),
                       [](const NotificationSocket* socket) { return socket->isSilent(); });
}

/// Before it is removed: its socket stays open, and hears no event any more.
void NotificationService::onEvicted(Channel& channel)
{
    if (channel.socket != nullptr)
        say(*channel.socket, systemmessage::noLongerSubscribed(subjectOf(*channel.socket)));
}

/// The channel of that socket is gone, and the socket is told so with @p lastWords, when there are any.
void NotificationService::lose(NotificationSocket& socket, const QByteArray& lastWords)
{
    if (Channel* channel = m_channels.find(socket.channelId()); channel != nullptr && channel->socket == &socket)
        m_channels.remove(*channel);
    if (!lastWords.isEmpty())
        say(socket, lastWords);
}

void NotificationService::expireChannels()
{
    const qint64 monoNs = monotonicNs();
    for (Channel* channel : m_channels.all()) {
        if (monoNs < channel->expiresMonoNs)
            continue;
        NotificationSocket* socket = channel->socket;
        m_channels.remove(*channel);
        if (socket == nullptr)
            continue;
        say(*socket, systemmessage::gone());
        socket->closeAfter(lastWordsBeforeClose.count(), goingAway, "The channel has expired");
    }
}

void NotificationService::revokeTokens()
{
    m_tokens.revokeAll();
    const std::vector<NotificationSocket*> sockets = m_sockets;
    for (NotificationSocket* socket : sockets) {
        if (!socket->isOpen())
            continue;
        say(*socket, systemmessage::tokenRevoked(subjectOf(*socket)));
        socket->close(goingAway, "The token is revoked");
    }
    for (Channel* channel : m_channels.all())
        m_channels.remove(*channel);
}

void NotificationService::closeAll()
{
    const std::vector<NotificationSocket*> sockets = m_sockets;
    for (NotificationSocket* socket : sockets) {
        if (socket->isOpen())
            socket->close(goingAway, "Service is restarting");
    }
}

void NotificationService::inject(ChannelFault fault)
{
    if (fault >= ChannelFault::Count_)
        return;
    // Before what it causes: who sees that can rely on the ledger.
    NotificationSocket* socket = longestOpen();
    const bool needsNone = fault == ChannelFault::RestUnavailable503 || fault == ChannelFault::RateLimited429 ||
                           fault == ChannelFault::TokenRevoked;
    if (socket == nullptr && !needsNone)
        return;
    m_ledger->addFault(channelFaultInfo(fault));
    if (!faultAll(fault) && socket != nullptr)
        faultOne(fault, *socket);
}

/// What is done to all sockets, or to none. False when it is another fault, or goes on with one socket.
bool NotificationService::faultAll(ChannelFault fault)
{
    switch (fault) {
    case ChannelFault::SocketClosing: {
        const std::vector<NotificationSocket*> sockets = m_sockets;
        for (NotificationSocket* socket : sockets) {
            if (!socket->isOpen() || socket->isLeaving())
                continue;
            say(*socket, systemmessage::socketClosing(subjectOf(*socket)));
            socket->closeAfter(scaledMs(m_options.closingGrace), goingAway, "Maintenance");
        }
        return true;
    }
    case ChannelFault::TokenRevoked:
        revokeTokens();
        return true;
    case ChannelFault::Close1001:
        closeAll();
        return true;
    case ChannelFault::RestUnavailable503:
        m_rest.refuseNext(refusedRequests, 503);
        return false;
    case ChannelFault::RateLimited429:
        m_rest.refuseNext(refusedRequests, 429);
        return false;
    default:
        return false;
    }
}

void NotificationService::faultOne(ChannelFault fault, NotificationSocket& socket)
{
    switch (fault) {
    case ChannelFault::EvictChannel:
        if (Channel* channel = m_channels.find(socket.channelId())) {
            onEvicted(*channel);
            m_channels.remove(*channel);
        }
        break;
    case ChannelFault::SocketReplaced:
        say(socket, systemmessage::duplicateId(subjectOf(socket)));
        socket.close(goingAway, "Another socket has taken this channel");
        break;
    case ChannelFault::ChannelExpired:
    case ChannelFault::RestUnavailable503:
    case ChannelFault::RateLimited429:
        lose(socket, systemmessage::gone());
        socket.closeAfter(scaledMs(lastWordsBeforeClose), goingAway, "The channel has expired");
        break;
    case ChannelFault::SilentSocket:
        socket.goSilent();
        break;
    case ChannelFault::TcpReset:
        socket.reset();
        break;
    case ChannelFault::Upgrade401:
        lose(socket, {});
        socket.close(goingAway, "Service is restarting");
        break;
    case ChannelFault::Result404:
        lose(socket, systemmessage::gone());
        break;
    default:
        break;
    }
}

/// One after another, once what the last one did to a silent socket is over: its client needs a while to notice.
void NotificationService::playNextOutage()
{
    if (longestOpen() == nullptr || anySilent())
        return;
    inject(ChannelFault(m_outage));
    m_outage = (m_outage + 1) % int(ChannelFault::Count_);
}

} // namespace framescope
