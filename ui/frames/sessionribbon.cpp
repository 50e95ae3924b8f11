#include "ui/frames/sessionribbon.h"

#include "core/base/clock.h"
#include "ui/common/numbers.h"
#include "ui/common/theme.h"

#include <QHelpEvent>
#include <QJsonDocument>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

namespace framescope {

namespace {
constexpr int ribbonBarWidth = 5;
constexpr int barGap = 2;
constexpr int pitch = ribbonBarWidth + barGap;
constexpr int side = 6;
constexpr std::size_t gapLimit = 200;
constexpr std::size_t removedLimit = 10'000; ///< runs of frames: marked ones keep their payloads, and split them
constexpr qint64 shortestSpan = 60; // seconds: a session that began just now does not fill the strip with three bars
} // namespace

SessionRibbon::SessionRibbon(QWidget* parent)
    : QWidget(parent)
{
    setFixedHeight(34);
    setAccessibleName(tr("Session ribbon"));
    setCursor(Qt::PointingHandCursor);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

QSize SessionRibbon::sizeHint() const
{
    return {600, 34};
}

void SessionRibbon::setMetrics(const MetricsSnapshotPtr& metrics)
{
    m_metrics = metrics;
    if (metrics && !metrics->buckets.empty()) {
        m_first = metrics->buckets.front().second;
        m_last = std::max(metrics->buckets.back().second, m_first + shortestSpan - 1);
        setAccessibleDescription(tr("%1 frames, %2 refused, %3 interruptions")
                                     .arg(countText(metrics->totals.received), countText(metrics->totals.refused),
                                          countText(m_gaps.size())));
    }
    update();
}

void SessionRibbon::addEvents(const std::vector<AuditEvent>& events)
{
    for (const AuditEvent& event : events) {
        if (event.action == AuditAction::Gap)
            addGap(event);
        else if (event.action == AuditAction::PayloadsRemoved)
            addRemoval(event);
    }
    if (m_gaps.size() > gapLimit)
        m_gaps.erase(m_gaps.begin(), m_gaps.end() - gapLimit);
}

void SessionRibbon::addGap(const AuditEvent& event)
{
    const QJsonObject detail = QJsonDocument::fromJson(event.detail).object();
    const double milliseconds = detail.value(QLatin1String("ms")).toDouble();
    const qint64 end = event.at.monoNs / nsPerSecond;
    Gap gap{end - qint64(std::ceil(milliseconds / 1000.0)), end, {}};
    gap.words = tr("gap %1 s").arg(QLocale().toString(milliseconds / 1000.0, 'f', 1));
    for (const QLatin1String key : {QLatin1String("cause"), QLatin1String("lost")}) {
        const QString value = detail.value(key).toString();
        if (!value.isEmpty())
            gap.words += tr(" · %1").arg(value);
    }
    m_gaps.push_back(gap);
}

/// Mostly the oldest ones that are left, so that one run of frames grows; what was unmarked later lies between others.
void SessionRibbon::addRemoval(const AuditEvent& event)
{
    const QJsonObject detail = QJsonDocument::fromJson(event.detail).object();
    const qint64 first = detail.value(QLatin1String("first_frame")).toInteger();
    const qint64 last = detail.value(QLatin1String("last_frame")).toInteger();
    if (first < 1 || last < first)
        return;
    const FrameSpan span{quint64(first), quint64(last)};
    if (!m_removed.empty() && m_removed.back().last + 1 == span.first) {
        m_removed.back().last = span.last;
        return;
    }
    m_removed = framesWithout(m_removed, {span});
    const auto after = std::upper_bound(m_removed.begin(), m_removed.end(), span.first,
                                        [](quint64 number, const FrameSpan& each) { return number < each.first; });
    m_removed.insert(after, span);
    if (m_removed.size() > removedLimit)
        m_removed.pop_front();
}

void SessionRibbon::setCurrentWallNs(qint64 wallNs)
{
    if (wallNs == m_currentWallNs)
        return;
    m_currentWallNs = wallNs;
    update();
}

void SessionRibbon::setMarks(const FrameMarksPtr& marks)
{
    m_marks = marks;
    update();
}

void SessionRibbon::clear()
{
    m_metrics.reset();
    m_gaps.clear();
    m_removed.clear();
    m_currentWallNs = 0;
    update();
}

int SessionRibbon::xOf(qint64 second) const
{
    const double span = double(m_last - m_first + 1);
    return side + int(double(second - m_first) / span * (width() - 2 * side));
}

qint64 SessionRibbon::secondAt(int x) const
{
    const double span = double(m_last - m_first + 1);
    return m_first + qint64(double(x - side) / std::max(1, width() - 2 * side) * span);
}

std::vector<SessionRibbon::Column> SessionRibbon::columns() const
{
    std::vector<Column> result(std::size_t(std::max(1, (width() - 2 * side) / pitch + 1)));
    if (!m_metrics)
        return result;
    const std::vector<quint64> removed = removedOf(bucketFrames());
    for (std::size_t b = 0; b < m_metrics->buckets.size(); ++b) {
        const MetricsBucket& bucket = m_metrics->buckets[b];
        // A second wider than a bar fills all the bars that it covers.
        const auto from = std::size_t(std::max(0, (xOf(bucket.second) - side) / pitch));
        const auto to = std::max(from + 1, std::size_t(std::max(0, (xOf(bucket.second + 1) - side) / pitch)));
        for (std::size_t i = from; i < std::min(to, result.size()); ++i) {
            result[i].frames += bucket.counts.received;
            result[i].removed += removed[b];
            if (i == from) {
                result[i].warned += bucket.counts.warned;
                result[i].refused += bucket.counts.refused;
            }
            result[i].wallNs = bucket.startWallNs;
        }
    }
    return result;
}

void SessionRibbon::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.color(Token::Border));
    painter.setBrush(theme.color(Token::Panel));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    painter.setRenderHint(QPainter::Antialiasing, false);
    if (!m_metrics || m_metrics->buckets.empty())
        return;
    paintBars(painter);
    paintGaps(painter);
    paintCurrent(painter);
    paintMarks(painter); // seen also where the current frame is
}

