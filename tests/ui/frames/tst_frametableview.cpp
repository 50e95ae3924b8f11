/// The table in use: follow and hold, keys, the filter line, the ribbon, and text from the wire made safe to show.
#include "tests/support/sessionmaker.h"
#include "ui/common/plaintext.h"
#include "ui/common/theme.h"
#include "ui/common/timehistogram.h"
#include "ui/frames/filterline.h"
#include "ui/frames/framecache.h"
#include "ui/frames/framecolumns.h"
#include "ui/frames/frametableview.h"
#include "ui/frames/sessionribbon.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QHelpEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QToolTip>
#include <QWheelEvent>

using namespace framescope;

namespace {

/// A table with frames, shown.
struct Shown
{
    FrameCache cache;
    FrameTableModel model;
    FrameTableView view{&model};
    quint64 last = 0;

    explicit Shown(int frames, std::size_t rowMapCapacity = FrameRowMap::defaultCapacity)
        : model(&cache, nullptr, rowMapCapacity)
    {
        view.resize(900, 400);
        view.show();
        arrive(frames);
        view.setFocus();
    }
    void arrive(int count)
    {
        const auto batches = test::mixedBatches(last + 1, count, 50);
        last += quint64(count);
        cache.append(batches);
        model.takeArrivals(batches);
    }
    [[nodiscard]] int topRow() const { return view.rowAt(0); }
    [[nodiscard]] bool isAtEnd() const
    {
        return view.verticalScrollBar()->value() == view.verticalScrollBar()->maximum();
    }
    [[nodiscard]] QPushButton* badge() const { return view.findChild<QPushButton*>(); }
    void scrollUp()
    {
        QWheelEvent wheel(QPointF(50, 50), view.viewport()->mapToGlobal(QPointF(50, 50)), {}, QPoint(0, 600),
                          Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(view.viewport(), &wheel);
    }
};

} // namespace

class TestFrameTableView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void gettingTheFocusIsNoWishToRead()
    {
        Shown shown(300);
        shown.view.follow();
        QFocusEvent focus(QEvent::FocusIn, Qt::ActiveWindowFocusReason);
        QCoreApplication::sendEvent(&shown.view, &focus);
        QVERIFY(shown.view.isFollowing());
        QCOMPARE(shown.view.currentNumber(), quint64(0));
    }

    void initTestCase() { Theme::install(*qApp, ColorScheme::Light); }

