#include "core/store/chainkeeper.h"

#include "core/store/sessionschema.h"

#include <cstring>

namespace framescope {

namespace {

// An anchor is written at each checkpoint, but pressed onto the disk no more often than this.
constexpr std::chrono::nanoseconds anchorDurableInterval = std::chrono::seconds(1);

template <std::size_t N>
QByteArrayView viewOf(const std::array<unsigned char, N>& bytes)
{
    return {bytes.data(), qsizetype(N)};
}

template <std::size_t N>
std::array<unsigned char, N> arrayOf(QByteArrayView bytes)
{
    std::array<unsigned char, N> result{};
    if (std::size_t(bytes.size()) == N)
        std::memcpy(result.data(), bytes.data(), N);
    return result;
}

/// The row with the highest sequence number of both tables: its number and its hash.
constexpr const char* selectHead =
    "SELECT last_seq, chain FROM (SELECT first_seq + frame_count - 1 AS last_seq, chain FROM block"
    " ORDER BY first_frame DESC LIMIT 1)"
    " UNION ALL SELECT * FROM (SELECT seq, chain FROM audit_event ORDER BY seq DESC LIMIT 1) ORDER BY 1 DESC LIMIT 1";

} // namespace

ChainKeeper::ChainKeeper(Position position, AnchorBook anchors, QString sessionPath)
    : m_at(std::move(position))
    , m_hasher(m_at.genesis)
    , m_anchors(std::move(anchors))
    , m_sessionPath(std::move(sessionPath))
    , m_boot(currentBootId())
{
}

void ChainKeeper::add(const FrameBatch& block, const TypeNames& names)
{
    m_links.resize(block.size() * linkBytes);
    char* link = m_links.data();
    for (std::size_t i = 0; i < block.size(); ++i, link += linkBytes) {
        const TypeId type = block.heads[i].type;
        m_at.head =
            m_hasher.frame(m_at.head, block, i, type < names.size() ? QByteArrayView(names[type]) : QByteArrayView());
        std::memcpy(link, m_at.head.data(), linkBytes);
    }
    m_at.seq = block.firstAuditSeq + block.size() - 1;
}

void ChainKeeper::add(const EventEntry& event)
{
    m_at.head = m_hasher.event(m_at.head, event);
    m_at.seq = event.seq;
}

QByteArrayView ChainKeeper::head() const
{
    return viewOf(m_at.head);
}

QByteArrayView ChainKeeper::links() const
{
    return {m_links.data(), qsizetype(m_links.size())};
}

void ChainKeeper::useKey(std::shared_ptr<const SigningKey> key)
{
    m_key = std::move(key);
}

bool ChainKeeper::isDue(qint64 monoNs) const
{
    if (!m_key || !m_at.last || m_at.seq == m_at.last->seq)
        return false;
    return m_at.seq - m_at.last->seq >= checkpointEntries ||
           std::chrono::nanoseconds(monoNs - m_at.last->at.monoNs) >= checkpointInterval;
}

Expected<void> ChainKeeper::sign(SqliteConnection& connection, CheckpointReason reason, Instant at)
{
    if (!m_key)
        return {};
    Checkpoint checkpoint;
    checkpoint.number = m_at.last ? m_at.last->number + 1 : 1;
    checkpoint.reason = reason;
    checkpoint.seq = m_at.seq;
    checkpoint.head = m_at.head;
    checkpoint.at = at;
    checkpoint.boot = m_boot;
    if (m_at.last)
        checkpoint.previous = citationOf(*m_at.last, m_at.genesis);
    checkpoint.keyId = m_key->publicKey().id();
    auto signature = m_key->sign(signedBytes(checkpoint, m_at.genesis));
    if (!signature)
        return tl::unexpected(signature.error());
    checkpoint.signature = *signature;

    auto insert = connection.prepare(
        "INSERT INTO checkpoint(number, reason, seq, head, wall_ns, mono_ns, boot, previous, key_id, signature)"
        " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)");
    if (!insert)
        return tl::unexpected(insert.error());
    insert->bind(1, qint64(checkpoint.number));
    insert->bind(2, qint64(checkpoint.reason));
    insert->bind(3, qint64(checkpoint.seq));
    insert->bindBlob(4, viewOf(checkpoint.head));
    insert->bind(5, checkpoint.at.wallNs);
    insert->bind(6, checkpoint.at.monoNs);
    insert->bindBlob(7, viewOf(checkpoint.boot));
    insert->bindBlob(8, viewOf(checkpoint.previous));
    insert->bindBlob(9, viewOf(checkpoint.keyId));
    insert->bindBlob(10, viewOf(checkpoint.signature));
    if (auto done = insert->run(); !done)
        return done;
    m_at.isEnded = m_at.isEnded || reason == CheckpointReason::Stop;
    m_at.last = checkpoint;
    m_anchorIsOld = true;
    return {};
}

void ChainKeeper::committed()
{
    if (!std::exchange(m_anchorIsOld, false))
        return;
    const Checkpoint& last = *m_at.last;
    const bool isLasting = last.reason != CheckpointReason::Periodic;
    const bool isDurable =
        isLasting || std::chrono::nanoseconds(last.at.monoNs - m_anchorDurableAtNs) >= anchorDurableInterval;
    if (isDurable)
        m_anchorDurableAtNs = last.at.monoNs;
    auto written = m_anchors.write(
        {m_at.sessionId, last.seq, last.head, last.number, last.keyId, last.at.wallNs, m_at.isEnded, m_sessionPath},
        isDurable);
    m_anchorError = written ? std::nullopt : std::optional(written.error());
}

void bindEvent(SqliteStatement& insert, const EventEntry& entry)
{
    insert.bind(1, qint64(entry.seq));
    insert.bind(2, entry.at.wallNs);
    insert.bind(3, entry.at.monoNs);
    insert.bind(4, entry.severity);
    insert.bindText(5, entry.action);
    insert.bind(6, entry.connection);
    insert.bind(7, entry.attempt);
    insert.bindText(8, entry.object);
    insert.bindText(9, entry.detail);
}

Checkpoint checkpointRow(SqliteStatement& statement)
{
    Checkpoint checkpoint;
    checkpoint.number = quint64(statement.integer(0));
    const qint64 reason = statement.integer(1);
    checkpoint.reason = CheckpointReason(reason == quint8(reason) ? quint8(reason) : 0);
    checkpoint.seq = quint64(statement.integer(2));
    checkpoint.head = arrayOf<32>(statement.bytes(3));
    checkpoint.at = {statement.integer(5), statement.integer(4)};
    checkpoint.boot = arrayOf<16>(statement.bytes(6));
    checkpoint.previous = arrayOf<32>(statement.bytes(7));
    checkpoint.keyId = arrayOf<32>(statement.bytes(8));
    checkpoint.signature = arrayOf<64>(statement.bytes(9));
    return checkpoint;
}

Expected<ChainKeeper::Position> chainPositionOf(SqliteConnection& connection)
{
    ChainKeeper::Position at;
    auto identity = readChainIdentity(connection);
    if (!identity)
        return tl::unexpected(identity.error());
    at.sessionId = identity->values["id"];
    at.genesis = identity->storedGenesis;
    at.head = at.genesis;
    at.isEnded = identity->endedWallNs != 0;
    auto head = connection.prepare(selectHead);
    if (!head)
        return tl::unexpected(head.error());
    auto row = head->step();
    if (!row)
        return tl::unexpected(row.error());
    if (*row) {
        at.seq = quint64(head->integer(0));
        at.head = arrayOf<32>(head->bytes(1));
    }
    auto newest = connection.prepare(
        "SELECT number, reason, seq, head, wall_ns, mono_ns, boot, previous, key_id, signature FROM checkpoint"
        " ORDER BY number DESC LIMIT 1");
    if (!newest)
        return tl::unexpected(newest.error());
    row = newest->step();
    if (!row)
        return tl::unexpected(row.error());
    if (*row)
        at.last = checkpointRow(*newest);
    return at;
}

} // namespace framescope
