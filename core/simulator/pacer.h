#pragma once
/// Says how many messages are due, so that the rate is exact on average also when timers come late.
///
/// What was not sent because the client does not read is owed for ten seconds at most: a client that comes back to life
/// is not flooded with an hour of traffic. Pure; it is told the time. Thread: one.
#include <QtGlobal>
#include <algorithm>

namespace framescope {

class Pacer
{
public:
    static constexpr double mostSecondsOwed = 10;

    /// Starts anew: one message is due at once.
    void start(qint64 monoNs)
    {
        m_lastNs = monoNs;
        m_owed = 1;
    }

    /// @p rate 0: no limit.
    [[nodiscard]] quint64 due(qint64 monoNs, double rate)
    {
        const double seconds = double(std::max<qint64>(0, monoNs - m_lastNs)) / 1e9;
        m_lastNs = monoNs;
        if (rate <= 0)
            return UINT64_MAX;
        m_owed = std::min(m_owed + rate * seconds, std::max(1.0, rate * mostSecondsOwed));
        return quint64(m_owed);
    }

    void spend(quint64 count) { m_owed -= double(count); }

    /// Until the next message is due; at most a second, since the rate may change.
    [[nodiscard]] int millisecondsToNext(double rate) const
    {
        return int(std::clamp((1 - m_owed) / rate * 1000 + 1, 0.0, 1000.0));
    }

private:
    qint64 m_lastNs = 0;
    double m_owed = 1;
};

} // namespace framescope
