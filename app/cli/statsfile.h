#pragma once
/// The figures of a recording as JSON: what --stats and `stats --json` write. The keys are a promise (README.md); what
/// is not known afterwards (the memory of a process that is gone) is null. Thread: any; values.
#include "core/base/error.h"
#include "core/metrics/metricssnapshot.h"

#include <QByteArray>
#include <QString>
#include <optional>

namespace framescope::cli {

struct Stats
{
    MetricsSnapshotPtr metrics;
    double seconds = 0;
    quint64 framesDropped = 0;
    QByteArray error; ///< why the recording ended by itself, or lacks its end: its code; empty: no reason to
    quint64 reconnects = 0;
    qint64 sessionBytes = 0;
    quint64 payloadsRemoved = 0; ///< frames, by retention
    quint64 payloadBytesRemoved = 0;
    struct Live ///< known only to the process that recorded
    {
        qint64 durableP50Ns = 0;
        qint64 durableP99Ns = 0;
        qint64 durableMaxNs = 0;
        qint64 peakResidentBytes = 0;
        std::size_t queueHighWaterBytes = 0;
    };
    std::optional<Live> live;
};

[[nodiscard]] QByteArray statsJson(const Stats& stats);
/// Written whole or not at all. Errors: Io.
[[nodiscard]] Expected<void> writeStatsFile(const QString& path, const Stats& stats);

} // namespace framescope::cli
