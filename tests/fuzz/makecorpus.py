#!/usr/bin/env python3
"""Makes the seeds in tests/fuzz/corpus from the data that the tests have.

    python3 tests/fuzz/makecorpus.py [SESSION]

SESSION is a recording of a few frames (`framescope-cli record --demo --scenario load --frames 6 --session SESSION`);
without it the seeds of session files stay as they are.
"""
import hashlib
import json
import pathlib
import shutil
import sqlite3
import struct
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests/fuzz/corpus"
SEP = b"\x1e"
TEXT, UTF16, BINARY, TEXT_BYTES = b"\x00", b"\x01", b"\x02", b"\x03"

SAMPLES = json.loads((ROOT / "tests/data/genesys/sample-frames.json").read_text())
SCHEMAS = ROOT / "resources/schemas"
UPDATE = {
    "id": "1c6b0a52-6f0f-4c07-9d0e-6f3a5b7c8d9e", "conversationId": "c-1", "type": "interaction.update", "version": 3,
    "sequence": 1, "timestamp": "2026-01-05T10:00:01.000Z", "mediaType": "voice", "direction": "inbound",
    "state": "connected", "queue": {"id": "q-0042", "name": "Billing · Español"},
    "agent": {"id": "a-0007", "name": "Zoë Müller"},
    "participants": [{"id": "p-1", "purpose": "customer", "name": "Ana", "state": "connected",
                      "address": "tel:+13175550123"}],
    "routing": {"queueId": "q-0042", "skills": ["es"], "priority": 3, "waitMs": 1200}, "attributes": {"k": "v"}}


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def update(**changes):
    return compact({**UPDATE, **changes})


def media(sequence, samples, codec=0, channels=1):
    return (b"TMED" + bytes([1, codec, channels, 0]) + struct.pack(">II", sequence, 0) +
            hashlib.sha256(samples).digest() + samples)


def write(target, seeds):
    folder = CORPUS / target
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in seeds.items():
        (folder / name).write_bytes(content)


def decoder():
    good = update()
    seeds = {
        "update": b"\x00" + TEXT + good,
        "duplicate-and-gap": b"\x00" + SEP.join([TEXT + good, TEXT + good, TEXT + update(id="x", sequence=9)]),
        "schema": b"\x00" + TEXT + update(routing={"priority": "3"}, state="lost", version=0.5),
        "broken": b"\x00" + TEXT + good[:-20],
        "duplicate-member": b"\x00" + TEXT + b'{"type":"keepalive","type":"keepalive"}',
        "numbers": b"\x00" + TEXT + b'{"type":"keepalive","a":1e999,"b":-0,"c":18446744073709551616,"d":1E-400}',
        "lone-surrogate": b"\x00" + TEXT + rb'{"type":"keepalive","a":"\ud800"}',
        "unknown": b"\x00" + TEXT + b'{"type":"agent.mood"}' + SEP + TEXT + b"[1,2,3]" + SEP + TEXT + b'"text"',
        "utf16": b"\x00" + UTF16 + '{"type":"keepalive"}'.encode("utf-16-le") + b"\x00\xd8",
        "latin1": b"\x00" + BINARY + '{"type":"interaction.update","agent":"Zoë"}'.encode("latin-1"),
        "nested": b"\x00" + TEXT_BYTES + b"[" * 140 + b"]" * 140,
        "media": b"\x00" + BINARY + media(1, b"\x7f" * 80) + SEP + BINARY + media(3, b"\x7f" * 81, 1, 2),
        "media-wrong": b"\x01" + BINARY + media(1, b"\x7f" * 80)[:-1] + b"\x00" + SEP + BINARY + b"TMED\x02",
        "empty": b"\x00" + TEXT + SEP + BINARY,
    }
    for number, sample in enumerate(SAMPLES):
        seeds[f"sample-{number:02}"] = bytes([4 + number % 2 * 2]) + TEXT + compact(sample)
    return seeds


