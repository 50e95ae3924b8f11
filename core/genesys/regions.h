#pragma once
/// Genesys Cloud's regions and the hosts that follow from them: `login.` for OAuth, `api.` for REST. The notification
/// socket's host is whatever the service answers (connectUri). The list grows: people may add to it in the settings,
/// and any domain that is not listed works too.
///
/// Source of the table: the region hosts of Genesys' own SDK (purecloud-platform-client-v2 262.0.0).
/// Thread: any; values. Errors: InvalidArgument (no domain, no URL), Refused (plain http beyond loopback).
#include "core/base/error.h"

#include <QString>
#include <QUrl>
#include <vector>

namespace framescope {

struct GenesysRegion
{
    QString name;    ///< "EU (Frankfurt)"
    QString domain;  ///< "mypurecloud.de"
    QString awsName; ///< "eu-central-1"
};

/// The 18 built-in ones, in the SDK's order.
[[nodiscard]] const std::vector<GenesysRegion>& genesysRegions();
/// "eu_central_1", "eu-central-1" or "mypurecloud.de" as the domain; any other text with a dot is taken as a domain;
/// empty otherwise.
[[nodiscard]] QString genesysDomain(const QString& text);

struct GenesysHosts
{
    QUrl login; ///< scheme, host and port (and a gateway's path), no trailing slash
    QUrl api;

    [[nodiscard]] static Expected<GenesysHosts> fromDomain(const QString& domain);
    /// Login and API behind one host, as the SDKs' gateway setting has it. https, or http to loopback.
    [[nodiscard]] static Expected<GenesysHosts> fromGateway(const QUrl& gateway);
    [[nodiscard]] QUrl tokenUrl() const;     ///< login/oauth/token
    [[nodiscard]] QUrl authorizeUrl() const; ///< login/oauth/authorize
    /// api + @p path ("/api/v2/...") and @p query.
    [[nodiscard]] QUrl apiUrl(const QString& path, const QString& query = {}) const;
};

} // namespace framescope
