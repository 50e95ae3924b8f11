#pragma once
/// Gathers the findings of one frame: gives each its severity, caps its evidence, counts those over the limit.
/// Thread: the pipeline thread, or that of the caller of Schema::validate.
#include "core/frame/finding.h"
#include "core/frame/frame.h"

#include <QByteArray>
#include <QByteArrayView>
#include <span>
#include <vector>

namespace framescope {

class FindingCollector
{
public:
    FindingCollector(std::vector<Finding>& findings, quint32 frameIndex);

    /// False when the frame has its full number of findings already: the caller saves the work of finding the evidence.
    /// A graver one takes the place of the last of the least grave, so that a refused frame always says why.
    [[nodiscard]] bool wants(FindingId id);
    /// Takes a finding for which wants() was true.
    void add(Finding finding);
    /// Counts @p count findings of that kind that are not even made.
    void leaveOut(FindingId id, quint64 count);
    /// Writes the number of findings that were left out into the last one's `actual`.
    void finish();

    [[nodiscard]] Verdict verdict() const;
    [[nodiscard]] std::size_t count() const { return m_findings.size() - m_first; }
    /// Those of this frame, for what has to be taken out of their evidence.
    [[nodiscard]] std::span<Finding> taken() { return std::span(m_findings).subspan(m_first); }

private:
    bool dropLesser(Severity severity);

    std::vector<Finding>& m_findings;
    std::size_t m_first;
    quint32 m_frame;
    quint64 m_omitted = 0;
    Severity m_worst = Severity::Note;
};

/// With which a text that was cut ends: "…".
inline constexpr QByteArrayView cutMark = "\xE2\x80\xA6";
/// @p text cut to @p limit bytes, never inside a UTF-8 character; a cut text ends with cutMark.
[[nodiscard]] QByteArray cutEvidence(QByteArrayView text, qsizetype limit = evidenceLimit);

} // namespace framescope