void SessionRibbon::paintBars(QPainter& painter) const
{
    const Theme& theme = Theme::instance();
    const std::vector<Column> bars = columns();
    quint64 highest = 1;
    for (const Column& column : bars)
        highest = std::max(highest, column.frames);
    const int full = height() - 12;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const int x = side + int(i) * pitch;
        if (x + ribbonBarWidth > width() - side)
            break;
        if (bars[i].frames > 0) {
            const int tall = std::max(1, int(double(bars[i].frames) / double(highest) * full));
            const QRect bar(x, height() - 2 - tall, ribbonBarWidth, tall);
            painter.fillRect(bar, theme.color(Token::ChartVolume));
            const int hollow = int(double(bars[i].removed) / double(bars[i].frames) * tall);
            if (const QRect inside = bar.adjusted(1, 1, -1, hollow - tall - 1); inside.height() > 0)
                painter.fillRect(inside, theme.color(Token::Panel));
        }
        if (bars[i].refused > 0)
            painter.fillRect(x, 3, ribbonBarWidth, 5, theme.color(Token::ChartFail));
    }
}

/// Hatching first, words last: those of a gap stand behind it, where they fit before the next one.
void SessionRibbon::paintGaps(QPainter& painter) const
{
    const Theme& theme = Theme::instance();
    struct Place
    {
        const Gap* gap;
        int left;
        int right;
    };
    std::vector<Place> places;
    for (const Gap& gap : m_gaps) {
        const int left = std::max(side, xOf(gap.fromSecond));
        const int right = std::min(width() - side, std::max(xOf(gap.toSecond), left + 4));
        if (right <= side || left >= width() - side)
            continue;
        const QRect area(left, 1, right - left, height() - 2);
        painter.fillRect(area, theme.color(Token::Panel));
        painter.fillRect(area, QBrush(theme.color(Token::SecondaryText), Qt::BDiagPattern));
        places.push_back({&gap, left, right});
    }
    QFont font = theme.interfaceFont();
    font.setPointSizeF(font.pointSizeF() * 0.88);
    painter.setFont(font);
    painter.setPen(theme.color(Token::SecondaryText));
    const QFontMetrics metrics(font);
    for (std::size_t i = 0; i < places.size(); ++i) {
        const int wide = metrics.horizontalAdvance(places[i].gap->words);
        const int end = i + 1 < places.size() ? places[i + 1].left : width() - side;
        if (places[i].right + 8 + wide > end)
            continue;
        const QRect place(places[i].right + 3, 1, wide + 4, metrics.height());
        painter.fillRect(place, theme.color(Token::Panel));
        painter.drawText(place, Qt::AlignCenter, places[i].gap->words);
    }
}

std::vector<FrameSpan> SessionRibbon::bucketFrames() const
{
    const auto& buckets = m_metrics->buckets;
    std::vector<FrameSpan> frames(buckets.size());
    quint64 last = m_metrics->receivedToLastBucket;
    for (std::size_t i = buckets.size(); i-- > 0;) {
        const quint64 count = std::min(buckets[i].counts.received, last);
        frames[i] = {last - count + 1, last}; // first > last: none came
        last -= count;
    }
    return frames;
}

