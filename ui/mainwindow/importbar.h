#pragma once
/// A strip for what becomes of a capture (.har) that was opened: progress with Cancel while a session file is made of
/// it in the background, then what was passed over and what redaction took out. Nothing modal. Thread: gui; the import
/// has a thread of its own. The destructor cancels an import that still runs: no half session is left behind.
#include "core/session/captureimport.h"
#include "core/session/session.h"

#include "ui/common/taskbar.h"

#include <atomic>

class QThread;

namespace framescope {

class ImportBar : public TaskBar
{
    Q_OBJECT

public:
    explicit ImportBar(QWidget* parent = nullptr);
    ~ImportBar() override;

    /// Key and place of anchors are added here. Nothing while another import runs.
    void start(ImportRequest request);
    void cancel();
    [[nodiscard]] bool isRunning() const { return m_isRunning; }

Q_SIGNALS:
    void imported(const QString& sessionPath);
    void failed(const framescope::Error& error);

private:
    void run(ImportRequest request);
    void showProgress(ImportStage stage, quint64 done, quint64 all);
    void finish();
    [[nodiscard]] QString redactedWords() const;

    QThread* m_thread = nullptr;
    RedactionRules m_redaction; ///< of the import that runs, if its payloads are redacted
    bool m_isRunning = false;
    std::atomic<bool> m_isCancelled{false};
    Expected<ImportResult> m_result; ///< written by the thread, read once it has ended
};

} // namespace framescope
