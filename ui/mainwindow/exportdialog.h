#pragma once
/// Asks what to export and in which form, then for a file. Not modal; it closes once a file is chosen.
/// Thread: gui.
#include "ui/mainwindow/frameexport.h"

#include <QDialog>

class QLabel;
class QRadioButton;

namespace framescope {

class ExportDialog : public QDialog
{
    Q_OBJECT

public:
    /// What there is to choose from.
    struct Offer
    {
        quint64 frames = 0;
        quint64 shownFrames = 0;
        FrameFilter filter; ///< empty: nothing is filtered
        quint64 auditEntries = 0;
    };

    ExportDialog(FrameExport* target, const Offer& offer, QWidget* parent = nullptr);

    [[nodiscard]] FrameExport::Choice choice() const;

private:
    void chooseFile();

    FrameExport* m_target;
    FrameFilter m_filter;
    QRadioButton* m_all;
    QRadioButton* m_shown;
    QRadioButton* m_audit;
    QRadioButton* m_csv;
    QRadioButton* m_jsonLines;
};

} // namespace framescope
