// The notification source against the simulator's contact centre: it survives each fault without a hand, events flow
// again, and the gap is accounted for.
#include "core/genesys/notificationsource.h"
#include "core/simulator/simulator.h"

#include "tests/support/recordingintake.h"

#include <QTest>

using namespace framescope;
using namespace framescope::test;
using namespace std::chrono_literals;

class tst_NotificationFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void survives_data();
    void survives();
    void channelsAndTokensThatEndSoonLeaveNoGap();
};

namespace {

NotificationConfig configFor(const Simulator& simulator)
{
    NotificationConfig config;
    config.hosts = *GenesysHosts::fromGateway(simulator.gatewayUrl());
    config.credentials = ClientCredentials{config.hosts.tokenUrl(), QString::fromUtf8(simulator.clientId()),
                                           simulator.clientSecret(), QString(), QString()};
    config.topics = simulator.topics();
    config.topicsPerChannel = int(config.topics.size() + 1) / 2; // two lanes
    config.reconnectLimits = {20ms, 200ms, 30s};
    config.timers.heartbeatLate = 700ms;
    config.timers.heartbeatLost = 1000ms;
    config.timers.pingInterval = 200ms;
    config.timers.retryUnit = 5ms;
    config.timers.stateInterval = 5ms;
    config.timers.overlap = 200ms;
    config.timers.closingGrace = 5000ms; // the simulator's
    return config;
}

SimulatorOptions contactCentre()
{
    SimulatorOptions options;
    options.scenario = QStringLiteral("contact-centre");
    options.rate = 100;
    options.heartbeatInterval = 200ms;
    options.closingGrace = 5000ms;
    options.agents = 8;
    options.queues = 4;
    return options;
}

/// What a person sees of a source.
struct Watch
{
    explicit Watch(NotificationConfig config)
        : source(makeNotificationSource(std::move(config)))
    {
        QObject::connect(source.get(), &FrameSource::stateChanged, source.get(),
                         [this](const SourceState& now) { state = now; });
        QObject::connect(source.get(), &NotificationSource::notificationStateChanged, source.get(),
                         [this](const NotificationStatePtr& now) { told = now; });
        QObject::connect(source.get(), &FrameSource::finished, source.get(),
                         [this](const std::optional<Error>& why) { error = why.value_or(Error()); });
        source->start(&intake);
    }

    [[nodiscard]] bool isLive() const { return state.phase == SourcePhase::Connected && !intake.frames.empty(); }
    [[nodiscard]] quint64 events() const
    {
        quint64 sum = 0;
        for (const LaneStatus& lane : told ? told->lanes : std::vector<LaneStatus>())
            sum += lane.events;
        return sum;
    }

    RecordingIntake intake;
    SourceState state;
    NotificationStatePtr told;
    std::optional<Error> error;
    std::unique_ptr<NotificationSource> source; // first to go
};

} // namespace

void tst_NotificationFaults::survives_data()
{
    QTest::addColumn<int>("fault");
    QTest::addColumn<int>("event");
    QTest::addColumn<bool>("leavesGap");
    const auto row = [](ChannelFault fault, AuditAction event, bool leavesGap = true) {
        QTest::newRow(channelFaultName(fault).constData()) << int(fault) << int(event) << leavesGap;
    };
    row(ChannelFault::SocketClosing, AuditAction::SocketClosing, false);
    row(ChannelFault::EvictChannel, AuditAction::NoLongerSubscribed);
    row(ChannelFault::SocketReplaced, AuditAction::SocketReplaced);
    row(ChannelFault::TokenRevoked, AuditAction::TokenRevoked);
    row(ChannelFault::ChannelExpired, AuditAction::ChannelLost);
    row(ChannelFault::SilentSocket, AuditAction::HeartbeatLost);
    row(ChannelFault::TcpReset, AuditAction::Closed);
    row(ChannelFault::Close1001, AuditAction::Closed);
    row(ChannelFault::RestUnavailable503, AuditAction::RateLimited);
    row(ChannelFault::RateLimited429, AuditAction::RateLimited);
    row(ChannelFault::Upgrade401, AuditAction::ChannelLost);
    row(ChannelFault::Result404, AuditAction::ChannelLost);
}

void tst_NotificationFaults::survives()
{
    QFETCH(const int, fault);
    QFETCH(const int, event);
    QFETCH(const bool, leavesGap);
    Simulator simulator(contactCentre());
    QVERIFY(simulator.start());
    Watch watch(configFor(simulator));
    QTRY_VERIFY(watch.isLive());
    QCOMPARE(watch.intake.count(AuditAction::TopicGap), 0);
    simulator.inject(ChannelFault(fault));
    QTRY_VERIFY_WITH_TIMEOUT(watch.intake.count(AuditAction(event)) > 0, 10'000);
    if (leavesGap) {
        QTRY_VERIFY_WITH_TIMEOUT(watch.intake.count(AuditAction::TopicGap) > 0, 15'000);
        const auto gaps = quint64(watch.intake.count(AuditAction::TopicGap));
        QTRY_VERIFY(watch.told && watch.told->gapCount >= gaps);
    }
    QTRY_COMPARE_WITH_TIMEOUT(watch.state.phase, SourcePhase::Connected, 15'000);
    const quint64 before = watch.events();
    QTRY_VERIFY(watch.events() > before);
    if (!leavesGap) {
        QTRY_VERIFY(watch.state.reconnects >= 2); // both sockets were moved
        QCOMPARE(watch.intake.count(AuditAction::TopicGap), 0);
    }
    QVERIFY(!watch.error);
    // One gap entry for each permitted topic of the lane, each with the same cause and an order in time.
    for (const TopicGapEntry& gap : watch.told->gaps)
        QVERIFY(gap.fromWallNs > 0 && gap.fromWallNs <= gap.toWallNs && !gap.cause.isEmpty());
}

void tst_NotificationFaults::channelsAndTokensThatEndSoonLeaveNoGap()
{
    SimulatorOptions options = contactCentre();
    options.channelLifetime = 3000ms;
    options.tokenLifetime = 3000ms;
    Simulator simulator(options);
    QVERIFY(simulator.start());
    Watch watch(configFor(simulator));
    QTRY_VERIFY_WITH_TIMEOUT(watch.intake.count(AuditAction::ChannelRenewed) >= 3, 10'000);
    QTRY_VERIFY(watch.intake.count(AuditAction::TokenRenewed) >= 1);
    QCOMPARE(watch.state.phase, SourcePhase::Connected);
    QCOMPARE(watch.intake.count(AuditAction::TopicGap), 0);
}

QTEST_GUILESS_MAIN(tst_NotificationFaults)
#include "tst_notificationfaults.moc"
