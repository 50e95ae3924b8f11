#pragma once
/// Makes batches for tests from readable text: type, payload, verdict, findings.
#include "core/frame/frame.h"

#include <memory>

namespace framescope::test {

struct FrameSpec
{
    QByteArray type = "interaction.update";
    QByteArray payload = R"({"type":"interaction.update"})";
    Verdict verdict = Verdict::Accepted;
    ChecksumState checksum = ChecksumState::NotDeclared;
    std::vector<Finding> findings = {};
    Opcode opcode = Opcode::Text;
    quint32 parseNs = 100'000;
};

/// Numbers from @p firstNumber, audit sequence numbers from @p firstSeq, arrivals 1 ms apart from @p startMonoNs.
[[nodiscard]] std::shared_ptr<FrameBatch> makeBatch(const std::vector<FrameSpec>& frames, quint64 firstNumber = 1,
                                                    quint64 firstSeq = 1, qint64 startMonoNs = 1'000'000'000);

} // namespace framescope::test
