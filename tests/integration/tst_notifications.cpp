// Notifications from end to end: the simulated service, REST, channels, sockets, judging, session file and exports;
// each fault of the service survived without a hand, each gap accounted for, and no credential in anything that was
// written.
#include "core/exchange/exporter.h"
#include "core/frame/findingcatalogue.h"
#include "core/session/session.h"
#include "core/simulator/simulator.h"
#include "core/store/sessionreader.h"
#include "tests/support/commandline.h"

#include <QDirIterator>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <csignal>

using namespace framescope;
using namespace framescope::test;
using namespace std::chrono_literals;

namespace {

/// A person's scale shortened to a test's, with room for a busy machine between the heartbeat and its absence.
void shorten(NotificationTimers& timers)
{
    timers.heartbeatLate = 1'500ms;
    timers.heartbeatLost = 2'500ms;
    timers.pingInterval = 300ms;
    timers.overlap = 200ms;
    timers.stateInterval = 50ms;
    timers.retryUnit = 20ms;
}

SimulatorOptions contactCentre(double rate)
{
    SimulatorOptions options;
    options.scenario = QStringLiteral("contact-centre");
    options.rate = rate;
    options.heartbeatInterval = 200ms;
    options.closingGrace = 1'500ms;
    return options;
}

/// Everything of a session that is in order of the audit log: events only, as name and object.
std::vector<AuditEvent> eventsOf(const QString& path)
{
    const auto reader = SessionReader::open(path);
    if (!reader)
        return {};
    const auto events = (*reader)->events(1, std::numeric_limits<qint64>::max(), 1'000'000);
    return events ? *events : std::vector<AuditEvent>();
}

/// What we did ourselves, as at the end, does not count.
int count(const std::vector<AuditEvent>& events, AuditAction action)
{
    return int(std::count_if(events.begin(), events.end(), [action](const AuditEvent& event) {
        return event.action == action && !event.detail.contains(R"("by":"us")");
    }));
}

QByteArray withoutTopics(const std::vector<AuditEvent>& events)
{
    QByteArray lines;
    for (const AuditEvent& event : events) {
        if (event.action != AuditAction::TopicGap)
            lines += QByteArray(auditActionName(event.action).data()) + ' ' + event.object + ' ' + event.detail + '\n';
    }
    return lines;
}

} // namespace

class TestNotifications : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void recordsEventsHeartbeatsAndVerdicts();
    void survivesEachFaultAndAccountsForTheGap_data();
    void survivesEachFaultAndAccountsForTheGap();
    void renewsAChannelWithoutAGap();
    void spreadsTopicsOverChannels();
    void namesWhatIsMissingWhenATopicIsRejected();
    void masksPersonalDataBeforeItIsKept();
    void commandLineRecordsAgainstTheSimulatedService();
    void noCredentialIsWritten();

private:
    void start(const SimulatorOptions& options);
    [[nodiscard]] SessionConfig config() const;
    void begin(const SessionConfig& config);
    void end();
    [[nodiscard]] bool isListening() const;
    [[nodiscard]] QString path(const char* name) const { return m_folder->filePath(QString::fromLatin1(name)); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<SimulatorThread> m_simulator;
    SimulatorThread::Endpoint m_endpoint;
    std::unique_ptr<Session> m_session;
    NotificationStatePtr m_state;
    SessionSummary m_summary;
};

