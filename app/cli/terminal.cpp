#include "app/cli/terminal.h"

#include "app/cli/exitcode.h"
#include "core/base/redactor.h"

#include <QByteArray>
#include <array>
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstring>
#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace framescope::cli {

namespace {

/// False when the reader has gone or the disk is full.
bool writeAll(int descriptor, const char* bytes, qint64 size)
{
    while (size > 0) {
        const ssize_t written = ::write(descriptor, bytes, std::size_t(size));
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        size -= written;
    }
    return true;
}

void toErrorStream(const QByteArray& bytes)
{
    (void)writeAll(STDERR_FILENO, bytes.constData(), bytes.size()); // there is nowhere left to complain
}

void onQtMessage(QtMsgType, const QMessageLogContext&, const QString& message)
{
    say(redactor::redacted(message));
}

int terminalColumns()
{
    winsize size{};
    const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : 80;
}

} // namespace

void initTerminal()
{
    std::signal(SIGPIPE, SIG_IGN);
    qInstallMessageHandler(onQtMessage);
    // Qt wants UTF-8 and says so on standard error where a bare system has none; its own way out is this one.
    std::setlocale(LC_ALL, "");
    if (std::strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        qputenv("LC_ALL", "C.UTF-8");
}

QString printable(const QString& line)
{
    return redactor::withoutControls(line);
}

void say(const QString& line, Tone tone)
{
    static const bool coloured =
        isErrorTerminal() && qEnvironmentVariableIsEmpty("NO_COLOR") && qgetenv("TERM") != QByteArrayView("dumb");
    static const std::array<QByteArray, 5> codes{"", "\x1b[32m", "\x1b[33m", "\x1b[31m", "\x1b[2m"};
    const QByteArray text = redactor::withoutControls(line).toUtf8();
    if (coloured && tone != Tone::Plain)
        toErrorStream(codes[std::size_t(tone)] + text + "\x1b[0m\n");
    else
        toErrorStream(text + '\n');
}

int usageError(const QString& command, const QString& what)
{
    const QString name =
        command.isEmpty() ? QStringLiteral("framescope-cli") : QStringLiteral("framescope-cli ") + command;
    say(name + QStringLiteral(": ") + what);
    say(QStringLiteral("See: %1 --help").arg(name));
    return ExitUsage;
}

bool isErrorTerminal()
{
    return isatty(STDERR_FILENO) == 1;
}

bool isOutputTerminal()
{
    return isatty(STDOUT_FILENO) == 1;
}

ProgressLine::ProgressLine(bool enabled)
    : m_enabled(enabled && isErrorTerminal())
{
}

ProgressLine::~ProgressLine()
{
    clear();
}

void ProgressLine::show(const QString& text)
{
    if (!m_enabled)
        return;
    QString line = redactor::withoutControls(text);
    line.truncate(terminalColumns() - 1); // a wrapped line could not be rewritten
    toErrorStream("\r" + line.toUtf8() + "\x1b[K");
    m_shown = true;
}

void ProgressLine::clear()
{
    if (m_shown)
        toErrorStream("\r\x1b[K");
    m_shown = false;
}

OutputDevice::OutputDevice()
{
    open(QIODevice::WriteOnly | QIODevice::Unbuffered);
}

qint64 OutputDevice::writeData(const char* bytes, qint64 size)
{
    if (m_broken)
        return -1;
    if (writeAll(STDOUT_FILENO, bytes, size))
        return size;
    m_broken = errno == EPIPE;
    setErrorString(QString::fromLocal8Bit(std::strerror(errno)));
    return -1;
}

} // namespace framescope::cli
