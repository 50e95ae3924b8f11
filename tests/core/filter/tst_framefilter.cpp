// The filter line: what it shows, and what it says when it is not understood.
#include "core/filter/framefilter.h"
#include "tests/support/framebuilder.h"

#include <QtTest>

using namespace framescope;

class TestFrameFilter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void showsMatchingFrames_data();
    void showsMatchingFrames();
    void showsNotifications_data();
    void showsNotifications();
    void explainsWhatItDoesNotUnderstand_data();
    void explainsWhatItDoesNotUnderstand();
    void knowsWhetherItNeedsPayloads();
    void knowsWhatIsMarked();
    void manyWordsAreRefusedNotFollowed();

private:
    std::shared_ptr<FrameBatch> m_batch;
};

void TestFrameFilter::initTestCase()
{
    Finding required;
    required.id = FindingId::SchemaRequired;
    Finding large;
    large.id = FindingId::SizeLarge;
    m_batch = test::makeBatch({
        {.type = "interaction.update", .payload = "{\"name\":\"Zoë Müller\"}"},
        {.type = "keepalive", .payload = "{\"type\":\"keepalive\"}"},
        {.type = "interaction.update",
         .payload = "{\"name\":\"Zoë\"}",
         .verdict = Verdict::Refused,
         .findings = {large, required}},
        {.type = "telephony.media",
         .payload = QByteArray("TMED\x00\xFF", 6),
         .verdict = Verdict::Warned,
         .findings = {large},
         .opcode = Opcode::Binary},
        {.type = "", .payload = ""},
    });
}

void TestFrameFilter::showsMatchingFrames_data()
{
    QTest::addColumn<QString>("expression");
    QTest::addColumn<QByteArray>("shown"); // frame numbers
    const auto row = [](const char* expression, const char* shown) {
        QTest::addRow("%s", expression) << QString::fromUtf8(expression) << QByteArray(shown);
    };
    row("", "12345");
    row("   ", "12345");
    row("msg.type == \"interaction.update\"", "13");
    row("msg.type==keepalive", "2");
    row("msg.type != keepalive", "1345");
    row("check.status == ok", "125");
    row("check.status == warn", "4");
    row("check.status == fail", "3");
    row("check.status != ok", "34");
    row("check.rule == SCHEMA-REQUIRED", "3");
    row("check.rule == size-large", "34");
    row("check.rule != SIZE-LARGE", "125");
    row("\"Müller\"", "1");
    row("Zoë", "13");
    row("zoë", "");
    row("Zoë Müller", "1");
    row("\"Zoë Müller\"", "1");
    row("TMED", "4");
    row("\"\\\"type\\\"\"", "2");
    row("Zoë && check.status == fail", "3");
    row("Zoë and check.status == fail", "3");
    row("Zoë check.status==fail&&msg.type==interaction.update", "3");
    row("frame.no > 3", "45");
    row("frame.no >= 2 and frame.no <= 3", "23");
    row("frame.no != 3 frame.no < 4", "12");
    row("frame.no == 5", "5");
}

void TestFrameFilter::showsMatchingFrames()
{
    QFETCH(QString, expression);
    QFETCH(QByteArray, shown);
    const Expected<FrameFilter> filter = FrameFilter::parse(expression);
    QVERIFY2(filter, filter ? "" : qPrintable(filter.error().detail));
    QByteArray numbers;
    for (std::size_t i = 0; i < m_batch->size(); ++i) {
        if (filter->matches(*m_batch, i))
            numbers += QByteArray::number(m_batch->heads[i].number);
    }
    QCOMPARE(numbers, shown);
    QCOMPARE(filter->expression(), expression.trimmed());
    QCOMPARE(filter->isEmpty(), expression.trimmed().isEmpty());
}

