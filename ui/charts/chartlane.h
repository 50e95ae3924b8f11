#pragma once
/// One chart of the charts pane: a title, the current values in the lines' colours, the drawing, and the ends of its
/// time axis. Grid and labels are painted in the theme's faces; lines and areas are Qt Charts series that are replaced
/// in bulk.
///
/// Thread: gui. No animation, no OpenGL, no legend: the values beside the title are the legend, each with its line's
/// dash.
#include "ui/charts/chartlines.h"
#include "ui/common/theme.h"

#include <QWidget>
#include <memory>

class QHBoxLayout;

namespace framescope {

class ChartLane : public QWidget
{
    Q_OBJECT

public:
    explicit ChartLane(const QString& title, QWidget* parent = nullptr);
    ~ChartLane() override;

    /// Adds a line; returns its index. The dash tells it from others where colour cannot.
    int addLine(Token colour, Qt::PenStyle dash);
    /// Adds a filled area; returns its index.
    int addArea(Token colour);
    /// Adds a value beside the title; returns its index. A dash is drawn before it when it names a line.
    int addValue(Token colour, Qt::PenStyle dash = Qt::NoPen);

    void setLine(int index, const LineSegments& segments);
    void setArea(int index, const QList<QPointF>& outline);
    void setValue(int index, const QString& text);
    void setAxis(const ChartAxis& axis);
    void setSpan(int seconds);
    /// Places @p widget at the right end of the title row.
    void addCorner(QWidget* widget);
    /// Width of the plot in pixels: two points a pixel column are enough.
    [[nodiscard]] int plotWidth() const;

private:
    void applyTheme();

    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace framescope
