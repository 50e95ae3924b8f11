#include "core/gate/sizegate.h"

#include <algorithm>

namespace framescope {

namespace {

// A block short enough that three per unit fit 16 bits: the compiler then adds eight units at a time.
constexpr qsizetype blockUnits = 16 * 1024;

/// Bytes of a surrogate area of text, unit by unit. Only called where there are surrogates, which is rare.
/// A lone surrogate counts as the one byte '?' that QString::toUtf8() writes for it.
quint64 sizeWithSurrogates(const char16_t* unit, const char16_t* end)
{
    quint64 bytes = 0;
    while (unit != end) {
        const char16_t u = *unit++;
        if (!QChar::isSurrogate(u)) {
            bytes += 1u + (u >= 0x80) + (u >= 0x800);
        } else if (QChar::isHighSurrogate(u) && unit != end && QChar::isLowSurrogate(*unit)) {
            ++unit;
            bytes += 4;
        } else {
            bytes += 1;
        }
    }
    return bytes;
}

quint64 utf8Size(QStringView text)
{
    const char16_t* unit = text.utf16();
    const char16_t* const end = unit + text.size();
    quint64 bytes = 0;
    while (unit != end) {
        const char16_t* const blockEnd = unit + std::min<qsizetype>(blockUnits, end - unit);
        quint16 beyondAscii = 0;
        quint16 surrogates = 0;
        for (const char16_t* u = unit; u != blockEnd; ++u) {
            beyondAscii = quint16(beyondAscii + (*u >= 0x80) + (*u >= 0x800));
            surrogates = quint16(surrogates + ((*u & 0xf800) == 0xd800));
        }
        if (surrogates != 0) // a pair may stand across the block's end: the rest is counted in one go
            return bytes + sizeWithSurrogates(unit, end);
        bytes += quint64(blockEnd - unit) + beyondAscii;
        unit = blockEnd;
    }
    return bytes;
}

} // namespace

quint64 wireSizeBytes(const RawFrame& frame)
{
    return frame.isUtf16() ? utf8Size(frame.text) : quint64(frame.bytes.size());
}

GateDecision gateDecision(quint64 sizeBytes, const SizeLimits& limits)
{
    if (sizeBytes > limits.refuseBytes)
        return GateDecision::Refuse;
    return sizeBytes > limits.flagBytes ? GateDecision::Flag : GateDecision::Pass;
}

} // namespace framescope