def schema():
    documents = [b"{}", b"[1,1]", b'"text"', b"1.5", update()]
    single = {
        "type": {"type": ["integer", "null"]}, "enum": {"enum": [1, "a", {"b": [None]}]}, "const": {"const": {"a": 1}},
        "range": {"minimum": 1, "maximum": 9, "exclusiveMinimum": 0, "exclusiveMaximum": 10, "multipleOf": 0.5},
        "length": {"minLength": 1, "maxLength": 3, "minItems": 1, "maxItems": 2, "minProperties": 1, "maxProperties": 2},
        "unique": {"uniqueItems": True, "items": {"type": "integer"}},
        "tuple": {"items": [{"type": "integer"}, True], "additionalItems": False, "contains": {"const": 1}},
        "object": {"properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False,
                   "patternProperties": {"^x-": {"type": "integer"}}, "propertyNames": {"maxLength": 4}},
        "dependencies": {"dependencies": {"a": ["b"], "c": {"required": ["d"]}}},
        "combined": {"allOf": [{"type": "object"}], "anyOf": [{"minProperties": 1}, True], "oneOf": [{}, False],
                     "not": {"type": "string"}},
        "condition": {"if": {"type": "object"}, "then": {"required": ["a"]}, "else": {"minimum": 1}},
        "reference": {"definitions": {"node": {"properties": {"next": {"$ref": "#/definitions/node"}}}},
                      "$ref": "#/definitions/node"},
        "self": {"properties": {"a": {"$ref": "#"}}},
        "pattern": {"pattern": "^(a+)+$", "type": "string"},
        "draft4": {"$schema": "http://json-schema.org/draft-04/schema#", "id": "http://x/y", "minimum": 1,
                   "exclusiveMinimum": True},
        "draft2020": {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": {"a": {"type": "integer"}},
                      "prefixItems": [{"$ref": "#/$defs/a"}]},
        "bad": {"type": "integre", "minimum": "1", "required": "a", "$ref": "http://elsewhere/schema"},
    }
    for name in ["date-time", "date", "time", "uuid", "uri", "email", "ipv4", "ipv6", "hostname"]:
        single["format-" + name] = {"format": name}
    text = [compact(t) for t in ["2026-01-05T10:00:01Z", "10:00:01+01:00", "::1", "127.0.0.1", "a@b.c", "http://a/b?c#d"]]
    seeds = {name: SEP.join([compact(each)] + (text if name.startswith("format") else documents))
             for name, each in single.items()}
    seeds["interaction-update"] = SEP.join([(SCHEMAS / "interaction.update.schema.json").read_bytes(), update()])
    return seeds


def matrix():
    built_in = json.loads((ROOT / "resources/payload-matrix.json").read_text())
    messages = [TEXT + update(), TEXT + b'{"type":"keepalive"}', BINARY + media(1, b"\x7f" * 16)]

    def one(**members):
        return compact({"version": 1, "types": [{"name": "t", "kind": "text",
                                                 "match": {"pointer": "/type", "equals": "t"}, **members}]})

    digest = hashlib.sha256(b"body").hexdigest()
    signed = TEXT + compact({"type": "t", "id": "1", "sequence": 1, "checksum": digest, "body": "body"})
    binary = {"name": "b", "kind": "binary", "match": {"offset": 0, "hex": "42"},
              "sequence": {"offset": 1, "bytes": 2}, "checksum": {
                  "algorithm": "sha256", "expected": {"list": [hashlib.sha256(b"B\x00\x01").hexdigest()]},
                  "covers": "payload"}}
    return {
        "built-in": SEP.join([compact(built_in)] + messages),
        "checksum": SEP.join([one(id={"pointer": "/id"}, sequence={"pointer": "/sequence"}, checksum={
            "algorithm": "sha256", "expected": {"pointer": "/checksum"}, "covers": {"pointer": "/body"}}), signed]),
        "inline-schema": SEP.join([one(schema={"type": "object", "required": ["id"]}, subject=["/a~1b/0", "/type"]),
                                   signed]),
        "binary": SEP.join([compact({"version": 1, "types": [binary]}), BINARY + b"B\x00\x01", BINARY + b"B\x00\x09"]),
        "wrong": one(schema="../../../etc/passwd", extra=1),
    }


