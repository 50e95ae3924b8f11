#pragma once
/// Three charts of one session side by side: parse latency, integrity, throughput, over the last 1, 5 or 15 minutes.
///
/// Reads metrics buckets, never frames; redraws at most 4 times a second, and not at all while hidden. Ctrl+C copies
/// the range as CSV. Thread: gui.
#include "core/metrics/metricssnapshot.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

class QComboBox;

namespace framescope {

class ChartLane;

class ChartsPane : public QWidget
{
    Q_OBJECT

public:
    explicit ChartsPane(QWidget* parent = nullptr);

    /// Null: no session.
    void setMetrics(const MetricsSnapshotPtr& metrics);
    /// The choice of range. It stands at the right end of the last title; a window with a tab row may put it there.
    [[nodiscard]] QComboBox* rangeBox() const { return m_range; }
    /// How often the charts were really redrawn, for diagnostics.
    [[nodiscard]] quint64 redrawCount() const { return m_redraws; }

    void copyCsv() const;

protected:
    void showEvent(QShowEvent* event) override;

private:
    void redrawSoon();
    void redraw();
    void showCurrentValues(quint64 refusedInRange);
    [[nodiscard]] int spanSeconds() const; ///< as chosen
    [[nodiscard]] int shownSeconds(const MetricsSnapshot& metrics) const;

    MetricsSnapshotPtr m_metrics;
    ChartLane* m_latency;
    ChartLane* m_integrity;
    ChartLane* m_throughput;
    QComboBox* m_range;
    QTimer m_redrawTimer;
    QElapsedTimer m_sinceRedraw;
    quint64 m_redraws = 0;
};

} // namespace framescope
