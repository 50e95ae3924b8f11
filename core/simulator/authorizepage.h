#pragma once
/// GET /oauth/authorize: a small page with one link "Sign in" and one "Cancel". Signing in asks for no password: there
/// is one person, the first agent. It leads to the redirect URI with `code` and `state`, cancelling with
/// error=access_denied.
///
/// Redirects go to loopback only (http on 127.0.0.1, [::1] or localhost). Following the links by hand is the same as
/// adding `&allow` or `&deny` to the query. Thread: one.
#include "core/simulator/authorizationcodes.h"
#include "core/simulator/httprequest.h"
#include "core/simulator/tokenendpoint.h"

namespace framescope::authorizepage {

[[nodiscard]] HttpReply answer(const HttpRequest& request, const QByteArray& clientId, AuthorizationCodes& codes,
                               qint64 monoNs);

} // namespace framescope::authorizepage
