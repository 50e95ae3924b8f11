#pragma once
/// The line under a table while an export runs and after it: progress with Cancel, then path, rows and digest
/// with Copy SHA-256. It opens nothing and goes away when it is dismissed. Thread: gui.
#include "core/store/exporter.h"

#include <QFrame>

class QLabel;
class QProgressBar;
class QPushButton;

namespace framescope {

class ExportBar : public QFrame
{
    Q_OBJECT

public:
    explicit ExportBar(QWidget* parent = nullptr);

    void showStarted(const QString& path);
    void showProgress(quint64 done, quint64 all);
    void showResult(const QString& path, const Expected<ExportResult>& result);
    [[nodiscard]] QString text() const;

Q_SIGNALS:
    void cancelRequested();

private:
    void copyDigest() const;

    QLabel* m_text;
    QProgressBar* m_progress;
    QPushButton* m_cancel;
    QPushButton* m_copy;
    QPushButton* m_dismiss;
    QByteArray m_digest;
};

} // namespace framescope
