#pragma once
/// What a notification source needs: where, as whom, which topics, and its limits. Defaults are the service's own
/// figures (core/genesys/README.md). Thread: any; a value.
#include "core/auth/tokenprovider.h"
#include "core/genesys/regions.h"
#include "core/stream/directstreamconfig.h"

#include <chrono>
#include <optional>
#include <vector>

namespace framescope {

namespace ServiceLimit {
inline constexpr int topicsPerChannel = 1'000;
inline constexpr int channelsPerUserAndApp = 20;
inline constexpr int topicLength = 200;                       ///< characters of one topic id
inline constexpr int requestsPerMinute = 300;                 ///< default of a client-credentials token
inline constexpr std::chrono::seconds longestRetryAfter{180}; ///< Genesys' SDKs give up beyond it, and so do we
} // namespace ServiceLimit

struct NotificationTimers
{
    std::chrono::milliseconds heartbeatLate{31'000}; ///< nothing came for so long: amber
    std::chrono::milliseconds heartbeatLost{35'000}; ///< ... red: the connection is given up
    std::chrono::milliseconds pingInterval{14'000};  ///< application ping, {"message":"ping"}
    std::chrono::milliseconds renewChannelBefore{
        30 * 60'000}; ///< successor made so long before the channel's end; at most half of its life
    std::chrono::milliseconds renewTokenBefore{5 * 60'000}; ///< the same for the token
    std::chrono::milliseconds closingGrace{60'000};         ///< socket_closing: how long the old socket lives
    std::chrono::milliseconds overlap{10'000};              ///< both sockets of a renewal stay open for so long
    std::chrono::milliseconds stateInterval{500};           ///< NotificationState at most so often
    std::chrono::milliseconds requestTimeout{20'000};
    std::chrono::milliseconds retryUnit{1'000}; ///< unit of waits between REST tries; tests make it short
};

struct NotificationConfig
{
    GenesysHosts hosts;
    std::optional<ClientCredentials> credentials;          ///< client credentials; else
    std::optional<AccessToken> token;                      ///< a token that a person signed in for (PKCE)
    std::vector<QByteArray> topics;                        ///< concrete ids; combined ones (prefix?a&b) as they are
    int topicsPerChannel = ServiceLimit::topicsPerChannel; ///< fewer spreads them over more channels
    QString caFile;
    bool reconnect = true;
    QString schemaCacheFolder; ///< where published schemas are kept by version; empty: nowhere
    TransportLimits limits;
    ReconnectLimits reconnectLimits;
    NotificationTimers timers;
};

} // namespace framescope
