#include "core/genesys/serviceaccess.h"

namespace framescope {

namespace {
constexpr std::chrono::milliseconds tokenMargin{60'000};
} // namespace

TokenProvider* makeTokenProvider(const NotificationConfig& config, QObject* parent)
{
    auto* tokens = config.credentials ? new TokenProvider(*config.credentials, parent)
                                      : new TokenProvider(config.token.value_or(AccessToken()), parent);
    tokens->setMargin(std::min(tokenMargin, config.timers.renewTokenBefore / 2));
    tokens->setBackoffUnit(config.timers.retryUnit);
    return tokens;
}

RestClient* makeRestClient(const NotificationConfig& config, TokenProvider* tokens, QObject* parent)
{
    RestOptions options;
    options.hosts = config.hosts;
    options.caFile = config.caFile;
    options.requestTimeout = config.timers.requestTimeout;
    options.retryUnit = config.timers.retryUnit;
    return new RestClient(std::move(options), tokens, parent);
}

} // namespace framescope
