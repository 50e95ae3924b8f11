#pragma once
/// Remembers the last N ids of one message type and says whether an id was among them.
///
/// Memory: fixed when made (a ring of N hashes and a table of at least 2N slots); no allocation after that. It keeps
/// 64-bit hashes seeded per process instead of the ids: a false alarm has a chance of about N / 2^64 per message.
/// Thread: one.
#include <QByteArrayView>
#include <QtGlobal>
#include <vector>

namespace framescope {

class DuplicateWindow
{
public:
    explicit DuplicateWindow(int size);

    /// True when @p id is among the last N; else it is remembered, and the oldest forgotten.
    bool seenBefore(QByteArrayView id);
    /// The same for a hash that the caller made, seeded per process.
    bool seenBefore(quint64 hash);

private:
    [[nodiscard]] std::size_t slotOf(quint64 hash) const;
    void erase(quint64 hash);

    std::vector<quint64> m_ring;  ///< hashes in order of arrival; 0 is "empty"
    std::vector<quint64> m_table; ///< open addressing, linear probing
    std::size_t m_next = 0;
    std::size_t m_mask;
};

} // namespace framescope
