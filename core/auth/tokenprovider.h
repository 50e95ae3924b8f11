#pragma once
/// Gets and keeps an OAuth access token by client credentials, or keeps one that a person signed in for.
///
/// Rules: a token is kept until 60 s before it expires; the request carries HTTP Basic (RFC 6749 section 2.3.1;
/// Genesys' SDKs do the same) and `grant_type=client_credentials`; 429 and 503 wait for Retry-After (seconds or
/// HTTP-date, RFC 9110 section 10.2.3) as a floor, else 2^n s, at most 3 tries; redirects are not followed, so that the
/// secret never reaches another host; every request has a transfer timeout of 15 s and a reply limit of 64 KiB. A
/// person's token cannot be renewed: when it ends, the error says to sign in again. Thread: the one that made it (the
/// stream's); asynchronous, no nested event loop. Errors: WrongCredentials (400/401), TokenRejected (a person's token
/// has ended), ScopeMissing (403), RateLimited, Timeout, Tls, Network, Protocol, Refused.
#include "core/auth/credentials.h"
#include "core/base/error.h"

#include <QObject>
#include <chrono>
#include <functional>
#include <memory>

namespace framescope {

struct AccessToken
{
    Secret value;
    qint64 expiresWallNs = 0;
};

class TokenProvider : public QObject
{
    Q_OBJECT

public:
    explicit TokenProvider(ClientCredentials credentials, QObject* parent = nullptr);
    /// Of a person: no secret, nothing to renew it with.
    explicit TokenProvider(const AccessToken& token, QObject* parent = nullptr);
    ~TokenProvider() override;

    /// Emits ready() or failed(), later, also when the token is already held.
    void request();
    /// Gets a fresh one before the present one ends, which goes on being given meanwhile: ready() or renewalFailed().
    /// Nothing for a person's token.
    void renew();
    [[nodiscard]] bool canRenew() const;
    /// Forgets the token: the service refused it.
    void clear();
    void cancel();
    [[nodiscard]] qint64 expiresWallNs() const; ///< 0 when no token is held
    [[nodiscard]] AccessToken held() const;     ///< empty when no token is held
    /// How long before its end a token is no longer given (60 s).
    void setMargin(std::chrono::milliseconds margin);
    /// The unit of the exponential wait (1 s) and of its jitter: tests make it short.
    void setBackoffUnit(std::chrono::milliseconds unit);
    /// How long one request may take in all (15 s).
    void setRequestTimeout(std::chrono::milliseconds timeout);

Q_SIGNALS:
    /// A request goes to the service now; ready(), failed() or renewalFailed() is its end.
    void asking();
    void ready(const framescope::AccessToken& token);
    void failed(const framescope::Error& error);
    void renewalFailed(const framescope::Error& error);
    /// 429 or 503: the next try comes in @p wait. @p tryNumber is the one that failed, from 1.
    void rateLimited(int status, std::chrono::milliseconds wait, int tryNumber);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace framescope
