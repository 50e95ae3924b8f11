#include "ui/frames/framewords.h"

#include "core/frame/eventlatency.h"
#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"
#include "ui/common/topicwords.h"

#include <QCoreApplication>
#include <QLocale>

namespace framescope {

namespace {

constexpr qsizetype previewCharacters = 160;
constexpr qsizetype previewBytes = 48;
constexpr qsizetype nameCharacters = 80;

QString words(const char* text)
{
    return QCoreApplication::translate("Frames", text);
}

int countOf(const FrameBatch& batch, std::size_t index, Severity severity)
{
    int count = 0;
    for (const Finding& finding : batch.findingsOf(index))
        count += finding.severity == severity;
    return count;
}

} // namespace

QString verdictText(const FrameBatch& batch, std::size_t index)
{
    switch (batch.heads[index].verdict) {
    case Verdict::Accepted:
        return words("✓ accepted");
    case Verdict::Refused:
        return words("✕ refused");
    case Verdict::Warned:
        break;
    }
    const int warnings = countOf(batch, index, Severity::Warning);
    return warnings == 1 ? words("! 1 warning") : words("! %1 warnings").arg(warnings);
}

QString checksumText(ChecksumState state)
{
    switch (state) {
    case ChecksumState::NotDeclared:
        return words("– not declared");
    case ChecksumState::Verified:
        return words("✓ verified");
    case ChecksumState::Mismatch:
        return words("✕ mismatch");
    }
    return {};
}

QString typeText(const FrameBatch& batch, std::size_t index)
{
    const QByteArrayView name = batch.typeNameOf(index);
    return name.isEmpty() ? words("unknown") : visibleLine(name, nameCharacters);
}

QString shortTypeText(const FrameBatch& batch, std::size_t index)
{
    const QByteArrayView name = batch.typeNameOf(index);
    return name.isEmpty() ? words("unknown") : shortTopicName(name.first(std::min(name.size(), nameCharacters * 4)));
}

QString endToEndText(const FrameHead& head)
{
    const std::optional<qint64> latency = endToEndNs(head);
    return latency ? signedLatencyText(*latency) : QString();
}

QString subjectText(const FrameBatch& batch, std::size_t index)
{
    const QByteArrayView raw = batch.rangeOf(index, batch.heads[index].subject);
    return visibleText(jsonStringText(raw.first(std::min(raw.size(), nameCharacters * 4))));
}

QString idText(const FrameBatch& batch, std::size_t index)
{
    const QByteArrayView raw = batch.rangeOf(index, batch.heads[index].id);
    return visibleText(jsonStringText(raw.first(std::min(raw.size(), nameCharacters * 4))));
}

namespace {

/// What a notification says: its envelope is the same for all, and its topic stands in the type's column already.
QByteArrayView withoutEnvelope(QByteArrayView text)
{
    constexpr QByteArrayView start = "{\"topicName\":";
    constexpr QByteArrayView member = "\"eventBody\":";
    constexpr qsizetype envelopeBytes = 512;
    if (!text.startsWith(start))
        return text;
    const qsizetype body = text.first(std::min(envelopeBytes, text.size())).indexOf(member);
    return body < 0 ? text : text.sliced(body + member.size());
}

} // namespace

QString previewText(const FrameBatch& batch, std::size_t index)
{
    const FrameHead& head = batch.heads[index];
    const QByteArrayView payload = batch.payloadOf(index);
    if (batch.isPayloadRemoved(index))
        return words("payload removed");
    if (payload.isEmpty())
        return head.sizeBytes == 0 ? words("empty message") : words("payload not kept");
    const bool isText = head.opcode == Opcode::Text || (head.flags & FrameFlag::JsonPayload) != 0;
    return isText ? visibleLine(withoutEnvelope(payload), previewCharacters) : hexLine(payload, previewBytes);
}

QString parseText(const FrameHead& head)
{
    const QString time = durationText(head.parseNs);
    return head.parseNs == std::numeric_limits<quint32>::max() ? QStringLiteral("≥ ") + time : time;
}

QString deltaText(qint64 ns)
{
    const double ms = double(ns) / 1e6;
    return QLocale().toString(ms, 'f', ms < 1000 ? 2 : 0);
}

QString arrowText(Direction direction)
{
    return direction == Direction::In ? QStringLiteral("←") : QStringLiteral("→");
}

QString rowSentence(const FrameBatch& batch, std::size_t index)
{
    const FrameHead& head = batch.heads[index];
    const QString verdict = verdictText(batch, index);
    return words("Frame %1 at %2, %3, %4, %5 bytes, %6")
        .arg(countText(head.number), utcTimeText(head.wallNs),
             head.direction == Direction::In ? words("received") : words("sent"), typeText(batch, index),
             countText(head.sizeBytes), verdict.mid(verdict.indexOf(QLatin1Char(' ')) + 1));
}

} // namespace framescope
