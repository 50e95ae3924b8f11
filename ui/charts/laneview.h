#pragma once
/// The drawing of a chart lane: a Qt Charts view with a fixed plot area, whose grid and labels are painted in the
/// theme's faces and colours. Thread: gui.
#include "ui/charts/chartlines.h"

#include <QChartView>

class QValueAxis;

namespace framescope {

class LaneView : public QChartView
{
    Q_OBJECT

public:
    static constexpr int rightMargin = 2;
    /// Room for the longest label, from the face's size.
    [[nodiscard]] static int leftMargin();

    LaneView(QChart* chart, QValueAxis* timeAxis, QValueAxis* valueAxis, QWidget* parent = nullptr);

    void setTicks(const std::vector<AxisTick>& ticks);

    QSize sizeHint() const override { return {320, 120}; }
    QSize minimumSizeHint() const override { return {120, 40}; }

protected:
    void resizeEvent(QResizeEvent* event) override;
    void drawBackground(QPainter* painter, const QRectF& rect) override;
    // The chart neither scrolls nor zooms; what scrolls is the pane around it.
    void wheelEvent(QWheelEvent* event) override;

private:
    QValueAxis* m_valueAxis;
    std::vector<AxisTick> m_ticks;
};

} // namespace framescope
