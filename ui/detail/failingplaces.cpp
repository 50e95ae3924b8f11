#include "ui/detail/failingplaces.h"

#include "ui/common/plaintext.h"

#include <algorithm>

namespace framescope {

FailingPlaces::FailingPlaces(QByteArrayView json, const std::vector<Finding>& findings)
{
    constexpr qsizetype longestName = 200;
    for (const Finding& finding : findings) {
        const std::optional<JsonSpan> span = jsonAtPointer(json, finding.pointer);
        if (!span)
            continue;
        if (finding.id == FindingId::SchemaRequired)
            m_missing.push_back({span->begin, visibleLine(finding.expected, longestName), finding.severity});
        else if (!finding.pointer.isEmpty())
            m_failing.push_back({span->begin, finding.severity});
    }
}

std::optional<Severity> FailingPlaces::severityOf(const JsonSpan& value) const
{
    std::optional<Severity> worst;
    for (const Failing& failing : m_failing) {
        if (failing.begin == value.begin)
            worst = std::max(worst.value_or(failing.severity), failing.severity);
    }
    return worst;
}

bool FailingPlaces::leadsToFailure(const JsonSpan& container) const
{
    const auto isInside = [&container](qsizetype begin) { return begin > container.begin && begin < container.end; };
    return std::any_of(m_failing.begin(), m_failing.end(),
                       [&](const Failing& failing) { return isInside(failing.begin); }) ||
           std::any_of(m_missing.begin(), m_missing.end(), [&](const MissingMember& missing) {
               return missing.containerBegin == container.begin || isInside(missing.containerBegin);
           });
}

std::vector<MissingMember> FailingPlaces::missingFrom(const JsonSpan& container) const
{
    std::vector<MissingMember> missing;
    std::copy_if(m_missing.begin(), m_missing.end(), std::back_inserter(missing),
                 [&container](const MissingMember& member) { return member.containerBegin == container.begin; });
    return missing;
}

} // namespace framescope
