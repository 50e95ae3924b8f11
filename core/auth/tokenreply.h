#pragma once
/// What a token endpoint's answer means: RFC 6749 sections 5.1 and 5.2, and the shapes that Genesys' login hosts really
/// send
/// ({"error","description"}, later also "error_description").
/// Thread: any; pure. Nothing here holds a secret except AccessToken. Foreign text is cut and redacted before it is
/// shown.
#include "core/auth/tokenprovider.h"

#include <QByteArray>

namespace framescope {

/// A 200 answer. Errors: Protocol, with what is missing.
[[nodiscard]] Expected<AccessToken> tokenFromReply(const QByteArray& body, qint64 wallNowNs);
enum class SignInKind
{
    ClientCredentials,
    Person ///< authorization code with PKCE
};
/// Any other status: what is wrong and what to do. @p place is the URL, without its query.
[[nodiscard]] Error errorFromReply(int status, const QByteArray& body, const QString& place,
                                   SignInKind kind = SignInKind::ClientCredentials);

} // namespace framescope
