#include "core/genesys/channelmaker.h"

#include <algorithm>

namespace framescope {

namespace {

/// The API knows us and does not let us count. Anything else would stop the making as well: wrong credentials must not
/// be asked with twice.
bool isOnlyUncounted(const RestFailure& failure)
{
    return failure.status == 400 || failure.status == 403 || failure.status == 404 || failure.status == 410;
}

} // namespace

ChannelMaker::ChannelMaker(ChannelCalls* calls)
    : m_calls(calls)
{
}

quint64 ChannelMaker::make(Handler handler)
{
    const quint64 id = ++m_lastId;
    const bool isMaking =
        std::any_of(m_orders.begin(), m_orders.end(), [](const Order& order) { return order.call != 0; });
    m_orders.push_back({id, std::move(handler), 0});
    if (isMaking)
        create(m_orders.back());
    else if (m_countCall == 0)
        count();
    return id;
}

void ChannelMaker::cancel(quint64 order)
{
    const auto found = std::find_if(m_orders.begin(), m_orders.end(), [&](const Order& o) { return o.id == order; });
    if (found == m_orders.end())
        return;
    m_calls->cancel(found->call);
    m_orders.erase(found);
    if (m_orders.empty())
        m_calls->cancel(std::exchange(m_countCall, 0));
}

void ChannelMaker::count()
{
    m_countCall = m_calls->count([this](const auto& reply) { onCounted(reply); });
}

void ChannelMaker::onCounted(const tl::expected<int, RestFailure>& reply)
{
    m_countCall = 0;
    if (!reply && !isOnlyUncounted(reply.error()))
        return failAll(reply.error());
    m_inUse = reply.value_or(-1);
    m_notCounted = reply ? QString() : reply.error().error.detail;
    for (Order& order : m_orders)
        create(order);
}

void ChannelMaker::create(Order& order)
{
    order.call = m_calls->create([this, id = order.id](const auto& reply) { onCreated(id, reply); });
}

void ChannelMaker::onCreated(quint64 id, const tl::expected<Channel, RestFailure>& reply)
{
    const auto found =
        std::find_if(m_orders.begin(), m_orders.end(), [&](const Order& order) { return order.id == id; });
    if (found == m_orders.end())
        return;
    const Handler handler = std::move(found->handler);
    m_orders.erase(found);
    if (!reply)
        return handler(tl::unexpected<RestFailure>(reply.error()));
    MadeChannel made{*reply, -1, m_notCounted};
    if (m_inUse >= 0) {
        made.inUse = std::min(m_inUse, ServiceLimit::channelsPerUserAndApp) + 1;
        m_inUse = std::min(made.inUse, ServiceLimit::channelsPerUserAndApp);
    }
    handler(std::move(made));
}

/// One by one: a handler may cancel others.
void ChannelMaker::failAll(const RestFailure& failure)
{
    const quint64 last = m_lastId; // not those that a handler orders
    while (!m_orders.empty() && m_orders.front().id <= last) {
        const Handler handler = std::move(m_orders.front().handler);
        m_orders.erase(m_orders.begin());
        handler(tl::unexpected<RestFailure>(failure));
    }
}

} // namespace framescope