def topics():
    entities = json.loads((SCHEMAS / "notification-topics.json").read_text())["entities"]
    small = sorted(entities, key=lambda entity: len(compact(entity)))[:4]
    seeds = {"presence": SEP.join([compact({"entities": [e for e in entities if e["id"].endswith(".presence")][:1]}),
                                   compact(SAMPLES[0])]),
             "small": SEP.join([compact({"entities": small})] + [compact(sample) for sample in SAMPLES[:3]])}
    seeds["own"] = SEP.join([compact({"entities": [
        {"id": "v2.users.{id}.presence", "schema": {"id": "urn:a", "type": "object", "properties": {
            "source": {"type": "string", "enum": ["A"]}, "b": {"type": "object", "$ref": "urn:a"}}}},
        {"id": "v2.users.{id}.presence"}, {"id": 1}]}), compact(SAMPLES[0])])
    return seeds


def filters():
    expressions = ['msg.type == "interaction.update"', "msg.type != keepalive", "check.status == fail",
                   "check.rule == SCHEMA-REQUIRED", "msg.topic == v2.users.{id}.presence", "lat.e2e > 250ms",
                   "frame.control == false", "frame.no >= 100", '"Müller"', "word other and third && frame.no == 1",
                   "lat.e2e > 99999999999h", 'msg.type == "un\\"closed', "frame.no >= -1"]
    return {f"{number:02}": text.encode() for number, text in enumerate(expressions)}


def rest():
    channel = {"id": "streaming-1-abc", "connectUri": "wss://streaming.mypurecloud.de/channels/streaming-1-abc",
               "expires": "2025-11-25T20:15:00.000Z"}
    local = {**channel, "connectUri": "ws://127.0.0.1:8080/channels/streaming-1-abc"}
    subscribed = {"entities": [{"id": "v2.users.x.presence", "state": "Permitted"},
                               {"id": "v2.users.y.presence", "state": "Rejected", "rejectionReason": "no",
                                "missingPermissions": ["notifications:view"]}]}
    error = {"message": "Rate limit exceeded, retry the request in [27] seconds", "code": "too.many.requests",
             "status": 429, "contextId": "c", "messageParams": {"a": "b"}, "details": [], "errors": []}
    token = {"access_token": "abc.def", "token_type": "bearer", "expires_in": 86399}
    system = {"topicName": "v2.system.socket_closing", "eventBody": {"message": "x"}, "version": "1", "metadata": {}}
    lists = {"entities": [{"id": "v2.users.{id}.presence", "description": "d", "requiresPermissions": ["a"],
                           "transports": ["All"], "visibility": "Public", "schema": {"type": "object"}}]}
    bodies = [(0, channel), (1, local), (2, subscribed), (3, error), (4, lists), (5, SAMPLES[0]), (5, system),
              (5, {"result": "404"}), (6, token),
              (7, {"error": "invalid_client", "description": "bad", "error_description": "worse"})]
    return {f"{number:02}": bytes([which]) + compact(body) for number, (which, body) in enumerate(bodies)}


