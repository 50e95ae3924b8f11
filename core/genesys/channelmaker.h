#pragma once
/// Makes the channels of a session, for all its lanes, and knows how many are in use.
///
/// The service does not refuse the 21st channel of a user and application, it drops another one: so they are counted
/// before one is made. Lanes that ask together are counted for once, and each channel that is made adds one. While any
/// is being made nothing is counted: nobody could say whether that answer holds the new ones. Thread: RestClient's.
/// Errors: those of ChannelCalls; where the service only does not let us count, the channel is made uncounted.
#include "core/genesys/channelcalls.h"

namespace framescope {

struct MadeChannel
{
    Channel channel;
    int inUse = -1;     ///< this one counted in; over the limit: it made the service drop another. Negative: unknown
    QString notCounted; ///< why it is unknown
};

class ChannelMaker
{
public:
    using Handler = ChannelCalls::Handler<MadeChannel>;

    /// @p calls outlives it.
    explicit ChannelMaker(ChannelCalls* calls);

    /// The handler is called later, once, unless the order is cancelled.
    quint64 make(Handler handler);
    void cancel(quint64 order);
    [[nodiscard]] int inUse() const { return m_inUse; } ///< negative: unknown

private:
    struct Order
    {
        quint64 id = 0;
        Handler handler;
        quint64 call = 0; ///< that makes it; 0: waits for the count
    };

    void count();
    void onCounted(const tl::expected<int, RestFailure>& reply);
    void create(Order& order);
    void onCreated(quint64 id, const tl::expected<Channel, RestFailure>& reply);
    void failAll(const RestFailure& failure);

    ChannelCalls* m_calls;
    std::vector<Order> m_orders;
    quint64 m_countCall = 0;
    quint64 m_lastId = 0;
    int m_inUse = -1;
    QString m_notCounted;
};

} // namespace framescope
