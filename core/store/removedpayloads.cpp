#include "core/store/removedpayloads.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace framescope {

namespace {

// The index of the schema has these rows only; in an older file there are none.
constexpr const char* selectRemovals = "SELECT seq, wall_ns, detail FROM audit_event"
                                       " WHERE action = 'payloads-removed' AND seq > ?1 ORDER BY seq";
constexpr qsizetype removalDetailLimit = 4096;

std::optional<FrameSpan> spanOf(const QJsonObject& detail)
{
    const qint64 first = detail.value(QStringLiteral("first_frame")).toInteger();
    const qint64 last = detail.value(QStringLiteral("last_frame")).toInteger();
    if (first < 1 || last < first)
        return std::nullopt;
    return FrameSpan{quint64(first), quint64(last)};
}

QJsonObject detailOf(QByteArrayView detail)
{
    return QJsonDocument::fromJson(detail.first(std::min(detail.size(), removalDetailLimit)).toByteArray()).object();
}

} // namespace

std::optional<FrameSpan> removedFrames(const QByteArray& detail)
{
    return spanOf(detailOf(detail));
}

Expected<void> RemovedPayloads::readOn(SqliteConnection& connection)
{
    auto select = connection.prepare(selectRemovals);
    if (!select)
        return tl::unexpected(select.error());
    select->bind(1, qint64(m_lastSeq));
    for (;;) {
        const Expected<bool> row = select->step();
        if (!row)
            return tl::unexpected(row.error());
        if (!*row)
            return {};
        m_lastSeq = quint64(select->integer(0));
        const QJsonObject detail = detailOf(select->bytes(2));
        const auto frames = spanOf(detail);
        if (!frames)
            continue;
        const auto removal = std::make_shared<const PayloadRemoval>(
            PayloadRemoval{m_lastSeq, select->integer(1), detail.value(QStringLiteral("rule")).toString().toUtf8()});
        m_entries.insert_or_assign(frames->first, Entry{frames->last, removal});
        m_frames += quint64(std::max<qint64>(0, detail.value(QStringLiteral("frames")).toInteger()));
        m_bytes += quint64(std::max<qint64>(0, detail.value(QStringLiteral("bytes")).toInteger()));
    }
}

PayloadRemovalPtr RemovedPayloads::entryOf(quint64 first, quint64 last, quint64 lastSeq) const
{
    const auto after = m_entries.upper_bound(first);
    if (after == m_entries.begin())
        return {};
    const Entry& entry = std::prev(after)->second;
    return entry.last >= last && entry.removal->seq > lastSeq ? entry.removal : PayloadRemovalPtr();
}

} // namespace framescope
