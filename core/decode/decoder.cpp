#include "core/decode/decoder.h"

#include "core/decode/framejudge.h"
#include "core/decode/framemasker.h"
#include "core/decode/utf8.h"

#include <limits>

namespace framescope {

namespace {

quint32 nsSince(qint64 monoNs)
{
    return quint32(std::clamp<qint64>(monotonicNs() - monoNs, 0, std::numeric_limits<quint32>::max()));
}

FrameHead headOf(const RawFrame& frame, quint64 sizeBytes, quint64 number, quint8 flags)
{
    FrameHead head;
    head.number = number;
    head.monoNs = frame.arrival.monoNs;
    head.wallNs = frame.arrival.wallNs;
    head.sizeBytes = sizeBytes;
    head.connection = frame.connection;
    head.attempt = frame.attempt;
    head.opcode = frame.opcode;
    head.direction = frame.direction;
    head.flags = flags;
    return head;
}

void reportSize(FindingId id, quint64 sizeBytes, quint64 limitBytes, FindingCollector& findings)
{
    if (findings.wants(id)) {
        findings.add({.id = id,
                      .range = {},
                      .pointer = {},
                      .schemaPointer = {},
                      .expected = "at most " + QByteArray::number(limitBytes) + " bytes",
                      .actual = QByteArray::number(sizeBytes) + " bytes"});
    }
}

void seal(FrameHead& head, const Sha256Digest& digest, FindingCollector& findings, FrameBatch& batch)
{
    findings.finish();
    head.findingCount = quint16(findings.count());
    head.firstFinding = quint32(batch.findings.size() - findings.count());
    head.verdict = findings.verdict();
    batch.digests.push_back(digest);
    head.parseNs = nsSince(head.monoNs);
    batch.heads.push_back(head);
}

} // namespace

struct Decoder::Private
{
    Private(PayloadMatrix loaded, const DecoderOptions& wanted)
        : matrix(std::move(loaded))
        , options(wanted)
        , rules(matrix.data() ? matrix.data() : std::make_shared<const PayloadMatrix::Private>())
        , names(namesOf(*rules))
        , judge(*rules, names, wanted)
    {
    }

    static TypeNameTable namesOf(const PayloadMatrix::Private& rules)
    {
        TypeNameTable table(typeNameLimit);
        for (const TypeRule& type : rules.types)
            table.addKnown(type.name);
        return table;
    }

    /// Control frames name the channel, and what is not as it should be may hold anything. Of control messages only a
    /// heartbeat or pong that is just that is known to hold nothing personal; its `message` says which of the two it
    /// is.
    void mask(std::span<char> payload, FrameHead& head, FindingCollector& findings)
    {
        const bool isControl = (head.flags & FrameFlag::Control) != 0;
        const bool isSignOfLife =
            isControl && findings.count() == 0 && (*names.names())[head.type] == "channel.metadata";
        const FrameMasker::What what{options.maskPersonal && !isSignOfLife, isControl || findings.count() > 0};
        if (what.personal || what.secrets)
            masker.mask(payload, head, findings.taken(), what);
    }

    /// Appends the payload and, behind it, the parser's padding. Returns the payload's size.
    static std::size_t append(const RawFrame& frame, quint64 sizeBytes, std::vector<char>& bytes)
    {
        if (frame.isUtf16())
            return appendUtf8(frame.text, std::size_t(sizeBytes), JsonReader::padding, bytes);
        const std::size_t offset = bytes.size();
        const std::size_t size = std::size_t(frame.bytes.size());
        // Not by resize() and a copy: megabytes would be written twice.
        if (const std::size_t needed = offset + size + JsonReader::padding; needed > bytes.capacity())
            bytes.reserve(std::max(needed, bytes.capacity() * 2));
        bytes.insert(bytes.end(), frame.bytes.begin(), frame.bytes.end());
        bytes.resize(offset + size + JsonReader::padding);
        return size;
    }

    PayloadMatrix matrix;
    DecoderOptions options;
    std::shared_ptr<const PayloadMatrix::Private> rules;
    TypeNameTable names;
    FrameJudge judge;
    FrameMasker masker;
};

Decoder::Decoder(PayloadMatrix matrix, const DecoderOptions& options)
    : d(std::make_unique<Private>(std::move(matrix), options))
{
}

Decoder::~Decoder() = default;

void Decoder::decode(const RawFrame& frame, quint64 sizeBytes, quint64 number, FrameBatch& batch)
{
    const std::size_t offset = batch.payload.size();
    // Places in a batch are 32-bit. No message that a gate lets through comes near; without one, nothing may wrap
    // around.
    constexpr quint64 placeLimit = std::numeric_limits<quint32>::max();
    const quint64 most = frame.isUtf16() ? quint64(frame.text.size()) * 3 : quint64(frame.bytes.size());
    if (offset + most + JsonReader::padding > placeLimit) {
        appendRefusedByGate(frame, sizeBytes, placeLimit, number, batch);
        return;
    }
    FrameHead head = headOf(frame, sizeBytes, number, d->options.frameFlags);
    FindingCollector findings(batch.findings, quint32(batch.heads.size()));
    // The parser reads past the end in whole vectors. The padding is taken back below: the next payload starts there.
    const std::size_t size = Private::append(frame, std::min(sizeBytes, most), batch.payload);
    const QByteArrayView payload(batch.payload.data() + offset, qsizetype(size));

    if (sizeBytes > d->options.flagBytes)
        reportSize(FindingId::SizeLarge, sizeBytes, d->options.flagBytes, findings);
    const Sha256Digest digest = Sha256::digest(payload);
    JudgedFrame judged{payload, head, digest, findings, {}};
    d->judge.judge(judged);
    if (!judged.wireType.isNull())
        head.type = d->names.intern(judged.wireType);
    d->mask(std::span(batch.payload).subspan(offset, size), head, findings);

    head.payloadOffset = quint32(offset);
    if (d->options.keepPayload) {
        head.payloadBytes = quint32(size);
        head.flags |= FrameFlag::PayloadKept;
        batch.payload.resize(offset + size);
    } else {
        head.id = {};
        head.subject = {};
        batch.payload.resize(offset);
    }
    seal(head, digest, findings, batch);
}

void Decoder::appendRefusedByGate(const RawFrame& frame, quint64 sizeBytes, quint64 limitBytes, quint64 number,
                                  FrameBatch& batch)
{
    FrameHead head = headOf(frame, sizeBytes, number, d->options.frameFlags);
    head.payloadOffset = quint32(batch.payload.size());
    FindingCollector findings(batch.findings, quint32(batch.heads.size()));
    reportSize(FindingId::SizeGate, sizeBytes, limitBytes, findings);
    d->judge.passUnread(frame.connection);
    seal(head, Sha256Digest{}, findings, batch);
}

void Decoder::connectionStarted(quint16 connection)
{
    d->judge.connectionStarted(connection);
}

void Decoder::useTopics(TopicSchemas topics)
{
    d->judge.useTopics(topics);
}

TypeNamesPtr Decoder::typeNames() const
{
    return d->names.names();
}

} // namespace framescope