void TestNotifications::init()
{
    m_session.reset();
    m_simulator.reset();
    m_state.reset();
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void TestNotifications::start(const SimulatorOptions& options)
{
    m_simulator = std::make_unique<SimulatorThread>(options);
    const auto endpoint = m_simulator->start();
    QVERIFY(endpoint);
    m_endpoint = *endpoint;
}

SessionConfig TestNotifications::config() const
{
    NotificationConfig notifications;
    notifications.hosts = *GenesysHosts::fromGateway(m_endpoint.gatewayUrl);
    notifications.credentials = ClientCredentials{
        notifications.hosts.tokenUrl(), QString::fromUtf8(m_endpoint.clientId), m_endpoint.clientSecret, {}, {}};
    notifications.topics = m_endpoint.topics;
    notifications.reconnectLimits.base = 20ms;
    notifications.reconnectLimits.cap = 100ms;
    shorten(notifications.timers);
    SessionConfig made;
    made.notifications = notifications;
    made.simulated = true;
    made.sourceName = QStringLiteral("Test");
    made.sessionPath = path("session.framescope");
    return made;
}

void TestNotifications::begin(const SessionConfig& made)
{
    m_session = std::make_unique<Session>(made);
    connect(m_session.get(), &Session::notificationStateChanged, this,
            [this](const NotificationStatePtr& state) { m_state = state; });
    connect(m_session.get(), &Session::stopped, this, [this](const SessionSummary& summary) { m_summary = summary; });
    QVERIFY(m_session->start());
}

void TestNotifications::end()
{
    QSignalSpy stopped(m_session.get(), &Session::stopped);
    m_session->stop();
    QVERIFY(stopped.wait(5'000));
    QCOMPARE(m_summary.storage.framesDropped, quint64(0));
}

/// Every lane is connected and every topic was answered for.
bool TestNotifications::isListening() const
{
    return m_state && !m_state->lanes.empty() &&
           std::all_of(m_state->lanes.begin(), m_state->lanes.end(),
                       [](const LaneStatus& lane) { return lane.phase == SourcePhase::Connected; }) &&
           std::none_of(m_state->topics.begin(), m_state->topics.end(),
                        [](const TopicStatus& topic) { return topic.state == TopicState::Pending; });
}

void TestNotifications::recordsEventsHeartbeatsAndVerdicts()
{
    SimulatorOptions options = contactCentre(200);
    options.oddities = false;
    start(options);
    begin(config());
    QTRY_VERIFY_WITH_TIMEOUT(isListening(), 20'000);
    const auto hasAll = [this] {
        quint64 heartbeats = 0;
        bool pinged = false;
        for (const LaneStatus& lane : m_state->lanes) {
            heartbeats += lane.heartbeats;
            pinged = pinged || lane.roundTripNs >= 0;
        }
        const quint64 events =
            std::accumulate(m_state->topics.begin(), m_state->topics.end(), quint64(0),
                            [](quint64 sum, const TopicStatus& topic) { return sum + topic.events; });
        return heartbeats >= 3 && pinged && events >= 200;
    };
    QTRY_VERIFY_WITH_TIMEOUT(hasAll(), 30'000);
    QCOMPARE(m_state->schemaOrigin, QByteArray("live"));
    QVERIFY(m_state->clockOffsetNs.has_value());
    QCOMPARE(m_state->gapCount, quint64(0));
    end();
    QVERIFY2(!m_summary.error, m_summary.error ? qPrintable(m_summary.error->detail) : "");
    const MetricsSnapshot& metrics = *m_summary.metrics;
    for (int id = 0; id < findingIdLimit; ++id) {
        QVERIFY2(metrics.findings[std::size_t(id)] == 0, findingInfo(FindingId(id)).name);
    }
    QCOMPARE(metrics.totals.accepted, metrics.totals.received);
    const auto byType = [&metrics](const char* name) {
        for (const TypeMetrics& type : metrics.byType) {
            if (type.type == name)
                return type.counts.received;
        }
        return quint64(0);
    };
    QVERIFY(byType("channel.metadata") >= 3);
    QVERIFY(byType("v2.users.{id}.presence") + byType("v2.users.{id}.conversations") > 0);
}

void TestNotifications::survivesEachFaultAndAccountsForTheGap_data()
{
    QTest::addColumn<ChannelFault>("fault");
    QTest::addColumn<AuditAction>("event"); // what the log must say
    QTest::addColumn<bool>("gap");
    QTest::newRow("socket closing") << ChannelFault::SocketClosing << AuditAction::SocketClosing << false;
    QTest::newRow("evicted channel") << ChannelFault::EvictChannel << AuditAction::NoLongerSubscribed << true;
    QTest::newRow("replaced socket") << ChannelFault::SocketReplaced << AuditAction::SocketReplaced << true;
    QTest::newRow("revoked token") << ChannelFault::TokenRevoked << AuditAction::TokenRevoked << true;
    QTest::newRow("expired channel") << ChannelFault::ChannelExpired << AuditAction::ChannelLost << true;
    QTest::newRow("silent socket") << ChannelFault::SilentSocket << AuditAction::HeartbeatLost << true;
    QTest::newRow("reset") << ChannelFault::TcpReset << AuditAction::Closed << true;
    QTest::newRow("close 1001") << ChannelFault::Close1001 << AuditAction::Closed << true;
    QTest::newRow("401 on upgrade") << ChannelFault::Upgrade401 << AuditAction::ChannelLost << true;
    QTest::newRow("REST answers 503") << ChannelFault::RestUnavailable503 << AuditAction::RateLimited << true;
    QTest::newRow("REST answers 429") << ChannelFault::RateLimited429 << AuditAction::RateLimited << true;
    QTest::newRow("result 404") << ChannelFault::Result404 << AuditAction::ChannelLost << true;
}

void TestNotifications::survivesEachFaultAndAccountsForTheGap()
{
    QFETCH(ChannelFault, fault);
    QFETCH(AuditAction, event);
    QFETCH(bool, gap);
    start(contactCentre(100));
    begin(config());
    QTRY_VERIFY_WITH_TIMEOUT(isListening(), 20'000);
    const auto permitted = std::count_if(m_state->topics.begin(), m_state->topics.end(),
                                         [](const TopicStatus& topic) { return topic.state == TopicState::Permitted; });
    m_simulator->inject(fault);
    if (gap)
        QTRY_VERIFY_WITH_TIMEOUT(m_state->gapCount >= quint64(permitted), 30'000);
    else
        QTRY_VERIFY_WITH_TIMEOUT(m_state->lanes.front().reconnects >= 1, 30'000);
    QTRY_VERIFY_WITH_TIMEOUT(isListening(), 30'000);
    const quint64 before = m_state->lanes.front().events;
    QTRY_VERIFY_WITH_TIMEOUT(m_state->lanes.front().events > before + 20, 30'000); // it really listens again
    end();
    const std::vector<AuditEvent> events = eventsOf(path("session.framescope"));
    QVERIFY2(count(events, event) >= 1, withoutTopics(events).constData());
    const int gaps = count(events, AuditAction::TopicGap);
    QVERIFY2(gap ? gaps >= permitted : gaps == 0, withoutTopics(events).constData());
    for (const AuditEvent& each : events) {
        if (each.action != AuditAction::TopicGap)
            continue;
        const QJsonObject detail = QJsonDocument::fromJson(each.detail).object();
        QCOMPARE(detail.value(QStringLiteral("verdict")).toString(), QStringLiteral("unverifiable"));
        QVERIFY(!detail.value(QStringLiteral("from")).toString().isEmpty());
        QVERIFY(!detail.value(QStringLiteral("to")).toString().isEmpty());
        QVERIFY(!detail.value(QStringLiteral("cause")).toString().isEmpty());
    }
}

void TestNotifications::renewsAChannelWithoutAGap()
{
    SimulatorOptions options = contactCentre(100);
    options.channelLifetime = 4'000ms;
    start(options);
    SessionConfig made = config();
    made.notifications->timers.renewChannelBefore = 2'000ms;
    begin(made);
    QTRY_VERIFY_WITH_TIMEOUT(isListening(), 20'000);
    const auto renewals = [this] { return m_state && m_state->lanes.front().attempt >= 3; };
    QTRY_VERIFY_WITH_TIMEOUT(renewals(), 30'000);
    QTRY_VERIFY_WITH_TIMEOUT(isListening(), 20'000);
    QCOMPARE(m_state->gapCount, quint64(0));
    end();
    const std::vector<AuditEvent> events = eventsOf(path("session.framescope"));
    QVERIFY2(count(events, AuditAction::ChannelRenewed) >= 2, withoutTopics(events).constData());
    QCOMPARE(count(events, AuditAction::TopicGap), 0);
}

void TestNotifications::spreadsTopicsOverChannels()
{
    start(contactCentre(100));
    SessionConfig made = config();
    made.notifications->topicsPerChannel = int(made.notifications->topics.size() + 2) / 3;
    begin(made);
    QTRY_VERIFY_WITH_TIMEOUT(isListening(), 20'000);
    QCOMPARE(m_state->lanes.size(), std::size_t(3));
    const auto allHear = [this] {
        return std::all_of(m_state->lanes.begin(), m_state->lanes.end(),
                           [](const LaneStatus& lane) { return lane.heartbeats > 0 && lane.events > 0; });
    };
    QTRY_VERIFY_WITH_TIMEOUT(allHear(), 30'000);
    end();
}

void TestNotifications::namesWhatIsMissingWhenATopicIsRejected()
{
    start(contactCentre(50));
    begin(config());
    QTRY_VERIFY_WITH_TIMEOUT(isListening(), 20'000);
    const auto rejected = std::find_if(m_state->topics.begin(), m_state->topics.end(),
                                       [](const TopicStatus& topic) { return topic.state == TopicState::Rejected; });
    QVERIFY(rejected != m_state->topics.end()); // the demo's day has some
    QVERIFY(!rejected->rejection.isEmpty() || !rejected->missingPermissions.isEmpty());
    end();
    QVERIFY(count(eventsOf(path("session.framescope")), AuditAction::TopicRejected) >= 1);
}

void TestNotifications::masksPersonalDataBeforeItIsKept()
{
    start(contactCentre(200));
    SessionConfig made = config();
    made.maskPersonal = true;
    begin(made);
    QTRY_VERIFY_WITH_TIMEOUT(m_state && m_state->lanes.size() == 1 && m_state->lanes.front().events > 500, 30'000);
    end();
    const auto reader = SessionReader::open(path("session.framescope"));
    QVERIFY(reader);
    static const QRegularExpression personal(QStringLiteral(
        "\"(ani|dnis|addressRaw|addressNormalized|addressDisplayable|transcript|wrapupNotes)\":\"([^\"]+)\""));
    int masked = 0;
    quint64 next = 1;
    for (auto block = (*reader)->nextBlock(next); block && *block; block = (*reader)->nextBlock(next)) {
        for (std::size_t i = 0; i < (*block)->size(); ++i) {
            const QString text = QString::fromUtf8((*block)->payloadOf(i));
            for (auto match = personal.globalMatch(text); match.hasNext();) {
                const QString value = match.next().captured(2);
                QVERIFY2(value.count(u'*') == value.size(), qPrintable(value));
                ++masked;
            }
        }
        next = (*block)->lastNumber() + 1;
    }
    QVERIFY(masked > 0);
}

/// The first of the simulated service's topics that ends so. One seed is one contact centre, in this process or
/// another.
QString topicEnding(const std::vector<QByteArray>& topics, const char* begin, const char* end)
{
    for (const QByteArray& topic : topics) {
        if (topic.startsWith(begin) && topic.endsWith(end))
            return QString::fromLatin1(topic);
    }
    return {};
}

void TestNotifications::commandLineRecordsAgainstTheSimulatedService()
{
    SimulateProcess simulate(m_folder->path(), {QStringLiteral("--scenario"), QStringLiteral("contact-centre"),
                                                QStringLiteral("--rate"), QStringLiteral("200")});
    QVERIFY2(simulate.isReady(), simulate.errors().constData());
    start(contactCentre(1)); // only to learn the topics
    QFile environment(path(".env"));
    QVERIFY(environment.open(QIODevice::WriteOnly));
    environment.write(simulate.output());
    environment.close();
    const QString presence = topicEnding(m_endpoint.topics, "v2.users.", ".presence");
    const QString conversations = topicEnding(m_endpoint.topics, "v2.routing.queues.", ".conversations");
    const Outcome outcome =
        runCli(m_folder->path(),
               {QStringLiteral("record"), QStringLiteral("--notifications"), presence, conversations,
                QStringLiteral("--gateway"), simulate.value("GATEWAY_URL"), QStringLiteral("--frames"),
                QStringLiteral("60"), QStringLiteral("--session"), path("cli.framescope"),
                QStringLiteral("--audit-csv"), path("cli.csv"), QStringLiteral("--stats"), path("cli.json")});
    QVERIFY2(outcome.exitCode == 0, outcome.err.constData());
    QFile csv(path("cli.csv"));
    QVERIFY(csv.open(QIODevice::ReadOnly));
    const QByteArray rows = csv.readAll();
    QVERIFY(rows.contains("channel-created"));
    QVERIFY2(rows.contains(R"(""permitted"":2,""rejected"":0)"), rows.left(4'000).constData());
    QFile stats(path("cli.json"));
    QVERIFY(stats.open(QIODevice::ReadOnly));
    const QJsonObject figures = QJsonDocument::fromJson(stats.readAll()).object();
    QCOMPARE(figures.value(QStringLiteral("frames_received")).toInt(), 60);
    QCOMPARE(figures.value(QStringLiteral("frames_dropped")).toInt(), 0);
    const QJsonObject types = figures.value(QStringLiteral("by_type")).toObject();
    QVERIFY(types.value(QStringLiteral("channel.metadata")).toInt() >= 1);
    QVERIFY(types.value(QStringLiteral("v2.routing.queues.{id}.conversations")).toInt() >= 30);
}

void TestNotifications::noCredentialIsWritten()
{
    // Faults that make the service name the channel in its messages and its addresses.
    start(contactCentre(100));
    begin(config());
    QTRY_VERIFY_WITH_TIMEOUT(isListening(), 20'000);
    for (const ChannelFault fault : {ChannelFault::EvictChannel, ChannelFault::SocketReplaced, ChannelFault::Upgrade401,
                                     ChannelFault::TokenRevoked}) {
        const quint64 gaps = m_state->gapCount;
        m_simulator->inject(fault);
        QTRY_VERIFY_WITH_TIMEOUT(m_state->gapCount > gaps, 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(isListening(), 30'000);
    }
    const QString session = m_session->sessionPath();
    end();
    for (const ExportWhat what : {ExportWhat::Frames, ExportWhat::Audit}) {
        for (const ExportFormat format : {ExportFormat::Csv, ExportFormat::JsonLines}) {
            ExportRequest request;
            request.sessionPath = session;
            request.what = what;
            request.format = format;
            QVERIFY(exportToFile(m_folder->filePath(QStringLiteral("export-%1-%2").arg(int(what)).arg(int(format))),
                                 request));
        }
    }
    // A channel id by its form, so that none can hide that the test does not know.
    static const QRegularExpression channelId(QStringLiteral("streaming-[0-9]-[a-z0-9]{26}"));
    QDirIterator walk(m_folder->path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    int files = 0;
    while (walk.hasNext()) {
        QFile file(walk.next());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        QVERIFY2(!channelId.match(QString::fromLatin1(bytes)).hasMatch(), qPrintable(file.fileName()));
        QVERIFY2(!bytes.contains(m_endpoint.clientSecret.reveal()), qPrintable(file.fileName()));
        ++files;
    }
    QVERIFY(files >= 5);
    // Blocks are compressed, so the payloads are read back too.
    const auto reader = SessionReader::open(session);
    QVERIFY(reader);
    quint64 next = 1;
    int system = 0;
    for (auto block = (*reader)->nextBlock(next); block && *block; block = (*reader)->nextBlock(next)) {
        for (std::size_t i = 0; i < (*block)->size(); ++i) {
            const QByteArrayView payload = (*block)->payloadOf(i);
            system += payload.contains("v2.system.") ? 1 : 0;
            QVERIFY2(!channelId.match(QString::fromUtf8(payload)).hasMatch(), payload.toByteArray().constData());
        }
        next = (*block)->lastNumber() + 1;
    }
    QVERIFY(system >= 1); // the service did name it
}

QTEST_GUILESS_MAIN(TestNotifications)
#include "tst_notifications.moc"
