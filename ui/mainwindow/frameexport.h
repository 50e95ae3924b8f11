#pragma once
/// Exports of the session from the File menu: what (all frames, those that the filter shows, those that
/// are selected, a part between two times, the audit log) and in which form, then a file; written in the background,
/// the bar under the tables shows progress and result.
///
/// Thread: gui. Not modal because of anything but the person's own choice of a file. One export at a time.
#include "core/exchange/exporter.h"
#include "core/frame/auditevent.h"

#include <QObject>

class QWidget;

namespace framescope {

class ExportBar;
class FileExport;

class FrameExport : public QObject
{
    Q_OBJECT

public:
    struct Choice
    {
        ExportWhat what = ExportWhat::Frames;
        ExportFormat format = ExportFormat::Csv;
        FrameFilter filter; ///< empty: all of them
        FrameSpans spans;   ///< selected frames; empty: all of them
        bool onlyMarked = false;
        QString since; ///< see exportScopeFromText(); empty: from the beginning
        QString until;
    };

    explicit FrameExport(QObject* parent = nullptr);
    ~FrameExport() override;

    void setSession(const QString& path);
    [[nodiscard]] QWidget* bar() const;
    [[nodiscard]] bool canStart() const;
    /// A name to offer for @p choice: "2026-11-25T001122Z-demo-frames.csv".
    [[nodiscard]] QString suggestedName(const Choice& choice) const;
    void start(const QString& path, const Choice& choice);

Q_SIGNALS:
    void exported(const framescope::AuditEvent& event);

private:
    void finish();

    FileExport* m_export;
    ExportBar* m_bar;
    QString m_session;
    QString m_path;
    Choice m_choice;
};

} // namespace framescope
