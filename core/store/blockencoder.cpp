#include "core/audit/entryhasher.h"
#include "core/store/blockcodec.h"
#include "core/store/blockcolumns.h"

#include <algorithm>

namespace framescope {

namespace {

// Decompression does not depend on the level.
constexpr int smallLevel = 1;
constexpr int fastLevel = -20;
// For payloads, which are alike over long distances: 14 % less time than with the level's own, and 2 % smaller.
constexpr int fastShortestMatch = 7;
constexpr int fastHashLog = 15;
constexpr int byLevel = 0;

QByteArrayView cut(const QByteArray& text)
{
    return QByteArrayView(text).first(qMin(text.size(), qsizetype(BlockLimit::findingTextBytes)));
}

void encodeFindings(const std::vector<Finding>& findings, std::vector<char>& raw)
{
    std::size_t size = 0;
    for (const Finding& finding : findings) {
        size += findingFixedBytes;
        for (const QByteArray* text : {&finding.pointer, &finding.schemaPointer, &finding.expected, &finding.actual})
            size += std::size_t(cut(*text).size());
    }
    raw.resize(size);
    char* at = raw.data();
    for (const Finding& finding : findings) {
        ColumnWriter fixed(at);
        fixed.put(finding.frame);
        fixed.put(quint16(finding.id));
        fixed.put(quint8(finding.severity));
        fixed.put(finding.range.offset);
        fixed.put(finding.range.length);
        at += findingFixedBytes - 4 * sizeof(quint32);
        for (const QByteArray* text : {&finding.pointer, &finding.schemaPointer, &finding.expected, &finding.actual}) {
            const QByteArrayView bytes = cut(*text);
            qToLittleEndian(quint32(bytes.size()), at);
            at += sizeof(quint32);
            std::copy(bytes.begin(), bytes.end(), at); // memcpy() takes no null, not even for no bytes
            at += bytes.size();
        }
    }
}

/// The digests, then those of kept bytes of the frames that have one.
void joinDigests(const FrameBatch& block, std::vector<char>& raw)
{
    const auto* first = reinterpret_cast<const char*>(block.digests.data());
    raw.assign(first, first + block.digests.size() * sizeof(Sha256Digest));
    for (std::size_t i = 0; i < block.size(); ++i) {
        const Sha256Digest& kept = block.keptDigests[i];
        if (hasKeptDigest(block.heads[i], block.digests[i]))
            raw.insert(raw.end(), kept.begin(), kept.end());
    }
}

bool isTextFirst(const std::vector<FrameHead>& heads, std::size_t textBytes)
{
    return std::all_of(heads.begin(), heads.end(), [textBytes](const FrameHead& head) {
        return head.payloadBytes == 0 || (head.opcode == Opcode::Text) == (head.payloadOffset < textBytes);
    });
}

} // namespace

BlockCounts countsOf(const FrameBatch& block)
{
    BlockCounts counts;
    for (const FrameHead& head : block.heads) {
        counts.accepted += head.verdict == Verdict::Accepted;
        counts.warned += head.verdict == Verdict::Warned;
        counts.refused += head.verdict == Verdict::Refused;
        counts.receivedBytes += head.sizeBytes;
    }
    return counts;
}

BlockEncoder::BlockEncoder()
    : m_context(ZSTD_createCCtx())
{
    if (!m_context)
        return;
    ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_contentSizeFlag, 1);
    ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_checksumFlag, 1); // a flipped bit is noticed, not shown as evidence
}

Expected<QByteArrayView> BlockEncoder::compressed(const void* bytes, std::size_t size, std::vector<char>& out,
                                                  std::size_t offset)
{
    if (!m_context)
        return failure(ErrorCode::Storage, QStringLiteral("no memory for compression"));
    if (const std::size_t bound = offset + ZSTD_compressBound(size); out.size() < bound)
        out.resize(bound); // never smaller again: each growth fills it with zeros first
    const std::size_t written = ZSTD_compress2(m_context.get(), out.data() + offset, out.size() - offset, bytes, size);
    if (ZSTD_isError(written))
        return failure(ErrorCode::Storage, QString::fromLatin1(ZSTD_getErrorName(written)));
    return QByteArrayView(out.data(), qsizetype(offset + written));
}

