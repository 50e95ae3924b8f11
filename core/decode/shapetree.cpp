#include "core/decode/shapetree.h"

#include "core/decode/maskedmembers.h"

#include <QHashFunctions>
#include <QRandomGenerator>
#include <bit>

namespace framescope {

namespace {

constexpr std::size_t lookAhead = 4; // members that are often absent

/// Identifiers are no closed list even where a short session shows few of them.
bool isIdentifierName(std::string_view name)
{
    const auto endsWith = [name](std::string_view end) {
        return name.size() >= end.size() &&
               qstrnicmp(name.data() + name.size() - end.size(), end.data(), end.size()) == 0;
    };
    return endsWith("id") || endsWith("ids") || endsWith("key") || endsWith("token") || endsWith("name");
}

} // namespace

ShapeTree::ShapeTree(const ShapeLimits& limits)
    : m_nodes(1)
    , m_slots(std::bit_ceil(2 * (limits.paths + 1)), none)
    , m_seed(std::size_t(QRandomGenerator::system()->generate64()))
{
}

ShapeTree::Id ShapeTree::add(Id parent)
{
    Node node;
    node.parent = parent;
    if (parent != none) {
        node.depth = quint16(m_nodes[parent].depth + 1);
        node.isPrivate = node.isPrivateBelow = m_nodes[parent].isPrivateBelow;
    }
    m_nodes.push_back(std::move(node));
    return Id(m_nodes.size() - 1);
}

ShapeTree::Id ShapeTree::addRoot()
{
    return add(none);
}

ShapeTree::Id ShapeTree::addItem(Id parent)
{
    const Id id = add(parent);
    m_nodes[id].isItem = true;
    m_nodes[id].isPrivate = m_nodes[parent].isPrivate;
    m_nodes[parent].item = id;
    return id;
}

ShapeTree::Id ShapeTree::addMember(Id parent, std::string_view name)
{
    const std::size_t slot = slotOf(parent, name);
    const Id id = add(parent);
    Node& node = m_nodes[id];
    node.name = name;
    node.place = quint32(m_nodes[parent].members.size());
    const auto treatment = MaskedMembers::treatmentOf(QByteArrayView(name.data(), qsizetype(name.size())));
    node.isPrivateBelow |= treatment == MaskedMembers::Treatment::All;
    node.isPrivate |= node.isPrivateBelow || treatment == MaskedMembers::Treatment::Text || isIdentifierName(name);
    m_nodes[parent].members.push_back(id);
    m_slots[slot] = id;
    return id;
}

/// Where the member stands, or would.
std::size_t ShapeTree::slotOf(Id parent, std::string_view name) const
{
    const std::size_t mask = m_slots.size() - 1;
    constexpr std::size_t spread = 0x9E3779B97F4A7C15ULL; // 2^64 divided by the golden ratio: neighbours part
    std::size_t slot = (qHashBits(name.data(), name.size(), m_seed) ^ (parent * spread)) & mask;
    for (; m_slots[slot] != none; slot = (slot + 1) & mask) {
        const Node& node = m_nodes[m_slots[slot]];
        if (node.parent == parent && node.name == name)
            break;
    }
    return slot;
}

ShapeTree::Id ShapeTree::findMember(Id parent, std::string_view name, std::size_t& cursor) const
{
    const std::vector<Id>& members = m_nodes[parent].members;
    const std::size_t end = std::min(members.size(), cursor + lookAhead);
    for (std::size_t place = cursor; place < end; ++place) {
        if (m_nodes[members[place]].name == name) {
            cursor = place + 1;
            return members[place];
        }
    }
    const Id found = m_slots[slotOf(parent, name)];
    if (found != none)
        cursor = m_nodes[found].place + 1;
    return found;
}

} // namespace framescope
