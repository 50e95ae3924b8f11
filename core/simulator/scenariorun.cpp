#include "core/simulator/scenariorun.h"

#include "core/base/clock.h"

#include <cmath>
#include <numbers>

namespace framescope {

namespace {
constexpr double rateWaveSeconds = 40;
}

ScenarioRun::ScenarioRun(const Scenario& scenario, const SimulatorOptions& options, std::shared_ptr<LedgerBook> ledger,
                         TokenEndpoint& tokens)
    : m_scenario(scenario)
    , m_seed(options.seed)
    , m_rate(options.rate < 0 ? scenario.rate : options.rate)
    , m_frameLimit(options.frames)
    , m_timeScale(options.timeScale)
    , m_startedNs(monotonicNs())
    , m_ledger(std::move(ledger))
    , m_tokens(tokens)
    , m_clips(std::make_shared<MediaClips>(options.seed))
{
}

double ScenarioRun::rateAt(qint64 monoNs) const
{
    const double seconds = double(monoNs - m_startedNs) / 1e9;
    return m_rate * (1 + m_scenario.wave * std::sin(2 * std::numbers::pi * seconds / rateWaveSeconds));
}

std::chrono::milliseconds ScenarioRun::scaled(std::chrono::milliseconds wait) const
{
    return std::chrono::milliseconds(qint64(double(wait.count()) / m_timeScale));
}

bool ScenarioRun::play(const void* player)
{
    if (m_scenario.script.empty() || m_finished)
        return false;
    if (m_player == nullptr)
        m_player = player;
    return m_player == player;
}

void ScenarioRun::leave(const void* player)
{
    if (m_player == player)
        m_player = nullptr;
}

void ScenarioRun::advanceStep()
{
    if (++m_stepProgress >= step().count)
        nextStep();
}

void ScenarioRun::nextStep()
{
    m_stepProgress = 0;
    if (m_step + 1 < m_scenario.script.size())
        ++m_step;
}

void ScenarioRun::reportFinished()
{
    if (!m_finished || std::exchange(m_reported, true))
        return;
    m_ledger->finish();
    if (onFinished)
        onFinished();
}

} // namespace framescope
