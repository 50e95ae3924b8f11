#include "core/audit/chainverifier.h"

#include <cstring>

namespace framescope {

namespace {

bool fits(const Sha256Digest& hash, QByteArrayView stored)
{
    return stored.size() >= qsizetype(linkBytes) && std::size_t(stored.size()) <= hash.size() &&
           std::memcmp(hash.data(), stored.data(), std::size_t(stored.size())) == 0;
}

bool isWhole(QByteArrayView chain)
{
    return std::size_t(chain.size()) == sizeof(Sha256Digest);
}

/// Bytes that were masked have their digest in the entry itself: the block's copy of it, where it has one, is what the
/// entry was hashed with.
bool isPayloadRight(const FrameBatch& frames, std::size_t index)
{
    const FrameHead& head = frames.heads[index];
    if (head.payloadBytes == 0 || frames.isPayloadRemoved(index))
        return true;
    if (!hasKeptDigest(head, frames.digests[index]))
        return Sha256::digest(frames.payloadOf(index)) == frames.digests[index];
    return frames.keptDigests.empty() || Sha256::digest(frames.payloadOf(index)) == frames.keptDigests[index];
}

} // namespace

ChainVerifier::ChainVerifier(Log log, Expectation expectation,
                             std::function<std::optional<Checkpoint>()> nextCheckpoint)
    : m_log(std::move(log))
    , m_expectation(std::move(expectation))
    , m_nextCheckpoint(std::move(nextCheckpoint))
    , m_hasher(m_log.genesis)
    , m_isAnchorMet(m_expectation.anchors.size(), false)
{
    m_report.head = m_log.genesis;
    if (m_log.genesis != m_log.storedGenesis)
        fail(ChainFault::IdentityChanged, 0);
    if (auto key = PublicKey::fromRaw(m_log.publicKey))
        m_report.key = std::move(*key);
    m_report.isKeyExpected = m_expectation.key && m_report.key && *m_expectation.key == *m_report.key;
    if (m_expectation.key && !m_report.isKeyExpected)
        failCheckpoint(ChainFault::WrongKey, 1);
    loadCheckpoint();
}

void ChainVerifier::fail(ChainFault fault, quint64 first, quint64 last)
{
    m_report.fault = fault;
    m_report.firstBadSeq = first;
    m_report.lastBadSeq = std::max(first, last);
}

void ChainVerifier::failCheckpoint(ChainFault fault, quint64 number)
{
    if (m_checkpointFault != ChainFault::None)
        return;
    m_checkpointFault = fault;
    m_faultyCheckpoint = number;
    m_pending.reset();
}

bool ChainVerifier::isInPlace(quint64 seq)
{
    if (!m_report.isSound())
        return false;
    const quint64 expected = nextSeq();
    if (seq == expected)
        return true;
    if (m_suspect)
        fail(ChainFault::Changed, expectedSeq());
    else if (seq > expected)
        fail(ChainFault::Missing, expected, seq - 1);
    else
        fail(ChainFault::Inserted, seq);
    return false;
}

bool ChainVerifier::advance(const Sha256Digest& hash)
{
    ++m_report.lastSeq;
    m_report.head = hash;
    return meetCheckpoints() && meetAnchors();
}

/// The first entry that does not fit is kept until the next one: what is written between two entries that belong
/// together was inserted, and two that fit the other way round were swapped.
bool ChainVerifier::doubt(QByteArrayView stored, const Rehash& rehash)
{
    const quint64 seq = expectedSeq();
    if (!m_suspect) {
        m_suspect = Suspect{stored.toByteArray(), rehash};
        return true;
    }
    for (const bool isRenumbered : {false, true}) {
        const Sha256Digest here = rehash(m_report.head, -1, isRenumbered);
        if (!fits(here, stored))
            continue;
        if (fits(m_suspect->rehash(here, 1, isRenumbered), m_suspect->stored))
            fail(ChainFault::Reordered, seq, seq + 1);
        else
            fail(ChainFault::Inserted, seq);
        return false;
    }
    fail(ChainFault::Changed, seq);
    return false;
}

bool ChainVerifier::add(const EventEntry& event, const QByteArray& chain)
{
    if (!isInPlace(event.seq))
        return false;
    const auto rehash = [this, event](const Sha256Digest& previous, qint64 shift, bool) {
        EventEntry moved = event;
        moved.seq += quint64(shift);
        return m_hasher.event(previous, moved);
    };
    if (m_suspect)
        return doubt(chain, rehash);
    const Sha256Digest hash = m_hasher.event(m_report.head, event);
    if (!isWhole(chain) || !fits(hash, chain))
        return doubt(chain, rehash);
    ++m_report.events;
    if (event.action == QByteArrayView(auditActionName(AuditAction::SigningKey).data())) {
        m_isAnyKeyNamed = m_isAnyKeyNamed || event.detail.contains("public_key");
        m_isKeyNamed = m_isKeyNamed || (m_report.key && event.detail.contains(toHex(m_report.key->id())));
    }
    return advance(hash);
}

ChainVerifier::Rehash ChainVerifier::rehashOf(const FrameBatchPtr& frames, std::size_t index)
{
    return [this, frames, index](const Sha256Digest& previous, qint64 shift, bool isRenumbered) {
        const quint64 number = frames->heads[index].number + (isRenumbered ? quint64(shift) : 0);
        return m_hasher.frame(previous, *frames, index, {frames->firstAuditSeq + index + quint64(shift), number},
                              frames->typeNameOf(index));
    };
}

bool ChainVerifier::add(const Block& block)
{
    const FrameBatch& frames = *block.frames;
    const quint64 firstSeq = frames.firstAuditSeq;
    if (!isInPlace(firstSeq))
        return false;
    if (std::size_t(block.links.size()) != frames.size() * linkBytes)
        return addUnreadable();
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const QByteArrayView link(block.links.constData() + i * linkBytes, qsizetype(linkBytes));
        if (m_suspect)
            return doubt(link, rehashOf(block.frames, i));
        const quint64 seq = firstSeq + i;
        const bool isRemoved = frames.isPayloadRemoved(i);
        if (isRemoved && !block.isRemovalTold) {
            fail(ChainFault::PayloadMissing, seq);
            return false;
        }
        const Sha256Digest hash = m_hasher.frame(m_report.head, frames, i, frames.typeNameOf(i));
        const bool isLast = i + 1 == frames.size();
        if (!fits(hash, link) || (isLast && !(isWhole(block.chain) && fits(hash, block.chain)))) {
            if (!doubt(link, rehashOf(block.frames, i)))
                return false;
            continue;
        }
        const bool isBack = block.isRemovalTold && !isRemoved && frames.heads[i].payloadBytes > 0;
        if (isBack || !isPayloadRight(frames, i)) {
            fail(ChainFault::PayloadChanged, seq);
            return false;
        }
        ++m_report.frames;
        m_report.payloadsRemoved += isRemoved ? 1 : 0;
        if (!advance(hash))
            return false;
    }
    if (!block.isOverviewRight && !m_suspect)
        fail(ChainFault::OverviewChanged, firstSeq);
    return m_report.isSound();
}

