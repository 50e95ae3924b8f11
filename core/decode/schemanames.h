#pragma once
/// A list of names, such as the members that a schema knows, in which a name is found quickly however many there are:
/// first where the caller expects it, then one by one among few, by hash among many. The hash is seeded: names that
/// collide cannot be made up. For core/decode/*.cpp only. Thread: any once it is filled.
#include <QtGlobal>
#include <limits>
#include <string_view>
#include <vector>

namespace framescope {

class SchemaNames
{
public:
    static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

    /// The index of @p name, which is added if it is not there yet. The text must outlive the list.
    std::size_t add(std::string_view name);
    /// The index of @p name, or none. @p guess is looked at first.
    [[nodiscard]] std::size_t find(std::string_view name, std::size_t guess = 0) const
    {
        if (guess < m_names.size() && m_names[guess] == name)
            return guess;
        if (!m_slots.empty())
            return findByHash(name);
        for (std::size_t i = 0; i < m_names.size(); ++i) {
            if (m_names[i] == name)
                return i;
        }
        return none;
    }
    [[nodiscard]] std::size_t size() const { return m_names.size(); }
    [[nodiscard]] bool isEmpty() const { return m_names.empty(); }
    [[nodiscard]] std::string_view at(std::size_t index) const { return m_names[index]; }
    [[nodiscard]] const std::vector<std::string_view>& all() const { return m_names; }

private:
    static constexpr std::size_t oneByOneLimit = 12;

    [[nodiscard]] std::size_t findByHash(std::string_view name) const;
    [[nodiscard]] std::size_t slotOf(std::string_view name) const;
    void growSlots();

    std::vector<std::string_view> m_names;
    std::vector<quint32> m_slots; ///< index + 1, 0 where free; a power of two of them, at most half full; empty for few
};

} // namespace framescope
