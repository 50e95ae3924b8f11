#include "core/genesys/resterror.h"

#include "core/base/redactor.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

namespace framescope {

namespace {

constexpr qsizetype shownCharacters = 300;
constexpr qsizetype namesLimit = 20;
constexpr int depthLimit = 3; ///< of errors inside errors
constexpr int siblingsLimit = 10;

struct Told
{
    QStringList messages;
    QByteArray code;
    QByteArrayList permissions;
    QByteArray contextId;
};

bool isPrintable(const QByteArray& text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

QString textOf(const QJsonObject& object, const char* member)
{
    return object.value(QLatin1String(member)).toString().trimmed();
}

/// "[routing:queue:view, routing:queue:edit]" or a list of names: whatever looks like a permission
/// (domain:entity:action).
void takePermissions(const QString& text, QByteArrayList& permissions)
{
    static const QRegularExpression form(QStringLiteral(R"([A-Za-z][\w.-]*:[\w.*-]+:[\w.*-]+)"));
    QRegularExpressionMatchIterator found = form.globalMatch(text.left(2000));
    while (found.hasNext() && permissions.size() < namesLimit) {
        const QByteArray name = found.next().captured().toLatin1();
        if (!permissions.contains(name))
            permissions.append(name);
    }
}

void read(const QJsonObject& object, Told& told, int depth)
{
    for (const char* member : {"message", "error", "description", "error_description"}) {
        const QString text = textOf(object, member);
        if (!text.isEmpty() && !told.messages.contains(text) && told.messages.size() < siblingsLimit)
            told.messages.append(text);
        takePermissions(text, told.permissions);
    }
    if (told.code.isEmpty())
        told.code = textOf(object, "code").toUtf8().left(100);
    if (told.contextId.isEmpty())
        told.contextId = textOf(object, "contextId").toUtf8();
    const QJsonObject params = object.value(QLatin1String("messageParams")).toObject();
    for (auto it = params.begin(); it != params.end(); ++it)
        takePermissions(it.value().toString(), told.permissions);
    const QJsonArray details = object.value(QLatin1String("details")).toArray();
    for (int i = 0; i < std::min<int>(int(details.size()), siblingsLimit); ++i) {
        const QJsonObject detail = details.at(i).toObject();
        QStringList parts;
        for (const char* member : {"errorCode", "fieldName", "entityName", "entityId"}) {
            if (const QString text = textOf(detail, member); !text.isEmpty())
                parts.append(text);
        }
        if (!parts.isEmpty() && told.messages.size() < siblingsLimit)
            told.messages.append(parts.join(QLatin1Char(' ')));
    }
    const QJsonArray inner = object.value(QLatin1String("errors")).toArray();
    for (int i = 0; depth < depthLimit && i < std::min<int>(int(inner.size()), siblingsLimit); ++i)
        read(inner.at(i).toObject(), told, depth + 1);
}

struct Meaning
{
    ErrorCode code;
    QString advice;
};

Meaning meaningOf(int status)
{
    switch (status) {
    case 400:
    case 413:
    case 415:
        return {ErrorCode::InvalidArgument, QStringLiteral("Check what was asked for: topics, ids, limits.")};
    case 401:
        return {ErrorCode::TokenRejected,
                QStringLiteral("The service refused the token, also a fresh one. Check that the OAuth client is active "
                               "and belongs to this region, and sign in again.")};
    case 403:
        return {ErrorCode::ScopeMissing,
                QStringLiteral("Give the OAuth client (or the person) a role with the permission, in the divisions "
                               "that it needs.")};
    case 404:
    case 410:
        return {ErrorCode::NotFound, QStringLiteral("The service does not have it. Check the region and the ids.")};
    case 429:
        return {ErrorCode::RateLimited,
                QStringLiteral("The service limits how often this OAuth client may ask. End other programs that use "
                               "it, or ask Genesys to raise the limit.")};
    default:
        break;
    }
    if (status >= 300 && status < 400)
        return {ErrorCode::Refused,
                QStringLiteral("Redirects are not followed, so that the token never reaches another host. Check the "
                               "region or the gateway.")};
    if (status >= 500 || status == 408)
        return {ErrorCode::Network,
                QStringLiteral("The service is not available. If it lasts, look at its status page.")};
    return {ErrorCode::Protocol, QStringLiteral("Check the region or the gateway.")};
}

} // namespace

RestFailure restFailure(int status, const QByteArray& body, const QByteArray& correlationId, const QString& place)
{
    QJsonParseError parsing;
    const QJsonDocument document = QJsonDocument::fromJson(body, &parsing);
    Told told;
    read(document.object(), told, 0);
    RestFailure failure;
    failure.status = status;
    failure.code = told.code;
    failure.permissions = told.permissions;
    const Meaning meaning = meaningOf(status);
    QString text = QStringLiteral("HTTP %1").arg(status);
    if (!told.code.isEmpty())
        text += QLatin1Char(' ') + QString::fromUtf8(told.code);
    if (!told.messages.isEmpty())
        text += QStringLiteral(": ") + told.messages.join(QStringLiteral("; ")).left(shownCharacters);
    else if (!body.isEmpty() && parsing.error != QJsonParseError::NoError)
        text += QStringLiteral(": the answer is not JSON, so that something in between may have sent it");
    if (!text.endsWith(QLatin1Char('.')))
        text += QLatin1Char('.');
    if (status == 403 && !told.permissions.isEmpty())
        text += QStringLiteral(" Missing permission: %1.")
                    .arg(QString::fromLatin1(told.permissions.join(QByteArrayLiteral(", "))));
    text += QLatin1Char(' ') + meaning.advice;
    const QByteArray correlation = (correlationId.isEmpty() ? told.contextId : correlationId).trimmed().left(100);
    if (!correlation.isEmpty() && isPrintable(correlation))
        text += QStringLiteral(" Correlation id: %1").arg(QString::fromLatin1(correlation));
    failure.error = {meaning.code, redactor::redacted(text), redactor::redacted(place)};
    return failure;
}

qint64 waitNamedIn(const QByteArray& body)
{
    static const QRegularExpression form(QStringLiteral(R"(\[(\d{1,6})\])"));
    const QString message =
        QJsonDocument::fromJson(body.left(64 * 1024)).object().value(QLatin1String("message")).toString();
    return form.match(message).captured(1).toLongLong() * 1000;
}

} // namespace framescope
