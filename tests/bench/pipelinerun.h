#pragma once
/// `framescope-cli record` against a bare QWebSocket loop that only counts: the same server, the same load, one after
/// the other, several rounds. Each side is a process of its own, so that its memory is its own.
/// Thread: main.
#include "tests/bench/loadserver.h"

#include <QByteArray>
#include <QString>
#include <algorithm>
#include <vector>

namespace framescope::bench {

struct PipelineOptions
{
    quint64 frames = 300'000;
    int rounds = 3;
    Writing writing = Writing::EachMessage;
    QString folder; ///< for the session files; empty: the system's temporary one
};

struct SideResult
{
    double seconds = 0;       ///< from the first byte sent until everything was taken
    double secondsToExit = 0; ///< until the process had ended: what was recorded lies in its file
    double cpuSeconds = 0;    ///< of all its threads
    qint64 peakBytes = 0;     ///< resident
};

struct RoundResult
{
    SideResult bare;
    SideResult record;
    quint64 dropped = 0;
    quint64 findings = 0;
    qint64 sessionBytes = 0;
    qint64 queuePeakBytes = 0; ///< waited for the disk

    [[nodiscard]] double ratio() const { return bare.seconds / record.seconds; }
    [[nodiscard]] double ratioToExit() const { return bare.secondsToExit / record.secondsToExit; }
};

struct PipelineResult
{
    Writing writing = Writing::EachMessage;
    quint64 frames = 0;
    double serverFramesPerSecond = 0; ///< what the server delivers when nobody looks at it
    double meanBytes = 0;
    std::vector<RoundResult> rounds;
    QString problem; ///< empty: all rounds are good

    /// The median over the rounds of what @p value says of each.
    template <typename Value>
    [[nodiscard]] double median(Value value) const
    {
        std::vector<double> values;
        for (const RoundResult& round : rounds)
            values.push_back(value(round));
        if (values.empty())
            return 0;
        std::sort(values.begin(), values.end());
        return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
    }
};

[[nodiscard]] PipelineResult runPipeline(const PipelineOptions& options);

/// The bare side, as a process: connects to @p port, counts, and prints how it was. Returns its exit code.
[[nodiscard]] int runBareLoop(quint16 port);

} // namespace framescope::bench
