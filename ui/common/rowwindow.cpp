#include "ui/common/rowwindow.h"

#include <algorithm>

namespace framescope {

void RowWindow::showNewest(quint64 items)
{
    m_last = items;
    m_hidden = items > m_limit ? items - m_limit : 0;
    m_isDetached = false;
}

void RowWindow::showAround(quint64 item, quint64 items)
{
    m_hidden = item > m_limit / 2 ? item - m_limit / 2 : 0;
    m_last = std::min(items, m_hidden + m_limit);
    m_isDetached = m_last < items;
}

RowWindow::Growth RowWindow::growthTo(quint64 items)
{
    Growth growth{0, 0, m_hidden};
    if (m_isDetached || items <= m_last)
        return growth;
    if (items - m_hidden > m_limit) {
        if (m_isHeld) {
            m_isDetached = true;
            items = std::max(m_last, m_hidden + m_limit);
        } else {
            growth.hidden = items - m_limit + m_limit / 8; // an eighth at a time, so that it is rarely done
            growth.leaving = std::min(growth.hidden, m_last) - m_hidden;
        }
    }
    // Where no row is left, nobody sees the window jump.
    growth.coming = items - std::max(m_last, growth.hidden);
    return growth;
}

void RowWindow::leave(const Growth& growth)
{
    m_hidden += growth.leaving;
    if (m_hidden == m_last)
        m_hidden = m_last = growth.hidden;
}

} // namespace framescope
