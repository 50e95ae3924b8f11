#include "core/auth/urlpolicy.h"

#include <QHostAddress>

namespace framescope {

namespace {

bool hasControls(const QByteArray& bytes)
{
    return std::any_of(bytes.begin(), bytes.end(), [](char c) { return uchar(c) < 0x20 || uchar(c) == 0x7f; });
}

/// Also those that hide behind percent-encoding: QUrl encodes what a person pasted, a proxy may decode it again.
bool hasControls(const QUrl& url)
{
    return hasControls(url.toString(QUrl::PrettyDecoded).toUtf8()) ||
           hasControls(QByteArray::fromPercentEncoding(url.toEncoded()));
}

tl::unexpected<Error> refused(const QString& why, const QUrl& url)
{
    return failure(ErrorCode::Refused, why, urlWithoutQuery(url));
}

} // namespace

bool isLoopbackHost(const QString& host)
{
    if (host.compare(QLatin1String("localhost"), Qt::CaseInsensitive) == 0)
        return true;
    const QHostAddress address(host);
    return !address.isNull() && address.isLoopback();
}

QString urlWithoutQuery(const QUrl& url)
{
    return url.toString(QUrl::RemoveUserInfo | QUrl::RemoveQuery | QUrl::RemoveFragment | QUrl::FullyEncoded);
}

Expected<QUrl> checkedUrl(const QUrl& url, UrlUse use)
{
    const bool token = use == UrlUse::Token;
    const QString safe = token ? QStringLiteral("https") : QStringLiteral("wss");
    const QString plain = token ? QStringLiteral("http") : QStringLiteral("ws");
    if (url.isEmpty() || !url.isValid())
        return failure(ErrorCode::InvalidArgument, QStringLiteral("This is not a URL; it starts with %1://").arg(safe));
    if (url.scheme() != safe && url.scheme() != plain)
        return refused(QStringLiteral("The URL must start with %1://").arg(safe), url);
    if (url.host().isEmpty())
        return refused(QStringLiteral("The URL names no host"), url);
    if (url.scheme() == plain && !isLoopbackHost(url.host()))
        return refused(
            QStringLiteral("%1:// is not encrypted and is allowed to this machine (127.0.0.1) only; use %2://")
                .arg(plain, safe),
            url);
    if (!url.userInfo().isEmpty() || url.authority().contains(QLatin1Char('@')))
        return refused(QStringLiteral("The URL contains a user name or password; remove it"), url);
    if (url.hasFragment())
        return refused(QStringLiteral("The URL has a fragment (#...), which is never sent; remove it"), url);
    if (hasControls(url))
        return refused(QStringLiteral("The URL contains control characters"), url);
    QUrl normal = url;
    // ws://host?query would otherwise be sent without a path (QTBUG-120492, fixed in 6.7.3).
    if (normal.path().isEmpty())
        normal.setPath(QStringLiteral("/"));
    return normal;
}

} // namespace framescope
