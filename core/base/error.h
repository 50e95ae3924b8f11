#pragma once
/// Expected failure as a value: what went wrong (code), where, and the reason.
///
/// Thread: any; a value type. Core never translates: `detail` and `place` are facts (a path, a byte offset, an HTTP
/// status), the sentence that a person reads is built in `ui` or `app` from the code, with these as its particulars.
#include <QString>
#include <tl/expected.hpp>

namespace framescope {

enum class ErrorCode
{
    InvalidArgument,  ///< the caller's value is outside what the setting allows
    NotFound,         ///< a file, profile or session that is named does not exist
    Io,               ///< reading or writing a file failed
    Parse,            ///< foreign bytes do not have the form that they should; `place` says where
    Unsupported,      ///< well formed, but newer or other than what this version knows
    Network,          ///< name look-up, connect, reset
    Timeout,          ///< the other side did not answer in time
    Tls,              ///< the certificate or the TLS handshake was refused
    Refused,          ///< our own policy refused it (plain text to a host that is not loopback, a header with CR/LF)
    WrongCredentials, ///< sign-in: client id or secret not accepted (HTTP 400/401 of the token endpoint)
    TokenRejected,    ///< handshake answered 401 also with a fresh token
    ScopeMissing,     ///< handshake answered 403 also with a fresh token
    RateLimited,      ///< 429 and the tries are used up
    Protocol,         ///< the peer broke the WebSocket or HTTP protocol
    Closed,           ///< the stream ended; `detail` carries the close code and reason
    Keychain,         ///< no keyring, or it refused
    Storage,          ///< the session file could not be written or read
    Busy,             ///< another process holds the session file
    Cancelled         ///< asked to stop before the end
};

struct Error
{
    ErrorCode code = ErrorCode::InvalidArgument;
    QString detail; ///< the reason, in plain English facts, safe to show and to log (never a secret)
    QString place;  ///< where: a path, URL without query, JSON Pointer or byte offset; may be empty
};

template <typename T>
using Expected = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> failure(ErrorCode code, QString detail, QString place = {})
{
    return tl::unexpected<Error>(Error{code, std::move(detail), std::move(place)});
}

/// Stable name of a code for logs, audit rows and machine-readable output: "wrong-credentials".
[[nodiscard]] QLatin1String errorCodeName(ErrorCode code);

} // namespace framescope
