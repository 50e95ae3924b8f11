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

FileIdentity identityOf(const QByteArray& path)
{
    struct stat file;
    return stat(path.constData(), &file) == 0 ? FileIdentity{file.st_dev, file.st_ino} : FileIdentity();
}

} // namespace

SessionStorage::SessionStorage(QString path, SqliteConnection connection, const SessionInfo& info, ChainKeeper chain)
    : m_path(std::move(path))
    , m_encodedPath(QFile::encodeName(m_path))
    , m_connection(std::move(connection))
    , m_chain(std::move(chain))
    , m_builder(info.payloads, info.retention)
    , m_retention(info.retention)
{
    m_file = identityOf(m_encodedPath);
    m_wal = identityOf(m_encodedPath + "-wal");
}

Expected<std::unique_ptr<SessionStorage>> SessionStorage::create(const QString& path, const SessionInfo& info,
                                                                 const QString& anchorFolder)
{
    auto connection = createSessionDatabase(path, info);
    if (!connection)
        return tl::unexpected(connection.error());
    auto begin = chainPositionOf(*connection);
    if (!begin)
        return tl::unexpected(begin.error());
    std::unique_ptr<SessionStorage> storage(new SessionStorage(
        path, std::move(*connection), info, ChainKeeper(std::move(*begin), AnchorBook(anchorFolder), path)));
    if (auto ok = storage->prepare(); !ok)
        return tl::unexpected(ok.error());
    return storage;
}

Expected<void> SessionStorage::prepare()
{
    const std::pair<SqliteStatement*, const char*> statements[] = {
        {&m_insertBlock, "INSERT INTO block(first_frame, frame_count, first_seq, first_mono_ns, last_mono_ns,"
                         " first_wall_ns, last_wall_ns, accepted, warned, refused, received_bytes, payload_bytes,"
                         " heads, findings, digests, links, chain)"
                         " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)"},
        {&m_insertPayload, "INSERT INTO payload(first_frame, bytes) VALUES(?1,?2)"},
        {&m_insertEvent, insertEventSql},
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
    // A fast stream's batches are as large as blocks: what would be copied is most of what the storage thread reads.
    std::size_t taken = 0;
    if (m_builder.isBlock(batch)) {
        if (auto ok = seal(); !ok)
            return ok;
        if (auto ok = writeBlock(batch, *batch.types, m_builder.sessionTypes()); !ok)
            return ok;
        taken = batch.size();
    }
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
    const EventEntry entry = eventEntryOf(event);
    m_chain.add(entry);
    bindEvent(m_insertEvent, entry);
    m_insertEvent.bindBlob(10, m_chain.head());
    if (auto ok = m_insertEvent.run(); !ok)
        return ok;
    if (event.action == AuditAction::PayloadsRemoved) {
        if (auto ok = m_retention.carryOut(m_connection); !ok)
            return ok;
    } else if (event.action == AuditAction::Unmarked) {
        m_retention.marksRemoved();
    } else if (event.action == AuditAction::Exported) {
        if (auto ok = m_chain.sign(m_connection, CheckpointReason::Export, now()); !ok)
            return ok;
    }
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
    auto written = writeBlock(m_builder.sealed(), m_builder.typeNames(), {});
    m_builder.clear();
    return written;
}

Expected<void> SessionStorage::writeBlock(const FrameBatch& block, const TypeNames& names,
                                          std::span<const TypeId> sessionTypes)
{
    if (auto ok = begin(); !ok)
        return ok;
    if (auto ok = insertTypeNames(); !ok)
        return ok;
    m_chain.add(block, names);
    auto row = m_encoder.encode(block, m_packing, sessionTypes);
    if (!row)
        return tl::unexpected(row.error());
    return insertBlock(*row, block);
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
    m_insertBlock.bindBlob(16, m_chain.links());
    m_insertBlock.bindBlob(17, m_chain.head());
    if (auto inserted = m_insertBlock.run(); !inserted)
        return inserted;
    m_retention.blockWritten(block, quint64(row.payload.size()));
    if (row.payload.isEmpty())
        return {};
    m_insertPayload.bind(1, qint64(row.firstFrame));
    m_insertPayload.bindBlob(2, row.payload);
    return m_insertPayload.run();
}

Expected<void> SessionStorage::checkFileIsThere()
{
    // A file that was deleted while we write takes every commit without a word, and vanishes when we close it. Without
    // its WAL it lacks the last commits once this program is killed.
    if (identityOf(m_encodedPath) == m_file && identityOf(m_encodedPath + "-wal") == m_wal)
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
    if (isCheckpointDue()) {
        if (auto ok = begin(); !ok)
            return ok;
        if (auto ok = m_chain.sign(m_connection, CheckpointReason::Periodic, now()); !ok)
            return ok;
    }
    if (m_connection.inTransaction()) {
        if (auto ok = m_connection.execute("COMMIT"); !ok)
            return ok;
    }
    m_chain.committed();
    m_uncommittedBytes = 0;
    m_arrivals.clear();
    return {};
}

Expected<void> SessionStorage::useKey(std::shared_ptr<const SigningKey> key)
{
    if (m_chain.hasKey() || !key)
        return {};
    if (auto ok = begin(); !ok)
        return ok;
    const Ed25519PublicBytes& raw = key->publicKey().raw();
    m_chain.useKey(std::move(key));
    if (auto ok = writePublicKey(m_connection, QByteArrayView(raw.data(), qsizetype(raw.size()))); !ok)
        return ok;
    return m_chain.sign(m_connection, CheckpointReason::Start, now());
}

Expected<void> SessionStorage::finish()
{
    if (auto ok = commit(); !ok)
        return ok;
    // Before the end is written: who is killed in the middle of it leaves an interrupted recording, which is tidied up
    // when it is recovered.
    Expected<void> overwritten;
    if (m_retention.leavesFreePages())
        overwritten = overwriteFreePages(m_connection);
    if (auto ok = begin(); !ok)
        return ok;
    const Instant end = now();
    if (auto ok = writeSessionEnd(m_connection, end.wallNs); !ok)
        return ok;
    if (auto ok = m_chain.sign(m_connection, CheckpointReason::Stop, end); !ok)
        return ok;
    if (auto ok = commit(); !ok)
        return ok;
    if (auto ok = foldIntoOneFile(m_connection); !ok)
        return ok;
    m_wal = identityOf(m_encodedPath + "-wal"); // gone, as it should be
    if (auto ok = checkFileIsThere(); !ok)
        return ok;
    if (!overwritten)
        overwritten.error().detail.prepend(
            QStringLiteral("the recording is complete, but free pages of its file may still hold removed payloads: "));
    return overwritten;
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
