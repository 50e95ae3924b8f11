#pragma once
/// Reads a filter line into clauses, all of which must hold. For core/filter/*.cpp only.
/// Thread: any; a pure function.
#include "core/base/error.h"
#include "core/frame/frame.h"

#include <QByteArrayMatcher>
#include <vector>

namespace framescope {

struct FilterClause
{
    enum class Field
    {
        Text,
        Type,
        Status,
        Rule,
        Number,
        Topic,
        EndToEnd,
        Control,
        Mark
    };
    enum class Relation
    {
        Equal,
        NotEqual,
        Less,
        Greater,
        LessOrEqual,
        GreaterOrEqual
    };

    Field field = Field::Text;
    Relation relation = Relation::Equal;
    QByteArray text;          ///< Type, Topic
    QByteArrayMatcher search; ///< Text: searches bytes by the Boyer-Moore-Horspool rule
    Verdict verdict = Verdict::Accepted;
    FindingId rule = FindingId::None;
    quint64 number = 0;
    qint64 durationNs = 0; ///< EndToEnd
    bool flag = false;     ///< Control, Mark
};

/// Errors: Parse; `place` is the column, from 1.
[[nodiscard]] Expected<std::vector<FilterClause>> parseFilter(const QString& expression);

} // namespace framescope
