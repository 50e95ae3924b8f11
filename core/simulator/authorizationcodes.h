#pragma once
/// The codes that the authorize page gives out: each is good once, for a minute, for the client, redirect URI and PKCE
/// challenge that it was made for (RFC 6749 section 4.1, RFC 7636 section 4.6, method S256 only).
///
/// Codes are random: they are secrets. Thread: one. Memory: the last 100.
#include <QByteArray>
#include <deque>

namespace framescope {

class AuthorizationCodes
{
public:
    struct Request
    {
        QByteArray clientId;
        QByteArray redirectUri;
        QByteArray challenge; ///< base64url of SHA-256 of the verifier
    };

    [[nodiscard]] QByteArray issue(Request request, qint64 monoNs);
    /// True once, when all fits; a code that was tried is gone in any case.
    [[nodiscard]] bool redeem(const QByteArray& code, const QByteArray& clientId, const QByteArray& redirectUri,
                              const QByteArray& verifier, qint64 monoNs);

private:
    struct Issued
    {
        QByteArray code;
        Request request;
        qint64 expiresMonoNs = 0;
    };
    std::deque<Issued> m_issued;
};

/// Whether it is 43 to 128 of A-Z a-z 0-9 - . _ ~ (RFC 7636 section 4.1).
[[nodiscard]] bool isCodeVerifier(const QByteArray& text);

} // namespace framescope
