#pragma once
/// Durations counted in steps of at most 1/16 of their size, from 1 µs to about an hour: percentiles at a fixed price.
/// Thread: one.
#include <QtGlobal>
#include <array>

namespace framescope {

class TimeHistogram
{
public:
    void add(qint64 ns);
    void clear();
    [[nodiscard]] quint64 count() const { return m_count; }
    [[nodiscard]] qint64 maximumNs() const { return m_maximum; }
    /// Upper edge of the step that holds the share @p quantile (0.99) of all; 0 when nothing was counted.
    [[nodiscard]] qint64 percentileNs(double quantile) const;

private:
    static constexpr int stepsPerDoubling = 16;
    static constexpr int stepCount = 32 * stepsPerDoubling;
    std::array<quint64, stepCount> m_steps{};
    quint64 m_count = 0;
    qint64 m_maximum = 0;
};

} // namespace framescope
