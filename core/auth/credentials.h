#pragma once
/// OAuth 2.0 client credentials (RFC 6749 section 4.4) and where to present them.
/// Thread: any; a value.
#include "core/base/secret.h"

#include <QString>
#include <QUrl>

namespace framescope {

struct ClientCredentials
{
    QUrl tokenUrl; ///< https, or http to loopback only
    QString clientId;
    Secret clientSecret;
    QString scope;  ///< space-separated; empty sends none
    QString caFile; ///< PEM file of additional certificate authorities; empty for the system's alone
};

} // namespace framescope
