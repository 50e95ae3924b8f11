#include "core/store/sessionverify.h"

#include "core/store/blockcodec.h"
#include "core/store/chainkeeper.h"
#include "core/store/removedpayloads.h"
#include "core/store/sessionschema.h"

#include <QFileInfo>
#include <limits>

namespace framescope {

namespace {

using Clock = std::chrono::steady_clock;
// A read transaction keeps the writer from folding its WAL in, and a connection for reading ends by itself after 10 s.
constexpr std::chrono::seconds longestRead{2};
constexpr std::chrono::milliseconds progressInterval{200};
constexpr qint64 typeNamesLimit = 64 * 1024 * 1024;

constexpr const char* columnsToVerify =
    ", links, chain, first_mono_ns, last_mono_ns, first_wall_ns, last_wall_ns, accepted, warned, refused,"
    " received_bytes";
constexpr const char* blocksToVerify = "WHERE first_frame > ?1 AND first_frame <= ?2 ORDER BY first_frame";
constexpr const char* selectEvents =
    "SELECT seq, wall_ns, mono_ns, severity, action, connection, attempt, object, detail, chain"
    " FROM audit_event WHERE seq > ?1 AND seq <= ?2 ORDER BY seq";

EventEntry chainedEventRow(SqliteStatement& statement)
{
    return {quint64(statement.integer(0)),    {statement.integer(2), statement.integer(1)},
            quint8(statement.integer(3)),     quint16(statement.integer(5)),
            quint16(statement.integer(6)),    statement.bytes(4).toByteArray(),
            statement.bytes(7).toByteArray(), statement.bytes(8).toByteArray()};
}

/// The values that an entry holds in fewer bits than a column has.
bool fitsAnEntry(SqliteStatement& statement)
{
    const auto isUpTo = [&statement](int column, qint64 highest) {
        return statement.integer(column) >= 0 && statement.integer(column) <= highest;
    };
    return isUpTo(3, std::numeric_limits<quint8>::max()) && isUpTo(5, std::numeric_limits<quint16>::max()) &&
           isUpTo(6, std::numeric_limits<quint16>::max());
}

bool isOverviewRight(SqliteStatement& statement, const FrameBatch& block)
{
    const BlockCounts counts = countsOf(block);
    const qint64 expected[] = {block.heads.front().monoNs,
                               block.heads.back().monoNs,
                               block.heads.front().wallNs,
                               block.heads.back().wallNs,
                               counts.accepted,
                               counts.warned,
                               counts.refused,
                               qint64(counts.receivedBytes)};
    int column = 10;
    return std::all_of(std::begin(expected), std::end(expected),
                       [&](qint64 value) { return statement.integer(column++) == value; });
}

/// A missing name is "": the entry of the frame that had it then does not fit, which names it.
Expected<TypeNamesPtr> readTypeNames(SqliteConnection& connection)
{
    auto names = std::make_shared<TypeNames>(TypeNames{QByteArray()});
    auto select = connection.prepare("SELECT id, name FROM type_name WHERE id BETWEEN 0 AND 65535 ORDER BY id");
    if (!select)
        return tl::unexpected(select.error());
    for (qint64 size = 0;;) {
        const Expected<bool> row = select->step();
        if (!row)
            return tl::unexpected(row.error());
        if (!*row)
            return TypeNamesPtr(std::move(names));
        const QByteArrayView name = select->bytes(1);
        if ((size += name.size()) > typeNamesLimit)
            return failure(ErrorCode::Storage, QStringLiteral("the type names are damaged"),
                           QStringLiteral("type_name"));
        names->resize(std::max(names->size(), std::size_t(select->integer(0)) + 1));
        (*names)[std::size_t(select->integer(0))] = name.toByteArray();
    }
}

/// Rows of one table in order, read in short transactions.
struct Cursor
{
    QByteArray sql;
    qint64 after = std::numeric_limits<qint64>::min(); ///< the last key that was used up
    qint64 last = std::numeric_limits<qint64>::min();  ///< the last one that there was at the beginning
    SqliteStatement statement = {};
    bool hasRow = false;

