#pragma once
/// The line under the audit log while its chain is recomputed and after it: progress with Cancel, then the result in
/// words with Copy for the head that may serve as an anchor. Goes away when it is dismissed.
///
/// Thread: gui; the work runs on a thread of its own, which the destructor ends and waits for.
#include "core/session/auditcheck.h"

#include "ui/common/taskbar.h"

#include <atomic>

class QThread;

namespace framescope {

class VerifyBar : public TaskBar
{
    Q_OBJECT

public:
    explicit VerifyBar(QWidget* parent = nullptr);
    ~VerifyBar() override;

    /// One at a time: nothing happens while one runs.
    void start(const QString& sessionPath);
    [[nodiscard]] bool isRunning() const { return m_thread != nullptr; }

Q_SIGNALS:
    void finished();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void fitWords();
    void showProgress(quint64 done, quint64 all);
    void showResult();

    QThread* m_thread = nullptr;
    std::atomic<bool> m_isCancelled{false};
    Expected<AuditCheck> m_result; ///< written by the thread, read once it has ended
};

/// The result in sentences, translated.
[[nodiscard]] QString wordsOf(const AuditCheck& check);

} // namespace framescope
