#include "core/store/sessionstorage.h"

#include <QFile>
#include <sys/stat.h>

namespace framescope {

namespace {

qint64 sizeOf(const QByteArray& path)
{
    struct stat file;
    return stat(path.constData(), &file) == 0 ? qint64(file.st_size) : 0;
}

struct BlockCounts
{
    qint64 accepted = 0;
    qint64 warned = 0;
    qint64 refused = 0;
    quint64 receivedBytes = 0;
};

BlockCounts countsOf(const FrameBatch& block)
{
    BlockCounts counts;
    for (const FrameHead& head : block.heads) {
        counts.accepted += head.verdict == Verdict::Accepted;
        counts.warned += head.verdict == Verdict::Warned;
        counts.refused += head.verdict == Verdict::Refused;
        counts.receivedBytes += head.sizeBytes;
    }
    return counts;
}

} // namespace

SessionStorage::SessionStorage(QString path, SqliteConnection connection, PayloadPolicy payloads)
    : m_path(std::move(path))
    , m_encodedPath(QFile::encodeName(m_path))
    , m_connection(std::move(connection))
    , m_builder(payloads)
{
    struct stat file;
    if (stat(m_encodedPath.constData(), &file) == 0)
        m_inode = file.st_ino;
}

Expected<std::unique_ptr<SessionStorage>> SessionStorage::create(const QString& path, const SessionInfo& info)
{
    auto connection = createSessionDatabase(path, info);
    if (!connection)
        return tl::unexpected(connection.error());
    std::unique_ptr<SessionStorage> storage(new SessionStorage(path, std::move(*connection), info.payloads));
    if (auto ok = storage->prepare(); !ok)
        return tl::unexpected(ok.error());
    return storage;
}

Expected<void> SessionStorage::prepare()
{
    const std::pair<SqliteStatement*, const char*> statements[] = {
        {&m_insertBlock, "INSERT INTO block(first_frame, frame_count, first_seq, first_mono_ns, last_mono_ns,"
                         " first_wall_ns, last_wall_ns, accepted, warned, refused, received_bytes, payload_bytes,"
                         " heads, findings, digests, payload)"
                         " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)"},
        {&m_insertEvent, "INSERT INTO audit_event(seq, wall_ns, mono_ns, severity, action, connection, attempt, object,"
                         " detail) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)"},
        {&m_insertType, "INSERT INTO type_name(id, name) VALUES(?1,?2)"},
    };
    for (const auto& [statement, sql] : statements) {
        auto prepared = m_connection.prepare(sql);
        if (!prepared)
            return tl::unexpected(prepared.error());
        *statement = std::move(*prepared);
    }
    return {};
}

Expected<void> SessionStorage::write(const FrameBatch& batch)
{
    if (batch.isEmpty())
        return {};
    std::size_t taken = 0;
    while (taken < batch.size()) {
        taken = m_builder.take(batch, taken);
        if (taken < batch.size()) {
            if (auto ok = seal(); !ok)
                return ok;
        }
    }
    for (const FrameHead& head : batch.heads)
        m_arrivals.push_back(head.monoNs);
    m_uncommittedBytes += batch.weightBytes();
    m_lastSeq = batch.firstAuditSeq + batch.size() - 1;
    return {};
}

Expected<void> SessionStorage::write(const AuditEvent& event)
{
    if (auto ok = seal(); !ok)
        return ok;
    if (auto ok = begin(); !ok)
        return ok;
    const QByteArray action(auditActionName(event.action).data());
    m_insertEvent.bind(1, qint64(event.seq));
    m_insertEvent.bind(2, event.at.wallNs);
    m_insertEvent.bind(3, event.at.monoNs);
    m_insertEvent.bind(4, qint64(event.severity));
    m_insertEvent.bindText(5, action);
    m_insertEvent.bind(6, event.connection);
    m_insertEvent.bind(7, event.attempt);
    m_insertEvent.bindText(8, event.object);
    m_insertEvent.bindText(9, event.detail);
    if (auto ok = m_insertEvent.run(); !ok)
        return ok;
    m_uncommittedBytes += sizeof(AuditEvent) + std::size_t(event.object.size() + event.detail.size());
    m_lastSeq = event.seq;
    return {};
}

Expected<void> SessionStorage::begin()
{
    if (m_connection.inTransaction())
        return {};
    return m_connection.execute("BEGIN IMMEDIATE");
}

Expected<void> SessionStorage::seal()
{
    if (m_builder.isEmpty())
        return {};
    if (auto ok = begin(); !ok)
        return ok;
    if (auto ok = insertTypeNames(); !ok)
        return ok;
    auto row = m_encoder.encode(m_builder.block(), m_packing);
    if (!row)
        return tl::unexpected(row.error());
    auto inserted = insertBlock(*row, m_builder.block());
    m_builder.clear();
    return inserted;
}

Expected<void> SessionStorage::insertTypeNames()
{
    const TypeNames& names = m_builder.typeNames();
    for (; m_typesWritten < names.size(); ++m_typesWritten) {
        m_insertType.bind(1, qint64(m_typesWritten));
        m_insertType.bindText(2, names[m_typesWritten]);
        if (auto ok = m_insertType.run(); !ok)
            return ok;
    }
    return {};
}

Expected<void> SessionStorage::insertBlock(const BlockRow& row, const FrameBatch& block)
{
    const BlockCounts counts = countsOf(block);
    m_insertBlock.bind(1, qint64(row.firstFrame));
    m_insertBlock.bind(2, qint64(row.frameCount));
    m_insertBlock.bind(3, qint64(row.firstSeq));
    m_insertBlock.bind(4, block.heads.front().monoNs);
    m_insertBlock.bind(5, block.heads.back().monoNs);
    m_insertBlock.bind(6, block.heads.front().wallNs);
    m_insertBlock.bind(7, block.heads.back().wallNs);
    m_insertBlock.bind(8, counts.accepted);
    m_insertBlock.bind(9, counts.warned);
    m_insertBlock.bind(10, counts.refused);
    m_insertBlock.bind(11, qint64(counts.receivedBytes));
    m_insertBlock.bind(12, qint64(row.payloadBytes));
    m_insertBlock.bindBlob(13, row.heads);
    row.findings.isEmpty() ? m_insertBlock.bindNull(14) : m_insertBlock.bindBlob(14, row.findings);
    m_insertBlock.bindBlob(15, row.digests);
    row.payload.isEmpty() ? m_insertBlock.bindNull(16) : m_insertBlock.bindBlob(16, row.payload);
    return m_insertBlock.run();
}

Expected<void> SessionStorage::checkFileIsThere()
{
    // A file that was deleted while we write takes every commit without a word, and vanishes when we close it.
    struct stat file;
    if (stat(m_encodedPath.constData(), &file) == 0 && file.st_ino == m_inode)
        return {};
    return failure(ErrorCode::Storage, QStringLiteral("the session file was removed or replaced while recording"),
                   m_path);
}

Expected<void> SessionStorage::commit()
{
    if (auto ok = checkFileIsThere(); !ok)
        return ok;
    if (auto ok = seal(); !ok)
        return ok;
    if (m_connection.inTransaction()) {
        if (auto ok = m_connection.execute("COMMIT"); !ok)
            return ok;
    }
    m_uncommittedBytes = 0;
    m_arrivals.clear();
    return {};
}

Expected<void> SessionStorage::finish()
{
    if (auto ok = commit(); !ok)
        return ok;
    if (auto ok = writeSessionEnd(m_connection, now().wallNs); !ok)
        return ok;
    return foldIntoOneFile(m_connection);
}

void SessionStorage::abandon()
{
    if (m_connection.inTransaction())
        (void)m_connection.execute("ROLLBACK");
    m_builder.clear();
    m_uncommittedBytes = 0;
    m_arrivals.clear();
}

qint64 SessionStorage::fileBytes() const
{
    return sizeOf(m_encodedPath) + sizeOf(m_encodedPath + "-wal");
}

} // namespace framescope
