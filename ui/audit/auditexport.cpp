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
    auto result = std::make_shared<Expected<ExportResult>>(failure(ErrorCode::Cancelled, QString()));
    m_thread = QThread::create([this, path, request, result] {
        QElapsedTimer sinceReport;
        sinceReport.start();
        *result = exportToFile(path, request, [&](quint64 done, quint64 all) {
            if (sinceReport.elapsed() >= progressIntervalMs) {
                sinceReport.restart();
                QMetaObject::invokeMethod(
                    this, [this, done, all] { Q_EMIT progressed(done, all); }, Qt::QueuedConnection);
            }
            return !m_isCancelled;
        });
    });
    m_thread->setObjectName(QStringLiteral("export"));
    connect(m_thread, &QThread::finished, this, [this, result] {
        m_thread->wait();
        m_thread->deleteLater();
        m_thread = nullptr;
        Q_EMIT finished(*result);
    });
    m_thread->start();
}

void AuditExport::cancel()
{
    m_isCancelled = true;
}

} // namespace framescope
