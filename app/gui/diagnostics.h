#pragma once
/// What the window itself cost, for --diagnostics FILE: written as JSON at exit.
///
/// The event loop is watched by a 10 ms timer: what is counted is how late it fired, so a block shorter than a few
/// milliseconds may hide between two of its shots; longer ones cannot.
/// Thread: gui. Memory: two histograms, the worst ten beats and one sample a minute.
#include "core/base/error.h"
#include "ui/common/timehistogram.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QObject>
#include <QTimer>
#include <vector>

namespace framescope {

class MainWindow;

class Diagnostics : public QObject
{
    Q_OBJECT

public:
    Diagnostics(const MainWindow& window, QString path);
    ~Diagnostics() override;

    [[nodiscard]] Expected<void> write() const;

private:
    void observeLoop();
    void noteIfWorst(double lateMs);
    void sampleMemory();

    const MainWindow& m_window;
    QString m_path;
    QTimer m_beat;
    QTimer m_minute;
    QElapsedTimer m_running;
    qint64 m_lastBeatNs = 0;
    TimeHistogram m_lateness;
    std::vector<std::pair<double, double>> m_worst; ///< seconds since the start, ms late: the latest beats
    QJsonArray m_memory;
};

} // namespace framescope
