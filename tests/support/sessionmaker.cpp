#include "tests/support/sessionmaker.h"

namespace framescope::test {

std::vector<FrameSpec> mixedFrames(quint64 firstNumber, int count)
{
    std::vector<FrameSpec> frames;
    for (int i = 0; i < count; ++i) {
        const quint64 number = firstNumber + quint64(i);
        FrameSpec frame;
        if (number % 3 == 0)
            frame.type = "telephony.media";
        frame.payload = "{\"type\":\"" + frame.type + "\",\"note\":\"frame-" + QByteArray::number(number) + "\"}";
        Finding finding;
        if (number % 10 == 0) {
            frame.verdict = Verdict::Refused;
            finding.id = FindingId::SchemaRequired;
            frame.findings = {finding};
        } else if (number % 10 == 5) {
            frame.verdict = Verdict::Warned;
            finding.id = FindingId::DuplicateId;
            finding.severity = Severity::Warning;
            frame.findings = {finding};
        }
        frames.push_back(frame);
    }
    return frames;
}

std::vector<FrameBatchPtr> mixedBatches(quint64 firstNumber, int count, int batchSize)
{
    std::vector<FrameBatchPtr> batches;
    for (int done = 0; done < count; done += batchSize) {
        const quint64 number = firstNumber + quint64(done);
        batches.push_back(makeBatch(mixedFrames(number, std::min(batchSize, count - done)), number, number,
                                    qint64(number) * 1'000'000));
    }
    return batches;
}

} // namespace framescope::test
