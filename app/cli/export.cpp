#include "app/cli/commands.h"
#include "app/cli/exitcode.h"
#include "app/cli/sessionwalk.h"
#include "app/cli/signalwatcher.h"
#include "app/cli/terminal.h"
#include "app/cli/words.h"
#include "core/exchange/exporter.h"
#include "core/session/exportscope.h"
#include "core/session/shapescan.h"
#include "core/store/sessionreader.h"

#include <QCommandLineParser>
#include <QElapsedTimer>

namespace framescope::cli {

namespace {

const QString exportCommandName = QStringLiteral("export");

std::optional<ExportFormat> formatNamed(const QString& name)
{
    for (const ExportFormat format : {ExportFormat::Csv, ExportFormat::JsonLines, ExportFormat::Har}) {
        if (name == exportSuffix(format))
            return format;
    }
    return std::nullopt;
}

std::optional<QString> readRequest(const QCommandLineParser& parser, ExportRequest& request)
{
    if (parser.positionalArguments().size() != 1)
        return QStringLiteral("say which one session file to read");
    request.sessionPath = parser.positionalArguments().first();
    const QString what = parser.value(QStringLiteral("what"));
    if (what != QStringLiteral("frames") && what != QStringLiteral("audit"))
        return QStringLiteral("--what takes frames or audit");
    request.what = what == QStringLiteral("frames") ? ExportWhat::Frames : ExportWhat::Audit;
    const std::optional<ExportFormat> format = formatNamed(parser.value(QStringLiteral("format")));
    if (!format)
        return QStringLiteral("--format takes csv, jsonl or har");
    request.format = *format;
    if (request.format == ExportFormat::Har && request.what != ExportWhat::Frames)
        return QStringLiteral("--format har goes with --what frames only: a HAR holds messages, not the audit log");
    request.rawCells = parser.isSet(QStringLiteral("raw-cells"));
    request.byteOrderMark = parser.isSet(QStringLiteral("bom"));
    if (request.format != ExportFormat::Csv && (request.rawCells || request.byteOrderMark))
        return QStringLiteral("--raw-cells and --bom go with --format csv only");
    Expected<FrameFilter> filter = FrameFilter::parse(parser.value(QStringLiteral("filter")));
    if (!filter)
        return QStringLiteral("--filter: column ") + filter.error().place + QStringLiteral(": ") +
               filter.error().detail;
    request.filter = std::move(*filter);
    return std::nullopt;
}

} // namespace

int runExport(const QStringList& arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral(
        "Writes the frames or the audit log of a session; the same bytes as an export from the window."));
    parser.addOptions(
        {{QStringLiteral("what"), QStringLiteral("What to write."), QStringLiteral("frames|audit")},
         {QStringLiteral("format"), QStringLiteral("How to write it."), QStringLiteral("csv|jsonl|har")},
         {QStringLiteral("filter"), QStringLiteral("Matching frames only; events of the audit log stay."),
          QStringLiteral("EXPR")},
         {QStringLiteral("since"),
          QStringLiteral("Only what came at that time or later, or frames from that number on: 20:15:07 (UTC),\n"
                         "2026-11-24T20:15:07Z or 10422."),
          QStringLiteral("TIME|FRAME")},
         {QStringLiteral("until"), QStringLiteral("Only what came until then, that moment or frame included."),
          QStringLiteral("TIME|FRAME")},
         {QStringLiteral("marked"), QStringLiteral("Only the frames that are marked in the session.")},
         {QStringLiteral("out"),
          QStringLiteral(
              "File to write, or '-' for standard output (default). A file gets FILE.manifest.json beside it:\n"
              "source, filter, counts, losses, SHA-256, audit head; standard output gets none."),
          QStringLiteral("FILE|-")},
         {QStringLiteral("raw-cells"), QStringLiteral("CSV: no guard against spreadsheet formulas.")},
         {QStringLiteral("bom"), QStringLiteral("CSV: begin with a byte order mark, as some spreadsheets want.")}});
    const QString synopsis = QStringLiteral("SESSION --what frames|audit --format csv|jsonl|har [OPTIONS]");
    if (const std::optional<int> done = parseArguments(parser, exportCommandName, synopsis, arguments))
        return *done;
    ExportRequest request;
    if (const std::optional<QString> problem = readRequest(parser, request))
        return usageError(exportCommandName, *problem);
    if (parser.isSet(QStringLiteral("since")) || parser.isSet(QStringLiteral("until"))) {
        int code = ExitDone;
        const std::unique_ptr<SessionReader> reader = openSession(exportCommandName, request.sessionPath, code);
        if (!reader)
            return code;
        const Expected<ExportScope> scope = exportScopeFromText(
            parser.value(QStringLiteral("since")), parser.value(QStringLiteral("until")), firstFrameWallNs(*reader));
        if (!scope)
            return usageError(
                exportCommandName,
                QStringLiteral("--since, --until: %1: %2").arg(scope.error().place, scope.error().detail));
        request.scope = *scope;
    }
    request.scope.onlyMarked = parser.isSet(QStringLiteral("marked"));

    const QString path = parser.value(QStringLiteral("out"));
    const bool toFile = !path.isEmpty() && path != QStringLiteral("-");
    SignalWatcher signalWatcher;
    ProgressLine progress(toFile || !isOutputTerminal());
    QElapsedTimer running;
    running.start();
    const ExportProgress report = [&](quint64 done, quint64 all) {
        progress.show(QStringLiteral("Exporting ") + progressOf(done, all, running.elapsed(), QStringLiteral("rows")));
        return SignalWatcher::count() == 0;
    };
    OutputDevice output;
    const Expected<ExportResult> result =
        toFile ? exportToFile(path, request, report) : exportTo(output, request, report);
    progress.clear();
    if (result) {
        if (result->notSearched > 0)
            say(QStringLiteral(
                    "framescope-cli export: the payloads of %1 frames were removed by retention: the filter's "
                    "text could not be looked for in them")
                    .arg(grouped(result->notSearched)),
                Tone::Warning);
        if (result->marksPassedOver > 0)
            say(QStringLiteral("framescope-cli export: the session has more runs of marked frames than are kept in "
                               "memory: %1 changes of marks were not taken into account")
                    .arg(grouped(result->marksPassedOver)),
                Tone::Warning);
        if (toFile)
            say(QStringLiteral("Wrote %1 rows (%2) to %3")
                    .arg(grouped(result->rows), inBytes(quint64(result->bytes)), path));
        return ExitDone;
    }
    if (output.isBroken())
        return ExitDone; // its reader has seen enough
    if (result.error().code != ErrorCode::Cancelled)
        say(QStringLiteral("framescope-cli export: ") + inWords(result.error()), Tone::Bad);
    return exitCodeOf(result.error());
}

} // namespace framescope::cli
