#pragma once
/// Sign-in of a person in the system's browser: OAuth 2.0 authorization code with PKCE (RFC 7636, method S256) and a
/// loopback redirect (RFC 8252 section 7.3). No client secret is involved, the token is held in memory only.
///
/// Rules: a fresh verifier of 64 characters and a fresh `state` for each sign-in; the answer is taken once, on
/// 127.0.0.1 only, and only with the right `state`; a wrong one is refused with a page that says so and changes
/// nothing. The redirect URI must be registered at the OAuth client; whether any port is accepted is not documented, so
/// the port can be fixed. Thread: one with an event loop; asynchronous. Errors: Refused (state, access denied by the
/// person or the service), Timeout (nobody answered in time), Protocol (an answer without a code), those of the token
/// endpoint; of start(): InvalidArgument (no client id), Network (port taken).
#include "core/auth/tokenprovider.h"
#include "core/genesys/regions.h"

#include <QObject>
#include <chrono>
#include <memory>

namespace framescope {

struct PkceRequest
{
    GenesysHosts hosts;
    QString clientId;
    quint16 redirectPort = 0; ///< 0: any free one
    QString caFile;
    std::chrono::milliseconds patience{300'000};
};

class PkceSignIn : public QObject
{
    Q_OBJECT

public:
    explicit PkceSignIn(PkceRequest request, QObject* parent = nullptr);
    ~PkceSignIn() override;

    /// Listens, and gives the URL that the caller opens in the browser.
    [[nodiscard]] Expected<QUrl> start();
    void cancel();

Q_SIGNALS:
    void signedIn(const framescope::AccessToken& token);
    void failed(const framescope::Error& error);
    /// An answer that did not belong to this sign-in was refused; it goes on waiting.
    void strangerRefused();

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace framescope
