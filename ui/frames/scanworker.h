#pragma once
/// The part of FrameScan that runs on its own thread. Call run() by queued invocation only.
/// Thread: the scan's.
#include "ui/frames/framescan.h"

#include <QElapsedTimer>

namespace framescope {

class SessionReader;

class ScanWorker : public QObject
{
    Q_OBJECT

public:
    explicit ScanWorker(std::shared_ptr<std::atomic<quint64>> oldestValid);
    ~ScanWorker() override;

    void run(quint64 ticket, const ScanRequest& request);

Q_SIGNALS:
    void found(quint64 ticket, const QList<quint64>& numbers, quint64 done, quint64 folded);
    void finished(quint64 ticket, bool reachedEnd);

private:
    [[nodiscard]] bool isCancelled() const;
    [[nodiscard]] static std::optional<quint64> candidateFrom(quint64 number, const ScanRequest& request);
    [[nodiscard]] FrameBatchPtr batchOf(quint64 number, const ScanRequest& request);
    [[nodiscard]] FrameBatchPtr blockFromFile(quint64 number, const QString& path);
    void scan(const ScanRequest& request);
    [[nodiscard]] std::optional<quint64> lastNotAfter(qint64 wallNs, const ScanRequest& request);
    bool scanBatch(const FrameBatch& batch, const ScanRequest& request);
    void report(bool newestFirst);

    std::shared_ptr<std::atomic<quint64>> m_oldestValid;
    std::unique_ptr<SessionReader> m_reader;
    QElapsedTimer m_sinceReport;
    QList<quint64> m_matches; ///< in the order of the scan
    quint64 m_ticket = 0;
    quint64 m_done = 0;
    quint64 m_matchCount = 0;
    quint64 m_folded = 0; ///< since the last report
};

} // namespace framescope
