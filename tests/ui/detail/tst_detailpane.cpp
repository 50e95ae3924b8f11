/// The detail pane: every finding in words, the payload as tree, text and bytes, hostile text shown literally.
#include "core/frame/findingcatalogue.h"
#include "tests/support/framebuilder.h"
#include "ui/common/plaintext.h"
#include "ui/common/theme.h"
#include "ui/detail/bytesview.h"
#include "ui/detail/decodedmodel.h"
#include "ui/detail/decodedsummary.h"
#include "ui/detail/detailpane.h"
#include "ui/detail/factsheet.h"
#include "ui/detail/findingcard.h"
#include "ui/detail/findingsmodel.h"
#include "ui/detail/findingspane.h"
#include "ui/detail/findingsview.h"
#include "ui/detail/findingwords.h"
#include "ui/detail/jsontext.h"
#include "ui/detail/payloadtextview.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

using namespace framescope;

namespace {

Frame frameOf(const test::FrameSpec& spec)
{
    return Frame::fromBatch(*test::makeBatch({spec}), 0);
}

Finding findingOf(FindingId id, const QByteArray& pointer = {})
{
    Finding finding;
    finding.id = id;
    finding.severity = findingInfo(id).severity;
    finding.pointer = pointer;
    return finding;
}

QPushButton* buttonNamed(QWidget* parent, const QString& text)
{
    for (QPushButton* button : parent->findChildren<QPushButton*>()) {
        if (button->text() == text)
            return button;
    }
    return nullptr;
}

// A lone right-to-left override, an escape and a tag: each must come out as harmless text.
const QByteArray hostile = "<img src=x onerror=1>\xE2\x80\xAE"
                           "evil\x1B[31m";

} // namespace

