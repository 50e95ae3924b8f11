#include "core/store/blockbuilder.h"

#include "core/audit/entryhasher.h"
#include "core/store/blockcodec.h"
#include "core/store/blockcolumns.h"

#include <limits>

namespace framescope {

namespace {

// Payloads go by whole blocks: so much of a limit is one block at most.
constexpr quint64 blocksInLimit = 8;
constexpr TypeId notLookedUp = std::numeric_limits<TypeId>::max();
constexpr std::size_t leastSealFrames = 16;
constexpr std::size_t leastSealBytes = 16 * 1024;

/// So full must a batch be: what the builder holds is sealed before it, and small blocks pack badly.
constexpr std::size_t nearly(std::size_t full)
{
    return full / 8 * 7;
}

std::size_t sealLimit(quint64 retained, std::size_t least, std::size_t most)
{
    return retained == 0 ? most : std::clamp(std::size_t(retained / blocksInLimit), least, most);
}

} // namespace

BlockBuilder::BlockBuilder(PayloadPolicy payloads, const PayloadRetention& retention)
    : m_payloads(payloads)
    , m_keepsDigests(retention.isOn())
    , m_sealFrames(sealLimit(retention.frames, leastSealFrames, BlockLimit::sealFrames))
    , m_sealBytes(sealLimit(retention.bytes, leastSealBytes, BlockLimit::sealBytes))
{
    m_block.heads.reserve(BlockLimit::sealFrames);
    m_block.digests.reserve(BlockLimit::sealFrames);
    m_block.payload.reserve(2 * BlockLimit::sealBytes);
}

std::size_t BlockBuilder::take(const FrameBatch& batch, std::size_t from)
{
    useNamesOf(batch);
    std::size_t index = from;
    for (; index < batch.size() && accepts(batch, index); ++index)
        add(batch, index);
    return index;
}

void BlockBuilder::useNamesOf(const FrameBatch& batch)
{
    if (batch.types == m_batchNames && !m_sessionTypeOf.empty())
        return;
    m_batchNames = batch.types;
    m_sessionTypeOf.assign(std::max<std::size_t>(1, m_batchNames ? m_batchNames->size() : 0), notLookedUp);
}

bool BlockBuilder::isBlock(const FrameBatch& batch)
{
    const std::size_t bytes = batch.payload.size();
    if (m_payloads == PayloadPolicy::DigestOnly || m_keepsDigests || batch.size() > m_sealFrames ||
        bytes > m_sealBytes || (batch.size() < nearly(m_sealFrames) && bytes < nearly(m_sealBytes)) ||
        batch.digests.size() != batch.size() || !batch.types)
        return false;
    std::size_t findingBytes = 0;
    for (const Finding& finding : batch.findings) {
        for (const QByteArray* text : {&finding.pointer, &finding.schemaPointer, &finding.expected, &finding.actual})
            findingBytes += std::size_t(text->size());
    }
    if (findingBytes > BlockLimit::findingTextBytes) // some text may be too long, or there are many
        return false;
    useNamesOf(batch);
    const std::size_t textBytes = textBytesOf(batch.heads);
    std::size_t nextText = 0;
    std::size_t nextBinary = textBytes;
    for (const FrameHead& head : batch.heads) {
        std::size_t& next = head.opcode == Opcode::Text ? nextText : nextBinary;
        if ((head.payloadBytes > 0 && head.payloadOffset != next) || head.type >= batch.types->size())
            return false;
        next += head.payloadBytes;
        if (sessionType(batch, head.type) == unknownType && head.type != unknownType)
            return false; // the session has as many names as it can: the log must not name the type either
    }
    return nextText == textBytes && nextBinary == bytes;
}

bool BlockBuilder::accepts(const FrameBatch& batch, std::size_t index) const
{
    if (m_block.isEmpty())
        return true;
    return m_block.size() < m_sealFrames && m_findingBytes < BlockLimit::sealBytes &&
           m_block.payload.size() + m_binary.size() + batch.heads[index].payloadBytes <= m_sealBytes &&
           batch.heads[index].number == m_block.lastNumber() + 1 &&
           batch.firstAuditSeq + index == m_block.firstAuditSeq + m_block.size();
}

void BlockBuilder::add(const FrameBatch& batch, std::size_t index)
{
    if (m_block.isEmpty())
        m_block.firstAuditSeq = batch.firstAuditSeq + index;
    FrameHead head = batch.heads[index];
    const QByteArrayView payload = batch.payloadOf(index);
    const bool kept =
        m_payloads != PayloadPolicy::DigestOnly && std::size_t(payload.size()) <= BlockLimit::payloadBytes;
    std::vector<char>& bytes = head.opcode == Opcode::Text ? m_block.payload : m_binary;
    head.payloadOffset = quint32(bytes.size());
    head.payloadBytes = kept ? quint32(payload.size()) : 0;
    if (!kept)
        head.flags = quint8(head.flags & ~FrameFlag::PayloadKept);
    else
        bytes.insert(bytes.end(), payload.begin(), payload.end());
    const auto findings = batch.findingsOf(index);
    head.firstFinding = quint32(m_block.findings.size());
    head.findingCount = quint16(findings.size());
    for (const Finding& finding : findings) {
        m_block.findings.push_back(finding);
        Finding& stored = m_block.findings.back();
        stored.frame = quint32(m_block.size());
        // Cut here, not when it is encoded, since the audit chain is over what is stored.
        for (QByteArray* text : {&stored.pointer, &stored.schemaPointer, &stored.expected, &stored.actual}) {
            text->truncate(qsizetype(BlockLimit::findingTextBytes));
            m_findingBytes += std::size_t(text->size());
        }
    }
    head.type = sessionType(batch, head.type);
    m_block.heads.push_back(head);
    m_block.digests.push_back(index < batch.digests.size() ? batch.digests[index] : Sha256Digest{});
    if (m_keepsDigests)
        m_block.keptDigests.push_back(hasKeptDigest(head, m_block.digests.back()) ? Sha256::digest(payload)
                                                                                  : Sha256Digest{});
}

const FrameBatch& BlockBuilder::sealed()
{
    const quint32 textBytes = quint32(m_block.payload.size());
    for (FrameHead& head : m_block.heads)
        head.payloadOffset += head.opcode == Opcode::Text ? 0 : textBytes;
    m_block.payload.insert(m_block.payload.end(), m_binary.begin(), m_binary.end());
    m_binary.clear();
    return m_block;
}

TypeId BlockBuilder::sessionType(const FrameBatch& batch, TypeId type)
{
    const std::size_t index = type < m_sessionTypeOf.size() ? type : unknownType;
    TypeId& mapped = m_sessionTypeOf[index];
    if (mapped == notLookedUp) {
        const QByteArray name = batch.types && index < batch.types->size() ? (*batch.types)[index] : QByteArray();
        auto known = m_idOfName.find(name);
        if (known == m_idOfName.end() && m_names.size() < notLookedUp) {
            known = m_idOfName.insert(name, TypeId(m_names.size()));
            m_names.push_back(name);
        }
        mapped = known == m_idOfName.end() ? unknownType : *known;
    }
    return mapped;
}

void BlockBuilder::clear()
{
    m_block.heads.clear();
    m_block.digests.clear();
    m_block.keptDigests.clear();
    m_block.findings.clear();
    // One huge message must not keep its memory for the rest of the session.
    for (std::vector<char>* bytes : {&m_block.payload, &m_binary}) {
        bytes->clear();
        if (bytes->capacity() > 4 * BlockLimit::sealBytes) {
            bytes->shrink_to_fit();
            bytes->reserve(2 * BlockLimit::sealBytes);
        }
    }
    m_block.firstAuditSeq = 0;
    m_findingBytes = 0;
}

} // namespace framescope