void TestFrameFilter::showsNotifications_data()
{
    QTest::addColumn<QString>("expression");
    QTest::addColumn<QByteArray>("shown");
    const auto row = [](const char* expression, const char* shown) {
        QTest::addRow("%s", expression) << QString::fromUtf8(expression) << QByteArray(shown);
    };
    row("frame.control == true", "3");
    row("frame.control == false", "12456");
    row("frame.control != true", "12456");
    row("msg.topic == v2.users.{id}.presence", "126");
    row("msg.topic == v2.users.ef.presence", "6"); // the envelope's, not the body's
    row("msg.topic == V2.Users.AB.Presence", "1");
    row("msg.topic == v2.users.cd.presence", "2");
    row("msg.topic != v2.users.cd.presence", "136");
    row("msg.topic == channel.metadata", "3");
    row("lat.e2e > 250ms", "2");
    row("lat.e2e >= 250", "12"); // without a unit: ms
    row("lat.e2e < 0", "4");
    row("lat.e2e <= -0.5s", "4");
    row("lat.e2e < 1h", "124");
    row("lat.e2e > 1m", "");
    row("lat.e2e == 250000us", "1");
}

void TestFrameFilter::showsNotifications()
{
    const auto notification = [](const char* type, const char* topic) {
        return test::FrameSpec{.type = type,
                               .payload = QByteArray("{\"topicName\" : \"") + topic + "\",\"eventBody\":{}}"};
    };
    const auto batch = test::makeBatch(
        {notification("v2.users.{id}.presence", "v2.users.ab.presence"),
         notification("v2.users.{id}.presence", "v2.users.cd.presence"),
         notification("channel.metadata", "channel.metadata"),
         {.type = "interaction.update"},
         {.type = "telephony.media", .payload = "\"topicName\"", .opcode = Opcode::Binary},
         {.type = "v2.users.{id}.presence",
          .payload =
              R"({"eventBody":{"topicName":"v2.users.cd.presence","say":"\"topicName\":{"},"x":"topicName","topicName":"v2.users.ef.presence"})"}});
    batch->heads[0].eventWallNs = batch->heads[0].wallNs - 250'000'000;
    batch->heads[1].eventWallNs = batch->heads[1].wallNs - 2'000'000'000;
    batch->heads[2].flags |= FrameFlag::Control;
    batch->heads[3].eventWallNs = batch->heads[3].wallNs + 500'000'000;
    QFETCH(QString, expression);
    QFETCH(QByteArray, shown);
    const Expected<FrameFilter> filter = FrameFilter::parse(expression);
    QVERIFY2(filter, filter ? "" : qPrintable(filter.error().detail));
    QByteArray numbers;
    for (std::size_t i = 0; i < batch->size(); ++i) {
        if (filter->matches(*batch, i))
            numbers += QByteArray::number(batch->heads[i].number);
    }
    QCOMPARE(numbers, shown);
}

void TestFrameFilter::explainsWhatItDoesNotUnderstand_data()
{
    QTest::addColumn<QString>("expression");
    QTest::addColumn<QString>("column");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char* expression, const char* column, const char* reason) {
        QTest::addRow("%s", expression) << QString::fromUtf8(expression) << QString::fromLatin1(column)
                                        << QString::fromUtf8(reason);
    };
    row("chek.status == ok", "1", "Unknown field \"chek.status\". Did you mean \"check.status\"?");
    row("Zoë type == x", "5", "Did you mean \"msg.type\"?");
    row("nonsense == 1", "1", "Unknown field \"nonsense\". There are msg.type");
    row("check.status == good", "17", "none of ok, warn, fail");
    row("check.rule == SCHEMA-REQIRED", "15", "Did you mean \"SCHEMA-REQUIRED\"?");
    row("check.rule == x", "15", "Unknown finding \"x\".");
    row("msg.type = x", "10", "Equality is written ==.");
    row("msg.type > x", "10", "compared with == or !=");
    row("msg.type === x", "10", "Unknown comparison \"===\"");
    row("msg.type ==", "12", "A value is missing.");
    row("msg.type == && a", "13", "A value is missing.");
    row("== x", "1", "A field name is missing");
    row("\"open", "1", "not closed");
    row("a \"\"", "3", "nothing between");
    row("&& a", "1", "missing before \"&&\"");
    row("a && && b", "6", "missing before \"&&\"");
    row("a &&", "5", "missing at the end");
    row("frame.no == -1", "13", "not a frame number");
    row("check.status", "1", "needs a comparison");
    row("lat.e2e > soon", "11", "\"soon\" is no duration");
    row("lat.e2e > 1e300h", "11", "is no duration");
    row("lat.e2 > 1", "1", "Did you mean \"lat.e2e\"?");
    row("frame.control == yes", "18", "neither true nor false");
    row("frame.control > true", "15", "compared with == or !=");
}

