#include "app/cli/recordoptions.h"

#include "app/cli/commands.h"
#include "app/cli/dotenv.h"
#include "app/cli/exitcode.h"
#include "app/cli/terminal.h"
#include "app/cli/words.h"
#include "core/frame/findingcatalogue.h"
#include "core/session/profilestore.h"

#include <QCommandLineParser>
#include <QFileInfo>
#include <QRegularExpression>
#include <algorithm>
#include <cmath>

namespace framescope::cli {

namespace {

const QString commandName = QStringLiteral("record");

/// A usage error on its way out.
using Problem = std::optional<QString>;

void addOptions(QCommandLineParser& parser)
{
    const auto add = [&parser](const char* name, const char* value, const char* description) {
        parser.addOption({QString::fromLatin1(name), QString::fromUtf8(description), QString::fromLatin1(value)});
    };
    const auto flag = [&parser](const char* name, const char* description) {
        parser.addOption({QString::fromLatin1(name), QString::fromUtf8(description)});
    };
    flag("demo", "Source: the built-in simulator, on loopback.");
    add("scenario", "NAME", "Demo: which scenario (see simulate --list-scenarios).");
    add("seed", "N", "Demo: seed; the same seed gives the same stream.");
    add("rate", "FRAMES_PER_S", "Demo: frames per second; 0 is as fast as they are read.");
    add("url", "WS_URL", "Source: a WebSocket URL; ws:// to this machine only.");
    add("token-url", "URL", "Where to get an access token with GENESYS_CLIENT_ID and GENESYS_CLIENT_SECRET.");
    add("scope", "TEXT", "Scopes to ask for; default 'streaming:subscribe interaction:read'.");
    add("header", "'Name: value'", "A further header of the handshake; may be given more than once.");
    add("ca-file", "PEM", "Further certificate authorities to trust.");
    add("profile", "NAME", "Source: a connection profile, its secret from the keyring.");
    add("session", "FILE", "Session file to create; default: a new one in the state directory.");
    add("audit-csv", "FILE", "At the end, write the audit log with a row for each frame as CSV.");
    add("stats", "FILE", "At the end, write the figures as JSON.");
    add("jsonl", "-", "Stream decoded frames as JSON lines to standard output.");
    add("outlet", "NAME", "Stream decoded frames as JSON lines to whoever connects to this local socket.");
    add("seconds", "N", "Stop after so many seconds.");
    add("frames", "N", "Stop after so many frames.");
    flag("no-reconnect", "Stop when the stream ends.");
    add("filter", "EXPR", "Only matching frames go into --audit-csv and --jsonl; the session file has all.");
    add("matrix", "FILE", "Payload type matrix; default: the built-in one.");
    add("payloads", "full|digest", "Keep payloads, or only their SHA-256; default full.");
    add("fail-on", "note|warning|error", "Exit with 3 when there are findings of this severity or above.");
    flag("quiet", "No progress and no summary.");
    for (const char* later : {"notifications", "region", "gateway", "audiohook", "path"}) {
        QCommandLineOption option(QString::fromLatin1(later), {}, QStringLiteral("VALUE"));
        option.setFlags(QCommandLineOption::HiddenFromHelp);
        parser.addOption(option);
    }
}

bool isLoopback(const QUrl& url)
{
    const QString host = url.host();
    return host == QStringLiteral("localhost") || host == QStringLiteral("::1") ||
           host.startsWith(QStringLiteral("127."));
}

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
    if (!isLoopback(url))
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

/// "eu_central_1", "eu-central-1" or "mypurecloud.de" as the domain; empty when it is neither.
QString regionDomain(const QString& text)
{
    QString name = text.trimmed().toLower();
    name.replace(u'_', u'-');
    for (const Region& region : ProfileStore::regions()) {
        if (name == region.awsName || name == region.domain)
            return region.domain;
    }
    return text.contains(u'.') ? text.trimmed() : QString();
}

/// The region that @p url belongs to, by the environment or by the table of regions; empty when it is none of them.
QString regionOf(const QUrl& url, const GenesysEnvironment& environment)
{
    QStringList domains{regionDomain(environment.environment)};
    for (const Region& region : ProfileStore::regions())
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
        if (const Problem problem = checkUrl(tokenUrl, QStringLiteral("token-url"), QStringLiteral("http")))
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
    if (const Problem problem = checkUrl(stream.url, QStringLiteral("url"), QStringLiteral("ws")))
        return problem;
    options.config.sourceName = stream.url.toString(QUrl::RemoveUserInfo | QUrl::RemoveQuery | QUrl::RemoveFragment);
    return addCredentials(parser, stream);
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
    options.config.stream = ProfileStore::sessionConfig(*profile, Secret()).stream;
    options.config.stream.headers.insert(options.config.stream.headers.end(), headers.begin(), headers.end());
    if (!caFile.isEmpty())
        options.config.stream.caFile = caFile;
    options.config.sourceName = profile->name;
    return std::nullopt;
}

Problem readSource(const QCommandLineParser& parser, RecordOptions& options)
{
    for (const QString& header : parser.values(QStringLiteral("header"))) {
        if (const Problem problem = parseHeader(header, options.config.stream.headers))
            return problem;
    }
    const QString caFile = parser.value(QStringLiteral("ca-file"));
    if (!caFile.isEmpty() && !QFileInfo(caFile).isReadable())
        return QStringLiteral("--ca-file: %1 cannot be read").arg(caFile);
    options.config.stream.caFile = caFile;

    const bool demo = parser.isSet(QStringLiteral("demo"));
    const bool url = parser.isSet(QStringLiteral("url"));
    const bool profile = parser.isSet(QStringLiteral("profile"));
    if (int(demo) + int(url) + int(profile) != 1)
        return QStringLiteral("say what to record: one of --demo, --url WS_URL or --profile NAME");
    for (const char* only : {"scenario", "seed", "rate"}) {
        if (!demo && parser.isSet(QString::fromLatin1(only)))
            return QStringLiteral("--%1 goes with --demo only").arg(QString::fromLatin1(only));
    }
    for (const char* only : {"token-url", "scope"}) {
        if (!url && parser.isSet(QString::fromLatin1(only)))
            return QStringLiteral("--%1 goes with --url only").arg(QString::fromLatin1(only));
    }
    if (demo)
        return readDemo(parser, options);
    return url ? readUrl(parser, options) : readProfile(parser, options);
}

Problem readLimits(const QCommandLineParser& parser, RecordOptions& options)
{
    bool ok = true;
    if (parser.isSet(QStringLiteral("seconds"))) {
        const double seconds = parser.value(QStringLiteral("seconds")).toDouble(&ok);
        if (!ok || !(seconds > 0) || seconds > 1e6)
            return QStringLiteral("--seconds takes a number above 0, up to 1000000");
        options.duration = std::chrono::milliseconds(qint64(seconds * 1000));
    }
    if (parser.isSet(QStringLiteral("frames"))) {
        options.config.frameLimit = parser.value(QStringLiteral("frames")).toULongLong(&ok);
        if (!ok || options.config.frameLimit == 0)
            return QStringLiteral("--frames takes a whole number from 1");
    }
    if (parser.isSet(QStringLiteral("fail-on"))) {
        const QString level = parser.value(QStringLiteral("fail-on"));
        for (const Severity severity : {Severity::Note, Severity::Warning, Severity::Error}) {
            if (level == severityName(severity))
                options.failOn = severity;
        }
        if (!options.failOn)
            return QStringLiteral("--fail-on takes note, warning or error");
    }
    return std::nullopt;
}

Problem readOutputs(const QCommandLineParser& parser, RecordOptions& options)
{
    options.config.sessionPath = parser.value(QStringLiteral("session"));
    options.config.matrixPath = parser.value(QStringLiteral("matrix"));
    options.config.outletName = parser.value(QStringLiteral("outlet"));
    options.config.stream.reconnect = !parser.isSet(QStringLiteral("no-reconnect"));
    options.auditCsvPath = parser.value(QStringLiteral("audit-csv"));
    options.statsPath = parser.value(QStringLiteral("stats"));
    options.quiet = parser.isSet(QStringLiteral("quiet"));
    options.jsonLines = parser.isSet(QStringLiteral("jsonl"));
    if (options.jsonLines && parser.value(QStringLiteral("jsonl")) != QStringLiteral("-"))
        return QStringLiteral(
            "--jsonl takes '-', standard output; for a file: framescope-cli export --format jsonl --out FILE");
    if (parser.isSet(QStringLiteral("payloads"))) {
        const QString policy = parser.value(QStringLiteral("payloads"));
        if (policy != QStringLiteral("full") && policy != QStringLiteral("digest"))
            return QStringLiteral("--payloads takes full or digest");
        options.config.payloads = policy == QStringLiteral("full") ? PayloadPolicy::Full : PayloadPolicy::DigestOnly;
    }
    Expected<FrameFilter> filter = FrameFilter::parse(parser.value(QStringLiteral("filter")));
    if (!filter)
        return QStringLiteral("--filter: column ") + filter.error().place + QStringLiteral(": ") +
               filter.error().detail;
    options.filter = std::move(*filter);
    return std::nullopt;
}

} // namespace

std::optional<int> parseRecordOptions(const QStringList& arguments, RecordOptions& options)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral(
        "Records a stream into a session file, live, until a limit is reached or Ctrl+C. Credentials come from\n"
        "GENESYS_CLIENT_ID, GENESYS_CLIENT_SECRET and GENESYS_ENV, in the environment or a .env file."));
    addOptions(parser);
    const QString synopsis = QStringLiteral("(--demo | --url WS_URL | --profile NAME) [OPTIONS]");
    if (const std::optional<int> done = parseArguments(parser, commandName, synopsis, arguments))
        return done;
    for (const char* later : {"notifications", "audiohook"}) {
        if (parser.isSet(QString::fromLatin1(later))) {
            say(QStringLiteral("framescope-cli record: --%1 is not in this version (%2)")
                    .arg(QString::fromLatin1(later), QStringLiteral(FRAMESCOPE_VERSION)));
            return ExitUsage;
        }
    }
    if (!parser.positionalArguments().isEmpty())
        return usageError(commandName,
                          QStringLiteral("'%1' is not expected here").arg(parser.positionalArguments().first()));
    for (const auto read : {readSource, readLimits, readOutputs}) {
        if (const Problem problem = read(parser, options))
            return usageError(commandName, *problem);
    }
    return std::nullopt;
}

} // namespace framescope::cli
