#include "core/session/profilestore.h"

#include "core/auth/keychain.h"
#include "core/auth/urlpolicy.h"
#include "core/base/redactor.h"
#include "core/stream/directsource.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QHash>
#include <QSettings>
#include <QTimer>
#include <QUrl>

namespace framescope {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds testTimeout = 30s;
constexpr qsizetype nameLimit = 120;

/// XDG Base Directory Specification: "All paths set in these environment variables must be absolute. If an
/// implementation encounters a relative path in any of these variables it should consider the path invalid and ignore
/// it."
QString defaultSettingsPath()
{
    QString folder = qEnvironmentVariable("XDG_CONFIG_HOME");
    if (folder.isEmpty() || !QDir::isAbsolutePath(folder))
        folder = QDir::homePath() + QStringLiteral("/.config");
    return folder + QStringLiteral("/framescope/profiles.ini");
}

/// INI groups nest at '/', and percent signs are QSettings' own: a name becomes one safe group.
QString groupOf(const QString& name)
{
    return QStringLiteral("profile-") + QString::fromLatin1(name.toUtf8().toHex());
}

QString nameOf(const QString& group)
{
    return QString::fromUtf8(QByteArray::fromHex(group.mid(8).toLatin1()));
}

/// A file that QSettings cannot read is kept beside, for whoever wants to mend it, and defaults load.
void setAsideIfCorrupt(const QString& path)
{
    if (!QFile::exists(path))
        return;
    const QSettings probe(path, QSettings::IniFormat);
    (void)probe.allKeys(); // it parses a section only when asked for it
    bool corrupt = probe.status() == QSettings::FormatError;
    QFile file(path);
    if (!corrupt && file.open(QIODevice::ReadOnly))
        corrupt = file.read(64 * 1024).contains('\0'); // INI is text; QSettings itself reads anything
    file.close();
    if (!corrupt)
        return;
    const QString stamp = QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMddTHHmmsszzz"));
    QFile::rename(path, path + QStringLiteral(".corrupt-") + stamp);
}

/// Passes the first message by; a test only wants to know whether the stream opens.
class NoIntake final : public FrameIntake
{
public:
    void receive(const RawFrame&) override {}
    void record(AuditEvent) override {}
};

/// One "Test" of the dialog: a stream of its own that ends as soon as it is open, or cannot be.
class ProfileTrial final : public QObject
{
public:
    ProfileTrial(const DirectStreamConfig& config, std::function<void(Expected<QString>)> reply, QObject* parent)
        : QObject(parent)
        , m_reply(std::move(reply))
        , m_source(makeDirectSource(config))
    {
        connect(m_source.get(), &FrameSource::stateChanged, this, [this](const SourceState& state) {
            if (state.phase == SourcePhase::Connected)
                answer(QStringLiteral("Connected to %1").arg(state.endpoint));
        });
        connect(m_source.get(), &FrameSource::finished, this, [this](const std::optional<Error>& error) {
            answer(tl::unexpected<Error>(
                error.value_or(Error{ErrorCode::Cancelled, QStringLiteral("The test was stopped."), {}})));
        });
        QTimer::singleShot(testTimeout, this, [this] {
            answer(failure(ErrorCode::Timeout, QStringLiteral("There was no answer within 30 s. Check the network.")));
        });
        m_source->start(&m_intake);
    }

private:
    void answer(Expected<QString> outcome)
    {
        if (!m_reply)
            return;
        const auto reply = std::exchange(m_reply, nullptr);
        m_source->stop();
        deleteLater(); // not here: the source is still in its own signal
        reply(std::move(outcome));
    }

    NoIntake m_intake;
    std::function<void(Expected<QString>)> m_reply;
    std::unique_ptr<FrameSource> m_source;
};

} // namespace

struct ProfileStore::Private
{
    QString path;
    std::unique_ptr<QSettings> settings;
    QHash<QString, Secret> memory; ///< secrets that no keyring took; gone with the program
};

QUrl Profile::effectiveUrl() const
{
    return url.isEmpty() ? QUrl(QStringLiteral("wss://api.%1/api/v2/streaming/interactions").arg(region)) : url;
}

QUrl Profile::effectiveTokenUrl() const
{
    return tokenUrl.isEmpty() ? QUrl(QStringLiteral("https://login.%1/oauth/token").arg(region)) : tokenUrl;
}

ProfileStore::ProfileStore(const QString& settingsPath, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>())
{
    d->path = settingsPath.isEmpty() ? defaultSettingsPath() : settingsPath;
    setAsideIfCorrupt(d->path);
    d->settings = std::make_unique<QSettings>(d->path, QSettings::IniFormat);
}

ProfileStore::~ProfileStore() = default;

