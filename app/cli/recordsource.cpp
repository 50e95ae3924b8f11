#include "app/cli/recordsource.h"

#include "app/cli/dotenv.h"
#include "app/cli/words.h"
#include "core/auth/urlpolicy.h"
#include "core/session/profilestore.h"

#include <QFileInfo>
#include <QHash>
#include <QRegularExpression>
#include <algorithm>
#include <cmath>

namespace framescope::cli {

namespace {

/// An address that may carry what we send: encrypted, or to this machine.
Problem checkUrl(const QUrl& url, const QString& option, const QString& scheme)
{
    if (!url.isValid() || url.host().isEmpty())
        return QStringLiteral("--%1: this is no URL").arg(option);
    if (!url.userInfo().isEmpty())
        return QStringLiteral("--%1: credentials in a URL can be read by every process; use the environment")
            .arg(option);
    if (url.scheme() == scheme + u's')
        return std::nullopt;
    if (url.scheme() != scheme)
        return QStringLiteral("--%1 takes %2s://, or %2:// to this machine").arg(option, scheme);
    if (!isLoopbackHost(url.host()))
        return QStringLiteral("--%1: %2:// is not encrypted and goes to this machine only; use %2s://")
            .arg(option, scheme);
    return std::nullopt;
}

Problem parseHeader(const QString& text, std::vector<HeaderField>& headers)
{
    static const QRegularExpression form(QStringLiteral(
        "^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*([^\\x00-\\x08\\x0a-\\x1f\\x7f]*)$")); // RFC 9110 section 5
    static const QStringList secret{QStringLiteral("authorization"), QStringLiteral("proxy-authorization"),
                                    QStringLiteral("cookie")};
    const auto match = form.match(text);
    if (!match.hasMatch())
        return QStringLiteral("--header takes 'Name: value', without line breaks");
    if (secret.contains(match.captured(1).toLower()))
        return QStringLiteral("--header %1: credentials never come as an argument, where every process can read them")
            .arg(match.captured(1));
    headers.push_back({match.captured(1).toLatin1(), match.captured(2).toUtf8()});
    return std::nullopt;
}

/// The region that @p url belongs to, by the environment or by the table of regions; empty when it is none of them.
QString regionOf(const QUrl& url, const GenesysEnvironment& environment)
{
    QStringList domains{genesysDomain(environment.environment)};
    for (const GenesysRegion& region : genesysRegions())
        domains += region.domain;
    for (const QString& domain : std::as_const(domains)) {
        if (!domain.isEmpty() && (url.host() == domain || url.host().endsWith(u'.' + domain)))
            return domain;
    }
    return {};
}

/// A token is asked for where --token-url says so, or where the stream's host belongs to a Genesys region and there are
/// credentials. A secret that lies in the environment never goes anywhere else.
Problem addCredentials(const QCommandLineParser& parser, DirectStreamConfig& stream)
{
    const GenesysEnvironment environment = genesysEnvironment();
    QUrl tokenUrl;
    if (parser.isSet(QStringLiteral("token-url"))) {
        tokenUrl = QUrl(parser.value(QStringLiteral("token-url")), QUrl::StrictMode);
        if (Problem problem = checkUrl(tokenUrl, QStringLiteral("token-url"), QStringLiteral("http")))
            return problem;
        if (environment.clientId.isEmpty() || environment.clientSecret.isEmpty())
            return QStringLiteral(
                "--token-url needs GENESYS_CLIENT_ID and GENESYS_CLIENT_SECRET, in the environment or in .env");
    } else if (!environment.clientId.isEmpty() && !environment.clientSecret.isEmpty()) {
        const QString domain = regionOf(stream.url, environment);
        if (!domain.isEmpty())
            tokenUrl = QUrl(QStringLiteral("https://login.%1/oauth/token").arg(domain));
    }
    if (tokenUrl.isEmpty())
        return std::nullopt;
    ClientCredentials credentials;
    credentials.tokenUrl = tokenUrl;
    credentials.clientId = environment.clientId;
    credentials.clientSecret = environment.clientSecret;
    credentials.scope =
        parser.isSet(QStringLiteral("scope")) ? parser.value(QStringLiteral("scope")) : defaultDirectScope;
    credentials.caFile = stream.caFile;
    stream.credentials = credentials;
    return std::nullopt;
}

Problem readDemo(const QCommandLineParser& parser, RecordOptions& options)
{
    SimulatorOptions demo;
    demo.scenario = QStringLiteral("contact-centre");
    if (parser.isSet(QStringLiteral("scenario")))
        demo.scenario = parser.value(QStringLiteral("scenario"));
    const std::vector<ScenarioInfo> known = Simulator::scenarios();
    if (std::none_of(known.begin(), known.end(), [&](const ScenarioInfo& info) { return info.name == demo.scenario; }))
        return QStringLiteral("there is no scenario '%1'; see: framescope-cli simulate --list-scenarios")
            .arg(demo.scenario);
    bool ok = true;
    if (parser.isSet(QStringLiteral("seed")))
        demo.seed = parser.value(QStringLiteral("seed")).toULongLong(&ok);
    if (!ok)
        return QStringLiteral("--seed takes a whole number from 0");
    if (parser.isSet(QStringLiteral("rate")))
        demo.rate = parser.value(QStringLiteral("rate")).toDouble(&ok);
    if (!ok || !std::isfinite(demo.rate) || (parser.isSet(QStringLiteral("rate")) && demo.rate < 0))
        return QStringLiteral("--rate takes frames per second, from 0");
    options.config.simulated = true;
    options.config.sourceName = QStringLiteral("Demo - ") + demo.scenario;
    options.demo = demo;
    return std::nullopt;
}

Problem readUrl(const QCommandLineParser& parser, RecordOptions& options)
{
    DirectStreamConfig& stream = options.config.stream;
    stream.url = QUrl(parser.value(QStringLiteral("url")), QUrl::StrictMode);
    if (Problem problem = checkUrl(stream.url, QStringLiteral("url"), QStringLiteral("ws")))
        return problem;
    options.config.sourceName = stream.url.toString(QUrl::RemoveUserInfo | QUrl::RemoveQuery | QUrl::RemoveFragment);
    return addCredentials(parser, stream);
}

const QString headersRefused = QStringLiteral("--header: a notification channel's handshake takes none");

/// Everywhere that a certificate is looked at.
void useCaFile(SessionConfig& config, const QString& caFile)
{
    config.stream.caFile = caFile;
    if (config.stream.credentials)
        config.stream.credentials->caFile = caFile;
    if (!config.notifications)
        return;
    config.notifications->caFile = caFile;
    if (config.notifications->credentials)
        config.notifications->credentials->caFile = caFile;
}

Problem readProfile(const QCommandLineParser& parser, RecordOptions& options)
{
    options.profile = parser.value(QStringLiteral("profile"));
    const ProfileStore store;
    const Expected<Profile> profile = store.profile(options.profile);
    if (!profile)
        return QStringLiteral("--profile: ") + inWords(profile.error());
    const QString caFile = options.config.stream.caFile;
    std::vector<HeaderField> headers = options.config.stream.headers;
    // The secret follows, see RecordRun.
    const SessionConfig stored = ProfileStore::sessionConfig(*profile, Secret());
    options.config.stream = stored.stream;
    options.config.notifications = stored.notifications;
    options.config.maskPersonal = stored.maskPersonal;
    options.config.payloads = stored.payloads;
    options.config.redaction = stored.redaction;
    options.config.retention = stored.retention;
    options.config.stream.headers.insert(options.config.stream.headers.end(), headers.begin(), headers.end());
    if (!caFile.isEmpty())
        useCaFile(options.config, caFile);
    if (options.config.notifications && !headers.empty())
        return headersRefused;
    options.config.sourceName = profile->name;
    return std::nullopt;
}

/// The hosts of --gateway, --region or GENESYS_ENV.
Expected<GenesysHosts> notificationHosts(const QCommandLineParser& parser, const GenesysEnvironment& environment)
{
    if (parser.isSet(QStringLiteral("gateway")))
        return GenesysHosts::fromGateway(QUrl(parser.value(QStringLiteral("gateway")), QUrl::StrictMode));
    const bool named = parser.isSet(QStringLiteral("region"));
    const QString text = named ? parser.value(QStringLiteral("region")) : environment.environment;
    if (text.isEmpty())
        return failure(ErrorCode::InvalidArgument,
                       QStringLiteral("say where: --region DOMAIN, GENESYS_ENV or --gateway URL"));
    const QString domain = genesysDomain(text);
    if (domain.isEmpty())
        return failure(ErrorCode::InvalidArgument,
                       QStringLiteral("'%1' is no region; for example mypurecloud.de or eu-central-1").arg(text),
                       named ? QStringLiteral("--region") : QStringLiteral("GENESYS_ENV"));
    return GenesysHosts::fromDomain(domain);
}

Problem readNotifications(const QCommandLineParser& parser, RecordOptions& options)
{
    if (!options.config.stream.headers.empty())
        return headersRefused;
    const GenesysEnvironment environment = genesysEnvironment();
    const Expected<GenesysHosts> hosts = notificationHosts(parser, environment);
    if (!hosts)
        return (hosts.error().place.isEmpty() ? QString() : hosts.error().place + QStringLiteral(": ")) +
               hosts.error().detail;
    if (environment.clientId.isEmpty() || environment.clientSecret.isEmpty())
        return QStringLiteral(
            "--notifications needs GENESYS_CLIENT_ID and GENESYS_CLIENT_SECRET, in the environment or in .env");
    NotificationConfig config;
    config.hosts = *hosts;
    config.caFile = options.config.stream.caFile;
    config.credentials =
        ClientCredentials{hosts->tokenUrl(), environment.clientId, environment.clientSecret, {}, config.caFile};
    config.schemaCacheFolder = defaultSchemaCacheFolder();
    for (const QString& topic : parser.values(QStringLiteral("notifications")) + parser.positionalArguments())
        config.topics.push_back(topic.toUtf8());
    if (parser.isSet(QStringLiteral("topics-per-channel"))) {
        bool ok = false;
        config.topicsPerChannel = parser.value(QStringLiteral("topics-per-channel")).toInt(&ok);
        if (!ok || config.topicsPerChannel < 1)
            return QStringLiteral("--topics-per-channel takes a whole number from 1");
    }
    options.config.sourceName = QStringLiteral("Notifications - ") + hosts->api.host();
    options.config.notifications = std::move(config);
    return std::nullopt;
}

/// Which one of the sources was asked for; empty when none or more than one.
QString sourceOption(const QCommandLineParser& parser)
{
    QString found;
    for (const char* name : {"demo", "url", "notifications", "profile"}) {
        if (!parser.isSet(QString::fromLatin1(name)))
            continue;
        if (!found.isEmpty())
            return {};
        found = QString::fromLatin1(name);
    }
    return found;
}

/// An option that belongs to one source only is a mistake with another.
Problem checkBelongings(const QCommandLineParser& parser, const QString& source)
{
    static const QHash<QString, QStringList> belongings = {
        {QStringLiteral("demo"), {QStringLiteral("scenario"), QStringLiteral("seed"), QStringLiteral("rate")}},
        {QStringLiteral("url"), {QStringLiteral("token-url"), QStringLiteral("scope")}},
        {QStringLiteral("notifications"),
         {QStringLiteral("region"), QStringLiteral("gateway"), QStringLiteral("topics-per-channel")}}};
    for (auto it = belongings.begin(); it != belongings.end(); ++it) {
        for (const QString& option : it.value()) {
            if (it.key() != source && parser.isSet(option))
                return QStringLiteral("--%1 goes with --%2 only").arg(option, it.key());
        }
    }
    return std::nullopt;
}

} // namespace

Problem readRecordSource(const QCommandLineParser& parser, RecordOptions& options)
{
    for (const QString& header : parser.values(QStringLiteral("header"))) {
        if (Problem problem = parseHeader(header, options.config.stream.headers))
            return problem;
    }
    const QString caFile = parser.value(QStringLiteral("ca-file"));
    if (!caFile.isEmpty() && !QFileInfo(caFile).isReadable())
        return QStringLiteral("--ca-file: %1 cannot be read").arg(caFile);
    options.config.stream.caFile = caFile;

    const QString source = sourceOption(parser);
    if (source.isEmpty())
        return QStringLiteral(
            "say what to record: one of --demo, --url WS_URL, --notifications TOPIC... or --profile NAME");
    if (Problem problem = checkBelongings(parser, source))
        return problem;
    Problem problem = source == QStringLiteral("demo")            ? readDemo(parser, options)
                      : source == QStringLiteral("url")           ? readUrl(parser, options)
                      : source == QStringLiteral("notifications") ? readNotifications(parser, options)
                                                                  : readProfile(parser, options);
    const bool reconnect = !parser.isSet(QStringLiteral("no-reconnect"));
    options.config.stream.reconnect = reconnect;
    if (options.config.notifications)
        options.config.notifications->reconnect = reconnect;
    return problem;
}

} // namespace framescope::cli
