#pragma once
/// The circuit breaker: opens when the mean message size over a window passes a limit, so that a sender gone wrong
/// cannot drown everything; after a cool-down it lets exactly one probe through.
///
/// Closed -> Open (mean over limit, at least minimumFrames in the window) -> after coolDown: HalfOpen (one connection
/// is tried)
/// -> Closed when probeFrames arrive, or probeTime passes with at least one, and their mean is under the limit; else
/// Open again with the cool-down doubled up to maximumCoolDown. Thread: stream; a pure state machine that is told the
/// time. Memory: one slot a second of the window.
#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace framescope {

struct BreakerLimits
{
    std::uint64_t meanBytes = 2'000'000; ///< 2 MB
    std::chrono::seconds window{60};
    int minimumFrames = 10; ///< fewer are no mean
    std::chrono::milliseconds coolDown{30'000};
    std::chrono::milliseconds maximumCoolDown{600'000};
    int probeFrames = 10;
    std::chrono::milliseconds probeTime{10'000};
};

enum class BreakerState
{
    Closed,
    Open,
    HalfOpen
};

class CircuitBreaker
{
public:
    explicit CircuitBreaker(const BreakerLimits& limits = {});

    /// Counts one message (refused ones too). Returns the new state when it changed.
    std::optional<BreakerState> onFrame(std::uint64_t sizeBytes, std::int64_t monoNs);
    /// Lets time pass: Open to HalfOpen after the cool-down, and the end of a quiet probe.
    std::optional<BreakerState> onTick(std::int64_t monoNs);
    /// "Retry now": Open to HalfOpen at once.
    std::optional<BreakerState> probeNow(std::int64_t monoNs);

    [[nodiscard]] BreakerState state() const;
    [[nodiscard]] std::uint64_t meanBytes() const; ///< over the window as of the last frame
    [[nodiscard]] std::uint64_t framesInWindow() const;
    [[nodiscard]] std::chrono::milliseconds currentCoolDown() const;

private:
    struct Second
    {
        std::int64_t second = 0;
        std::uint64_t frames = 0;
        std::uint64_t bytes = 0;
    };
    void count(std::uint64_t sizeBytes, std::int64_t monoNs);
    [[nodiscard]] bool isMeanOverLimit() const;
    std::optional<BreakerState> judgeProbe(std::int64_t monoNs);
    std::optional<BreakerState> enter(BreakerState state, std::int64_t monoNs);
    void clearWindow();

    BreakerLimits m_limits;
    BreakerState m_state = BreakerState::Closed;
    std::deque<Second> m_seconds;
    std::uint64_t m_frames = 0;
    std::uint64_t m_bytes = 0;
    std::int64_t m_enteredNs = 0;
    std::chrono::milliseconds m_coolDown;
};

} // namespace framescope
