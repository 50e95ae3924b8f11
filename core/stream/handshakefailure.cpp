#include "core/stream/handshakefailure.h"

#include "core/auth/urlpolicy.h"
#include "core/base/redactor.h"

#include <QRegularExpression>

namespace framescope {

namespace {

struct Meaning
{
    ErrorCode code;
    QString text;
};

Meaning meaningOf(int status)
{
    if (status == 401)
        return {
            ErrorCode::TokenRejected,
            QStringLiteral("The service refused the token. Check that the OAuth client belongs to this region and is "
                           "active, and sign in again.")};
    if (status == 403)
        return {ErrorCode::ScopeMissing,
                QStringLiteral("The token lacks the permission for this stream. Give the OAuth client the scope "
                               "(usually \"streaming:subscribe interaction:read\") and a role that allows it.")};
    if (status == 404 || status == 410)
        return {ErrorCode::Protocol,
                QStringLiteral("There is no stream at this address. Check the region and the path of the URL.")};
    if (status == 429)
        return {
            ErrorCode::RateLimited,
            QStringLiteral(
                "The service limits how often this client connects. Wait; end other programs that connect with it.")};
    if (status == 408 || status >= 500)
        return {
            ErrorCode::Network,
            QStringLiteral("The service or a gateway in front of it is not available. It is tried again; if it lasts, "
                           "look at the service's status page.")};
    if (status >= 300 && status < 400)
        return {
            ErrorCode::Refused,
            QStringLiteral("The service redirects. Redirects are not followed, so that the token never reaches another "
                           "host; put the final URL into the profile.")};
    return {ErrorCode::Protocol,
            QStringLiteral(
                "The server answered, but not as a WebSocket service. Check the URL, and for a proxy in between.")};
}

Meaning meaningOf(QAbstractSocket::SocketError error, const QString& tlsErrors)
{
    switch (error) {
    case QAbstractSocket::HostNotFoundError:
        return {ErrorCode::Network, QStringLiteral("The host is not known. Check the region and the network.")};
    case QAbstractSocket::ConnectionRefusedError:
        return {ErrorCode::Network,
                QStringLiteral("Nothing answers at this host and port. Check both, and that the service runs.")};
    case QAbstractSocket::RemoteHostClosedError:
        return {ErrorCode::Network, QStringLiteral("The server closed the connection during the handshake.")};
    case QAbstractSocket::SocketTimeoutError:
        return {ErrorCode::Timeout, QStringLiteral("The host did not answer in time. Check the network and firewall.")};
    case QAbstractSocket::SslHandshakeFailedError:
    case QAbstractSocket::SslInternalError:
    case QAbstractSocket::SslInvalidUserDataError:
        return {
            ErrorCode::Tls,
            QStringLiteral("The server's certificate was refused%1. If it is signed by a private authority, name that "
                           "authority's PEM file in the profile.")
                .arg(tlsErrors.isEmpty() ? QString() : QStringLiteral(": ") + redactor::redacted(tlsErrors))};
    case QAbstractSocket::UnknownSocketError: // the socket is well: what QWebSocket read on it was not
        return {
            ErrorCode::Protocol,
            QStringLiteral("The server's handshake answer is not that of a WebSocket service. Check the URL, and for a "
                           "proxy in between.")};
    default:
        return {ErrorCode::Network,
                QStringLiteral("The connection failed (socket error %1). Check the network.").arg(int(error))};
    }
}

} // namespace

int httpStatusIn(const QString& qtErrorString)
{
    static const QRegularExpression form(QStringLiteral("http status code: ([1-5][0-9][0-9]) "));
    return form.match(qtErrorString).captured(1).toInt();
}

TransportFailure failureFromStatus(int status, const QUrl& url)
{
    const Meaning meaning = meaningOf(status);
    return {{meaning.code, QStringLiteral("HTTP %1: %2").arg(status).arg(meaning.text), urlWithoutQuery(url)}, status};
}

TransportFailure failureFromSocket(QAbstractSocket::SocketError error, const QString& tlsErrors, const QUrl& url)
{
    const Meaning meaning = meaningOf(error, tlsErrors);
    return {{meaning.code, meaning.text, urlWithoutQuery(url)}, 0};
}

AfterFailure afterFailure(const TransportFailure& failure)
{
    if (failure.httpStatus == 401 || failure.httpStatus == 403)
        return AfterFailure::SignInAgain;
    switch (failure.error.code) {
    case ErrorCode::RateLimited:
        return AfterFailure::RetrySlowly;
    case ErrorCode::Network:
        return failure.httpStatus == 503 ? AfterFailure::RetrySlowly : AfterFailure::Retry;
    case ErrorCode::Timeout:
        return AfterFailure::Retry;
    case ErrorCode::Protocol:
        // A status was a clear answer; without one a proxy may have garbled it, and may stop doing so.
        return failure.httpStatus == 0 ? AfterFailure::RetrySlowly : AfterFailure::Stop;
    default:
        return AfterFailure::Stop;
    }
}

AfterFailure afterFailedSignIn(const Error& error)
{
    switch (error.code) {
    case ErrorCode::Network:
    case ErrorCode::Timeout:
        return AfterFailure::Retry;
    case ErrorCode::RateLimited:
        return AfterFailure::RetrySlowly;
    default:
        return AfterFailure::Stop;
    }
}

} // namespace framescope
