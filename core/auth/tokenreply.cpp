#include "core/auth/tokenreply.h"

#include "core/base/redactor.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace framescope {

namespace {

constexpr double nsOfSecond = 1e9;
/// The shortest life that a Genesys OAuth client may have; used when the answer does not say.
constexpr double assumedSeconds = 300;
constexpr double longestSeconds = 366.0 * 24 * 3600;
constexpr qsizetype shownCharacters = 200;

/// A token goes into a header: visible ASCII only (RFC 6750 section 2.1 is narrower still).
bool fitsHeader(const QByteArray& token)
{
    return std::all_of(token.begin(), token.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

QJsonObject objectOf(const QByteArray& body)
{
    return QJsonDocument::fromJson(body).object();
}

/// "invalid_client: bad credentials", from whichever of the three shapes came; empty when the body says nothing.
QString reasonIn(const QByteArray& body)
{
    const QJsonObject reply = objectOf(body);
    QStringList parts;
    for (const char* member : {"error", "description", "error_description"}) {
        const QString text = reply.value(QLatin1String(member)).toString();
        if (!text.isEmpty() && !parts.contains(text))
            parts.append(text);
    }
    return redactor::redacted(parts.join(QStringLiteral(": ")).left(shownCharacters));
}

} // namespace

Expected<AccessToken> tokenFromReply(const QByteArray& body, qint64 wallNowNs)
{
    QJsonParseError parsing;
    const QJsonObject reply = QJsonDocument::fromJson(body, &parsing).object();
    if (parsing.error != QJsonParseError::NoError)
        return failure(
            ErrorCode::Protocol,
            QStringLiteral("The sign-in service answered with something that is not JSON; check the token URL"));
    const QByteArray token = reply.value(QLatin1String("access_token")).toString().toUtf8();
    if (token.isEmpty() || !fitsHeader(token))
        return failure(ErrorCode::Protocol,
                       QStringLiteral("The sign-in service answered without a usable access_token; "
                                      "check the token URL"));
    const QString type = reply.value(QLatin1String("token_type")).toString(QStringLiteral("bearer"));
    if (type.compare(QLatin1String("bearer"), Qt::CaseInsensitive) != 0)
        return failure(ErrorCode::Protocol, QStringLiteral("The sign-in service gave a token that is no bearer token"));
    double seconds = reply.value(QLatin1String("expires_in")).toDouble(assumedSeconds);
    if (!(seconds > 0))
        seconds = assumedSeconds;
    AccessToken result;
    result.value = Secret(token);
    result.expiresWallNs = wallNowNs + qint64(std::min(seconds, longestSeconds) * nsOfSecond);
    return result;
}

Error errorFromReply(int status, const QByteArray& body, const QString& place, SignInKind kind)
{
    const QString said = reasonIn(body);
    const QString http =
        said.isEmpty() ? QStringLiteral("HTTP %1").arg(status) : QStringLiteral("HTTP %1, %2").arg(status).arg(said);
    const QString oauthError = objectOf(body).value(QLatin1String("error")).toString();
    if (status == 403 || oauthError == QLatin1String("invalid_scope"))
        return {ErrorCode::ScopeMissing,
                QStringLiteral(
                    "The sign-in service refused the scope (%1). Give the OAuth client the roles and scopes that "
                    "the stream needs, or correct the scope in the profile.")
                    .arg(http),
                place};
    if ((status == 400 || status == 401) && kind == SignInKind::Person)
        return {ErrorCode::WrongCredentials,
                QStringLiteral("The service did not accept the sign-in (%1). Check that the OAuth client uses the "
                               "grant Code Authorization, that the redirect address is registered at it, and that it "
                               "belongs to this region.")
                    .arg(http),
                place};
    if (status == 400 || status == 401)
        return {ErrorCode::WrongCredentials,
                QStringLiteral(
                    "The sign-in service refused the client id or secret (%1). Check both, that the OAuth client "
                    "uses the grant Client Credentials, and that it belongs to this region.")
                    .arg(http),
                place};
    if (status == 429 || status == 503)
        return {ErrorCode::RateLimited,
                QStringLiteral("The sign-in service asked to wait, and still does after the last try (%1). Try again "
                               "later; look for another program that signs in with this client.")
                    .arg(http),
                place};
    if (status >= 300 && status < 400)
        return {
            ErrorCode::Refused,
            QStringLiteral("The sign-in service redirects (%1). Redirects are not followed, so that the secret never "
                           "reaches another host; put the final URL into the profile.")
                .arg(http),
            place};
    if (status == 404 || status == 405 || status == 410)
        return {
            ErrorCode::Protocol,
            QStringLiteral("There is no sign-in service at this address (%1). Check the region and the token URL; it "
                           "is usually https://login.<region>/oauth/token.")
                .arg(http),
            place};
    if (status >= 500)
        return {
            ErrorCode::Network,
            QStringLiteral("The sign-in service failed (%1). Try again later; if it lasts, check the service's status "
                           "page.")
                .arg(http),
            place};
    return {ErrorCode::Protocol,
            QStringLiteral("The sign-in service answered unexpectedly (%1). Check the token URL.").arg(http), place};
}

} // namespace framescope
