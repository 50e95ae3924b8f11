#pragma once
/// Where a credential may go: TLS anywhere, plain text to this machine only.
///
/// Thread: any; pure functions. Errors: Refused (policy), InvalidArgument (no URL at all).
/// Why: OWASP WebSocket security (TLS only), RFC 3986 section 7.5 (no user information in a URL), CWE-93 (no control
/// characters that could end a request line).
#include "core/base/error.h"

#include <QUrl>

namespace framescope {

enum class UrlUse
{
    Token, ///< https, or http to loopback
    Stream ///< wss, or ws to loopback
};

/// The URL as it may be opened (an empty path becomes "/"), or why it must not be.
[[nodiscard]] Expected<QUrl> checkedUrl(const QUrl& url, UrlUse use);
/// "localhost", 127.0.0.0/8 or ::1, by name or number; nothing is looked up.
[[nodiscard]] bool isLoopbackHost(const QString& host);
/// Scheme, host, port and path: what may be shown and recorded. A query often carries a token.
[[nodiscard]] QString urlWithoutQuery(const QUrl& url);

} // namespace framescope
