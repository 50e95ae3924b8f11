#include "tests/core/audit/forger.h"

namespace framescope::test {

namespace {

void changeCheckpoint(Forger& f)
{
    const std::size_t i = f.below(f.log.checkpoints.size());
    Checkpoint& checkpoint = f.log.checkpoints[i];
    const Sha256Digest keyId = checkpoint.keyId;
    static constexpr void (*changes[])(Forger&, Checkpoint&) = {
        [](Forger&, Checkpoint& c) { c.reason = CheckpointReason(int(c.reason) + 1); },
        [](Forger& by, Checkpoint& c) { by.change(c.seq); },
        [](Forger& by, Checkpoint& c) { by.change(c.at.wallNs); },
        [](Forger& by, Checkpoint& c) { by.change(c.at.monoNs); },
        [](Forger& by, Checkpoint& c) { by.flip(c.head); },
        [](Forger& by, Checkpoint& c) { by.flip(c.boot); },
        [](Forger& by, Checkpoint& c) { by.flip(c.previous); },
        [](Forger& by, Checkpoint& c) { by.flip(c.keyId); },
        [](Forger& by, Checkpoint& c) { by.flip(c.signature); }};
    changeOne(f, checkpoint, changes);
    f.expect("a field of a checkpoint", {checkpoint.keyId == keyId ? Fault::CheckpointForged : Fault::WrongKey},
             i > 0 ? f.log.checkpoints[i - 1].seq + 1 : 1, checkpoint.number);
}

void swapCheckpoints(Forger& f)
{
    const std::size_t i = f.below(f.log.checkpoints.size() - 1);
    const std::size_t k = i + 1 + f.below(f.log.checkpoints.size() - i - 1);
    std::swap(f.log.checkpoints[i], f.log.checkpoints[k]);
    std::swap(f.log.checkpoints[i].number, f.log.checkpoints[k].number);
    f.expect("two checkpoints swapped", {Fault::CheckpointForged}, i > 0 ? f.log.checkpoints[i - 1].seq + 1 : 1, i + 1);
}

void removeCheckpoints(Forger& f)
{
    auto& all = f.log.checkpoints;
    const std::size_t i = f.below(all.size());
    const quint64 first = i > 0 ? all[i - 1].seq + 1 : 1;
    const bool isTail = f.below(2) == 0;
    all.erase(all.begin() + std::ptrdiff_t(i), isTail ? all.end() : all.begin() + std::ptrdiff_t(i) + 1);
    f.expect(isTail ? "the last checkpoints removed" : "a checkpoint removed", {Fault::CheckpointMissing}, first,
             i + 1);
}

void spliceCheckpoint(Forger& f)
{
    const std::size_t i = f.below(f.log.checkpoints.size());
    f.log.checkpoints[i] = f.logs.other.checkpoints[i];
    f.expect("a checkpoint of another log", {Fault::CheckpointForged}, i > 0 ? f.log.checkpoints[i - 1].seq + 1 : 1,
             i + 1);
}

/// Changes something and makes everything after it fit, but for the signatures.
quint64 chainAnewSomewhere(Forger& f)
{
    const std::size_t i = f.anyEntry();
    ForgedEntry& entry = f.log.entries[i];
    if (entry.isFrame)
        ++entry.frame.head.sizeBytes;
    else
        entry.event.object += "!";
    f.log.chainAnew(i, f.log.genesis());
    return entry.seq;
}

void chainWithoutKey(Forger& f)
{
    const quint64 seq = chainAnewSomewhere(f);
    f.expect("chained anew without the key", {Fault::Remade}, f.log.provenBefore(seq - 1) + 1);
}

void removeAndChainWithoutKey(Forger& f)
{
    const std::size_t i = f.anyEntry();
    const quint64 seq = f.log.entries[i].seq;
    f.log.entries.erase(f.log.entries.begin() + std::ptrdiff_t(i));
    f.log.renumber();
    f.log.chainAnew(i, f.log.genesis());
    if (f.log.provenBefore(f.lastSeq() - 1) < seq) // only checkpoints over one entry more are left to tell
        f.expect("an entry removed, the end chained anew", {Fault::TailMissing}, f.lastSeq());
    else
        f.expect("an entry removed, chained anew", {Fault::Remade}, f.log.provenBefore(seq - 1) + 1);
}

void signAnew(Forger& f, const SigningKey& key)
{
    const Sha256Digest genesis = f.log.genesis();
    Sha256Digest previous{};
    for (Checkpoint& checkpoint : f.log.checkpoints) {
        checkpoint.keyId = key.publicKey().id();
        checkpoint.head = f.log.entries[f.log.indexOf(checkpoint.seq)].hash;
        checkpoint.previous = previous;
        checkpoint.signature = *key.sign(signedBytes(checkpoint, genesis));
        previous = citationOf(checkpoint, genesis);
    }
}

void chainWithAnotherKey(Forger& f)
{
    const auto key = SigningKey::generate();
    const Ed25519PublicBytes& raw = key->publicKey().raw();
    const QByteArray hex = QByteArray(reinterpret_cast<const char*>(raw.data()), qsizetype(raw.size())).toHex();
    f.log.session["public_key"] = hex;
    for (ForgedEntry& entry : f.log.entries) {
        if (entry.event.action == "signing-key")
            entry.event.detail = "{\"key_id\":\"" + toHex(key->publicKey().id()) + "\",\"public_key\":\"" + hex + "\"}";
    }
    (void)chainAnewSomewhere(f);
    f.log.chainAnew(0, f.log.genesis());
    signAnew(f, *key);
    if (f.below(2) == 0) {
        f.result.expectation.key = f.logs.key;
        f.result.expectsKey = true;
        f.expect("chained and signed anew with another key", {Fault::WrongKey}, 1, 1);
    } else {
        const quint64 seq = f.logs.log.checkpoints[1 + f.below(f.log.checkpoints.size() - 1)].seq;
        f.anchorAt(seq);
        f.expect("chained and signed anew with another key", {Fault::AnchorDiffers}, seq);
    }
}

void cutTail(Forger& f)
{
    const quint64 seq = f.logs.log.checkpoints.front().seq + f.below(f.lastSeq() - f.logs.log.checkpoints.front().seq);
    f.log.entries.resize(f.log.indexOf(seq) + 1);
    f.expect("the tail cut off", {Fault::TailMissing}, seq + 1);
    if (f.below(2) == 0)
        return; // the checkpoints tell
    std::erase_if(f.log.checkpoints, [seq](const Checkpoint& checkpoint) { return checkpoint.seq > seq; });
    f.log.session.erase("ended_wall_ns");
    f.anchorAt(f.lastSeq()); // now only the anchor does
}

void changeSessionRow(Forger& f)
{
    static const QByteArray names[] = {"id",          "tool_version",    "source_kind",     "payloads",
                                       "source_name", "started_wall_ns", "started_mono_ns", "genesis"};
    const QByteArray& name = names[f.below(std::size(names))];
    switch (f.below(3)) {
    case 0:
        f.log.session["note"] = "added";
        break;
    case 1:
        f.log.session.erase(name);
        break;
    default:
        f.flip(f.log.session[name]);
    }
    f.expect("what the session says of itself", {Fault::IdentityChanged}, 0);
}

void changeEnd(Forger& f)
{
    switch (f.below(3)) {
    case 0:
        f.log.session.erase("ended_wall_ns");
        f.expect("the end removed", {Fault::EndChanged}, 0);
        break;
    case 1:
        f.log.session["ended_wall_ns"] = QByteArray::number(1 + f.random());
        f.expect("the end changed", {Fault::EndChanged}, 0);
        break;
    default:
        f.flip(f.log.session["public_key"]);
        f.expect("the public key changed", {Fault::WrongKey, Fault::CheckpointMissing}, 1, 1);
    }
}

void changeBlob(Forger& f)
{
    static const char* const columns[] = {"heads", "findings", "digests", "bytes"};
    const ForgedEntry& entry = f.log.entries[f.anyEntry(true)];
    const auto isSame = [&](const ForgedEntry& e) { return e.isFrame && e.block == entry.block; };
    const auto first = std::find_if(f.log.entries.begin(), f.log.entries.end(), isSame);
    const QByteArray column = columns[f.below(std::size(columns))];
    const QByteArray at = QByteArray::number(1 + f.random() % 100'000) + "%length(" + column + ")";
    // One byte of the blob becomes another one.
    f.sql = "UPDATE " + QByteArray(column == "bytes" ? "payload" : "block") + " SET " + column + " = CAST(substr(" +
            column + ",1," + at + ") || iif(substr(" + column + "," + at + "+1,1)=x'5a',x'a5',x'5a') || substr(" +
            column + "," + at + "+2) AS BLOB) WHERE first_frame=" + QByteArray::number(first->frame.head.number) +
            " AND " + column + " IS NOT NULL";
    f.expect("a byte of a packed column", {Fault::Unreadable, Fault::None}, first->seq);
}

void changeOverview(Forger& f)
{
    static const char* const columns[] = {"first_mono_ns", "last_mono_ns", "first_wall_ns", "last_wall_ns",
                                          "accepted",      "warned",       "refused",       "received_bytes",
                                          "frame_count",   "first_seq",    "first_frame",   "payload_bytes"};
    const ForgedEntry& entry = f.log.entries[f.anyEntry(true)];
    const auto isSame = [&](const ForgedEntry& e) { return e.isFrame && e.block == entry.block; };
    const auto first = std::find_if(f.log.entries.begin(), f.log.entries.end(), isSame);
    const QByteArray column = columns[f.below(std::size(columns))];
    f.sql = "UPDATE block SET " + column + "=" + column + "+" + QByteArray::number(1 + (f.random() % 100) * 100'000) +
            " WHERE first_frame=" + QByteArray::number(first->frame.head.number);
    f.expect("a number of a block", {Fault::OverviewChanged, Fault::Unreadable, Fault::Missing}, first->seq);
}

void changeTypeName(Forger& f)
{
    std::size_t i = f.anyEntry(true);
    while (f.log.entries[i].frame.type.isEmpty())
        i = f.anyEntry(true);
    const QByteArray type = f.log.entries[i].frame.type;
    const auto first = std::find_if(f.log.entries.begin(), f.log.entries.end(),
                                    [&](const ForgedEntry& e) { return e.isFrame && e.frame.type == type; });
    f.sql = (f.below(2) == 0 ? "DELETE FROM type_name" : "UPDATE type_name SET name=name||'x'") +
            QByteArray(" WHERE name='") + type + '\'';
    f.expect("the name of a type", {Fault::Changed}, first->seq);
}

void appendUnsigned(Forger& f)
{
    ForgedEntry entry = f.log.entries[f.anyEntry(false)];
    f.log.entries.push_back(entry);
    f.log.renumber();
    f.log.chainAnew(f.log.entries.size() - 1, f.log.genesis());
    f.expect("an entry added after the end", {Fault::Unsigned}, f.lastSeq() + 1);
}

void changeFormat(Forger& f)
{
    f.sql = "PRAGMA user_version=" + QByteArray::number(1 + int(f.below(2)));
    f.expect("the format's version", {Fault::IdentityChanged}, 0);
}

void changeEventNumber(Forger& f)
{
    const ForgedEntry& entry = f.log.entries[f.anyEntry(false)];
    f.sql = "UPDATE audit_event SET seq=seq+100000 WHERE seq=" + QByteArray::number(entry.seq);
    // After the last one all that is there fits, but the checkpoint is over more.
    f.expect("the number of an event", {Fault::Missing}, entry.seq);
}

/// Frames of a block that has payloads.
std::vector<const ForgedEntry*> blockWithPayload(Forger& f)
{
    for (;;) {
        const int block = f.log.entries[f.anyEntry(true)].block;
        std::vector<const ForgedEntry*> frames;
        for (const ForgedEntry& entry : f.log.entries) {
            if (entry.isFrame && entry.block == block)
                frames.push_back(&entry);
        }
        if (std::any_of(frames.begin(), frames.end(), [](const auto* e) { return !e->frame.payload.isEmpty(); }))
            return frames;
    }
}

void takePayloadsOut(Forger& f)
{
    const auto frames = blockWithPayload(f);
    const auto kept =
        std::find_if(frames.begin(), frames.end(), [](const auto* e) { return !e->frame.payload.isEmpty(); });
    f.sql = "DELETE FROM payload WHERE first_frame=" + QByteArray::number(frames.front()->frame.head.number);
    f.expect("payloads taken out", {Fault::PayloadMissing}, (*kept)->seq);
}

/// And an entry added that says so. Entries of masked frames cannot be computed then, since the block has no digests of
/// what was kept.
void takePayloadsOutWithAWord(Forger& f)
{
    const auto frames = blockWithPayload(f);
    const auto masked = std::find_if(frames.begin(), frames.end(), [](const auto* e) {
        FrameHead head = e->frame.head;
        head.payloadBytes = quint32(e->frame.payload.size());
        return hasKeptDigest(head, e->frame.digest);
    });
    const quint64 changed = masked != frames.end() ? (*masked)->seq : 0;
    const QByteArray first = QByteArray::number(frames.front()->frame.head.number);
    const QByteArray last = QByteArray::number(frames.back()->frame.head.number);
    f.sql = "DELETE FROM payload WHERE first_frame=" + first;
    ForgedEntry word = f.log.entries[f.anyEntry(false)];
    word.event.action = "payloads-removed";
    word.event.detail = "{\"first_frame\":" + first + ",\"last_frame\":" + last + ",\"rule\":\"age\"}";
    f.log.entries.push_back(word);
    f.log.renumber();
    f.log.chainAnew(f.log.entries.size() - 1, f.log.genesis());
    f.expect("payloads taken out, and a word added", {changed ? Fault::Changed : Fault::Unsigned},
             changed ? changed : f.lastSeq() + 1);
}

constexpr std::array<MutationKind, 18> kinds = {changeCheckpoint,    swapCheckpoints, removeCheckpoints,
                                                spliceCheckpoint,    chainWithoutKey, removeAndChainWithoutKey,
                                                chainWithAnotherKey, cutTail,         changeSessionRow,
                                                changeEnd,           changeBlob,      changeOverview,
                                                changeTypeName,      appendUnsigned,  changeFormat,
                                                changeEventNumber,   takePayloadsOut, takePayloadsOutWithAWord};

} // namespace

std::span<const MutationKind> fileMutations()
{
    return kinds;
}

} // namespace framescope::test
