#include "ui/audit/auditreader.h"

#include "core/store/sessionreader.h"
#include "ui/audit/eventlog.h"

#include <QThread>

namespace framescope {

namespace {

constexpr int readStep = 2'000;
constexpr qint64 reportIntervalMs = 100;
constexpr int commitWaitMs = 2'000;
constexpr int commitPollMs = 50;

} // namespace

AuditReader::AuditReader() = default;

AuditReader::~AuditReader() = default;

void AuditReader::open(const QString& path, quint64 generation)
{
    m_reader.reset();
    m_path = path;
    m_generation = generation;
    if (ensureOpen())
        readNewestEvents();
}

// A live session's file may be a moment younger than the window's wish to read it: opening is tried again when needed.
bool AuditReader::ensureOpen()
{
    if (!m_reader && !m_path.isEmpty()) {
        if (auto opened = SessionReader::open(m_path))
            m_reader = std::move(*opened);
    }
    return m_reader != nullptr;
}

void AuditReader::readNewestEvents()
{
    const auto extent = m_reader->extent();
    if (!extent)
        return;
    std::vector<AuditEvent> newest;
    bool isComplete = true;
    for (quint64 from = 1; from <= extent->lastSeq;) {
        auto events = m_reader->events(from, extent->lastSeq, readStep);
        if (!events || events->empty())
            break;
        from = events->back().seq + 1;
        newest.insert(newest.end(), events->begin(), events->end());
        if (newest.size() > EventLog::capacity) {
            isComplete = false;
            newest.erase(newest.begin(), newest.end() - std::ptrdiff_t(EventLog::capacity));
        }
    }
    Q_EMIT newestEventsRead(m_generation, newest, isComplete, extent->lastSeq);
}

void AuditReader::readEventsAround(quint64 seq)
{
    constexpr quint64 reach = 512;
    if (!ensureOpen())
        return;
    if (auto events = m_reader->events(seq > reach ? seq - reach : 1, seq + reach, readStep))
        Q_EMIT eventsRead(m_generation, *events);
}

quint64 AuditReader::waitUntilCommitted(quint64 seq, quint64 ticket)
{
    quint64 last = 0;
    for (int waited = 0; waited <= commitWaitMs && isCurrent(ticket); waited += commitPollMs) {
        if (ensureOpen()) {
            const auto extent = m_reader->extent();
            last = extent ? extent->lastSeq : last;
            if (last >= seq)
                return seq;
        }
        QThread::msleep(commitPollMs);
    }
    return last;
}

void AuditReader::search(const AuditFilter& filter, quint64 upToSeq, quint64 ticket)
{
    QElapsedTimer sinceReport;
    sinceReport.start();
    QList<quint64> matches;
    int total = 0;
    quint64 seq = waitUntilCommitted(upToSeq, ticket);
    while (seq > 0 && total < matchLimit && isCurrent(ticket)) {
        const qsizetype before = matches.size();
        seq = searchAt(seq, filter, matches);
        total += int(matches.size() - before);
        if (sinceReport.elapsed() >= reportIntervalMs && !matches.isEmpty()) {
            Q_EMIT found(ticket, std::exchange(matches, {}));
            sinceReport.restart();
        }
    }
    if (!isCurrent(ticket))
        return;
    if (!matches.isEmpty())
        Q_EMIT found(ticket, matches);
    Q_EMIT searched(ticket, seq > 0);
}

// Looks at the block or event at seq, from its end; returns the audit number before it, 0 at the start.
quint64 AuditReader::searchAt(quint64 seq, const AuditFilter& filter, QList<quint64>& matches)
{
    const auto block = m_reader->blockOfSeq(seq);
    if (!block)
        return 0;
    if (const FrameBatchPtr& batch = *block) {
        if (batch->isEmpty() || batch->firstAuditSeq == 0 || batch->firstAuditSeq > seq)
            return 0; // a damaged file: going on might not end
        const auto last = std::min<quint64>(seq - batch->firstAuditSeq, batch->size() - 1);
        for (quint64 i = last + 1; i-- > 0;) {
            // The verdict alone settles most frames, before any text is built.
            if (Severity(batch->heads[i].verdict) >= filter.atLeast && filter.matches(auditEntryForFrame(*batch, i)))
                matches += batch->firstAuditSeq + i;
        }
        return batch->firstAuditSeq - 1;
    }
    const auto events = m_reader->events(seq, seq, 1);
    if (events && !events->empty() && filter.matches(auditEntryForEvent(events->front())))
        matches += seq;
    return seq - 1;
}

} // namespace framescope
