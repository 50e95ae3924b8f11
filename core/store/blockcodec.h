#pragma once
/// A block of frames as it stands in a session file: consecutive frames with consecutive sequence numbers, as four
/// blobs. The byte layout is described in README.md beside this file. Pure functions: a fuzzer can drive them.
///
/// Thread: any; an encoder and a decoder each belong to one thread (they keep zstd's working memory).
/// Errors: ErrorCode::Storage; `place` names the column. Every size that the file says is checked against its limit
/// before anything is allocated.
#include "core/base/error.h"
#include "core/frame/frame.h"

#include <QByteArrayView>
#include <memory>
#include <vector>
#include <zstd.h>

namespace framescope {

namespace BlockLimit {
inline constexpr std::size_t sealFrames = 4096;       ///< the writer seals a block at this many frames,
inline constexpr std::size_t sealBytes = 1024 * 1024; ///< or this many bytes of payload or of findings
inline constexpr std::size_t frames = 65'536;         ///< what a reader accepts
inline constexpr std::size_t payloadBytes = 64 * 1024 * 1024;
inline constexpr std::size_t findingsBytes = 16 * 1024 * 1024;
inline constexpr std::size_t findingTextBytes = 16 * 1024; ///< of each text of a finding; the writer cuts longer ones
} // namespace BlockLimit

/// The columns of one row of `block`. For reading, the blobs are views into SQLite's row.
struct BlockRow
{
    quint64 firstFrame = 0;
    quint64 frameCount = 0;
    quint64 firstSeq = 0;
    quint64 payloadBytes = 0; ///< before compression
    QByteArrayView heads;
    QByteArrayView findings; ///< empty: none
    QByteArrayView digests;
    QByteArrayView payload; ///< empty: none kept, or removed
};

/// What a block costs: time or room on the disk. Readers need not know.
enum class Packing
{
    Small, ///< about 800 MB/s of the benchmark's payloads, 3.2 times smaller
    Fast   ///< 2.5 times as fast, 2.4 times smaller
};

/// What a block's columns for overviews say.
struct BlockCounts
{
    qint64 accepted = 0;
    qint64 warned = 0;
    qint64 refused = 0;
    quint64 receivedBytes = 0;
};
[[nodiscard]] BlockCounts countsOf(const FrameBatch& block);

class BlockEncoder
{
public:
    BlockEncoder();
    /// The row of @p block, whose views are valid until the next call. @p block has at least one frame, and payloads
    /// one after another from offset 0, in the order of its frames or those of text frames first.
    /// @p sessionTypes has the session's id for each of the block's type ids; empty: they are the session's.
    [[nodiscard]] Expected<BlockRow> encode(const FrameBatch& block, Packing packing = Packing::Small,
                                            std::span<const TypeId> sessionTypes = {});

private:
    struct Free
    {
        void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    };
    /// Appends to @p out from @p offset on; gives all of it.
    [[nodiscard]] Expected<QByteArrayView> compressed(const void* bytes, std::size_t size, std::vector<char>& out,
                                                      std::size_t offset = 0);
    [[nodiscard]] Expected<QByteArrayView> compressedPayload(const FrameBatch& block);

    std::unique_ptr<ZSTD_CCtx, Free> m_context;
    std::vector<char> m_raw;
    std::vector<char> m_heads;
    std::vector<char> m_findings;
    std::vector<char> m_digests;
    std::vector<char> m_payload;
};

class BlockDecoder
{
public:
    BlockDecoder();
    /// A block whose payloads are missing has FrameBatch::removal set, to an entry that is not known here.
    [[nodiscard]] Expected<std::shared_ptr<FrameBatch>> decode(const BlockRow& row);
    /// How many frames of @p row have, or had, a payload. Its heads are all that is looked at.
    [[nodiscard]] Expected<quint64> framesWithPayload(const BlockRow& row);

private:
    struct Free
    {
        void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
    };
    /// Exactly @p size bytes, or an error that names @p column.
    [[nodiscard]] Expected<void> expand(QByteArrayView blob, std::size_t size, const char* column,
                                        std::vector<char>& out);
    [[nodiscard]] Expected<void> expandTo(char* out, std::size_t size, QByteArrayView blob, const char* column);
    [[nodiscard]] Expected<void> readPayload(const BlockRow& row, FrameBatch& block);
    [[nodiscard]] Expected<void> readHeads(const BlockRow& row, FrameBatch& block);
    [[nodiscard]] Expected<void> readFindings(const BlockRow& row, FrameBatch& block);
    [[nodiscard]] Expected<void> readDigests(const BlockRow& row, FrameBatch& block);

    std::unique_ptr<ZSTD_DCtx, Free> m_context;
    std::vector<char> m_raw;
};

} // namespace framescope
