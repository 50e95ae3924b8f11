#pragma once
/// SIGINT, SIGTERM and SIGHUP as a Qt signal (a pipe carries them out of the handler: signal-safety(7)).
///
/// The third one ends the process at once, for a person who is done waiting.
/// Thread: main; one in a process. count(): any, also while the event loop does not run.
#include <QObject>

namespace framescope::cli {

class SignalWatcher final : public QObject
{
    Q_OBJECT

public:
    explicit SignalWatcher(QObject* parent = nullptr);
    ~SignalWatcher() override;

    [[nodiscard]] static int count();

Q_SIGNALS:
    void interrupted();
};

} // namespace framescope::cli
