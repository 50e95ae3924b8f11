#include "core/auth/tokenprovider.h"

#include "core/auth/httpexchange.h"
#include "core/auth/retryafter.h"
#include "core/auth/tokenreply.h"
#include "core/auth/urlpolicy.h"
#include "core/base/clock.h"
#include "core/base/redactor.h"

#include <QRandomGenerator>
#include <QTimer>

namespace framescope {

using namespace std::chrono_literals;

namespace {

constexpr int triesLimit = 3;
/// A service that asks for more than this is not asking for patience: daily caps can return hours.
constexpr std::chrono::milliseconds longestWait = 10min;

} // namespace

struct TokenProvider::Private
{
    explicit Private(TokenProvider* provider)
        : q(provider)
        , exchange(provider)
    {
    }

    void prepare();
    void serve();
    void fetch();
    void send();
    void readAnswer(const Expected<HttpAnswer>& answer);
    void keep(const AccessToken& fresh);
    void fail(const Error& error);
    void rememberSecrets() const;
    [[nodiscard]] bool holdsToken() const
    {
        return !token.value.isEmpty() && token.expiresWallNs - std::chrono::nanoseconds(margin).count() > now().wallNs;
    }

    TokenProvider* q;
    std::optional<ClientCredentials> credentials; ///< none: a person's token
    AccessToken token;
    HttpExchange exchange;
    QTimer turn; // ends request(): a caller never gets its answer inside its question
    QTimer next; // the wait before a try
    std::chrono::milliseconds margin = 60s;
    std::chrono::milliseconds backoffUnit = 1s;
    std::chrono::milliseconds requestTimeout = 15s;
    QUrl url;
    int tryNumber = 0;
    bool wanted = false;   ///< request() waits for its answer
    bool renewing = false; ///< renew() does
    bool fetching = false;
};

TokenProvider::TokenProvider(ClientCredentials credentials, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this))
{
    d->credentials = std::move(credentials);
    d->prepare();
}

TokenProvider::TokenProvider(const AccessToken& token, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this))
{
    d->token = token;
    d->prepare();
}

TokenProvider::~TokenProvider()
{
    cancel();
}

void TokenProvider::Private::prepare()
{
    rememberSecrets();
    turn.setSingleShot(true);
    next.setSingleShot(true);
    QObject::connect(&turn, &QTimer::timeout, q, [this] { serve(); });
    QObject::connect(&next, &QTimer::timeout, q, [this] { send(); });
}

/// Again at each sign-in: the redactor forgets the oldest of many secrets, and ours outlives all tokens.
void TokenProvider::Private::rememberSecrets() const
{
    redactor::add(token.value);
    if (!credentials)
        return;
    redactor::add(credentials->clientSecret);
    redactor::add(Secret((credentials->clientId.toUtf8() + ':' + credentials->clientSecret.reveal()).toBase64()));
}

void TokenProvider::request()
{
    d->wanted = true; // one answer serves all that ask before it
    d->turn.start(0ms);
}

void TokenProvider::renew()
{
    if (!canRenew())
        return;
    d->renewing = true;
    d->turn.start(0ms);
}

bool TokenProvider::canRenew() const
{
    return d->credentials.has_value();
}

void TokenProvider::clear()
{
    d->token = {};
}

void TokenProvider::cancel()
{
    d->wanted = false;
    d->renewing = false;
    d->fetching = false;
    d->turn.stop();
    d->next.stop();
    d->exchange.cancel();
}

qint64 TokenProvider::expiresWallNs() const
{
    return d->holdsToken() ? d->token.expiresWallNs : 0;
}

AccessToken TokenProvider::held() const
{
    return d->holdsToken() ? d->token : AccessToken();
}

void TokenProvider::setMargin(std::chrono::milliseconds margin)
{
    d->margin = margin;
}

void TokenProvider::setBackoffUnit(std::chrono::milliseconds unit)
{
    d->backoffUnit = unit;
}

