#pragma once
/// A thin strip across the window: how many frames came when, where some were refused, and where the stream was gone.
/// Bars are hollow where retention has removed the payloads: the frames are there, what was in them is not.
///
/// Drawn from the metrics' buckets, so that its cost does not depend on the number of frames.
/// Thread: gui. Hover says it in words; a click asks for the frame of that moment.
#include "core/frame/framemarks.h"
#include "core/metrics/metricssnapshot.h"

#include <QWidget>
#include <vector>

namespace framescope {

class SessionRibbon : public QWidget
{
    Q_OBJECT

public:
    explicit SessionRibbon(QWidget* parent = nullptr);

    void setMetrics(const MetricsSnapshotPtr& metrics);
    void addEvents(const std::vector<AuditEvent>& events);
    /// Where the table's current frame is; 0 hides it.
    void setCurrentWallNs(qint64 wallNs);
    void setMarks(const FrameMarksPtr& marks);
    void clear();
    QSize sizeHint() const override;

Q_SIGNALS:
    void frameRequested(quint64 number);

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    struct Gap
    {
        qint64 fromSecond = 0;
        qint64 toSecond = 0;
        QString words;
    };
    struct Column
    {
        quint64 frames = 0;
        quint64 removed = 0; ///< of them: frames whose payloads retention removed
        quint64 warned = 0;
        quint64 refused = 0;
        qint64 wallNs = 0;
    };
    [[nodiscard]] std::vector<Column> columns() const;
    [[nodiscard]] int xOf(qint64 second) const;
    [[nodiscard]] qint64 secondAt(int x) const;
    [[nodiscard]] QString wordsAt(int x) const;
    void addGap(const AuditEvent& event);
    void addRemoval(const AuditEvent& event);
    void paintBars(QPainter& painter) const;
    void paintGaps(QPainter& painter) const;
    void paintCurrent(QPainter& painter) const;
    void paintMarks(QPainter& painter) const;
    /// Numbers of the frames that each bucket counts; buckets hold all frames, up to the end of the newest.
    [[nodiscard]] std::vector<FrameSpan> bucketFrames() const;
    /// How many frames of each of those retention took the payloads of.
    [[nodiscard]] std::vector<quint64> removedOf(const std::vector<FrameSpan>& buckets) const;

    MetricsSnapshotPtr m_metrics;
    std::vector<Gap> m_gaps; ///< the newest gapLimit
    FrameSpans m_removed;    ///< the newest removedLimit
    qint64 m_first = 0;      ///< monotonic seconds shown: [m_first, m_last]
    qint64 m_last = 0;
    qint64 m_currentWallNs = 0;
    FrameMarksPtr m_marks;
};

} // namespace framescope
