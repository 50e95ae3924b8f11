#include "core/decode/schemanames.h"

#include "core/decode/jsonvalue.h"

namespace framescope {

std::size_t SchemaNames::add(std::string_view name)
{
    if (const std::size_t known = find(name); known != none)
        return known;
    m_names.push_back(name);
    if (m_names.size() <= oneByOneLimit)
        return m_names.size() - 1;
    if (m_slots.size() < 2 * m_names.size())
        growSlots();
    else
        m_slots[slotOf(name)] = quint32(m_names.size());
    return m_names.size() - 1;
}

std::size_t SchemaNames::findByHash(std::string_view name) const
{
    const quint32 found = m_slots[slotOf(name)];
    return found == 0 ? none : found - 1;
}

/// The slot where @p name is, or where it would go.
std::size_t SchemaNames::slotOf(std::string_view name) const
{
    const std::size_t mask = m_slots.size() - 1;
    std::size_t slot = std::size_t(jsonTextHash(name)) & mask;
    while (m_slots[slot] != 0 && m_names[m_slots[slot] - 1] != name)
        slot = (slot + 1) & mask;
    return slot;
}

void SchemaNames::growSlots()
{
    std::size_t size = 64;
    while (size < 4 * m_names.size())
        size *= 2;
    m_slots.assign(size, 0);
    for (std::size_t i = 0; i < m_names.size(); ++i)
        m_slots[slotOf(m_names[i])] = quint32(i + 1);
}

} // namespace framescope
