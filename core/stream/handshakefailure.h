#pragma once
/// What a failed connection attempt means: from HTTP status or socket error to words that say what is wrong and what to
/// do, and to what comes next. Thread: any; pure.
#include "core/stream/backoff.h"
#include "core/stream/transport.h"

#include <QAbstractSocket>

namespace framescope {

/// The status in QWebSocket's "...Unhandled http status code: 429 (Too Many Requests)." (Qt 6.4 has no other way to
/// tell; we install no translator for it); 0 when there is none.
[[nodiscard]] int httpStatusIn(const QString& qtErrorString);
[[nodiscard]] TransportFailure failureFromStatus(int status, const QUrl& url);
/// @p tlsErrors: what QSslSocket objected to; empty when it did not speak.
[[nodiscard]] TransportFailure failureFromSocket(QAbstractSocket::SocketError error, const QString& tlsErrors,
                                                 const QUrl& url);

enum class AfterFailure
{
    Retry,
    RetrySlowly, ///< refused rather than failed: 429, 503, a broken protocol. Qt hides Retry-After of a handshake
    SignInAgain, ///< 401, 403: a fresh token may help, once
    Stop         ///< waiting cannot mend it
};
[[nodiscard]] AfterFailure afterFailure(const TransportFailure& failure);
[[nodiscard]] AfterFailure afterFailedSignIn(const Error& error);

} // namespace framescope
