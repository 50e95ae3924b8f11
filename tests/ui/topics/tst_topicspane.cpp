/// Topics, channels and gaps of a notification session: what each row says at a given moment, that order and selection
/// hold while states come in, and that what is exported says the same.
#include "core/store/sessionwriter.h"
#include "tests/support/framebuilder.h"
#include "ui/common/theme.h"
#include "ui/common/topicwords.h"
#include "ui/mainwindow/sessiondigest.h"
#include "ui/topics/csvtable.h"
#include "ui/topics/gapmodel.h"
#include "ui/topics/lanemodel.h"
#include "ui/topics/lanewords.h"
#include "ui/topics/recordedtopics.h"
#include "ui/topics/topicsmodel.h"
#include "ui/topics/topicspane.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QLineEdit>
#include <QPersistentModelIndex>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

using namespace framescope;

namespace {

constexpr qint64 second = 1'000'000'000;
// 2026-11-25T12:03:11Z, an hour after the machine started.
constexpr Instant moment{3'600 * second, 1'795'608'191 * second};

const QByteArray presence = "v2.users.6513270e-269e-4d37-b2a7-4de452e6b438.presence";
const QByteArray queue = "v2.routing.queues.d23f0824-128b-4f33-8c5c-7fd0a6a3a450.conversations";
const QByteArray refused = "v2.users.6513270e-269e-4d37-b2a7-4de452e6b438.conversations";

TopicStatus topic(const QByteArray& id, TopicState state, quint64 events = 0)
{
    TopicStatus status;
    status.id = id;
    status.state = state;
    status.events = events;
    if (state == TopicState::Permitted)
        status.subscribedWallNs = moment.wallNs;
    if (events > 0) {
        status.lastEventMonoNs = moment.monoNs - 4 * second;
        status.lastEventWallNs = moment.wallNs - 4 * second;
    }
    if (state == TopicState::Rejected)
        status.missingPermissions = {"conversation:view"};
    return status;
}

LaneStatus connectedLane()
{
    LaneStatus lane;
    lane.phase = SourcePhase::Connected;
    lane.health = HeartbeatHealth::Good;
    lane.topics = 41;
    lane.connectedSinceMonoNs = moment.monoNs - 100 * second;
    lane.lastFrameMonoNs = moment.monoNs - 2 * second;
    lane.lastHeartbeatMonoNs = moment.monoNs - 12 * second;
    lane.lastEventMonoNs = moment.monoNs - 2 * second;
    lane.roundTripNs = 42'000'000;
    lane.channelExpiresWallNs = moment.wallNs + 85'267 * second;
    return lane;
}

TopicGapEntry gap(int number)
{
    return {presence, 0, moment.wallNs + number * second, moment.wallNs + number * second + 4'200'000'000,
            "closed 1006"};
}

std::shared_ptr<NotificationState> stateOf(std::vector<TopicStatus> topics)
{
    auto state = std::make_shared<NotificationState>();
    state->topics = std::move(topics);
    state->lanes = {connectedLane()};
    state->tokenExpiresWallNs = moment.wallNs + 3'552 * second;
    return state;
}

std::shared_ptr<NotificationState> usualState()
{
    return stateOf({topic(presence, TopicState::Permitted, 1204), topic(queue, TopicState::Permitted),
                    topic(refused, TopicState::Rejected)});
}

QString cell(const QAbstractItemModel& model, int row, int column)
{
    return model.index(row, column).data().toString();
}

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("cannot be read");
}

} // namespace

