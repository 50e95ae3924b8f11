#pragma once
/// The direct stream: signs in, connects, delivers, and comes back by itself after whatever ended it.
///
///   SigningIn -> Connecting -> Connected -> (end) -> Waiting -> SigningIn ...      Suspended: the breaker's hand
///
/// What ends it for good: stop(); an error that waiting cannot mend (wrong secret, no scope, refused certificate or
/// URL, no stream at that address); with `reconnect = false` any end, which is an error unless the close code was 1000
/// or 1001. HTTP 401 and 403 on the handshake clear the token and sign in once more; a second one stops. Each step is
/// an AuditEvent in order with the frames. One event tells how a connection ended: closed (with the code), or
/// stall-detected, pong-missed, transport-limit where a guard of ours ended it. After a connection that was open, the
/// next "connected" is followed by "gap", with its length and cause; what was sent in between cannot be known
/// ("unverifiable"). Thread: the stream's, as FrameSource says. Errors: those of TokenProvider and Transport; Closed,
/// TokenRejected, ScopeMissing.
#include "core/frame/framesource.h"
#include "core/stream/directstreamconfig.h"

#include <memory>

namespace framescope {

[[nodiscard]] std::unique_ptr<FrameSource> makeDirectSource(DirectStreamConfig config);

} // namespace framescope
