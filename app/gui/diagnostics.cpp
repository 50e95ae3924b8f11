#include "app/gui/diagnostics.h"

#include "core/base/clock.h"
#include "core/base/processstats.h"
#include "ui/frames/framecache.h"
#include "ui/frames/frametableview.h"
#include "ui/mainwindow/mainwindow.h"
#include "ui/mainwindow/sessionview.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <algorithm>

namespace framescope {

namespace {

constexpr int beatMs = 10;
constexpr int minuteMs = 60'000;
constexpr qsizetype memorySampleLimit = 10'000; // about a week

QJsonObject percentiles(const TimeHistogram& times)
{
    const auto ms = [](qint64 ns) { return double(ns) / 1e6; };
    return {{QStringLiteral("count"), double(times.count())},
            {QStringLiteral("p50_ms"), ms(times.percentileNs(0.5))},
            {QStringLiteral("p95_ms"), ms(times.percentileNs(0.95))},
            {QStringLiteral("p99_ms"), ms(times.percentileNs(0.99))},
            {QStringLiteral("p999_ms"), ms(times.percentileNs(0.999))},
            {QStringLiteral("max_ms"), ms(times.maximumNs())}};
}

} // namespace

Diagnostics::Diagnostics(const MainWindow& window, QString path)
    : m_window(window)
    , m_path(std::move(path))
{
    m_running.start();
    m_beat.setTimerType(Qt::PreciseTimer);
    connect(&m_beat, &QTimer::timeout, this, &Diagnostics::observeLoop);
    connect(&m_minute, &QTimer::timeout, this, &Diagnostics::sampleMemory);
    m_beat.start(beatMs);
    m_minute.start(minuteMs);
    sampleMemory();
}

Diagnostics::~Diagnostics() = default;

void Diagnostics::observeLoop()
{
    const qint64 now = monotonicNs();
    if (m_lastBeatNs != 0) {
        const qint64 late = std::max<qint64>(0, now - m_lastBeatNs - beatMs * 1'000'000);
        m_lateness.add(late);
        noteIfWorst(double(late) / 1e6);
    }
    m_lastBeatNs = now;
}

void Diagnostics::noteIfWorst(double lateMs)
{
    constexpr std::size_t kept = 10;
    if (m_worst.size() == kept && lateMs <= m_worst.back().second)
        return;
    m_worst.emplace_back(double(m_running.elapsed()) / 1000.0, lateMs);
    std::sort(m_worst.begin(), m_worst.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    m_worst.resize(std::min(m_worst.size(), kept));
}

void Diagnostics::sampleMemory()
{
    if (m_memory.size() >= memorySampleLimit)
        return;
    m_memory.append(
        QJsonObject{{QStringLiteral("seconds"), double(m_running.elapsed()) / 1000.0},
                    {QStringLiteral("resident_bytes"), double(residentBytes())},
                    {QStringLiteral("frame_cache_bytes"), double(m_window.view()->cache()->weightBytes())}});
}

Expected<void> Diagnostics::write() const
{
    const SessionDesk& desk = *m_window.desk();
    QJsonObject loop = percentiles(m_lateness);
    loop.insert(QStringLiteral("probe_interval_ms"), beatMs);
    loop.insert(QStringLiteral("meaning"),
                QStringLiteral("lateness of a timer of that interval; shorter blocks can hide in it"));
    QJsonArray worst;
    for (const auto& [seconds, ms] : m_worst)
        worst.append(QJsonObject{{QStringLiteral("at_seconds"), seconds}, {QStringLiteral("ms"), ms}});
    loop.insert(QStringLiteral("worst"), worst);
    const QJsonObject all{
        {QStringLiteral("version"), QLatin1String(FRAMESCOPE_VERSION)},
        {QStringLiteral("seconds"), double(m_running.elapsed()) / 1000.0},
        {QStringLiteral("frames_received"), double(desk.received())},
        {QStringLiteral("frames_shown"), double(desk.received() - desk.skippedFrames())},
        {QStringLiteral("frames_skipped_from_view"), double(desk.skippedFrames())},
        {QStringLiteral("frames_dropped"), double(desk.storage().framesDropped)},
        {QStringLiteral("event_loop_lateness"), loop},
        {QStringLiteral("detail_shown"), percentiles(m_window.view()->detailTimes())},
        {QStringLiteral("table_paint"), percentiles(m_window.view()->table()->paintTimes())},
        {QStringLiteral("peak_rss_bytes"), double(peakResidentBytes())},
        {QStringLiteral("memory"), m_memory},
    };
    QSaveFile file(m_path);
    const QByteArray text = QJsonDocument(all).toJson();
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit())
        return failure(ErrorCode::Io, file.errorString(), m_path);
    return {};
}

} // namespace framescope
