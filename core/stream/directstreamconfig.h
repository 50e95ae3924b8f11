#pragma once
/// What a direct stream needs: URL, sign-in, headers, limits and reconnect policy. Defaults are those of
/// `GET /api/v2/streaming/interactions`.
/// Thread: any; a value. Units: in the types and names.
#include "core/auth/credentials.h"

#include <QByteArray>
#include <QString>
#include <QUrl>
#include <chrono>
#include <optional>
#include <vector>

namespace framescope {

struct HeaderField
{
    QByteArray name;
    QByteArray value;
};

/// Limits of the socket itself: the last resort above the size gate.
struct TransportLimits
{
    quint64 maximumFrameBytes = 32 * 1024 * 1024;
    quint64 maximumMessageBytes = 32 * 1024 * 1024;
    int maximumFragments = 4096;
    qint64 maximumHandshakeBytes = 64 * 1024;
    qint64 maximumWriteBufferBytes = 1024 * 1024; ///< pongs that the peer does not read
    std::chrono::milliseconds handshakeTimeout{10'000};
    std::chrono::milliseconds pingInterval{20'000};
    std::chrono::milliseconds pongTimeout{20'000};
    std::chrono::milliseconds progressTimeout{10'000}; ///< a message that began and does not move
    qint64 minimumProgressBytes = 1024; ///< fewer in that time is not moving: one byte a second is a stall too
};

struct ReconnectLimits
{
    std::chrono::milliseconds base{1'000};
    std::chrono::milliseconds cap{60'000};
    std::chrono::milliseconds healthyAfter{30'000}; ///< connected that long and a message came: back-off starts anew
};

inline const QString defaultDirectScope = QStringLiteral("streaming:subscribe interaction:read");

struct DirectStreamConfig
{
    QUrl url;                                     ///< wss, or ws to loopback only
    std::optional<ClientCredentials> credentials; ///< none: no sign-in, no Authorization header
    std::vector<HeaderField> headers;             ///< in addition to Authorization, Accept and User-Agent
    QString caFile;
    bool reconnect = true;
    TransportLimits limits;
    ReconnectLimits reconnectLimits;
};

} // namespace framescope
