#pragma once
/// Connection profiles: kept in settings, their secrets in the desktop's keyring, never in the settings file.
///
/// Settings live under `$XDG_CONFIG_HOME/framescope/` (QSettings, INI). A corrupt file is renamed aside and defaults
/// load. Thread: the caller's (gui or main). Keyring calls are asynchronous. With no keyring a secret is held in memory
/// only, and the reply says so (Error Keychain) so that the window can show it.
#include "core/base/error.h"
#include "core/base/secret.h"
#include "core/session/sessionconfig.h"

#include <QObject>
#include <QStringList>
#include <functional>
#include <memory>
#include <vector>

namespace framescope {

struct Region
{
    QString name;    ///< "EU (Frankfurt)"
    QString domain;  ///< "mypurecloud.de"
    QString awsName; ///< "eu-central-1"
};

struct Profile
{
    QString name;
    QString region; ///< domain; fills url and tokenUrl where those are empty
    QUrl url;       ///< empty: wss://api.<region>/api/v2/streaming/interactions
    QUrl tokenUrl;  ///< empty: https://login.<region>/oauth/token
    QString clientId;
    QString scope = defaultDirectScope;
    QString caFile;
    bool signIn = true; ///< false: connect without a token

    [[nodiscard]] QUrl effectiveUrl() const;
    [[nodiscard]] QUrl effectiveTokenUrl() const;
};

class ProfileStore : public QObject
{
    Q_OBJECT

public:
    /// @p settingsPath empty: the default place.
    explicit ProfileStore(const QString& settingsPath = {}, QObject* parent = nullptr);
    ~ProfileStore() override;

    [[nodiscard]] static const std::vector<Region>& regions();

    [[nodiscard]] QStringList names() const;
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
    void test(const Profile& profile, const Secret& secret, std::function<void(Expected<QString>)> reply);

    [[nodiscard]] static SessionConfig sessionConfig(const Profile& profile, const Secret& secret);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace framescope
