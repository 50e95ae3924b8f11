#include "ui/mainwindow/sessiondigest.h"

#include "core/metrics/metrics.h"
#include "core/session/shapescan.h"
#include "core/store/sessionreader.h"

#include <QElapsedTimer>
#include <QThread>

namespace framescope {

namespace {
constexpr int eventPage = 2'000;
constexpr int pagesUnderWay = 8;
constexpr int patienceMs = 50; ///< until a reader that waits looks whether it is still wanted
constexpr int digestReportMs = 400;
} // namespace

SessionDigest::SessionDigest(QObject* parent)
    : QObject(parent)
    , m_thread(new QThread(this))
    , m_place(new QObject)
    , m_pageRoom(pagesUnderWay)
{
    m_place->moveToThread(m_thread);
    connect(m_thread, &QThread::finished, m_place, &QObject::deleteLater);
    m_thread->setObjectName(QStringLiteral("session digest"));
    m_thread->start(QThread::LowPriority);
}

SessionDigest::~SessionDigest()
{
    cancel();
    m_thread->quit();
    m_thread->wait();
}

void SessionDigest::cancel()
{
    ++m_ticket;
}

void SessionDigest::read(const QString& path, int metricsWindow)
{
    const quint64 ticket = ++m_ticket;
    QMetaObject::invokeMethod(m_place, [this, path, metricsWindow, ticket] { run(path, metricsWindow, ticket); });
}

void SessionDigest::readMarks(const QString& path)
{
    const quint64 ticket = ++m_ticket;
    QMetaObject::invokeMethod(m_place, [this, path, ticket] {
        if (auto reader = SessionReader::open(path))
            tellMarks(**reader, ticket);
        else
            tell(ticket, [this, error = reader.error()] { Q_EMIT failed(error); });
    });
}

/// Calls @p function on the gui thread, unless another file was asked for meanwhile.
template <typename Function>
void SessionDigest::tell(quint64 ticket, Function function)
{
    QMetaObject::invokeMethod(this, [this, ticket, function] {
        if (ticket == m_ticket.load())
            function();
    });
}

void SessionDigest::tellMarks(SessionReader& reader, quint64 ticket)
{
    if (const auto marks = reader.marks())
        tell(ticket, [this, marks = *marks] { Q_EMIT marksRead(marks); });
    else
        tell(ticket, [this, error = marks.error()] { Q_EMIT failed(error); });
}

/// A page at a time, and no more at once than the gui thread keeps up with: a session may have any number of them.
void SessionDigest::tellEvents(SessionReader& reader, quint64 lastSeq, RecordedTopics& topics, quint64 ticket)
{
    quint64 from = 1;
    while (ticket == m_ticket.load()) {
        const auto events = reader.events(from, lastSeq, eventPage);
        if (!events) {
            tell(ticket, [this, error = events.error()] { Q_EMIT failed(error); });
            break;
        }
        if (events->empty())
            break;
        for (const AuditEvent& event : *events)
            topics.take(event);
        from = events->back().seq + 1;
        while (!m_pageRoom.tryAcquire(1, patienceMs)) {
            if (ticket != m_ticket.load())
                return;
        }
        QMetaObject::invokeMethod(this, [this, ticket, page = *events] {
            m_pageRoom.release();
            if (ticket == m_ticket.load())
                Q_EMIT eventsRead(page);
        });
    }
    tell(ticket, [this, state = topics.state()] { Q_EMIT notificationsRead(state, false); });
}

void SessionDigest::run(const QString& path, int metricsWindow, quint64 ticket)
{
    auto reader = SessionReader::open(path);
    const auto extent = reader ? (*reader)->extent() : tl::unexpected(reader.error());
    if (!extent) {
        tell(ticket, [this, error = extent.error()] { Q_EMIT failed(error); });
        return;
    }
    // Before a person can set any.
    tellMarks(**reader, ticket);
    tell(ticket, [this, info = (*reader)->info(), extent = *extent, wallNs = firstFrameWallNs(**reader)] {
        Q_EMIT beginKnown(wallNs);
        Q_EMIT opened(info, extent.frames, extent.lastSeq);
    });
    if (const auto removed = (*reader)->removedPayloads())
        tell(ticket, [this, removed = *removed] { Q_EMIT removalsRead(removed.frames, removed.bytes); });
    else
        tell(ticket, [this, error = removed.error()] { Q_EMIT failed(error); });

    RecordedTopics topics;
    tellEvents(**reader, extent->lastSeq, topics, ticket);
    tellFrames(**reader, extent->frames, metricsWindow, topics, ticket);
    tell(ticket, [this] { Q_EMIT finished(); });
}

void SessionDigest::tellFrames(SessionReader& reader, quint64 frames, int metricsWindow, RecordedTopics& topics,
                               quint64 ticket)
{
    const bool hasTopics = topics.state() != nullptr;
    Metrics metrics(metricsWindow);
    QElapsedTimer sinceReport;
    sinceReport.start();
    quint64 next = 1;
    qint64 lastMonoNs = 0;
    while (ticket == m_ticket.load() && next <= frames) {
        const auto block = reader.nextBlock(next);
        if (!block) {
            tell(ticket, [this, error = block.error()] { Q_EMIT failed(error); });
            break;
        }
        if (!*block || (*block)->isEmpty())
            break;
        metrics.consumeBatch(*block);
        if (hasTopics)
            topics.take(**block);
        lastMonoNs = (*block)->heads.back().monoNs;
        next = (*block)->lastNumber() + 1;
        if (sinceReport.elapsed() > digestReportMs) {
            tell(ticket, [this, snapshot = metrics.snapshot(lastMonoNs)] { Q_EMIT metricsRead(snapshot); });
            sinceReport.start();
        }
    }
    // A second later, so that the last second is complete and is shown too.
    tell(ticket, [this, snapshot = metrics.snapshot(lastMonoNs + 1'000'000'000)] { Q_EMIT metricsRead(snapshot); });
    if (hasTopics && next > frames)
        tell(ticket, [this, state = topics.state()] { Q_EMIT notificationsRead(state, true); });
}

} // namespace framescope
