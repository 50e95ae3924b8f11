#include "core/session/profilestore.h"

#include "core/auth/keychain.h"
#include "core/auth/urlpolicy.h"
#include "core/base/basefolder.h"
#include "core/base/redactor.h"
#include "core/genesys/notificationtrial.h"
#include "core/stream/directsource.h"

#include <QDateTime>
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
constexpr int ownRegionsLimit = 200;
const QString regionsArray = QStringLiteral("regions");
const QString notificationsKind = QStringLiteral("notifications");

QString defaultSettingsPath()
{
    return baseFolder("XDG_CONFIG_HOME", QStringLiteral("/.config")) + QStringLiteral("/framescope/profiles.ini");
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

/// Whether the profile's addresses may be connected to at all.
Expected<void> checkAddresses(const Profile& profile)
{
    if (profile.kind == ProfileKind::Notifications) {
        if (const Expected<GenesysHosts> hosts = profile.hosts(); !hosts)
            return tl::unexpected<Error>(hosts.error());
        return {};
    }
    if (const Expected<QUrl> url = checkedUrl(profile.effectiveUrl(), UrlUse::Stream); !url)
        return tl::unexpected<Error>(url.error());
    if (!profile.signIn)
        return {};
    if (const Expected<QUrl> url = checkedUrl(profile.effectiveTokenUrl(), UrlUse::Token); !url)
        return tl::unexpected<Error>(url.error());
    return {};
}

/// A policy that is not known is no reason to record everything.
Expected<void> payloadsFrom(const QString& policy, const QString& rules, Profile& profile)
{
    if (!rules.isEmpty()) {
        const auto read = RedactionRules::fromJson(rules.toUtf8());
        if (!read)
            return tl::unexpected(read.error());
        profile.redaction = *read;
    }
    if (policy.isEmpty())
        return {};
    for (const PayloadPolicy known : {PayloadPolicy::Full, PayloadPolicy::DigestOnly, PayloadPolicy::Redacted}) {
        if (policy == QLatin1String(payloadPolicyName(known))) {
            profile.payloads = known;
            return profile.payloads == PayloadPolicy::Redacted && profile.redaction.isEmpty()
                       ? failure(ErrorCode::Parse, QStringLiteral("payloads are redacted, but there is no rule"))
                       : Expected<void>();
        }
    }
    return failure(ErrorCode::Parse, QStringLiteral("payloads are full, digest-only or redacted, not ") + policy);
}

/// A limit that cannot be read is no reason to keep everything.
Expected<void> limitFrom(const QString& text, quint64& limit)
{
    bool isNumber = true;
    limit = text.isEmpty() ? 0 : text.toULongLong(&isNumber);
    if (isNumber)
        return {};
    return failure(ErrorCode::Parse, QStringLiteral("a limit of retention is a whole number, not ") + text);
}

Expected<PayloadRetention> retentionFrom(const QString& seconds, const QString& bytes, const QString& frames)
{
    PayloadRetention retention;
    quint64 age = 0;
    for (const auto& done :
         {limitFrom(seconds, age), limitFrom(bytes, retention.bytes), limitFrom(frames, retention.frames)}) {
        if (!done)
            return tl::unexpected(done.error());
    }
    retention.age = std::chrono::seconds(std::min<quint64>(age, std::numeric_limits<qint32>::max()));
    return retention;
}

NotificationConfig notificationConfig(const Profile& profile, const Secret& secret)
{
    NotificationConfig config;
    config.hosts = profile.hosts().value_or(GenesysHosts()); // the source says what is wrong with an empty one
    config.caFile = profile.caFile;
    config.schemaCacheFolder = defaultSchemaCacheFolder();
    if (!profile.personSignsIn)
        config.credentials =
            ClientCredentials{config.hosts.tokenUrl(), profile.clientId, secret, QString(), profile.caFile};
    for (const QString& topic : profile.topics)
        config.topics.push_back(topic.toUtf8());
    return config;
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

    [[nodiscard]] Expected<void> written();
};

Expected<void> ProfileStore::Private::written()
{
    settings->sync();
    if (settings->status() != QSettings::NoError)
        return failure(ErrorCode::Io, QStringLiteral("The settings could not be written"), path);
    // Client ids are nobody else's business.
    QFile::setPermissions(path, QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    return {};
}

QUrl Profile::effectiveUrl() const
{
    return url.isEmpty() ? QUrl(QStringLiteral("wss://api.%1/api/v2/streaming/interactions").arg(region)) : url;
}

QUrl Profile::effectiveTokenUrl() const
{
    return tokenUrl.isEmpty() ? QUrl(QStringLiteral("https://login.%1/oauth/token").arg(region)) : tokenUrl;
}

Expected<GenesysHosts> Profile::hosts() const
{
    return gateway.isEmpty() ? GenesysHosts::fromDomain(region) : GenesysHosts::fromGateway(gateway);
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

std::vector<Region> ProfileStore::regions(const QString& settingsPath)
{
    std::vector<Region> all = genesysRegions();
    QSettings settings(settingsPath.isEmpty() ? defaultSettingsPath() : settingsPath, QSettings::IniFormat);
    const int count = std::min(settings.beginReadArray(regionsArray), ownRegionsLimit);
    for (int i = 0; i < count; ++i) {
        settings.setArrayIndex(i);
        const Region region{settings.value(QStringLiteral("name")).toString(),
                            genesysDomain(settings.value(QStringLiteral("domain")).toString()),
                            settings.value(QStringLiteral("aws")).toString()};
        if (!region.domain.isEmpty())
            all.push_back(region);
    }
    settings.endArray();
    return all;
}

Expected<void> ProfileStore::saveOwnRegions(const std::vector<Region>& own)
{
    if (own.size() > std::size_t(ownRegionsLimit))
        return failure(ErrorCode::InvalidArgument,
                       QStringLiteral("At most %1 regions of one's own").arg(ownRegionsLimit));
    for (const Region& region : own) {
        if (const Expected<GenesysHosts> hosts = GenesysHosts::fromDomain(region.domain); !hosts)
            return tl::unexpected<Error>(hosts.error());
    }
    d->settings->remove(regionsArray);
    d->settings->beginWriteArray(regionsArray, int(own.size()));
    for (int i = 0; i < int(own.size()); ++i) {
        const Region& region = own[std::size_t(i)];
        d->settings->setArrayIndex(i);
        d->settings->setValue(QStringLiteral("name"), region.name);
        d->settings->setValue(QStringLiteral("domain"), genesysDomain(region.domain));
        d->settings->setValue(QStringLiteral("aws"), region.awsName);
    }
    d->settings->endArray();
    return d->written();
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
    const auto flag = [&](const char* key, bool fallback) {
        return value(key, fallback ? QStringLiteral("true") : QStringLiteral("false")) == QLatin1String("true");
    };
    Profile profile;
    profile.name = name;
    profile.region = value("region");
    profile.url = QUrl(value("url"));
    profile.tokenUrl = QUrl(value("tokenUrl"));
    profile.clientId = value("clientId");
    profile.scope = value("scope", defaultDirectScope);
    profile.caFile = value("caFile");
    profile.signIn = flag("signIn", true);
    profile.kind = value("kind") == notificationsKind ? ProfileKind::Notifications : ProfileKind::DirectStream;
    profile.maskPersonal = flag("maskPersonal", false);
    const auto rules = payloadsFrom(value("payloads"), value("redaction"), profile);
    if (!rules)
        return failure(rules.error().code, rules.error().detail,
                       QStringLiteral("redaction of profile \"%1\": ").arg(name) + rules.error().place);
    const auto retention =
        retentionFrom(value("keepPayloadSeconds"), value("keepPayloadBytes"), value("keepPayloadFrames"));
    if (!retention)
        return failure(retention.error().code, retention.error().detail, QStringLiteral("profile \"%1\"").arg(name));
    profile.retention = *retention;
    profile.gateway = QUrl(value("gateway"));
    profile.topics = d->settings->value(groupOf(name) + QStringLiteral("/topics")).toStringList();
    profile.personSignsIn = flag("personSignsIn", false);
    profile.redirectPort = quint16(value("redirectPort").toUShort());
    return profile;
}

Expected<void> ProfileStore::save(const Profile& profile)
{
    if (profile.name.trimmed().isEmpty() || profile.name.size() > nameLimit)
        return failure(ErrorCode::InvalidArgument,
                       QStringLiteral("A profile needs a name of at most %1 characters").arg(nameLimit));
    if (Expected<void> addresses = checkAddresses(profile); !addresses)
        return addresses;
    if (profile.payloads == PayloadPolicy::Redacted && profile.redaction.isEmpty())
        return failure(ErrorCode::InvalidArgument, QStringLiteral("Redacted payloads need at least one rule"));
    d->settings->beginGroup(groupOf(profile.name));
    const auto set = [&](const char* key, const QVariant& value) { d->settings->setValue(QLatin1String(key), value); };
    set("name", profile.name); // for people who read the file
    set("region", profile.region);
    set("url", profile.url.toString(QUrl::FullyEncoded));
    set("tokenUrl", profile.tokenUrl.toString(QUrl::FullyEncoded));
    set("clientId", profile.clientId);
    set("scope", profile.scope);
    set("caFile", profile.caFile);
    set("signIn", profile.signIn);
    const bool notifications = profile.kind == ProfileKind::Notifications;
    set("kind", notifications ? notificationsKind : QStringLiteral("direct"));
    set("maskPersonal", profile.maskPersonal);
    set("payloads", QString::fromLatin1(payloadPolicyName(profile.payloads)));
    set("redaction", QString::fromUtf8(profile.redaction.toJson()));
    set("keepPayloadSeconds", qint64(profile.retention.age.count()));
    set("keepPayloadBytes", profile.retention.bytes);
    set("keepPayloadFrames", profile.retention.frames);
    set("gateway", profile.gateway.toString(QUrl::FullyEncoded));
    set("topics", profile.topics);
    set("personSignsIn", profile.personSignsIn);
    set("redirectPort", int(profile.redirectPort));
    d->settings->endGroup();
    return d->written();
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

void ProfileStore::test(const Profile& profile, const Secret& secret, std::function<void(Expected<QString>)> reply,
                        const std::optional<AccessToken>& token)
{
    SessionConfig config = sessionConfig(profile, secret);
    if (config.notifications) {
        config.notifications->token = token;
        return tryNotifications(std::move(*config.notifications), this, std::move(reply));
    }
    config.stream.reconnect = false;
    new ProfileTrial(config.stream, std::move(reply), this);
}

SessionConfig ProfileStore::sessionConfig(const Profile& profile, const Secret& secret)
{
    SessionConfig config;
    config.sourceName = profile.name;
    config.maskPersonal = profile.maskPersonal;
    config.payloads = profile.payloads;
    config.redaction = profile.redaction;
    config.retention = profile.retention;
    if (profile.kind == ProfileKind::Notifications) {
        config.notifications = notificationConfig(profile, secret);
        return config;
    }
    config.stream.url = profile.effectiveUrl();
    config.stream.caFile = profile.caFile;
    if (profile.signIn)
        config.stream.credentials =
            ClientCredentials{profile.effectiveTokenUrl(), profile.clientId, secret, profile.scope, profile.caFile};
    return config;
}

} // namespace framescope
