#include "app/cli/commands.h"
#include "app/cli/exitcode.h"
#include "app/cli/sessionwalk.h"
#include "app/cli/signalwatcher.h"
#include "app/cli/terminal.h"
#include "app/cli/words.h"
#include "core/store/exporter.h"

#include <QCommandLineParser>
#include <QElapsedTimer>

namespace framescope::cli {

namespace {

const QString exportCommandName = QStringLiteral("export");

std::optional<QString> readRequest(const QCommandLineParser& parser, ExportRequest& request)
{
    if (parser.positionalArguments().size() != 1)
        return QStringLiteral("say which one session file to read");
    request.sessionPath = parser.positionalArguments().first();
    const QString what = parser.value(QStringLiteral("what"));
    if (what != QStringLiteral("frames") && what != QStringLiteral("audit"))
        return QStringLiteral("--what takes frames or audit");
    request.what = what == QStringLiteral("frames") ? ExportWhat::Frames : ExportWhat::Audit;
    const QString format = parser.value(QStringLiteral("format"));
    if (format == QStringLiteral("har"))
        return QStringLiteral("--format har is not in this version (%1); csv and jsonl are")
            .arg(QStringLiteral(FRAMESCOPE_VERSION));
    if (format != QStringLiteral("csv") && format != QStringLiteral("jsonl"))
        return QStringLiteral("--format takes csv or jsonl");
    request.format = format == QStringLiteral("csv") ? ExportFormat::Csv : ExportFormat::JsonLines;
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
         {QStringLiteral("format"), QStringLiteral("How to write it."), QStringLiteral("csv|jsonl")},
         {QStringLiteral("filter"), QStringLiteral("Matching frames only; events of the audit log stay."),
          QStringLiteral("EXPR")},
         {QStringLiteral("out"), QStringLiteral("File to write, or '-' for standard output (default)."),
          QStringLiteral("FILE|-")},
         {QStringLiteral("raw-cells"), QStringLiteral("CSV: no guard against spreadsheet formulas.")},
         {QStringLiteral("bom"), QStringLiteral("CSV: begin with a byte order mark, as some spreadsheets want.")}});
    const QString synopsis = QStringLiteral("SESSION --what frames|audit --format csv|jsonl [OPTIONS]");
    if (const std::optional<int> done = parseArguments(parser, exportCommandName, synopsis, arguments))
        return *done;
    ExportRequest request;
    if (const std::optional<QString> problem = readRequest(parser, request))
        return usageError(exportCommandName, *problem);

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
