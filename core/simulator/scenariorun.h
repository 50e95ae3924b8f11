#pragma once
/// One run of a scenario: what all connections of a simulator share. How far the script is, who plays it, how many
/// messages were sent, and whether it is over.
///
/// A script is played by one connection at a time; when that one ends, the next accepted one goes on. Others get plain
/// traffic. Thread: the simulator's.
#include "core/simulator/ledger.h"
#include "core/simulator/mediaclips.h"
#include "core/simulator/scenario.h"
#include "core/simulator/simulator.h"
#include "core/simulator/tokenendpoint.h"

#include <chrono>
#include <functional>
#include <memory>

namespace framescope {

class ScenarioRun
{
public:
    ScenarioRun(const Scenario& scenario, const SimulatorOptions& options, std::shared_ptr<LedgerBook> ledger,
                TokenEndpoint& tokens);

    [[nodiscard]] const Scenario& scenario() const { return m_scenario; }
    [[nodiscard]] quint64 seed() const { return m_seed; }
    [[nodiscard]] const std::shared_ptr<const MediaClips>& clips() const { return m_clips; }
    [[nodiscard]] LedgerBook& ledger() { return *m_ledger; }
    [[nodiscard]] TokenEndpoint& tokens() { return m_tokens; }

    /// Frames/s at that time; 0: no limit.
    [[nodiscard]] double rateAt(qint64 monoNs) const;
    /// A scripted wait, shortened by the time scale.
    [[nodiscard]] std::chrono::milliseconds scaled(std::chrono::milliseconds wait) const;

    [[nodiscard]] quint64 messages() const { return m_messages; }
    /// How many messages may still be sent.
    [[nodiscard]] quint64 messagesLeft() const { return m_frameLimit == 0 ? UINT64_MAX : m_frameLimit - m_messages; }
    void countMessages(quint64 count) { m_messages += count; }

    /// True when @p player plays the script from now on, or did already.
    bool play(const void* player);
    [[nodiscard]] bool isPlayedBy(const void* player) const { return m_player == player; }
    void leave(const void* player);
    [[nodiscard]] const Step& step() const { return m_scenario.script[m_step]; }
    [[nodiscard]] int stepProgress() const { return m_stepProgress; }
    /// One of the step's `count` is done.
    void advanceStep();
    void nextStep();

    void muteNextHandshake() { m_muteNext = true; }
    [[nodiscard]] bool takeMute() { return std::exchange(m_muteNext, false); }

    /// The scenario is over: every connection drains and closes with 1000.
    void finish() { m_finished = true; }
    [[nodiscard]] bool isFinished() const { return m_finished; }
    /// The last message of the finished scenario has arrived (or its reader is gone). Only the first call counts.
    void reportFinished();
    std::function<void()> onFinished;

private:
    const Scenario& m_scenario;
    quint64 m_seed;
    double m_rate;
    quint64 m_frameLimit;
    double m_timeScale;
    qint64 m_startedNs;
    std::shared_ptr<LedgerBook> m_ledger;
    TokenEndpoint& m_tokens;
    std::shared_ptr<const MediaClips> m_clips;
    quint64 m_messages = 0;
    const void* m_player = nullptr;
    std::size_t m_step = 0;
    int m_stepProgress = 0;
    bool m_muteNext = false;
    bool m_finished = false;
    bool m_reported = false;
};

} // namespace framescope
