#!/usr/bin/env python3
"""A second verifier of session files, written from core/audit/README.md and core/store/README.md alone.

It shares no code with Framescope: Python's standard library, the zstd library that the format is compressed with (by
ctypes), and the openssl command for Ed25519.

    verify_session.py [--public-key PEM] [--anchor [ENTRY:]HASH] FILE       words; exit 0 or 6
    verify_session.py --batch                                               reads lines "FILE[<TAB>[ENTRY:]HASH|-[<TAB>
                                                                            COUNT[<TAB>PEM]]]" from standard input and
                                                                            prints "FAULT FIRST CHECKPOINT" for each
    verify_session.py --vector                                              prints the hashes of the README's example
"""
import ctypes
import ctypes.util
import bisect
import hashlib
import json
import os
import sqlite3
import struct
import subprocess
import sys
import tempfile

CHAIN_VERSION = 1
LATER_KEYS = (b"genesis", b"public_key", b"ended_wall_ns")
UNSIGNED_LIMIT = 1000
# RFC 8410: SubjectPublicKeyInfo of an Ed25519 key is this, then its 32 bytes.
SPKI = bytes.fromhex("302a300506032b6570032100")
KEPT, MASKED = 1, 64


def sha256(data):
    return hashlib.sha256(data).digest()


def text(data):
    return struct.pack("<I", len(data)) + data


class Damaged(Exception):
    pass


class Zstd:
    def __init__(self):
        self.lib = ctypes.CDLL(ctypes.util.find_library("zstd") or "libzstd.so.1")
        for name in ("ZSTD_getFrameContentSize", "ZSTD_decompress", "ZSTD_findFrameCompressedSize"):
            getattr(self.lib, name).restype = ctypes.c_ulonglong

    def expand(self, blob, size=None, limit=64 << 20):
        blob = bytes(blob or b"")
        said = self.lib.ZSTD_getFrameContentSize(blob, ctypes.c_size_t(len(blob)))
        if said > limit or (size is not None and said != size):
            raise Damaged
        out = ctypes.create_string_buffer(max(1, said))
        got = self.lib.ZSTD_decompress(out, ctypes.c_size_t(said), blob, ctypes.c_size_t(len(blob)))
        if got != said:
            raise Damaged
        return out.raw[:said]

    def split(self, blob):
        """The first zstd frame of a blob, and what follows it."""
        blob = bytes(blob)
        size = self.lib.ZSTD_findFrameCompressedSize(blob, ctypes.c_size_t(len(blob)))
        if size > len(blob):
            raise Damaged
        return blob[:size], blob[size:]


def kept_payloads(blob, sizes, opcodes):
    """Each frame's payload: of one zstd frame in their order, of two those of text frames in the first."""
    first, rest = zstd.split(blob)
    total, texts = sum(sizes), sum(size for size, opcode in zip(sizes, opcodes) if opcode == 1)
    kinds = [True] * len(sizes) if not rest else [opcode == 1 for opcode in opcodes]
    bytes_of = {True: zstd.expand(first, texts if rest else total), False: zstd.expand(rest, total - texts) if rest else b""}
    at, payloads = {True: 0, False: 0}, []
    for kind, size in zip(kinds, sizes):
        payloads.append(bytes_of[kind][at[kind]:at[kind] + size])
        at[kind] += size
    return payloads


zstd = Zstd()
signature_cache = {}


def pem_of(raw):
    import base64
    return b"-----BEGIN PUBLIC KEY-----\n" + base64.encodebytes(SPKI + raw) + b"-----END PUBLIC KEY-----\n"


def raw_of(pem):
    import base64
    body = b"".join(line for line in pem.split(b"\n") if line and not line.startswith(b"-----"))
    der = base64.b64decode(body)
    if der[:len(SPKI)] != SPKI or len(der) != len(SPKI) + 32:
        raise SystemExit("not an Ed25519 public key")
    return der[len(SPKI):]


