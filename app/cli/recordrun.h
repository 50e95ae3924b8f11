#pragma once
/// One recording from start to exit code: starts the session (and the simulator of the demo), shows how it goes, ends
/// it at its limit or at a signal, and writes what was asked for.
///
/// Thread: main. It drains the session's feed, so that no frame stays in memory longer than a moment.
#include "app/cli/recordoptions.h"
#include "app/cli/recordsummary.h"
#include "app/cli/signalwatcher.h"
#include "app/cli/terminal.h"
#include "core/session/session.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <memory>

namespace framescope {
class JsonLinesWriter;
class ProfileStore;
} // namespace framescope

namespace framescope::cli {

class RecordRun final : public QObject
{
    Q_OBJECT

public:
    explicit RecordRun(RecordOptions options);
    ~RecordRun() override;

    /// Runs the event loop until the end.
    [[nodiscard]] int exec();

private:
    void start();
    [[nodiscard]] Expected<void> startDemo();
    void startSession();
    void stop();
    void onInterrupted();
    void onStateChanged(const SourceState& state);
    void onStopped(const SessionSummary& summary);
    void drainFeed();
    void showProgress();
    [[nodiscard]] QString progressText() const;
    void fail(const Error& error);

    [[nodiscard]] Expected<quint64> writeAuditCsv();
    void writeStats(const SessionSummary& summary);
    [[nodiscard]] int exitCode(const SessionSummary& summary) const;

    RecordOptions m_options;
    SignalWatcher m_signals;
    ProgressLine m_progress;
    QTimer m_progressTimer;
    QTimer m_drainTimer;
    QElapsedTimer m_running;
    QElapsedTimer m_sinceSignal;
    QElapsedTimer m_sincePlainLine;
    std::unique_ptr<SimulatorThread> m_simulator;
    std::unique_ptr<ProfileStore> m_profiles;
    std::unique_ptr<JsonLinesWriter> m_jsonLines; ///< a sink of the session: outlives it
    std::unique_ptr<Session> m_session;
    MetricsSnapshotPtr m_metrics;
    SourceState m_state;
    std::optional<Error> m_lastError; ///< of the stream; what matters when it never connected
    EventCounts m_events;
    bool m_wasConnected = false;
    bool m_limitReached = false;
    bool m_failed = false; ///< something that was asked for could not be written
};

} // namespace framescope::cli
