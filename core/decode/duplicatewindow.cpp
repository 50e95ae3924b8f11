#include "core/decode/duplicatewindow.h"

#include "core/decode/processseed.h"

#include <QHashFunctions>
#include <algorithm>
#include <bit>

namespace framescope {

namespace {

// For a moment one hash more than the window holds stands in the table, and a search ends at an empty slot.
constexpr std::size_t leastSlots = 4;

} // namespace

DuplicateWindow::DuplicateWindow(int size)
    : m_ring(std::size_t(std::max(1, size)), 0)
    , m_table(std::bit_ceil(std::max(m_ring.size() * 2, leastSlots)), 0)
    , m_mask(m_table.size() - 1)
{
}

bool DuplicateWindow::seenBefore(QByteArrayView id)
{
    return seenBefore(quint64(qHashBits(id.data(), std::size_t(id.size()), processSeed())));
}

bool DuplicateWindow::seenBefore(quint64 hash)
{
    hash |= 1U; // 0 marks an empty slot
    quint64& slot = m_table[slotOf(hash)];
    if (slot == hash)
        return true;
    slot = hash;
    if (m_ring[m_next] != 0)
        erase(m_ring[m_next]);
    m_ring[m_next] = hash;
    m_next = m_next + 1 == m_ring.size() ? 0 : m_next + 1;
    return false;
}

/// Where @p hash stands, or the empty slot where it would. The lowest bit is always set, so it is left out.
std::size_t DuplicateWindow::slotOf(quint64 hash) const
{
    std::size_t slot = std::size_t(hash >> 1) & m_mask;
    while (m_table[slot] != 0 && m_table[slot] != hash)
        slot = (slot + 1) & m_mask;
    return slot;
}

/// Linear probing knows no holes: later entries of the run move back into the hole when their own place allows it.
void DuplicateWindow::erase(quint64 hash)
{
    std::size_t hole = slotOf(hash);
    std::size_t at = hole;
    for (;;) {
        at = (at + 1) & m_mask;
        if (m_table[at] == 0)
            break;
        const std::size_t home = std::size_t(m_table[at] >> 1) & m_mask;
        const bool reachesOverHole = ((at - home) & m_mask) >= ((at - hole) & m_mask);
        if (reachesOverHole) {
            m_table[hole] = m_table[at];
            hole = at;
        }
    }
    m_table[hole] = 0;
}

} // namespace framescope
