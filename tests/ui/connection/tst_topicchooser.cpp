/// The topic chooser against answers that a test gives: search, what cannot be had and why, names, pasting, the gauge.
#include "ui/common/theme.h"
#include "ui/connection/availabletopicsmodel.h"
#include "ui/connection/topicchooser.h"
#include "ui/connection/topicids.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

using namespace framescope;

namespace {

const QString queueId = QStringLiteral("d23f0824-128b-4f33-8c5c-7fd0a6a3a450");
const QString userId = QStringLiteral("6513270e-269e-4d37-b2a7-4de452e6b438");

std::vector<AvailableTopic> offeredTopics()
{
    std::vector<AvailableTopic> topics(4);
    topics[0].id = "v2.users.{id}.presence";
    topics[0].description = QStringLiteral("Presence of a user");
    topics[1].id = "v2.routing.queues.{id}.conversations";
    topics[1].description = QStringLiteral("Conversations of a queue");
    topics[1].permissions = {"conversation:communication:view"};
    topics[1].transports = {"Websocket", "EventBridge"};
    topics[2].id = "v2.detail.events.conversation.{id}.user.start";
    topics[2].transports = {"EventBridge"};
    topics[3].id = "v2.users.{id}.tokens";
    topics[3].requiresCurrentUser = true;
    return topics;
}

DirectoryCalls fakeCalls(QStringList* asked)
{
    DirectoryCalls calls;
    calls.topics = [](auto reply) { reply(offeredTopics()); };
    calls.queues = [asked](const QString& text, auto reply) {
        *asked += text;
        reply(std::vector<NamedEntity>{{queueId.toUtf8(), QStringLiteral("Billing · Español")}});
    };
    calls.users = [](const QString&, auto reply) { reply(std::vector<NamedEntity>{}); };
    calls.me = [](auto reply) { reply(NamedEntity{userId.toUtf8(), QStringLiteral("Ana Ibáñez")}); };
    return calls;
}

template <typename Widget>
Widget* named(QWidget& parent, const QString& name)
{
    for (Widget* widget : parent.findChildren<Widget*>()) {
        if (widget->accessibleName() == name)
            return widget;
    }
    return nullptr;
}

QPushButton* button(QWidget& parent, const QString& text)
{
    for (QPushButton* one : parent.findChildren<QPushButton*>()) {
        if (one->text() == text)
            return one;
    }
    return nullptr;
}

} // namespace

class TestTopicChooser : public QObject
{
    Q_OBJECT

    static void choose(TopicChooser& chooser, const QByteArray& pattern)
    {
        auto* table = named<QTableView>(chooser, QStringLiteral("Topics on offer"));
        for (int row = 0; row < chooser.offered()->rowCount(); ++row) {
            if (chooser.offered()->topicAt(row)->id == pattern)
                table->selectRow(row);
        }
    }

private Q_SLOTS:
    void initTestCase() { Theme::install(*qApp, ColorScheme::Light); }

    void saysWhyATopicCannotBeHad()
    {
        AvailableTopicsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setTopics(offeredTopics(), false);
        const auto needs = [&](const QByteArray& id) {
            for (int row = 0; row < model.rowCount(); ++row) {
                if (model.topicAt(row)->id == id)
                    return model.index(row, AvailableTopicsModel::NeedsColumn);
            }
            return QModelIndex();
        };
        const QModelIndex bridge = needs("v2.detail.events.conversation.{id}.user.start");
        QVERIFY(bridge.data().toString().contains(QStringLiteral("not over WebSocket")));
        QVERIFY(!(bridge.flags() & Qt::ItemIsEnabled));
        QVERIFY(needs("v2.users.{id}.tokens").data().toString().contains(QStringLiteral("signed-in person")));
        QVERIFY(needs("v2.users.{id}.presence").flags() & Qt::ItemIsEnabled);
        model.setTopics(offeredTopics(), true);
        QVERIFY(needs("v2.users.{id}.tokens").flags() & Qt::ItemIsEnabled);
    }

    void searchesNamesDescriptionsAndPermissions()
    {
        AvailableTopicsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setTopics(offeredTopics(), true);
        model.setFilter(QStringLiteral("queue communication:view"));
        QCOMPARE(model.rowCount(), 1);
        model.setFilter(QStringLiteral("PRESENCE"));
        QCOMPARE(model.topicAt(0)->id, QByteArray("v2.users.{id}.presence"));
        model.setFilter({});
        QCOMPARE(model.rowCount(), 4);
    }

