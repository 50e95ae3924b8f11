#include "core/stream/closecodes.h"

#include <array>

namespace framescope {

namespace {

using enum RetryPace;

constexpr auto knownCloseCodes = std::to_array<CloseCodeInfo>({
    {1000, "The stream ended normally", "The service has nothing more to send, or ended the subscription.",
     "Nothing to do.", Normal},
    {1001, "The server is going away", "The service restarts, or an idle connection was ended.",
     "Nothing to do: the stream comes back by itself.", Normal},
    {1002, "Protocol error", "One side sent something that RFC 6455 forbids; often a proxy that alters traffic.",
     "Connect without the proxy and compare; report it to the service if it stays.", Slow},
    {1003, "Unsupported kind of message", "The service does not take what this client sent.",
     "Check that the URL is that of a stream to read.", Slow},
    {1005, "Closed without a code", "The peer sent a close frame without a code; some clients always do.",
     "Nothing to do unless it repeats.", Normal},
    {1006, "The connection broke without a close frame",
     "The network, a proxy or load balancer cut it, or the server process died.",
     "If it repeats at regular times, look for an idle limit in a proxy; else check the network.", Normal},
    {1007, "A text message was not valid UTF-8",
     "The sender wrote another encoding, or split a character over two fragments (a known fault of QWebSocket).",
     "Check the sender's encoding; ask it not to fragment text.", Slow},
    {1008, "Policy violation: the service refuses this client",
     "The token expired or was revoked while connected, the OAuth client lacks a role or scope, or too many "
     "connections are "
     "open.",
     "Check the OAuth client's roles and scope, and end other connections that use it.", Slow},
    {1009, "A message was too large", "The sender bundles more into one message than the limit of the receiving side.",
     "Ask the sender to split it, or raise the transport limit if it is legitimate.", Slow},
    {1010, "An extension is missing", "The service wants a WebSocket extension that this client does not offer.",
     "Ask the service for a stream without that extension.", Slow},
    {1011, "The server failed", "An unexpected condition inside the service; it says nothing about this client.",
     "The stream comes back by itself; if it repeats, look at the service's status page and give its support the time.",
     Normal},
    {1012, "The service restarts", "A deployment or maintenance.", "Nothing to do: the stream comes back by itself.",
     Normal},
    {1013, "The service is overloaded; try again later", "Too much load, or too many connections.",
     "Wait; open fewer connections if it repeats.", Slow},
    {1014, "Bad gateway", "A gateway in front of the service got an invalid answer from it.",
     "The stream comes back by itself; if it repeats, report it to the service.", Normal},
    {1015, "The TLS handshake failed", "The certificate was refused.",
     "Check the certificate, or name its authority in the profile.", Slow},
});

constexpr CloseCodeInfo registered{3000, "A code of a library or framework",
                                   "The meaning is registered with IANA by whoever defined it.",
                                   "Look the code up in IANA's WebSocket close code registry.", Normal};
constexpr CloseCodeInfo privateUse{
    4000, "A code of the service's own", "The service defines what it means.",
    "Look the code up in the service's documentation; the reason beside it may say more.", Normal};
constexpr CloseCodeInfo invalid{0, "A code that RFC 6455 does not allow", "The sender has a fault.",
                                "Report it to the service.", Slow};

} // namespace

const CloseCodeInfo& closeCodeInfo(int code)
{
    for (const CloseCodeInfo& info : knownCloseCodes) {
        if (info.code == code)
            return info;
    }
    if (code >= 3000 && code < 4000)
        return registered;
    if (code >= 4000 && code < 5000)
        return privateUse;
    return invalid;
}

bool isNormalClose(int code)
{
    return code == 1000 || code == 1001;
}

QString closeSentence(int code)
{
    const CloseCodeInfo& info = closeCodeInfo(code);
    return QStringLiteral("%1: %2. %3 %4")
        .arg(code)
        .arg(QLatin1String(info.words), QLatin1String(info.cause), QLatin1String(info.nextStep));
}

} // namespace framescope
