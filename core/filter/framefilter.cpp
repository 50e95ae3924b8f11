#include "core/filter/framefilter.h"

#include "core/filter/filterparser.h"
#include "core/filter/messagetopic.h"
#include "core/frame/eventlatency.h"
#include "core/frame/findingcatalogue.h"
#include "core/frame/topicname.h"

#include <algorithm>

namespace framescope {

namespace {

bool hasFinding(const FrameBatch& batch, std::size_t index, FindingId id)
{
    const auto findings = batch.findingsOf(index);
    return std::any_of(findings.begin(), findings.end(), [id](const Finding& finding) { return finding.id == id; });
}

template <typename T>
bool compares(T left, FilterClause::Relation relation, T right)
{
    switch (relation) {
    case FilterClause::Relation::Equal:
        return left == right;
    case FilterClause::Relation::NotEqual:
        return left != right;
    case FilterClause::Relation::Less:
        return left < right;
    case FilterClause::Relation::Greater:
        return left > right;
    case FilterClause::Relation::LessOrEqual:
        return left <= right;
    case FilterClause::Relation::GreaterOrEqual:
        return left >= right;
    }
    return false;
}

bool readsPayload(const FilterClause& clause)
{
    return clause.field == FilterClause::Field::Text || clause.field == FilterClause::Field::Topic;
}

} // namespace

struct FrameFilter::Private
{
    QString expression;
    std::vector<FilterClause> clauses;
    bool needsPayload = false;

    static FrameSpans candidates(const FilterClause& clause, const FrameMarks* marks)
    {
        using Relation = FilterClause::Relation;
        constexpr quint64 highest = FrameSpan().last;
        const quint64 n = clause.number;
        const bool wantsEqual = clause.relation == Relation::Equal;
        if (clause.field == FilterClause::Field::Mark) {
            const FrameSpans marked = marks ? marks->spans() : FrameSpans();
            return clause.flag == wantsEqual ? marked : framesWithout({FrameSpan()}, marked);
        }
        if (clause.field != FilterClause::Field::Number)
            return {FrameSpan()};
        switch (clause.relation) {
        case Relation::Equal:
            return {{n, n}};
        case Relation::NotEqual:
            return {FrameSpan()};
        case Relation::Less:
            return n > 1 ? FrameSpans{{1, n - 1}} : FrameSpans();
        case Relation::LessOrEqual:
            return n > 0 ? FrameSpans{{1, n}} : FrameSpans();
        case Relation::Greater:
            return n < highest ? FrameSpans{{n + 1, highest}} : FrameSpans();
        case Relation::GreaterOrEqual:
            return {{n, highest}};
        }
        return {FrameSpan()};
    }

    static bool matches(const FilterClause& clause, const FrameBatch& batch, std::size_t index, const FrameMarks* marks)
    {
        const bool wantsEqual = clause.relation == FilterClause::Relation::Equal;
        switch (clause.field) {
        case FilterClause::Field::Text:
            return clause.search.indexIn(batch.payloadOf(index)) >= 0;
        case FilterClause::Field::Type:
            return (batch.typeNameOf(index) == clause.text) == wantsEqual;
        case FilterClause::Field::Status:
            return (batch.heads[index].verdict == clause.verdict) == wantsEqual;
        case FilterClause::Field::Rule:
            return hasFinding(batch, index, clause.rule) == wantsEqual;
        case FilterClause::Field::Number:
            return compares(batch.heads[index].number, clause.relation, clause.number);
        case FilterClause::Field::Control:
            return (((batch.heads[index].flags & FrameFlag::Control) != 0) == clause.flag) == wantsEqual;
        case FilterClause::Field::Mark:
            return ((marks && marks->isMarked(batch.heads[index].number)) == clause.flag) == wantsEqual;
        case FilterClause::Field::Topic: {
            const QByteArrayView topic = topicOfMessage(batch, index);
            return !topic.isEmpty() && topicMatches(topic, clause.text) == wantsEqual;
        }
        case FilterClause::Field::EndToEnd: {
            const std::optional<qint64> latencyNs = endToEndNs(batch.heads[index]);
            return latencyNs && compares(*latencyNs, clause.relation, clause.durationNs);
        }
        }
        return false;
    }
};

FrameFilter::FrameFilter() = default;

Expected<FrameFilter> FrameFilter::parse(const QString& expression)
{
    Expected<std::vector<FilterClause>> clauses = parseFilter(expression);
    if (!clauses)
        return tl::unexpected<Error>(clauses.error());
    FrameFilter filter;
    const auto compiled = std::make_shared<Private>();
    compiled->expression = expression.trimmed();
    compiled->clauses = std::move(*clauses);
    // Words last: what the row head answers need not be searched for in the payload.
    std::stable_partition(compiled->clauses.begin(), compiled->clauses.end(),
                          [](const FilterClause& clause) { return !readsPayload(clause); });
    compiled->needsPayload = !compiled->clauses.empty() && readsPayload(compiled->clauses.back());
    filter.d = compiled;
    return filter;
}

bool FrameFilter::isEmpty() const
{
    return !d || d->clauses.empty();
}

bool FrameFilter::needsPayload() const
{
    return d && d->needsPayload;
}

QString FrameFilter::expression() const
{
    return d ? d->expression : QString();
}

bool FrameFilter::needsMarks() const
{
    return d && std::any_of(d->clauses.begin(), d->clauses.end(),
                            [](const FilterClause& clause) { return clause.field == FilterClause::Field::Mark; });
}

FrameFilter FrameFilter::withMarks(FrameMarksPtr marks) const
{
    FrameFilter filter = *this;
    filter.m_marks = std::move(marks);
    return filter;
}

FrameSpans FrameFilter::candidates() const
{
    FrameSpans spans{FrameSpan()};
    if (!d)
        return spans;
    for (const FilterClause& clause : d->clauses)
        spans = commonFrames(spans, Private::candidates(clause, m_marks.get()));
    return spans;
}

bool FrameFilter::matches(const FrameBatch& batch, std::size_t index) const
{
    return !d || std::all_of(d->clauses.begin(), d->clauses.end(), [&](const FilterClause& clause) {
        return Private::matches(clause, batch, index, m_marks.get());
    });
}

} // namespace framescope
