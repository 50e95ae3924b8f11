#include "core/filter/framefilter.h"

#include "core/filter/filterparser.h"
#include "core/frame/findingcatalogue.h"

#include <algorithm>

namespace framescope {

namespace {

bool hasFinding(const FrameBatch& batch, std::size_t index, FindingId id)
{
    const auto findings = batch.findingsOf(index);
    return std::any_of(findings.begin(), findings.end(), [id](const Finding& finding) { return finding.id == id; });
}

bool compares(quint64 left, FilterClause::Relation relation, quint64 right)
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

} // namespace

struct FrameFilter::Private
{
    QString expression;
    std::vector<FilterClause> clauses;
    bool needsPayload = false;

    static bool matches(const FilterClause& clause, const FrameBatch& batch, std::size_t index)
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
                          [](const FilterClause& clause) { return clause.field != FilterClause::Field::Text; });
    compiled->needsPayload = !compiled->clauses.empty() && compiled->clauses.back().field == FilterClause::Field::Text;
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

bool FrameFilter::matches(const FrameBatch& batch, std::size_t index) const
{
    return !d || std::all_of(d->clauses.begin(), d->clauses.end(),
                             [&](const FilterClause& clause) { return Private::matches(clause, batch, index); });
}

} // namespace framescope
