#include "core/frame/framemarks.h"

#include "core/base/redactor.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QStringList>
#include <algorithm>

namespace framescope {

namespace {

const QString firstFrameMember = QStringLiteral("first_frame");
const QString lastFrameMember = QStringLiteral("last_frame");
const QString commentMember = QStringLiteral("comment");

/// The first span whose last number is @p number or more.
FrameSpans::const_iterator spanAtOrAfter(const FrameSpans& spans, quint64 number)
{
    return std::lower_bound(spans.begin(), spans.end(), number,
                            [](const FrameSpan& span, quint64 n) { return span.last < n; });
}

AuditEvent markEvent(AuditAction action, FrameSpan span, const QString& comment)
{
    QJsonObject detail{{firstFrameMember, qint64(span.first)}, {lastFrameMember, qint64(span.last)}};
    // Line by line: the log's texts are lines, and each passes the redactor.
    QJsonArray lines;
    for (const QString& line : comment.isEmpty() ? QStringList() : comment.split(QLatin1Char('\n')))
        lines += redactor::redacted(line);
    if (!lines.isEmpty())
        detail.insert(commentMember, lines);
    const QString object = span.first == span.last ? QStringLiteral("frame %1").arg(span.first)
                                                   : QStringLiteral("frames %1 to %2").arg(span.first).arg(span.last);
    return auditEvent(action, Severity::Note, object, detail);
}

QString commentIn(const AuditEvent& event)
{
    QStringList lines;
    const QJsonArray stored = QJsonDocument::fromJson(event.detail).object().value(commentMember).toArray();
    for (const auto& line : stored)
        lines += line.toString();
    return lines.join(QLatin1Char('\n'));
}

/// With those that it touches, @p more becomes one span. False, and nothing changes, when there are @p limit already.
bool join(FrameSpans& spans, FrameSpan more, std::size_t limit)
{
    auto from = std::lower_bound(spans.begin(), spans.end(), more.first,
                                 [](const FrameSpan& span, quint64 n) { return span.last < n && span.last + 1 < n; });
    auto to = from;
    for (; to != spans.end() && (to->first <= more.last || to->first - 1 == more.last); ++to) {
        more.first = std::min(more.first, to->first);
        more.last = std::max(more.last, to->last);
    }
    if (from == to) {
        if (spans.size() >= limit)
            return false;
        spans.insert(from, more);
        return true;
    }
    *from = more;
    spans.erase(std::next(from), to);
    return true;
}

/// Takes @p gone out. False, and nothing changes, when a span would become two, and there are @p limit already.
bool cut(FrameSpans& spans, FrameSpan gone, std::size_t limit)
{
    auto from = std::lower_bound(spans.begin(), spans.end(), gone.first,
                                 [](const FrameSpan& span, quint64 n) { return span.last < n; });
    if (from == spans.end() || from->first > gone.last)
        return true;
    if (from->first < gone.first && from->last > gone.last) {
        if (spans.size() >= limit)
            return false;
        const FrameSpan before{from->first, gone.first - 1};
        from->first = gone.last + 1;
        spans.insert(from, before);
        return true;
    }
    if (from->first < gone.first) {
        from->last = gone.first - 1;
        ++from;
    }
    auto to = from;
    while (to != spans.end() && to->last <= gone.last)
        ++to;
    if (to != spans.end() && to->first <= gone.last)
        to->first = gone.last + 1;
    spans.erase(from, to);
    return true;
}

} // namespace

bool holdsNumber(const FrameSpans& spans, quint64 number)
{
    const auto found = spanAtOrAfter(spans, number);
    return found != spans.end() && found->first <= number;
}

std::optional<quint64> numberAtOrAfter(const FrameSpans& spans, quint64 number)
{
    const auto found = spanAtOrAfter(spans, number);
    return found == spans.end() ? std::nullopt : std::optional(std::max(found->first, number));
}

std::optional<quint64> numberAtOrBefore(const FrameSpans& spans, quint64 number)
{
    const auto after = std::upper_bound(spans.begin(), spans.end(), number,
                                        [](quint64 n, const FrameSpan& span) { return n < span.first; });
    return after == spans.begin() ? std::nullopt : std::optional(std::min(std::prev(after)->last, number));
}

FrameSpans commonFrames(const FrameSpans& a, const FrameSpans& b)
{
    FrameSpans common;
    for (auto left = a.begin(), right = b.begin(); left != a.end() && right != b.end();) {
        const FrameSpan both{std::max(left->first, right->first), std::min(left->last, right->last)};
        if (both.first <= both.last)
            common.push_back(both);
        left->last < right->last ? ++left : ++right;
    }
    return common;
}

FrameSpans framesWithout(const FrameSpans& from, const FrameSpans& taken)
{
    FrameSpans rest;
    for (FrameSpan span : from) {
        bool isLeft = true;
        for (auto gone = spanAtOrAfter(taken, span.first); isLeft && gone != taken.end() && gone->first <= span.last;
             ++gone) {
            if (gone->first > span.first)
                rest.push_back({span.first, gone->first - 1});
            isLeft = gone->last < span.last;
            span.first = isLeft ? gone->last + 1 : span.first;
        }
        if (isLeft)
            rest.push_back(span);
    }
    return rest;
}

quint64 frameCountOf(const FrameSpans& spans)
{
    quint64 count = 0;
    for (const FrameSpan& span : spans)
        count += span.last - span.first + 1;
    return count;
}

bool FrameMarks::apply(const AuditEvent& event)
{
    const std::optional<FrameSpan> span = markedFrames(event);
    if (!span || (event.seq != 0 && event.seq <= m_lastSeq))
        return false;
    m_lastSeq = std::max(m_lastSeq, event.seq);
    const bool isMark = event.action == AuditAction::Marked;
    if (!(isMark ? join(m_spans, *span, spanLimit) : cut(m_spans, *span, spanLimit))) {
        ++m_passedOver;
        return true;
    }
    if (!isMark)
        m_comments.erase(m_comments.lower_bound(span->first), m_comments.upper_bound(span->last));
    else if (const QString comment = commentIn(event); !comment.isEmpty())
        addComment(span->first, comment.toUtf8().left(commentLimit));
    return true;
}

void FrameMarks::addComment(quint64 number, const QByteArray& comment)
{
    const auto found = m_comments.find(number);
    const bool isFirst = found == m_comments.end();
    const bool fits =
        isFirst ? m_comments.size() < commentedLimit : found->second.size() + 2 + comment.size() <= commentsLimit;
    if (!fits)
        ++m_commentsPassedOver;
    else if (isFirst)
        m_comments.emplace(number, comment);
    else
        found->second += "\n\n" + comment;
}

bool FrameMarks::hasAny(FrameSpan span) const
{
    const auto found = spanAtOrAfter(m_spans, span.first);
    return found != m_spans.end() && found->first <= span.last;
}

QByteArray FrameMarks::commentOf(quint64 number) const
{
    const auto found = m_comments.find(number);
    return found == m_comments.end() ? QByteArray() : found->second;
}

AuditEvent markedEvent(FrameSpan span, const QString& comment)
{
    return markEvent(AuditAction::Marked, span, comment);
}

AuditEvent unmarkedEvent(FrameSpan span)
{
    return markEvent(AuditAction::Unmarked, span, {});
}

std::optional<FrameSpan> markedFrames(const AuditEvent& event)
{
    if (event.action != AuditAction::Marked && event.action != AuditAction::Unmarked)
        return std::nullopt;
    const QJsonObject detail = QJsonDocument::fromJson(event.detail).object();
    const qint64 first = detail.value(firstFrameMember).toInteger();
    const qint64 last = detail.value(lastFrameMember).toInteger();
    if (first < 1 || last < first)
        return std::nullopt;
    return FrameSpan{quint64(first), quint64(last)};
}

} // namespace framescope
