#pragma once
/// The paths that a ShapeBook knows, with their counts: a tree a type, all in one table. For core/decode/*.cpp only.
/// Thread: the book's. Memory: ShapeLimits.
#include "core/decode/shapebook.h"

#include <string>
#include <string_view>

namespace framescope {

class ShapeTree
{
public:
    using Id = quint32;
    static constexpr Id none = 0;
    static constexpr std::size_t partCount = 2;

    struct Counts
    {
        Sightings all;
        std::array<Sightings, jsonKindCount> kinds;
        quint64 owners = 0;
    };
    struct Text
    {
        std::string text;
        std::array<quint64, partCount> count{};
        std::array<quint64, partCount> first{};
    };
    struct Node
    {
        std::string name;
        Id parent = none;
        Id item = none;    ///< child for the items of a list
        quint32 place = 0; ///< among its parent's members
        quint16 depth = 0; ///< 0: the document
        bool isItem = false;
        bool isPrivate = false; ///< its texts are nobody's business: personal, or an identifier
        bool isPrivateBelow = false;
        bool hasManyTexts = false; ///< they are not followed (any more)
        quint64 owner = 0;         ///< serial of the object that was counted last
        std::vector<Id> members;
        std::vector<Text> texts;
        std::array<Counts, partCount> parts;
    };

    explicit ShapeTree(const ShapeLimits& limits);

    /// The document of a further type.
    [[nodiscard]] Id addRoot();
    /// The member @p name of @p parent, mostly the one at @p cursor, which then points behind it; none when there is no
    /// such path.
    [[nodiscard]] Id findMember(Id parent, std::string_view name, std::size_t& cursor) const;
    /// The caller has looked whether it may: bounds are not checked here.
    Id addMember(Id parent, std::string_view name);
    Id addItem(Id parent);

    [[nodiscard]] Node& at(Id id) { return m_nodes[id]; }
    [[nodiscard]] const Node& at(Id id) const { return m_nodes[id]; }
    [[nodiscard]] std::size_t size() const { return m_nodes.size() - 1; }

private:
    [[nodiscard]] std::size_t slotOf(Id parent, std::string_view name) const;
    Id add(Id parent);

    std::vector<Node> m_nodes; ///< [0] is nobody
    std::vector<Id> m_slots;   ///< members by parent and name; open addressing, at most half full
    std::size_t m_seed;
};

} // namespace framescope
