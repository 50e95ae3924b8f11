#pragma once
/// Writes an export on a thread of its own, with progress and a way to stop. One export at a time.
/// Thread: gui. The destructor cancels an export that still runs and waits for it: nothing half-written stays behind.
#include "core/exchange/exporter.h"

#include <QObject>
#include <atomic>
#include <functional>
#include <memory>

class QThread;

namespace framescope {

class FileExport : public QObject
{
    Q_OBJECT

public:
    /// Runs on the export's thread, so it must hold all that it needs; false from the progress means stop.
    using Job = std::function<Expected<ExportResult>(const ExportProgress&)>;

    explicit FileExport(QObject* parent = nullptr);
    ~FileExport() override;

    void start(Job job);
    /// Frames or audit entries of a session file.
    void start(const QString& path, const ExportRequest& request);
    void cancel();
    [[nodiscard]] bool isRunning() const { return m_thread != nullptr; }
    /// Of the last export.
    [[nodiscard]] const Expected<ExportResult>& result() const { return m_result; }

Q_SIGNALS:
    /// At most 10 times a second; @p all is 0 when unknown.
    void progressed(quint64 done, quint64 all);
    void finished(); ///< result() says how

private:
    QThread* m_thread = nullptr;
    std::atomic<bool> m_isCancelled{false};
    Expected<ExportResult> m_result; ///< written by the thread, read once it has ended
};

} // namespace framescope
