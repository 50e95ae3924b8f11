#include "app/cli/commands.h"
#include "app/cli/exitcode.h"
#include "app/cli/sessionwalk.h"
#include "app/cli/signalwatcher.h"
#include "app/cli/terminal.h"
#include "app/cli/words.h"
#include "core/audit/chainfaults.h"
#include "core/session/auditcheck.h"

#include <QCommandLineParser>
#include <QElapsedTimer>
#include <QFile>
#include <QRegularExpression>

namespace framescope::cli {

namespace {

const QString verifyCommandName = QStringLiteral("verify");
constexpr qint64 keyFileLimit = 16 * 1024;

Expected<PublicKey> readPublicKey(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return failure(ErrorCode::Io, file.errorString(), path);
    auto key = PublicKey::fromPem(file.read(keyFileLimit));
    if (!key)
        return failure(key.error().code, key.error().detail, path);
    return key;
}

/// "HASH" or "ENTRY:HASH".
std::optional<ChainVerifier::Known> anchorOf(const QString& text)
{
    static const QRegularExpression form(QStringLiteral("^(?:(\\d{1,18}):)?((?:[0-9a-fA-F]{2}){8,32})$"));
    const auto match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    return ChainVerifier::Known{match.captured(1).toULongLong(), QByteArray::fromHex(match.captured(2).toLatin1()), 0};
}

QString withPlaces(const char* sentence, const ChainReport& report)
{
    return QString::fromUtf8(sentence)
        .replace(QStringLiteral("%1"), grouped(report.firstBadSeq))
        .replace(QStringLiteral("%2"), grouped(report.lastBadSeq))
        .replace(QStringLiteral("%3"), grouped(report.badCheckpoint));
}

QString signedLine(const AuditCheck& check)
{
    const ChainReport& report = check.report;
    if (!report.key)
        return QStringLiteral("no: there was no key to sign with");
    const QString whose = report.isKeyExpected ? QStringLiteral("the expected key")
                          : check.isOwnKey     ? QStringLiteral("this computer's key")
                                               : QStringLiteral("a key that only the file itself names");
    const quint64 rest = report.lastSeq - report.provenSeq;
    return QStringLiteral("up to entry %1 by %2 checkpoints, key %3 (%4)%5")
        .arg(grouped(report.provenSeq), grouped(report.checkpoints),
             QString::fromLatin1(toHex(report.key->id()).first(16)), whose,
             rest == 0 ? QString() : QStringLiteral("; %1 later entries are not signed").arg(grouped(rest)));
}

QString anchorLine(const AuditCheck& check)
{
    if (check.anchors == 0)
        return QStringLiteral("none known: a tail cut off, or an older copy put back, would not show");
    return QStringLiteral("%1 met%2")
        .arg(check.report.anchorsMet)
        .arg(check.hasOwnAnchor ? QStringLiteral(", with the one that this computer keeps") : QString());
}

QStringList linesOf(const AuditCheck& check)
{
    const ChainReport& report = check.report;
    QStringList lines;
    const auto add = [&lines](const char* name, const QString& text) {
        lines += QString::fromLatin1(name).leftJustified(12) + text;
    };
    add("result", (report.isSound() ? QStringLiteral("The audit log is sound. ")
                                    : QStringLiteral("The audit log does not verify. ")) +
                      withPlaces(chainFaultInfo(report.fault).sentence, report));
    if (report.fault == ChainFault::NoChain)
        return lines;
    add("entries", QStringLiteral("%1 fit (%2 frames, %3 events)")
                       .arg(grouped(report.lastSeq), grouped(report.frames), grouped(report.events)));
    if (report.payloadsRemoved > 0)
        add("retention", QStringLiteral("payloads of %1 frames were removed, and the log says so")
                             .arg(grouped(report.payloadsRemoved)));
    add("signed", signedLine(check));
    add("head", QStringLiteral("%1:%2").arg(report.lastSeq).arg(QString::fromLatin1(toHex(report.head))));
    if (report.isSound()) {
        add("ended", report.isEnded ? QStringLiteral("in order")
                                    : QStringLiteral("no: it runs, or was interrupted after the last entry"));
        add("anchors", anchorLine(check));
        add("not proven", QString::fromUtf8(chainLimits()));
    }
    return lines;
}

Expected<AuditCheck> checkWithProgress(const QString& path, ChainVerifier::Expectation expectation)
{
    ProgressLine progress;
    QElapsedTimer running;
    running.start();
    return checkAuditLog(path, std::move(expectation), [&](quint64 done, quint64 all) {
        progress.show(QStringLiteral("Verifying ") +
                      progressOf(done, all, running.elapsed(), QStringLiteral("entries")));
        return SignalWatcher::count() == 0;
    });
}

/// False after a usage error was said.
bool readOptions(const QCommandLineParser& parser, ChainVerifier::Expectation& expectation, int& code)
{
    if (parser.isSet(QStringLiteral("anchor"))) {
        const auto anchor = anchorOf(parser.value(QStringLiteral("anchor")));
        if (!anchor) {
            code = usageError(verifyCommandName, QStringLiteral("an anchor is 16 to 64 hexadecimal digits, with or "
                                                                "without \"ENTRY:\" before them"));
            return false;
        }
        expectation.anchors.push_back(*anchor);
    }
    if (parser.isSet(QStringLiteral("public-key"))) {
        const auto key = readPublicKey(parser.value(QStringLiteral("public-key")));
        if (!key) {
            say(QStringLiteral("framescope-cli verify: ") + inWords(key.error()), Tone::Bad);
            code = exitCodeOf(key.error());
            return false;
        }
        expectation.key = *key;
    }
    return true;
}

} // namespace

int runVerify(const QStringList& arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral(
        "Recomputes the audit chain of a session and says the first thing that does not fit: exit 0 when\n"
        "it is sound, 6 when not."));
    parser.addOptions(
        {{QStringLiteral("public-key"),
          QStringLiteral("The key that must have signed it, as PEM. Without it the key that the file names is used."),
          QStringLiteral("FILE")},
         {QStringLiteral("anchor"),
          QStringLiteral("Hash of an entry that must be in the log, as an earlier verify or an export's manifest said\n"
                         "it (HASH or ENTRY:HASH)."),
          QStringLiteral("HASH")}});
    if (const std::optional<int> done = parseArguments(
            parser, verifyCommandName, QStringLiteral("SESSION [--public-key FILE] [--anchor HASH]"), arguments))
        return *done;
    if (parser.positionalArguments().size() != 1)
        return usageError(verifyCommandName, QStringLiteral("say which one session file to verify"));
    int code = ExitDone;
    ChainVerifier::Expectation expectation;
    if (!readOptions(parser, expectation, code))
        return code;
    SignalWatcher signalWatcher;
    const Expected<AuditCheck> check = checkWithProgress(parser.positionalArguments().first(), std::move(expectation));
    if (!check) {
        if (check.error().code != ErrorCode::Cancelled)
            say(QStringLiteral("framescope-cli verify: ") + inWords(check.error()), Tone::Bad);
        return exitCodeOf(check.error());
    }
    OutputDevice output;
    for (const QString& line : linesOf(*check))
        output.write(printable(line).toUtf8() + '\n');
    return check->report.isSound() ? ExitDone : ExitVerification;
}

} // namespace framescope::cli
