#include "tests/core/audit/forgedsession.h"

#include "core/store/blockcodec.h"
#include "core/store/chainkeeper.h"
#include "core/store/sessionreader.h"
#include "core/store/sessionschema.h"

#include <QFile>
#include <cstring>
#include <limits>

namespace framescope::test {

namespace {

template <typename T>
T need(Expected<T> value)
{
    if (!value)
        qFatal("%s (%s)", qPrintable(value.error().detail), qPrintable(value.error().place));
    return std::move(*value);
}

void need(const Expected<void>& done)
{
    if (!done)
        qFatal("%s (%s)", qPrintable(done.error().detail), qPrintable(done.error().place));
}

template <std::size_t N>
QByteArrayView viewOf(const std::array<unsigned char, N>& bytes)
{
    return {bytes.data(), qsizetype(N)};
}

constexpr const char* tables = R"(
PRAGMA page_size=4096; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;
CREATE TABLE session(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE type_name(id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE block(first_frame INTEGER PRIMARY KEY, frame_count INTEGER NOT NULL, first_seq INTEGER NOT NULL,
  first_mono_ns INTEGER NOT NULL, last_mono_ns INTEGER NOT NULL, first_wall_ns INTEGER NOT NULL,
  last_wall_ns INTEGER NOT NULL, accepted INTEGER NOT NULL, warned INTEGER NOT NULL, refused INTEGER NOT NULL,
  received_bytes INTEGER NOT NULL, payload_bytes INTEGER NOT NULL, heads BLOB NOT NULL, findings BLOB,
  digests BLOB NOT NULL, links BLOB NOT NULL, chain BLOB NOT NULL) STRICT;
CREATE TABLE payload(first_frame INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE audit_event(seq INTEGER PRIMARY KEY, wall_ns INTEGER NOT NULL, mono_ns INTEGER NOT NULL,
  severity INTEGER NOT NULL, action TEXT NOT NULL, connection INTEGER NOT NULL, attempt INTEGER NOT NULL,
  object TEXT NOT NULL, detail TEXT NOT NULL, chain BLOB NOT NULL) STRICT;
CREATE TABLE checkpoint(number INTEGER PRIMARY KEY, reason INTEGER NOT NULL, seq INTEGER NOT NULL, head BLOB NOT NULL,
  wall_ns INTEGER NOT NULL, mono_ns INTEGER NOT NULL, boot BLOB NOT NULL, previous BLOB NOT NULL,
  key_id BLOB NOT NULL, signature BLOB NOT NULL) STRICT;
)";

using TypeIds = std::map<QByteArray, TypeId>;

std::shared_ptr<FrameBatch> batchOf(const ForgedEntry* first, const ForgedEntry* last, const TypeIds& ids)
{
    auto batch = std::make_shared<FrameBatch>();
    batch->firstAuditSeq = first->seq;
    for (const ForgedEntry* entry = first; entry != last; ++entry) {
        const Frame& frame = entry->frame;
        FrameHead head = frame.head;
        head.payloadOffset = quint32(batch->payload.size());
        head.payloadBytes = quint32(frame.payload.size());
        head.firstFinding = quint32(batch->findings.size());
        head.findingCount = quint16(frame.findings.size());
        head.type = ids.at(frame.type);
        for (Finding finding : frame.findings) {
            finding.frame = quint32(batch->heads.size());
            batch->findings.push_back(std::move(finding));
        }
        batch->heads.push_back(head);
        batch->digests.push_back(frame.digest);
        batch->payload.insert(batch->payload.end(), frame.payload.begin(), frame.payload.end());
    }
    return batch;
}

void writeBlock(SqliteStatement& insert, SqliteStatement& insertPayload, const ForgedEntry* first,
                const ForgedEntry* last, const TypeIds& ids)
{
    const auto batch = batchOf(first, last, ids);
    BlockEncoder encoder;
    const BlockRow row = need(encoder.encode(*batch));
    const BlockCounts counts = countsOf(*batch);
    QByteArray links;
    for (const ForgedEntry* entry = first; entry != last; ++entry)
        links += QByteArray(reinterpret_cast<const char*>(entry->hash.data()), linkBytes);
    const qint64 numbers[] = {qint64(row.firstFrame),
                              qint64(row.frameCount),
                              qint64(row.firstSeq),
                              batch->heads.front().monoNs,
                              batch->heads.back().monoNs,
                              batch->heads.front().wallNs,
                              batch->heads.back().wallNs,
                              counts.accepted,
                              counts.warned,
                              counts.refused,
                              qint64(counts.receivedBytes),
                              qint64(row.payloadBytes)};
    int index = 0;
    for (const qint64 number : numbers)
        insert.bind(++index, number);
    insert.bindBlob(13, row.heads);
    row.findings.isEmpty() ? insert.bindNull(14) : insert.bindBlob(14, row.findings);
    insert.bindBlob(15, row.digests);
    insert.bindBlob(16, links);
    insert.bindBlob(17, viewOf((last - 1)->hash));
    need(insert.run());
    if (row.payload.isEmpty())
        return;
    insertPayload.bind(1, qint64(row.firstFrame));
    insertPayload.bindBlob(2, row.payload);
    need(insertPayload.run());
}

void writeCheckpoint(SqliteConnection& connection, const Checkpoint& checkpoint)
{
    auto insert = need(connection.prepare("INSERT INTO checkpoint VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)"));
    insert.bind(1, qint64(checkpoint.number));
    insert.bind(2, qint64(checkpoint.reason));
    insert.bind(3, qint64(checkpoint.seq));
    insert.bindBlob(4, viewOf(checkpoint.head));
    insert.bind(5, checkpoint.at.wallNs);
    insert.bind(6, checkpoint.at.monoNs);
    insert.bindBlob(7, viewOf(checkpoint.boot));
    insert.bindBlob(8, viewOf(checkpoint.previous));
    insert.bindBlob(9, viewOf(checkpoint.keyId));
    insert.bindBlob(10, viewOf(checkpoint.signature));
    need(insert.run());
}

void writePairs(SqliteConnection& connection, const char* sql, const std::map<QByteArray, QByteArray>& rows)
{
    auto insert = need(connection.prepare(sql));
    for (const auto& [key, value] : rows) {
        insert.bindText(1, key);
        insert.bindText(2, value);
        need(insert.run());
    }
}

} // namespace

ForgedSession ForgedSession::read(const QString& path)
{
    ForgedSession result;
    auto connection = need(openSessionDatabase(path));
    auto rows = need(connection.prepare("SELECT key, value FROM session"));
    while (need(rows.step()))
        result.session[rows.bytes(0).toByteArray()] = rows.bytes(1).toByteArray();
    auto checkpoints = need(connection.prepare(selectCheckpoints));
    checkpoints.bind(1, 0);
    while (need(checkpoints.step()))
        result.checkpoints.push_back(checkpointRow(checkpoints));
    auto reader = need(SessionReader::open(path));
    int block = 0;
    for (quint64 number = 1;; ++block) {
        const FrameBatchPtr batch = need(reader->nextBlock(number));
        if (!batch)
            break;
        number = batch->lastNumber() + 1;
        for (std::size_t i = 0; i < batch->size(); ++i)
            result.entries.push_back({true, {}, Frame::fromBatch(*batch, i), block, batch->firstAuditSeq + i, {}});
    }
    for (const AuditEvent& event : need(reader->events(0, std::numeric_limits<qint64>::max(), 1'000'000)))
        result.entries.push_back({false, eventEntryOf(event), {}, -1, event.seq, {}});
    std::sort(result.entries.begin(), result.entries.end(),
              [](const ForgedEntry& a, const ForgedEntry& b) { return a.seq < b.seq; });
    result.chainAnew(0, result.genesis()); // as it is in the file: it is an honest one
    return result;
}

void ForgedSession::write(const QString& path) const
{
    QFile::remove(path);
    auto connection = need(SqliteConnection::open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
    const QByteArray identity = "PRAGMA application_id=" + QByteArray::number(sessionApplicationId) +
                                ";PRAGMA user_version=" + QByteArray::number(sessionFormatVersion);
    for (const char* sql : {tables, identity.constData(), "BEGIN"})
        need(connection.execute(sql));
    writePairs(connection, "INSERT INTO session VALUES(?1, ?2)", session);
    TypeIds ids{{QByteArray(), 0}};
    for (const ForgedEntry& entry : entries)
        ids.emplace(entry.frame.type, TypeId(ids.size()));
    auto insertName = need(connection.prepare("INSERT INTO type_name VALUES(?1, ?2)"));
    for (const auto& [name, id] : ids) {
        insertName.bind(1, id);
        insertName.bindText(2, name);
        need(insertName.run());
    }
    auto insertBlock = need(
        connection.prepare("INSERT INTO block VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)"));
    auto insertPayload = need(connection.prepare("INSERT INTO payload VALUES(?1,?2)"));
    auto insertEvent = need(connection.prepare(insertEventSql));
    for (auto entry = entries.begin(); entry != entries.end();) {
        if (entry->isFrame) {
            const auto isOther = [&](const ForgedEntry& e) { return !e.isFrame || e.block != entry->block; };
            const auto end = std::find_if(entry, entries.end(), isOther);
            writeBlock(insertBlock, insertPayload, &*entry, &*entry + (end - entry), ids);
            entry = end;
            continue;
        }
        EventEntry event = entry->event;
        event.seq = entry->seq;
        bindEvent(insertEvent, event);
        insertEvent.bindBlob(10, viewOf(entry->hash));
        need(insertEvent.run());
        ++entry;
    }
    for (const Checkpoint& checkpoint : checkpoints)
        writeCheckpoint(connection, checkpoint);
    need(connection.execute("COMMIT"));
}

Sha256Digest ForgedSession::genesis() const
{
    Sha256Digest result{};
    const QByteArray bytes = QByteArray::fromHex(session.at("genesis"));
    std::copy(bytes.begin(), bytes.end(), result.begin());
    return result;
}

void ForgedSession::renumber()
{
    quint64 seq = 0;
    quint64 number = 0;
    for (ForgedEntry& entry : entries) {
        entry.seq = ++seq;
        if (entry.isFrame)
            entry.frame.head.number = ++number;
    }
}

void ForgedSession::chainAnew(std::size_t from, const Sha256Digest& genesis)
{
    EntryHasher hasher(genesis);
    Sha256Digest head = from > 0 ? entries[from - 1].hash : genesis;
    for (std::size_t i = from; i < entries.size(); ++i) {
        ForgedEntry& entry = entries[i];
        if (entry.isFrame) {
            const auto batch = batchOf(&entry, &entry + 1, {{entry.frame.type, TypeId(0)}});
            head = hasher.frame(head, *batch, 0, entry.frame.type);
        } else {
            EventEntry event = entry.event;
            event.seq = entry.seq;
            head = hasher.event(head, event);
        }
        entry.hash = head;
    }
}

std::size_t ForgedSession::indexOf(quint64 seq) const
{
    const auto found =
        std::find_if(entries.begin(), entries.end(), [seq](const ForgedEntry& entry) { return entry.seq == seq; });
    return std::size_t(found - entries.begin());
}

quint64 ForgedSession::provenBefore(quint64 seq) const
{
    quint64 proven = 0;
    for (const Checkpoint& checkpoint : checkpoints) {
        if (checkpoint.seq <= seq)
            proven = checkpoint.seq;
    }
    return proven;
}

void executeOn(const QString& path, const QByteArray& sql)
{
    auto connection = need(SqliteConnection::open(path, SQLITE_OPEN_READWRITE));
    need(connection.execute("PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF"));
    need(connection.execute(sql.constData()));
}

} // namespace framescope::test
