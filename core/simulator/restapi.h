#pragma once
/// The REST host of the simulated service: who may ask, how often, and where it is answered. Channels are answered
/// here, people, queues and limits by directoryapi.h.
///
/// Requests in, replies out, no socket. Each reply has a correlation id; errors have the service's form (ErrorBody).
/// Thread: one. Memory: one counter a token, at most mostWindows.
#include "core/simulator/centrestaff.h"
#include "core/simulator/channelregistry.h"
#include "core/simulator/tokenendpoint.h"
#include "core/simulator/topicbook.h"

#include <optional>
#include <unordered_map>

namespace framescope {

class RestApi
{
public:
    struct Parts
    {
        ChannelRegistry& channels;
        const TopicBook& topics;
        const CentreStaff& staff;
        TokenEndpoint& tokens;
    };
    struct Time
    {
        qint64 wallMs = 0;
        qint64 monoNs = 0;
    };

    /// @p socketBase: "ws://127.0.0.1:PORT/channels/". @p perMinute: requests of one token.
    RestApi(Parts parts, QByteArray socketBase, int perMinute);

    [[nodiscard]] HttpReply answer(const HttpRequest& request, Time time);
    /// The next @p count requests are answered with @p status, 429 or 503.
    void refuseNext(int count, int status);

    /// The state of each topic, for a subscription by REST or over the socket. Nothing when a topic is refused and that
    /// is not to be ignored; then @p refused says why.
    [[nodiscard]] std::optional<std::vector<ChannelTopic>> judged(const QByteArrayList& ids, bool hasUser,
                                                                  bool ignoreErrors, TopicBook::Verdict* refused) const;

private:
    struct Window
    {
        qint64 startedNs = 0;
        int requests = 0;
    };
    using Bearer = TokenEndpoint::Bearer;

    std::optional<HttpReply> refusal(const Bearer& bearer, qint64 monoNs);
    std::optional<HttpReply> overLimit(quint64 tokenId, qint64 monoNs);
    HttpReply route(const HttpRequest& request, const Bearer& bearer, Time time);
    HttpReply channels(const HttpRequest& request, const Bearer& bearer, Time time);
    HttpReply oneChannel(const HttpRequest& request, const Bearer& bearer, Time time);
    HttpReply subscriptions(const HttpRequest& request, Channel& channel, Time time);
    HttpReply subscribe(const HttpRequest& request, Channel& channel, Time time);
    [[nodiscard]] HttpReply availableTopics(const HttpRequest& request) const;

    Parts m_parts;
    QByteArray m_socketBase;
    int m_perMinute;
    int m_refusals = 0;
    int m_refusalStatus = 0;
    std::unordered_map<quint64, Window> m_windows;
};

/// 200 with that JSON, and a correlation id.
[[nodiscard]] HttpReply restReply(QByteArray json);
/// All values of a query's field, or of several with the same name.
[[nodiscard]] QByteArrayList queryValues(const QByteArray& query, QByteArrayView name);

} // namespace framescope
