#pragma once
/// The line under a table while an export runs and after it: progress with Cancel, then path, rows and digest
/// with Copy SHA-256. It opens nothing and goes away when it is dismissed. Thread: gui.
#include "core/exchange/exporter.h"

#include "ui/common/taskbar.h"

namespace framescope {

class ExportBar : public TaskBar
{
    Q_OBJECT

public:
    explicit ExportBar(QWidget* parent = nullptr);

    void showStarted(const QString& path);
    void showProgress(quint64 done, quint64 all);
    void showResult(const QString& path, const Expected<ExportResult>& result);

private:
    QByteArray m_digest;
};

} // namespace framescope
