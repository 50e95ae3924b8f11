#pragma once
/// How long to wait before the next attempt: exponential back-off with full jitter, U(0, min(cap, base * 2^n)), so that
/// many clients that lost one service do not return at one instant.
///
/// n counts from 0 and is the number of waits since the stream was last healthy. It starts anew only after a connection
/// stayed open for `healthyAfter` and delivered a message: a service that accepts and drops at once gains nothing.
/// A slow wait (the service refuses us, rather than fails) has a floor of five bases beneath the jitter, within the
/// cap. Thread: any; pure, the random source is given.
#include "core/stream/directstreamconfig.h"

#include <functional>

namespace framescope {

enum class RetryPace
{
    Normal,
    Slow
};

class Backoff
{
public:
    /// @p uniform gives numbers in [0, 1); empty: the system's generator.
    explicit Backoff(const ReconnectLimits& limits, std::function<double()> uniform = {});

    [[nodiscard]] std::chrono::milliseconds next(RetryPace pace = RetryPace::Normal);
    void connectionEnded(std::chrono::nanoseconds connectedFor, bool delivered);
    [[nodiscard]] int waits() const { return m_waits; }

private:
    ReconnectLimits m_limits;
    std::function<double()> m_uniform;
    int m_waits = 0;
};

} // namespace framescope