def http():
    texts = [(0, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Sunday, 06-Nov-94 08:49:37 GMT"),
             (0, "Sun Nov  6 08:49:37 1994"), (1, "120"), (1, "Fri, 31 Dec 2099 23:59:59 GMT"), (1, "-1"),
             (2, "WebSocketPrivate::processHandshake: Unhandled http status code: 429 (Too Many Requests)."),
             (3, "wss://user@api.mypurecloud.de:443/a?b=c#d"), (3, "ws://[::1]:8080/"), (3, "http://127.1/"),
             (4, "eu_central_1"), (4, "mypurecloud.de"), (5, "v2.users.6513270e-269e-4d37-b2a7-4de452e6b438.presence"),
             (5, "v2.users.x?presence&routingStatus")]
    return {f"{number:02}": bytes([which]) + text.encode() for number, (which, text) in enumerate(texts)}


def block():
    count, payload = 2, b'{"type":"a"}TMED'
    heads = struct.pack("<QQ", 1, 1)
    for column, values in [("Q", [5, 6]), ("Q", [7, 0]), ("Q", [12, 4]), ("I", [12, 4]), ("I", [9, 9]), ("I", [1, 0]),
                           ("I", [4, 0]), ("I", [0, 0]), ("I", [0, 0]), ("H", [0, 0]), ("H", [1, 0]), ("H", [0, 0]),
                           ("H", [1, 1]), ("B", [1, 2]), ("B", [0, 0]), ("B", [2, 0]), ("B", [0, 1]), ("B", [17, 1]),
                           ("q", [0, 0])]:
        heads += struct.pack(f"<{count}{column}", *values)
    finding = struct.pack("<IHBII", 0, 21, 2, 1, 4)
    for text in [b"/a", b"/required", b"a", b"nothing"]:
        finding += struct.pack("<I", len(text)) + text
    digests = bytes(range(32)) * count
    sizes = struct.pack("<HHHHHHH", count, 1, 1, len(payload), len(heads), len(finding), len(digests))
    row = sizes + heads + finding + digests + payload
    return {"two-frames": b"\x00" + row, "unpacked": b"\x07" + row, "cut": b"\x00" + row[:-40]}


def sessions(path):
    """A short session, in small pages so that a mutation hits something; and as if it were of format 1."""
    seeds = {}
    for version in (2, 1):
        with tempfile.TemporaryDirectory() as folder:
            small = pathlib.Path(folder) / "small"
            shutil.copy(path, small)
            connection = sqlite3.connect(small)
            connection.executescript(f"PRAGMA journal_mode=DELETE; PRAGMA page_size=512; PRAGMA user_version={version}; VACUUM")
            connection.close()
            seeds[f"version-{version}"] = small.read_bytes()
    return seeds


def commandline():
    lines = [["--demo", "--scenario", "load", "--seed", "1", "--rate", "0", "--frames", "10"],
             ["--url", "wss://api.mypurecloud.de/api/v2/streaming/interactions", "--header", "X-A: b", "--seconds", "1.5"],
             ["--url", "ws://127.0.0.1:1/", "--token-url", "http://127.0.0.1:1/oauth/token", "--scope", "a b"],
             ["--notifications", "v2.users.x.presence", "v2.users.y.presence", "--region", "eu-central-1",
              "--topics-per-channel", "10", "--mask-personal"],
             ["--notifications", "t", "--gateway", "http://127.0.0.1:1/", "--filter", "frame.no >= 1", "--jsonl", "-"],
             ["--profile", "p", "--fail-on", "warning", "--payloads", "digest", "--quiet"],
             ["--url", "ws://elsewhere/", "--ca-file", "none.pem", "--matrix", "m.json", "--outlet", "o"],
             ["--demo", "--payloads", "redacted", "--redact", "none.json", "--redact-pointer", "a@v2.users.*=/b/*/~2"]]
    seeds = {f"{number:02}": b"\x00" + SEP.join(word.encode() for word in line) for number, line in enumerate(lines)}
    seeds["dotenv"] = b"\x03# comment\nexport GENESYS_CLIENT_ID = \"a b\"\nGENESYS_CLIENT_SECRET='c'\nOTHER=d\nGENESYS_ENV=\n"
    return seeds


def main():
    write("decoder", decoder())
    write("schema", schema())
    write("matrix", matrix())
    write("topics", topics())
    write("filter", filters())
    write("rest", rest())
    write("http", http())
    write("block", block())
    write("commandline", commandline())
    if len(sys.argv) > 1:
        write("session", sessions(sys.argv[1]))


main()
