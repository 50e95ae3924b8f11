#include "core/simulator/handshake.h"

#include "core/simulator/websocketwriter.h"

namespace framescope::handshake {

std::optional<HttpReply> problemOf(const HttpRequest& request)
{
    if (request.method != "GET")
        return restError(405, "method.not.allowed", "Use GET");
    if (!request.headerHasToken("upgrade", "websocket") || !request.headerHasToken("connection", "upgrade") ||
        request.header("sec-websocket-version") != "13") {
        HttpReply reply = restError(426, "upgrade.required", "This is a WebSocket of version 13");
        reply.headers.emplace_back("Sec-WebSocket-Version", "13");
        return reply;
    }
    if (QByteArray::fromBase64(request.header("sec-websocket-key")).size() != 16)
        return restError(400, "bad.request", "Sec-WebSocket-Key must be 16 bytes in base64");
    return std::nullopt;
}

QByteArray acceptance(const HttpRequest& request)
{
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nDate: " + httpDate() +
           "\r\nSec-WebSocket-Accept: " + websocketwriter::acceptKey(request.header("sec-websocket-key")) + "\r\n\r\n";
}

} // namespace framescope::handshake
