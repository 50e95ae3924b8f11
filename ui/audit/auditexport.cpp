#include "ui/audit/auditexport.h"

#include <QElapsedTimer>
#include <QThread>

namespace framescope {

namespace {
constexpr qint64 progressIntervalMs = 100;
}

AuditExport::AuditExport(QObject* parent)
    : QObject(parent)
{
}

AuditExport::~AuditExport()
{
    if (!m_thread)
        return;
    cancel();
    m_thread->wait();
    delete m_thread;
}

void AuditExport::start(const QString& path, const ExportRequest& request)
{
    if (m_thread)
        return;
    m_isCancelled = false;
    m_result = failure(ErrorCode::Cancelled, QString());
    m_thread = QThread::create([this, path, request] {
        QElapsedTimer sinceReport;
        sinceReport.start();
        m_result = exportToFile(path, request, [&](quint64 done, quint64 all) {
            if (sinceReport.elapsed() >= progressIntervalMs) {
                sinceReport.restart();
                QMetaObject::invokeMethod(
                    this, [this, done, all] { Q_EMIT progressed(done, all); }, Qt::QueuedConnection);
            }
            return !m_isCancelled;
        });
    });
    m_thread->setObjectName(QStringLiteral("export"));
    connect(m_thread, &QThread::finished, this, [this] {
        m_thread->wait();
        m_thread->deleteLater();
        m_thread = nullptr;
        Q_EMIT finished();
    });
    m_thread->start();
}

void AuditExport::cancel()
{
    m_isCancelled = true;
}

} // namespace framescope
