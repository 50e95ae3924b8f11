#include "core/audit/entryhasher.h"

#include <QtEndian>
#include <cstring>

namespace framescope {

namespace {

constexpr quint8 frameKind = 1;
constexpr quint8 eventKind = 2;
constexpr std::size_t hashBytes = sizeof(Sha256Digest);
// Kind, nine fields of 8 bytes or their like, and so on: see writeHead(). The type's name comes on top.
constexpr std::size_t frameFixedBytes = 1 + 6 * 8 + 2 * 4 + 4 * 4 + 2 * 2 + 5 + 2 + hashBytes + 4;
constexpr std::size_t findingFixedBytes = 2 + 1 + 2 * 4 + 4 * 4;
constexpr std::size_t eventFixedBytes = 1 + 3 * 8 + 1 + 2 * 2 + 3 * 4;

/// Writes little-endian integers and length-prefixed texts.
class EntryWriter
{
public:
    explicit EntryWriter(unsigned char* at)
        : m_at(at)
    {
    }

    template <typename T>
    void put(T value)
    {
        qToLittleEndian(value, m_at);
        m_at += sizeof(T);
    }
    void bytes(const void* from, std::size_t size)
    {
        if (size > 0)
            std::memcpy(m_at, from, size);
        m_at += size;
    }
    void hash(const Sha256Digest& hash) { bytes(hash.data(), hash.size()); }
    void text(QByteArrayView text)
    {
        put(quint32(text.size()));
        bytes(text.data(), std::size_t(text.size()));
    }
    [[nodiscard]] const unsigned char* at() const { return m_at; }

private:
    unsigned char* m_at;
};

QByteArrayView viewOf(const unsigned char* from, const unsigned char* to)
{
    return {reinterpret_cast<const char*>(from), qsizetype(to - from)};
}

void writeHead(EntryWriter& out, const FrameHead& head, EntryHasher::Place place)
{
    out.put(frameKind);
    out.put(place.seq);
    out.put(place.number);
    out.put(head.monoNs);
    out.put(head.wallNs);
    out.put(head.eventWallNs);
    out.put(head.sizeBytes);
    out.put(head.payloadBytes);
    out.put(head.parseNs);
    out.put(head.id.offset);
    out.put(head.id.length);
    out.put(head.subject.offset);
    out.put(head.subject.length);
    out.put(head.connection);
    out.put(head.attempt);
    out.put(quint8(head.opcode));
    out.put(quint8(head.direction));
    out.put(quint8(head.verdict));
    out.put(quint8(head.checksum));
    out.put(head.flags);
    out.put(head.findingCount);
}

void writeFinding(EntryWriter& out, const Finding& finding)
{
    out.put(quint16(finding.id));
    out.put(quint8(finding.severity));
    out.put(finding.range.offset);
    out.put(finding.range.length);
    for (const QByteArray* text : {&finding.pointer, &finding.schemaPointer, &finding.expected, &finding.actual})
        out.text(*text);
}

std::size_t sizeOf(std::span<const Finding> findings)
{
    std::size_t size = findings.size() * findingFixedBytes;
    for (const Finding& finding : findings)
        size += std::size_t(finding.pointer.size() + finding.schemaPointer.size() + finding.expected.size() +
                            finding.actual.size());
    return size;
}

} // namespace

EventEntry eventEntryOf(const AuditEvent& event)
{
    return {event.seq,        event.at,      quint8(event.severity),
            event.connection, event.attempt, QByteArray(auditActionName(event.action).data()),
            event.object,     event.detail};
}

Sha256Digest genesisHash(quint32 fileFormatVersion, const std::map<QByteArray, QByteArray>& session)
{
    static constexpr char tag[] = "framescope.genesis.v1"; // with its zero
    std::size_t size = sizeof tag + 3 * sizeof(quint32);
    for (const auto& [name, value] : session)
        size += 2 * sizeof(quint32) + std::size_t(name.size() + value.size());
    std::vector<unsigned char> bytes(size);
    EntryWriter out(bytes.data());
    out.bytes(tag, sizeof tag);
    out.put(chainFormatVersion);
    out.put(fileFormatVersion);
    out.put(quint32(session.size()));
    for (const auto& [name, value] : session) {
        out.text(name);
        out.text(value);
    }
    return Sha256::digest(viewOf(bytes.data(), out.at()));
}

EntryHasher::EntryHasher(const Sha256Digest& genesis)
{
    // One whole block of SHA-256, so that it is hashed once for all entries.
    static constexpr char tag[] = "framescope.audit.v1"; // with its zero
    std::array<unsigned char, 64> domain{};
    EntryWriter out(domain.data());
    out.bytes(tag, sizeof tag);
    out.hash(genesis);
    m_domain.add(viewOf(domain.data(), domain.data() + domain.size()));
}

unsigned char* EntryHasher::room(std::size_t bytes)
{
    if (m_buffer.size() < bytes)
        m_buffer.resize(bytes);
    return m_buffer.data();
}

bool hasKeptDigest(const FrameHead& head, const Sha256Digest& digest)
{
    return head.payloadBytes > 0 && ((head.flags & FrameFlag::Masked) != 0 || digest == Sha256Digest{});
}

Sha256Digest EntryHasher::frame(const Sha256Digest& previous, const FrameBatch& batch, std::size_t index, Place place,
                                QByteArrayView typeName)
{
    const FrameHead& head = batch.heads[index];
    const std::span<const Finding> findings = batch.findingsOf(index);
    const Sha256Digest& digest = batch.digests[index];
    unsigned char* const start = room(2 * hashBytes + frameFixedBytes + std::size_t(typeName.size()) +
                                      (findings.empty() ? 0 : sizeOf(findings)));
    EntryWriter out(start);
    out.hash(previous);
    writeHead(out, head, place);
    out.hash(digest);
    out.text(typeName);
    if (hasKeptDigest(head, digest))
        out.hash(batch.keptDigests.empty() ? Sha256::digest(batch.payloadOf(index)) : batch.keptDigests[index]);
    for (const Finding& finding : findings)
        writeFinding(out, finding);
    Sha256 state = m_domain;
    state.add(viewOf(start, out.at()));
    return state.finish();
}

Sha256Digest EntryHasher::event(const Sha256Digest& previous, const EventEntry& entry)
{
    unsigned char* const start = room(hashBytes + eventFixedBytes +
                                      std::size_t(entry.action.size() + entry.object.size() + entry.detail.size()));
    EntryWriter out(start);
    out.hash(previous);
    out.put(eventKind);
    out.put(entry.seq);
    out.put(entry.at.monoNs);
    out.put(entry.at.wallNs);
    out.put(entry.severity);
    out.put(entry.connection);
    out.put(entry.attempt);
    out.text(entry.action);
    out.text(entry.object);
    out.text(entry.detail);
    Sha256 state = m_domain;
    state.add(viewOf(start, out.at()));
    return state.finish();
}

} // namespace framescope
