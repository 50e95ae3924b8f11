#include "core/decode/decoder.h"

#include "core/decode/framejudge.h"
#include "core/decode/framemasker.h"
#include "core/decode/frameredactor.h"
#include "core/decode/utf8.h"

#include <limits>

namespace framescope {

namespace {

quint32 nsSince(qint64 monoNs)
{
    return quint32(std::clamp<qint64>(monotonicNs() - monoNs, 0, std::numeric_limits<quint32>::max()));
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
        if (wanted.redaction.isEmpty() || !wanted.keepPayload)
            return;
        redactor = std::make_unique<FrameRedactor>(wanted.redaction, *rules);
        if (wanted.topics)
            redactor->useTopics(*wanted.topics);
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

    void nameType(const JudgedFrame& judged);
    void judgeFrame(std::size_t index, FrameBatch& batch);
    Sha256Digest judgePayload(FrameHead& head, FindingCollector& findings, std::span<char> payload);

    PayloadMatrix matrix;
    DecoderOptions options;
    std::shared_ptr<const PayloadMatrix::Private> rules;
    TypeNameTable names;
    FrameJudge judge;
    FrameMasker masker;
    std::unique_ptr<FrameRedactor> redactor; ///< none: there are no rules
};

Decoder::Decoder(PayloadMatrix matrix, const DecoderOptions& options)
    : d(std::make_unique<Private>(std::move(matrix), options))
{
}

Decoder::~Decoder() = default;

void Decoder::judge(FrameBatch& batch)
{
    if (batch.digests.size() == batch.heads.size())
        return;
    // The parser reads past the end of a text in whole vectors: into the next one, and behind the last into this.
    const std::size_t bytes = batch.payload.size();
    batch.payload.resize(bytes + JsonReader::padding);
    batch.digests.reserve(batch.heads.size());
    if (d->redactor)
        d->redactor->start(batch, batch.digests.size());
    for (std::size_t index = batch.digests.size(); index < batch.heads.size(); ++index)
        d->judgeFrame(index, batch);
    batch.payload.resize(d->options.keepPayload ? bytes : 0);
    if (d->redactor)
        d->redactor->finish(batch);
}

void Decoder::Private::judgeFrame(std::size_t index, FrameBatch& batch)
{
    FrameHead& head = batch.heads[index];
    FindingCollector findings(batch.findings, quint32(index));
    const std::span<char> payload = std::span(batch.payload).subspan(head.payloadOffset, head.payloadBytes);
    Sha256Digest digest{};
    if (payload.size() == head.sizeBytes) {
        digest = judgePayload(head, findings, payload);
    } else {
        constexpr quint64 placeLimit = std::numeric_limits<quint32>::max();
        reportSize(FindingId::SizeGate, head.sizeBytes, std::min(options.refuseBytes, placeLimit), findings);
        judge.passUnread(head.connection);
        if (redactor)
            redactor->pass(head);
    }
    if (!options.keepPayload) {
        head.id = {};
        head.subject = {};
        head.payloadOffset = 0;
        head.payloadBytes = 0;
    }
    findings.finish();
    head.findingCount = quint16(findings.count());
    head.firstFinding = quint32(batch.findings.size() - findings.count());
    head.verdict = findings.verdict();
    batch.digests.push_back(digest);
    head.parseNs = nsSince(head.monoNs);
}

Sha256Digest Decoder::Private::judgePayload(FrameHead& head, FindingCollector& findings, std::span<char> payload)
{
    if (head.sizeBytes > options.flagBytes)
        reportSize(FindingId::SizeLarge, head.sizeBytes, options.flagBytes, findings);
    const QByteArrayView bytes(payload.data(), qsizetype(payload.size()));
    const Sha256Digest digest = Sha256::digest(bytes);
    JudgedFrame judged{bytes, head, digest, findings, {}};
    judge.judge(judged);
    nameType(judged);
    mask(payload, head, findings);
    if (options.keepPayload)
        head.flags |= FrameFlag::PayloadKept;
    if (redactor)
        redactor->apply(bytes, head, findings.taken());
    return digest;
}

/// Rules may be for one type, and may take out what names the type; then nobody learns that name.
void Decoder::Private::nameType(const JudgedFrame& judged)
{
    FrameHead& head = judged.head;
    if (redactor) {
        const QByteArrayView type = judged.wireType.isNull() ? (*names.names())[head.type] : judged.wireType;
        redactor->find(judged.payload, (head.flags & FrameFlag::JsonPayload) != 0, head, type);
        if (redactor->hidesType(type)) {
            head.type = unknownType;
            return;
        }
    }
    if (!judged.wireType.isNull())
        head.type = names.intern(judged.wireType);
}

void Decoder::redactJudged(FrameBatch& batch)
{
    if (!d->redactor)
        return;
    FrameRedactor& redactor = *d->redactor;
    JsonReader reader(d->options.depthLimit);
    const std::size_t bytes = batch.payload.size();
    batch.payload.resize(bytes + JsonReader::padding);
    redactor.start(batch, 0);
    for (std::size_t index = 0; index < batch.size(); ++index) {
        FrameHead& head = batch.heads[index];
        const QByteArrayView payload(batch.payload.data() + head.payloadOffset, qsizetype(head.payloadBytes));
        std::vector<Finding> unwanted; // only whether it is JSON, since what the flag says may be wrong
        FindingCollector collector(unwanted, 0);
        const bool isJson = !payload.isEmpty() && reader.readText(payload, collector);
        const QByteArray type = (*d->names.names())[head.type];
        redactor.find(payload, isJson, head, type);
        if (!payload.isEmpty()) // else what was judged is all that is known
            head.flags = quint8(isJson ? head.flags | FrameFlag::JsonPayload : head.flags & ~FrameFlag::JsonPayload);
        if (redactor.hidesType(type))
            head.type = unknownType;
        const std::span findings = std::span(batch.findings).subspan(head.firstFinding, head.findingCount);
        redactor.pass(head);
        if (payload.isEmpty())
            redactor.cleanWithheld(head, findings);
        else
            redactor.apply(payload, head, findings);
    }
    redactor.finish(batch);
}

const RedactionCounts& Decoder::redactionCounts() const
{
    static const RedactionCounts none;
    return d->redactor ? d->redactor->counts() : none;
}

void Decoder::connectionStarted(quint16 connection)
{
    d->judge.connectionStarted(connection);
}

void Decoder::passUnread(quint16 connection, quint64 count)
{
    d->judge.passUnread(connection, count);
}

void Decoder::useTopics(const TopicSchemas& topics)
{
    d->judge.useTopics(topics);
    if (d->redactor)
        d->redactor->useTopics(topics);
}

TypeId Decoder::typeNamed(QByteArrayView name)
{
    return name.isEmpty() ? unknownType : d->names.intern(name);
}

TypeNamesPtr Decoder::typeNames() const
{
    return d->names.names();
}

} // namespace framescope