    [[nodiscard]] Expected<void> open(SqliteConnection& connection)
    {
        auto prepared = connection.prepare(sql.constData());
        if (!prepared)
            return tl::unexpected(prepared.error());
        statement = std::move(*prepared);
        statement.bind(1, after);
        statement.bind(2, last);
        return step();
    }
    [[nodiscard]] Expected<void> step()
    {
        const Expected<bool> row = statement.step();
        if (!row)
            return tl::unexpected(row.error());
        hasRow = *row;
        return {};
    }
    [[nodiscard]] Expected<void> next()
    {
        after = statement.integer(0);
        return step();
    }
};

class SessionWalk
{
public:
    SessionWalk(QString path, const VerifyProgress& progress)
        : m_path(std::move(path))
        , m_progress(progress)
    {
    }

    [[nodiscard]] Expected<ChainReport> run(ChainVerifier::Expectation expectation);

private:
    [[nodiscard]] Expected<void> begin();
    [[nodiscard]] Expected<void> takeExtent();
    [[nodiscard]] Expected<void> reopen();
    [[nodiscard]] Expected<bool> addNext(ChainVerifier& verifier);
    [[nodiscard]] bool addBlock(ChainVerifier& verifier);
    [[nodiscard]] std::optional<Checkpoint> nextCheckpoint();

