#include "core/decode/typenametable.h"

#include "core/decode/findingcollector.h"
#include "core/decode/secretmask.h"

namespace framescope {

TypeNameTable::TypeNameTable(std::size_t limit)
    : m_limit(limit)
    , m_names(std::make_shared<TypeNames>(TypeNames{QByteArray()}))
{
}

void TypeNameTable::addKnown(const QByteArray& name)
{
    auto names = std::make_shared<TypeNames>(*m_names);
    names->push_back(name);
    m_names = std::move(names);
    m_ids.insert(name, TypeId(m_names->size() - 1));
}

TypeId TypeNameTable::intern(QByteArrayView wireName)
{
    if (wireName.isEmpty())
        return unknownType;
    // Whole, before it is cut: half a secret would not be recognised.
    const QByteArray name = cutEvidence(withoutSecrets(wireName.toByteArray()), nameBytes);
    if (const auto known = m_ids.constFind(name); known != m_ids.cend())
        return *known;
    if (m_names->size() + 1 >= m_limit)
        return add(otherTypes);
    return add(name);
}

TypeId TypeNameTable::add(const QByteArray& name)
{
    if (const auto known = m_ids.constFind(name); known != m_ids.cend())
        return *known;
    addKnown(name);
    return TypeId(m_names->size() - 1);
}

} // namespace framescope
