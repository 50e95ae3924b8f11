#include "tests/support/commandline.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QProcessEnvironment>
#include <csignal>

namespace framescope::test {

namespace {

constexpr int patienceMs = 90'000; // a busy machine, not a promise

/// Nothing of the person or of CI who runs the tests gets in, nothing gets out into their home.
QProcessEnvironment environmentIn(const QString& folder, const QStringList& variables)
{
    QProcessEnvironment environment;
    environment.insert(QStringLiteral("PATH"), QStringLiteral("/usr/bin:/bin"));
    environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
    environment.insert(QStringLiteral("HOME"), folder);
    environment.insert(QStringLiteral("DBUS_SESSION_BUS_ADDRESS"), QStringLiteral("disabled:"));
    for (const char* name : {"XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"})
        environment.insert(QString::fromLatin1(name), folder + u'/' + QString::fromLatin1(name).toLower());
    // What a sanitizer build is told must reach the program under test too.
    for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"}) {
        if (qEnvironmentVariableIsSet(name))
            environment.insert(QString::fromLatin1(name), qEnvironmentVariable(name));
    }
    for (const QString& variable : variables)
        environment.insert(variable.section(u'=', 0, 0), variable.section(u'=', 1));
    return environment;
}

Outcome runToEnd(const QString& program, const QStringList& arguments, const QString& folder,
                 const QStringList& variables)
{
    QProcess process;
    process.setWorkingDirectory(folder);
    process.setProcessEnvironment(environmentIn(folder, variables));
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(program, arguments);
    Outcome outcome;
    if (process.waitForFinished(patienceMs) && process.exitStatus() == QProcess::NormalExit)
        outcome.exitCode = process.exitCode();
    else
        process.kill();
    process.waitForFinished();
    outcome.out = process.readAllStandardOutput();
    outcome.err = process.readAllStandardError();
    return outcome;
}

void end(QProcess& process)
{
    if (process.state() == QProcess::NotRunning)
        return;
    process.kill();
    process.waitForFinished();
}

} // namespace

QString cliPath()
{
    // Test programs stand in tests/ of the build tree, beside bin/.
    return QDir::cleanPath(QCoreApplication::applicationDirPath() + QStringLiteral("/../bin/framescope-cli"));
}

Outcome runCli(const QString& folder, const QStringList& arguments, const QStringList& variables)
{
    return runToEnd(cliPath(), arguments, folder, variables);
}

Outcome runShell(const QString& folder, const QString& line)
{
    return runToEnd(QStringLiteral("/bin/bash"), {QStringLiteral("-c"), line}, folder, {});
}

CliProcess::CliProcess(const QString& folder, const QStringList& arguments)
{
    m_process.setWorkingDirectory(folder);
    m_process.setProcessEnvironment(environmentIn(folder, {}));
    m_process.setStandardInputFile(QProcess::nullDevice());
    m_process.start(cliPath(), arguments);
    m_process.waitForStarted(patienceMs);
}

CliProcess::~CliProcess()
{
    end(m_process);
}

bool CliProcess::waitForOutputLines(int lines)
{
    QElapsedTimer waited;
    waited.start();
    while (m_output.count('\n') < lines && waited.elapsed() < patienceMs) {
        if (!m_process.waitForReadyRead(patienceMs))
            break;
        m_output += m_process.readAllStandardOutput();
    }
    return m_output.count('\n') >= lines;
}

bool CliProcess::waitForEnd()
{
    return m_process.state() == QProcess::NotRunning || m_process.waitForFinished(patienceMs);
}

void CliProcess::signal(int number)
{
    if (m_process.processId() > 0)
        ::kill(pid_t(m_process.processId()), number);
}

int CliProcess::exitCode() const
{
    return m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
}

SimulateProcess::SimulateProcess(const QString& folder, const QStringList& arguments)
    : m_cli(folder, QStringList(QStringLiteral("simulate")) + arguments)
    , m_ready(m_cli.waitForOutputLines(4))
{
}

QString SimulateProcess::value(const char* name) const
{
    for (const QByteArray& line : m_cli.output().split('\n')) {
        if (line.startsWith(QByteArray(name) + '='))
            return QString::fromUtf8(line.mid(line.indexOf('=') + 1));
    }
    return {};
}

ForeignServer::ForeignServer(const QString& script, const QStringList& arguments)
{
    // Debian's own Python: it is the one that python3-websockets belongs to.
    m_process.start(QStringLiteral("/usr/bin/python3"), QStringList(script) + arguments);
    QByteArray line;
    while (!line.contains('\n') && m_process.waitForReadyRead(patienceMs))
        line += m_process.readAllStandardOutput();
    m_port = line.trimmed().toUShort();
}

ForeignServer::~ForeignServer()
{
    end(m_process);
}

} // namespace framescope::test
