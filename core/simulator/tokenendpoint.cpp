#include "core/simulator/tokenendpoint.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QRandomGenerator>
#include <QUuid>
#include <algorithm>

namespace framescope {

namespace {

constexpr std::size_t mostTokens = 1000;
const QByteArray streamScope = "streaming:subscribe";
const QByteArray defaultScope = "streaming:subscribe interaction:read";

const char* reasonPhrase(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 204:
        return "No Content";
    case 302:
        return "Found";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 411:
        return "Length Required";
    case 413:
        return "Content Too Large";
    case 426:
        return "Upgrade Required";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 503:
        return "Service Unavailable";
    case 501:
        return "Not Implemented";
    case 505:
        return "HTTP Version Not Supported";
    default:
        return "Error";
    }
}

HttpReply loginError(int status, const QString& error, const QString& description)
{
    const QJsonObject body{{QStringLiteral("error"), error},
                           {QStringLiteral("description"), description},
                           {QStringLiteral("error_description"), description}};
    HttpReply reply;
    reply.status = status;
    reply.headers = {{"Cache-Control", "no-store"}};
    reply.body = QJsonDocument(body).toJson(QJsonDocument::Compact);
    return reply;
}

QByteArray field(const std::vector<std::pair<QByteArray, QByteArray>>& fields, QByteArrayView name)
{
    for (const auto& [key, value] : fields) {
        if (name == key)
            return value;
    }
    return {};
}

bool startsWithScheme(const QByteArray& authorization, QByteArrayView scheme)
{
    return authorization.size() > scheme.size() && authorization.at(scheme.size()) == ' ' &&
           authorization.first(scheme.size()).compare(scheme, Qt::CaseInsensitive) == 0;
}

/// Compares in a time that does not tell how much was right.
bool sameBytes(const QByteArray& a, const QByteArray& b)
{
    int difference = a.size() == b.size() ? 0 : 1;
    for (qsizetype i = 0; i < a.size(); ++i)
        difference |= a.at(i) ^ (i < b.size() ? b.at(i) : '\0');
    return difference == 0;
}

} // namespace