    void picksAQueueByName()
    {
        QStringList asked;
        TopicChooser chooser;
        chooser.useDirectory(fakeCalls(&asked), false);
        choose(chooser, "v2.routing.queues.{id}.conversations");
        auto* line = named<QLineEdit>(chooser, QStringLiteral("Ids, names or topics"));
        QTest::keyClicks(line, QStringLiteral("Bill"));
        auto* names = named<QListWidget>(chooser, QStringLiteral("Found by name"));
        QTRY_COMPARE(names->count(), 1);
        QCOMPARE(asked.constLast(), QStringLiteral("Bill"));
        chooser.addTyped(); // the beginning of a name is no id
        QVERIFY(chooser.chosen().isEmpty());
        names->item(0)->setSelected(true);
        QSignalSpy changed(&chooser, &TopicChooser::chosenChanged);
        chooser.addTyped();
        QCOMPARE(changed.count(), 1);
        QCOMPARE(chooser.chosen(), QStringList{QStringLiteral("v2.routing.queues.%1.conversations").arg(queueId)});
        QVERIFY(named<QListWidget>(chooser, QStringLiteral("Chosen topics"))
                    ->item(0)
                    ->text()
                    .contains(QStringLiteral("Billing · Español")));
    }

    void takesPastedIdsAndTopicsOnceEach()
    {
        QStringList asked;
        TopicChooser chooser;
        chooser.useDirectory(fakeCalls(&asked), false);
        choose(chooser, "v2.users.{id}.presence");
        auto* line = named<QLineEdit>(chooser, QStringLiteral("Ids, names or topics"));
        line->setText(QStringLiteral("%1, v2.users.%1?routingStatus&activity").arg(userId));
        chooser.addTyped();
        QCOMPARE(chooser.chosen().size(), 2);
        // Enter adds, and goes no further: in the dialog it would press Connect.
        QKeyEvent enter(QEvent::KeyPress, Qt::Key_Return, Qt::NoModifier);
        line->setText(QStringLiteral("v2.users.%1.tokens").arg(userId));
        QCoreApplication::sendEvent(line, &enter);
        QVERIFY(enter.isAccepted());
        QCOMPARE(chooser.chosen().size(), 3);
        chooser.setChosen(chooser.chosen().mid(0, 2));
        line->setText(QStringLiteral("V2.USERS.%1.presence v2.users.%1.PRESENCE").arg(userId));
        chooser.addTyped();
        QCOMPARE(chooser.chosen().size(), 2);
        QVERIFY(!chooser.words().isEmpty());
    }

    void refusesWhatIsNoTopic_data()
    {
        QTest::addColumn<QString>("topic");
        QTest::addColumn<bool>("isGood");
        QTest::newRow("concrete") << QStringLiteral("v2.users.%1.presence").arg(userId) << true;
        QTest::newRow("combined") << QStringLiteral("v2.users.%1?presence&activity").arg(userId) << true;
        QTest::newRow("template") << QStringLiteral("v2.users.{id}.presence") << false;
        QTest::newRow("control") << QStringLiteral("channel.metadata") << false;
        QTest::newRow("system") << QStringLiteral("v2.system.socket_closing") << false;
        QTest::newRow("too long") << QStringLiteral("v2.") + QString(300, QLatin1Char('x')) << false;
        QTest::newRow("markup") << QStringLiteral("v2.<b>") << false;
    }

    void refusesWhatIsNoTopic()
    {
        QFETCH(QString, topic);
        QTEST(topicProblem(topic).isEmpty(), "isGood");
    }

    void offersOnesOwnToAPersonOnly()
    {
        QStringList asked;
        TopicChooser chooser;
        chooser.useDirectory(fakeCalls(&asked), false);
        QPushButton* mine = button(chooser, QStringLiteral("My &presence"));
        QVERIFY(!mine->isEnabled());
        QVERIFY(mine->toolTip().contains(QStringLiteral("client credentials")));
        chooser.useDirectory(fakeCalls(&asked), true);
        QVERIFY(mine->isEnabled());
        mine->click();
        QCOMPARE(chooser.chosen(), QStringList{QStringLiteral("v2.users.%1.presence").arg(userId)});
    }

    void dropsAnswersOfADirectoryThatIsNotInUseAnyMore()
    {
        DirectoryCalls::Reply<std::vector<AvailableTopic>> late;
        DirectoryCalls calls;
        calls.topics = [&late](auto reply) { late = std::move(reply); };
        TopicChooser chooser;
        chooser.useDirectory(calls, false);
        chooser.forgetDirectory();
        late(offeredTopics());
        QCOMPARE(chooser.offered()->topicCount(), 0);
    }

    void gaugesTheChannelsThatTheTopicsNeed()
    {
        TopicChooser chooser;
        QStringList topics;
        for (int i = 0; i < 1'200; ++i)
            topics += QStringLiteral("v2.users.%1.presence").arg(i);
        chooser.setChosen(topics.mid(0, 12));
        QCOMPARE(chooser.gaugeText(), QStringLiteral("12 of 1,000"));
        chooser.setChosen(topics);
        QCOMPARE(chooser.gaugeText(), QStringLiteral("1,200 topics on 2 channels"));
        auto* list = named<QListWidget>(chooser, QStringLiteral("Chosen topics"));
        list->selectAll();
        button(chooser, QStringLiteral("Remo&ve"))->click();
        QVERIFY(chooser.chosen().isEmpty());
    }
};

QTEST_MAIN(TestTopicChooser)
#include "tst_topicchooser.moc"
