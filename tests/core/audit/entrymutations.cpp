#include "tests/core/audit/forger.h"

namespace framescope::test {

namespace {

void changeEvent(Forger& f)
{
    ForgedEntry& entry = f.log.entries[f.anyEntry(false)];
    static constexpr void (*changes[])(Forger&, EventEntry&) = {
        [](Forger& by, EventEntry& event) { by.change(event.at.wallNs); },
        [](Forger& by, EventEntry& event) { by.change(event.at.monoNs); },
        [](Forger& by, EventEntry& event) { by.change(event.severity); },
        [](Forger& by, EventEntry& event) { by.change(event.connection); },
        [](Forger& by, EventEntry& event) { by.change(event.attempt); },
        [](Forger& by, EventEntry& event) { by.flip(event.action); },
        [](Forger& by, EventEntry& event) { by.flip(event.object); },
        [](Forger& by, EventEntry& event) { by.flip(event.detail); }};
    changeOne(f, entry.event, changes);
    f.expect("a field of an event", {Fault::Changed}, entry.seq);
}

void changeEventHash(Forger& f)
{
    ForgedEntry& entry = f.log.entries[f.anyEntry(false)];
    f.flip(entry.hash);
    f.expect("the hash of an event", {Fault::Changed}, entry.seq);
}

void changeFrame(Forger& f)
{
    ForgedEntry& entry = f.log.entries[f.anyEntry(true)];
    static constexpr void (*changes[])(Forger&, Frame&) = {
        [](Forger& by, Frame& frame) { by.change(frame.head.monoNs); },
        [](Forger& by, Frame& frame) { by.change(frame.head.wallNs); },
        [](Forger& by, Frame& frame) { by.change(frame.head.eventWallNs); },
        [](Forger& by, Frame& frame) { by.change(frame.head.sizeBytes); },
        [](Forger& by, Frame& frame) { by.change(frame.head.parseNs); },
        [](Forger& by, Frame& frame) { by.change(frame.head.id.offset); },
        [](Forger& by, Frame& frame) { by.change(frame.head.id.length); },
        [](Forger& by, Frame& frame) { by.change(frame.head.subject.offset); },
        [](Forger& by, Frame& frame) { by.change(frame.head.subject.length); },
        [](Forger& by, Frame& frame) { by.change(frame.head.connection); },
        [](Forger& by, Frame& frame) { by.change(frame.head.attempt); },
        [](Forger& by, Frame& frame) { by.change(frame.head.flags); },
        [](Forger& by, Frame& frame) { by.flip(frame.digest); },
        [](Forger&, Frame& frame) { frame.head.opcode = Opcode(3 - int(frame.head.opcode)); },
        [](Forger&, Frame& frame) { frame.head.direction = nextOf(frame.head.direction, 2); },
        [](Forger&, Frame& frame) { frame.head.verdict = nextOf(frame.head.verdict, 3); },
        [](Forger&, Frame& frame) { frame.head.checksum = nextOf(frame.head.checksum, 3); },
        [](Forger&, Frame& frame) { frame.type += 'x'; }};
    changeOne(f, entry.frame, changes);
    f.expect("a field of a frame", {Fault::Changed}, entry.seq);
}

void changePayload(Forger& f)
{
    std::size_t i = f.anyEntry(true);
    while (f.log.entries[i].frame.payload.isEmpty())
        i = f.anyEntry(true);
    ForgedEntry& entry = f.log.entries[i];
    const bool isMasked = hasKeptDigest(entry.frame.head, entry.frame.digest);
    f.flip(entry.frame.payload);
    f.expect("a byte of a payload", {isMasked ? Fault::Changed : Fault::PayloadChanged}, entry.seq);
}

void changeFinding(Forger& f)
{
    std::size_t i = f.anyEntry(true);
    while (f.log.entries[i].frame.findings.empty())
        i = f.anyEntry(true);
    ForgedEntry& entry = f.log.entries[i];
    Finding& finding = entry.frame.findings[f.below(entry.frame.findings.size())];
    QByteArray* const texts[] = {&finding.pointer, &finding.schemaPointer, &finding.expected, &finding.actual};
    switch (f.below(8)) {
    case 0:
        finding.severity = Severity((int(finding.severity) + 1) % 3);
        break;
    case 1:
        f.change(finding.range.offset);
        break;
    case 2:
        f.change(finding.range.length);
        break;
    case 3:
        entry.frame.findings.pop_back();
        break;
    default:
        f.flip(*texts[f.below(4)]);
    }
    f.expect("a finding", {Fault::Changed}, entry.seq);
}

void changeLink(Forger& f)
{
    ForgedEntry& entry = f.log.entries[f.anyEntry(true)];
    f.flip(entry.hash, linkBytes);
    f.expect("the link of a frame", {Fault::Changed}, entry.seq);
}

void removeLeavingAGap(Forger& f)
{
    const std::size_t i = f.anyEntry();
    const quint64 seq = f.log.entries[i].seq;
    if (f.log.entries[i].isFrame)
        f.splitAfter(i);
    f.log.entries.erase(f.log.entries.begin() + std::ptrdiff_t(i));
    f.expect("an entry removed", {seq == f.lastSeq() ? Fault::TailMissing : Fault::Missing}, seq);
}

void removeAndRenumber(Forger& f)
{
    const std::size_t i = f.anyEntry();
    const quint64 seq = f.log.entries[i].seq;
    f.log.entries.erase(f.log.entries.begin() + std::ptrdiff_t(i));
    f.log.renumber();
    f.expect("an entry removed, the others renumbered", {seq == f.lastSeq() ? Fault::TailMissing : Fault::Changed},
             seq);
}

void insertEntry(Forger& f)
{
    const std::size_t i = f.anyEntry();
    ForgedEntry copy = f.log.entries[f.anyEntry(f.log.entries[i].isFrame)];
    copy.block = f.log.entries[i].block;
    if (copy.isFrame)
        ++copy.frame.head.parseNs;
    else
        copy.event.object += "again";
    f.log.entries.insert(f.log.entries.begin() + std::ptrdiff_t(i), copy);
    f.log.renumber();
    f.expect("an entry inserted", {Fault::Inserted}, f.log.entries[i].seq);
}

void swapNeighbours(Forger& f)
{
    for (;;) {
        const std::size_t i = f.below(f.log.entries.size() - 1);
        ForgedEntry& a = f.log.entries[i];
        ForgedEntry& b = f.log.entries[i + 1];
        if (a.isFrame != b.isFrame || a.block != b.block)
            continue;
        std::swap(a, b);
        f.log.renumber();
        f.expect("two neighbours swapped", {Fault::Reordered}, a.seq);
        return;
    }
}

void swapFarApart(Forger& f)
{
    const std::size_t i = f.anyEntry(false);
    std::size_t k = f.anyEntry(false);
    while (i == k)
        k = f.anyEntry(false);
    std::swap(f.log.entries[i], f.log.entries[k]);
    f.log.renumber();
    const std::size_t first = std::min(i, k);
    const bool areNeighbours = std::max(i, k) == first + 1;
    f.expect("two events swapped", {areNeighbours ? Fault::Reordered : Fault::Changed}, f.log.entries[first].seq);
}

void spliceEntry(Forger& f)
{
    const std::size_t i = f.anyEntry();
    const int block = f.log.entries[i].block;
    f.log.entries[i] = f.logs.other.entries[i];
    f.log.entries[i].block = block;
    f.expect("an entry of another log", {Fault::Changed}, f.log.entries[i].seq);
}

void spliceTail(Forger& f)
{
    const std::size_t i = f.anyEntry();
    const quint64 seq = f.log.entries[i].seq;
    for (std::size_t k = i; k < f.log.entries.size(); ++k)
        f.log.entries[k] = f.logs.other.entries[k];
    for (Checkpoint& checkpoint : f.log.checkpoints) {
        if (checkpoint.seq >= seq)
            checkpoint = f.logs.other.checkpoints[checkpoint.number - 1];
    }
    f.expect("the tail of another log", {Fault::Changed}, seq);
}

constexpr std::array<MutationKind, 13> kinds = {
    changeEvent,       changeEventHash, changeFrame,    changePayload, changeFinding, changeLink, removeLeavingAGap,
    removeAndRenumber, insertEntry,     swapNeighbours, swapFarApart,  spliceEntry,   spliceTail};

} // namespace

std::span<const MutationKind> entryMutations()
{
    return kinds;
}

} // namespace framescope::test
