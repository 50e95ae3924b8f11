#include "tests/bench/pipelinerun.h"

#include "core/base/clock.h"
#include "core/base/processstats.h"
#include "tests/bench/loadserver.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTextStream>
#include <QWebSocket>
#include <future>
#include <sys/resource.h>

namespace framescope::bench {

namespace {

constexpr std::size_t loadMessages = 20'000;
constexpr int exitTimeoutMs = 600'000;

double childCpuSeconds()
{
    rusage usage{};
    ::getrusage(RUSAGE_CHILDREN, &usage);
    const auto seconds = [](const timeval& time) { return double(time.tv_sec) + double(time.tv_usec) / 1e6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// An environment that holds nothing of the person who runs this.
QProcessEnvironment environmentIn(const QString& folder)
{
    QProcessEnvironment environment;
    environment.insert(QStringLiteral("PATH"), qEnvironmentVariable("PATH"));
    environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
    for (const char* name : {"HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"})
        environment.insert(QString::fromLatin1(name), folder);
    return environment;
}

class PipelineRun
{
public:
    explicit PipelineRun(const PipelineOptions& options)
        : m_options(options)
        , m_server(Load(loadMessages, LoadKind::Mixed), options.writing)
        , m_folder((options.folder.isEmpty() ? QDir::tempPath() : options.folder) + QStringLiteral("/bench-XXXXXX"))
    {
    }

    PipelineResult run();

private:
    bool measure(SideResult& side, const QString& program, const QStringList& arguments);
    bool bare(RoundResult& round);
    bool record(RoundResult& round);
    bool fail(const QString& what);
    [[nodiscard]] double serverSpeed();

    PipelineOptions m_options;
    LoadServer m_server;
    QTemporaryDir m_folder;
    QByteArray m_output;
    QString m_problem;
};

PipelineResult PipelineRun::run()
{
    PipelineResult result;
    result.writing = m_options.writing;
    result.frames = m_options.frames;
    if (m_server.port() == 0 || !m_folder.isValid()) {
        result.problem = QStringLiteral("no port or no folder to work with");
        return result;
    }
    result.serverFramesPerSecond = serverSpeed();
    result.meanBytes = Load(loadMessages, LoadKind::Mixed).payloadBytes() / double(loadMessages);
    for (int number = 0; number < m_options.rounds; ++number) {
        RoundResult round;
        // Whoever comes second finds a warmer machine: they take turns.
        const bool done = number % 2 == 0 ? bare(round) && record(round) : record(round) && bare(round);
        if (!done)
            break;
        result.rounds.push_back(round);
    }
    result.problem = m_problem;
    return result;
}

double PipelineRun::serverSpeed()
{
    auto delivery = std::async(std::launch::async, [this] { return m_server.serve(m_options.frames); });
    m_server.sink(m_options.frames);
    const std::optional<LoadServer::Delivery> done = delivery.get();
    return done ? double(m_options.frames) / done->seconds() : 0;
}

bool PipelineRun::fail(const QString& what)
{
    m_problem = what;
    return false;
}

/// Serves the load to a process and waits for its end; what it printed is in m_output.
bool PipelineRun::measure(SideResult& side, const QString& program, const QStringList& arguments)
{
    const double cpuBefore = childCpuSeconds();
    auto delivery = std::async(std::launch::async, [this] { return m_server.serve(m_options.frames); });
    QProcess process;
    process.setProcessEnvironment(environmentIn(m_folder.path()));
    process.setWorkingDirectory(m_folder.path());
    process.start(program, arguments);
    const bool ended = process.waitForFinished(exitTimeoutMs);
    const qint64 exitMonoNs = monotonicNs();
    if (!ended)
        process.kill();
    const std::optional<LoadServer::Delivery> done = delivery.get();
    m_output = process.readAllStandardOutput();
    if (!ended || process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0)
        return fail(QStringLiteral("%1 failed (%2): %3")
                        .arg(program)
                        .arg(process.exitCode())
                        .arg(QString::fromUtf8(process.readAllStandardError())));
    if (!done)
        return fail(QStringLiteral("%1 did not take the whole load").arg(program));
    side.seconds = done->seconds();
    side.secondsToExit = double(exitMonoNs - done->firstByteMonoNs) / 1e9;
    side.cpuSeconds = childCpuSeconds() - cpuBefore;
    return true;
}

bool PipelineRun::bare(RoundResult& round)
{
    const QStringList arguments{QStringLiteral("--bare"), QString::number(m_server.port())};
    if (!measure(round.bare, QCoreApplication::applicationFilePath(), arguments))
        return false;
    const QJsonObject said = QJsonDocument::fromJson(m_output).object();
    round.bare.peakBytes = said.value(QStringLiteral("peak_rss_bytes")).toInteger();
    return quint64(said.value(QStringLiteral("frames")).toInteger()) == m_options.frames ||
           fail(QStringLiteral("the bare loop counted something else"));
}

bool PipelineRun::record(RoundResult& round)
{
    const QString session = m_folder.filePath(QStringLiteral("bench.framescope"));
    const QString statsPath = m_folder.filePath(QStringLiteral("stats.json"));
    const QString url = QStringLiteral("ws://127.0.0.1:%1/api/v2/streaming/interactions").arg(m_server.port());
    const QStringList arguments{QStringLiteral("record"),
                                QStringLiteral("--url"),
                                url,
                                QStringLiteral("--session"),
                                session,
                                QStringLiteral("--stats"),
                                statsPath,
                                QStringLiteral("--no-reconnect"),
                                QStringLiteral("--quiet")};
    if (!measure(round.record, QCoreApplication::applicationDirPath() + QStringLiteral("/framescope-cli"), arguments))
        return false;
    QFile file(statsPath);
    if (!file.open(QIODevice::ReadOnly))
        return fail(QStringLiteral("record left no figures"));
    const QJsonObject stats = QJsonDocument::fromJson(file.readAll()).object();
    const auto number = [&stats](const char* name) { return stats.value(QLatin1String(name)).toInteger(); };
    round.record.peakBytes = number("peak_rss_bytes");
    round.dropped = quint64(number("frames_dropped"));
    round.sessionBytes = number("session_bytes");
    round.queuePeakBytes = number("storage_queue_high_water_bytes");
    const QJsonObject findings = stats.value(QStringLiteral("findings")).toObject();
    for (const QJsonValue& count : findings)
        round.findings += quint64(count.toInteger());
    QFile::remove(session);
    if (quint64(number("frames_received")) != m_options.frames)
        return fail(QStringLiteral("record received %1 frames").arg(number("frames_received")));
    return true;
}

} // namespace

PipelineResult runPipeline(const PipelineOptions& options)
{
    return PipelineRun(options).run();
}

int runBareLoop(quint16 port)
{
    quint64 frames = 0;
    QWebSocket socket;
    QObject::connect(&socket, &QWebSocket::textMessageReceived, &socket, [&](const QString&) { ++frames; });
    QObject::connect(&socket, &QWebSocket::binaryMessageReceived, &socket, [&](const QByteArray&) { ++frames; });
    QObject::connect(&socket, &QWebSocket::disconnected, QCoreApplication::instance(), &QCoreApplication::quit);
    QObject::connect(&socket, QOverload<QAbstractSocket::SocketError>::of(&QWebSocket::error),
                     QCoreApplication::instance(), &QCoreApplication::quit); // what was counted tells
    socket.open(QUrl(QStringLiteral("ws://127.0.0.1:%1/").arg(port)));
    QCoreApplication::exec();
    const QJsonObject said{{QStringLiteral("frames"), qint64(frames)},
                           {QStringLiteral("peak_rss_bytes"), peakResidentBytes()}};
    QTextStream(stdout) << QJsonDocument(said).toJson(QJsonDocument::Compact) << '\n';
    return 0;
}

} // namespace framescope::bench