QByteArray randomText(int bytes)
{
    QByteArray random(bytes, Qt::Uninitialized);
    for (char& byte : random)
        byte = char(QRandomGenerator::system()->bounded(256));
    return random.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

QByteArray HttpReply::toBytes(bool withoutBody) const
{
    QByteArray bytes = "HTTP/1.1 " + QByteArray::number(status) + ' ' + reasonPhrase(status) + "\r\n";
    for (const auto& [name, value] : headers)
        bytes += name + ": " + value + "\r\n";
    bytes += "Date: " + httpDate() + "\r\nContent-Type: " + contentType +
             "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\nConnection: close\r\n\r\n";
    return withoutBody ? bytes : bytes + body;
}

QByteArray httpDate()
{
    return QLocale::c()
        .toString(QDateTime::currentDateTimeUtc(), QStringLiteral("ddd, dd MMM yyyy HH:mm:ss 'GMT'"))
        .toLatin1();
}

HttpReply restError(int status, const char* code, const QByteArray& message)
{
    const QString contextId = QUuid::createUuid().toString(QUuid::WithoutBraces);
    const QJsonObject body{{QStringLiteral("message"), QString::fromUtf8(message)},
                           {QStringLiteral("code"), QString::fromUtf8(code)},
                           {QStringLiteral("status"), status},
                           {QStringLiteral("contextId"), contextId},
                           {QStringLiteral("details"), QJsonArray()},
                           {QStringLiteral("errors"), QJsonArray()}};
    HttpReply reply;
    reply.status = status;
    reply.headers = {{"inin-correlation-id", contextId.toLatin1()}};
    reply.body = QJsonDocument(body).toJson(QJsonDocument::Compact);
    return reply;
}

TokenEndpoint::TokenEndpoint(QByteArray clientId, Secret clientSecret, std::chrono::milliseconds lifetime)
    : m_clientId(std::move(clientId))
    , m_clientSecret(std::move(clientSecret))
    , m_lifetime(lifetime)
{
}

void TokenEndpoint::refuseNext(int count, int retryAfterSeconds)
{
    m_refusals = count;
    m_retryAfterSeconds = retryAfterSeconds;
}

HttpReply TokenEndpoint::refusal()
{
    --m_refusals;
    HttpReply reply = loginError(429, QStringLiteral("rate.limit.exceeded"),
                                 QStringLiteral("rate limit exceeded, retry in [%1] seconds").arg(m_retryAfterSeconds));
    reply.headers.emplace_back("Retry-After", QByteArray::number(m_retryAfterSeconds));
    return reply;
}

HttpReply TokenEndpoint::answer(const HttpRequest& request, qint64 monoNs)
{
    if (request.method != "POST") {
        HttpReply reply = loginError(405, QStringLiteral("invalid_request"), QStringLiteral("use POST"));
        reply.headers.emplace_back("Allow", "POST");
        return reply;
    }
    if (m_refusals > 0)
        return refusal();

    const Fields fields = formFields(request.body);
    const QByteArray grant = field(fields, "grant_type");
    const QByteArray authorization = request.header("authorization");
    if (grant == "authorization_code" && authorization.isNull())
        return redeem(fields, monoNs);
    QByteArray id = field(fields, "client_id");
    QByteArray secret = field(fields, "client_secret");
    if (startsWithScheme(authorization, "Basic")) {
        const QByteArray pair = QByteArray::fromBase64(authorization.sliced(6).trimmed());
        const qsizetype colon = pair.indexOf(':');
        id = colon < 0 ? pair : pair.first(colon);
        secret = colon < 0 ? QByteArray() : pair.sliced(colon + 1);
    }
    if (!isClient(id, secret))
        return loginError(401, QStringLiteral("invalid_client"), QStringLiteral("authentication failed"));
    if (grant.isEmpty())
        return loginError(400, QStringLiteral("invalid_request"), QStringLiteral("missing grant_type"));
    if (grant != "client_credentials")
        return loginError(400, QStringLiteral("unsupported_grant_type"),
                          QStringLiteral("only client_credentials is supported for a client with a secret"));
    return issue(field(fields, "scope"), false, monoNs);
}

HttpReply TokenEndpoint::redeem(const Fields& fields, qint64 monoNs)
{
    const QByteArray clientId = field(fields, "client_id");
    if (!sameBytes(clientId, m_clientId))
        return loginError(401, QStringLiteral("invalid_client"), QStringLiteral("client not found"));
    if (!m_codes.redeem(field(fields, "code"), clientId, field(fields, "redirect_uri"), field(fields, "code_verifier"),
                        monoNs))
        return loginError(400, QStringLiteral("invalid_grant"),
                          QStringLiteral("the code is not valid, or does not belong to this verifier"));
    return issue({}, true, monoNs);
}

bool TokenEndpoint::isClient(const QByteArray& id, const QByteArray& secret) const
{
    return sameBytes(id, m_clientId) && sameBytes(secret, m_clientSecret.reveal());
}

HttpReply TokenEndpoint::issue(const QByteArray& scope, bool toUser, qint64 monoNs)
{
    const QByteArray granted = scope.isEmpty() ? defaultScope : scope;
    Token token;
    token.value = randomText(48);
    token.scope = granted;
    token.expiresMonoNs = monoNs + std::chrono::nanoseconds(m_lifetime).count();
    token.id = ++m_issued;
    token.hasUser = toUser;
    if (m_tokens.size() >= mostTokens)
        m_tokens.pop_front();
    const QJsonObject body{{QStringLiteral("access_token"), QString::fromLatin1(token.value)},
                           {QStringLiteral("token_type"), QStringLiteral("bearer")},
                           {QStringLiteral("expires_in"), qint64(m_lifetime.count() / 1000)},
                           {QStringLiteral("scope"), QString::fromUtf8(granted)}};
    m_tokens.push_back(std::move(token));
    HttpReply reply;
    reply.headers = {{"Cache-Control", "no-store"}};
    reply.body = QJsonDocument(body).toJson(QJsonDocument::Compact);
    return reply;
}

const TokenEndpoint::Token* TokenEndpoint::tokenOf(const HttpRequest& request) const
{
    const QByteArray authorization = request.header("authorization");
    if (!startsWithScheme(authorization, "Bearer"))
        return nullptr;
    const QByteArray value = authorization.sliced(7).trimmed();
    const auto found = std::find_if(m_tokens.begin(), m_tokens.end(),
                                    [&value](const Token& token) { return sameBytes(value, token.value); });
    return found == m_tokens.end() ? nullptr : &*found;
}

TokenEndpoint::Bearer TokenEndpoint::bearer(const HttpRequest& request, qint64 monoNs) const
{
    const Token* token = tokenOf(request);
    if (token == nullptr) {
        const bool missing = !startsWithScheme(request.header("authorization"), "Bearer");
        return {missing ? Standing::Missing : Standing::Unknown, 0, false};
    }
    const Standing standing = token->revoked                   ? Standing::Revoked
                              : monoNs >= token->expiresMonoNs ? Standing::Expired
                                                               : Standing::Good;
    return {standing, token->id, token->hasUser};
}

TokenEndpoint::Standing TokenEndpoint::standing(const HttpRequest& request, qint64 monoNs) const
{
    const Standing standing = bearer(request, monoNs).standing;
    if (standing != Standing::Good)
        return standing;
    return tokenOf(request)->scope.split(' ').contains(streamScope) ? Standing::Good : Standing::ScopeMissing;
}

void TokenEndpoint::revokeAll()
{
    for (Token& token : m_tokens)
        token.revoked = true;
}

} // namespace framescope