void TestFrameFilter::explainsWhatItDoesNotUnderstand()
{
    QFETCH(QString, expression);
    QFETCH(QString, column);
    QFETCH(QString, reason);
    const Expected<FrameFilter> filter = FrameFilter::parse(expression);
    QVERIFY(!filter);
    QCOMPARE(filter.error().code, ErrorCode::Parse);
    QVERIFY2(filter.error().detail.contains(reason), qPrintable(filter.error().detail));
    QCOMPARE(filter.error().place, column);
}

void TestFrameFilter::knowsWhetherItNeedsPayloads()
{
    QVERIFY(!FrameFilter().needsPayload());
    QVERIFY(!FrameFilter::parse(QStringLiteral("check.status == ok"))->needsPayload());
    QVERIFY(FrameFilter::parse(QStringLiteral("Zoë check.status == ok"))->needsPayload());
    QVERIFY(FrameFilter::parse(QStringLiteral("msg.topic == a check.status == ok"))->needsPayload());
    QVERIFY(!FrameFilter::parse(QStringLiteral("lat.e2e > 1s frame.control == false"))->needsPayload());
}

void TestFrameFilter::knowsWhatIsMarked()
{
    auto marks = std::make_shared<FrameMarks>();
    marks->apply(markedEvent({2, 3}));
    marks->apply(markedEvent({5, 5}));
    const auto shown = [this](const char* expression, const FrameMarksPtr& known) {
        const FrameFilter filter = FrameFilter::parse(QString::fromUtf8(expression))->withMarks(known);
        QByteArray numbers;
        for (std::size_t i = 0; i < m_batch->size(); ++i) {
            const quint64 number = m_batch->heads[i].number;
            const bool matches = filter.matches(*m_batch, i);
            if (matches)
                numbers += QByteArray::number(number);
            if (matches && !holdsNumber(filter.candidates(), number))
                numbers += "!"; // a search would not have looked there
        }
        return numbers;
    };
    QCOMPARE(shown("frame.mark", marks), "235");
    QCOMPARE(shown("frame.mark == true", marks), "235");
    QCOMPARE(shown("frame.mark != true", marks), "14");
    QCOMPARE(shown("frame.mark == false", marks), "14");
    QCOMPARE(shown("frame.mark && check.status == fail", marks), "3");
    QCOMPARE(shown("frame.mark frame.no > 2 frame.no <= 4", marks), "3");
    QCOMPARE(shown("frame.mark frame.no == 4", marks), "");
    QCOMPARE(shown("frame.no != 3 frame.no >= 2 frame.no < 5", marks), "24");
    QCOMPARE(shown("frame.mark", nullptr), ""); // nobody knows of any
    QCOMPARE(shown("frame.mark == false", nullptr), "12345");
    QVERIFY(FrameFilter::parse(QStringLiteral("frame.mark"))->needsMarks());
    QVERIFY(!FrameFilter::parse(QStringLiteral("frame.no == 1"))->needsMarks());
    QVERIFY(FrameFilter::parse(QStringLiteral("Zoë"))->candidates() == FrameSpans{FrameSpan()});
}

void TestFrameFilter::manyWordsAreRefusedNotFollowed()
{
    QVERIFY(!FrameFilter::parse(QStringLiteral("a ").repeated(100)));
    QVERIFY(!FrameFilter::parse(QString(1'000'000, QLatin1Char('a'))));
    QVERIFY(!FrameFilter::parse(QString(4000, QLatin1Char('x')) + QStringLiteral(" == 1")));
}

QTEST_GUILESS_MAIN(TestFrameFilter)
#include "tst_framefilter.moc"
