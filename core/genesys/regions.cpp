#include "core/genesys/regions.h"

#include "core/auth/urlpolicy.h"

namespace framescope {

namespace {

/// Letters, digits, hyphens and dots (RFC 1123 section 2.1): whatever else was typed is no domain.
bool isDomain(const QString& text)
{
    if (text.size() > 253 || !text.contains(QLatin1Char('.')))
        return false;
    const QStringList labels = text.split(QLatin1Char('.'));
    return std::all_of(labels.begin(), labels.end(), [](const QString& label) {
        const auto isAllowed = [](QChar c) {
            return (c >= QLatin1Char('a') && c <= QLatin1Char('z')) ||
                   (c >= QLatin1Char('0') && c <= QLatin1Char('9')) || c == QLatin1Char('-');
        };
        return !label.isEmpty() && label.size() <= 63 && std::all_of(label.begin(), label.end(), isAllowed);
    });
}

QUrl joined(const QUrl& base, const QString& path)
{
    QUrl url = base;
    url.setPath(base.path() + path);
    return url;
}

} // namespace

const std::vector<GenesysRegion>& genesysRegions()
{
    static const std::vector<GenesysRegion> all = {
        {QStringLiteral("US East (N. Virginia)"), QStringLiteral("mypurecloud.com"), QStringLiteral("us-east-1")},
        {QStringLiteral("US East 2 (FedRAMP)"), QStringLiteral("use2.us-gov-pure.cloud"), QStringLiteral("us-east-2")},
        {QStringLiteral("US West (Oregon)"), QStringLiteral("usw2.pure.cloud"), QStringLiteral("us-west-2")},
        {QStringLiteral("Canada"), QStringLiteral("cac1.pure.cloud"), QStringLiteral("ca-central-1")},
        {QStringLiteral("Mexico"), QStringLiteral("mxc1.pure.cloud"), QStringLiteral("mx-central-1")},
        {QStringLiteral("South America (São Paulo)"), QStringLiteral("sae1.pure.cloud"), QStringLiteral("sa-east-1")},
        {QStringLiteral("EU (Ireland)"), QStringLiteral("mypurecloud.ie"), QStringLiteral("eu-west-1")},
        {QStringLiteral("EU (London)"), QStringLiteral("euw2.pure.cloud"), QStringLiteral("eu-west-2")},
        {QStringLiteral("EU (Frankfurt)"), QStringLiteral("mypurecloud.de"), QStringLiteral("eu-central-1")},
        {QStringLiteral("EU (Zurich)"), QStringLiteral("euc2.pure.cloud"), QStringLiteral("eu-central-2")},
        {QStringLiteral("EU Sovereign Cloud (Germany)"), QStringLiteral("edee1.eusc-pure.cloud"),
         QStringLiteral("eusc-de-east-1")},
        {QStringLiteral("Middle East (UAE)"), QStringLiteral("mec1.pure.cloud"), QStringLiteral("me-central-1")},
        {QStringLiteral("Asia Pacific (Mumbai)"), QStringLiteral("aps1.pure.cloud"), QStringLiteral("ap-south-1")},
        {QStringLiteral("Asia Pacific (Singapore)"), QStringLiteral("apse1.pure.cloud"),
         QStringLiteral("ap-southeast-1")},
        {QStringLiteral("Asia Pacific (Sydney)"), QStringLiteral("mypurecloud.com.au"),
         QStringLiteral("ap-southeast-2")},
        {QStringLiteral("Asia Pacific (Tokyo)"), QStringLiteral("mypurecloud.jp"), QStringLiteral("ap-northeast-1")},
        {QStringLiteral("Asia Pacific (Seoul)"), QStringLiteral("apne2.pure.cloud"), QStringLiteral("ap-northeast-2")},
        {QStringLiteral("Asia Pacific (Osaka)"), QStringLiteral("apne3.pure.cloud"), QStringLiteral("ap-northeast-3")},
    };
    return all;
}

QString genesysDomain(const QString& text)
{
    const QString wanted = text.trimmed().toLower();
    const QString aws = QString(wanted).replace(QLatin1Char('_'), QLatin1Char('-'));
    for (const GenesysRegion& region : genesysRegions()) {
        if (region.awsName == aws)
            return region.domain;
    }
    return isDomain(wanted) ? wanted : QString();
}

Expected<GenesysHosts> GenesysHosts::fromDomain(const QString& domain)
{
    const QString known = genesysDomain(domain);
    if (known.isEmpty())
        return failure(ErrorCode::InvalidArgument,
                       QStringLiteral("\"%1\" is no region and no domain; a region's domain looks like mypurecloud.de")
                           .arg(domain.left(100)));
    GenesysHosts hosts;
    hosts.login = QUrl(QStringLiteral("https://login.%1").arg(known));
    hosts.api = QUrl(QStringLiteral("https://api.%1").arg(known));
    return hosts;
}

Expected<GenesysHosts> GenesysHosts::fromGateway(const QUrl& gateway)
{
    const Expected<QUrl> checked = checkedUrl(gateway, UrlUse::Token);
    if (!checked)
        return tl::unexpected<Error>(checked.error());
    if (checked->hasQuery())
        return failure(ErrorCode::InvalidArgument, QStringLiteral("The gateway's URL has a query (?...); remove it"),
                       urlWithoutQuery(*checked));
    QUrl base = *checked;
    QString path = base.path();
    while (path.endsWith(QLatin1Char('/')))
        path.chop(1);
    base.setPath(path);
    return GenesysHosts{base, base};
}

QUrl GenesysHosts::tokenUrl() const
{
    return joined(login, QStringLiteral("/oauth/token"));
}

QUrl GenesysHosts::authorizeUrl() const
{
    return joined(login, QStringLiteral("/oauth/authorize"));
}

QUrl GenesysHosts::apiUrl(const QString& path, const QString& query) const
{
    QUrl url = joined(api, path);
    if (!query.isEmpty())
        url.setQuery(query);
    return url;
}

} // namespace framescope
