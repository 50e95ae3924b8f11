#include "core/store/sessionreader.h"

#include "core/store/blockcodec.h"
#include "core/store/removedpayloads.h"
#include "core/store/sessionschema.h"

#include <QFileInfo>
#include <limits>

namespace framescope {

namespace {

constexpr quint64 highestKey = quint64(std::numeric_limits<qint64>::max());
constexpr qsizetype eventTextLimit = 1024 * 1024;
constexpr qsizetype typeNameLimit = 64 * 1024;

constexpr const char* blockAtOrBefore = "WHERE first_frame <= ?1 ORDER BY first_frame DESC LIMIT 1";
constexpr const char* blockAfter = "WHERE first_frame > ?1 ORDER BY first_frame LIMIT 1";
constexpr const char* blockAtOrBeforeSeq = "WHERE first_seq <= ?1 ORDER BY first_seq DESC LIMIT 1";

/// True when @p value lies in the @p count numbers from @p first; safe for any values that a damaged file holds.
bool holds(quint64 first, quint64 count, quint64 value)
{
    return value >= first && value - first < count;
}

#define FRAMESCOPE_EVENT_COLUMNS "seq, wall_ns, mono_ns, severity, action, connection, attempt, object, detail"
constexpr const char* eventsBetween =
    "SELECT " FRAMESCOPE_EVENT_COLUMNS " FROM audit_event WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq LIMIT ?3";
constexpr const char* markChanges =
    "SELECT " FRAMESCOPE_EVENT_COLUMNS " FROM audit_event WHERE action IN ('marked', 'unmarked') ORDER BY seq";
#undef FRAMESCOPE_EVENT_COLUMNS

AuditEvent eventRow(SqliteStatement& row)
{
    AuditEvent event;
    event.seq = quint64(row.integer(0));
    event.at = {row.integer(2), row.integer(1)};
    event.severity = Severity(std::clamp<qint64>(row.integer(3), 0, qint64(Severity::Error)));
    event.action = auditActionFromName(row.bytes(4)); // Count_ for one that this version does not know
    event.connection = quint16(row.integer(5));
    event.attempt = quint16(row.integer(6));
    const QByteArrayView object = row.bytes(7);
    event.object = object.first(std::min(object.size(), eventTextLimit)).toByteArray();
    const QByteArrayView detail = row.bytes(8);
    event.detail = detail.first(std::min(detail.size(), eventTextLimit)).toByteArray();
    return event;
}

Error inBlock(Error error, quint64 firstFrame)
{
    error.place = QStringLiteral("block %1, %2").arg(QString::number(firstFrame), error.place);
    return error;
}

} // namespace

/// Every call opens the file, reads in one short transaction and closes it again: a reader never pins the WAL while a
/// session is written, and never keeps the writer from folding it in at the end. Opening takes a fraction of what
/// unpacking a block takes.
struct SessionReader::Private
{
    QString path;
    SessionInfo info;
    BlockDecoder decoder;
    TypeNamesPtr names = std::make_shared<TypeNames>(TypeNames{QByteArray()});
    RemovedPayloads removed;
    bool hasPayloadTable = true;

