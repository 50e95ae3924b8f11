// Arguments of `framescope-cli record`, and .env files. Input: a byte that says which; arguments stand between
// separators.
#include "app/cli/commands.h"
#include "app/cli/dotenv.h"
#include "app/cli/exitcode.h"
#include "app/cli/recordoptions.h"
#include "tests/fuzz/fuzzinput.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QDir>
#include <QTemporaryDir>

using namespace framescope;
using namespace framescope::fuzz;

// What the arguments refer to, without the programs behind it: the fuzzer is not to start any.
std::vector<ScenarioInfo> Simulator::scenarios()
{
    return {{QStringLiteral("load"), {}, 0, {}}, {QStringLiteral("contact-centre"), {}, 0, {}}};
}

std::optional<int> cli::parseArguments(QCommandLineParser& parser, const QString&, const QString&,
                                       const QStringList& arguments)
{
    const bool understood = parser.parse(QStringList(QStringLiteral("framescope-cli")) + arguments);
    return understood ? std::nullopt : std::optional<int>(cli::ExitUsage);
}

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv)
{
    static const QTemporaryDir home;
    for (const char* name : {"HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"})
        qputenv(name, home.path().toUtf8());
    qputenv("GENESYS_CLIENT_ID", "fuzzed-client");
    qputenv("GENESYS_CLIENT_SECRET", "fuzzed-secret");
    QDir::setCurrent(home.path());
    static const QCoreApplication application(*argc, *argv);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const quint8* bytes, std::size_t size)
{
    FuzzInput input(bytes, size);
    if (input.take<quint8>() % 4 == 3) {
        const auto values = cli::parseDotEnv(input.rest().toByteArray());
        for (auto it = values.begin(); it != values.end(); ++it)
            require(it.key().startsWith("GENESYS_"), "only keys of ours are kept");
        return 0;
    }
    QStringList arguments;
    while (!input.isEmpty())
        arguments += QString::fromUtf8(input.part());
    cli::RecordOptions options;
    if (!cli::parseRecordOptions(arguments, options)) {
        const bool hasSource = options.demo || options.config.notifications || !options.profile.isEmpty() ||
                               options.config.stream.url.isValid();
        require(hasSource, "arguments that are taken name a source");
    }
    return 0;
}