void TokenProvider::setRequestTimeout(std::chrono::milliseconds timeout)
{
    d->requestTimeout = timeout;
}

void TokenProvider::Private::serve()
{
    if (wanted && holdsToken()) {
        wanted = false;
        const AccessToken answer = token;
        if (renewing && !fetching)
            turn.start(0ms);
        Q_EMIT q->ready(answer);
        return;
    }
    if ((wanted || renewing) && !fetching)
        fetch();
}

void TokenProvider::Private::fetch()
{
    if (!credentials)
        return fail({ErrorCode::TokenRejected,
                     QStringLiteral("The sign-in has ended: the token that it gave is expired or was revoked. Sign in "
                                    "again."),
                     {}});
    const Expected<QUrl> checked = checkedUrl(credentials->tokenUrl, UrlUse::Token);
    if (!checked)
        return fail(checked.error());
    if (credentials->clientId.isEmpty() || credentials->clientSecret.isEmpty())
        return fail({ErrorCode::WrongCredentials, QStringLiteral("The client id or the client secret is empty."),
                     urlWithoutQuery(*checked)});
    url = *checked;
    fetching = true;
    tryNumber = 0;
    rememberSecrets();
    Q_EMIT q->asking();
    if (fetching) // unless whoever heard it cancelled
        send();
}

void TokenProvider::Private::send()
{
    HttpCall call;
    call.verb = "POST";
    call.url = url;
    call.caFile = credentials->caFile;
    call.deadline = requestTimeout;
    call.headers = {
        {"Content-Type", "application/x-www-form-urlencoded"},
        {"Authorization",
         "Basic " + (credentials->clientId.toUtf8() + ':' + credentials->clientSecret.reveal()).toBase64()}};
    call.body = "grant_type=client_credentials";
    if (!credentials->scope.isEmpty())
        call.body += "&scope=" + QUrl::toPercentEncoding(credentials->scope);
    ++tryNumber;
    exchange.start(call, [this](const Expected<HttpAnswer>& answer) { readAnswer(answer); });
}

void TokenProvider::Private::readAnswer(const Expected<HttpAnswer>& answer)
{
    if (!answer)
        return fail(answer.error());
    const QString place = urlWithoutQuery(url);
    const int status = answer->status;
    if (status == 429 || status == 503) {
        const std::optional<std::chrono::milliseconds> asked =
            parseRetryAfter(answer->header("Retry-After"), now().wallNs / 1'000'000);
        // A floor with a little on top, so that many that wait do not come back at one instant.
        const std::chrono::milliseconds floor = asked.value_or(backoffUnit * (1 << tryNumber));
        const auto jitter =
            std::chrono::milliseconds(QRandomGenerator::global()->bounded(quint32(backoffUnit.count() / 4 + 1)));
        if (tryNumber >= triesLimit || floor > longestWait)
            return fail(errorFromReply(status, answer->body, place));
        next.start(floor + jitter);
        Q_EMIT q->rateLimited(status, floor + jitter, tryNumber);
        return;
    }
    if (status != 200)
        return fail(errorFromReply(status, answer->body, place));
    Expected<AccessToken> fresh = tokenFromReply(answer->body, now().wallNs);
    if (!fresh) {
        fresh.error().place = place;
        return fail(fresh.error());
    }
    keep(*fresh);
}

void TokenProvider::Private::keep(const AccessToken& fresh)
{
    redactor::add(fresh.value);
    token = fresh;
    wanted = false;
    renewing = false;
    fetching = false;
    Q_EMIT q->ready(fresh);
}

void TokenProvider::Private::fail(const Error& error)
{
    fetching = false;
    renewing = false;
    if (std::exchange(wanted, false))
        Q_EMIT q->failed(error);
    else
        Q_EMIT q->renewalFailed(error);
}

} // namespace framescope
