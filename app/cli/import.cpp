#include "app/cli/commands.h"
#include "app/cli/exitcode.h"
#include "app/cli/payloadoptions.h"
#include "app/cli/sessionwalk.h"
#include "app/cli/signalwatcher.h"
#include "app/cli/terminal.h"
#include "app/cli/words.h"
#include "core/session/captureimport.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>

namespace framescope::cli {

namespace {

const QString importCommandName = QStringLiteral("import");

/// The key that signs the new session's audit chain; without one it is not signed, and that is said.
std::optional<HeldKey> signingKey()
{
    std::optional<Expected<HeldKey>> key;
    QEventLoop waiting;
    obtainSigningKey(QCoreApplication::instance(), [&](const Expected<HeldKey>& obtained) {
        key = obtained;
        waiting.quit();
    });
    if (!key) // it has not answered yet
        waiting.exec();
    if (*key)
        return **key;
    say(QStringLiteral("The audit log will not be signed: %1").arg(inWords(key->error())), Tone::Warning);
    return std::nullopt;
}

void sayResult(const ImportResult& result)
{
    say(QStringLiteral("Imported %1 messages of %2 connections into %3: %4 accepted, %5 warned, %6 refused")
            .arg(grouped(result.frames), grouped(result.connections), result.sessionPath, grouped(result.accepted),
                 grouped(result.warned), grouped(result.refused)));
    if (result.asStated > 0)
        say(QStringLiteral("%1 of them are judged as the capture says: it does not hold all of their bytes")
                .arg(grouped(result.asStated)));
    if (result.others > 0)
        say(QStringLiteral("%1 entries that are no messages (errors, pings) were passed over")
                .arg(grouped(result.others)));
    if (result.unreadable > 0)
        say(QStringLiteral("%1 binary messages could not be read: no base64").arg(grouped(result.unreadable)),
            Tone::Warning);
}

} // namespace

int runImport(const QStringList& arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral(
        "Makes a session file of a HAR with WebSocket messages, as Chrome's DevTools or export --format har\n"
        "write it. Messages are judged as live ones are; headers, cookies and queries are not kept."));
    parser.addOptions({{QStringLiteral("session"), QStringLiteral("Session file to write; it must not exist."),
                        QStringLiteral("FILE")},
                       {QStringLiteral("matrix"), QStringLiteral("Payload type matrix (default: the built-in one)."),
                        QStringLiteral("FILE")}});
    addPayloadOptions(parser);
    const QString synopsis = QStringLiteral("CAPTURE.har --session FILE [OPTIONS]");
    if (const std::optional<int> done = parseArguments(parser, importCommandName, synopsis, arguments))
        return *done;
    if (parser.positionalArguments().size() != 1)
        return usageError(importCommandName, QStringLiteral("say which one capture to read"));
    ImportRequest request;
    request.capturePath = parser.positionalArguments().first();
    request.sessionPath = parser.value(QStringLiteral("session"));
    request.matrixPath = parser.value(QStringLiteral("matrix"));
    if (request.sessionPath.isEmpty())
        return usageError(importCommandName, QStringLiteral("--session FILE says where the session goes"));
    PayloadChoice payloads;
    if (const auto problem = readPayloadOptions(parser, payloads))
        return usageError(importCommandName, *problem);
    request.payloads = payloads.policy;
    request.redaction = payloads.rules;
    request.signingKey = signingKey();
    request.anchorFolder = defaultAnchorFolder();

    SignalWatcher signalWatcher;
    ProgressLine progress;
    QElapsedTimer running;
    running.start();
    const Expected<ImportResult> result = importCapture(request, [&](ImportStage stage, quint64 done, quint64 all) {
        progress.show(stage == ImportStage::Checking
                          ? QStringLiteral("Checking %1 of %2").arg(inBytes(done), inBytes(all))
                          : QStringLiteral("Importing ") +
                                progressOf(done, all, running.elapsed(), QStringLiteral("messages")));
        return SignalWatcher::count() == 0;
    });
    progress.clear();
    if (result) {
        sayResult(*result);
        if (request.payloads == PayloadPolicy::Redacted)
            say(QStringLiteral("Redacted: ") + redactionText(request.redaction, result->redaction));
        return ExitDone;
    }
    if (result.error().code != ErrorCode::Cancelled)
        say(QStringLiteral("framescope-cli import: ") + inWords(result.error()), Tone::Bad);
    return exitCodeOf(result.error());
}

} // namespace framescope::cli