def signature_fits(raw, message, signature):
    found = signature_cache.get((raw, message, signature))
    if found is None:
        with tempfile.TemporaryDirectory() as folder:
            paths = [os.path.join(folder, name) for name in ("key", "message", "signature")]
            for path, data in zip(paths, (pem_of(raw), message, signature)):
                with open(path, "wb") as out:
                    out.write(data)
            found = subprocess.run(
                ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", paths[0], "-rawin", "-in", paths[1], "-sigfile",
                 paths[2]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
        signature_cache[(raw, message, signature)] = found
    return found


def genesis_hash(version, session):
    data = b"framescope.genesis.v1\0" + struct.pack("<III", CHAIN_VERSION, version, len(session))
    for key in sorted(session):
        data += text(key) + text(session[key])
    return sha256(data)


class Log:
    """Hashes entries of one log; every one begins with the same 64 bytes."""

    def __init__(self, genesis):
        self.domain = (b"framescope.audit.v1\0" + genesis).ljust(64, b"\0")

    def hash(self, previous, entry):
        return sha256(self.domain + previous + entry)


class Event:
    def __init__(self, row):
        (self.seq, wall, mono, severity, action, connection, attempt, obj, detail, self.stored) = row
        if not (0 <= severity <= 255 and 0 <= connection <= 65535 and 0 <= attempt <= 65535):
            raise Damaged
        self.action, self.detail = action, detail
        self.rest = (struct.pack("<qqBHH", mono, wall, severity, connection, attempt) + text(action) + text(obj) +
                     text(detail))

    def bytes(self, shift=0, renumbered=False):
        return b"\x02" + struct.pack("<Q", (self.seq + shift) % 2**64) + self.rest


class FrameEntry:
    def __init__(self, seq, number, rest, stored=b"", payload="fits"):
        self.seq, self.number, self.rest, self.stored, self.payload = seq, number, rest, stored, payload

    def bytes(self, shift=0, renumbered=False):
        return b"\x01" + struct.pack("<QQ", (self.seq + shift) % 2**64,
                                     (self.number + shift * renumbered) % 2**64) + self.rest


BLOCK_SQL = ("SELECT first_frame, frame_count, first_seq, payload_bytes, heads, findings, digests, %s, links, chain,"
             " first_mono_ns, last_mono_ns, first_wall_ns, last_wall_ns, accepted, warned, refused, received_bytes"
             " FROM block ORDER BY first_frame")
# Columns of the heads after the two clocks: name and struct code.
HEAD_COLUMNS = (("size", "Q"), ("kept", "I"), ("parse", "I"), ("id_at", "I"), ("id_len", "I"), ("subject_at", "I"),
                ("subject_len", "I"), ("type", "H"), ("findings", "H"), ("connection", "H"), ("attempt", "H"),
                ("opcode", "B"), ("direction", "B"), ("verdict", "B"), ("checksum", "B"), ("flags", "B"),
                ("event_wall", "q"))
HEAD_BYTES = 16 + sum(struct.calcsize("<" + code) for _, code in HEAD_COLUMNS)


def split_findings(raw, count_of_frame):
    """The findings of each frame as they stand in an entry."""
    result, at = [b""] * len(count_of_frame), 0
    for frame, count in enumerate(count_of_frame):
        for _ in range(count):
            if len(raw) - at < 15:
                raise Damaged
            index, ident, severity, offset, length = struct.unpack_from("<IHBII", raw, at)
            start, at = at + 4, at + 15
            if index != frame or severity > 2:
                raise Damaged
            for _ in range(4):
                if len(raw) - at < 4:
                    raise Damaged
                size = struct.unpack_from("<I", raw, at)[0]
                at += 4 + size
                if size > 16384 or at > len(raw):
                    raise Damaged
            result[frame] += raw[start:at]
    if at != len(raw):
        raise Damaged
    return result


class Removals:
    """What entries `payloads-removed` say: which runs of frames have no payloads any more."""

    def __init__(self, db):
        ranges = {}
        for seq, detail in db.execute("SELECT seq, detail FROM audit_event WHERE action = 'payloads-removed' ORDER BY seq"):
            try:
                said = json.loads(detail)
                first, last = said["first_frame"], said["last_frame"]
            except (ValueError, KeyError, TypeError):
                continue
            if type(first) is int and type(last) is int and 1 <= first <= last:
                ranges[first] = (last, seq)
        self.firsts = sorted(ranges)
        self.ranges = [ranges[first] for first in self.firsts]

    def tell(self, first, last, seq):
        """An entry after seq holds all of these frames."""
        at = bisect.bisect_right(self.firsts, first) - 1
        return at >= 0 and self.ranges[at][0] >= last and self.ranges[at][1] > seq


class Block:
    def __init__(self, row, names, removals):
        (self.first_frame, count, self.first_seq, payload_bytes, heads, findings, digests, payload, links, chain) = row[:10]
        if not 0 < count <= 65536 or not 0 <= payload_bytes <= 64 << 20 or self.first_frame < 1 or self.first_seq < 0:
            raise Damaged
        self.count = count
        heads = zstd.expand(heads, 16 + count * HEAD_BYTES)
        first_frame, first_seq = struct.unpack_from("<QQ", heads)
        if (first_frame, first_seq) != (self.first_frame, self.first_seq):
            raise Damaged
        columns, at = {}, 16
        for name, code in (("mono", "Q"), ("ahead", "Q")) + HEAD_COLUMNS:
            form = "<%d%s" % (count, code)
            columns[name] = struct.unpack_from(form, heads, at)
            at += struct.calcsize(form)
        mono, wall, clock, ahead = [], [], 0, 0
        for step, ahead_step in zip(columns["mono"], columns["ahead"]):
            clock, ahead = (clock + step) % 2**64, (ahead + ahead_step) % 2**64
            mono.append(clock)
            wall.append((clock + ahead) % 2**64)
        if sum(columns["kept"]) != payload_bytes:
            raise Damaged
        for name, allowed in (("opcode", (1, 2)), ("direction", (0, 1)), ("verdict", (0, 1, 2)), ("checksum", (0, 1, 2))):
            if any(value not in allowed for value in columns[name]):
                raise Damaged
        digests = zstd.expand(digests, limit=64 * count)
        kept_digests = digests[32 * count:]
        if len(digests) < 32 * count:
            raise Damaged
        missing = bool(payload_bytes) and not payload
        told = removals.tell(self.first_frame, self.first_frame + count - 1, self.first_seq + count - 1)
        if payload and not payload_bytes:
            raise Damaged
        payloads = kept_payloads(payload, columns["kept"], columns["opcode"]) if payload else [b""] * count
        found = split_findings(zstd.expand(findings, limit=16 << 20) if findings else b"", columns["findings"])
        if len(links) != 4 * count:
            raise Damaged
        self.entries = []
        for i in range(count):
            c = {name: values[i] for name, values in columns.items()}
            kept = payloads[i]
            digest = digests[32 * i:32 * i + 32]
            own_digest = c["kept"] and (c["flags"] & MASKED or digest == bytes(32))
            kept_hash = sha256(kept)
            if own_digest and len(digests) > 32 * count:
                kept_hash, kept_digests = kept_digests[:32], kept_digests[32:]
                if len(kept_hash) != 32:
                    raise Damaged
            entry = struct.pack("<QQqQIIIIIIHHBBBBBH", mono[i], wall[i], c["event_wall"], c["size"],
                                c["kept"], c["parse"], c["id_at"], c["id_len"], c["subject_at"], c["subject_len"],
                                c["connection"], c["attempt"], c["opcode"], c["direction"], c["verdict"], c["checksum"],
                                c["flags"], c["findings"])
            entry += digest + text(names.get(c["type"], b""))
            if own_digest:
                entry += kept_hash
            entry += found[i]
            stored = links[4 * i:4 * i + 4] if i + 1 < count else (links[4 * i:4 * i + 4], chain)
            state = "fits"
            if c["kept"] and missing:
                state = "removed" if told else "missing"
            elif c["kept"] and (told or sha256(kept) != (kept_hash if own_digest else digest)):
                state = "changed"
            self.entries.append(FrameEntry(self.first_seq + i, self.first_frame + i, entry, stored, state))
        if kept_digests or (len(digests) - 32 * count) % 32:
            raise Damaged

        def signed(value):
            return value - 2**64 if value >= 2**63 else value
        verdicts = columns["verdict"]
        self.overview_fits = tuple(row[10:]) == (
            signed(mono[0]), signed(mono[-1]), signed(wall[0]), signed(wall[-1]), verdicts.count(0), verdicts.count(1),
            verdicts.count(2), signed(sum(columns["size"]) % 2**64))


def fits(digest, stored):
    if isinstance(stored, tuple):  # the last of a block: its link and the whole hash
        return stored[0] == digest[:4] and stored[1] == digest
    return len(stored) in (4, 32) and digest[:len(stored)] == stored


def begins(digest, stored):
    """Where it is only asked whether an entry would fit at another place."""
    stored = stored[0] if isinstance(stored, tuple) else stored
    return 4 <= len(stored) <= 32 and digest[:len(stored)] == stored


class Fault(Exception):
    def __init__(self, name, first=0, checkpoint=0):
        super().__init__(name)
        self.name, self.first, self.checkpoint = name, first, checkpoint


class Verifier:
    def __init__(self, path, key=None, anchors=()):
        self.db = sqlite3.connect("file:%s?mode=ro" % path.replace("?", "%3f").replace("#", "%23"), uri=True)
        self.db.text_factory = bytes
        self.expected_key, self.anchors = key, anchors
        self.head, self.seq, self.proven, self.checkpoints = b"", 0, 0, 0
        self.stop_wall, self.key_named, self.any_key_named, self.removed = 0, False, False, 0
        self.checkpoint_fault, self.pending, self.last, self.met, self.suspect = None, None, None, set(), None

    def run(self):
        try:
            return self.verify()
        finally:
            self.db.close()

    def verify(self):
        version = self.db.execute("PRAGMA user_version").fetchone()[0]
        has_table = self.db.execute("SELECT count(*) FROM sqlite_master WHERE type='table' AND name='checkpoint'").fetchone()[0]
        if version < 3 and not has_table:
            raise Fault("no-chain")
        rows = dict(self.db.execute("SELECT key, value FROM session"))
        self.genesis = genesis_hash(version, {k: v for k, v in rows.items() if k not in LATER_KEYS})
        if rows.get(b"genesis", b"") != self.genesis.hex().encode():
            raise Fault("identity-changed")
        try:
            self.key = bytes.fromhex(rows.get(b"public_key", b"").decode("ascii"))
        except ValueError:
            self.key = b""
        if len(self.key) != 32 or self.key.hex().encode() != rows[b"public_key"]:
            self.key = b""
        try:
            self.ended = int(rows.get(b"ended_wall_ns", b"0"))
            if str(self.ended).encode() != rows.get(b"ended_wall_ns", b"0"):
                self.ended = -1
        except ValueError:
            self.ended = -1
        self.log = Log(self.genesis)
        self.head = self.genesis
        if self.expected_key and self.expected_key != self.key:
            self.fail_checkpoint("wrong-key", 1)
        self.checkpoint_rows = self.db.execute(
            "SELECT number, reason, seq, head, wall_ns, mono_ns, boot, previous, key_id, signature FROM checkpoint"
            " ORDER BY number")
        self.load_checkpoint()
        self.walk()
        self.judge_end()
        self.judge_anchors()

    # Entries in order: (sequence number, entry, problem that comes after it).
    def units(self):
        names = {i: n for i, n in self.db.execute("SELECT id, name FROM type_name")}
        names[0] = names.get(0, b"")
        removals = Removals(self.db)
        has_table = self.db.execute("SELECT count(*) FROM sqlite_master WHERE type='table' AND name='payload'").fetchone()[0]
        blocks = self.db.execute(BLOCK_SQL % (
            "(SELECT bytes FROM payload WHERE payload.first_frame = block.first_frame)" if has_table else "payload"))
        events = self.db.execute("SELECT seq, wall_ns, mono_ns, severity, action, connection, attempt, object, detail, chain"
                                 " FROM audit_event ORDER BY seq")
        block, event = blocks.fetchone(), events.fetchone()
        while block or event:
            take_block = bool(block)
            if block and event:
                expected = self.seq + (2 if self.suspect else 1)
                take_block = block[2] == expected or (event[0] != expected and block[2] < event[0])
            if take_block:
                yield lambda row=block: Block(row, names, removals)
                block = blocks.fetchone()
            else:
                yield lambda row=event: Event(row)
                event = events.fetchone()

    def walk(self):
        for make in self.units():
            try:
                unit = make()
            except (Damaged, struct.error, TypeError):
                raise Fault("entry-changed" if self.suspect else "unreadable", self.seq + 1)
            first = unit.first_seq if isinstance(unit, Block) else unit.seq
            expected = self.seq + (2 if self.suspect else 1)
            if first != expected:
                if self.suspect:
                    raise Fault("entry-changed", self.seq + 1)
                raise Fault("entries-missing", expected) if first > expected else Fault("entry-inserted", first)
            for entry in unit.entries if isinstance(unit, Block) else [unit]:
                if self.suspect:
                    self.classify(self.suspect, entry)
                payload = entry.payload if isinstance(entry, FrameEntry) else "fits"
                if payload == "missing":
                    raise Fault("payload-missing", self.seq + 1)
                digest = self.log.hash(self.head, entry.bytes())
                if not fits(digest, entry.stored):
                    self.suspect = entry
                    continue
                if payload == "changed":
                    raise Fault("payload-changed", self.seq + 1)
                self.removed += payload == "removed"
                if isinstance(entry, Event) and entry.action == b"signing-key":
                    self.any_key_named |= b"public_key" in entry.detail
                    self.key_named |= bool(self.key) and sha256(self.key).hex().encode() in entry.detail
                self.seq, self.head = self.seq + 1, digest
                self.meet_checkpoints()
                self.meet_anchors()
            if isinstance(unit, Block) and not unit.overview_fits and not self.suspect:
                raise Fault("overview-changed", first)
        if self.suspect:
            raise Fault("entry-changed", self.seq + 1)
        if self.checkpoint_fault:
            name, number = self.checkpoint_fault
            raise Fault(name, self.proven + 1, number)
        if self.pending:
            raise Fault("tail-missing", self.seq + 1)

    def classify(self, suspect, entry):
        seq = self.seq + 1
        for renumbered in (False, True):
            here = self.log.hash(self.head, entry.bytes(-1, renumbered))
            if begins(here, entry.stored):
                if begins(self.log.hash(here, suspect.bytes(1, renumbered)), suspect.stored):
                    raise Fault("entries-reordered", seq)
                raise Fault("entry-inserted", seq)
        raise Fault("entry-changed", seq)

    def signed_bytes(self, c):
        return (b"framescope.checkpoint.v1\0" + self.genesis + struct.pack("<QBQ", c["number"], c["reason"], c["seq"]) +
                c["head"] + struct.pack("<qq", c["wall"], c["mono"]) + c["boot"] + c["previous"] + c["key_id"])

    def fail_checkpoint(self, name, number):
        if not self.checkpoint_fault:
            self.checkpoint_fault, self.pending = (name, number), None

    def load_checkpoint(self):
        self.pending = None
        if self.checkpoint_fault:
            return
        row = self.checkpoint_rows.fetchone()
        if not row:
            return
        c = dict(zip(("number", "reason", "seq", "head", "wall", "mono", "boot", "previous", "key_id", "signature"), row))
        expected = self.last["number"] + 1 if self.last else 1
        cited = sha256(self.signed_bytes(self.last)) if self.last else bytes(32)
        if not self.key or c["key_id"] != sha256(self.key):
            return self.fail_checkpoint("wrong-key", c["number"])
        try:
            sound = all(len(c[name]) == size for name, size in
                        (("head", 32), ("boot", 16), ("previous", 32), ("signature", 64)))
            sound = sound and signature_fits(self.key, self.signed_bytes(c), c["signature"])
        except struct.error:
            sound = False
        if not sound:
            return self.fail_checkpoint("checkpoint-forged", c["number"])
        if c["number"] != expected:
            return self.fail_checkpoint("checkpoint-missing", expected)
        if c["previous"] != cited or c["seq"] < max(1, self.seq):
            return self.fail_checkpoint("checkpoint-forged", c["number"])
        self.pending = c

    def meet_checkpoints(self):
        while self.pending and self.pending["seq"] == self.seq:
            if self.pending["head"] != self.head:
                raise Fault("chain-remade", self.proven + 1)
            if not self.key_named:
                return self.fail_checkpoint("wrong-key", self.pending["number"])
            self.proven, self.checkpoints = self.seq, self.checkpoints + 1
            if self.pending["reason"] == 3:
                self.stop_wall = self.pending["wall"]
            self.last = self.pending
            self.load_checkpoint()

    def meet_anchors(self):
        for i, (seq, digest, _) in enumerate(self.anchors):
            if seq in (0, self.seq):
                if self.head[:len(digest)] == digest:
                    self.met.add(i)
                elif seq:
                    raise Fault("anchor-differs", seq)

    def judge_end(self):
        missing = Fault("checkpoint-missing", self.proven + 1, self.checkpoints + 1)
        if not self.checkpoints:
            if self.any_key_named or self.key:
                raise missing
            if self.seq:
                raise Fault("not-signed", 1)
            return
        if not self.stop_wall and (self.ended or self.seq - self.proven >= UNSIGNED_LIMIT):
            raise missing
        if self.stop_wall != self.ended:
            raise Fault("end-changed")
        if self.stop_wall and self.seq > self.proven:
            raise Fault("unsigned", self.proven + 1)

    def judge_anchors(self):
        for i, (seq, _, checkpoints) in enumerate(self.anchors):
            if i in self.met:
                if checkpoints > self.checkpoints:
                    raise Fault("checkpoint-missing", self.proven + 1, self.checkpoints + 1)
            elif seq:
                raise Fault("tail-missing", self.seq + 1)
            else:
                raise Fault("anchor-differs")


def anchor_of(word, count=0):
    seq, _, digest = word.rpartition(":")
    return int(seq or 0), bytes.fromhex(digest), count


def verdict_of(path, key=None, anchors=()):
    verifier = None
    try:
        verifier = Verifier(path, key, anchors)
        verifier.run()
        return Fault("none"), verifier
    except Fault as fault:
        return fault, verifier
    except sqlite3.DatabaseError:
        return Fault("unreadable", verifier.seq + 1 if verifier else 0), verifier


def batch():
    for line in sys.stdin:
        fields = line.rstrip("\n").split("\t")
        count = int(fields[2]) if len(fields) > 2 else 0
        anchors = [anchor_of(fields[1], count)] if len(fields) > 1 and fields[1] not in ("", "-") else []
        key = None
        if len(fields) > 3:
            with open(fields[3], "rb") as pem:
                key = raw_of(pem.read())
        fault, _ = verdict_of(fields[0], key, anchors)
        print(fault.name, fault.first, fault.checkpoint, flush=True)


def vector():
    """The example of core/audit/README.md, made by hand."""
    session = {b"id": b"00112233445566778899aabbccddeeff", b"payloads": b"full", b"source_kind": b"live",
               b"source_name": b"Zo\xc3\xab", b"started_mono_ns": b"42", b"started_wall_ns": b"1764015300123456789",
               b"tool_version": b"test"}
    genesis = genesis_hash(3, session)
    log = Log(genesis)
    event = Event((1, 1764015300000000001, 7, 1, b"connected", 2, 1, b"ws://127.0.0.1/stream", b'{"attempt":1}', b""))
    first = log.hash(genesis, event.bytes())
    payload = b'{"type":"interaction.update"}'
    entry = struct.pack("<QQqQIIIIIIHHBBBBBH", 1000, 1764015300000001000, -5, len(payload), len(payload), 9, 1, 2, 3, 4, 5,
                        6, 1, 0, 2, 1, KEPT | 2 | 16, 1)
    entry += sha256(payload) + text(b"interaction.update")
    entry += struct.pack("<HBII", 21, 2, 1, 4) + text(b"/routing") + text(b"/required") + text(b"number") + text(b"\"x\"")
    second = log.hash(first, FrameEntry(2, 1, entry).bytes())
    masked = struct.pack("<QQqQIIIIIIHHBBBBBH", 2000, 1764015300000002000, 0, 100, 3, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0,
                         KEPT | MASKED, 0)
    masked += sha256(b"secret") + text(b"") + sha256(b"***")
    third = log.hash(second, FrameEntry(3, 2, masked).bytes())
    signed = (b"framescope.checkpoint.v1\0" + genesis + struct.pack("<QBQ", 1, 1, 3) + third +
              struct.pack("<qq", 1764015300000000009, 11) + bytes(range(16)) + bytes(32) + sha256(bytes(range(32))))
    for name, digest in (("genesis", genesis), ("event", first), ("frame", second), ("masked", third),
                         ("checkpoint", sha256(signed))):
        print(name, digest.hex())


def main():
    arguments = sys.argv[1:]
    if arguments == ["--batch"]:
        return batch()
    if arguments == ["--vector"]:
        return vector()
    key, anchors = None, []
    while len(arguments) > 2 and arguments[0] in ("--public-key", "--anchor"):
        if arguments[0] == "--anchor":
            anchors.append(anchor_of(arguments[1]))
        else:
            with open(arguments[1], "rb") as pem:
                key = raw_of(pem.read())
        arguments = arguments[2:]
    if len(arguments) != 1:
        sys.exit(__doc__)
    fault, verifier = verdict_of(arguments[0], key, anchors)
    print(fault.name, "first bad entry %d, checkpoint %d" % (fault.first, fault.checkpoint) if fault.name != "none" else
          "%d entries, %d checkpoints, %d payloads removed by retention, head %s" %
          (verifier.seq, verifier.checkpoints, verifier.removed, verifier.head.hex()))
    sys.exit(0 if fault.name == "none" else 6)


if __name__ == "__main__":
    main()
