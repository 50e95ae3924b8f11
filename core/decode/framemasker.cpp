#include "core/decode/framemasker.h"

#include "core/decode/findingcollector.h"
#include "core/decode/secretmask.h"
#include "core/decode/utf8.h"

#include <algorithm>

namespace framescope {

namespace {

/// Findings whose `actual` is no quotation of the marked bytes but a count, names of members or a digest.
bool quotesNothing(FindingId id)
{
    switch (id) {
    case FindingId::SizeLarge:
    case FindingId::JsonDuplicateKey:
    case FindingId::SchemaRequired:
    case FindingId::SchemaLength:
    case FindingId::ChecksumMismatch:
    case FindingId::DuplicateEvent:
    case FindingId::MediaHeader:
    case FindingId::MediaLength:
        return true;
    default:
        return false;
    }
}

bool namesTheByte(FindingId id)
{
    return id == FindingId::Utf8Invalid || id == FindingId::JsonParse || id == FindingId::JsonDepth ||
           id == FindingId::JsonNumberRange || id == FindingId::JsonLoneSurrogate;
}

void removeSecrets(QByteArray& text)
{
    if (!text.isEmpty())
        maskSecrets(text.data(), std::size_t(text.size()));
}

} // namespace

void FrameMasker::mask(std::span<char> payload, FrameHead& head, std::span<Finding> findings, What what)
{
    m_masked.clear();
    if (what.secrets)
        maskSecretPlaces(payload);
    if (what.personal && (head.flags & FrameFlag::JsonPayload))
        m_members.mask(payload.data(), payload.size(), m_masked);
    else if (what.personal && head.opcode == Opcode::Text)
        MaskedMembers::maskText(payload.data(), payload.size(), m_masked);
    if (!m_masked.empty())
        head.flags |= FrameFlag::Masked;
    for (Finding& finding : findings) {
        if (isMasked(finding.range) && !quotesNothing(finding.id))
            cleanEvidence(payload, finding);
        if (what.secrets) {
            for (QByteArray* text : {&finding.pointer, &finding.schemaPointer, &finding.expected, &finding.actual})
                removeSecrets(*text);
        }
    }
}

/// Where secrets were is seen by comparing: a frame that is searched for them is rare.
void FrameMasker::maskSecretPlaces(std::span<char> payload)
{
    m_before.assign(payload.begin(), payload.end());
    if (!maskSecrets(payload.data(), payload.size()))
        return;
    for (std::size_t at = 0; at < payload.size();) {
        std::size_t end = at;
        while (end < payload.size() && payload[end] != m_before[end])
            ++end;
        if (end > at)
            m_masked.push_back({quint32(at), quint32(end - at)});
        at = end + 1;
    }
}

/// A quotation is made anew from the masked bytes: it may have been cut inside what is masked.
void FrameMasker::cleanEvidence(std::span<const char> payload, Finding& finding) const
{
    const ByteRange range = finding.range;
    if (std::size_t(range.offset) + range.length > payload.size())
        return;
    const QByteArrayView quoted(payload.data() + range.offset, qsizetype(range.length));
    if (!firstInvalidUtf8(quoted).isNull()) {
        finding.actual = "masked bytes"; // evidence is text
        return;
    }
    finding.actual = cutEvidence(quoted);
    if (namesTheByte(finding.id))
        finding.actual += " at byte " + QByteArray::number(range.offset);
}

bool FrameMasker::isMasked(ByteRange range) const
{
    const quint64 end = quint64(range.offset) + range.length;
    return !range.isNull() && std::any_of(m_masked.begin(), m_masked.end(), [&](ByteRange each) {
        return each.offset < end && quint64(each.offset) + each.length > range.offset;
    });
}

} // namespace framescope
