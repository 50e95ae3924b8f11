#include "tests/bench/report.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTextStream>
#include <thread>

namespace framescope::bench {

namespace {

constexpr double mebibyte = 1024.0 * 1024.0;
constexpr int nameWidth = 30;
constexpr int columnWidth = 13;

QString fixed(double value, int decimals = 0)
{
    return QString::number(value, 'f', decimals);
}

/// The first cell to the left, the others right-aligned.
QString row(const QStringList& cells)
{
    QString line = cells.first().leftJustified(nameWidth);
    for (const QString& cell : cells.mid(1))
        line += cell.rightJustified(columnWidth);
    return line + QLatin1Char('\n');
}

QString rowOf(const QString& name, const PipelineResult& pipeline, const RoundResult& round)
{
    const double frames = double(pipeline.frames);
    return row({name, fixed(frames / round.bare.seconds), fixed(frames / round.record.seconds), fixed(round.ratio(), 2),
                fixed(round.ratioToExit(), 2), QString::number(round.dropped),
                fixed(double(round.record.peakBytes) / mebibyte), fixed(double(round.queuePeakBytes) / mebibyte, 1),
                fixed(round.bare.cpuSeconds, 2), fixed(round.record.cpuSeconds, 2)});
}

QJsonObject sideJson(const SideResult& side, quint64 frames)
{
    return {{QStringLiteral("frames_per_second"), double(frames) / side.seconds},
            {QStringLiteral("seconds"), side.seconds},
            {QStringLiteral("seconds_to_exit"), side.secondsToExit},
            {QStringLiteral("cpu_seconds"), side.cpuSeconds},
            {QStringLiteral("peak_rss_bytes"), side.peakBytes}};
}

QJsonObject pipelineJson(const PipelineResult& pipeline)
{
    QJsonArray rounds;
    qint64 peakBytes = 0;
    qint64 dropped = 0;
    for (const RoundResult& round : pipeline.rounds) {
        peakBytes = std::max(peakBytes, round.record.peakBytes);
        dropped += qint64(round.dropped);
        rounds += QJsonObject{{QStringLiteral("bare"), sideJson(round.bare, pipeline.frames)},
                              {QStringLiteral("record"), sideJson(round.record, pipeline.frames)},
                              {QStringLiteral("ratio"), round.ratio()},
                              {QStringLiteral("ratio_to_exit"), round.ratioToExit()},
                              {QStringLiteral("dropped"), qint64(round.dropped)},
                              {QStringLiteral("findings"), qint64(round.findings)},
                              {QStringLiteral("session_bytes"), round.sessionBytes},
                              {QStringLiteral("storage_queue_peak_bytes"), round.queuePeakBytes}};
    }
    const double frames = double(pipeline.frames);
    return {{QStringLiteral("writing"), QString::fromLatin1(nameOf(pipeline.writing))},
            {QStringLiteral("frames"), qint64(pipeline.frames)},
            {QStringLiteral("mean_bytes"), pipeline.meanBytes},
            {QStringLiteral("server_frames_per_second"), pipeline.serverFramesPerSecond},
            {QStringLiteral("bare_frames_per_second"),
             pipeline.median([&](const RoundResult& round) { return frames / round.bare.seconds; })},
            {QStringLiteral("record_frames_per_second"),
             pipeline.median([&](const RoundResult& round) { return frames / round.record.seconds; })},
            {QStringLiteral("ratio"), pipeline.median([](const RoundResult& round) { return round.ratio(); })},
            {QStringLiteral("ratio_to_exit"),
             pipeline.median([](const RoundResult& round) { return round.ratioToExit(); })},
            {QStringLiteral("dropped"), dropped},
            {QStringLiteral("peak_rss_bytes"), peakBytes},
            {QStringLiteral("rounds"), rounds}};
}

} // namespace

QByteArray stageTable(const std::vector<StageResult>& stages)
{
    QString table =
        row({QStringLiteral("Stage"), QStringLiteral("frames/s"), QStringLiteral("ns/frame"), QStringLiteral("MiB/s")});
    for (const StageResult& stage : stages) {
        const QString name = QString::fromUtf8(stage.name);
        table += stage.problem.isEmpty()
                     ? row({name, fixed(stage.framesPerSecond), fixed(stage.nsPerFrame()),
                            fixed(stage.bytesPerSecond / mebibyte)})
                     : row({name}).trimmed() + QStringLiteral(": ") + QString::fromUtf8(stage.problem) + u'\n';
    }
    table += row({QStringLiteral("making a finding (difference)"), QString(), fixed(findingNs(stages))});
    table +=
        QStringLiteral("Decode chain / (parse + SHA-256) of the same bytes: %1\n").arg(fixed(decodeRatio(stages), 2));
    return table.toUtf8();
}

QByteArray pipelineTable(const PipelineResult& pipeline)
{
    QString table =
        QStringLiteral("Whole pipeline: %1 frames of %2 bytes on average, written %5; %3 cores; the server "
                       "alone: %4 frames/s\n")
            .arg(pipeline.frames)
            .arg(fixed(pipeline.meanBytes))
            .arg(std::thread::hardware_concurrency())
            .arg(fixed(pipeline.serverFramesPerSecond))
            .arg(pipeline.writing == Writing::EachMessage ? QStringLiteral("one by one") : QStringLiteral("in blocks"));
    table +=
        row({QStringLiteral("Round"), QStringLiteral("bare/s"), QStringLiteral("record/s"), QStringLiteral("ratio"),
             QStringLiteral("to exit"), QStringLiteral("dropped"), QStringLiteral("peak MiB"),
             QStringLiteral("queue MiB"), QStringLiteral("bare CPU s"), QStringLiteral("rec. CPU s")});
    int number = 0;
    for (const RoundResult& round : pipeline.rounds)
        table += rowOf(QString::number(++number), pipeline, round);
    if (!pipeline.rounds.empty()) {
        const double frames = double(pipeline.frames);
        table += row({QStringLiteral("median"),
                      fixed(pipeline.median([&](const RoundResult& round) { return frames / round.bare.seconds; })),
                      fixed(pipeline.median([&](const RoundResult& round) { return frames / round.record.seconds; })),
                      fixed(pipeline.median([](const RoundResult& round) { return round.ratio(); }), 2),
                      fixed(pipeline.median([](const RoundResult& round) { return round.ratioToExit(); }), 2)});
    }
    if (!pipeline.problem.isEmpty())
        table += QStringLiteral("Ended early: ") + pipeline.problem + u'\n';
    return table.toUtf8();
}

QByteArray resultJson(const std::vector<StageResult>& stages, const std::vector<PipelineResult>& pipelines)
{
    QJsonArray rows;
    for (const StageResult& stage : stages) {
        rows += QJsonObject{{QStringLiteral("name"), QString::fromUtf8(stage.name)},
                            {QStringLiteral("frames_per_second"), stage.framesPerSecond},
                            {QStringLiteral("ns_per_frame"), stage.nsPerFrame()},
                            {QStringLiteral("bytes_per_second"), stage.bytesPerSecond},
                            {QStringLiteral("problem"), QString::fromUtf8(stage.problem)}};
    }
    QJsonArray runs;
    for (const PipelineResult& pipeline : pipelines)
        runs += pipelineJson(pipeline);
    const QJsonObject result{{QStringLiteral("cores"), int(std::thread::hardware_concurrency())},
                             {QStringLiteral("stages"), rows},
                             {QStringLiteral("finding_ns"), findingNs(stages)},
                             {QStringLiteral("decode_ratio"), decodeRatio(stages)},
                             {QStringLiteral("pipelines"), runs}};
    return QJsonDocument(result).toJson();
}

} // namespace framescope::bench
