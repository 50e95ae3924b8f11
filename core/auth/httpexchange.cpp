#include "core/auth/httpexchange.h"

#include "core/auth/tlssettings.h"
#include "core/auth/urlpolicy.h"
#include "core/base/redactor.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QTimer>

namespace framescope {

namespace {

Error errorOfFailedRequest(const QNetworkReply& reply, const QString& service, const QString& place)
{
    switch (reply.error()) {
    case QNetworkReply::HostNotFoundError:
        return {ErrorCode::Network,
                QStringLiteral("The %1 host is not known (%2). Check the region and the network.")
                    .arg(service, reply.url().host()),
                place};
    case QNetworkReply::ConnectionRefusedError:
        return {ErrorCode::Network,
                QStringLiteral("Nothing answers at the %1 address. Check the host and port.").arg(service), place};
    case QNetworkReply::SslHandshakeFailedError:
        return {ErrorCode::Tls,
                QStringLiteral("The %1 host's certificate was refused (%2). If the host uses a private certificate "
                               "authority, name its PEM file in the profile.")
                    .arg(service, redactor::redacted(reply.errorString())),
                place};
    case QNetworkReply::TimeoutError:
    case QNetworkReply::OperationCanceledError:
        return {ErrorCode::Timeout,
                QStringLiteral("The %1 service did not answer in time. Check the network or proxy.").arg(service),
                place};
    default:
        return {ErrorCode::Network,
                QStringLiteral("The %1 request failed (%2). Check the network or proxy.")
                    .arg(service, redactor::redacted(reply.errorString())),
                place};
    }
}

Expected<QNetworkRequest> requestFor(const HttpCall& call)
{
    const Expected<QUrl> checked = checkedUrl(call.url, UrlUse::Token);
    if (!checked)
        return tl::unexpected<Error>(checked.error());
    const Expected<QSslConfiguration> tls = tlsConfiguration(call.caFile);
    if (!tls)
        return tl::unexpected<Error>(tls.error());
    QNetworkRequest request(*checked);
    request.setSslConfiguration(*tls);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    request.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    request.setTransferTimeout(int(call.deadline.count()));
    request.setRawHeader("Accept", "application/json");
    request.setRawHeader("Accept-Encoding", "identity");
    request.setRawHeader("User-Agent", "Framescope/" FRAMESCOPE_VERSION);
    for (const auto& [name, value] : call.headers)
        request.setRawHeader(name, value);
    return request;
}

} // namespace

QByteArray HttpAnswer::header(QByteArrayView name) const
{
    for (const auto& [key, value] : headers) {
        if (key.compare(name, Qt::CaseInsensitive) == 0)
            return value;
    }
    return {};
}

struct HttpExchange::Private
{
    explicit Private(HttpExchange* exchange)
        : q(exchange)
    {
    }

    void send(const QNetworkRequest& request);
    void read();
    void answer(Expected<HttpAnswer> outcome);
    void dropReply();

    HttpExchange* q;
    HttpCall call;
    Handler done;
    QNetworkAccessManager* network = nullptr; // made when first needed: it starts machinery of its own
    QNetworkReply* reply = nullptr;
    QTimer deadline;
    quint64 number = 0; ///< of the exchange: an answer that was put off must not answer the next one
    bool tooLarge = false;
};

HttpExchange::HttpExchange(QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this))
{
    d->deadline.setSingleShot(true);
    connect(&d->deadline, &QTimer::timeout, this, [this] {
        if (d->reply)
            d->reply->abort();
    });
}

HttpExchange::~HttpExchange()
{
    cancel();
}

void HttpExchange::start(const HttpCall& call, Handler done)
{
    cancel();
    d->call = call;
    d->done = std::move(done);
    if (const Expected<QNetworkRequest> request = requestFor(call); request)
        d->send(*request);
    else
        d->answer(tl::unexpected<Error>(request.error()));
}

void HttpExchange::cancel()
{
    ++d->number;
    d->done = nullptr;
    d->dropReply();
}

void HttpExchange::Private::send(const QNetworkRequest& request)
{
    if (!network)
        network = new QNetworkAccessManager(q);
    tooLarge = false;
    if (call.verb == "POST")
        reply = network->post(request, call.body);
    else if (call.verb == "PUT")
        reply = network->put(request, call.body);
    else if (call.verb == "DELETE")
        reply = network->deleteResource(request);
    else
        reply = network->get(request);
    deadline.start(call.deadline);
    QObject::connect(reply, &QNetworkReply::readyRead, q, [this] {
        if (!tooLarge && reply && reply->bytesAvailable() > call.replyLimitBytes) {
            tooLarge = true;
            reply->abort();
        }
    });
    QObject::connect(reply, &QNetworkReply::finished, q, [this] { read(); });
}

void HttpExchange::Private::read()
{
    if (!reply)
        return;
    deadline.stop();
    QNetworkReply* finished = std::exchange(reply, nullptr);
    finished->deleteLater();
    const QString place = redactor::redacted(urlWithoutQuery(call.url));
    if (tooLarge || finished->bytesAvailable() > call.replyLimitBytes)
        return answer(failure(ErrorCode::Protocol,
                              QStringLiteral("The %1 service's answer is over %2 KiB; check the URL.")
                                  .arg(call.service)
                                  .arg(call.replyLimitBytes / 1024),
                              place));
    HttpAnswer outcome;
    outcome.status = finished->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const QNetworkReply::NetworkError error = finished->error();
    const bool cut = error == QNetworkReply::OperationCanceledError || error == QNetworkReply::TimeoutError ||
                     error == QNetworkReply::RemoteHostClosedError;
    if (outcome.status == 0 || cut)
        return answer(tl::unexpected<Error>(errorOfFailedRequest(*finished, call.service, place)));
    outcome.body = finished->readAll();
    for (const QNetworkReply::RawHeaderPair& header : finished->rawHeaderPairs())
        outcome.headers.emplace_back(header.first, header.second);
    answer(std::move(outcome));
}

/// Later: a caller never gets its answer inside its question, and may delete us when it gets it, which must not happen
/// inside a signal of the reply.
void HttpExchange::Private::answer(Expected<HttpAnswer> outcome)
{
    QMetaObject::invokeMethod(
        q,
        [this, mine = number, outcome = std::move(outcome)] {
            if (mine != number)
                return;
            if (const Handler handler = std::exchange(done, nullptr))
                handler(outcome);
        },
        Qt::QueuedConnection);
}

void HttpExchange::Private::dropReply()
{
    deadline.stop();
    if (QNetworkReply* dropped = std::exchange(reply, nullptr)) {
        dropped->disconnect(q);
        dropped->abort();
        dropped->deleteLater();
    }
}

} // namespace framescope
