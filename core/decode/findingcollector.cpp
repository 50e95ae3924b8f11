#include "core/decode/findingcollector.h"

#include "core/frame/findingcatalogue.h"

#include <algorithm>

namespace framescope {

FindingCollector::FindingCollector(std::vector<Finding>& findings, quint32 frameIndex)
    : m_findings(findings)
    , m_first(findings.size())
    , m_frame(frameIndex)
{
}

bool FindingCollector::wants(FindingId id)
{
    const Severity severity = findingInfo(id).severity;
    m_worst = std::max(m_worst, severity);
    if (count() < std::size_t(findingsPerFrameLimit))
        return true;
    ++m_omitted; // this one, or the lesser one that makes way for it
    return severity > Severity::Note && dropLesser(severity);
}

bool FindingCollector::dropLesser(Severity severity)
{
    const auto lesser = [](const Finding& a, const Finding& b) { return a.severity < b.severity; };
    const auto least = std::min_element(m_findings.rbegin(), m_findings.rend() - std::ptrdiff_t(m_first), lesser);
    if (least->severity >= severity)
        return false;
    m_findings.erase(std::next(least).base());
    return true;
}

void FindingCollector::leaveOut(FindingId id, quint64 count)
{
    if (count == 0)
        return;
    m_omitted += count;
    m_worst = std::max(m_worst, findingInfo(id).severity);
}

void FindingCollector::add(Finding finding)
{
    finding.frame = m_frame;
    finding.severity = findingInfo(finding.id).severity;
    finding.pointer = cutEvidence(finding.pointer);
    finding.expected = cutEvidence(finding.expected);
    finding.actual = cutEvidence(finding.actual);
    m_findings.push_back(std::move(finding));
}

void FindingCollector::finish()
{
    if (m_omitted == 0)
        return;
    const QByteArray more = " (and " + QByteArray::number(m_omitted) + " more findings)";
    QByteArray& actual = m_findings.back().actual;
    actual = cutEvidence(actual, evidenceLimit - more.size()) + more;
}

Verdict FindingCollector::verdict() const
{
    if (m_worst == Severity::Error)
        return Verdict::Refused;
    return m_worst == Severity::Warning ? Verdict::Warned : Verdict::Accepted;
}

QByteArray cutEvidence(QByteArrayView text, qsizetype limit)
{
    if (text.size() <= limit)
        return text.toByteArray();
    qsizetype end = std::max<qsizetype>(0, limit - cutMark.size());
    const auto continues = [&](qsizetype at) { return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U; };
    while (end > 0 && continues(end))
        --end;
    QByteArray cut = text.first(end).toByteArray();
    cut.append(cutMark.data(), cutMark.size());
    return cut;
}

} // namespace framescope
