#pragma once
/// Where in a JSON payload its findings are: which values fail, and which members are missing from which object.
/// Thread: any; made anew for each frame.
#include "core/frame/frame.h"
#include "ui/detail/jsonoutline.h"

#include <QString>
#include <vector>

namespace framescope {

struct MissingMember
{
    qsizetype containerBegin = 0;
    QString name;
    Severity severity = Severity::Error;
};

class FailingPlaces
{
public:
    FailingPlaces() = default;
    FailingPlaces(QByteArrayView json, const std::vector<Finding>& findings);

    /// The worst severity of a finding about exactly this value.
    [[nodiscard]] std::optional<Severity> severityOf(const JsonSpan& value) const;
    /// True when a failing or missing place lies inside: such a container is worth opening.
    [[nodiscard]] bool leadsToFailure(const JsonSpan& container) const;
    [[nodiscard]] std::vector<MissingMember> missingFrom(const JsonSpan& container) const;

private:
    struct Failing
    {
        qsizetype begin = 0;
        Severity severity = Severity::Error;
    };
    std::vector<Failing> m_failing;
    std::vector<MissingMember> m_missing;
};

} // namespace framescope