bool ChainVerifier::addUnreadable()
{
    if (m_report.isSound())
        fail(m_suspect ? ChainFault::Changed : ChainFault::Unreadable, expectedSeq());
    return false;
}

bool ChainVerifier::meetCheckpoints()
{
    while (m_pending && m_pending->seq == m_report.lastSeq) {
        if (m_pending->head != m_report.head) {
            fail(ChainFault::Remade, m_report.provenSeq + 1, m_report.lastSeq);
            return false;
        }
        if (!m_isKeyNamed) {
            failCheckpoint(ChainFault::WrongKey, m_pending->number);
            return true;
        }
        m_report.provenSeq = m_report.lastSeq;
        ++m_report.checkpoints;
        if (m_pending->reason == CheckpointReason::Stop)
            m_stopWallNs = m_pending->at.wallNs;
        m_last = std::exchange(m_pending, std::nullopt);
        loadCheckpoint();
    }
    return true;
}

void ChainVerifier::loadCheckpoint()
{
    if (m_checkpointFault != ChainFault::None)
        return;
    m_pending = m_nextCheckpoint();
    if (!m_pending)
        return;
    const ChainFault fault = faultOf(*m_pending);
    const quint64 expected = m_last ? m_last->number + 1 : 1;
    if (fault != ChainFault::None)
        failCheckpoint(fault, fault == ChainFault::CheckpointMissing ? expected : m_pending->number);
}

