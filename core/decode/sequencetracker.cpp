#include "core/decode/sequencetracker.h"

namespace framescope {

SequenceResult SequenceTracker::follow(quint16 connection, quint16 type, quint64 number, quint64 mask)
{
    const quint64 unread = m_unread[connection];
    if (m_entries.size() >= entryLimit)
        m_entries.clear(); // far more lanes than a session has: start anew rather than grow
    const auto [found, isFirst] = m_entries.try_emplace((quint32(connection) << 16) | type, Entry{number, unread});
    Entry& entry = found->second;
    if (isFirst)
        return {};

    const quint64 expected = (entry.last + 1) & mask;
    const quint64 ahead = (number - expected) & mask;
    const bool isBehind = ahead > mask / 2;
    const bool counterRestarted = isBehind && entry.repeated && number == entry.lastRepeat + 1;
    SequenceResult result{SequenceResult::Kind::InOrder, expected, 0};
    if (isBehind && !counterRestarted) {
        entry.repeated = true;
        entry.lastRepeat = number;
        result.kind = SequenceResult::Kind::Repeat;
        return result;
    }
    const quint64 explained = unread - entry.unreadAtLast;
    if (!isBehind && ahead > explained) {
        result.kind = SequenceResult::Kind::Gap;
        result.missing = ahead - explained;
    }
    entry = Entry{number, unread};
    return result;
}

void SequenceTracker::passUnread(quint16 connection, quint64 count)
{
    m_unread[connection] += count;
}

void SequenceTracker::connectionStarted(quint16 connection)
{
    m_unread.erase(connection);
    std::erase_if(m_entries, [connection](const auto& entry) { return entry.first >> 16 == connection; });
}

} // namespace framescope