Expected<QByteArrayView> BlockEncoder::compressedPayload(const FrameBatch& block)
{
    const std::size_t size = block.payload.size();
    const std::size_t textBytes = textBytesOf(block.heads);
    if (textBytes == 0 || textBytes == size || !isTextFirst(block.heads, textBytes))
        return compressed(block.payload.data(), size, m_payload);
    const Expected<QByteArrayView> texts = compressed(block.payload.data(), textBytes, m_payload);
    if (!texts)
        return texts;
    return compressed(block.payload.data() + textBytes, size - textBytes, m_payload, std::size_t(texts->size()));
}

Expected<BlockRow> BlockEncoder::encode(const FrameBatch& block, Packing packing, std::span<const TypeId> sessionTypes)
{
    if (m_context) {
        ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_compressionLevel,
                               packing == Packing::Fast ? fastLevel : smallLevel);
        ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_minMatch, byLevel);
        ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_hashLog, byLevel);
    }
    BlockRow row;
    row.firstFrame = block.firstNumber();
    row.frameCount = block.size();
    row.firstSeq = block.firstAuditSeq;
    row.payloadBytes = block.payload.size();

    m_raw.resize(headsPrefixBytes + block.size() * headBytes);
    ColumnWriter writer(m_raw.data());
    writer.put(row.firstFrame);
    writer.put(row.firstSeq);
    // Stamps as steps from the frame before (modulo 2^64), which are small and compress well.
    quint64 previous = 0;
    for (const FrameHead& head : block.heads)
        writer.put(quint64(head.monoNs) - std::exchange(previous, quint64(head.monoNs)));
    previous = 0;
    for (const FrameHead& head : block.heads) {
        const quint64 clockDifference = quint64(head.wallNs) - quint64(head.monoNs);
        writer.put(clockDifference - std::exchange(previous, clockDifference));
    }
    forEachPlainColumn(block.heads, [&](const auto& heads, const auto& member) {
        for (const FrameHead& head : heads) {
            if constexpr (std::is_enum_v<std::remove_cvref_t<decltype(member(head))>>)
                writer.put(quint8(member(head)));
            else if (static_cast<const void*>(&member(head)) == &head.type)
                writer.put(sessionTypes.empty() ? head.type : sessionTypes[head.type]);
            else
                writer.put(member(head));
        }
    });
    for (const FrameHead& head : block.heads)
        writer.put(head.eventWallNs);

    auto heads = compressed(m_raw.data(), m_raw.size(), m_heads);
    if (!heads)
        return tl::unexpected(heads.error());
    row.heads = *heads;
    if (!block.findings.empty()) {
        encodeFindings(block.findings, m_raw);
        auto findings = compressed(m_raw.data(), m_raw.size(), m_findings);
        if (!findings)
            return tl::unexpected(findings.error());
        row.findings = *findings;
    }
    const void* allDigests = block.digests.data();
    std::size_t digestBytes = block.digests.size() * sizeof(Sha256Digest);
    if (!block.keptDigests.empty()) {
        joinDigests(block, m_raw);
        allDigests = m_raw.data();
        digestBytes = m_raw.size();
    }
    auto digests = compressed(allDigests, digestBytes, m_digests);
    if (!digests)
        return tl::unexpected(digests.error());
    row.digests = *digests;
    if (!block.payload.empty()) {
        if (m_context && packing == Packing::Fast) {
            ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_minMatch, fastShortestMatch);
            ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_hashLog, fastHashLog);
        }
        auto payload = compressedPayload(block);
        if (!payload)
            return tl::unexpected(payload.error());
        row.payload = *payload;
    }
    return row;
}

} // namespace framescope