ChainFault ChainVerifier::faultOf(const Checkpoint& checkpoint) const
{
    if (!m_report.key || checkpoint.keyId != m_report.key->id())
        return ChainFault::WrongKey;
    if (!m_report.key->verifies(signedBytes(checkpoint, m_log.genesis), checkpoint.signature))
        return ChainFault::CheckpointForged;
    if (checkpoint.number != (m_last ? m_last->number + 1 : 1))
        return ChainFault::CheckpointMissing;
    const Sha256Digest cited = m_last ? citationOf(*m_last, m_log.genesis) : Sha256Digest{};
    if (checkpoint.previous != cited || checkpoint.seq < m_report.lastSeq || checkpoint.seq == 0)
        return ChainFault::CheckpointForged;
    return ChainFault::None;
}

bool ChainVerifier::meetAnchors()
{
    const auto& anchors = m_expectation.anchors;
    for (std::size_t i = 0; i < anchors.size(); ++i) {
        const Known& known = anchors[i];
        if (known.seq != 0 && known.seq != m_report.lastSeq)
            continue;
        if (fits(m_report.head, known.hash)) {
            m_isAnchorMet[i] = true;
        } else if (known.seq != 0) {
            fail(ChainFault::AnchorDiffers, known.seq);
            return false;
        }
    }
    return true;
}

void ChainVerifier::judgeEnd()
{
    const quint64 nextNumber = m_report.checkpoints + 1;
    const auto missing = [&] {
        fail(ChainFault::CheckpointMissing, m_report.provenSeq + 1, m_report.lastSeq);
        m_report.badCheckpoint = nextNumber;
    };
    if (m_report.checkpoints == 0) {
        if (m_isAnyKeyNamed || m_report.key)
            missing();
        else if (m_report.lastSeq > 0)
            fail(ChainFault::NotSigned, 1, m_report.lastSeq);
        return;
    }
    const quint64 unsignedEntries = m_report.lastSeq - m_report.provenSeq;
    if (m_stopWallNs == 0 && (m_log.endedWallNs != 0 || unsignedEntries >= checkpointEntries))
        missing();
    else if (m_stopWallNs != m_log.endedWallNs)
        fail(ChainFault::EndChanged, 0);
    else if (m_stopWallNs != 0 && unsignedEntries > 0)
        fail(ChainFault::Unsigned, m_report.provenSeq + 1, m_report.lastSeq);
}

void ChainVerifier::judgeAnchors()
{
    for (std::size_t i = 0; i < m_isAnchorMet.size(); ++i) {
        const Known& known = m_expectation.anchors[i];
        if (m_isAnchorMet[i]) {
            ++m_report.anchorsMet;
            if (known.checkpoint > m_report.checkpoints) {
                fail(ChainFault::CheckpointMissing, m_report.provenSeq + 1, m_report.lastSeq);
                m_report.badCheckpoint = m_report.checkpoints + 1;
            }
        } else if (known.seq != 0) {
            fail(ChainFault::TailMissing, expectedSeq(), known.seq);
        } else {
            fail(ChainFault::AnchorDiffers, 0);
        }
        if (!m_report.isSound())
            return;
    }
}

ChainReport ChainVerifier::finish()
{
    if (m_report.isSound() && m_suspect)
        fail(ChainFault::Changed, expectedSeq());
    if (m_report.isSound() && m_checkpointFault != ChainFault::None) {
        fail(m_checkpointFault, m_report.provenSeq + 1, m_report.lastSeq);
        m_report.badCheckpoint = m_faultyCheckpoint;
    }
    if (m_report.isSound() && m_pending)
        fail(ChainFault::TailMissing, expectedSeq(), m_pending->seq);
    if (m_report.isSound())
        judgeEnd();
    if (m_report.isSound())
        judgeAnchors();
    m_report.isEnded = m_report.isSound() && m_log.endedWallNs != 0;
    return m_report;
}

} // namespace framescope
