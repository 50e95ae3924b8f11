#pragma once
/// The server's half of a WebSocket handshake (RFC 6455 section 4.2). Pure; thread: any.
#include "core/simulator/httprequest.h"
#include "core/simulator/tokenendpoint.h"

#include <optional>

namespace framescope::handshake {

/// What is wrong with a request to upgrade, or nothing.
[[nodiscard]] std::optional<HttpReply> problemOf(const HttpRequest& request);
/// The 101 to a request that is right. No extension is agreed on.
[[nodiscard]] QByteArray acceptance(const HttpRequest& request);

} // namespace framescope::handshake
