// framescope, the desktop program: options, the demo's simulator, signals. What it shows is in ui/mainwindow.
#include "app/gui/diagnostics.h"
#include "app/gui/quitsignals.h"
#include "core/simulator/simulator.h"
#include "ui/common/theme.h"
#include "ui/mainwindow/mainwindow.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QProcess>
#include <QTextStream>
#include <malloc.h>
#include <memory>

using namespace framescope;

namespace {

enum ExitCode
{
    Done = 0,
    RunTimeFailure = 1,
    Usage = 2
};

struct Options
{
    bool demo = false;
    QString profile;
    QString diagnostics;
    QString session;
    QString theme;
    SimulatorOptions simulator;
    QStringList files;
};

void defineOptions(QCommandLineParser& parser)
{
    parser.setApplicationDescription(QStringLiteral("Watches live WebSocket frame streams of Genesys Cloud."));
    parser.addHelpOption();
    parser.addVersionOption();
    const auto add = [&parser](const char* name, const char* what, const char* value = "") {
        parser.addOption({QLatin1String(name), QLatin1String(what), QLatin1String(value)});
    };
    add("demo", "Start the built-in demo: a simulated contact centre on this machine.");
    add("profile", "Connect with this profile.", "NAME");
    add("diagnostics", "Write at exit what the window itself cost, as JSON.", "FILE");
    add("scenario", "Scenario of the demo (framescope-cli simulate --list-scenarios).", "NAME");
    add("rate", "Frames/s of the demo; 0 is as fast as the window reads.", "N");
    add("seed", "Seed of the demo: the same seed makes the same frames.", "N");
    add("session", "Session file that the demo writes.", "FILE");
    add("theme", "light, dark or auto.", "NAME");
    parser.addPositionalArgument(QStringLiteral("FILES"), QStringLiteral("Recorded sessions to open."),
                                 QStringLiteral("[FILES...]"));
}

/// Says what is wrong and returns false when a value is none that the option takes.
bool readOptions(const QCommandLineParser& parser, Options& options, QString& problem)
{
    const auto value = [&parser](const char* name) { return parser.value(QLatin1String(name)); };
    options.demo = parser.isSet(QStringLiteral("demo"));
    options.profile = value("profile");
    options.diagnostics = value("diagnostics");
    options.session = value("session");
    options.theme = value("theme");
    options.files = parser.positionalArguments();
    if (!options.theme.isEmpty() &&
        !QStringList{QStringLiteral("light"), QStringLiteral("dark"), QStringLiteral("auto")}.contains(options.theme))
        problem = QStringLiteral("--theme takes light, dark or auto");
    options.simulator.scenario =
        parser.isSet(QStringLiteral("scenario")) ? value("scenario") : QStringLiteral("contact-centre");
    bool good = true;
    if (parser.isSet(QStringLiteral("rate")))
        options.simulator.rate = value("rate").toDouble(&good);
    if (!good ||
        (parser.isSet(QStringLiteral("rate")) && !(options.simulator.rate >= 0 && options.simulator.rate <= 1e6)))
        problem = QStringLiteral("--rate takes a number from 0 to 1000000");
    if (parser.isSet(QStringLiteral("seed")))
        options.simulator.seed = value("seed").toULongLong(&good);
    if (!good && problem.isEmpty())
        problem = QStringLiteral("--seed takes a whole number");
    return problem.isEmpty();
}

/// The demo's service runs in this process, on a thread of its own, until the program ends.
DemoLauncher demoLauncher(const Options& options, std::shared_ptr<std::unique_ptr<SimulatorThread>> simulator)
{
    return [options, simulator]() -> Expected<SessionConfig> {
        *simulator = std::make_unique<SimulatorThread>(options.simulator);
        const auto endpoint = (*simulator)->start();
        if (!endpoint)
            return tl::unexpected(endpoint.error());
        SessionConfig config;
        ClientCredentials credentials;
        credentials.tokenUrl = endpoint->tokenUrl;
        credentials.clientId = QString::fromUtf8(endpoint->clientId);
        credentials.clientSecret = endpoint->clientSecret;
        if (endpoint->topics.empty()) {
            config.stream.url = endpoint->streamUrl;
            credentials.scope = defaultDirectScope;
            config.stream.credentials = credentials;
        } else {
            const auto hosts = GenesysHosts::fromGateway(endpoint->gatewayUrl);
            if (!hosts)
                return tl::unexpected(hosts.error());
            NotificationConfig notifications;
            notifications.hosts = *hosts;
            notifications.credentials = credentials;
            notifications.topics = endpoint->topics;
            config.notifications = notifications;
        }
        config.simulated = true;
        config.sourceName = options.simulator.scenario == QLatin1String("contact-centre")
                                ? QStringLiteral("Demo · contact centre")
                                : QStringLiteral("Demo · %1").arg(options.simulator.scenario);
        config.sessionPath = options.session;
        return config;
    };
}

/// One window a session: further files get a process of their own.
void openApart(const QStringList& files)
{
    for (const QString& file : files)
        QProcess::startDetached(QCoreApplication::applicationFilePath(), {file});
}

void begin(MainWindow& window, const Options& options)
{
    if (options.demo)
        window.startDemo();
    else if (!options.files.isEmpty())
        window.openFile(options.files.constFirst());
    else if (!options.profile.isEmpty())
        window.connectProfile(options.profile);
    openApart(options.files.mid(options.demo ? 0 : 1));
}

/// Batches are made on one thread and freed on another, all day. glibc (mallopt(3)) would then keep an arena a thread,
/// each with the holes that the others' batches left, and move the size from which a block is mapped by itself upwards
/// with every one that is freed. Fixed, what is given back is really given back.
void keepHeapSmall()
{
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_MMAP_THRESHOLD, 64 * 1024);
    mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
}