const std::vector<Region>& ProfileStore::regions()
{
    static const std::vector<Region> all = {
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

QStringList ProfileStore::names() const
{
    QStringList found;
    for (const QString& group : d->settings->childGroups()) {
        if (group.startsWith(QLatin1String("profile-")))
            found.append(nameOf(group));
    }
    found.sort(Qt::CaseInsensitive);
    return found;
}

Expected<Profile> ProfileStore::profile(const QString& name) const
{
    if (!names().contains(name))
        return failure(ErrorCode::NotFound, QStringLiteral("There is no profile \"%1\"").arg(name), d->path);
    const auto value = [&](const char* key, const QString& fallback = {}) {
        return d->settings->value(groupOf(name) + QLatin1Char('/') + QLatin1String(key), fallback).toString();
    };
    Profile profile;
    profile.name = name;
    profile.region = value("region");
    profile.url = QUrl(value("url"));
    profile.tokenUrl = QUrl(value("tokenUrl"));
    profile.clientId = value("clientId");
    profile.scope = value("scope", defaultDirectScope);
    profile.caFile = value("caFile");
    profile.signIn = value("signIn", QStringLiteral("true")) != QLatin1String("false");
    return profile;
}

Expected<void> ProfileStore::save(const Profile& profile)
{
    if (profile.name.trimmed().isEmpty() || profile.name.size() > nameLimit)
        return failure(ErrorCode::InvalidArgument,
                       QStringLiteral("A profile needs a name of at most %1 characters").arg(nameLimit));
    if (const Expected<QUrl> url = checkedUrl(profile.effectiveUrl(), UrlUse::Stream); !url)
        return tl::unexpected<Error>(url.error());
    if (profile.signIn) {
        if (const Expected<QUrl> url = checkedUrl(profile.effectiveTokenUrl(), UrlUse::Token); !url)
            return tl::unexpected<Error>(url.error());
    }
    d->settings->beginGroup(groupOf(profile.name));
    d->settings->setValue(QStringLiteral("name"), profile.name); // for people who read the file
    d->settings->setValue(QStringLiteral("region"), profile.region);
    d->settings->setValue(QStringLiteral("url"), profile.url.toString(QUrl::FullyEncoded));
    d->settings->setValue(QStringLiteral("tokenUrl"), profile.tokenUrl.toString(QUrl::FullyEncoded));
    d->settings->setValue(QStringLiteral("clientId"), profile.clientId);
    d->settings->setValue(QStringLiteral("scope"), profile.scope);
    d->settings->setValue(QStringLiteral("caFile"), profile.caFile);
    d->settings->setValue(QStringLiteral("signIn"), profile.signIn);
    d->settings->endGroup();
    d->settings->sync();
    if (d->settings->status() != QSettings::NoError)
        return failure(ErrorCode::Io, QStringLiteral("The profile could not be written"), d->path);
    QFile::setPermissions(d->path,
                          QFileDevice::ReadOwner | QFileDevice::WriteOwner); // client ids are nobody else's business
    return {};
}

void ProfileStore::remove(const QString& name)
{
    d->settings->remove(groupOf(name));
    d->settings->sync();
    d->memory.remove(name);
    keychain::remove(name, this, [](const Expected<void>&) {}); // without a keyring there is nothing to remove
}

void ProfileStore::storeSecret(const QString& name, const Secret& secret, std::function<void(Expected<void>)> reply)
{
    redactor::add(secret);
    d->memory.insert(name, secret);
    keychain::write(name, secret, this, [this, name, reply = std::move(reply)](Expected<void> outcome) {
        if (outcome)
            d->memory.remove(name); // the keyring is the better place
        reply(std::move(outcome));
    });
}

void ProfileStore::loadSecret(const QString& name, std::function<void(Expected<Secret>)> reply)
{
    if (const auto held = d->memory.constFind(name); held != d->memory.constEnd()) {
        QMetaObject::invokeMethod(
            this, [secret = *held, reply = std::move(reply)] { reply(secret); }, Qt::QueuedConnection);
        return;
    }
    keychain::read(name, this, std::move(reply));
}

QString ProfileStore::keyringName()
{
    return keychain::backendName();
}

void ProfileStore::test(const Profile& profile, const Secret& secret, std::function<void(Expected<QString>)> reply)
{
    DirectStreamConfig config = sessionConfig(profile, secret).stream;
    config.reconnect = false;
    new ProfileTrial(config, std::move(reply), this);
}

SessionConfig ProfileStore::sessionConfig(const Profile& profile, const Secret& secret)
{
    SessionConfig config;
    config.sourceName = profile.name;
    config.stream.url = profile.effectiveUrl();
    config.stream.caFile = profile.caFile;
    if (profile.signIn)
        config.stream.credentials =
            ClientCredentials{profile.effectiveTokenUrl(), profile.clientId, secret, profile.scope, profile.caFile};
    return config;
}

} // namespace framescope
