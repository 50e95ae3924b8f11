#pragma once
/// Connection profiles: kept in settings, their secrets in the desktop's keyring, never in the settings file.
///
/// Settings live under `$XDG_CONFIG_HOME/framescope/` (QSettings, INI). A corrupt file is renamed aside and defaults
/// load. Thread: the caller's (gui or main). Keyring calls are asynchronous. With no keyring a secret is held in memory
/// only, and the reply says so (Error Keychain) so that the window can show it.
#include "core/base/error.h"
#include "core/base/secret.h"
#include "core/genesys/regions.h"
#include "core/session/sessionconfig.h"

#include <QObject>
#include <QStringList>
#include <functional>
#include <memory>
#include <vector>

namespace framescope {

using Region = GenesysRegion;

enum class ProfileKind
{
    DirectStream, ///< one WebSocket URL
    Notifications ///< topics of Genesys Cloud's notification service
};

struct Profile
{
    QString name;
    QString region; ///< domain; fills url and tokenUrl where those are empty
    QUrl url;       ///< empty: wss://api.<region>/api/v2/streaming/interactions
    QUrl tokenUrl;  ///< empty: https://login.<region>/oauth/token
    QString clientId;
    QString scope = defaultDirectScope; ///< of the direct stream; notifications need none
    QString caFile;
    bool signIn = true; ///< false: connect without a token; notifications always sign in

    ProfileKind kind = ProfileKind::DirectStream;
    bool maskPersonal = false; ///< SessionConfig::maskPersonal
    PayloadPolicy payloads = PayloadPolicy::Full;
    RedactionRules redaction;   ///< of PayloadPolicy::Redacted; kept while another policy is chosen
    PayloadRetention retention; ///< SessionConfig::retention
    // Of Notifications only:
    QUrl gateway;               ///< login and API behind one host; empty: the region's hosts
    QStringList topics;         ///< concrete ids, combined ones as they are
    bool personSignsIn = false; ///< in the browser (PkceSignIn) instead of with a client secret
    quint16 redirectPort = 0;   ///< of that sign-in; 0: any free one

    [[nodiscard]] QUrl effectiveUrl() const;
    [[nodiscard]] QUrl effectiveTokenUrl() const;
    /// Where notifications sign in and ask: gateway, else region. Errors: InvalidArgument, Refused.
    [[nodiscard]] Expected<GenesysHosts> hosts() const;
};

class ProfileStore : public QObject
{
    Q_OBJECT

public:
    /// @p settingsPath empty: the default place.
    explicit ProfileStore(const QString& settingsPath = {}, QObject* parent = nullptr);
    ~ProfileStore() override;

    /// The built-in ones, then a person's own from the settings (@p settingsPath empty: the default place).
    [[nodiscard]] static std::vector<Region> regions(const QString& settingsPath = {});
    /// Replaces a person's own regions. Errors: InvalidArgument (a domain that is none), Io.
    [[nodiscard]] Expected<void> saveOwnRegions(const std::vector<Region>& own);

    [[nodiscard]] QStringList names() const;
    /// Errors: NotFound; Parse where its redaction rules cannot be read, since it would otherwise record what they are
    /// there to keep out.
    [[nodiscard]] Expected<Profile> profile(const QString& name) const;
    [[nodiscard]] Expected<void> save(const Profile& profile);
    void remove(const QString& name);

    /// The reply comes later, on this thread. A secret that only memory holds is stored and reported with Error
    /// Keychain.
    void storeSecret(const QString& name, const Secret& secret, std::function<void(Expected<void>)> reply);
    void loadSecret(const QString& name, std::function<void(Expected<Secret>)> reply);
    /// The keyring's name ("Secret Service", "KWallet") or "" when there is none.
    [[nodiscard]] static QString keyringName();

    /// Checks a profile as `Test` in the dialog does: signs in and opens the stream once, then closes it.
    /// Notifications: signs in, reads the topics on offer, makes a channel and subscribes the profile's topics to it;
    /// the answer says how many are permitted and which permissions are missing. @p token: of a person who signed in.
    void test(const Profile& profile, const Secret& secret, std::function<void(Expected<QString>)> reply,
              const std::optional<AccessToken>& token = {});

    /// Where a person signs in, the caller puts the token into `notifications->token`.
    [[nodiscard]] static SessionConfig sessionConfig(const Profile& profile, const Secret& secret);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace framescope
