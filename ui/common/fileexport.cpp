#include "ui/common/fileexport.h"

#include <QElapsedTimer>
#include <QThread>

namespace framescope {

namespace {
constexpr qint64 progressIntervalMs = 100;
}

FileExport::FileExport(QObject* parent)
    : QObject(parent)
{
}

FileExport::~FileExport()
{
    if (!m_thread)
        return;
    cancel();
    m_thread->wait();
    delete m_thread;
}

void FileExport::start(const QString& path, const ExportRequest& request)
{
    start([path, request](const ExportProgress& progress) { return exportToFile(path, request, progress); });
}

void FileExport::start(Job job)
{
    if (m_thread)
        return;
    m_isCancelled = false;
    m_result = failure(ErrorCode::Cancelled, QString());
    m_thread = QThread::create([this, own = std::move(job)] {
        QElapsedTimer sinceReport;
        sinceReport.start();
        m_result = own([&](quint64 done, quint64 all) {
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

void FileExport::cancel()
{
    m_isCancelled = true;
}

} // namespace framescope
