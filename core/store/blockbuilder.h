#pragma once
/// Collects frames of one or more batches into the block that is written next.
///
/// A block holds consecutive frames with consecutive sequence numbers, so an event between two frames, or a hole, ends
/// it; so do its limits (BlockLimit). The builder keeps one list of type names for the session and gives ids in order
/// of first use, whatever list a batch came with.
/// Where retention will remove payloads, blocks are small enough for its limits, and keep the digests that the audit
/// chain is computed with when the payloads are gone.
/// Thread: the storage thread.
#include "core/frame/frame.h"
#include "core/store/sessionfile.h"

#include <QHash>

namespace framescope {

class BlockBuilder
{
public:
    BlockBuilder(PayloadPolicy payloads, const PayloadRetention& retention);

    [[nodiscard]] bool isEmpty() const { return m_block.isEmpty(); }
    /// @p batch can be written as it is, without a copy of its payloads: it is large enough and within the limits,
    /// texts come first, and nothing of it has to be cut. Its types then have names.
    [[nodiscard]] bool isBlock(const FrameBatch& batch);
    /// By the type ids of the last batch that was asked about or taken: the session's.
    [[nodiscard]] std::span<const TypeId> sessionTypes() const { return m_sessionTypeOf; }
    /// What was taken, ready to be written: payloads of text frames one after another, then those of binary ones, which
    /// packs smaller and sooner than a mixture. Once a block: nothing more is taken until clear().
    [[nodiscard]] const FrameBatch& sealed();
    /// Takes as many frames of @p batch as fit, from index @p from. Returns the index of the first one that it did not
    /// take: below batch.size(), the block is full and must be written and cleared first.
    [[nodiscard]] std::size_t take(const FrameBatch& batch, std::size_t from);
    void clear();

    /// All names so far, by id; more than @p known means that names were added since.
    [[nodiscard]] const TypeNames& typeNames() const { return m_names; }

private:
    [[nodiscard]] bool accepts(const FrameBatch& batch, std::size_t index) const;
    void add(const FrameBatch& batch, std::size_t index);
    void useNamesOf(const FrameBatch& batch);
    [[nodiscard]] TypeId sessionType(const FrameBatch& batch, TypeId type);

    const PayloadPolicy m_payloads;
    const bool m_keepsDigests;
    const std::size_t m_sealFrames;
    const std::size_t m_sealBytes;
    FrameBatch m_block;         ///< its payload is that of text frames until it is sealed
    std::vector<char> m_binary; ///< payloads of binary frames
    std::size_t m_findingBytes = 0;
    TypeNames m_names{QByteArray()};
    QHash<QByteArray, TypeId> m_idOfName{{QByteArray(), unknownType}};
    TypeNamesPtr m_batchNames;           ///< the list whose ids m_sessionTypeOf maps
    std::vector<TypeId> m_sessionTypeOf; ///< notLookedUp, or the session's id
};

} // namespace framescope