    [[nodiscard]] Expected<SqliteConnection> begin() const;
    [[nodiscard]] Expected<SqliteStatement> selectBlock(SqliteConnection& connection, const char* which) const
    {
        return connection.prepare(selectBlocks(hasPayloadTable, "", which).constData());
    }
    [[nodiscard]] Expected<FrameBatchPtr> decoded(SqliteConnection& connection, const BlockRow& row);
    [[nodiscard]] Expected<void> learnTypes(SqliteConnection& connection, TypeId highest);
    [[nodiscard]] Expected<void> explainRemoval(SqliteConnection& connection, FrameBatch& block);
};

Expected<SqliteConnection> SessionReader::Private::begin() const
{
    auto connection = openSessionDatabase(path);
    if (!connection)
        return connection;
    if (auto ok = connection->execute("BEGIN"); !ok)
        return tl::unexpected(ok.error());
    return connection;
}

Expected<void> SessionReader::Private::learnTypes(SqliteConnection& connection, TypeId highest)
{
    if (highest < names->size())
        return {};
    auto select = connection.prepare("SELECT id, name FROM type_name ORDER BY id LIMIT 65536");
    if (!select)
        return tl::unexpected(select.error());
    auto read = std::make_shared<TypeNames>();
    for (;;) {
        const Expected<bool> row = select->step();
        if (!row)
            return tl::unexpected(row.error());
        if (!*row)
            break;
        const QByteArrayView name = select->bytes(1);
        if (select->integer(0) != qint64(read->size()) || name.size() > typeNameLimit)
            return failure(ErrorCode::Storage, QStringLiteral("the type names are damaged"),
                           QStringLiteral("type_name"));
        read->push_back(name.toByteArray());
    }
    if (highest >= read->size())
        return failure(ErrorCode::Storage, QStringLiteral("a frame has a type without a name"),
                       QStringLiteral("heads"));
    names = std::move(read);
    return {};
}

/// Payloads that are missing without a word are damage.
Expected<void> SessionReader::Private::explainRemoval(SqliteConnection& connection, FrameBatch& block)
{
    const quint64 lastSeq = block.firstAuditSeq + block.size() - 1;
    PayloadRemovalPtr entry = removed.entryOf(block.firstNumber(), block.lastNumber(), lastSeq);
    if (!entry) {
        if (auto ok = removed.readOn(connection); !ok)
            return ok;
        entry = removed.entryOf(block.firstNumber(), block.lastNumber(), lastSeq);
    }
    if (!entry)
        return failure(ErrorCode::Storage,
                       QStringLiteral("the payloads are missing, and no entry of the audit log says why"),
                       QStringLiteral("payload"));
    block.removal = std::move(entry);
    for (FrameHead& head : block.heads) {
        head.flags &= quint8(~FrameFlag::PayloadKept);
        head.id = {};
        head.subject = {};
    }
    return {};
}

Expected<FrameBatchPtr> SessionReader::Private::decoded(SqliteConnection& connection, const BlockRow& row)
{
    auto block = decoder.decode(row);
    if (!block)
        return tl::unexpected(inBlock(block.error(), row.firstFrame));
    if ((*block)->removal) {
        if (auto ok = explainRemoval(connection, **block); !ok)
            return tl::unexpected(inBlock(ok.error(), row.firstFrame));
    }
    TypeId highest = unknownType;
    for (const FrameHead& head : (*block)->heads)
        highest = std::max(highest, head.type);
    if (auto ok = learnTypes(connection, highest); !ok)
        return tl::unexpected(inBlock(ok.error(), row.firstFrame));
    (*block)->types = names;
    return FrameBatchPtr(std::move(*block));
}

SessionReader::SessionReader(std::unique_ptr<Private> priv)
    : d(std::move(priv))
{
}
SessionReader::~SessionReader() = default;

Expected<std::unique_ptr<SessionReader>> SessionReader::open(const QString& path)
{
    auto d = std::make_unique<Private>();
    d->path = QFileInfo(path).absoluteFilePath();
    auto connection = d->begin();
    if (!connection)
        return tl::unexpected(connection.error());
    auto info = readSessionInfo(*connection);
    if (!info)
        return tl::unexpected(info.error());
    d->info = std::move(*info);
    const auto hasTable = hasPayloadTable(*connection);
    if (!hasTable)
        return tl::unexpected(hasTable.error());
    d->hasPayloadTable = *hasTable;
    return std::unique_ptr<SessionReader>(new SessionReader(std::move(d)));
}

const SessionInfo& SessionReader::info() const
{
    return d->info;
}

QString SessionReader::path() const
{
    return d->path;
}

Expected<SessionReader::Extent> SessionReader::extent()
{
    auto connection = d->begin();
    if (!connection)
        return tl::unexpected(connection.error());
    auto select =
        connection->prepare("SELECT first_frame, frame_count, first_seq FROM block ORDER BY first_frame DESC LIMIT 1");
    if (!select)
        return tl::unexpected(select.error());
    const Expected<bool> row = select->step();
    if (!row)
        return tl::unexpected(row.error());
    Extent extent;
    if (*row) {
        const quint64 count = quint64(select->integer(1));
        extent.frames = quint64(select->integer(0)) + count - 1;
        extent.lastSeq = quint64(select->integer(2)) + count - 1;
        if (count == 0 || count > BlockLimit::frames || extent.frames > highestKey || extent.lastSeq > highestKey)
            return failure(ErrorCode::Storage, QStringLiteral("the last block's numbers are damaged"),
                           QStringLiteral("block %1").arg(select->integer(0)));
    }
    const Expected<qint64> lastEvent = connection->integer("SELECT max(seq) FROM audit_event");
    if (!lastEvent)
        return tl::unexpected(lastEvent.error());
    extent.lastSeq = std::max(extent.lastSeq, quint64(std::max<qint64>(0, *lastEvent)));
    return extent;
}

Expected<FrameBatchPtr> SessionReader::blockOfFrame(quint64 number)
{
    auto block = nextBlock(number);
    if (block && (!*block || !holds((*block)->firstNumber(), (*block)->size(), number)))
        return failure(ErrorCode::NotFound, QStringLiteral("frame %1 is not in the file").arg(number), d->path);
    return block;
}

Expected<FrameBatchPtr> SessionReader::nextBlock(quint64 number)
{
    if (number > highestKey)
        return FrameBatchPtr();
    auto connection = d->begin();
    if (!connection)
        return tl::unexpected(connection.error());
    for (const char* which : {blockAtOrBefore, blockAfter}) {
        auto select = d->selectBlock(*connection, which);
        if (!select)
            return tl::unexpected(select.error());
        select->bind(1, qint64(number));
        const Expected<bool> found = select->step();
        if (!found)
            return tl::unexpected(found.error());
        if (!*found)
            continue;
        const BlockRow row = blockRowOf(*select);
        // An impossible count is damage, which decoding names; skipping such a block would hide it.
        if (which == blockAfter || row.frameCount == 0 || holds(row.firstFrame, row.frameCount, number))
            return d->decoded(*connection, row);
    }
    return FrameBatchPtr();
}

Expected<std::vector<AuditEvent>> SessionReader::events(quint64 fromSeq, quint64 toSeq, int limit)
{
    std::vector<AuditEvent> events;
    if (fromSeq > highestKey || toSeq < fromSeq || limit <= 0)
        return events;
    auto connection = d->begin();
    if (!connection)
        return tl::unexpected(connection.error());
    auto select = connection->prepare(eventsBetween);
    if (!select)
        return tl::unexpected(select.error());
    select->bind(1, qint64(fromSeq));
    select->bind(2, qint64(std::min(toSeq, highestKey)));
    select->bind(3, limit);
    for (;;) {
        const Expected<bool> row = select->step();
        if (!row)
            return tl::unexpected(row.error());
        if (!*row)
            return events;
        events.push_back(eventRow(*select));
    }
}

Expected<FrameMarksPtr> SessionReader::marks()
{
    auto connection = d->begin();
    if (!connection)
        return tl::unexpected(connection.error());
    auto select = connection->prepare(markChanges);
    if (!select)
        return tl::unexpected(select.error());
    auto marks = std::make_shared<FrameMarks>();
    for (;;) {
        const Expected<bool> row = select->step();
        if (!row)
            return tl::unexpected(row.error());
        if (!*row)
            return FrameMarksPtr(std::move(marks));
        marks->apply(eventRow(*select));
    }
}

Expected<SessionReader::Removed> SessionReader::removedPayloads()
{
    auto connection = d->begin();
    if (!connection)
        return tl::unexpected(connection.error());
    if (auto ok = d->removed.readOn(*connection); !ok)
        return tl::unexpected(ok.error());
    return Removed{d->removed.frames(), d->removed.bytes()};
}

Expected<quint64> SessionReader::eventCount()
{
    auto connection = d->begin();
    if (!connection)
        return tl::unexpected(connection.error());
    const Expected<qint64> count = connection->integer("SELECT count(*) FROM audit_event");
    if (!count)
        return tl::unexpected(count.error());
    return quint64(*count);
}

Expected<FrameBatchPtr> SessionReader::blockOfSeq(quint64 seq)
{
    const auto missing = [&] {
        return failure(ErrorCode::NotFound, QStringLiteral("entry %1 is not in the file").arg(seq), d->path);
    };
    if (seq > highestKey)
        return missing();
    auto connection = d->begin();
    if (!connection)
        return tl::unexpected(connection.error());
    auto select = d->selectBlock(*connection, blockAtOrBeforeSeq);
    if (!select)
        return tl::unexpected(select.error());
    select->bind(1, qint64(seq));
    const Expected<bool> found = select->step();
    if (!found)
        return tl::unexpected(found.error());
    if (*found) {
        const BlockRow row = blockRowOf(*select);
        if (holds(row.firstSeq, row.frameCount, seq))
            return d->decoded(*connection, row);
    }
    auto event = connection->prepare("SELECT 1 FROM audit_event WHERE seq = ?1");
    if (!event)
        return tl::unexpected(event.error());
    event->bind(1, qint64(seq));
    const Expected<bool> isEvent = event->step();
    if (!isEvent)
        return tl::unexpected(isEvent.error());
    if (!*isEvent)
        return missing();
    return FrameBatchPtr();
}

} // namespace framescope
