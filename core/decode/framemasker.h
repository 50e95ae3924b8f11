#pragma once
/// Takes personal text and secrets out of a message that has been judged and hashed: out of the bytes that are kept,
/// and out of the evidence that its findings quote. For core/decode/*.cpp only. Thread: the pipeline's. Memory: a list
/// of places that is used again.
#include "core/decode/maskedmembers.h"
#include "core/frame/frame.h"

#include <span>

namespace framescope {

class FrameMasker
{
public:
    struct What
    {
        bool personal = false;
        bool secrets = false;
    };

    /// @p payload is the frame's own; sets FrameFlag::Masked in @p head when anything was taken out.
    void mask(std::span<char> payload, FrameHead& head, std::span<Finding> findings, What what);

private:
    void maskSecretPlaces(std::span<char> payload);
    void cleanEvidence(std::span<const char> payload, Finding& finding) const;
    [[nodiscard]] bool isMasked(ByteRange range) const;

    MaskedMembers m_members;
    std::vector<ByteRange> m_masked;
    std::vector<char> m_before;
};

} // namespace framescope
