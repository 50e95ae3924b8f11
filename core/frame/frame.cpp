#include "core/frame/frame.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace framescope {

namespace {

constexpr std::size_t findingTextBytes = 128; ///< of its texts, about: they are rarely looked at

/// A batch may live long, in a cache or a queue: a copy now costs less than the room that it would keep.
template <typename T>
void giveBackRoom(std::vector<T>& values)
{
    if (values.capacity() - values.size() > values.size() / 4)
        values.shrink_to_fit();
}

} // namespace

void FrameBatch::shrink()
{
    giveBackRoom(heads);
    giveBackRoom(digests);
    giveBackRoom(findings);
    giveBackRoom(payload);
}

std::size_t FrameBatch::weightBytes() const
{
    return sizeof(FrameBatch) + heads.capacity() * sizeof(FrameHead) + digests.capacity() * sizeof(Sha256Digest) +
           keptDigests.capacity() * sizeof(Sha256Digest) + findings.capacity() * sizeof(Finding) +
           findings.size() * findingTextBytes + payload.capacity();
}

QByteArrayView FrameBatch::payloadOf(std::size_t index) const
{
    const FrameHead& head = heads[index];
    if (std::size_t(head.payloadOffset) + head.payloadBytes > payload.size())
        return {};
    return QByteArrayView(payload.data() + head.payloadOffset, head.payloadBytes);
}

std::span<const Finding> FrameBatch::findingsOf(std::size_t index) const
{
    const FrameHead& head = heads[index];
    if (std::size_t(head.firstFinding) + head.findingCount > findings.size())
        return {};
    return std::span(findings).subspan(head.firstFinding, head.findingCount);
}

QByteArrayView FrameBatch::typeNameOf(std::size_t index) const
{
    const TypeId type = heads[index].type;
    return types && type < types->size() ? QByteArrayView((*types)[type]) : QByteArrayView("");
}

QByteArrayView FrameBatch::rangeOf(std::size_t index, ByteRange range) const
{
    const QByteArrayView all = payloadOf(index);
    if (range.isNull() || quint64(range.offset) + range.length > quint64(all.size()))
        return {};
    return all.sliced(range.offset, range.length);
}

Frame Frame::fromBatch(const FrameBatch& batch, std::size_t index)
{
    Frame frame;
    frame.head = batch.heads[index];
    if (index < batch.digests.size())
        frame.digest = batch.digests[index];
    frame.type = batch.typeNameOf(index).toByteArray();
    frame.payload = batch.payloadOf(index).toByteArray();
    const auto findings = batch.findingsOf(index);
    frame.findings.assign(findings.begin(), findings.end());
    if (batch.isPayloadRemoved(index))
        frame.removal = batch.removal;
    frame.auditSeq = batch.firstAuditSeq + index;
    frame.head.payloadOffset = 0;
    frame.head.firstFinding = 0;
    return frame;
}

QLatin1String verdictName(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Accepted:
        return QLatin1String("accepted");
    case Verdict::Warned:
        return QLatin1String("warned");
    case Verdict::Refused:
        return QLatin1String("refused");
    }
    return QLatin1String("unknown");
}

QLatin1String checksumStateName(ChecksumState state)
{
    switch (state) {
    case ChecksumState::NotDeclared:
        return QLatin1String("not declared");
    case ChecksumState::Verified:
        return QLatin1String("verified");
    case ChecksumState::Mismatch:
        return QLatin1String("mismatch");
    }
    return QLatin1String("unknown");
}

QLatin1String opcodeName(Opcode opcode)
{
    return opcode == Opcode::Text ? QLatin1String("text") : QLatin1String("binary");
}

QLatin1String directionName(Direction direction)
{
    return direction == Direction::In ? QLatin1String("in") : QLatin1String("out");
}

QString jsonStringText(QByteArrayView raw)
{
    if (!raw.contains('\\'))
        return QString::fromUtf8(raw);
    // Rare: one escaped string for display. The document parser of Qt resolves it exactly as RFC 8259 says.
    const QJsonDocument parsed = QJsonDocument::fromJson("[\"" + raw.toByteArray() + "\"]");
    return parsed.isArray() ? parsed.array().at(0).toString() : QString::fromUtf8(raw);
}

} // namespace framescope
