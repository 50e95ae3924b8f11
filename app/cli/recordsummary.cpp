#include "app/cli/recordsummary.h"

#include "app/cli/payloadoptions.h"
#include "app/cli/terminal.h"
#include "app/cli/words.h"
#include "core/frame/findingcatalogue.h"

namespace framescope::cli {

namespace {

QString row(const char* name, const QString& text)
{
    return QStringLiteral("  ") + QString::fromLatin1(name).leftJustified(12) + text;
}

void sayFrames(const SessionSummary& summary)
{
    const FrameCounts& totals = summary.metrics->totals;
    const double rate = summary.seconds > 0 ? double(totals.received) / summary.seconds : 0;
    // Received is not recorded: after a storage error only what was committed before it is in the file, where that is
    // still there. An error that cost no frames says by itself what is wrong.
    const bool areAllThere = summary.storage.framesDropped == 0;
    const bool isWhole = !summary.storage.error && areAllThere;
    const QString lack = isWhole       ? QString()
                         : areAllThere ? QStringLiteral(": the session file is not as it should be")
                                       : QStringLiteral(": NOT all of them are in the session file");
    say(QStringLiteral("%1 %2 frames in %3 (%4 frames/s, %5)%6")
            .arg(isWhole ? QStringLiteral("Recorded") : QStringLiteral("Received"), grouped(totals.received),
                 inSeconds(summary.seconds), grouped(quint64(rate)), inBytes(totals.bytes), lack),
        !isWhole              ? Tone::Bad
        : totals.refused == 0 ? Tone::Good
                              : Tone::Warning);
    say(row("verdicts", QStringLiteral("accepted %1   warned %2   refused %3   integrity %4")
                            .arg(grouped(totals.accepted), grouped(totals.warned), grouped(totals.refused),
                                 inPercent(totals.integrityRate()))));
}

void sayLatency(const SessionSummary& summary)
{
    const LatencySummary& parse = summary.metrics->allTime;
    if (parse.count == 0)
        return;
    say(row("latency", QStringLiteral("socket to verdict: average %1   p50 %2   p95 %3   p99 %4   max %5")
                           .arg(inTime(parse.averageNs), inTime(parse.p50Ns), inTime(parse.p95Ns), inTime(parse.p99Ns),
                                inTime(parse.maxNs))));
    const WriterStatus& storage = summary.storage;
    say(row("on disk", QStringLiteral("socket to disk: p50 %1   p99 %2   max %3   queue at most %4")
                           .arg(inTime(storage.durableP50Ns), inTime(storage.durableP99Ns),
                                inTime(storage.durableMaxNs), inBytes(storage.queueHighWater))));
}

/// The stream's ups and downs, in the order in which people ask for them.
void sayEvents(const SessionSummary& summary, const EventCounts& events)
{
    const struct
    {
        AuditAction action;
        const char* words;
    } told[] = {{AuditAction::Gap, "gaps"},
                {AuditAction::BreakerOpened, "breaker opened"},
                {AuditAction::StallDetected, "stalls"},
                {AuditAction::PongMissed, "pongs missed"},
                {AuditAction::ConnectFailed, "failed connects"},
                {AuditAction::RateLimited, "rate-limited"},
                {AuditAction::TokenCleared, "tokens refused"},
                {AuditAction::TransportLimit, "transport limits hit"},
                {AuditAction::HeartbeatLost, "heartbeats lost"},
                {AuditAction::ChannelLost, "channels lost"},
                {AuditAction::ChannelRenewed, "channels renewed"},
                {AuditAction::TopicRejected, "topics rejected"},
                {AuditAction::TopicGap, "unverifiable topic gaps"}};
    QString text = QStringLiteral("reconnects %1").arg(summary.source.reconnects);
    for (const auto& [action, words] : told) {
        if (const quint64 count = events.of(action);
            count != 0 || action == AuditAction::Gap || action == AuditAction::BreakerOpened)
            text += QStringLiteral("   %1 %2").arg(QString::fromLatin1(words)).arg(count);
    }
    say(row("stream", text));
}

/// Only where a limit was set: else all of it is there.
void sayRetention(const WriterStatus& storage)
{
    if (storage.payloadsRemoved == 0)
        return;
    say(row("retention", QStringLiteral("payloads of %1 frames removed (%2), %3 kept; the rest of each frame stays")
                             .arg(grouped(storage.payloadsRemoved), inBytes(storage.payloadBytesRemoved),
                                  inBytes(storage.payloadBytesKept))));
}

void sayDrops(const SessionSummary& summary)
{
    const quint64 dropped = summary.storage.framesDropped;
    QString text = QStringLiteral("dropped %1").arg(grouped(dropped));
    if (summary.listenerDrops != 0)
        text += QStringLiteral("   not sent to slow listeners %1").arg(grouped(summary.listenerDrops));
    say(row("losses", text), dropped == 0 ? Tone::Plain : Tone::Bad);
}

/// A key in a file is as safe as the file is: whoever recorded is to know.
void saySigning(const EventCounts& events)
{
    const std::optional<AuditEvent>& key = events.signing();
    const QString place = key ? QString::fromUtf8(key->object) : QString();
    if (!key || key->severity != Severity::Note)
        say(row("signed", QStringLiteral("by nobody: there is no signing key. %1").arg(place)), Tone::Bad);
    else if (place.startsWith(u'/'))
        say(row("signed", QStringLiteral("with the key in %1 (not encrypted: no keyring gave one)").arg(place)));
    else
        say(row("signed", QStringLiteral("with the key in the keyring (%1)").arg(place)));
}

/// "      12 x SCHEMA-TYPE           A value has another type than the schema says", and its entry of the catalogue.
template <typename Each>
void forEachFinding(const MetricsSnapshot& metrics, Each each)
{
    for (std::size_t id = 1; id < metrics.findings.size(); ++id) {
        if (metrics.findings[id] == 0)
            continue;
        const FindingInfo& info = findingInfo(FindingId(id));
        each(QStringLiteral("%1 x %2  %3")
                 .arg(grouped(metrics.findings[id]), 8)
                 .arg(QString::fromLatin1(info.name), -20)
                 .arg(QString::fromUtf8(info.title)),
             info);
    }
}

/// What was found, and below each what to do about it.
void sayFindings(const MetricsSnapshot& metrics)
{
    const bool none = std::all_of(metrics.findings.begin(), metrics.findings.end(), [](quint64 n) { return n == 0; });
    say(row("findings", none ? QStringLiteral("none") : QString()));
    forEachFinding(metrics, [](const QString& line, const FindingInfo& info) {
        say(QStringLiteral("  ") + line);
        say(QString(13, u' ') + QString::fromUtf8(info.nextStep));
    });
}

} // namespace

void EventCounts::add(const AuditEvent& event)
{
    if (event.action < AuditAction::Count_)
        ++m_counts[std::size_t(event.action)];
    if (event.action == AuditAction::SigningKey)
        m_signing = event;
}

QStringList findingLines(const MetricsSnapshot& metrics)
{
    QStringList lines;
    forEachFinding(metrics, [&lines](const QString& line, const FindingInfo&) { lines += line; });
    return lines;
}

void sayRedaction(const RedactionRules& rules, const RedactionCounts& counts)
{
    say(row("redacted", redactionText(rules, counts)), counts.withheld == 0 ? Tone::Plain : Tone::Warning);
}

void saySummary(const SessionSummary& summary, const EventCounts& events, const WrittenCsv& csv)
{
    sayFrames(summary);
    sayLatency(summary);
    sayFindings(*summary.metrics);
    sayEvents(summary, events);
    sayDrops(summary);
    sayRetention(summary.storage);
    say(row("session", summary.sessionPath + QStringLiteral(" (%1)").arg(
                                                 inBytes(quint64(std::max<qint64>(summary.storage.fileBytes, 0))))));
    saySigning(events);
    if (const auto& error = summary.storage.anchorError)
        say(row("anchor", QStringLiteral("NOT kept outside the file: ") + inWords(*error)), Tone::Warning);
    if (!csv.path.isEmpty())
        say(row("audit", QStringLiteral("%1 (%2 rows)").arg(csv.path, grouped(csv.rows))));
}

} // namespace framescope::cli
