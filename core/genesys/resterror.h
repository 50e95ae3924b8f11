#pragma once
/// What a REST answer that is no success means, in words that say what is wrong and what to do.
///
/// Shapes that the service really sends (protocol: REST `ErrorBody`, all members optional): {"message", "code",
/// "status", "contextId", "messageParams", "details", "errors"}, the login host's {"error", "description",
/// "error_description"}, and whatever a proxy puts in their place. The correlation id (header `inin-correlation-id`,
/// else `contextId`) is what Genesys' support asks for: it stands in every error text. Thread: any; pure. Foreign text
/// is cut and redacted.
#include "core/base/error.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QJsonObject>

namespace framescope {

/// Why a call failed. `status` is 0 when there was no HTTP answer.
struct RestFailure
{
    Error error;
    int status = 0;
    QByteArray code;            ///< "missing.permissions"; the service's own, may be empty
    QByteArrayList permissions; ///< that the service says are missing
    qint64 retryAfterMs = 0;    ///< 429, 503: what it asked for
};

/// @p correlationId is the header's. @p place: the URL without its query.
[[nodiscard]] RestFailure restFailure(int status, const QByteArray& body, const QByteArray& correlationId,
                                      const QString& place);
/// The wait that a 429's message names in square brackets ("... retry the request in [27] seconds"); 0 when it does
/// not. For answers without Retry-After.
[[nodiscard]] qint64 waitNamedIn(const QByteArray& body);

} // namespace framescope
