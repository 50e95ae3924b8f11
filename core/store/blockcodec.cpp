#include "core/store/blockcodec.h"

#include "core/audit/entryhasher.h"

#include <QtEndian>
#include <cstring>

namespace framescope {

namespace {

// Decompression does not depend on the level.
constexpr int smallLevel = 1;
constexpr int fastLevel = -20;

constexpr std::size_t headsPrefixBytes = 16; // first frame number, first sequence number
// Column widths in order; see forEachColumn.
constexpr std::size_t headBytes1 = 8 + 8 + 8 + 4 + 4 + 4 * 4 + 2 + 2 + 2 + 2 + 1 + 1 + 1 + 1 + 1; // format 1
constexpr std::size_t headBytes = headBytes1 + 8;                                                 // and event times
constexpr std::size_t findingFixedBytes = 4 + 2 + 1 + 4 + 4 + 4 * 4;

tl::unexpected<Error> damaged(const char* column, const QString& why)
{
    return failure(ErrorCode::Storage, why, QString::fromLatin1(column));
}

/// Writes columns of little-endian integers one after another.
class ColumnWriter
{
public:
    explicit ColumnWriter(char* at)
        : m_at(at)
    {
    }

    template <typename T>
    void put(T value)
    {
        qToLittleEndian(value, m_at);
        m_at += sizeof(T);
    }

private:
    char* m_at;
};

class ColumnReader
{
public:
    explicit ColumnReader(const char* at)
        : m_at(at)
    {
    }

    template <typename T>
    T take()
    {
        const T value = qFromLittleEndian<T>(m_at);
        m_at += sizeof(T);
        return value;
    }

private:
    const char* m_at;
};

/// The columns of a head in file order, for writing and for reading alike: @p column is called with a member (or one of
/// the enums' bytes) for every head before the next column starts.
template <typename Heads, typename Column>
void forEachPlainColumn(Heads& heads, const Column& column)
{
    column(
        heads, [](auto& head) -> auto& { return head.sizeBytes; });
    column(
        heads, [](auto& head) -> auto& { return head.payloadBytes; });
    column(
        heads, [](auto& head) -> auto& { return head.parseNs; });
    column(
        heads, [](auto& head) -> auto& { return head.id.offset; });
    column(
        heads, [](auto& head) -> auto& { return head.id.length; });
    column(
        heads, [](auto& head) -> auto& { return head.subject.offset; });
    column(
        heads, [](auto& head) -> auto& { return head.subject.length; });
    column(
        heads, [](auto& head) -> auto& { return head.type; });
    column(
        heads, [](auto& head) -> auto& { return head.findingCount; });
    column(
        heads, [](auto& head) -> auto& { return head.connection; });
    column(
        heads, [](auto& head) -> auto& { return head.attempt; });
    column(
        heads, [](auto& head) -> auto& { return head.opcode; });
    column(
        heads, [](auto& head) -> auto& { return head.direction; });
    column(
        heads, [](auto& head) -> auto& { return head.verdict; });
    column(
        heads, [](auto& head) -> auto& { return head.checksum; });
    column(
        heads, [](auto& head) -> auto& { return head.flags; });
}

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
            std::memcpy(at, bytes.data(), std::size_t(bytes.size()));
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

bool valuesAllowed(const FrameHead& head)
{
    return (head.opcode == Opcode::Text || head.opcode == Opcode::Binary) && head.direction <= Direction::Out &&
           head.verdict <= Verdict::Refused && head.checksum <= ChecksumState::Mismatch;
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

namespace {

std::size_t textBytesOf(const std::vector<FrameHead>& heads)
{
    std::size_t bytes = 0;
    for (const FrameHead& head : heads)
        bytes += head.opcode == Opcode::Text ? head.payloadBytes : 0;
    return bytes;
}

bool isTextFirst(const std::vector<FrameHead>& heads, std::size_t textBytes)
{
    return std::all_of(heads.begin(), heads.end(), [textBytes](const FrameHead& head) {
        return head.payloadBytes == 0 || (head.opcode == Opcode::Text) == (head.payloadOffset < textBytes);
    });
}

} // namespace

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

Expected<BlockRow> BlockEncoder::encode(const FrameBatch& block, Packing packing)
{
    if (m_context)
        ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_compressionLevel,
                               packing == Packing::Fast ? fastLevel : smallLevel);
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
    forEachPlainColumn(block.heads, [&writer](const auto& heads, const auto& member) {
        for (const FrameHead& head : heads) {
            if constexpr (std::is_enum_v<std::remove_cvref_t<decltype(member(head))>>)
                writer.put(quint8(member(head)));
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
        auto payload = compressedPayload(block);
        if (!payload)
            return tl::unexpected(payload.error());
        row.payload = *payload;
    }
    return row;
}

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
