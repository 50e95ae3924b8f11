#include "ui/charts/chartlane.h"

#include "ui/charts/lanevalue.h"
#include "ui/charts/laneview.h"
#include "ui/common/widgets.h"

#include <QAreaSeries>
#include <QChart>
#include <QLabel>
#include <QLineSeries>
#include <QVBoxLayout>
#include <QValueAxis>

namespace framescope {

namespace {

// A line with more interruptions than this is drawn through: a chart of splinters tells nobody anything.
constexpr std::size_t mostSegments = 40;
constexpr double lineWidth = 1.5;

struct Line
{
    Token colour;
    Qt::PenStyle dash;
    std::vector<QLineSeries*> pieces; ///< one for each segment; spare ones are empty
};

struct Area
{
    Token colour;
    QAreaSeries* series = nullptr;
    QLineSeries* upper = nullptr;
};

} // namespace

struct ChartLane::Private
{
    QChart* chart = nullptr;
    LaneView* view = nullptr;
    QValueAxis* timeAxis = nullptr;
    QValueAxis* valueAxis = nullptr;
    QHBoxLayout* titleRow = nullptr;
    QLabel* oldest = nullptr;
    QLabel* newest = nullptr;
    std::vector<Line> lines;
    std::vector<Area> areas;
    std::vector<LaneValue*> values;

    void attach(QAbstractSeries* series)
    {
        chart->addSeries(series);
        series->attachAxis(timeAxis);
        series->attachAxis(valueAxis);
    }
    static QPen penOf(const Line& line)
    {
        QPen pen(Theme::instance().color(line.colour), lineWidth, line.dash);
        pen.setCosmetic(true);
        pen.setCapStyle(Qt::FlatCap);
        return pen;
    }
    QLineSeries* addPiece(Line& line)
    {
        auto* piece = new QLineSeries;
        piece->setPen(penOf(line));
        attach(piece);
        line.pieces.push_back(piece);
        return piece;
    }
};

ChartLane::ChartLane(const QString& title, QWidget* parent)
    : QWidget(parent)
    , d(std::make_unique<Private>())
{
    d->chart = new QChart;
    d->timeAxis = new QValueAxis(d->chart);
    d->valueAxis = new QValueAxis(d->chart);
    d->view = new LaneView(d->chart, d->timeAxis, d->valueAxis);
    d->view->setAccessibleName(title);

    d->titleRow = new QHBoxLayout;
    d->titleRow->setSpacing(10);
    d->titleRow->addWidget(titleLabel(title));
    d->titleRow->addStretch();

    d->oldest = secondaryLabel();
    d->newest = secondaryLabel(tr("now"));
    auto* timeRow = new QHBoxLayout;
    timeRow->setContentsMargins(LaneView::leftMargin(), 0, LaneView::rightMargin, 0);
    timeRow->addWidget(d->oldest);
    timeRow->addStretch();
    timeRow->addWidget(d->newest);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    column->addLayout(d->titleRow);
    column->addWidget(d->view, 1);
    column->addLayout(timeRow);

    setSpan(300);
    applyTheme();
    connect(&Theme::instance(), &Theme::changed, this, &ChartLane::applyTheme);
}

ChartLane::~ChartLane() = default;

int ChartLane::addLine(Token colour, Qt::PenStyle dash)
{
    d->lines.push_back({colour, dash, {}});
    d->addPiece(d->lines.back());
    return int(d->lines.size()) - 1;
}

int ChartLane::addArea(Token colour)
{
    Area area{colour, nullptr, new QLineSeries};
    area.series = new QAreaSeries(area.upper);
    area.upper->setParent(area.series);
    area.series->setPen(Qt::NoPen);
    area.series->setBrush(Theme::instance().color(colour));
    d->attach(area.series);
    d->areas.push_back(area);
    return int(d->areas.size()) - 1;
}

int ChartLane::addValue(Token colour, Qt::PenStyle dash)
{
    auto* value = new LaneValue(colour, dash, this);
    d->titleRow->addWidget(value);
    d->values.push_back(value);
    return int(d->values.size()) - 1;
}

void ChartLane::setLine(int index, const LineSegments& segments)
{
    Line& line = d->lines[std::size_t(index)];
    std::size_t used = 0;
    QList<QPointF> points;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        points += segments[i];
        if (used + 1 >= mostSegments && i + 1 < segments.size())
            continue;
        QLineSeries* piece = used < line.pieces.size() ? line.pieces[used] : d->addPiece(line);
        piece->replace(points);
        points.clear();
        ++used;
    }
    for (std::size_t i = used; i < line.pieces.size(); ++i) {
        if (line.pieces[i]->count() > 0)
            line.pieces[i]->clear();
    }
}

void ChartLane::setArea(int index, const QList<QPointF>& outline)
{
    d->areas[std::size_t(index)].upper->replace(outline);
}

void ChartLane::setValue(int index, const QString& text)
{
    d->values[std::size_t(index)]->setText(text);
}

void ChartLane::setAxis(const ChartAxis& axis)
{
    d->valueAxis->setRange(axis.least, axis.most);
    d->view->setTicks(axis.ticks);
}

void ChartLane::setSpan(int seconds)
{
    d->timeAxis->setRange(-seconds, 0);
    d->oldest->setText(seconds % 60 == 0 ? tr("%n min ago", nullptr, seconds / 60) : tr("%n s ago", nullptr, seconds));
}

void ChartLane::addCorner(QWidget* widget)
{
    d->titleRow->addWidget(widget);
}

int ChartLane::plotWidth() const
{
    return std::max(100, int(d->chart->plotArea().width()));
}

void ChartLane::applyTheme()
{
    for (Line& line : d->lines) {
        for (QLineSeries* piece : line.pieces)
            piece->setPen(Private::penOf(line));
    }
    for (Area& area : d->areas)
        area.series->setBrush(Theme::instance().color(area.colour));
    QFont small = Theme::instance().interfaceFont();
    small.setPointSizeF(small.pointSizeF() * 0.9);
    d->oldest->setFont(small);
    d->newest->setFont(small);
}

} // namespace framescope
