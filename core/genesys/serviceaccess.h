#pragma once
/// The sign-in and the REST client that a notification configuration means: of a session, of the directory, of a try.
/// Thread: that of the parent, which owns both. Two functions, because who hears of a token first may matter.
#include "core/genesys/restclient.h"

namespace framescope {

/// By client credentials, else with the person's token (which may be missing: every request fails then).
[[nodiscard]] TokenProvider* makeTokenProvider(const NotificationConfig& config, QObject* parent);
[[nodiscard]] RestClient* makeRestClient(const NotificationConfig& config, TokenProvider* tokens, QObject* parent);

} // namespace framescope
