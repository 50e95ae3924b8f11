#pragma once
/// Goes through a session's frames in the background and reports those that a predicate accepts: filters, "next
/// finding".
///
/// Work is read from the batches in memory first, then from the session file; it is reported in portions, so that the
/// first answers come at once, and it can be cancelled at any time. Thread: gui; the work itself runs on a thread of
/// its own. The predicate is called there and must hold no shared state.
#include "core/frame/frame.h"
#include "core/frame/framemarks.h"

#include <QList>
#include <QObject>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>

class QThread;

namespace framescope {

using FramePredicate = std::function<bool(const FrameBatch& batch, std::size_t index)>;

struct ScanRequest
{
    QString path;                      ///< the session file
    std::vector<FrameBatchPtr> newest; ///< FrameCache::newest(): these need not be read
    quint64 from = 1;                  ///< first and last number, both included
    quint64 to = 0;
    bool newestFirst = true;
    quint64 limit = 0; ///< stops after so many matches; 0: no limit
    /// Begins at the last frame that came at this time or before, which is looked for by halves: with ten million
    /// frames some twenty blocks are read. Where the wall clock was set back, a time comes twice; what is found then is
    /// a frame that came at that time or before and whose successor came later, the one to which the halves happened to
    /// lead. It need not be the last such frame of the session, and a time before that of the first frame counts as one
    /// before the session, although frames that came after the jump may bear it.
    std::optional<qint64> notAfterWallNs;
    bool foldControl = false;           ///< control messages are counted, and not offered to @c accepts
    FrameSpans candidates{FrameSpan()}; ///< no frame elsewhere can match: there is no look at them
    FramePredicate accepts;
};

class ScanWorker;

class FrameScan : public QObject
{
    Q_OBJECT

public:
    explicit FrameScan(QObject* parent = nullptr);
    ~FrameScan() override;

    /// Queues the request and returns its ticket. Requests are served in order.
    quint64 add(ScanRequest request);
    /// Forgets all requests; no signal comes for them any more.
    void cancelAll();

Q_SIGNALS:
    /// Matches in ascending order, next to (before or after) those reported earlier. @p done frames are done so
    /// far, those included in which nothing can match; @p folded control messages were passed over since the last
    /// report.
    void found(quint64 ticket, const QList<quint64>& numbers, quint64 done, quint64 folded);
    /// @p reachedEnd is false when the limit ended it or frames could not be read.
    void finished(quint64 ticket, bool reachedEnd);

private:
    QThread* m_thread;
    ScanWorker* m_worker;
    std::shared_ptr<std::atomic<quint64>> m_oldestValid; ///< tickets below it are cancelled
    quint64 m_lastTicket = 0;
};

} // namespace framescope
