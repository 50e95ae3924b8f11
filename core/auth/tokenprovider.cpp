#include "core/auth/tokenprovider.h"

#include "core/auth/retryafter.h"
#include "core/auth/tlssettings.h"
#include "core/auth/tokenreply.h"
#include "core/auth/urlpolicy.h"
#include "core/base/clock.h"
#include "core/base/redactor.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QRandomGenerator>
#include <QTimer>

namespace framescope {

using namespace std::chrono_literals;

namespace {

constexpr qint64 replyLimitBytes = 64 * 1024;
constexpr qint64 earlyNs = 60'000'000'000; ///< a token is not used in its last minute
constexpr int triesLimit = 3;
/// A service that asks for more than this is not asking for patience: daily caps can return hours.
constexpr std::chrono::milliseconds longestWait = 10min;

Error errorOfFailedRequest(const QNetworkReply& reply, const QString& place)
{
    switch (reply.error()) {
    case QNetworkReply::HostNotFoundError:
        return {ErrorCode::Network,
                QStringLiteral("The sign-in host is not known (%1). Check the region and the network.")
                    .arg(reply.url().host()),
                place};
    case QNetworkReply::ConnectionRefusedError:
        return {ErrorCode::Network, QStringLiteral("Nothing answers at the sign-in address. Check the host and port."),
                place};
    case QNetworkReply::SslHandshakeFailedError:
        return {
            ErrorCode::Tls,
            QStringLiteral("The sign-in host's certificate was refused (%1). If the host uses a private certificate "
                           "authority, name its PEM file in the profile.")
                .arg(redactor::redacted(reply.errorString())),
            place};
    case QNetworkReply::TimeoutError:
    case QNetworkReply::OperationCanceledError:
        return {ErrorCode::Timeout,
                QStringLiteral("The sign-in service did not answer in time. Check the network or proxy."), place};
    default:
        return {ErrorCode::Network,
                QStringLiteral("The sign-in request failed (%1). Check the network or proxy.")
                    .arg(redactor::redacted(reply.errorString())),
                place};
    }
}

} // namespace

struct TokenProvider::Private
{
    Private(TokenProvider* provider, ClientCredentials signIn)
        : q(provider)
        , credentials(std::move(signIn))
    {
    }

    void start();
    void send();
    void readReply();
    void dropReply();
    void keep(const AccessToken& fresh);
    void fail(const Error& error);
    [[nodiscard]] bool holdsToken() const
    {
        return !token.value.isEmpty() && token.expiresWallNs - earlyNs > now().wallNs;
    }

    TokenProvider* q;
    ClientCredentials credentials;
    AccessToken token;
    QNetworkAccessManager* network = nullptr; // made when first needed: it starts machinery of its own
    QNetworkReply* reply = nullptr;
    QTimer next;     // the wait before a try
    QTimer deadline; // of one whole request; a transfer timeout alone starts anew with every byte that trickles in
    std::chrono::milliseconds backoffUnit = 1s;
    std::chrono::milliseconds requestTimeout = 15s;
    QUrl url;
    int tryNumber = 0;
    bool busy = false;
    bool tooLarge = false;
};

TokenProvider::TokenProvider(ClientCredentials credentials, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, std::move(credentials)))
{
    const QByteArray secret = d->credentials.clientSecret.reveal();
    redactor::add(d->credentials.clientSecret);
    redactor::add(Secret((d->credentials.clientId.toUtf8() + ':' + secret).toBase64()));
    d->next.setSingleShot(true);
    d->deadline.setSingleShot(true);
    connect(&d->next, &QTimer::timeout, this, [this] { d->start(); });
    connect(&d->deadline, &QTimer::timeout, this, [this] {
        if (d->reply)
            d->reply->abort();
    });
}

TokenProvider::~TokenProvider()
{
    cancel();
}

void TokenProvider::request()
{
    if (d->busy)
        return; // one answer serves both
    d->busy = true;
    d->tryNumber = 0;
    d->next.start(0ms); // later, so that a caller never gets its answer inside its question
}

void TokenProvider::clear()
{
    d->token = {};
}

void TokenProvider::cancel()
{
    d->busy = false;
    d->next.stop();
    d->dropReply();
}

qint64 TokenProvider::expiresWallNs() const
{
    return d->holdsToken() ? d->token.expiresWallNs : 0;
}

void TokenProvider::setBackoffUnit(std::chrono::milliseconds unit)
{
    d->backoffUnit = unit;
}

void TokenProvider::setRequestTimeout(std::chrono::milliseconds timeout)
{
    d->requestTimeout = timeout;
}