    const QString m_path;
    const VerifyProgress& m_progress;
    std::optional<SqliteConnection> m_connection;
    Clock::time_point m_openedAt;
    Cursor m_blocks{{}};
    Cursor m_events{selectEvents};
    qint64 m_checkpointsTaken = 0;
    qint64 m_lastCheckpoint = 0;
    quint64 m_lastSeq = 0;
    BlockDecoder m_decoder;
    RemovedPayloads m_removed;
    TypeNamesPtr m_names;
};

Expected<void> SessionWalk::begin()
{
    auto connection = openSessionDatabase(m_path);
    if (!connection)
        return tl::unexpected(connection.error());
    m_connection = std::move(*connection);
    m_openedAt = Clock::now();
    return m_connection->execute("BEGIN");
}

Expected<void> SessionWalk::takeExtent()
{
    constexpr qint64 none = std::numeric_limits<qint64>::min();
    const auto lastBlock = m_connection->integer("SELECT max(first_frame) FROM block", none);
    const auto lastEvent = m_connection->integer("SELECT max(seq) FROM audit_event", none);
    const auto lastCheckpoint = m_connection->integer("SELECT max(number) FROM checkpoint", 0);
    const auto lastOfBlocks =
        m_connection->integer("SELECT first_seq + frame_count - 1 FROM block ORDER BY first_frame DESC LIMIT 1");
    for (const auto* number : {&lastBlock, &lastEvent, &lastCheckpoint, &lastOfBlocks}) {
        if (!*number)
            return tl::unexpected(number->error());
    }
    const auto hasTable = hasPayloadTable(*m_connection);
    if (!hasTable)
        return tl::unexpected(hasTable.error());
    m_blocks.sql = selectBlocks(*hasTable, columnsToVerify, blocksToVerify);
    m_blocks.last = *lastBlock;
    m_events.last = *lastEvent;
    m_lastCheckpoint = *lastCheckpoint;
    m_lastSeq = quint64(std::max<qint64>({*lastEvent, *lastOfBlocks, 0}));
    auto names = readTypeNames(*m_connection);
    if (!names)
        return tl::unexpected(names.error());
    m_names = std::move(*names);
    return {};
}

/// Both cursors at the rows that come next.
Expected<void> SessionWalk::reopen()
{
    m_blocks.statement = {};
    m_events.statement = {};
    m_connection.reset();
    if (auto ok = begin(); !ok)
        return ok;
    // Of the same moment as the rows: a session that is being written goes on removing.
    if (auto ok = m_removed.readOn(*m_connection); !ok)
        return ok;
    if (auto ok = m_blocks.open(*m_connection); !ok)
        return ok;
    return m_events.open(*m_connection);
}

std::optional<Checkpoint> SessionWalk::nextCheckpoint()
{
    // A checkpoint is rare: a statement of its own each time keeps no transaction open.
    auto select = m_connection->prepare(selectCheckpoints);
    if (!select)
        return std::nullopt;
    select->bind(1, m_checkpointsTaken + 1);
    const Expected<bool> row = select->step();
    if (!row || !*row || select->integer(0) > m_lastCheckpoint)
        return std::nullopt;
    m_checkpointsTaken = select->integer(0);
    return checkpointRow(*select);
}

bool SessionWalk::addBlock(ChainVerifier& verifier)
{
    SqliteStatement& row = m_blocks.statement;
    auto frames = m_decoder.decode(blockRowOf(row));
    if (!frames)
        return verifier.addUnreadable();
    (*frames)->types = m_names;
    const bool isRight = isOverviewRight(row, **frames);
    const quint64 lastSeq = (*frames)->firstAuditSeq + (*frames)->size() - 1;
    const bool isRemovalTold = m_removed.entryOf((*frames)->firstNumber(), (*frames)->lastNumber(), lastSeq) != nullptr;
    return verifier.add(ChainVerifier::Block{std::move(*frames), row.bytes(8).toByteArray(), row.bytes(9).toByteArray(),
                                             isRight, isRemovalTold});
}

/// False at the end, or when there is nothing more to find out.
Expected<bool> SessionWalk::addNext(ChainVerifier& verifier)
{
    if (!m_blocks.hasRow && !m_events.hasRow)
        return false;
    // What the order asks for; where neither is, whatever comes first.
    bool isBlock = m_blocks.hasRow;
    if (m_blocks.hasRow && m_events.hasRow) {
        const qint64 block = m_blocks.statement.integer(2);
        const qint64 event = m_events.statement.integer(0);
        const auto expected = qint64(verifier.nextSeq());
        isBlock = block == expected || (event != expected && block < event);
    }
    bool goesOn = false;
    if (isBlock)
        goesOn = addBlock(verifier);
    else if (fitsAnEntry(m_events.statement))
        goesOn = verifier.add(chainedEventRow(m_events.statement), m_events.statement.bytes(9).toByteArray());
    else
        goesOn = verifier.addUnreadable();
    if (!goesOn)
        return false;
    if (auto ok = (isBlock ? m_blocks : m_events).next(); !ok)
        return tl::unexpected(ok.error());
    return true;
}

Expected<ChainReport> SessionWalk::run(ChainVerifier::Expectation expectation)
{
    if (auto ok = begin(); !ok)
        return tl::unexpected(ok.error());
    const auto identity = readChainIdentity(*m_connection);
    if (!identity)
        return tl::unexpected(identity.error());
    if (!identity->hasChain) {
        ChainReport report;
        report.fault = ChainFault::NoChain;
        return report;
    }
    if (auto ok = takeExtent(); !ok)
        return tl::unexpected(ok.error());
    ChainVerifier verifier({genesisHash(quint32(identity->formatVersion), identity->values), identity->storedGenesis,
                            identity->publicKey, identity->endedWallNs},
                           std::move(expectation), [this] { return nextCheckpoint(); });
    if (auto ok = reopen(); !ok)
        return tl::unexpected(ok.error());
    Clock::time_point toldAt{};
    for (;;) {
        const Expected<bool> more = addNext(verifier);
        if (!more)
            (void)verifier.addUnreadable(); // the database itself is damaged here
        if (!more || !*more)
            return verifier.finish();
        const Clock::time_point at = Clock::now();
        if (m_progress && at - toldAt >= progressInterval) {
            toldAt = at;
            if (!m_progress(verifier.lastSeq(), m_lastSeq))
                return failure(ErrorCode::Cancelled, QStringLiteral("interrupted"));
        }
        if (at - m_openedAt >= longestRead) {
            if (auto ok = reopen(); !ok)
                return tl::unexpected(ok.error());
        }
    }
}

} // namespace

Expected<ChainReport> verifySession(const QString& path, ChainVerifier::Expectation expectation,
                                    const VerifyProgress& progress)
{
    return SessionWalk(QFileInfo(path).absoluteFilePath(), progress).run(std::move(expectation));
}

Expected<AuditHead> readAuditHead(const QString& path)
{
    auto connection = openSessionDatabase(QFileInfo(path).absoluteFilePath());
    if (!connection)
        return tl::unexpected(connection.error());
    if (auto ok = connection->execute("BEGIN"); !ok)
        return tl::unexpected(ok.error());
    const auto identity = readChainIdentity(*connection);
    if (!identity)
        return tl::unexpected(identity.error());
    AuditHead result;
    if (const auto id = identity->values.find("id"); id != identity->values.end())
        result.sessionId = id->second;
    result.hasChain = identity->hasChain;
    if (!identity->hasChain)
        return result;
    const auto position = chainPositionOf(*connection);
    if (!position)
        return tl::unexpected(position.error());
    result.seq = position->seq;
    result.hash = position->head;
    result.checkpoint = position->last ? position->last->number : 0;
    result.checkpointSeq = position->last ? position->last->seq : 0;
    if (auto key = PublicKey::fromRaw(identity->publicKey))
        result.key = std::move(*key);
    return result;
}

} // namespace framescope
