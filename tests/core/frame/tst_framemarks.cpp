/// Marks: what the events of an audit log add up to. Held against a plain set of numbers.
#include "core/frame/framemarks.h"

#include <QtTest>
#include <random>
#include <set>

using namespace framescope;

namespace {

FrameSpans spansOf(const std::set<quint64>& numbers)
{
    FrameSpans spans;
    for (const quint64 number : numbers) {
        if (!spans.empty() && spans.back().last + 1 == number)
            spans.back().last = number;
        else
            spans.push_back({number, number});
    }
    return spans;
}

std::set<quint64> numbersOf(const FrameSpans& spans, quint64 highest)
{
    std::set<quint64> numbers;
    for (quint64 number = 1; number <= highest; ++number) {
        if (holdsNumber(spans, number))
            numbers.insert(number);
    }
    return numbers;
}

} // namespace

class TestFrameMarks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anyOrderOfChangesAddsUpToTheSameSet()
    {
        std::mt19937 random(7);
        constexpr quint64 highest = 60;
        for (int round = 0; round < 200; ++round) {
            FrameMarks marks;
            std::set<quint64> expected;
            for (quint64 seq = 1; seq < 30; ++seq) {
                const quint64 first = 1 + random() % highest;
                const FrameSpan span{first, std::min<quint64>(highest, first + random() % 6)};
                const bool isMark = random() % 3 != 0;
                AuditEvent event = isMark ? markedEvent(span) : unmarkedEvent(span);
                event.seq = seq;
                QVERIFY(marks.apply(event));
                for (quint64 number = span.first; number <= span.last; ++number)
                    isMark ? void(expected.insert(number)) : void(expected.erase(number));
            }
            QCOMPARE(marks.spans(), spansOf(expected)); // in order, apart from each other
            QCOMPARE(marks.count(), quint64(expected.size()));
            for (quint64 number = 0; number <= highest + 1; ++number) {
                const auto after = expected.lower_bound(number);
                const auto next = marks.firstAtOrAfter(number);
                QVERIFY(after == expected.end() ? !next : next == *after);
                const auto beyond = expected.upper_bound(number);
                const auto before = marks.lastAtOrBefore(number);
                QVERIFY(beyond == expected.begin() ? !before : before == *std::prev(beyond));
                QCOMPARE(marks.isMarked(number), expected.contains(number));
            }
        }
    }

    void spansMeetAndPartAsSetsDo()
    {
        std::mt19937 random(11);
        constexpr quint64 highest = 40;
        for (int round = 0; round < 500; ++round) {
            std::set<quint64> a;
            std::set<quint64> b;
            for (int i = 0; i < 20; ++i) {
                a.insert(1 + random() % highest);
                b.insert(1 + random() % highest);
            }
            std::set<quint64> common;
            std::set<quint64> rest;
            for (const quint64 number : a)
                (b.contains(number) ? common : rest).insert(number);
            QCOMPARE(numbersOf(commonFrames(spansOf(a), spansOf(b)), highest), common);
            QCOMPARE(framesWithout(spansOf(a), spansOf(b)), spansOf(rest));
        }
        QCOMPARE(framesWithout({FrameSpan()}, {{1, 9}, {11, FrameSpan().last}}), (FrameSpans{{10, 10}}));
    }

    void commentsAddUpAndGoWithTheMark()
    {
        FrameMarks marks;
        marks.apply(markedEvent({7, 7}, QStringLiteral("first\nsecond line")));
        marks.apply(markedEvent({7, 7}, QStringLiteral("later")));
        QCOMPARE(marks.commentOf(7), "first\nsecond line\n\nlater");
        marks.apply(unmarkedEvent({1, 9}));
        QVERIFY(marks.isEmpty() && marks.commentOf(7).isEmpty());
        QVERIFY(!markedEvent({7, 7}, QStringLiteral("Authorization: Bearer abcdefghijklmnop"))
                     .detail.contains("abcdefghijklmnop"));
    }

    void whatGoesBeyondALimitIsCounted()
    {
        FrameMarks marks;
        for (quint64 i = 1; i <= FrameMarks::spanLimit; ++i)
            QVERIFY(marks.apply(markedEvent({i * 10, i * 10 + 2})));
        const quint64 count = marks.count();
        QCOMPARE(marks.spans().size(), FrameMarks::spanLimit);
        QVERIFY(marks.apply(markedEvent({5, 5})) && !marks.isMarked(5));
        QCOMPARE(marks.passedOver(), 1u);
        QVERIFY(marks.apply(unmarkedEvent({11, 11})) && marks.isMarked(11)); // two runs of one
        QCOMPARE(marks.passedOver(), 2u);
        QCOMPARE(marks.count(), count);
        QVERIFY(marks.apply(markedEvent({13, 13})) && marks.isMarked(13)); // joins one
        QVERIFY(marks.apply(unmarkedEvent({20, 20})) && !marks.isMarked(20));
        QVERIFY(marks.apply(unmarkedEvent({31, 42})) && marks.isMarked(30) && !marks.isMarked(42));
        QVERIFY(marks.apply(unmarkedEvent({31, 42}))); // nothing there any more
        QCOMPARE(marks.passedOver(), 2u);
        QVERIFY(marks.apply(markedEvent({5, 5})) && marks.isMarked(5)); // there is room again
        QCOMPARE(marks.spans().size(), FrameMarks::spanLimit);
    }

    void commentsOfOneFrameAreBounded()
    {
        FrameMarks marks;
        const QString comment(3'000, QLatin1Char('c'));
        for (int i = 0; i < 6; ++i)
            marks.apply(markedEvent({7, 7}, comment));
        QVERIFY(marks.commentOf(7).size() > 12'000 && marks.commentOf(7).size() <= FrameMarks::commentsLimit);
        QCOMPARE(marks.commentsPassedOver(), 1u);
        QCOMPARE(marks.passedOver(), 0u); // the mark itself counts
    }

    void whatAReaderSawAlreadyAndForeignEventsChangeNothing()
    {
        FrameMarks marks;
        AuditEvent mark = markedEvent({3, 5});
        mark.seq = 10;
        QVERIFY(marks.apply(mark));
        AuditEvent older = unmarkedEvent({4, 4});
        older.seq = 10;
        QVERIFY(!marks.apply(older));
        QCOMPARE(marks.count(), 3u);
        for (const char* detail :
             {"", "[]", "{}", R"({"first_frame":0,"last_frame":2})", R"({"first_frame":9,"last_frame":2})",
              R"({"first_frame":"1","last_frame":"2"})", R"({"first_frame":-4,"last_frame":1e30})"}) {
            AuditEvent damaged = mark;
            damaged.seq = 11;
            damaged.detail = detail;
            QVERIFY2(!marks.apply(damaged), detail);
        }
        QVERIFY(!marks.apply(auditEvent(AuditAction::Exported, Severity::Note, QStringLiteral("f"),
                                        {{QStringLiteral("first_frame"), 1}, {QStringLiteral("last_frame"), 1}})));
    }
};

QTEST_APPLESS_MAIN(TestFrameMarks)
#include "tst_framemarks.moc"
