#pragma once
/// The sub-commands. Each stands in a file of its own, takes the arguments after its name, and returns an ExitCode.
/// Thread: main, with a QCoreApplication made.
#include <QStringList>
#include <optional>
#include <span>

class QCommandLineParser;

namespace framescope::cli {

int runRecord(const QStringList& arguments);
int runSimulate(const QStringList& arguments);
int runExport(const QStringList& arguments);
int runFilter(const QStringList& arguments);
int runStats(const QStringList& arguments);
int runVerify(const QStringList& arguments);
int runReplay(const QStringList& arguments);
int runImport(const QStringList& arguments);
int runValidate(const QStringList& arguments);

struct Command
{
    const char* name;
    const char* summary;
    int (*run)(const QStringList& arguments);
};
[[nodiscard]] std::span<const Command> commands();

/// Parses @p arguments (without the program's and the command's name). Answers --help and usage errors itself: the exit
/// code, when there is nothing more to do. @p synopsis is the usage line after the command's name.
std::optional<int> parseArguments(QCommandLineParser& parser, const QString& command, const QString& synopsis,
                                  const QStringList& arguments);

} // namespace framescope::cli