void nameProgram()
{
    QCoreApplication::setApplicationName(QStringLiteral("framescope"));
    QCoreApplication::setApplicationVersion(QLatin1String(FRAMESCOPE_VERSION));
}

int runWindow(int& argc, char** argv, const Options& options)
{
    QApplication application(argc, argv);
    QGuiApplication::setApplicationDisplayName(QStringLiteral("Framescope"));
    QGuiApplication::setDesktopFileName(QStringLiteral("org.framescope.Framescope"));
    QGuiApplication::setWindowIcon(QIcon::fromTheme(QStringLiteral("org.framescope.Framescope")));
    ColorScheme scheme = Preferences::load().scheme;
    if (options.theme == QLatin1String("light"))
        scheme = ColorScheme::Light;
    else if (options.theme == QLatin1String("dark"))
        scheme = ColorScheme::Dark;
    else if (options.theme == QLatin1String("auto"))
        scheme = ColorScheme::Auto;
    Theme::install(application, scheme);
    const auto simulator = std::make_shared<std::unique_ptr<SimulatorThread>>();
    int code = Done;
    {
        MainWindow window(demoLauncher(options, simulator));
        std::unique_ptr<Diagnostics> diagnostics;
        if (!options.diagnostics.isEmpty())
            diagnostics = std::make_unique<Diagnostics>(window, options.diagnostics);
        QuitSignals quitSignals;
        QObject::connect(&quitSignals, &QuitSignals::asked, &window, &QWidget::close);
        QObject::connect(&window, &MainWindow::furtherFiles, &openApart);
        window.show();
        begin(window, options);
        window.lookForInterrupted();
        code = QApplication::exec();
        if (diagnostics) {
            if (const auto written = diagnostics->write(); !written) {
                QTextStream(stderr) << "framescope: " << written.error().place << ": " << written.error().detail
                                    << '\n';
                code = RunTimeFailure;
            }
        }
    }
    simulator->reset();
    return code;
}

} // namespace

int main(int argc, char** argv)
{
    keepHeapSmall();
    nameProgram();
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments += QString::fromLocal8Bit(argv[i]);
    QCommandLineParser parser;
    defineOptions(parser);
    const bool understood = parser.parse(arguments);
    // Help and version need no display, so they come before the QApplication.
    if (understood && parser.isSet(QStringLiteral("help"))) {
        const QCoreApplication application(argc, argv);
        QTextStream(stdout) << parser.helpText();
        return Done;
    }
    if (understood && parser.isSet(QStringLiteral("version"))) {
        QTextStream(stdout) << "framescope " << FRAMESCOPE_VERSION << '\n';
        return Done;
    }
    Options options;
    QString problem = understood ? QString() : parser.errorText();
    if (!understood || !readOptions(parser, options, problem)) {
        QTextStream(stderr) << "framescope: " << problem << "\nframescope --help lists the options.\n";
        return Usage;
    }
    return runWindow(argc, argv, options);
}