class TestDetailPane : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::install(*qApp, ColorScheme::Light); }

    void claimsALatencyOnlyWhereTheBodyStatesATime()
    {
        DetailPane pane;
        pane.setCurrentTab(DetailPane::TimingTab);
        const auto words = [&pane] {
            QString all;
            for (const FactSheet* sheet : pane.findChildren<FactSheet*>())
                all += sheet->plainText() + QLatin1Char('\n');
            return all;
        };
        Frame frame = frameOf({});
        pane.showFrame(frame);
        QVERIFY(words().contains(QStringLiteral("event time unknown")));
        frame.head.eventWallNs = frame.head.wallNs - 412'000'000;
        frame.head.flags |= FrameFlag::Masked;
        pane.showFrame(frame);
        QVERIFY(words().contains(QStringLiteral("412 ms; depends on both clocks; their offset is unknown")));
        QVERIFY(words().contains(QStringLiteral("kept bytes differ from what was hashed")));
        pane.setClockOffset(120'000'000);
        QVERIFY(words().contains(QStringLiteral("depends on both clocks; offset about +120 ms")));
        frame.head.eventWallNs = frame.head.wallNs + 38'000'000;
        pane.showFrame(frame);
        QVERIFY(words().contains(QStringLiteral("! −38 ms")));
    }

    void saysWhatWasRedactedByWhichRule()
    {
        DetailPane pane;
        Frame frame = frameOf({.payload = R"({"a":"[redacted:phone]","b":["[redacted:phone]","[redacted:name]"]})"});
        frame.head.flags |= FrameFlag::Masked;
        pane.showFrame(frame);
        bool isSaid = false;
        for (const QLabel* label : pane.findChildren<QLabel*>())
            isSaid = isSaid ||
                     label->text().contains(QStringLiteral("redacted: 2 values by rule phone, 1 value by rule name"));
        QVERIFY(isSaid);
        frame.head.flags = 0; // text that only looks like it, and no payload at all
        QVERIFY(missingPayloadSentence(frame).contains(QStringLiteral("no JSON text")));
    }

    void showsTheNewestOfManyComments()
    {
        DetailPane pane;
        const Frame frame = frameOf({});
        auto marks = std::make_shared<FrameMarks>();
        for (const QLatin1String words : {QLatin1String("oldest"), QLatin1String("newest")})
            marks->apply(markedEvent({frame.head.number, frame.head.number}, QString(1'900, QLatin1Char('c')) + words));
        pane.setMarks(marks);
        pane.showFrame(frame);
        const auto labels = pane.findChildren<QLabel*>();
        QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
            return label->text().endsWith(QStringLiteral("newest")) && label->text().startsWith(QChar(0x2026));
        }));
        QCOMPARE(endOfText(QStringLiteral("a\U0001F600b"), 2), QStringLiteral("…b")); // no half character
    }

    void saysWhatRetentionRemoved()
    {
        Frame frame = frameOf({.payload = {}});
        frame.head.flags = 0;
        frame.head.sizeBytes = 2'048;
        frame.removal = std::make_shared<const PayloadRemoval>(PayloadRemoval{1'234, 1'764'015'300'000'000'000, "age"});
        const QString sentence = missingPayloadSentence(frame);
        for (const char* said : {"removed by retention at 2025-11-24T20:15:00", "too old", "1,234"})
            QVERIFY2(sentence.contains(QString::fromUtf8(said)), qPrintable(sentence));
        DetailPane pane;
        pane.showFrame(frame);
        pane.setCurrentTab(DetailPane::DecodedTab);
        bool isSaid = false;
        for (const QLabel* label : pane.findChildren<QLabel*>())
            isSaid = isSaid || label->text().contains(sentence);
        QVERIFY(isSaid);
    }

    void explainsEveryFindingOfTheCatalogue()
    {
        FindingCard card;
        for (const FindingInfo& info : findingCatalogue()) {
            card.setFinding(findingOf(info.id, "/routing"), frameOf({}));
            const QString text = card.plainText();
            for (const char* part : {info.title, info.name, info.cause, info.nextStep})
                QVERIFY2(text.contains(QString::fromUtf8(part)), info.name);
        }
    }

    void showsHostileTextLiterally()
    {
        Finding finding = findingOf(FindingId::TypeUnknown, "/" + hostile);
        finding.expected = hostile;
        finding.actual = hostile;
        finding.schemaPointer = hostile;
        const Frame frame = frameOf({.type = hostile,
                                     .payload = R"({"type":")" + hostile + R"("})",
                                     .verdict = Verdict::Refused,
                                     .findings = {finding}});
        DetailPane pane;
        pane.showFrame(frame);
        const QString cards = pane.findChild<FindingsView*>()->plainText();
        QVERIFY(cards.contains(QStringLiteral("<img src=x onerror=1>")));
        QVERIFY(cards.contains(QStringLiteral("\\u202eevil\\u001b[31m")));
        pane.setCurrentTab(DetailPane::JsonTab);
        const QString json = pane.findChild<PayloadTextView*>()->shownText();
        QVERIFY(json.contains(QStringLiteral("\\u202eevil\\u001b[31m")));
        for (const QString& text : {cards, json, findingCopyText(finding, frame)}) {
            QVERIFY(!text.contains(QChar(0x202E)));
            QVERIFY(!text.contains(QChar(0x1B)));
        }
        for (const QLabel* label : pane.findChildren<QLabel*>())
            QVERIFY2(label->textFormat() == Qt::PlainText, qPrintable(label->text()));
    }

    void neverCallsAnUndeclaredChecksumAPass()
    {
        FindingsView view;
        view.setFrame(frameOf({.checksum = ChecksumState::NotDeclared}));
        QVERIFY(view.plainText().contains(QStringLiteral("not declared")));
        QVERIFY(!view.plainText().contains(QStringLiteral("verified")));
        QCOMPARE(view.cardCount(), 0);
        view.setFrame(frameOf({.checksum = ChecksumState::Verified}));
        QVERIFY(view.plainText().contains(QStringLiteral("verified")));
    }

    void asksForFilterAndNextFrameWithTheSameFinding()
    {
        DetailPane pane;
        QSignalSpy filter(&pane, &DetailPane::filterRequested);
        QSignalSpy next(&pane, &DetailPane::nextSameRequested);
        pane.showFrame(frameOf({.verdict = Verdict::Refused, .findings = {findingOf(FindingId::SchemaRequired)}}));
        QTest::mouseClick(buttonNamed(&pane, QStringLiteral("Filter same")), Qt::LeftButton);
        QTest::mouseClick(buttonNamed(&pane, QStringLiteral("Next same")), Qt::LeftButton);
        QTest::mouseClick(buttonNamed(&pane, QStringLiteral("Copy")), Qt::LeftButton);
        QCOMPARE(filter.value(0).value(0).toString(), QStringLiteral("check.rule == SCHEMA-REQUIRED"));
        QCOMPARE(next.value(0).value(0).value<FindingId>(), FindingId::SchemaRequired);
        QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("SCHEMA-REQUIRED")));
    }

    void buildsOnlyTheTabInSight()
    {
        DetailPane pane;
        auto* model = pane.findChild<DecodedModel*>();
        pane.showFrame(frameOf({}));
        QCOMPARE(model->rowCount(), 0);
        pane.setCurrentTab(DetailPane::DecodedTab);
        QCOMPARE(model->rowCount(), 1);
        pane.showFrame(frameOf({.payload = R"({"a":1,"b":2})"}));
        QCOMPARE(model->rowCount(), 2);
        QCOMPARE(pane.currentTab(), DetailPane::DecodedTab);
    }

    void showsThePayloadAsItIsInTheTree()
    {
        Finding missing = findingOf(FindingId::SchemaRequired, "/routing");
        missing.expected = "queueId";
        const Finding wrong = findingOf(FindingId::SchemaType, "/routing/priority");
        DecodedModel model;
        model.setFrame(frameOf({.payload = R"({"z":12345678901234567890123,"a":[1,[],{"b":"x\u00e9"}],"a":null,)"
                                           R"("routing":{"priority":"high","waitMs":7}})",
                                .findings = {missing, wrong}}));
        // After the reset: the tester fetches more inside modelReset() and then calls that a nested change.
        const QAbstractItemModelTester tester(&model);
        const auto text = [&model](int row, int column, const QModelIndex& parent = {}) {
            return model.index(row, column, parent).data().toString();
        };
        QCOMPARE(text(0, 0), QStringLiteral("z")); // in its own order, numbers not rounded, the second "a" kept
        QCOMPARE(text(0, 1), QStringLiteral("12345678901234567890123"));
        QCOMPARE(text(1, 1), QStringLiteral("[3]"));
        QCOMPARE(text(2, 0), QStringLiteral("a"));
        const QModelIndex routing = model.index(3, 0);
        QCOMPARE(model.indexesToOpen(), QList<QModelIndex>{routing});
        QCOMPARE(model.rowCount(routing), 3);
        QCOMPARE(text(0, 1, routing), QStringLiteral("\"high\""));
        QCOMPARE(model.index(0, 0, routing).data(DecodedModel::SeverityRole).toInt(), int(Severity::Error));
        QCOMPARE(text(1, 2, routing), QStringLiteral("number · ms"));
        QCOMPARE(text(2, 0, routing), QStringLiteral("queueId"));
        QCOMPARE(text(2, 1, routing), QStringLiteral("missing"));
        model.setFrame(frameOf({.payload = R"({"b":1})"}));
        QCOMPARE(model.rowCount(), 1);
    }

    void readsHugeListsInPortions()
    {
        QByteArray payload = "[0";
        for (int i = 1; i < 3 * DecodedModel::fetchStep; ++i)
            payload += "," + QByteArray::number(i);
        DecodedModel model; // no tester: it would fetch everything at once
        Frame frame = frameOf({.payload = payload + "]"});
        frame.head.flags |= FrameFlag::JsonPayload;
        model.setFrame(frame);
        QCOMPARE(model.rowCount(), DecodedModel::fetchStep);
        while (model.canFetchMore({}))
            model.fetchMore({});
        QCOMPARE(model.rowCount(), 3 * DecodedModel::fetchStep);
    }

    void surviveBrokenJson_data()
    {
        QTest::addColumn<QByteArray>("payload");
        for (const char* text : {"{", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":\"\\", "[", "[,", "[1,,2", "{]", "}", "\"",
                                 "{\"a\":tru", "nonsense", "{\"a\" 1}", "[[[[[[[[[["})
            QTest::newRow(text) << QByteArray(text);
        QTest::newRow("deep") << QByteArray(200'000, '[');
    }

    void surviveBrokenJson()
    {
        QFETCH(QByteArray, payload);
        Frame frame =
            frameOf({.payload = payload,
                     .findings = {findingOf(FindingId::JsonParse), findingOf(FindingId::SchemaType, "/a/0")}});
        frame.head.flags |= FrameFlag::JsonPayload;
        DetailPane pane;
        for (int tab = 0; tab < DetailPane::TabCount; ++tab) {
            pane.setCurrentTab(DetailPane::Tab(tab));
            pane.showFrame(frame);
        }
        pane.grab();
    }

    void marksTheSameBytesInPrettyText()
    {
        const QByteArray json = R"({"a":"ü","routing":{"priority":"high"}})";
        const QByteArray wanted = "\"high\"";
        const TextRange range{json.indexOf(wanted), json.indexOf(wanted) + wanted.size()};
        const MarkedBytes pretty = prettyJson(json, std::vector{range});
        const MarkedText text = visibleUtf8(pretty.text, pretty.marks);
        QCOMPARE(text.text.mid(text.marks[0].begin, text.marks[0].end - text.marks[0].begin),
                 QString::fromLatin1(wanted));
        QVERIFY(text.text.contains(QStringLiteral("\n    \"priority\": \"high\"\n")));
    }

    void doesNotInflateANestOfBrackets()
    {
        const QByteArray nest(50'000, '[');
        QVERIFY(prettyJson(nest, {}).text.size() <= nest.size() * 8);
    }

    void showsBytesThatAreNoTextAsEscapes()
    {
        QCOMPARE(visibleUtf8("a\xFF\xC3(\xE2\x82", {}).text, QStringLiteral("a\\xff\\xc3(\\xe2\\x82"));
    }

    void showsTheFirst64KiBAndTheRestWhenAsked()
    {
        const QByteArray long_(200 * 1024, 'x');
        PayloadTextView view;
        view.setFrame(frameOf({.payload = R"({"a":")" + long_ + R"("})"}));
        QVERIFY(view.shownText().size() < PayloadTextView::firstBytes + 100);
        QVERIFY(view.notice().contains(QStringLiteral("64")));
        view.showRest();
        QVERIFY(view.shownText().size() > long_.size());
        QVERIFY(view.notice().isEmpty());
    }

    void saysWhyTheBytesOfARefusedFrameAreNotThere()
    {
        Frame frame = frameOf({.verdict = Verdict::Refused, .findings = {findingOf(FindingId::SizeGate)}});
        frame.payload.clear();
        frame.head.flags = 0;
        BytesView view;
        view.setFrame(frame);
        QVERIFY(view.notice().contains(QStringLiteral("not kept")));
        QVERIFY(view.notice().contains(QStringLiteral("size gate")));
    }

    void dumpsBytesWithOffsets()
    {
        BytesView view;
        view.resize(2000, 400);
        view.setFrame(frameOf({.payload = QByteArray("{\"a\":1}\x00\xFF", 9)}));
        QVERIFY(view.dump(0, 9).startsWith(QStringLiteral("000000  7b 22 61 22 3a 31 7d 00")));
        QVERIFY(view.dump(0, 9).contains(QStringLiteral("{\"a\":1}··")));
    }

    void keepsMissingMembersInAShortSummary()
    {
        QByteArray payload = "{";
        for (int i = 0; i < 100; ++i)
            payload += "\"m" + QByteArray::number(i) + "\":1,";
        payload.back() = '}';
        Finding missing = findingOf(FindingId::SchemaRequired);
        missing.expected = "routing";
        const auto lines = summaryLines(frameOf({.payload = payload, .findings = {missing}}));
        QVERIFY(lines.size() <= summaryLineLimit + 1);
        QVERIFY(std::any_of(lines.begin(), lines.end(), [](const SummaryLine& line) {
            return line.name == QLatin1String("routing") && line.severity == Severity::Error;
        }));
    }

    void countsFindingsByRuleWithoutMovingRows()
    {
        FindingsModel model;
        const QAbstractItemModelTester tester(&model);
        auto metrics = std::make_shared<MetricsSnapshot>();
        metrics->totals.received = 10;
        metrics->findings[std::size_t(FindingId::DuplicateId)] = 2;
        model.setMetrics(metrics);
        QCOMPARE(model.rowCount(), 1);
        const QPersistentModelIndex duplicate = model.index(0, 0);
        metrics = std::make_shared<MetricsSnapshot>(*metrics);
        metrics->findings[std::size_t(FindingId::SchemaType)] = 1;
        metrics->findings[std::size_t(FindingId::DuplicateId)] = 3;
        model.setMetrics(metrics);
        QCOMPARE(model.findingAt(0), FindingId::SchemaType); // errors first
        QCOMPARE(duplicate.row(), 1);
        QCOMPARE(model.index(1, FindingsModel::CountColumn).data().toString(), QStringLiteral("3"));
        model.setMetrics(nullptr);
        QCOMPARE(model.rowCount(), 0);
    }

    void filtersByTheRuleOfTheActivatedRow()
    {
        FindingsPane pane;
        auto metrics = std::make_shared<MetricsSnapshot>();
        metrics->totals.received = 1;
        metrics->findings[std::size_t(FindingId::SequenceGap)] = 1;
        pane.setMetrics(metrics);
        QSignalSpy filter(&pane, &FindingsPane::filterRequested);
        auto* table = pane.findChild<QTableView*>();
        Q_EMIT table->activated(table->model()->index(0, 0));
        QCOMPARE(filter.value(0).value(0).toString(), QStringLiteral("check.rule == SEQUENCE-GAP"));
    }
};

QTEST_MAIN(TestDetailPane)
#include "tst_detailpane.moc"
