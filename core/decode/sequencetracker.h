#pragma once
/// Follows the sequence numbers of each (connection, message type).
///
/// A message that arrived but whose number could not be read (broken JSON, over the gate, unknown type) explains one
/// missing number: it was received, so it is not reported as lost. A sender that restarts its counter causes one
/// finding, not one per message. Thread: pipeline. Memory: one entry per (connection, type of the matrix), at most
/// entryLimit.
#include <QtGlobal>
#include <unordered_map>

namespace framescope {

struct SequenceResult
{
    enum class Kind
    {
        InOrder,
        Gap,
        Repeat
    };
    Kind kind = Kind::InOrder;
    quint64 expected = 0;
    quint64 missing = 0; ///< Gap: how many numbers no message explains
};

class SequenceTracker
{
public:
    static constexpr std::size_t entryLimit = 65'536;

    /// @p mask is the largest number that the field holds: after it comes 0.
    SequenceResult follow(quint16 connection, quint16 type, quint64 number, quint64 mask);
    /// A message of @p connection arrived whose number, if it had one, could not be read.
    void passUnread(quint16 connection, quint64 count = 1);
    void connectionStarted(quint16 connection);

private:
    struct Entry
    {
        quint64 last = 0;
        quint64 unreadAtLast = 0;
        quint64 lastRepeat = 0;
        bool repeated = false;
    };
    std::unordered_map<quint32, Entry> m_entries; ///< connection in the high half, type in the low half
    std::unordered_map<quint16, quint64> m_unread;
};

} // namespace framescope
