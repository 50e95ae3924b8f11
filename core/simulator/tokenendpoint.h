#pragma once
/// The token endpoint: knows one client and its secret, issues bearer tokens and says whether one is good.
///
/// Two grants: client credentials (RFC 6749 section 4.4), by HTTP Basic or in the form body; and an authorization code
/// with its PKCE verifier and no secret (RFC 7636), whose token belongs to a person. Errors in the form of the login
/// host:
/// {"error","description","error_description"}. No socket: requests in, replies out. Tokens are random (not seeded:
/// they are secrets). Memory: the last 1000 tokens. Thread: one.
#include "core/base/secret.h"
#include "core/simulator/authorizationcodes.h"
#include "core/simulator/httprequest.h"

#include <QByteArray>
#include <chrono>
#include <deque>
#include <utility>
#include <vector>

namespace framescope {

struct HttpReply
{
    int status = 200;
    std::vector<std::pair<QByteArray, QByteArray>> headers;
    QByteArray body;
    QByteArray contentType = "application/json; charset=utf-8";

    /// With Content-Length, Connection: close and Date. @p withoutBody: to a HEAD request (RFC 9110 section 9.3.2).
    [[nodiscard]] QByteArray toBytes(bool withoutBody = false) const;
};

class TokenEndpoint
{
public:
    TokenEndpoint(QByteArray clientId, Secret clientSecret, std::chrono::milliseconds lifetime);

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
    /// Whose token a request bears.
    struct Bearer
    {
        Standing standing = Standing::Missing;
        quint64 tokenId = 0;
        bool hasUser = false;
    };
    /// Judges the Authorization header; scopes are not looked at.
    [[nodiscard]] Bearer bearer(const HttpRequest& request, qint64 monoNs) const;
    /// Judges the Authorization header of a request for the stream, which needs a scope.
    [[nodiscard]] Standing standing(const HttpRequest& request, qint64 monoNs) const;
    /// The tokens issued so far are refused from now on.
    void revokeAll();
    [[nodiscard]] AuthorizationCodes& codes() { return m_codes; }
    [[nodiscard]] const QByteArray& clientId() const { return m_clientId; }

private:
    struct Token
    {
        QByteArray value;
        QByteArray scope;
        qint64 expiresMonoNs = 0;
        quint64 id = 0;
        bool hasUser = false;
        bool revoked = false;
    };
    using Fields = std::vector<std::pair<QByteArray, QByteArray>>;
    [[nodiscard]] const Token* tokenOf(const HttpRequest& request) const;
    [[nodiscard]] bool isClient(const QByteArray& id, const QByteArray& secret) const;
    [[nodiscard]] HttpReply refusal();
    [[nodiscard]] HttpReply redeem(const Fields& fields, qint64 monoNs);
    [[nodiscard]] HttpReply issue(const QByteArray& scope, bool toUser, qint64 monoNs);

    QByteArray m_clientId;
    Secret m_clientSecret;
    std::chrono::milliseconds m_lifetime;
    AuthorizationCodes m_codes;
    quint64 m_issued = 0;
    int m_refusals = 0;
    int m_retryAfterSeconds = 1;
    std::deque<Token> m_tokens;
};

/// The error form of the REST host: {"message","code","status","contextId",...}, with the inin-correlation-id header.
[[nodiscard]] HttpReply restError(int status, const char* code, const QByteArray& message);
/// Now, as the Date header has it (RFC 9110 section 5.6.7).
[[nodiscard]] QByteArray httpDate();
/// Random bytes as base64url, for tokens and secrets.
[[nodiscard]] QByteArray randomText(int bytes);

} // namespace framescope
