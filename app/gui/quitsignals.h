#pragma once
/// SIGINT and SIGTERM as an ordinary Qt signal: the handler writes one byte into a socket pair, which the event loop
/// reads (a signal handler may call next to nothing: signal-safety(7)). Thread: gui; one object a program.
#include <QObject>
#include <QSocketNotifier>

namespace framescope {

class QuitSignals : public QObject
{
    Q_OBJECT

public:
    explicit QuitSignals(QObject* parent = nullptr);

Q_SIGNALS:
    void asked();

private:
    QSocketNotifier* m_notifier = nullptr;
};

} // namespace framescope
