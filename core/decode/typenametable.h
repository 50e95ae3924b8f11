#pragma once
/// Names of all message types seen, by TypeId; those of the matrix come first, in its order. Names from the wire are
/// cut, cleaned of secrets and bounded in number. For core/decode/*.cpp only. Thread: the pipeline's.
#include "core/frame/frame.h"

#include <QHash>

namespace framescope {

/// The name of all types for which the table has no room.
inline constexpr char otherTypes[] = "(other)";

class TypeNameTable
{
public:
    static constexpr qsizetype nameBytes = 128;

    /// @p limit: names in all; the last place belongs to "(other)".
    explicit TypeNameTable(std::size_t limit);

    /// Before the first intern(): ids follow the order.
    void addKnown(const QByteArray& name);
    /// The id of a name from the wire; past the limit, that of otherTypes.
    TypeId intern(QByteArrayView wireName);

    [[nodiscard]] const TypeNamesPtr& names() const { return m_names; }

private:
    TypeId add(const QByteArray& name);

    const std::size_t m_limit;
    TypeNamesPtr m_names; ///< copied when a name is added: batches that were sealed keep theirs
    QHash<QByteArray, TypeId> m_ids;
};

} // namespace framescope
