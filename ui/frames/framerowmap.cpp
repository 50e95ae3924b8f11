#include "ui/frames/framerowmap.h"

#include <algorithm>

namespace framescope {

void FrameRowMap::clear()
{
    m_numbers.clear();
    m_capped = false;
}

std::size_t FrameRowMap::rowAtOrAfter(quint64 number) const
{
    const auto found = std::lower_bound(m_numbers.begin(), m_numbers.end(), number);
    return std::size_t(found - m_numbers.begin());
}

std::size_t FrameRowMap::surplusFor(std::size_t more) const
{
    if (m_numbers.size() + more <= m_capacity)
        return 0;
    return std::min(m_numbers.size(), std::max(m_numbers.size() + more - m_capacity, m_capacity / 8));
}

void FrameRowMap::removeOldest(std::size_t rows)
{
    m_numbers.erase(m_numbers.begin(), m_numbers.begin() + std::ptrdiff_t(rows));
    m_capped = true;
}

QList<quint64> FrameRowMap::fitting(const QList<quint64>& numbers) const
{
    const std::size_t room = m_capacity - std::min(m_capacity, m_numbers.size());
    const qsizetype keep = std::min(numbers.size(), qsizetype(room));
    return numbers.last(keep);
}

QList<quint64> FrameRowMap::atMostAll(const QList<quint64>& numbers) const
{
    return numbers.last(std::min(numbers.size(), qsizetype(m_capacity)));
}

void FrameRowMap::insert(std::size_t row, const QList<quint64>& numbers)
{
    m_numbers.insert(m_numbers.begin() + std::ptrdiff_t(row), numbers.begin(), numbers.end());
}

} // namespace framescope
