#include "app/cli/recordoptions.h"

#include "app/cli/commands.h"
#include "app/cli/payloadoptions.h"
#include "app/cli/recordsource.h"
#include "app/cli/terminal.h"
#include "app/cli/words.h"
#include "core/frame/findingcatalogue.h"
#include "core/session/retentionwords.h"

#include <QCommandLineParser>

namespace framescope::cli {

namespace {

const QString recordCommandName = QStringLiteral("record");

void addRecordOptions(QCommandLineParser& parser)
{
    const auto add = [&parser](const char* name, const char* value, const char* description) {
        parser.addOption({QString::fromLatin1(name), QString::fromUtf8(description), QString::fromLatin1(value)});
    };
    const auto flag = [&parser](const char* name, const char* description) {
        parser.addOption({QString::fromLatin1(name), QString::fromUtf8(description)});
    };
    flag("demo", "Source: the built-in simulator, on loopback.");
    add("scenario", "NAME", "Demo: which scenario (see simulate --list-scenarios); default contact-centre.");
    add("seed", "N", "Demo: seed; the same seed gives the same stream.");
    add("rate", "FRAMES_PER_S", "Demo: frames per second; 0 is as fast as they are read.");
    add("url", "WS_URL", "Source: a WebSocket URL; ws:// to this machine only.");
    add("token-url", "URL", "Where to get an access token with GENESYS_CLIENT_ID and GENESYS_CLIENT_SECRET.");
    add("scope", "TEXT", "Scopes to ask for; default 'streaming:subscribe interaction:read'.");
    add("header", "'Name: value'", "A further header of the handshake; may be given more than once.");
    add("ca-file", "PEM", "Further certificate authorities to trust.");
    add("notifications", "TOPIC...", "Source: Genesys Cloud notifications of these topics.");
    add("region", "DOMAIN", "Notifications: 'mypurecloud.de' or 'eu-central-1'; default: GENESYS_ENV.");
    add("gateway", "URL", "Notifications: login and API behind one host; http:// to this machine only.");
    add("topics-per-channel", "N", "Notifications: spread topics over channels; default 1000.");
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
    addPayloadOptions(parser);
    add("keep-payload-age", "AGE",
        "Keep payloads for so long ('8 h', '7 d'), then remove them; the rest of a frame stays.");
    add("keep-payload-bytes", "SIZE", "Keep so much of payloads on the disk ('2 GiB'), and remove the oldest.");
    add("keep-payload-frames", "N", "Keep payloads of the newest N frames, and remove older ones.");
    add("fail-on", "note|warning|error", "Exit with 3 when there are findings of this severity or above.");
    flag("mask-personal", "Mask phone numbers, names, attributes, transcripts and notes in what is kept.");
    flag("quiet", "No progress and no summary.");
    for (const char* later : {"audiohook", "path"}) {
        QCommandLineOption option(QString::fromLatin1(later), {}, QStringLiteral("VALUE"));
        option.setFlags(QCommandLineOption::HiddenFromHelp);
        parser.addOption(option);
    }
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

/// Over what a profile says.
Problem readRetention(const QCommandLineParser& parser, RecordOptions& options)
{
    PayloadRetention& retention = options.config.retention;
    const auto read = [&parser](const char* name, const auto& valueOf, auto& limit) -> Problem {
        const QString option = QString::fromLatin1(name);
        if (!parser.isSet(option))
            return std::nullopt;
        const auto value = valueOf(parser.value(option));
        if (!value)
            return QStringLiteral("--%1: %2").arg(option, value.error().detail);
        limit = *value;
        return std::nullopt;
    };
    if (Problem problem = read("keep-payload-age", retentionAgeOf, retention.age))
        return problem;
    if (Problem problem = read("keep-payload-bytes", retentionBytesOf, retention.bytes))
        return problem;
    return read("keep-payload-frames", retentionFramesOf, retention.frames);
}

Problem readOutputs(const QCommandLineParser& parser, RecordOptions& options)
{
    options.config.sessionPath = parser.value(QStringLiteral("session"));
    options.config.matrixPath = parser.value(QStringLiteral("matrix"));
    options.config.outletName = parser.value(QStringLiteral("outlet"));
    options.config.maskPersonal = options.config.maskPersonal || parser.isSet(QStringLiteral("mask-personal"));
    options.auditCsvPath = parser.value(QStringLiteral("audit-csv"));
    options.statsPath = parser.value(QStringLiteral("stats"));
    options.quiet = parser.isSet(QStringLiteral("quiet"));
    options.jsonLines = parser.isSet(QStringLiteral("jsonl"));
    if (options.jsonLines && parser.value(QStringLiteral("jsonl")) != QStringLiteral("-"))
        return QStringLiteral(
            "--jsonl takes '-', standard output; for a file: framescope-cli export --format jsonl --out FILE");
    PayloadChoice payloads{options.config.payloads, options.config.redaction};
    if (Problem problem = readPayloadOptions(parser, payloads))
        return problem;
    options.config.payloads = payloads.policy;
    options.config.redaction = payloads.rules;
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
    addRecordOptions(parser);
    const QString synopsis =
        QStringLiteral("(--demo | --url WS_URL | --notifications TOPIC... | --profile NAME) [OPTIONS]");
    if (const std::optional<int> done = parseArguments(parser, recordCommandName, synopsis, arguments))
        return done;
    if (parser.isSet(QStringLiteral("audiohook")))
        return usageError(
            recordCommandName,
            QStringLiteral("--audiohook is not in this version (%1)").arg(QStringLiteral(FRAMESCOPE_VERSION)));
    // Further words are topics behind --notifications, and nothing else anywhere.
    if (!parser.isSet(QStringLiteral("notifications")) && !parser.positionalArguments().isEmpty())
        return usageError(recordCommandName,
                          QStringLiteral("'%1' is not expected here").arg(parser.positionalArguments().first()));
    for (const auto read : {readRecordSource, readLimits, readRetention, readOutputs}) {
        if (const Problem problem = read(parser, options))
            return usageError(recordCommandName, *problem);
    }
    return std::nullopt;
}

} // namespace framescope::cli
