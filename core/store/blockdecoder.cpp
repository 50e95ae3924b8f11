#include "core/audit/entryhasher.h"
#include "core/store/blockcodec.h"
#include "core/store/blockcolumns.h"

#include <cstring>

namespace framescope {

namespace {

tl::unexpected<Error> damaged(const char* column, const QString& why)
{
    return failure(ErrorCode::Storage, why, QString::fromLatin1(column));
}

bool valuesAllowed(const FrameHead& head)
{
    return (head.opcode == Opcode::Text || head.opcode == Opcode::Binary) && head.direction <= Direction::Out &&
           head.verdict <= Verdict::Refused && head.checksum <= ChecksumState::Mismatch;
}

} // namespace

BlockDecoder::BlockDecoder()
    : m_context(ZSTD_createDCtx())
{
}

Expected<void> BlockDecoder::expand(QByteArrayView blob, std::size_t size, const char* column, std::vector<char>& out)
{
    const unsigned long long said = ZSTD_getFrameContentSize(blob.data(), std::size_t(blob.size()));
    if (said != size)
        return damaged(column, QStringLiteral("the blob does not hold %1 bytes").arg(size));
    // Never more than the caller's limit: `size` was checked before.
    out.resize(size);
    return expandTo(out.data(), size, blob, column);
}

Expected<void> BlockDecoder::expandTo(char* out, std::size_t size, QByteArrayView blob, const char* column)
{
    if (!m_context)
        return failure(ErrorCode::Storage, QStringLiteral("no memory for decompression"));
    const std::size_t got = ZSTD_decompressDCtx(m_context.get(), out, size, blob.data(), std::size_t(blob.size()));
    if (ZSTD_isError(got))
        return damaged(column, QString::fromLatin1(ZSTD_getErrorName(got)));
    if (got != size)
        return damaged(column, QStringLiteral("the blob is shorter than it says"));
    return {};
}

/// What the first of its zstd frames holds tells whether text and binary frames have one each.
Expected<void> BlockDecoder::readPayload(const BlockRow& row, FrameBatch& block)
{
    const std::size_t size = std::size_t(row.payloadBytes); // checked before
    const std::size_t textBytes = textBytesOf(block.heads);
    const QByteArrayView blob = row.payload;
    if (textBytes == 0 || textBytes == size ||
        ZSTD_getFrameContentSize(blob.data(), std::size_t(blob.size())) != textBytes)
        return expand(blob, size, "payload", block.payload);
    const std::size_t firstFrame = ZSTD_findFrameCompressedSize(blob.data(), std::size_t(blob.size()));
    if (ZSTD_isError(firstFrame))
        return damaged("payload", QString::fromLatin1(ZSTD_getErrorName(firstFrame)));
    block.payload.resize(size);
    if (auto ok = expandTo(block.payload.data(), textBytes, blob.first(qsizetype(firstFrame)), "payload"); !ok)
        return ok;
    std::size_t text = 0;
    std::size_t binary = textBytes;
    for (FrameHead& head : block.heads) {
        std::size_t& offset = head.opcode == Opcode::Text ? text : binary;
        head.payloadOffset = quint32(offset);
        offset += head.payloadBytes;
    }
    return expandTo(block.payload.data() + textBytes, size - textBytes, blob.sliced(qsizetype(firstFrame)), "payload");
}

Expected<void> BlockDecoder::readHeads(const BlockRow& row, FrameBatch& block)
{
    const std::size_t frames = std::size_t(row.frameCount);
    // Format 1 had no event times. The blob's own size tells, so that a file that was begun then and now reads the
    // same.
    const std::size_t size1 = headsPrefixBytes + frames * headBytes1;
    const bool hasEventTimes = ZSTD_getFrameContentSize(row.heads.data(), std::size_t(row.heads.size())) != size1;
    const std::size_t size = hasEventTimes ? headsPrefixBytes + frames * headBytes : size1;
    if (auto ok = expand(row.heads, size, "heads", m_raw); !ok)
        return ok;
    ColumnReader reader(m_raw.data());
    const quint64 firstFrame = reader.take<quint64>();
    const quint64 firstSeq = reader.take<quint64>();
    if (firstFrame != row.firstFrame || firstSeq != row.firstSeq)
        return damaged("heads", QStringLiteral("the heads belong to another block"));
    block.heads.resize(frames);
    quint64 previous = 0;
    for (FrameHead& head : block.heads)
        head.monoNs = qint64(previous += reader.take<quint64>());
    previous = 0;
    for (FrameHead& head : block.heads)
        head.wallNs = qint64((previous += reader.take<quint64>()) + quint64(head.monoNs));
    forEachPlainColumn(block.heads, [&reader](auto& heads, const auto& member) {
        using T = std::remove_cvref_t<decltype(member(heads.front()))>;
        for (FrameHead& head : heads) {
            if constexpr (std::is_enum_v<T>)
                member(head) = T(reader.take<quint8>());
            else
                member(head) = reader.take<T>();
        }
    });
    for (FrameHead& head : block.heads)
        head.eventWallNs = hasEventTimes ? reader.take<qint64>() : 0;

    // What is not stored follows from the order: numbers, and where payloads and findings start.
    quint64 payloadOffset = 0;
    quint64 firstFinding = 0;
    quint64 number = row.firstFrame;
    for (FrameHead& head : block.heads) {
        if (!valuesAllowed(head))
            return damaged("heads", QStringLiteral("frame %1 has a value that does not exist").arg(number));
        head.number = number++;
        head.payloadOffset = quint32(payloadOffset);
        head.firstFinding = quint32(firstFinding);
        payloadOffset += head.payloadBytes;
        firstFinding += head.findingCount;
        if (payloadOffset > row.payloadBytes)
            return damaged("heads", QStringLiteral("payloads are longer than the block's"));
    }
    if (payloadOffset != row.payloadBytes)
        return damaged("heads", QStringLiteral("payloads are shorter than the block's"));
    return {};
}

Expected<void> BlockDecoder::readFindings(const BlockRow& row, FrameBatch& block)
{
    std::size_t expected = 0;
    for (const FrameHead& head : block.heads)
        expected += head.findingCount;
    if (expected == 0 && row.findings.isEmpty())
        return {};
    const unsigned long long size = ZSTD_getFrameContentSize(row.findings.data(), std::size_t(row.findings.size()));
    if (size > BlockLimit::findingsBytes || size / findingFixedBytes < expected)
        return damaged("findings", QStringLiteral("the blob does not hold %1 findings").arg(expected));
    if (auto ok = expand(row.findings, std::size_t(size), "findings", m_raw); !ok)
        return ok;
    const char* at = m_raw.data();
    const char* const end = at + m_raw.size();
    block.findings.reserve(expected);
    for (std::size_t i = 0; i < block.heads.size(); ++i) {
        for (int n = 0; n < block.heads[i].findingCount; ++n) {
            if (std::size_t(end - at) < findingFixedBytes)
                return damaged("findings", QStringLiteral("the last finding is cut"));
            ColumnReader fixed(at);
            Finding finding;
            finding.frame = fixed.take<quint32>();
            finding.id = FindingId(fixed.take<quint16>());
            const quint8 severity = fixed.take<quint8>();
            finding.range = {fixed.take<quint32>(), fixed.take<quint32>()};
            if (finding.frame != i || severity > quint8(Severity::Error))
                return damaged("findings", QStringLiteral("a finding has a value that does not exist"));
            finding.severity = Severity(severity);
            at += findingFixedBytes - 4 * sizeof(quint32);
            for (QByteArray* text : {&finding.pointer, &finding.schemaPointer, &finding.expected, &finding.actual}) {
                if (std::size_t(end - at) < sizeof(quint32))
                    return damaged("findings", QStringLiteral("the last finding is cut"));
                const quint32 length = qFromLittleEndian<quint32>(at);
                at += sizeof(quint32);
                if (length > BlockLimit::findingTextBytes || std::size_t(end - at) < length)
                    return damaged("findings", QStringLiteral("a text is longer than its finding"));
                *text = QByteArray(at, qsizetype(length));
                at += length;
            }
            block.findings.push_back(std::move(finding));
        }
    }
    if (at != end)
        return damaged("findings", QStringLiteral("there are more findings than frames have"));
    return {};
}

/// The blob's size tells whether digests of kept bytes are there too.
Expected<void> BlockDecoder::readDigests(const BlockRow& row, FrameBatch& block)
{
    const std::size_t plain = block.size() * sizeof(Sha256Digest);
    const unsigned long long said = ZSTD_getFrameContentSize(row.digests.data(), std::size_t(row.digests.size()));
    const std::size_t size = said > plain && said <= 2 * plain ? std::size_t(said) : plain;
    if (auto ok = expand(row.digests, size, "digests", m_raw); !ok)
        return ok;
    block.digests.resize(block.size());
    std::memcpy(block.digests.data(), m_raw.data(), plain);
    if (size == plain)
        return {};
    block.keptDigests.resize(block.size());
    const char* at = m_raw.data() + plain;
    const char* const end = m_raw.data() + size;
    for (std::size_t i = 0; i < block.size(); ++i) {
        if (!hasKeptDigest(block.heads[i], block.digests[i]))
            continue;
        if (std::size_t(end - at) < sizeof(Sha256Digest))
            return damaged("digests", QStringLiteral("there are fewer than frames have"));
        std::memcpy(block.keptDigests[i].data(), at, sizeof(Sha256Digest));
        at += sizeof(Sha256Digest);
    }
    if (at != end)
        return damaged("digests", QStringLiteral("there are more than frames have"));
    return {};
}

Expected<quint64> BlockDecoder::framesWithPayload(const BlockRow& row)
{
    if (row.frameCount == 0 || row.frameCount > BlockLimit::frames)
        return damaged("frame_count", QStringLiteral("%1 is not 1 to %2").arg(row.frameCount).arg(BlockLimit::frames));
    FrameBatch block;
    if (auto ok = readHeads(row, block); !ok)
        return tl::unexpected(ok.error());
    return quint64(std::count_if(block.heads.begin(), block.heads.end(),
                                 [](const FrameHead& head) { return head.payloadBytes > 0; }));
}

Expected<std::shared_ptr<FrameBatch>> BlockDecoder::decode(const BlockRow& row)
{
    constexpr quint64 highest = quint64(std::numeric_limits<qint64>::max());
    if (row.frameCount == 0 || row.frameCount > BlockLimit::frames)
        return damaged("frame_count", QStringLiteral("%1 is not 1 to %2").arg(row.frameCount).arg(BlockLimit::frames));
    if (row.firstFrame == 0 || row.firstFrame > highest - row.frameCount)
        return damaged("first_frame", QStringLiteral("frame numbers start at 1"));
    if (row.firstSeq > highest - row.frameCount)
        return damaged("first_seq", QStringLiteral("sequence numbers are positive"));
    if (row.payloadBytes > BlockLimit::payloadBytes)
        return damaged("payload_bytes", QStringLiteral("more than %1").arg(BlockLimit::payloadBytes));

    auto block = std::make_shared<FrameBatch>();
    block->firstAuditSeq = row.firstSeq;
    if (auto ok = readHeads(row, *block); !ok)
        return tl::unexpected(ok.error());
    if (auto ok = readFindings(row, *block); !ok)
        return tl::unexpected(ok.error());
    if (auto ok = readDigests(row, *block); !ok)
        return tl::unexpected(ok.error());
    if (row.payloadBytes > 0 && row.payload.isEmpty()) {
        block->removal = std::make_shared<const PayloadRemoval>();
    } else if (row.payloadBytes > 0) {
        if (auto ok = readPayload(row, *block); !ok)
            return tl::unexpected(ok.error());
    } else if (!row.payload.isEmpty()) {
        return damaged("payload", QStringLiteral("there are bytes that no frame has"));
    }
    return block;
}

} // namespace framescope
