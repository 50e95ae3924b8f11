#include "app/cli/commands.h"
#include "app/cli/exitcode.h"
#include "app/cli/sessionwalk.h"
#include "app/cli/signalwatcher.h"
#include "app/cli/terminal.h"
#include "app/cli/words.h"
#include "core/filter/framefilter.h"
#include "core/frame/findingcatalogue.h"

#include <QCommandLineParser>

namespace framescope::cli {

namespace {

const QString filterCommandName = QStringLiteral("filter");

/// number, time, direction, opcode, type, bytes, checksum, verdict, findings: separated by tabs, for eyes and cut(1).
void appendLine(QByteArray& lines, const FrameBatch& batch, std::size_t index)
{
    const FrameHead& head = batch.heads[index];
    QByteArrayList findings;
    for (const Finding& finding : batch.findingsOf(index))
        findings += findingInfo(finding.id).name;
    const QByteArrayList cells{QByteArray::number(head.number),
                               rfc3339Utc(head.wallNs),
                               QByteArray(directionName(head.direction).latin1()),
                               QByteArray(opcodeName(head.opcode).latin1()),
                               printable(QString::fromUtf8(batch.typeNameOf(index))).toUtf8(),
                               QByteArray::number(head.sizeBytes),
                               QByteArray(checksumStateName(head.checksum).latin1()),
                               QByteArray(verdictName(head.verdict).latin1()),
                               findings.join(' ')};
    lines += cells.join('\t') + '\n';
}

} // namespace

int runFilter(const QStringList& arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral(
        "Prints the frames that match, one a line with tabs between: number, time, direction, opcode, type,\n"
        "bytes, checksum, verdict, findings. For their payloads: export --format jsonl --filter EXPR."));
    parser.addOption({QStringLiteral("count"), QStringLiteral("Print how many match, nothing else.")});
    if (const std::optional<int> done =
            parseArguments(parser, filterCommandName, QStringLiteral("SESSION EXPR [--count]"), arguments))
        return *done;
    if (parser.positionalArguments().size() != 2)
        return usageError(filterCommandName, QStringLiteral("give a session file and one expression (in quotes)"));
    Expected<FrameFilter> filter = FrameFilter::parse(parser.positionalArguments().at(1));
    if (!filter)
        return usageError(filterCommandName, QStringLiteral("expression, column ") + filter.error().place +
                                                 QStringLiteral(": ") + filter.error().detail);

    int code = ExitDone;
    const std::unique_ptr<SessionReader> reader =
        openSession(filterCommandName, parser.positionalArguments().first(), code);
    if (!reader)
        return code;
    if (filter->needsMarks()) {
        const Expected<FrameMarksPtr> marks = reader->marks();
        if (!marks) {
            say(QStringLiteral("framescope-cli filter: ") + inWords(marks.error()), Tone::Bad);
            return exitCodeOf(marks.error());
        }
        filter = filter->withMarks(*marks);
    }
    SignalWatcher signalWatcher;
    OutputDevice output;
    const bool countOnly = parser.isSet(QStringLiteral("count"));
    quint64 matches = 0;
    const Expected<void> walked = walkFrames(*reader, QStringLiteral("Filtering"), [&](const FrameBatch& batch) {
        QByteArray lines;
        for (std::size_t i = 0; i < batch.size(); ++i) {
            if (!filter->matches(batch, i))
                continue;
            ++matches;
            if (!countOnly)
                appendLine(lines, batch, i);
        }
        return lines.isEmpty() || output.write(lines) == lines.size();
    });
    if (!walked) {
        if (walked.error().code != ErrorCode::Cancelled)
            say(QStringLiteral("framescope-cli filter: ") + inWords(walked.error()), Tone::Bad);
        return exitCodeOf(walked.error());
    }
    if (countOnly)
        output.write(QByteArray::number(matches) + '\n');
    return ExitDone;
}

} // namespace framescope::cli
