// framescope-cli: the engine of Framescope without a display. What it takes and what it promises stands in README.md.
#include "app/cli/commands.h"
#include "app/cli/exitcode.h"
#include "app/cli/terminal.h"
#include "core/base/resources.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <array>

using namespace framescope;
using namespace framescope::cli;

namespace framescope::cli {

std::span<const Command> commands()
{
    static constexpr std::array<Command, 9> all{{
        {"record", "Record a live stream or the built-in demo into a session file", runRecord},
        {"simulate", "Serve the built-in simulator on a loopback port", runSimulate},
        {"export", "Write frames or the audit log of a session as CSV, JSON lines or HAR", runExport},
        {"filter", "Print or count the frames of a session that match an expression", runFilter},
        {"stats", "Print the figures of a session", runStats},
        {"verify", "Check that nobody changed a session since it was recorded", runVerify},
        {"replay", "Serve the messages of a session to other clients, on a loopback port", runReplay},
        {"import", "Make a session of a HAR with WebSocket messages", runImport},
        {"validate", "Check JSON documents against a JSON Schema", runValidate},
    }};
    return all;
}

std::optional<int> parseArguments(QCommandLineParser& parser, const QString& command, const QString& synopsis,
                                  const QStringList& arguments)
{
    const QCommandLineOption help({QStringLiteral("h"), QStringLiteral("help")}, QStringLiteral("Print this help."));
    parser.addOption(help);
    // The parser takes its first argument for the program's name.
    const bool understood = parser.parse(QStringList(QStringLiteral("framescope-cli")) + arguments);
    if (parser.isSet(help)) {
        // Its usage line knows nothing of sub-commands: ours stands in its place.
        QString text = parser.helpText();
        text =
            QStringLiteral("Usage: framescope-cli %1 %2\n").arg(command, synopsis) + text.mid(text.indexOf(u'\n') + 1);
        OutputDevice().write(text.toUtf8());
        return ExitDone;
    }
    if (!understood)
        return usageError(command, parser.errorText());
    return std::nullopt;
}

} // namespace framescope::cli

namespace {

QByteArray overview()
{
    QByteArray text = "Usage: framescope-cli COMMAND [OPTIONS]\n\n"
                      "Watches, records and checks live WebSocket frame streams of Genesys Cloud.\n\nCommands:\n";
    for (const Command& command : commands())
        text += "  " + QByteArray(command.name).leftJustified(10) + command.summary + '\n';
    text += "\nframescope-cli COMMAND --help explains a command; --version prints the version.\n\n"
            "Exit codes: 0 done, 1 run-time failure, 2 usage, 3 findings at or above --fail-on or a document that\n"
            "does not validate, 4 authentication, 5 connection, 6 the audit log does not verify, 130 interrupted.\n";
    return text;
}

int dispatch(const QStringList& arguments)
{
    if (arguments.isEmpty()) {
        say(QString::fromUtf8(overview()).trimmed().section(u'\n', 0, 0));
        return usageError({}, QStringLiteral("a command is missing"));
    }
    const QString& name = arguments.first();
    if (name == QStringLiteral("--help") || name == QStringLiteral("-h") || name == QStringLiteral("help")) {
        OutputDevice().write(overview());
        return ExitDone;
    }
    if (name == QStringLiteral("--version") || name == QStringLiteral("-v")) {
        OutputDevice().write("framescope-cli " FRAMESCOPE_VERSION "\n");
        return ExitDone;
    }
    for (const Command& command : commands()) {
        if (name == QLatin1String(command.name))
            return command.run(arguments.mid(1));
    }
    return usageError({}, QStringLiteral("there is no command '%1'").arg(name));
}

} // namespace

int main(int argc, char* argv[])
{
    initTerminal();
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("framescope-cli"));
    QCoreApplication::setOrganizationName(QStringLiteral("framescope"));
    QCoreApplication::setApplicationVersion(QStringLiteral(FRAMESCOPE_VERSION));
    initResources();
    return dispatch(QCoreApplication::arguments().mid(1));
}
