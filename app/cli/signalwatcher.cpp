#include "app/cli/signalwatcher.h"

#include "app/cli/exitcode.h"

#include <QSocketNotifier>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace framescope::cli {

namespace {

std::atomic<int> signalCount{0};
std::array<int, 2> ends{-1, -1}; // reading, writing
constexpr std::array<int, 3> watched{SIGINT, SIGTERM, SIGHUP};

void onSignal(int)
{
    const int savedErrno = errno;
    if (++signalCount >= 3)
        _exit(ExitInterrupted);
    const char byte = 1;
    [[maybe_unused]] const ssize_t written = write(ends[1], &byte, 1); // full: it will wake up anyway
    errno = savedErrno;
}

} // namespace

SignalWatcher::SignalWatcher(QObject* parent)
    : QObject(parent)
{
    if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
        qFatal("no pipe for signals");
    auto* notifier = new QSocketNotifier(ends[0], QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, [this] {
        std::array<char, 16> bytes{};
        while (read(ends[0], bytes.data(), bytes.size()) > 0) {
        }
        Q_EMIT interrupted();
    });
    struct sigaction action = {};
    action.sa_handler = onSignal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (const int signal : watched)
        sigaction(signal, &action, nullptr);
}

SignalWatcher::~SignalWatcher()
{
    for (const int signal : watched)
        std::signal(signal, SIG_DFL);
    for (int& end : ends)
        close(std::exchange(end, -1));
}

int SignalWatcher::count()
{
    return signalCount;
}

} // namespace framescope::cli