std::vector<quint64> SessionRibbon::removedOf(const std::vector<FrameSpan>& buckets) const
{
    std::vector<quint64> removed(buckets.size());
    auto span = m_removed.begin(); // both are in order
    for (std::size_t i = 0; i < buckets.size(); ++i) {
        while (span != m_removed.end() && span->last < buckets[i].first)
            ++span;
        for (auto each = span; each != m_removed.end() && each->first <= buckets[i].last; ++each)
            removed[i] += std::min(each->last, buckets[i].last) - std::max(each->first, buckets[i].first) + 1;
    }
    return removed;
}

/// One lozenge where there are marks, however many.
void SessionRibbon::paintMarks(QPainter& painter) const
{
    if (!m_marks || m_marks->isEmpty())
        return;
    constexpr qreal half = 4.5;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(Theme::instance().color(Token::Panel), 1));
    painter.setBrush(Theme::instance().color(Token::Accent));
    const std::vector<FrameSpan> frames = bucketFrames();
    int lastX = -pitch;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const int x = xOf(m_metrics->buckets[i].second);
        if (frames[i].first > frames[i].last || x - lastX < pitch || !m_marks->hasAny(frames[i]))
            continue;
        lastX = x;
        const QPointF middle(x + 1, height() - 7); // of where the current frame is drawn
        painter.drawPolygon(QPolygonF{middle - QPointF(0, half), middle + QPointF(half, 0), middle + QPointF(0, half),
                                      middle - QPointF(half, 0)});
    }
    painter.restore();
}

void SessionRibbon::paintCurrent(QPainter& painter) const
{
    if (m_currentWallNs == 0)
        return;
    // Buckets carry both clocks; it is where its second is.
    const auto& buckets = m_metrics->buckets;
    const auto after =
        std::upper_bound(buckets.begin(), buckets.end(), m_currentWallNs,
                         [](qint64 wallNs, const MetricsBucket& bucket) { return wallNs < bucket.startWallNs; });
    if (after == buckets.begin())
        return;
    painter.fillRect(xOf(std::prev(after)->second), 1, 2, height() - 2, Theme::instance().color(Token::Accent));
}

QString SessionRibbon::wordsAt(int x) const
{
    if (!m_metrics || m_metrics->buckets.empty())
        return {};
    const qint64 second = secondAt(x);
    for (const Gap& gap : m_gaps) {
        if (second >= gap.fromSecond && second < gap.toSecond)
            return gap.words;
    }
    const auto& buckets = m_metrics->buckets;
    const auto bucket = std::find_if(buckets.begin(), buckets.end(),
                                     [second](const MetricsBucket& each) { return each.second == second; });
    if (bucket != buckets.end()) {
        QString words = tr("%1 UTC: %2 frames, %3 warned, %4 refused")
                            .arg(utcTimeText(bucket->startWallNs).chopped(4), countText(bucket->counts.received),
                                 countText(bucket->counts.warned), countText(bucket->counts.refused));
        const FrameSpan frames = bucketFrames()[std::size_t(bucket - buckets.begin())];
        if (frames.first > frames.last)
            return words;
        if (const quint64 marked = m_marks ? frameCountOf(commonFrames(m_marks->spans(), {frames})) : 0)
            words += tr(", %1 marked").arg(countText(marked));
        // Some frames of a run never had any, so that their number is not that of the payloads.
        if (const quint64 removed = removedOf({frames}).front())
            words += removed > frames.last - frames.first ? tr("; payloads removed by retention")
                                                          : tr("; payloads of some removed by retention");
        return words;
    }
    return tr("No frames");
}

bool SessionRibbon::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), wordsAt(help->pos().x()), this);
        return true;
    }
    return QWidget::event(event);
}

void SessionRibbon::mousePressEvent(QMouseEvent* event)
{
    if (!m_metrics || event->button() != Qt::LeftButton)
        return;
    const auto& buckets = m_metrics->buckets;
    const auto after =
        std::upper_bound(buckets.begin(), buckets.end(), secondAt(event->pos().x()),
                         [](qint64 second, const MetricsBucket& bucket) { return second < bucket.second; });
    if (!buckets.empty())
        Q_EMIT frameRequested(
            bucketFrames()[std::size_t(std::max<std::ptrdiff_t>(after - buckets.begin(), 1) - 1)].first);
}

} // namespace framescope
