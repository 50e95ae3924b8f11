#pragma once
/// Asks what to export and in which form, then for a file. Not modal; it closes once a file is chosen.
/// Thread: gui.
#include "ui/mainwindow/frameexport.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QPushButton;
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
        FrameSpans selected = {}; ///< empty: no row is selected
        quint64 marked = 0;
    };

    ExportDialog(FrameExport* target, const Offer& offer, QWidget* parent = nullptr);

    [[nodiscard]] FrameExport::Choice choice() const;

private:
    void offerParts(const Offer& offer);
    void wire();
    [[nodiscard]] QWidget* timeRow();
    /// What goes together: HAR with frames, times with all but the selected ones.
    void adjust();
    void chooseFile();

    FrameExport* m_target;
    FrameFilter m_filter;
    FrameSpans m_spans;
    QRadioButton* m_all;
    QRadioButton* m_shown;
    QRadioButton* m_selected;
    QRadioButton* m_marked;
    QRadioButton* m_audit;
    QRadioButton* m_csv;
    QRadioButton* m_jsonLines;
    QRadioButton* m_har;
    QLineEdit* m_since;
    QLineEdit* m_until;
    QLabel* m_problem;
    QPushButton* m_next;
};

} // namespace framescope
