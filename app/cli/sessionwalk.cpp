#include "app/cli/sessionwalk.h"

#include "app/cli/signalwatcher.h"
#include "app/cli/terminal.h"
#include "app/cli/words.h"

#include <QElapsedTimer>

namespace framescope::cli {

namespace {
constexpr int eventsAtOnce = 4'096;
constexpr qint64 progressIntervalMs = 200;
} // namespace

Expected<void> walkFrames(SessionReader& reader, const QString& verb,
                          const std::function<bool(const FrameBatch&)>& visit)
{
    const Expected<SessionReader::Extent> extent = reader.extent();
    if (!extent)
        return tl::unexpected(extent.error());
    ProgressLine progress(!isOutputTerminal()); // a terminal that shows the data shows the progress by it
    QElapsedTimer running;
    running.start();
    qint64 shownAtMs = 0;
    for (quint64 next = 1;;) {
        const Expected<FrameBatchPtr> block = reader.nextBlock(next);
        if (!block)
            return tl::unexpected(block.error());
        if (!*block || (*block)->isEmpty() || (*block)->lastNumber() < next)
            return {};
        if (SignalWatcher::count() > 0)
            return failure(ErrorCode::Cancelled, QStringLiteral("interrupted"));
        if (!visit(**block))
            return {};
        next = (*block)->lastNumber() + 1;
        if (running.elapsed() - shownAtMs >= progressIntervalMs) {
            shownAtMs = running.elapsed();
            progress.show(verb + u' ' + progressOf(next - 1, extent->frames, shownAtMs, QStringLiteral("frames")));
        }
    }
}

Expected<void> walkEvents(SessionReader& reader, const std::function<void(const AuditEvent&)>& visit)
{
    const Expected<SessionReader::Extent> extent = reader.extent();
    if (!extent)
        return tl::unexpected(extent.error());
    for (quint64 next = 1; next <= extent->lastSeq;) {
        const Expected<std::vector<AuditEvent>> events = reader.events(next, extent->lastSeq, eventsAtOnce);
        if (!events)
            return tl::unexpected(events.error());
        for (const AuditEvent& event : *events)
            visit(event);
        if (events->empty() || events->back().seq < next)
            return {};
        next = events->back().seq + 1;
    }
    return {};
}

std::unique_ptr<SessionReader> openSession(const QString& command, const QString& path, int& code)
{
    Expected<std::unique_ptr<SessionReader>> reader = SessionReader::open(path);
    if (reader) {
        if (const int format = (*reader)->info().formatVersion; format > sessionFormatVersion)
            say(QStringLiteral(
                    "framescope-cli %1: %2 was written by a newer version (format %3, this program knows %4): "
                    "it is only read, and what is new in it does not show")
                    .arg(command, path)
                    .arg(format)
                    .arg(sessionFormatVersion),
                Tone::Warning);
        return std::move(*reader);
    }
    say(QStringLiteral("framescope-cli %1: %2").arg(command, inWords(reader.error())), Tone::Bad);
    code = exitCodeOf(reader.error());
    return nullptr;
}

QString progressOf(quint64 done, quint64 all, qint64 elapsedMs, const QString& unit)
{
    const double rate = elapsedMs > 0 ? double(done) * 1000 / double(elapsedMs) : 0;
    if (all == 0)
        return QStringLiteral("%1 %2, %3/s").arg(grouped(done), unit, grouped(quint64(rate)));
    const double left = rate > 0 && all > done ? double(all - done) / rate : 0;
    return QStringLiteral("%1 of %2 %3, %4/s, %5 left")
        .arg(grouped(done), grouped(all), unit, grouped(quint64(rate)), inSeconds(left));
}

} // namespace framescope::cli
