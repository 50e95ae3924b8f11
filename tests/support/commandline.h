#pragma once
/// framescope-cli and other programs as processes of a test: with an empty environment of their own (settings, sessions
/// and .env inside the test's folder), killed when the test ends. Thread: the test's.
#include <QByteArray>
#include <QProcess>
#include <QString>
#include <QStringList>

namespace framescope::test {

struct Outcome
{
    int exitCode = -1; ///< -1: it did not end in time, or crashed
    QByteArray out;
    QByteArray err;
};

[[nodiscard]] QString cliPath();
/// Runs framescope-cli in @p folder to its end. @p variables: "NAME=value".
[[nodiscard]] Outcome runCli(const QString& folder, const QStringList& arguments, const QStringList& variables = {});
/// Runs a line of bash.
[[nodiscard]] Outcome runShell(const QString& folder, const QString& line);

/// framescope-cli while it runs.
class CliProcess
{
public:
    CliProcess(const QString& folder, const QStringList& arguments);
    ~CliProcess();
    CliProcess(const CliProcess&) = delete;
    CliProcess& operator=(const CliProcess&) = delete;

    [[nodiscard]] bool waitForOutputLines(int lines);
    [[nodiscard]] bool waitForEnd();
    void signal(int number);
    [[nodiscard]] int exitCode() const;
    [[nodiscard]] QByteArray output() const { return m_output; }
    [[nodiscard]] QByteArray errors() { return m_process.readAllStandardError(); }

private:
    QProcess m_process;
    QByteArray m_output;
};

/// `framescope-cli simulate` until the test ends.
class SimulateProcess
{
public:
    SimulateProcess(const QString& folder, const QStringList& arguments);

    [[nodiscard]] bool isReady() const { return m_ready; }
    [[nodiscard]] QByteArray output() const { return m_cli.output(); }
    [[nodiscard]] QByteArray errors() { return m_cli.errors(); }
    /// Of a line NAME=value that it printed.
    [[nodiscard]] QString value(const char* name) const;

private:
    CliProcess m_cli;
    bool m_ready;
};

/// A Python program that prints its port and serves until the test ends: a WebSocket server that is not ours.
class ForeignServer
{
public:
    ForeignServer(const QString& script, const QStringList& arguments);
    ~ForeignServer();
    ForeignServer(const ForeignServer&) = delete;
    ForeignServer& operator=(const ForeignServer&) = delete;

    [[nodiscard]] quint16 port() const { return m_port; } ///< 0: it did not start
    [[nodiscard]] QByteArray errors() { return m_process.readAllStandardError(); }

private:
    QProcess m_process;
    quint16 m_port = 0;
};

} // namespace framescope::test