void TokenProvider::Private::start()
{
    if (holdsToken()) {
        busy = false;
        Q_EMIT q->ready(token);
        return;
    }
    const Expected<QUrl> checked = checkedUrl(credentials.tokenUrl, UrlUse::Token);
    if (!checked)
        return fail(checked.error());
    if (credentials.clientId.isEmpty() || credentials.clientSecret.isEmpty())
        return fail({ErrorCode::WrongCredentials, QStringLiteral("The client id or the client secret is empty."),
                     urlWithoutQuery(*checked)});
    url = *checked;
    send();
}

void TokenProvider::Private::send()
{
    QNetworkRequest request(url);
    const Expected<QSslConfiguration> tls = tlsConfiguration(credentials.caFile);
    if (!tls)
        return fail(tls.error());
    request.setSslConfiguration(*tls);
    // Qt would hand a raw Authorization header on to whatever host a redirect names.
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false); // HPACK of Qt 6.4 has a known overflow
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    request.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    request.setTransferTimeout(int(requestTimeout.count()));
    request.setHeader(QNetworkRequest::ContentTypeHeader, QByteArrayLiteral("application/x-www-form-urlencoded"));
    request.setRawHeader("Accept", "application/json");
    request.setRawHeader("Accept-Encoding", "identity"); // the limit counts what was sent
    request.setRawHeader("User-Agent", "Framescope/" FRAMESCOPE_VERSION);
    request.setRawHeader("Authorization",
                         "Basic " +
                             (credentials.clientId.toUtf8() + ':' + credentials.clientSecret.reveal()).toBase64());
    QByteArray body = "grant_type=client_credentials";
    if (!credentials.scope.isEmpty())
        body += "&scope=" + QUrl::toPercentEncoding(credentials.scope);

    if (!network)
        network = new QNetworkAccessManager(q);
    ++tryNumber;
    tooLarge = false;
    reply = network->post(request, body);
    deadline.start(requestTimeout);
    QObject::connect(reply, &QNetworkReply::readyRead, q, [this] {
        if (!tooLarge && reply && reply->bytesAvailable() > replyLimitBytes) {
            tooLarge = true;
            reply->abort();
        }
    });
    QObject::connect(reply, &QNetworkReply::finished, q, [this] { readReply(); });
}

void TokenProvider::Private::readReply()
{
    if (!reply)
        return;
    deadline.stop();
    QNetworkReply* done = std::exchange(reply, nullptr);
    done->deleteLater();
    const QString place = urlWithoutQuery(url);
    if (tooLarge || done->bytesAvailable() > replyLimitBytes)
        return fail({ErrorCode::Protocol,
                     QStringLiteral("The sign-in service's answer is over 64 KiB; check the token URL."), place});
    const int status = done->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const QNetworkReply::NetworkError error = done->error();
    const bool cut = error == QNetworkReply::OperationCanceledError || error == QNetworkReply::TimeoutError ||
                     error == QNetworkReply::RemoteHostClosedError;
    if (status == 0 || cut)
        return fail(errorOfFailedRequest(*done, place));
    const QByteArray body = done->readAll();
    if (status == 429 || status == 503) {
        const std::optional<std::chrono::milliseconds> asked =
            parseRetryAfter(done->rawHeader("Retry-After"), now().wallNs / 1'000'000);
        // A floor with a little on top, so that many that wait do not come back at one instant.
        const std::chrono::milliseconds floor = asked.value_or(backoffUnit * (1 << tryNumber));
        const auto jitter =
            std::chrono::milliseconds(QRandomGenerator::global()->bounded(quint32(backoffUnit.count() / 4 + 1)));
        if (tryNumber >= triesLimit || floor > longestWait)
            return fail(errorFromReply(status, body, place));
        next.start(floor + jitter);
        Q_EMIT q->rateLimited(status, floor + jitter, tryNumber);
        return;
    }
    if (status != 200)
        return fail(errorFromReply(status, body, place));
    Expected<AccessToken> fresh = tokenFromReply(body, now().wallNs);
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
    busy = false;
    Q_EMIT q->ready(fresh);
}

void TokenProvider::Private::fail(const Error& error)
{
    busy = false;
    Q_EMIT q->failed(error);
}

void TokenProvider::Private::dropReply()
{
    deadline.stop();
    if (QNetworkReply* dropped = std::exchange(reply, nullptr)) {
        dropped->disconnect(q);
        dropped->abort();
        dropped->deleteLater();
    }
}

} // namespace framescope
