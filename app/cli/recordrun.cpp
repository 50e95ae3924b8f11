#include "app/cli/recordrun.h"

#include "app/cli/exitcode.h"
#include "app/cli/sessionwalk.h"
#include "app/cli/statsfile.h"
#include "app/cli/words.h"
#include "core/base/processstats.h"
#include "core/base/redactor.h"
#include "core/exchange/exporter.h"
#include "core/routing/framefeed.h"
#include "core/routing/jsonlineswriter.h"
#include "core/session/profilestore.h"

#include <QCoreApplication>
#include <unistd.h>

namespace framescope::cli {

namespace {

constexpr std::chrono::milliseconds drainInterval{100};
constexpr std::chrono::milliseconds progressInterval{250};
constexpr qint64 plainLineIntervalMs = 5'000; // where standard error is a file or a pipe
// The promise is 2 s from the signal to the end; the session file comes first, what is left is for the rest.
constexpr qint64 afterSignalMs = 1'800;
constexpr std::chrono::milliseconds lastLinesTimeout{500};

} // namespace

RecordRun::RecordRun(RecordOptions options)
    : m_options(std::move(options))
    , m_progress(!m_options.quiet)
{
    m_progressTimer.setInterval(progressInterval);
    m_drainTimer.setSingleShot(true);
    m_drainTimer.setInterval(drainInterval);
    connect(&m_signals, &SignalWatcher::interrupted, this, &RecordRun::onInterrupted);
    connect(&m_progressTimer, &QTimer::timeout, this, &RecordRun::showProgress);
    connect(&m_drainTimer, &QTimer::timeout, this, &RecordRun::drainFeed);
}

RecordRun::~RecordRun() = default;

int RecordRun::exec()
{
    QMetaObject::invokeMethod(this, &RecordRun::start, Qt::QueuedConnection); // exit() needs a loop that runs
    return QCoreApplication::exec();
}

void RecordRun::start()
{
    if (m_options.demo) {
        if (const Expected<void> started = startDemo(); !started)
            return fail(started.error());
    }
    std::optional<ClientCredentials>& credentials = m_options.config.notifications
                                                        ? m_options.config.notifications->credentials
                                                        : m_options.config.stream.credentials;
    if (!m_options.profile.isEmpty() && m_options.config.notifications && !credentials)
        return fail({ErrorCode::Unsupported,
                     QStringLiteral("this profile signs in a person in the browser; connect with it in the window"),
                     m_options.profile});
    if (m_options.profile.isEmpty() || !credentials)
        return startSession();
    m_profiles = std::make_unique<ProfileStore>();
    m_profiles->loadSecret(m_options.profile, [this, &credentials](Expected<Secret> secret) {
        if (!secret)
            return fail(secret.error());
        redactor::add(*secret);
        credentials->clientSecret = *secret;
        startSession();
    });
}

Expected<void> RecordRun::startDemo()
{
    m_simulator = std::make_unique<SimulatorThread>(*m_options.demo);
    const Expected<SimulatorThread::Endpoint> endpoint = m_simulator->start();
    if (!endpoint)
        return tl::unexpected(endpoint.error());
    redactor::add(endpoint->clientSecret);
    ClientCredentials credentials{
        endpoint->tokenUrl, QString::fromUtf8(endpoint->clientId), endpoint->clientSecret, defaultDirectScope, {}};
    if (endpoint->topics.empty()) {
        m_options.config.stream.url = endpoint->streamUrl;
        m_options.config.stream.credentials = credentials;
        return {};
    }
    const Expected<GenesysHosts> hosts = GenesysHosts::fromGateway(endpoint->gatewayUrl);
    if (!hosts)
        return tl::unexpected(hosts.error());
    credentials.scope.clear();
    NotificationConfig notifications;
    notifications.hosts = *hosts;
    notifications.credentials = credentials;
    notifications.topics = endpoint->topics;
    notifications.reconnect = m_options.config.stream.reconnect;
    m_options.config.notifications = notifications;
    return {};
}

void RecordRun::startSession()
{
    m_session = std::make_unique<Session>(m_options.config);
    if (m_options.jsonLines) {
        JsonLinesWriter::Wanted wanted;
        if (!m_options.filter.isEmpty())
            wanted = [filter = m_options.filter](const FrameBatch& batch, std::size_t index) {
                return filter.matches(batch, index);
            };
        m_jsonLines = std::make_unique<JsonLinesWriter>(STDOUT_FILENO, std::move(wanted));
        m_session->addSink(m_jsonLines.get());
    }
    connect(m_session->feed(), &FrameFeed::filled, &m_drainTimer, qOverload<>(&QTimer::start), Qt::QueuedConnection);
    connect(m_session.get(), &Session::metricsUpdated, this,
            [this](const MetricsSnapshotPtr& metrics) { m_metrics = metrics; });
    connect(m_session.get(), &Session::sourceStateChanged, this, &RecordRun::onStateChanged);
    connect(m_session.get(), &Session::stopped, this, &RecordRun::onStopped);
    if (const Expected<void> started = m_session->start(); !started) {
        m_session.reset();
        return fail(started.error());
    }
    m_running.start();
    m_sincePlainLine.start();
    m_progressTimer.start();
    if (!m_options.quiet)
        say(QStringLiteral("Recording %1 into %2").arg(m_options.config.sourceName, m_session->sessionPath()));
    if (m_options.duration) {
        QTimer::singleShot(*m_options.duration, Qt::PreciseTimer, this, [this] {
            m_limitReached = true;
            stop();
        });
    }
}

void RecordRun::stop()
{
    if (m_session)
        m_session->stop();
}

void RecordRun::onInterrupted()
{
    if (!m_sinceSignal.isValid())
        m_sinceSignal.start();
    if (!m_session) {
        QCoreApplication::exit(ExitInterrupted); // still fetching the secret
        return;
    }
    stop();
}

void RecordRun::onStateChanged(const SourceState& state)
{
    const SourcePhase before = std::exchange(m_state, state).phase;
    m_wasConnected = m_wasConnected || state.phase == SourcePhase::Connected;
    if (state.error)
        m_lastError = state.error;
    // A scenario with an end (bad-day) closes the stream when it has been played: there is nothing more to record.
    if (m_simulator && before == SourcePhase::Connected && state.closeCode == 1000 && m_simulator->ledger().finished) {
        m_limitReached = true;
        stop();
    }
    if (m_options.quiet || state.phase == before)
        return;
    const bool isWaiting = state.phase == SourcePhase::Waiting || state.phase == SourcePhase::Suspended;
    if (isWaiting && state.error) {
        m_progress.clear();
        say(QStringLiteral("%1: %2").arg(QString(sourcePhaseName(state.phase)), inWords(*state.error)), Tone::Warning);
    }
}

void RecordRun::drainFeed()
{
    const FrameFeed::Delivery delivery = m_session->feed()->drain();
    for (const AuditEvent& event : delivery.events)
        m_events.add(event);
    if (m_jsonLines && m_jsonLines->isBroken())
        stop(); // nobody reads any more: that is an ordinary end
}

void RecordRun::showProgress()
{
    if (m_options.quiet)
        return;
    if (m_progress.isEnabled()) {
        m_progress.show(progressText());
    } else if (m_sincePlainLine.elapsed() >= plainLineIntervalMs) {
        m_sincePlainLine.restart();
        say(progressText());
    }
}

QString RecordRun::progressText() const
{
    QString text = QString(sourcePhaseName(m_state.phase));
    if (m_state.nextAttemptMonoNs != 0 &&
        (m_state.phase == SourcePhase::Waiting || m_state.phase == SourcePhase::Suspended)) {
        const double seconds = double(std::max<qint64>(m_state.nextAttemptMonoNs - monotonicNs(), 0)) / 1e9;
        text += QStringLiteral(", next attempt in ") + inSeconds(seconds);
    }
    if (m_options.duration) {
        const qint64 leftMs = std::max<qint64>(m_options.duration->count() - m_running.elapsed(), 0);
        text += QStringLiteral(", %1 left").arg(inSeconds(double(leftMs) / 1000));
    }
    if (m_metrics) {
        const FrameCounts& totals = m_metrics->totals;
        const WriterStatus storage = m_session->storageStatus();
        text += QStringLiteral(" | %1 frames | %2/s | p99 %3 | integrity %4 | refused %5 | dropped %6 | queue %7")
                    .arg(grouped(totals.received), grouped(quint64(m_metrics->framesPerSecond)),
                         inTime(m_metrics->window.p99Ns), inPercent(totals.integrityRate()), grouped(totals.refused),
                         grouped(storage.framesDropped), inBytes(storage.queueBytes));
        if (m_options.config.frameLimit != 0)
            text +=
                QStringLiteral(" | %1 frames to go")
                    .arg(grouped(m_options.config.frameLimit - std::min(totals.received, m_options.config.frameLimit)));
    }
    return text;
}

void RecordRun::fail(const Error& error)
{
    m_progress.clear();
    say(QStringLiteral("framescope-cli record: ") + inWords(error), Tone::Bad);
    QCoreApplication::exit(exitCodeOf(error));
}

void RecordRun::onStopped(const SessionSummary& summary)
{
    m_progressTimer.stop();
    m_progress.clear();
    m_drainTimer.stop();
    drainFeed();
    if (m_options.config.frameLimit != 0 && summary.metrics->totals.received >= m_options.config.frameLimit)
        m_limitReached = true;
    SessionSummary shown = summary;
    if (m_jsonLines) {
        if (!m_jsonLines->close(lastLinesTimeout) && !m_jsonLines->isBroken())
            say(QStringLiteral("Standard output was not read to the end: the last JSON lines are missing there"),
                Tone::Warning);
        shown.listenerDrops += m_jsonLines->droppedFrames();
    }
    writeStats(summary); // first: after a signal there may be no time for all rows
    WrittenCsv csv{m_options.auditCsvPath, 0};
    if (!csv.path.isEmpty()) {
        if (const Expected<quint64> rows = writeAuditCsv(); rows)
            csv.rows = *rows;
        else
            csv.path.clear();
    }
    if (!m_options.quiet)
        saySummary(shown, m_events, csv);
    if (!m_options.quiet && m_options.config.payloads == PayloadPolicy::Redacted)
        sayRedaction(m_options.config.redaction, summary.redaction);
    if (summary.error)
        say(QStringLiteral("framescope-cli record: ") + inWords(*summary.error), Tone::Bad);
    else if (!m_wasConnected && m_lastError)
        say(QStringLiteral("framescope-cli record: never connected: ") + inWords(*m_lastError), Tone::Bad);
    QCoreApplication::exit(exitCode(summary));
}

/// Rows written.
Expected<quint64> RecordRun::writeAuditCsv()
{
    ExportRequest request;
    request.sessionPath = m_session->sessionPath();
    request.what = ExportWhat::Audit;
    request.format = ExportFormat::Csv;
    request.filter = m_options.filter;
    QElapsedTimer writing;
    writing.start();
    const int signalsBefore = SignalWatcher::count();
    const Expected<ExportResult> written =
        exportToFile(m_options.auditCsvPath, request, [&](quint64 done, quint64 all) {
            m_progress.show(QStringLiteral("Writing %1: ").arg(m_options.auditCsvPath) +
                            progressOf(done, all, writing.elapsed(), QStringLiteral("rows")));
            const bool late = m_sinceSignal.isValid() && m_sinceSignal.elapsed() > afterSignalMs;
            return !late && SignalWatcher::count() == signalsBefore;
        });
    m_progress.clear();
    if (written)
        return written->rows;
    m_failed = true;
    if (written.error().code == ErrorCode::Cancelled)
        say(QStringLiteral("There was no time to write %1. The session file has it all: framescope-cli export %2 "
                           "--what audit --format csv --out %1")
                .arg(m_options.auditCsvPath, request.sessionPath),
            Tone::Warning);
    else
        say(QStringLiteral("framescope-cli record: --audit-csv: ") + inWords(written.error()), Tone::Bad);
    return tl::unexpected(written.error());
}

void RecordRun::writeStats(const SessionSummary& summary)
{
    if (m_options.statsPath.isEmpty())
        return;
    Stats stats;
    stats.metrics = summary.metrics;
    stats.seconds = summary.seconds;
    stats.framesDropped = summary.storage.framesDropped;
    if (summary.error)
        stats.error = QByteArray(errorCodeName(summary.error->code).data());
    stats.reconnects = summary.source.reconnects;
    stats.sessionBytes = summary.storage.fileBytes;
    stats.payloadsRemoved = summary.storage.payloadsRemoved;
    stats.payloadBytesRemoved = summary.storage.payloadBytesRemoved;
    stats.live = Stats::Live{summary.storage.durableP50Ns, summary.storage.durableP99Ns, summary.storage.durableMaxNs,
                             peakResidentBytes(), summary.storage.queueHighWater};
    if (const Expected<void> written = writeStatsFile(m_options.statsPath, stats); !written) {
        m_failed = true;
        say(QStringLiteral("framescope-cli record: --stats: ") + inWords(written.error()), Tone::Bad);
    }
}

int RecordRun::exitCode(const SessionSummary& summary) const
{
    if (summary.error)
        return exitCodeOf(*summary.error);
    if (m_failed || summary.storage.framesDropped != 0)
        return ExitFailure;
    if (!m_wasConnected && m_lastError)
        return exitCodeOf(*m_lastError);
    // Without a limit a signal is how a recording is asked to end; with one it comes before the end.
    if (m_sinceSignal.isValid() && m_options.hasLimit() && !m_limitReached)
        return ExitInterrupted;
    const FrameCounts& totals = summary.metrics->totals;
    const auto& findings = summary.metrics->findings;
    const bool anyFinding = std::any_of(findings.begin(), findings.end(), [](quint64 count) { return count != 0; });
    const bool found =
        m_options.failOn && ((*m_options.failOn == Severity::Error && totals.refused != 0) ||
                             (*m_options.failOn == Severity::Warning && totals.refused + totals.warned != 0) ||
                             (*m_options.failOn == Severity::Note && anyFinding));
    return found ? ExitFindings : ExitDone;
}

} // namespace framescope::cli