class TestTopicsPane : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::install(*qApp, ColorScheme::Light); }

    void shortensTopicsToWhatTheyAreAbout()
    {
        QCOMPARE(shortTopicName("v2.users.{id}.presence"), QStringLiteral("users.presence"));
        QCOMPARE(shortTopicName(queue), QStringLiteral("routing.queues.conversations"));
        QCOMPARE(shortTopicName("v2.detail.events.conversation.{id}.user.start"),
                 QStringLiteral("detail.events.conversation.user.start"));
        QCOMPARE(shortTopicName("interaction.update"), QStringLiteral("interaction.update"));
        QCOMPARE(shortTopicName("channel.metadata"), QStringLiteral("channel.metadata"));
    }

    void saysStateReasonAndSilenceOfEachTopic()
    {
        TopicsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setState(usualState());
        model.setNow({moment.monoNs + 60 * second, moment.wallNs + 60 * second});
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(cell(model, 0, TopicsModel::StateColumn), QStringLiteral("✓ permitted"));
        QCOMPARE(cell(model, 0, TopicsModel::SilentColumn), QStringLiteral("1 min 4 s"));
        QVERIFY(cell(model, 0, TopicsModel::EventsColumn).endsWith(QStringLiteral("204")));
        QCOMPARE(cell(model, 1, TopicsModel::EventsColumn), QStringLiteral("none since 12:03:11"));
        QCOMPARE(cell(model, 1, TopicsModel::SilentColumn), QStringLiteral("1 min 0 s"));
        QCOMPARE(cell(model, 2, TopicsModel::StateColumn), QStringLiteral("✕ rejected"));
        QVERIFY(cell(model, 2, TopicsModel::ReasonColumn).contains(QStringLiteral("conversation:view")));
        QVERIFY(cell(model, 2, TopicsModel::ReasonColumn).contains(QStringLiteral("role")));
    }

    void aReasonFromTheServiceCannotHideAnything()
    {
        TopicStatus odd = topic(presence, TopicState::Rejected);
        odd.missingPermissions.clear();
        odd.rejection = "no\xE2\x80\xAEway <b>now</b>";
        TopicsModel model;
        model.setState(stateOf({odd}));
        QVERIFY(!cell(model, 0, TopicsModel::ReasonColumn).contains(QChar(0x202E)));
        QVERIFY(!model.index(0, TopicsModel::ReasonColumn)
                     .data(Qt::ToolTipRole)
                     .toString()
                     .contains(QStringLiteral("<b>")));
    }

    void sortsAndKeepsTheSelectedTopicWhileStatesComeIn()
    {
        TopicsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setState(usualState());
        model.sort(TopicsModel::EventsColumn, Qt::DescendingOrder);
        QCOMPARE(model.topicAt(0)->id, presence);
        const QPersistentModelIndex selected = model.index(0, 0);
        auto later = usualState();
        later->topics[1].events = 5'000;
        model.setState(later);
        QCOMPARE(model.topicAt(0)->id, queue);
        QCOMPARE(selected.row(), 1);
        QCOMPARE(model.topicAt(selected.row())->id, presence);
        model.sort(TopicsModel::SilentColumn, Qt::AscendingOrder);
        QCOMPARE(model.topicAt(0)->id, presence); // its last event is the newest
    }

    void filtersByNameStateAndReason()
    {
        TopicsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setState(usualState());
        model.setFilter(QStringLiteral("REJECTED"));
        QCOMPARE(model.rowCount(), 1);
        model.setFilter(QStringLiteral("queues"));
        QCOMPARE(model.topicAt(0)->id, queue);
        model.setFilter(QStringLiteral("nothing like it"));
        QCOMPARE(model.rowCount(), 0);
        QCOMPARE(model.topicCount(), 3);
        model.setState(nullptr);
        model.setFilter({});
        QCOMPARE(model.rowCount(), 0);
    }

    void countsDownToWhatEndsFirst()
    {
        LaneModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const auto state = usualState();
        model.setState(state);
        model.setNow(moment);
        QCOMPARE(cell(model, 0, LaneModel::TokenEndsColumn), QStringLiteral("59:12 · first"));
        QCOMPARE(cell(model, 0, LaneModel::ChannelEndsColumn), QStringLiteral("23:41:07"));
        QVERIFY(model.index(0, LaneModel::TokenEndsColumn).data(LaneModel::EndsFirstRole).toBool());
        QVERIFY(!model.index(0, LaneModel::ChannelEndsColumn).data(LaneModel::EndsFirstRole).toBool());
        QCOMPARE(cell(model, 0, LaneModel::RoundTripColumn), QStringLiteral("42.00 ms"));
        model.setNow({moment.monoNs, moment.wallNs + 3'553 * second});
        QCOMPARE(cell(model, 0, LaneModel::TokenEndsColumn), QStringLiteral("ended · first"));
        QCOMPARE(endsInText(0, moment), QStringLiteral("unknown"));
    }

    void aHeartbeatIsGoodLateOrLostInWords()
    {
        LaneStatus lane = connectedLane();
        QCOMPARE(heartbeatText(lane, moment), QStringLiteral("12 s ago"));
        const auto after = [](qint64 seconds) {
            return Instant{moment.monoNs + seconds * second, moment.wallNs + seconds * second};
        };
        QCOMPARE(healthAt(lane, after(28)), HeartbeatHealth::Good);
        QCOMPARE(heartbeatText(lane, after(29)), QStringLiteral("! nothing for 31 s"));
        QCOMPARE(heartbeatText(lane, after(33)), QStringLiteral("✕ nothing for 35 s"));
        QCOMPARE(healthSeverity(healthAt(lane, after(33))), Severity::Error);
        QCOMPARE(heartbeatShare(lane, after(23)), 1.0);
        lane.phase = SourcePhase::Waiting;
        QCOMPARE(heartbeatText(lane, moment), QStringLiteral("not connected"));
        QVERIFY(heartbeatShare(lane, moment) < 0);
    }

    void saysWhatComesNext()
    {
        LaneStatus lane = connectedLane();
        QVERIFY(laneNextText(lane, moment).isEmpty());
        lane.renewing = true;
        QVERIFY(laneNextText(lane, moment).startsWith(QStringLiteral("renewing")));
        lane.closingDeadlineMonoNs = moment.monoNs + 40'500'000'000;
        QCOMPARE(laneNextText(lane, moment), QStringLiteral("closing announced: reconnect within 41 s"));
        lane.closingDeadlineMonoNs = 0;
        lane.phase = SourcePhase::Waiting;
        lane.nextAttemptMonoNs = moment.monoNs + 3'100'000'000;
        QCOMPARE(laneNextText(lane, moment), QStringLiteral("reconnects in 4 s"));
        lane.error = Error{ErrorCode::Network, QStringLiteral("reset"), {}};
        QVERIFY(laneNextText(lane, moment).contains(QStringLiteral("reset")));
    }

    void sumsUpTheSession()
    {
        const auto state = usualState();
        state->lanes.resize(3);
        QCOMPARE(notificationsSentence(*state), QStringLiteral("Notifications · 3 channels · 3 topics (1 rejected)"));
        state->channelsInUse = 20;
        state->requestsLastMinute = 12;
        state->requestsResumeMonoNs = moment.monoNs + 9 * second;
        state->clockOffsetNs = 120'000'000;
        state->schemaOrigin = "live";
        state->schemaVersion = "1a2b3c4d";
        const QString gauges = gaugesText(*state, moment);
        for (const char* part : {"channels 20 of 20", "evicts the oldest", "requests 12 of 300", "again in 9 s",
                                 "schemas live, version 1a2b3c4d", "clock offset about +120 ms"})
            QVERIFY2(gauges.contains(QLatin1String(part)), qPrintable(gauges));
    }

    void keepsTheLedgerNewestFirst()
    {
        GapModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const auto state = usualState();
        state->gaps = {gap(1), gap(2)};
        state->gapCount = 2;
        model.setState(state);
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.gapAt(0)->fromWallNs, gap(2).fromWallNs);
        QCOMPARE(cell(model, 0, GapModel::LengthColumn), QStringLiteral("4.2 s"));
        QVERIFY(cell(model, 0, GapModel::LossColumn).contains(QStringLiteral("unverifiable")));
        QVERIFY(cell(model, 0, GapModel::CauseColumn).contains(QStringLiteral("proxy")));
        const QPersistentModelIndex held = model.index(0, 0);

        auto later = std::make_shared<NotificationState>(*state);
        later->gaps = {gap(2), gap(3)}; // the oldest left the state, one came
        later->gapCount = 3;
        model.setState(later);
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.gapAt(0)->fromWallNs, gap(3).fromWallNs);
        QCOMPARE(held.row(), 1);
        QCOMPARE(model.gapCount(), quint64(3));
        model.setState(nullptr);
        QCOMPARE(model.rowCount(), 0);
    }

    void exportsWithGuardAndTimesInUtc()
    {
        auto state = usualState();
        state->topics[2].rejection = "=cmd, \"x\"";
        state->gaps = {gap(0)};
        const QByteArray topics = topicsCsv(*state, true).bytes();
        QVERIFY(topics.startsWith("topic,channel,state,missing_permissions,rejection,events,subscribed_utc,"
                                  "last_event_utc,gaps,guarded\r\n"));
        QVERIFY(topics.contains("\"'=cmd, \"\"x\"\"\""));
        QVERIFY(topics.contains(",rejection\r\n"));
        QVERIFY(topics.contains(",1204,2026-11-25T12:03:11.000000Z,"));
        QVERIFY(topicsCsv(*state, false).bytes().contains(",,2026-11-25T12:03:11.000000Z,"));
        state->topics[2].rejection = "no\n=cmd"; // each line may become a cell, as in the other exports
        QVERIFY(topicsCsv(*state, true).bytes().contains("\"no\n'=cmd\""));
        QVERIFY(gapsCsv(*state).bytes().contains(
            ",0,2026-11-25T12:03:11.000000Z,2026-11-25T12:03:15.200000Z,4200,closed 1006,unverifiable,\r\n"));
        const QByteArray lanes = lanesCsv(*state, moment).bytes();
        QVERIFY(lanes.contains("0,connected,good,41,"));
        QVERIFY(lanes.contains("42.000,2026-11-25T12:03:09.000000Z,2026-11-25T12:02:59.000000Z,"));
    }

    void exportsFromThePaneInTheBackground()
    {
        QTemporaryDir folder;
        TopicsPane pane;
        auto state = usualState();
        state->gaps = {gap(0)};
        state->gapCount = 1;
        pane.setState(state);
        QSignalSpy exported(&pane, &TopicsPane::exported);
        const QString path = folder.filePath(QStringLiteral("gaps.csv"));
        pane.showPart(TopicsPane::GapsPart);
        pane.exportTo(path);
        QTRY_COMPARE(exported.count(), 1);
        QCOMPARE(contentOf(path), gapsCsv(*state).bytes());
        const auto event = exported[0][0].value<AuditEvent>();
        QCOMPARE(event.action, AuditAction::Exported);
        QVERIFY(event.detail.contains("topic-gaps"));
        QVERIFY(pane.shownText().contains(QStringLiteral("unverifiable")));
    }

    void opensTheFramesOfAGapAndOfATopic()
    {
        TopicsPane pane;
        auto state = usualState();
        state->gaps = {gap(7)};
        state->gapCount = 1;
        pane.setState(state);
        QSignalSpy gaps(&pane, &TopicsPane::gapActivated);
        QSignalSpy filters(&pane, &TopicsPane::filterRequested);
        for (QTableView* table : pane.findChildren<QTableView*>())
            Q_EMIT table->activated(table->model()->index(0, 0));
        QCOMPARE(gaps.count(), 1);
        QCOMPARE(gaps[0][0].toLongLong(), gap(7).fromWallNs);
        QCOMPARE(filters.count(), 1);
        QCOMPARE(filters[0][0].toString(), QStringLiteral("msg.topic == \"%1\"").arg(QString::fromUtf8(presence)));
    }

    void countsTopicsHoweverManyEventsAreBeforeThem()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("s.framescope"));
        auto writer = SessionWriter::create(path, {});
        QVERIFY(writer);
        constexpr int before = 25'000;
        for (int i = 0; i < before; ++i)
            (*writer)->append(auditEvent(AuditAction::Connected, Severity::Note, QStringLiteral("wss://x"), {}));
        (*writer)->append(auditEvent(AuditAction::TopicRejected, Severity::Warning, QString::fromUtf8(refused), {}));
        const test::FrameSpec frame{"v2.users.{id}.presence", "{\"topicName\":\"" + QByteArray(presence) + "\"}"};
        auto batch = test::makeBatch({frame, frame, frame});
        for (FrameHead& head : batch->heads)
            head.flags |= FrameFlag::JsonPayload;
        (*writer)->append(batch);
        QVERIFY((*writer)->close());

        SessionDigest digest;
        quint64 events = 0;
        bool isCounted = false;
        NotificationStatePtr state;
        connect(&digest, &SessionDigest::eventsRead, this,
                [&events](const std::vector<AuditEvent>& page) { events += page.size(); });
        connect(&digest, &SessionDigest::notificationsRead, this, [&](const NotificationStatePtr& read, bool counted) {
            QCOMPARE(counted, state != nullptr); // first what the events say
            state = read;
            isCounted = counted;
        });
        const QSignalSpy finished(&digest, &SessionDigest::finished);
        digest.read(path, 1000);
        QTRY_COMPARE(finished.size(), 1);
        QVERIFY(events > before);
        QVERIFY(state);
        QVERIFY(isCounted);
        QCOMPARE(state->topics.size(), std::size_t(2));
        QCOMPARE(state->topics[0].id, QByteArray(refused));
        QCOMPARE(state->topics[1].id, QByteArray(presence));
        QCOMPARE(state->topics[1].events, quint64(3));
    }

    void showsWhatASessionFileTells()
    {
        const auto event = [](AuditAction action, const QByteArray& object, const QJsonObject& detail) {
            return auditEvent(action, Severity::Note, QString::fromUtf8(object), detail);
        };
        const auto told = [](const std::vector<AuditEvent>& events) {
            RecordedTopics topics;
            for (const AuditEvent& each : events)
                topics.take(each);
            return topics.state();
        };
        QVERIFY(!told({event(AuditAction::Connected, "wss://x", {})}));
        const NotificationStatePtr state =
            told({event(AuditAction::ChannelCreated, "channel", {}),
                  event(AuditAction::TopicRejected, refused,
                        {{QStringLiteral("reason"), QStringLiteral("not allowed")},
                         {QStringLiteral("missing_permissions"), QJsonArray{QStringLiteral("conversation:view")}}}),
                  event(AuditAction::TopicGap, presence,
                        {{QStringLiteral("from"), QStringLiteral("2026-11-25T12:03:11.000Z")},
                         {QStringLiteral("to"), QStringLiteral("2026-11-25T12:03:15.200Z")},
                         {QStringLiteral("cause"), QStringLiteral("heartbeat-lost")}})});
        QVERIFY(state);
        QCOMPARE(state->gapCount, quint64(1));
        QCOMPARE(state->gaps[0].fromWallNs, moment.wallNs);
        QCOMPARE(state->topics.size(), std::size_t(2));
        QCOMPARE(state->topics[0].missingPermissions, QByteArrayList{"conversation:view"});
        TopicsModel model;
        model.setState(state, TopicsModel::Origin::RecordedInPart);
        QCOMPARE(cell(model, 0, TopicsModel::EventsColumn), QStringLiteral("…"));
        model.setState(state, TopicsModel::Origin::Recorded);
        QCOMPARE(cell(model, 0, TopicsModel::EventsColumn), QString()); // rejected
        model.setState(state, TopicsModel::Origin::ReplayedInPart);
        QCOMPARE(cell(model, 0, TopicsModel::EventsColumn), QStringLiteral("not counted"));
    }
};

QTEST_MAIN(TestTopicsPane)
#include "tst_topicspane.moc"
