#pragma once
/// The filter line and, beside it, what it does in numbers: how many frames are shown, and chips that switch on the
/// terms that are used most. Thread: gui.
#include "core/metrics/metricssnapshot.h"
#include "ui/frames/filterline.h"

#include <QWidget>

namespace framescope {

class Chip;
class FrameTableModel;

class FilterRow : public QWidget
{
    Q_OBJECT

public:
    explicit FilterRow(FrameTableModel* model, QWidget* parent = nullptr);

    [[nodiscard]] FilterLine* line() const { return m_line; }
    void setMetrics(const MetricsSnapshotPtr& metrics);
    /// So many frames have no payload any more in which a text could be looked for.
    void setPayloadsRemoved(quint64 frames);
    /// Why the table is empty, in words; empty when it is not.
    [[nodiscard]] QString emptyReason() const;
    [[nodiscard]] QString shownText() const;

Q_SIGNALS:
    /// Fold control messages away, or list them.
    void foldRequested(bool folded);

private:
    Chip* addTermChip(const QString& term, const QString& tip);
    void showCounts();
    void showChecks();
    void showTotals();

    FrameTableModel* m_model;
    FilterLine* m_line;
    Chip* m_shown;
    Chip* m_folded;
    Chip* m_failures;
    Chip* m_warnings;
    Chip* m_media;
    MetricsSnapshotPtr m_metrics;
    quint64 m_payloadsRemoved = 0;
};

} // namespace framescope
