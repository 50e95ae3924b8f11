#include "tests/support/framebuilder.h"

#include <QCryptographicHash>

namespace framescope::test {

namespace {
constexpr qint64 wallAtMonoZeroNs = 1'764'015'300'000'000'000; // 2025-11-24T20:15:00Z
}

std::shared_ptr<FrameBatch> makeBatch(const std::vector<FrameSpec>& frames, quint64 firstNumber, quint64 firstSeq,
                                      qint64 startMonoNs)
{
    auto batch = std::make_shared<FrameBatch>();
    auto names = std::make_shared<TypeNames>(TypeNames{QByteArray()});
    for (const FrameSpec& spec : frames) {
        const quint32 index = quint32(batch->heads.size());
        FrameHead head;
        head.number = firstNumber + index;
        head.monoNs = startMonoNs + qint64(index) * 1'000'000;
        head.wallNs = wallAtMonoZeroNs + head.monoNs;
        head.sizeBytes = quint64(spec.payload.size());
        head.payloadOffset = quint32(batch->payload.size());
        head.payloadBytes = quint32(spec.payload.size());
        head.parseNs = spec.parseNs;
        head.firstFinding = quint32(batch->findings.size());
        head.findingCount = quint16(spec.findings.size());
        head.opcode = spec.opcode;
        head.verdict = spec.verdict;
        head.checksum = spec.checksum;
        head.attempt = 1;
        head.flags = FrameFlag::PayloadKept | FrameFlag::Decoded;
        if (spec.payload.startsWith('{'))
            head.flags |= FrameFlag::JsonPayload;
        const auto known = std::find(names->begin(), names->end(), spec.type);
        head.type = TypeId(known - names->begin());
        if (known == names->end())
            names->push_back(spec.type);
        batch->heads.push_back(head);
        Sha256Digest digest{};
        const QByteArray sum = QCryptographicHash::hash(spec.payload, QCryptographicHash::Sha256);
        std::copy(sum.begin(), sum.end(), digest.begin());
        batch->digests.push_back(digest);
        batch->payload.insert(batch->payload.end(), spec.payload.begin(), spec.payload.end());
        for (Finding finding : spec.findings) {
            finding.frame = index;
            batch->findings.push_back(std::move(finding));
        }
    }
    batch->types = names;
    batch->firstAuditSeq = firstSeq;
    return batch;
}

} // namespace framescope::test
