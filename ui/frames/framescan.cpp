#include "ui/frames/framescan.h"

#include "ui/frames/scanworker.h"

#include <QThread>

namespace framescope {

FrameScan::FrameScan(QObject* parent)
    : QObject(parent)
    , m_thread(new QThread(this))
    , m_oldestValid(std::make_shared<std::atomic<quint64>>(0))
{
    m_worker = new ScanWorker(m_oldestValid);
    m_worker->moveToThread(m_thread);
    connect(m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    connect(m_worker, &ScanWorker::found, this,
            [this](quint64 ticket, const QList<quint64>& numbers, quint64 done, quint64 folded) {
                if (ticket >= m_oldestValid->load())
                    Q_EMIT found(ticket, numbers, done, folded);
            });
    connect(m_worker, &ScanWorker::finished, this, [this](quint64 ticket, bool reachedEnd) {
        if (ticket >= m_oldestValid->load())
            Q_EMIT finished(ticket, reachedEnd);
    });
    m_thread->setObjectName(QStringLiteral("frame scan"));
    m_thread->start(QThread::LowPriority);
}

FrameScan::~FrameScan()
{
    cancelAll();
    m_thread->quit();
    m_thread->wait();
}

quint64 FrameScan::add(ScanRequest request)
{
    const quint64 ticket = ++m_lastTicket;
    QMetaObject::invokeMethod(m_worker, [worker = m_worker, ticket, own = std::move(request), valid = m_oldestValid] {
        if (ticket >= valid->load())
            worker->run(ticket, own);
    });
    return ticket;
}

void FrameScan::cancelAll()
{
    m_oldestValid->store(m_lastTicket + 1);
}

} // namespace framescope
