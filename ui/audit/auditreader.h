#pragma once
/// Reads audit entries of a session file in the background for the audit pane: the newest events of a reopened session,
/// older ones around a row in sight, and searches through everything, newest first, in portions.
///
/// Every reply carries the generation of open() or the ticket of search() under which it was asked; who has moved on
/// drops it. Thread: a QObject that is moved to a thread of its own; call its functions there by queued invocation.
/// Only cancelSearches() is called from outside.
#include "core/frame/auditevent.h"
#include "ui/audit/auditfilter.h"

#include <QElapsedTimer>
#include <QList>
#include <QObject>
#include <atomic>
#include <memory>
#include <vector>

namespace framescope {

class SessionReader;

class AuditReader : public QObject
{
    Q_OBJECT

public:
    static constexpr int matchLimit = 200'000;

    AuditReader();
    ~AuditReader() override;

    void open(const QString& path, quint64 generation);
    void readEventsAround(quint64 seq);
    void search(const framescope::AuditFilter& filter, quint64 upToSeq, quint64 ticket);
    /// Thread: any. A search with a lower ticket ends soon, without a word.
    void cancelSearches(quint64 lowestValidTicket) { m_lowestTicket.store(lowestValidTicket); }

Q_SIGNALS:
    /// Replies to open(): events in order; @p isComplete when there are no older ones.
    void newestEventsRead(quint64 generation, const std::vector<framescope::AuditEvent>& events, bool isComplete,
                          quint64 lastSeq);
    void eventsRead(quint64 generation, const std::vector<framescope::AuditEvent>& events);
    /// Matching audit numbers, descending, older than those before.
    void found(quint64 ticket, const QList<quint64>& seqs);
    void searched(quint64 ticket, bool isCut);

private:
    [[nodiscard]] bool isCurrent(quint64 ticket) const { return ticket >= m_lowestTicket.load(); }
    [[nodiscard]] bool ensureOpen();
    void readNewestEvents();
    quint64 waitUntilCommitted(quint64 seq, quint64 ticket);
    quint64 searchAt(quint64 seq, const AuditFilter& filter, QList<quint64>& matches);

    QString m_path;
    quint64 m_generation = 0;
    std::unique_ptr<SessionReader> m_reader;
    std::atomic<quint64> m_lowestTicket{0};
};

} // namespace framescope
