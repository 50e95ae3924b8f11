#pragma once
/// A histogram of durations with steps that grow with the value: 64 steps an octave, so a reported value is at most 1.6
/// % away from the real one, at any size, in 19 kB and without an allocation.
///
/// Thread: none of its own; a value that its owner guards. Units: nanoseconds, 0 to about 73 minutes (more is counted
/// at the end; `max()` and `average()` stay exact). Merging adds counters: percentiles are never averaged.
#include <QtGlobal>
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace framescope {

class LatencyHistogram
{
public:
    void add(qint64 ns)
    {
        const quint64 value = ns > 0 ? quint64(ns) : 0;
        ++m_counts[indexOf(value)];
        ++m_count;
        m_sum += value;
        m_max = std::max(m_max, value);
    }

    void merge(const LatencyHistogram& other)
    {
        for (std::size_t i = 0; i < m_counts.size(); ++i)
            m_counts[i] += other.m_counts[i];
        m_count += other.m_count;
        m_sum += other.m_sum;
        m_max = std::max(m_max, other.m_max);
    }

    void clear() { *this = LatencyHistogram(); }

    [[nodiscard]] quint64 count() const { return m_count; }
    [[nodiscard]] qint64 max() const { return qint64(m_max); }
    [[nodiscard]] qint64 average() const { return m_count == 0 ? 0 : qint64(m_sum / m_count); }

    /// Nearest rank: the smallest value that at least @p share (0 to 1) of all values do not exceed. 0 when empty.
    [[nodiscard]] qint64 percentile(double share) const
    {
        const quint64 rank = std::max<quint64>(1, quint64(std::ceil(share * double(m_count))));
        quint64 seen = 0;
        for (std::size_t i = 0; i < m_counts.size(); ++i) {
            seen += m_counts[i];
            if (seen >= rank)
                return qint64(std::min(middleOf(i), m_max));
        }
        return qint64(m_max);
    }

private:
    static constexpr int stepBits = 6;
    static constexpr int valueBits = 42;
    static constexpr quint64 steps = quint64(1) << stepBits;
    static constexpr std::size_t size = std::size_t(valueBits - stepBits + 1) * steps;

    // Values below 128 have a step of their own; above, the top seven bits choose the step within the octave.
    static std::size_t indexOf(quint64 value)
    {
        const quint64 capped = std::min(value, (quint64(1) << valueBits) - 1);
        const int shift = std::max(0, int(std::bit_width(capped)) - (stepBits + 1));
        return std::size_t(quint64(shift) * steps + (capped >> shift));
    }
    static quint64 middleOf(std::size_t index)
    {
        if (index < 2 * steps)
            return index;
        const quint64 shift = index / steps - 1;
        return ((index - shift * steps) << shift) + ((quint64(1) << shift) >> 1);
    }

    std::array<quint64, size> m_counts{};
    quint64 m_count = 0;
    quint64 m_sum = 0;
    quint64 m_max = 0;
};

} // namespace framescope
