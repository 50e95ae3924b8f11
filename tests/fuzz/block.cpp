// The block format of session files. Input: the row's numbers, the sizes of its first three blobs, the blobs. Unless
// the first byte says otherwise, the blobs are what zstd packs: mutations then reach the columns behind it.
#include "core/store/blockcodec.h"
#include "tests/fuzz/fuzzinput.h"
#include "tests/fuzz/judging.h"

using namespace framescope;
using namespace framescope::fuzz;

namespace {

QByteArray packed(QByteArrayView bytes, bool pack)
{
    if (!pack || bytes.isEmpty())
        return bytes.toByteArray();
    QByteArray blob(qsizetype(ZSTD_compressBound(std::size_t(bytes.size()))), '\0');
    blob.resize(
        qsizetype(ZSTD_compress(blob.data(), std::size_t(blob.size()), bytes.data(), std::size_t(bytes.size()), 1)));
    return blob;
}

void requireSame(const FrameBatch& a, const FrameBatch& b)
{
    require(a.size() == b.size() && a.payload == b.payload && a.digests == b.digests &&
                a.findings.size() == b.findings.size() && a.firstAuditSeq == b.firstAuditSeq,
            "what was read can be written and read again");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const quint8* bytes, std::size_t size)
{
    FuzzInput input(bytes, size);
    const bool pack = input.take<quint8>() % 8 != 7;
    BlockRow row;
    row.frameCount = input.take<quint16>();
    row.firstFrame = input.take<quint16>();
    row.firstSeq = input.take<quint16>();
    row.payloadBytes = input.take<quint16>();
    const quint16 headsSize = input.take<quint16>();
    const quint16 findingsSize = input.take<quint16>();
    const quint16 digestsSize = input.take<quint16>();
    const QByteArray heads = packed(input.bytes(headsSize), pack);
    const QByteArray findings = packed(input.bytes(findingsSize), pack);
    const QByteArray digests = packed(input.bytes(digestsSize), pack);
    const QByteArray payload = packed(input.rest(), pack);
    row.heads = heads;
    row.findings = findings;
    row.digests = digests;
    row.payload = payload;

    static BlockDecoder decoder;
    static BlockEncoder encoder;
    const auto block = decoder.decode(row);
    if (!block) {
        require(!block.error().detail.isEmpty(), "a block that is refused says why");
        return 0;
    }
    readAll(**block);
    if ((*block)->removal)
        return 0; // its payloads are gone: nobody writes it again
    const Expected<BlockRow> written = encoder.encode(**block);
    require(written.has_value(), "what was read can be written");
    const auto again = decoder.decode(*written);
    require(again.has_value(), "what was written can be read");
    requireSame(**block, **again);
    return 0;
}