    void columnsFitUntilAPersonSetsThem()
    {
        Shown shown(300);
        QHeaderView* header = shown.view.horizontalHeader();
        FrameColumns* columns = shown.view.columns();
        const auto isWholly = [&](FrameTableModel::Column column) {
            return !header->isSectionHidden(column) && header->sectionViewportPosition(column) >= 0 &&
                   header->sectionViewportPosition(column) + header->sectionSize(column) <=
                       shown.view.viewport()->width();
        };
        const auto fits = [&] {
            for (const auto column : {FrameTableModel::Number, FrameTableModel::Time, FrameTableModel::Arrow,
                                      FrameTableModel::Type, FrameTableModel::Size, FrameTableModel::Verdict}) {
                if (!isWholly(column))
                    return false;
            }
            return !shown.view.horizontalScrollBar()->isVisible() && header->length() == shown.view.viewport()->width();
        };
        for (const bool ofTopics : {false, true}) {
            columns->reset(ofTopics);
            for (const int width : {1400, 660, 620, 530, 700, 1000}) { // 660: of a window of 1024
                shown.view.resize(width, 400);
                QTRY_VERIFY2(fits(), qPrintable(QString::number(width)));
                QVERIFY(columns->areFitted() && columns->state().isEmpty());
            }
            QCOMPARE(isWholly(FrameTableModel::Checksum), !ofTopics);
            QVERIFY(isWholly(FrameTableModel::Delta) && isWholly(FrameTableModel::Subject));
        }
        shown.view.resize(1400, 400);
        QVERIFY(isWholly(FrameTableModel::Preview));
        columns->makeRoomFor(88'888'888'888); // as numbers grow
        QTRY_VERIFY(fits());

        header->resizeSection(FrameTableModel::Type, 333); // as dragging its edge does
        header->moveSection(header->visualIndex(FrameTableModel::Verdict), 0);
        const QByteArray state = columns->state();
        QVERIFY(!columns->areFitted() && !state.isEmpty());
        shown.view.resize(660, 400);
        QCOMPARE(header->sectionSize(FrameTableModel::Type), 333);
        columns->reset(true);
        QTRY_VERIFY(columns->areFitted() && fits()); // the bar leaves with the next layout
        columns->restore(state);
        QCOMPARE(header->sectionSize(FrameTableModel::Type), 333);
        QCOMPARE(header->visualIndex(FrameTableModel::Verdict), 0);
        QVERIFY(!columns->areFitted());
        columns->reset(false);
        columns->restore({});                        // of a person who never set any
        QTRY_VERIFY(columns->areFitted() && fits()); // the bar leaves with the next layout
    }

    void marksAreSeenSaidAndGoneTo()
    {
        Shown shown(500);
        auto marks = std::make_shared<FrameMarks>();
        marks->apply(markedEvent({490, 491}));
        marks->apply(markedEvent({12, 12}, QStringLiteral("a <b>\nline")));
        const auto gutter = [&shown](int row) {
            const QRect cell = shown.view.visualRect(shown.model.index(row, FrameTableModel::Number));
            return shown.view.viewport()->grab(QRect(cell.left() + 4, cell.top() + 1, 11, cell.height() - 2)).toImage();
        };
        for (const ColorScheme scheme : {ColorScheme::Light, ColorScheme::Dark}) {
            Theme::instance().setScheme(scheme);
            shown.model.setMarks(std::make_shared<FrameMarks>());
            const QImage plain = gutter(489);
            const QImage other = gutter(487);
            shown.model.setMarks(marks);
            QVERIFY(gutter(489) != plain);
            QCOMPARE(gutter(487), other);
        }
        Theme::instance().setScheme(ColorScheme::Light);
        const QModelIndex noted = shown.model.index(11, FrameTableModel::Number);
        QVERIFY(noted.data(Qt::AccessibleTextRole).toString().endsWith(QStringLiteral(", marked")));
        QCOMPARE(noted.data(Qt::ToolTipRole).toString(), QStringLiteral("a &lt;b&gt;<br>line"));

        QCOMPARE(shown.model.nextMark(12, true), std::optional<quint64>(490));
        QCOMPARE(shown.model.nextMark(0, false), std::optional<quint64>(491)); // from the end
        QVERIFY(!shown.model.nextMark(491, true) && !shown.model.nextMark(12, false));
        shown.model.setFilter(*FrameFilter::parse(QStringLiteral("frame.mark frame.no != 490")));
        QTRY_COMPARE(shown.model.rowCount(), 2);
        QCOMPARE(shown.model.nextMark(12, true), std::optional<quint64>(491)); // what the filter hides is passed over
        QCOMPARE(shown.model.nextMark(491, false), std::optional<quint64>(12));
        marks = std::make_shared<FrameMarks>(*marks);
        marks->apply(unmarkedEvent({12, 12}));
        shown.model.setMarks(marks); // the filter knows at once
        QTRY_COMPARE(shown.model.rowCount(), 1);
    }

    void whatIsTypedIsNotLookedForInAllRows()
    {
        Shown shown(500);
        QVERIFY(shown.model.match(shown.model.index(0, 0), Qt::DisplayRole, QStringLiteral("4"), 1, Qt::MatchStartsWith)
                    .isEmpty());
        QTest::keyClicks(&shown.view, QStringLiteral("12"));
        QVERIFY(shown.view.isFollowing());
    }

    void followsTheNewestFrame()
    {
        Shown shown(500);
        QVERIFY(shown.view.isFollowing());
        QVERIFY(shown.isAtEnd());
        shown.arrive(500);
        QVERIFY(shown.isAtEnd());
        QVERIFY(!shown.badge()->isVisible());
    }

    void holdsWhenScrolledUpAndNeverMovesTheFirstRow()
    {
        Shown shown(500);
        QSignalSpy changed(&shown.view, &FrameTableView::followChanged);
        shown.scrollUp();
        QVERIFY(!shown.view.isFollowing());
        QCOMPARE(changed.count(), 1);
        const int top = shown.topRow();
        shown.arrive(1'284);
        QCOMPARE(shown.topRow(), top);
        QVERIFY(shown.badge()->isVisible());
        QCOMPARE(shown.badge()->text(), QStringLiteral("1,284 new · F"));
        QTest::mouseClick(shown.badge(), Qt::LeftButton);
        QVERIFY(shown.view.isFollowing());
        QVERIFY(shown.isAtEnd());
        QVERIFY(!shown.badge()->isVisible());
    }

    void holdsWhenAnyRowButTheLastIsSelected()
    {
        Shown shown(500);
        QSignalSpy current(&shown.view, &FrameTableView::currentFrameChanged);
        const QRect cell = shown.view.visualRect(shown.model.index(shown.topRow() + 2, 0));
        QTest::mouseClick(shown.view.viewport(), Qt::LeftButton, {}, cell.center());
        QVERIFY(!shown.view.isFollowing());
        QCOMPARE(current.count(), 1);
        QTest::keyClick(&shown.view, Qt::Key_F);
        QVERIFY(shown.view.isFollowing());
        QTest::keyClick(&shown.view, Qt::Key_K);
        QVERIFY(!shown.view.isFollowing());
        QTest::keyClick(&shown.view, Qt::Key_End);
        QVERIFY(shown.view.isFollowing());
        QVERIFY(shown.isAtEnd());
    }

    void scrollingToTheEndFollowsAgain()
    {
        Shown shown(500);
        shown.scrollUp();
        QVERIFY(!shown.view.isFollowing());
        shown.view.verticalScrollBar()->triggerAction(QAbstractSlider::SliderToMaximum);
        QVERIFY(shown.view.isFollowing());
    }

    void keepsTheSelectedFrameThroughAFilterAndBack()
    {
        Shown shown(600);
        shown.view.selectNumber(300);
        QCOMPARE(shown.view.currentNumber(), quint64(300));
        QVERIFY(!shown.view.isFollowing());
        shown.model.setFilter(*FrameFilter::parse(QStringLiteral("check.status == fail")));
        QTRY_VERIFY(!shown.model.isScanning());
        QTRY_COMPARE(shown.view.currentNumber(), quint64(300));
        shown.model.setFilter({});
        QCOMPARE(shown.view.currentNumber(), quint64(300));
    }

    void neverMovesTheFirstRowWhenOldRowsAreEvicted()
    {
        Shown shown(600, 64);
        shown.model.setFilter(*FrameFilter::parse(QStringLiteral("check.status == fail")));
        QTRY_VERIFY(!shown.model.isScanning());
        QCOMPARE(shown.model.rowCount(), 60);
        shown.view.selectNumber(300);
        const quint64 top = shown.model.numberOfRow(shown.topRow());
        shown.arrive(100);
        QVERIFY(shown.model.isCapped());
        QVERIFY(shown.model.numberOfRow(0) > 10);
        QCOMPARE(shown.model.numberOfRow(shown.topRow()), top);
        QCOMPARE(shown.view.currentNumber(), quint64(300));
    }

    void movesWithJAndKAndAsksForFindings()
    {
        Shown shown(300);
        shown.view.selectNumber(100);
        QTest::keyClick(&shown.view, Qt::Key_J);
        QCOMPARE(shown.view.currentNumber(), quint64(101));
        QTest::keyClick(&shown.view, Qt::Key_K);
        QTest::keyClick(&shown.view, Qt::Key_K);
        QCOMPARE(shown.view.currentNumber(), quint64(99));
        QSignalSpy findings(&shown.view, &FrameTableView::findingRequested);
        QTest::keyClick(&shown.view, Qt::Key_E);
        QTest::keyClick(&shown.view, Qt::Key_E, Qt::ShiftModifier);
        QCOMPARE(findings.count(), 2);
        QCOMPARE(findings[0][0].toBool(), true);
        QCOMPARE(findings[1][0].toBool(), false);
        QSignalSpy filter(&shown.view, &FrameTableView::filterFocusRequested);
        QTest::keyClick(&shown.view, Qt::Key_Slash);
        QCOMPARE(filter.count(), 1);
    }

    void copiesRowsAsText()
    {
        Shown shown(100);
        shown.view.selectNumber(10);
        QTest::keySequence(&shown.view, QKeySequence::Copy);
        const QString text = QApplication::clipboard()->text();
        QVERIFY2(text.contains(QStringLiteral("✕ refused")) && text.contains(QLatin1Char('\t')), qPrintable(text));
    }

    void measuresItsPainting()
    {
        Shown shown(100);
        QVERIFY(QTest::qWaitForWindowExposed(&shown.view));
        QTRY_VERIFY(shown.view.paintTimes().count() > 0);
        QVERIFY(shown.view.paintTimes().percentileNs(0.5) > 0);
        QVERIFY(shown.view.paintTimes().percentileNs(0.99) <= shown.view.paintTimes().maximumNs());
    }

    void filterLineSaysWhetherItIsValidAndAppliesOnEnter()
    {
        FilterLine line;
        line.show();
        auto* edit = line.findChild<QLineEdit*>();
        const auto state = [&] { return line.findChild<QLabel*>(QStringLiteral("filterState"))->text(); };
        QSignalSpy applied(&line, &FilterLine::filterApplied);
        QTest::keyClicks(edit, QStringLiteral("check.status == fail"));
        QVERIFY(state().startsWith(QStringLiteral("✓ valid")));
        QCOMPARE(applied.count(), 0);
        QTest::keyClick(edit, Qt::Key_Return);
        QCOMPARE(applied.count(), 1);
        QCOMPARE(line.appliedExpression(), QStringLiteral("check.status == fail"));
        edit->selectAll();
        QTest::keyClicks(edit, QStringLiteral("chek.status == fail"));
        QVERIFY2(state().startsWith(QStringLiteral("✕")), qPrintable(state()));
        QTest::keyClick(edit, Qt::Key_Return);
        QCOMPARE(applied.count(), 1); // not valid: not applied
        QTest::keyClick(edit, Qt::Key_Escape);
        QCOMPARE(edit->text(), QStringLiteral("check.status == fail"));
        line.apply(QStringLiteral("\"Müller\""));
        QVERIFY(state().contains(QStringLiteral("searching text")));
        line.clearFilter();
        QCOMPARE(line.appliedExpression(), QString());
    }

    void chipsToggleTermsOfTheFilter()
    {
        FilterLine line;
        line.apply(QStringLiteral("\"a && b\" && check.status == warn"));
        line.toggleTerm(QStringLiteral("check.status == fail"));
        QCOMPARE(line.appliedExpression(), QStringLiteral("\"a && b\" && check.status == fail"));
        QVERIFY(line.hasTerm(QStringLiteral("check.status == fail")));
        line.toggleTerm(QStringLiteral("check.status == fail"));
        QCOMPARE(line.appliedExpression(), QStringLiteral("\"a && b\""));
    }

    void ribbonAsksForTheFirstFrameOfASecond()
    {
        auto metrics = std::make_shared<MetricsSnapshot>();
        for (int second = 0; second < 100; ++second) {
            MetricsBucket bucket;
            bucket.second = 1'000 + second;
            bucket.counts.received = 10;
            metrics->buckets.push_back(bucket);
        }
        metrics->receivedToLastBucket = 1'000;
        metrics->totals.received = 1'250; // the second that runs has no bucket yet
        SessionRibbon ribbon;
        ribbon.resize(1'012, 34);
        ribbon.show();
        ribbon.setMetrics(metrics);
        QSignalSpy asked(&ribbon, &SessionRibbon::frameRequested);
        QTest::mouseClick(&ribbon, Qt::LeftButton, {}, QPoint(6 + 505, 10)); // in the middle of the 51st second
        QCOMPARE(asked.count(), 1);
        QCOMPARE(asked[0][0].toULongLong(), quint64(501));

        auto marks = std::make_shared<FrameMarks>();
        marks->apply(markedEvent({501, 503}));
        ribbon.setMarks(marks);
        QToolTip::hideText();
        QHelpEvent over(QEvent::ToolTip, QPoint(6 + 505, 10), ribbon.mapToGlobal(QPoint(6 + 505, 10)));
        QCoreApplication::sendEvent(&ribbon, &over);
        QVERIFY2(QToolTip::text().endsWith(QStringLiteral("3 marked")), qPrintable(QToolTip::text()));
    }

    void ribbonShowsWherePayloadsWereRemoved()
    {
        auto metrics = std::make_shared<MetricsSnapshot>();
        for (int second = 0; second < 100; ++second) {
            MetricsBucket bucket;
            bucket.second = 1'000 + second;
            bucket.counts.received = second == 40 ? 0 : 10;
            metrics->buckets.push_back(bucket);
        }
        metrics->receivedToLastBucket = 990;
        SessionRibbon ribbon;
        ribbon.resize(1'012, 34);
        ribbon.show();
        ribbon.setMetrics(metrics);
        const auto removal = [](quint64 first, quint64 last) {
            return auditEvent(
                AuditAction::PayloadsRemoved, Severity::Note, {},
                {{QStringLiteral("first_frame"), qint64(first)}, {QStringLiteral("last_frame"), qint64(last)}});
        };
        const auto isHollow = [&ribbon](int second) { // the upper half of the bar where that second begins
            constexpr int pitch = 7;
            const int x = second * 10 / pitch * pitch + 6 + 2;
            return ribbon.grab().toImage().pixelColor(x, 18) == Theme::instance().color(Token::Panel);
        };
        const auto wordsAt = [&ribbon](int second) {
            QToolTip::hideText();
            const QPoint place(6 + second * 10 + 5, 10);
            QHelpEvent over(QEvent::ToolTip, place, ribbon.mapToGlobal(place));
            QCoreApplication::sendEvent(&ribbon, &over);
            return QToolTip::text();
        };
        QVERIFY(!isHollow(10) && !wordsAt(10).contains(QStringLiteral("removed")));
        // Runs that touch, one that is known already, and one that lies between two others since it was marked.
        ribbon.addEvents({removal(1, 200), removal(201, 300), removal(501, 507), removal(401, 450), removal(1, 200)});
        ribbon.addEvents({auditEvent(AuditAction::PayloadsRemoved, Severity::Note, {}, {})}); // damaged
        for (const ColorScheme scheme : {ColorScheme::Light, ColorScheme::Dark}) {
            Theme::instance().setScheme(scheme);
            for (const int second : {2, 29, 42, 44, 51}) // number 501 came in second 51: none came in second 40
                QVERIFY2(isHollow(second), qPrintable(QString::number(second)));
            for (const int second : {31, 39, 47, 52, 90})
                QVERIFY2(!isHollow(second), qPrintable(QString::number(second)));
        }
        Theme::instance().setScheme(ColorScheme::Light);
        QVERIFY(wordsAt(29).endsWith(QStringLiteral("; payloads removed by retention")));
        QVERIFY(wordsAt(51).endsWith(QStringLiteral("; payloads of some removed by retention")));
        QVERIFY(!wordsAt(40).contains(QStringLiteral("removed")) && !wordsAt(31).contains(QStringLiteral("removed")));
        ribbon.clear();
        ribbon.setMetrics(metrics);
        QVERIFY(!isHollow(10));
    }

    void showsInvisibleCharactersAsEscapes()
    {
        QCOMPARE(visibleLine("a\nb", 10), QStringLiteral("a\\nb"));
        QCOMPARE(visibleLine("x\xE2\x80\xAEy", 10), QStringLiteral("x\\u202ey")); // right-to-left override
        QCOMPARE(visibleLine("\x1b[31m", 10), QStringLiteral("\\u001b[31m"));
        QCOMPARE(visibleLine("Zoë Müller", 20), QStringLiteral("Zoë Müller"));
        QCOMPARE(visibleLine("0123456789", 4), QStringLiteral("0123…"));
        QCOMPARE(hexLine(QByteArrayView("\x80\x7f\xff", 3), 2), QStringLiteral("80 7f …"));
    }

    void histogramAnswersWithinItsSteps()
    {
        TimeHistogram times;
        for (int ms = 1; ms <= 100; ++ms)
            times.add(ms * 1'000'000);
        QCOMPARE(times.count(), quint64(100));
        QCOMPARE(times.maximumNs(), qint64(100'000'000));
        const double p50 = double(times.percentileNs(0.5)) / 50e6;
        QVERIFY2(p50 >= 1.0 && p50 < 1.07, qPrintable(QString::number(p50)));
    }
};

QTEST_MAIN(TestFrameTableView)
#include "tst_frametableview.moc"
