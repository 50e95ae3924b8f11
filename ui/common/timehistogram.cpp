#include "ui/common/timehistogram.h"

#include <algorithm>
#include <cmath>

namespace framescope {

void TimeHistogram::add(qint64 ns)
{
    const double us = std::max(1.0, double(ns) / 1000.0);
    const int step = std::clamp(int(std::log2(us) * stepsPerDoubling), 0, stepCount - 1);
    ++m_steps[std::size_t(step)];
    ++m_count;
    m_maximum = std::max(m_maximum, ns);
}

void TimeHistogram::clear()
{
    *this = {};
}

qint64 TimeHistogram::percentileNs(double quantile) const
{
    if (m_count == 0)
        return 0;
    const auto rank = quint64(std::ceil(quantile * double(m_count)));
    quint64 seen = 0;
    for (int step = 0; step < stepCount; ++step) {
        seen += m_steps[std::size_t(step)];
        if (seen >= rank)
            return std::min(m_maximum, qint64(std::exp2(double(step + 1) / stepsPerDoubling) * 1000.0));
    }
    return m_maximum;
}

} // namespace framescope
