#include "tests/core/store/storefixture.h"

#include <random>

namespace framescope::test {

SessionInfo sessionInfo()
{
    SessionInfo info;
    info.sessionId = "00112233445566778899aabbccddeeff";
    info.toolVersion = "test";
    info.sourceKind = "live";
    info.sourceName = "ws://127.0.0.1/stream · Zoë";
    info.startedWallNs = 1'764'015'300'123'456'789;
    info.startedMonoNs = 42;
    return info;
}

AuditEvent connectedEvent(const QString& object)
{
    AuditEvent event = auditEvent(AuditAction::Connected, Severity::Note, object, {{QStringLiteral("attempt"), 1}});
    event.connection = 2;
    event.attempt = 1;
    return event;
}

std::shared_ptr<FrameBatch> variedBatch(quint64 firstNumber, int count, unsigned seed)
{
    std::mt19937 random(seed);
    std::vector<FrameSpec> specs;
    for (int i = 0; i < count; ++i) {
        FrameSpec spec;
        spec.verdict = Verdict(random() % 3);
        spec.checksum = ChecksumState(random() % 3);
        spec.parseNs = quint32(random());
        if (random() % 4 == 0) {
            spec.type = "telephony.media";
            spec.opcode = Opcode::Binary;
            spec.payload.resize(qsizetype(random() % 2000));
            for (char& byte : spec.payload)
                byte = char(random());
        } else {
            spec.type = "type." + QByteArray::number(random() % 5);
            spec.payload = R"({"id":"m-)" + QByteArray::number(quint64(firstNumber) + quint64(i)) +
                           R"(","name":"Zoë \"Ü\"","v":)" + QByteArray::number(random()) + "}";
        }
        for (unsigned n = 0; spec.verdict != Verdict::Accepted && n < 1 + random() % 3; ++n) {
            spec.findings.push_back({FindingId::SchemaRequired,
                                     Severity(random() % 3),
                                     0,
                                     {quint32(random() % 9), quint32(random() % 9)},
                                     "/routing/" + QByteArray::number(n),
                                     "/properties/routing",
                                     "number",
                                     "\"ü\""});
        }
        specs.push_back(spec);
    }
    auto batch = makeBatch(specs, firstNumber, 0, qint64(1'000'000'000 + firstNumber * 1'000'000));
    for (FrameHead& head : batch->heads) {
        head.connection = quint16(random() % 3);
        head.attempt = quint16(1 + random() % 70'000);
        head.direction = Direction(random() % 2);
        head.wallNs -= qint64(random() % 5'000'000); // the wall clock is set while we watch
        if (random() % 3 == 0)
            head.eventWallNs = head.wallNs + qint64(random() % 900'000'000) - 600'000'000; // clocks differ
        if (random() % 5 == 0)
            head.flags |= FrameFlag::Control | FrameFlag::Masked;
        if (head.opcode == Opcode::Text)
            head.id = {7, 3};
        if (random() % 2)
            head.flags |= FrameFlag::Simulated;
    }
    // Refused by the gate: the size is known, the bytes are not kept.
    FrameHead& gated = batch->heads.back();
    batch->payload.erase(batch->payload.end() - std::ptrdiff_t(gated.payloadBytes), batch->payload.end());
    gated.payloadBytes = 0;
    gated.sizeBytes = 6 * 1024 * 1024;
    gated.flags = 0;
    batch->digests.back() = {};
    return batch;
}

QString difference(const FrameBatch& a, std::size_t i, const FrameBatch& b, std::size_t j)
{
    const FrameHead& x = a.heads[i];
    const FrameHead& y = b.heads[j];
    const auto at = [&](const char* what) {
        return QStringLiteral("frame %1: %2 differs").arg(x.number).arg(QLatin1String(what));
    };
    if (x.number != y.number || a.firstAuditSeq + i != b.firstAuditSeq + j)
        return at("number");
    if (x.monoNs != y.monoNs || x.wallNs != y.wallNs || x.eventWallNs != y.eventWallNs || x.parseNs != y.parseNs)
        return at("time");
    if (x.sizeBytes != y.sizeBytes || x.payloadBytes != y.payloadBytes)
        return at("size");
    if (!(x.id == y.id) || !(x.subject == y.subject))
        return at("range");
    if (x.connection != y.connection || x.attempt != y.attempt || x.opcode != y.opcode || x.direction != y.direction)
        return at("connection");
    if (x.verdict != y.verdict || x.checksum != y.checksum || x.flags != y.flags)
        return at("verdict");
    if (a.typeNameOf(i) != b.typeNameOf(j))
        return at("type");
    if (a.payloadOf(i) != b.payloadOf(j) || a.digests[i] != b.digests[j])
        return at("payload");
    const auto f = a.findingsOf(i);
    const auto g = b.findingsOf(j);
    if (f.size() != g.size() || x.findingCount != y.findingCount)
        return at("number of findings");
    for (std::size_t k = 0; k < f.size(); ++k) {
        if (f[k].id != g[k].id || f[k].severity != g[k].severity || !(f[k].range == g[k].range) ||
            f[k].pointer != g[k].pointer || f[k].schemaPointer != g[k].schemaPointer ||
            f[k].expected != g[k].expected || f[k].actual != g[k].actual || g[k].frame != j)
            return at("a finding");
    }
    return {};
}

Expected<std::vector<FrameBatchPtr>> readBlocks(SessionReader& reader)
{
    std::vector<FrameBatchPtr> blocks;
    for (quint64 number = 1;;) {
        auto block = reader.nextBlock(number);
        if (!block)
            return tl::unexpected(block.error());
        if (!*block)
            return blocks;
        number = (*block)->lastNumber() + 1;
        blocks.push_back(*block);
    }
}

} // namespace framescope::test
