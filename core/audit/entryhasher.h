#pragma once
/// The canonical bytes of audit entries and the hash that chains them: h(n) = SHA-256(domain | h(n-1) | entry n). The
/// format is described in core/audit/README.md; a third party's verifier and tests/support/verify_session.py are
/// written from that text alone.
///
/// Thread: one at a time (it keeps a buffer). No allocation per entry. Errors: none.
#include "core/frame/auditevent.h"
#include "core/frame/frame.h"

#include <map>

namespace framescope {

/// The version of the chain's format; part of what the first hash binds.
inline constexpr quint32 chainFormatVersion = 1;

/// A life-cycle event as it stands in a session file: also one whose action or severity this version does not know.
struct EventEntry
{
    quint64 seq = 0;
    Instant at;
    quint8 severity = 0;
    quint16 connection = 0;
    quint16 attempt = 0;
    QByteArray action;
    QByteArray object;
    QByteArray detail;
};
[[nodiscard]] EventEntry eventEntryOf(const AuditEvent& event);

/// h(0): binds the version of the session file's format and everything that the session said about itself when it
/// began, names and values as they stand in the file.
[[nodiscard]] Sha256Digest genesisHash(quint32 fileFormatVersion, const std::map<QByteArray, QByteArray>& session);

class EntryHasher
{
public:
    /// @p genesis is part of every entry's hash, so that no entry of one log fits into another.
    explicit EntryHasher(const Sha256Digest& genesis);

    struct Place
    {
        quint64 seq = 0;
        quint64 number = 0; ///< of the frame
    };
    /// The hash of frame @p index of @p batch at @p place after @p previous. @p typeName because ids are the batch's
    /// own.
    [[nodiscard]] Sha256Digest frame(const Sha256Digest& previous, const FrameBatch& batch, std::size_t index,
                                     Place place, QByteArrayView typeName);
    /// Where it stands.
    [[nodiscard]] Sha256Digest frame(const Sha256Digest& previous, const FrameBatch& batch, std::size_t index,
                                     QByteArrayView typeName)
    {
        return frame(previous, batch, index, {batch.firstAuditSeq + index, batch.heads[index].number}, typeName);
    }
    [[nodiscard]] Sha256Digest event(const Sha256Digest& previous, const EventEntry& entry);

private:
    [[nodiscard]] unsigned char* room(std::size_t bytes);

    Sha256 m_domain; ///< has taken the domain block already
    std::vector<unsigned char> m_buffer;
};

/// True when the kept bytes of @p head are not what the digest is of (masked, or none was computed): then the entry
/// holds a digest of the kept bytes beside it.
[[nodiscard]] bool hasKeptDigest(const FrameHead& head, const Sha256Digest& digest);

/// Of each frame's hash a block keeps this much, so that a change is named to the entry; of its last one all.
inline constexpr std::size_t linkBytes = 4;

} // namespace framescope
