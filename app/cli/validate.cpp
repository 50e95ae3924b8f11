#include "app/cli/commands.h"
#include "app/cli/exitcode.h"
#include "app/cli/terminal.h"
#include "app/cli/words.h"
#include "core/decode/schema.h"
#include "core/frame/findingcatalogue.h"

#include <QCommandLineParser>
#include <QFile>
#include <QSet>

namespace framescope::cli {

namespace {

const QString validateCommandName = QStringLiteral("validate");
constexpr qint64 documentLimitBytes = 64 * 1024 * 1024;

Expected<QByteArray> readWhole(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return failure(ErrorCode::Io, file.errorString(), path);
    QByteArray bytes = file.read(documentLimitBytes + 1);
    if (file.error() != QFileDevice::NoError)
        return failure(ErrorCode::Io, file.errorString(), path);
    if (bytes.size() > documentLimitBytes)
        return failure(ErrorCode::Unsupported, QStringLiteral("larger than 64 MiB"), path);
    return bytes;
}

/// "order.json: SCHEMA-TYPE error at /a/b, bytes 12 to 15 (schema /properties/a/type): A value has another type than
/// the schema says; expected integer, actual "12""
QString lineOf(const QString& path, const Finding& finding)
{
    const FindingInfo& info = findingInfo(finding.id);
    QString line =
        QStringLiteral("%1: %2 %3").arg(path, QString::fromLatin1(info.name), QString(severityName(finding.severity)));
    line += finding.pointer.isEmpty() ? QStringLiteral(" at the document")
                                      : QStringLiteral(" at ") + QString::fromUtf8(finding.pointer);
    if (!finding.range.isNull())
        line += QStringLiteral(", bytes %1 to %2")
                    .arg(finding.range.offset)
                    .arg(quint64(finding.range.offset) + finding.range.length - 1);
    if (!finding.schemaPointer.isEmpty())
        line += QStringLiteral(" (schema %1)").arg(QString::fromUtf8(finding.schemaPointer));
    line += QStringLiteral(": ") + QString::fromUtf8(info.title);
    if (!finding.expected.isEmpty())
        line += QStringLiteral("; expected ") + QString::fromUtf8(finding.expected);
    if (!finding.actual.isEmpty())
        line += QStringLiteral("; actual ") + QString::fromUtf8(finding.actual);
    return line;
}

/// "  SCHEMA-TYPE: likely cause: The sender … Next step: Compare …"
QString adviceOf(const FindingInfo& info)
{
    return QStringLiteral("  %1: likely cause: %2 Next step: %3")
        .arg(QString::fromUtf8(info.name), QString::fromUtf8(info.cause), QString::fromUtf8(info.nextStep));
}

/// ExitDone, ExitFindings or ExitFailure.
int validateOne(const Schema& schema, const QString& path, OutputDevice& output)
{
    const Expected<QByteArray> document = readWhole(path);
    if (!document) {
        say(QStringLiteral("framescope-cli validate: ") + inWords(document.error()), Tone::Bad);
        return ExitFailure;
    }
    std::vector<Finding> findings;
    schema.validate(*document, findings);
    bool valid = true;
    QSet<const FindingInfo*> advised; // once for each kind: a document may have many of one
    for (const Finding& finding : findings) {
        valid = valid && finding.severity != Severity::Error;
        output.write(printable(lineOf(path, finding)).toUtf8() + '\n');
        const FindingInfo& info = findingInfo(finding.id);
        if (!advised.contains(&info))
            output.write(adviceOf(info).toUtf8() + '\n');
        advised.insert(&info);
    }
    if (valid)
        output.write(printable(path + QStringLiteral(": valid")).toUtf8() + '\n');
    return valid ? ExitDone : ExitFindings;
}

} // namespace

int runValidate(const QStringList& arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral(
        "Checks JSON documents against a JSON Schema as the decoder does. Exit code 3 when one does not validate."));
    const QCommandLineOption formats(QStringLiteral("formats"),
                                     QStringLiteral("Check \"format\" as well, where we can."));
    parser.addOption(formats);
    if (const std::optional<int> done =
            parseArguments(parser, validateCommandName, QStringLiteral("SCHEMA.json DOCUMENT.json..."), arguments))
        return *done;
    const QStringList paths = parser.positionalArguments();
    if (paths.size() < 2)
        return usageError(validateCommandName, QStringLiteral("give a schema and at least one document"));
    const Expected<QByteArray> text = readWhole(paths.first());
    if (!text) {
        say(QStringLiteral("framescope-cli validate: ") + inWords(text.error()), Tone::Bad);
        return ExitFailure;
    }
    const Expected<Schema> schema =
        Schema::compile(*text, {}, parser.isSet(formats) ? Schema::Formats::Checked : Schema::Formats::Described);
    if (!schema) {
        say(QStringLiteral("framescope-cli validate: %1: %2").arg(paths.first(), inWords(schema.error())), Tone::Bad);
        return ExitFailure;
    }
    OutputDevice output;
    int code = ExitDone;
    for (const QString& path : paths.mid(1)) {
        const int answer = validateOne(*schema, path, output);
        if (code != ExitFailure && answer != ExitDone)
            code = answer;
    }
    return code;
}

} // namespace framescope::cli
