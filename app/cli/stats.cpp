#include "app/cli/commands.h"
#include "app/cli/exitcode.h"
#include "app/cli/recordsummary.h"
#include "app/cli/sessionwalk.h"
#include "app/cli/signalwatcher.h"
#include "app/cli/statsfile.h"
#include "app/cli/statsshapes.h"
#include "app/cli/terminal.h"
#include "app/cli/words.h"
#include "core/metrics/metrics.h"

#include <QCommandLineParser>
#include <QFileInfo>

namespace framescope::cli {

namespace {

const QString statsCommandName = QStringLiteral("stats");

Expected<Stats> statsOf(SessionReader& reader)
{
    Metrics metrics;
    const bool isImported = reader.info().sourceKind == "imported"; // it ends where the capture ended
    qint64 lastWallNs = reader.info().startedWallNs;
    Expected<void> walked = walkFrames(reader, QStringLiteral("Reading"), [&](const FrameBatch& batch) {
        lastWallNs = std::max(lastWallNs, batch.heads.back().wallNs);
        // The reader's batch is not shared with anybody: a pointer that does not own is enough for the call.
        metrics.consumeBatch(FrameBatchPtr(FrameBatchPtr(), &batch));
        return true;
    });
    if (!walked)
        return tl::unexpected(walked.error());
    Stats stats;
    quint64 connections = 0;
    walked = walkEvents(reader, [&](const AuditEvent& event) {
        // The one event of an import that is of its own time, not of the capture's.
        if (!isImported || event.action != AuditAction::SigningKey)
            lastWallNs = std::max(lastWallNs, event.at.wallNs);
        connections += event.action == AuditAction::Connected ? 1 : 0;
        metrics.consumeEvent(event);
    });
    if (!walked)
        return tl::unexpected(walked.error());
    stats.metrics = metrics.snapshot(0);
    const bool isEnded = reader.info().endedWallNs != 0 && !isImported;
    const qint64 endedWallNs = isEnded ? reader.info().endedWallNs : lastWallNs;
    stats.seconds = double(std::max<qint64>(endedWallNs - reader.info().startedWallNs, 0)) / 1e9;
    stats.reconnects = connections > 0 ? connections - 1 : 0;
    stats.sessionBytes = QFileInfo(reader.path()).size();
    const auto removed = reader.removedPayloads();
    if (!removed)
        return tl::unexpected(removed.error());
    stats.payloadsRemoved = removed->frames;
    stats.payloadBytesRemoved = removed->bytes;
    return stats;
}

QByteArray inLines(const SessionReader& reader, const Stats& stats)
{
    const FrameCounts& totals = stats.metrics->totals;
    const LatencySummary& parse = stats.metrics->allTime;
    const SessionInfo& info = reader.info();
    QStringList lines;
    const auto add = [&lines](const char* name, const QString& text) {
        lines += QString::fromLatin1(name).leftJustified(12) + text;
    };
    add("source",
        QStringLiteral("%1 (%2)").arg(QString::fromUtf8(info.sourceName), QString::fromUtf8(info.sourceKind)));
    add("started", QString::fromLatin1(rfc3339Utc(info.startedWallNs)));
    add("ended",
        info.endedWallNs == 0 ? QStringLiteral("(not closed)") : QString::fromLatin1(rfc3339Utc(info.endedWallNs)));
    add("frames",
        QStringLiteral("%1 in %2, %3").arg(grouped(totals.received), inSeconds(stats.seconds), inBytes(totals.bytes)));
    add("verdicts", QStringLiteral("accepted %1   warned %2   refused %3   integrity %4")
                        .arg(grouped(totals.accepted), grouped(totals.warned), grouped(totals.refused),
                             inPercent(totals.integrityRate())));
    add("latency", QStringLiteral("average %1   p50 %2   p95 %3   p99 %4   max %5")
                       .arg(inTime(parse.averageNs), inTime(parse.p50Ns), inTime(parse.p95Ns), inTime(parse.p99Ns),
                            inTime(parse.maxNs)));
    add("reconnects", grouped(stats.reconnects));
    if (stats.payloadsRemoved > 0)
        add("retention", QStringLiteral("payloads of %1 frames removed (%2)")
                             .arg(grouped(stats.payloadsRemoved), inBytes(stats.payloadBytesRemoved)));
    for (const TypeMetrics& type : stats.metrics->byType)
        add("type", QStringLiteral("%1 x %2")
                        .arg(grouped(type.counts.received), 8)
                        .arg(type.type.isEmpty() ? QStringLiteral("(unknown)") : QString::fromUtf8(type.type)));
    for (const QString& line : findingLines(*stats.metrics))
        add("finding", line);
    QByteArray text;
    for (const QString& line : std::as_const(lines))
        text += printable(line).toUtf8() + '\n';
    return text;
}

void addStatsOptions(QCommandLineParser& parser)
{
    parser.addOptions(
        {{QStringLiteral("json"),
          QStringLiteral("As JSON, with the keys of record --stats; null is what only the recording process knew.")},
         {QStringLiteral("shapes"),
          QStringLiteral("What JSON messages look like instead: types, paths, JSON types, presence, first and last\n"
                         "frame.")},
         {QStringLiteral("since"),
          QStringLiteral("With --shapes: what changed since that frame or time (20:15:07, UTC, or RFC 3339)."),
          QStringLiteral("FRAME|TIME")},
         {QStringLiteral("compared-to"),
          QStringLiteral("With --shapes: what changed from that earlier session to this one."),
          QStringLiteral("EARLIER")},
         {QStringLiteral("schema"), QStringLiteral("Print a JSON Schema (draft-07) that is proposed for this type."),
          QStringLiteral("TYPE")}});
}

/// None when the usual figures are asked for.
std::optional<ShapeQuestion> shapeQuestion(const QCommandLineParser& parser)
{
    ShapeQuestion question{parser.isSet(QStringLiteral("json")), parser.value(QStringLiteral("since")),
                           parser.value(QStringLiteral("compared-to")), parser.value(QStringLiteral("schema"))};
    for (const char* option : {"shapes", "since", "compared-to", "schema"}) {
        if (parser.isSet(QString::fromLatin1(option)))
            return question;
    }
    return std::nullopt;
}

} // namespace

int runStats(const QStringList& arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Prints the figures of a session: counts, latency, integrity, types and findings. With one of\n"
                       "the other options: what its JSON messages look like, and what changed in that."));
    addStatsOptions(parser);
    if (const std::optional<int> done = parseArguments(
            parser, statsCommandName,
            QStringLiteral("SESSION [--json] [--shapes [--since FRAME|TIME | --compared-to EARLIER]] [--schema TYPE]"),
            arguments))
        return *done;
    if (parser.positionalArguments().size() != 1)
        return usageError(statsCommandName, QStringLiteral("say which one session file to read"));
    const std::optional<ShapeQuestion> shapes = shapeQuestion(parser);
    for (const char* option : {"since", "compared-to", "schema"}) {
        const QString name = QString::fromLatin1(option);
        if (parser.isSet(name) && parser.value(name).isEmpty())
            return usageError(statsCommandName, QStringLiteral("--%1 needs a value").arg(name));
    }
    if (shapes && !shapes->since.isEmpty() && !shapes->comparedTo.isEmpty())
        return usageError(statsCommandName, QStringLiteral("--since and --compared-to are two questions: ask one"));
    int code = ExitDone;
    const std::unique_ptr<SessionReader> reader =
        openSession(statsCommandName, parser.positionalArguments().first(), code);
    if (!reader)
        return code;
    SignalWatcher signalWatcher;
    if (shapes)
        return runShapes(*reader, *shapes);
    const Expected<Stats> stats = statsOf(*reader);
    if (!stats) {
        if (stats.error().code != ErrorCode::Cancelled)
            say(QStringLiteral("framescope-cli stats: ") + inWords(stats.error()), Tone::Bad);
        return exitCodeOf(stats.error());
    }
    OutputDevice().write(parser.isSet(QStringLiteral("json")) ? statsJson(*stats) : inLines(*reader, *stats));
    return ExitDone;
}

} // namespace framescope::cli
