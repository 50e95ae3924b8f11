#pragma once
/// The token endpoint: knows one client and its secret, issues bearer tokens (RFC 6749 section 4.4) and says whether
/// one is good.
///
/// Credentials by HTTP Basic or in the form body. Errors in the form of the login host:
/// {"error","description","error_description"}. No socket: requests in, replies out. Tokens are random (not seeded:
/// they are secrets). Memory: the last 1000 tokens. Thread: one.
#include "core/base/secret.h"
#include "core/simulator/httprequest.h"

#include <QByteArray>
#include <deque>
#include <utility>
#include <vector>

namespace framescope {

struct HttpReply
{
    int status = 200;
    std::vector<std::pair<QByteArray, QByteArray>> headers;
    QByteArray body; ///< JSON

    [[nodiscard]] QByteArray toBytes() const; ///< with Content-Length and Connection: close
};

class TokenEndpoint
{
public:
    TokenEndpoint(QByteArray clientId, Secret clientSecret, int lifetimeSeconds);

    /// The next @p count requests are answered 429, with Retry-After @p retryAfterSeconds.
    void refuseNext(int count, int retryAfterSeconds);
    [[nodiscard]] HttpReply answer(const HttpRequest& request, qint64 monoNs);

    enum class Standing
    {
        Good,
        Missing,
        Unknown,
        Expired,
        Revoked,
        ScopeMissing
    };
    /// Judges the Authorization header of a request for the stream.
    [[nodiscard]] Standing standing(const HttpRequest& request, qint64 monoNs) const;
    /// The tokens issued so far are refused from now on.
    void revokeAll();

private:
    struct Token
    {
        QByteArray value;
        QByteArray scope;
        qint64 expiresMonoNs = 0;
        bool revoked = false;
    };
    [[nodiscard]] bool isClient(const QByteArray& id, const QByteArray& secret) const;
    [[nodiscard]] HttpReply issue(const QByteArray& scope, qint64 monoNs);

    QByteArray m_clientId;
    Secret m_clientSecret;
    int m_lifetimeSeconds;
    int m_refusals = 0;
    int m_retryAfterSeconds = 1;
    std::deque<Token> m_tokens;
};

/// The error form of the REST host: {"message","code","status","contextId",...}, with the inin-correlation-id header.
[[nodiscard]] HttpReply restError(int status, const char* code, const char* message);
/// Random bytes as base64url, for tokens and secrets.
[[nodiscard]] QByteArray randomText(int bytes);

} // namespace framescope
