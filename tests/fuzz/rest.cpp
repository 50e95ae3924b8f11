// Bodies of REST answers and of the token endpoint, and the scan of a notification. The first byte says which.
#include "core/auth/tokenreply.h"
#include "core/base/clock.h"
#include "core/genesys/channelcalls.h"
#include "core/genesys/directory.h"
#include "core/genesys/notificationscan.h"
#include "core/genesys/resterror.h"
#include "tests/fuzz/fuzzinput.h"

using namespace framescope;
using namespace framescope::fuzz;

namespace {

constexpr qint64 wallNowNs = 1'764'015'300'000'000'000; // 2025-11-24T20:15:00Z
constexpr qint64 yearNs = 366LL * 24 * 3600 * 1'000'000'000;
constexpr qsizetype shortestSecret = 6; // a shorter one may stand in any address
const QString place = QStringLiteral("https://api.mypurecloud.de/api/v2/notifications");

void readChannel(const QByteArray& body, bool loopback)
{
    const Expected<Channel> channel = channelFromReply(body, loopback, wallNowNs);
    if (!channel) {
        require(!channel.error().detail.isEmpty(), "an answer that is refused says why");
        return;
    }
    require(!channel->id.isEmpty() && channel->connectUri.isValid(), "a channel has an id and an address");
    require(channel->expiresWallNs > wallNowNs && channel->expiresWallNs <= wallNowNs + yearNs,
            "a channel's end is sane");
    const QString secret = channel->connectUri.fileName();
    require(secret.size() < shortestSecret || channel->connectUri.host().contains(secret) ||
                !channel->endpoint.contains(secret),
            "what is shown of the address does not hold its secret");
}

void readToken(const QByteArray& body)
{
    const Expected<AccessToken> token = tokenFromReply(body, wallNowNs);
    require(token || !token.error().detail.isEmpty(), "an answer that is refused says why");
    require(!token || token->expiresWallNs > wallNowNs, "a token's end is ahead");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const quint8* bytes, std::size_t size)
{
    FuzzInput input(bytes, size);
    const quint8 which = input.take<quint8>();
    const QByteArray body = input.rest().toByteArray();
    switch (which % 8) {
    case 0:
    case 1:
        readChannel(body, which % 2 == 1);
        break;
    case 2:
        (void)topicsFromReply(body);
        break;
    case 3: {
        const int status = 400 + which % 200;
        require(!restFailure(status, body, {}, place).error.detail.isEmpty(), "a failure says what it is");
        require(waitNamedIn(body) >= 0, "a wait is not negative");
        break;
    }
    case 4:
        (void)availableTopicsFromReply(body);
        break;
    case 5:
        (void)scanNotification(QString::fromUtf8(body));
        break;
    case 6:
        readToken(body);
        break;
    default:
        require(!errorFromReply(400 + which % 200, body, place).detail.isEmpty(), "a failure says what it is");
        break;
    }
    return 0;
}
