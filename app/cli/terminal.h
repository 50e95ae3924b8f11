#pragma once
/// The two streams and the terminal: data to standard output, everything else to standard error.
///
/// Text from the wire never drives a terminal: say() and the progress line show control characters as escapes.
/// Thread: main, but for say(), which any may call.
#include <QByteArrayView>
#include <QIODevice>
#include <QString>

namespace framescope::cli {

/// SIGPIPE is ignored (a broken pipe shows as a failed write), Qt's own messages go through say(), and a locale that is
/// not UTF-8 is replaced. Before QCoreApplication is made.
void initTerminal();

/// Text from elsewhere with its control characters as escapes: for lines that go to standard output.
[[nodiscard]] QString printable(const QString& line);

enum class Tone
{
    Plain,
    Good,
    Warning,
    Bad,
    Faint
};
/// One line to standard error; in colour where that is a terminal and NO_COLOR (https://no-color.org) is not set.
void say(const QString& line, Tone tone = Tone::Plain);
/// "framescope-cli record: ..." to standard error; returns ExitUsage.
int usageError(const QString& command, const QString& what);

[[nodiscard]] bool isErrorTerminal();  ///< standard error is a terminal
[[nodiscard]] bool isOutputTerminal(); ///< standard output is a terminal

/// One line that is rewritten in place. Silent where standard error is no terminal or @p enabled is false.
class ProgressLine
{
public:
    explicit ProgressLine(bool enabled = true);
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    [[nodiscard]] bool isEnabled() const { return m_enabled; }
    void show(const QString& text);
    /// Before anything else is written.
    void clear();

private:
    const bool m_enabled;
    bool m_shown = false;
};

/// Standard output as a device, unbuffered. When its reader has gone (EPIPE), isBroken() says so: the command then ends
/// without a word, as every filter in a pipe does.
class OutputDevice final : public QIODevice
{
public:
    OutputDevice();
    [[nodiscard]] bool isBroken() const { return m_broken; }
    bool isSequential() const override { return true; }

protected:
    qint64 readData(char*, qint64) override { return -1; }
    qint64 writeData(const char* bytes, qint64 size) override;

private:
    bool m_broken = false;
};

} // namespace framescope::cli
