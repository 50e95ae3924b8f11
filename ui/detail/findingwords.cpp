#include "ui/detail/findingwords.h"

#include "core/frame/redactionrules.h"
#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"

#include <QCoreApplication>
#include <QStringList>

namespace framescope {

namespace {

constexpr qsizetype longestEvidence = 240;
constexpr qsizetype longestInSentence = 60;

QString findingWord(const char* text)
{
    return QCoreApplication::translate("FindingWords", text);
}

QString evidence(const QByteArray& utf8)
{
    return visibleLine(utf8, longestInSentence);
}

QString placeName(const Finding& finding)
{
    return finding.pointer.isEmpty() ? findingWord("The message") : evidence(finding.pointer);
}

QString schemaSentence(const Finding& finding, const Frame& frame)
{
    const QString type = frame.type.isEmpty() ? findingWord("its type") : evidence(frame.type);
    switch (finding.id) {
    case FindingId::SchemaRequired:
        return findingWord("%1 has no %2; the schema of %3 requires it.")
            .arg(placeName(finding), evidence(finding.expected), type);
    case FindingId::SchemaType:
        return findingWord("The schema of %1 wants %2 at %3.")
            .arg(type, evidence(finding.expected), evidence(finding.pointer.isEmpty() ? "/" : finding.pointer));
    case FindingId::SchemaAdditional:
        return findingWord("%1 is not among the members that the schema of %2 allows.").arg(placeName(finding), type);
    default:
        break;
    }
    if (finding.expected.isEmpty())
        return findingWord("The schema of %1 refuses %2.").arg(type, placeName(finding));
    return findingWord("%1 should be: %2.").arg(placeName(finding), evidence(finding.expected));
}

QString wireSentence(const Finding& finding, const Frame& frame)
{
    const QString size = sizeText(frame.head.sizeBytes);
    switch (finding.id) {
    case FindingId::SizeGate:
        return findingWord("It has %1. It was counted, not copied and not decoded.").arg(size);
    case FindingId::SizeLarge:
        return findingWord("It has %1.").arg(size);
    case FindingId::Utf8Invalid:
        return findingWord("Byte %1 does not belong to any character.").arg(finding.range.offset);
    case FindingId::JsonParse:
        return findingWord("Reading stopped at byte %1.").arg(finding.range.offset);
    case FindingId::JsonDuplicateKey:
        return findingWord("%1 stands there twice.").arg(placeName(finding));
    case FindingId::TypeUnknown:
        return finding.actual.isEmpty()
                   ? QString()
                   : findingWord("No row of the matrix recognises %1.").arg(evidence(finding.actual));
    case FindingId::TypeOpcode:
        return findingWord("It came with the %1 opcode.").arg(QString(opcodeName(frame.head.opcode)));
    default:
        return {};
    }
}

QString streamSentence(const Finding& finding)
{
    const bool hasBoth = !finding.expected.isEmpty() && !finding.actual.isEmpty();
    switch (finding.id) {
    case FindingId::ChecksumMismatch:
        return findingWord("The digest that it declares is not the digest of its bytes.");
    case FindingId::DuplicateId:
        return finding.actual.isEmpty()
                   ? QString()
                   : findingWord("A message with the id %1 came before.").arg(evidence(finding.actual));
    case FindingId::SequenceGap:
    case FindingId::SequenceRepeat:
        return hasBoth ? findingWord("Number %1 was next, and %2 came.")
                             .arg(evidence(finding.expected), evidence(finding.actual))
                       : QString();
    default:
        return {};
    }
}

/// What is judged by the schemas that the service publishes: it adds to them without notice.
QString publishedSentence(const Finding& finding, const Frame& frame)
{
    const QString type = frame.type.isEmpty() ? findingWord("its topic") : evidence(frame.type);
    switch (finding.id) {
    case FindingId::TopicUnknown:
        return findingWord("The body of %1 was checked as JSON only.").arg(type);
    case FindingId::FieldUnknown:
        return findingWord("%1 is not in the schema that the service publishes for %2.").arg(placeName(finding), type);
    case FindingId::EnumUnknown:
        return finding.actual.isEmpty() ? QString()
                                        : findingWord("%1 says %2, which the published schema of %3 does not list.")
                                              .arg(placeName(finding), evidence(finding.actual), type);
    case FindingId::DuplicateEvent:
        return findingWord("The same topic came with the same body, its members in any order.");
    default:
        return {};
    }
}

void addLine(QStringList& lines, const QString& name, const QString& value)
{
    if (!value.isEmpty())
        lines += name + QStringLiteral(": ") + value;
}

} // namespace

QString findingText(const char* text)
{
    return QCoreApplication::translate("Findings", text);
}

QString severityText(Severity severity)
{
    switch (severity) {
    case Severity::Note:
        return findingWord("note");
    case Severity::Warning:
        return findingWord("warning");
    case Severity::Error:
        return findingWord("error");
    }
    return findingWord("unknown");
}

QString severityGlyph(Severity severity)
{
    switch (severity) {
    case Severity::Note:
        return QStringLiteral("·");
    case Severity::Warning:
        return QStringLiteral("!");
    case Severity::Error:
        return QStringLiteral("✕");
    }
    return QStringLiteral("·");
}

Token severityToken(Severity severity)
{
    return severity == Severity::Error     ? Token::Refused
           : severity == Severity::Warning ? Token::Warning
                                           : Token::SecondaryText;
}

Token severityTint(Severity severity)
{
    return severity == Severity::Error     ? Token::RefusedTint
           : severity == Severity::Warning ? Token::WarningTint
                                           : Token::AlternateRow;
}

const char* severityKind(Severity severity)
{
    return severity == Severity::Error ? "refused" : severity == Severity::Warning ? "warning" : "secondary";
}

QString findingSentence(const Finding& finding, const Frame& frame)
{
    if (finding.id >= FindingId::SchemaType && finding.id <= FindingId::SchemaOther)
        return schemaSentence(finding, frame);
    for (const QString& sentence : {wireSentence(finding, frame), publishedSentence(finding, frame)}) {
        if (!sentence.isEmpty())
            return sentence;
    }
    return streamSentence(finding);
}

QString findingPlace(const Finding& finding)
{
    QString pointer =
        finding.pointer.isEmpty() ? findingWord("whole message") : visibleLine(finding.pointer, longestEvidence);
    if (finding.range.isNull())
        return pointer;
    const quint64 last = quint64(finding.range.offset) + finding.range.length - 1;
    const QString bytes = last == finding.range.offset ? findingWord("byte %1").arg(finding.range.offset)
                                                       : findingWord("bytes %1–%2").arg(finding.range.offset).arg(last);
    return finding.pointer.isEmpty() ? bytes : pointer + QStringLiteral(" · ") + bytes;
}

QString findingCopyText(const Finding& finding, const Frame& frame)
{
    const FindingInfo& info = findingInfo(finding.id);
    QStringList lines;
    lines += QStringLiteral("%1 (%2, %3)")
                 .arg(findingText(info.title), QLatin1String(info.name), severityText(finding.severity));
    const QString sentence = findingSentence(finding, frame);
    if (!sentence.isEmpty())
        lines += sentence;
    addLine(lines, findingWord("Frame"), QString::number(frame.head.number));
    addLine(lines, findingWord("Received"), QString::fromLatin1(rfc3339Utc(frame.head.wallNs)));
    addLine(lines, findingWord("Type"), visibleLine(frame.type, longestEvidence));
    addLine(lines, findingWord("In the frame"), findingPlace(finding));
    addLine(lines, findingWord("In the schema"), visibleLine(finding.schemaPointer, longestEvidence));
    addLine(lines, findingWord("Expected"), visibleLine(finding.expected, longestEvidence));
    addLine(lines, findingWord("Actual"), visibleLine(finding.actual, longestEvidence));
    addLine(lines, findingWord("Likely cause"), findingText(info.cause));
    addLine(lines, findingWord("Next step"), findingText(info.nextStep));
    return lines.join(QLatin1Char('\n'));
}

QString findingFilter(FindingId id)
{
    return QStringLiteral("check.rule == ") + QLatin1String(findingInfo(id).name);
}

QString checksumSentence(const Frame& frame)
{
    switch (frame.head.checksum) {
    case ChecksumState::Verified:
        return findingWord("verified: the declared SHA-256 is that of its bytes");
    case ChecksumState::Mismatch:
        return findingWord("mismatch: the declared SHA-256 is not that of its bytes");
    case ChecksumState::NotDeclared:
        break;
    }
    return findingWord("not declared: this type carries none, so nothing was compared");
}

namespace {

QString removedSentence(const PayloadRemoval& removal, const QString& size)
{
    const QString rule = removal.rule == "age"      ? findingWord("it had become too old")
                         : removal.rule == "frames" ? findingWord("enough newer frames had come")
                                                    : findingWord("there was no more room for it");
    return findingWord("The bytes of this frame (%1) were removed by retention at %2: %3. What they were judged to be, "
                       "and their SHA-256, stay; audit entry %4 says the same.")
        .arg(size, QString::fromLatin1(rfc3339Utc(removal.wallNs)), rule, countText(removal.seq));
}

} // namespace

QString missingPayloadSentence(const Frame& frame)
{
    if ((frame.head.flags & FrameFlag::PayloadKept) != 0)
        return {};
    const QString size = sizeText(frame.head.sizeBytes);
    if (frame.removal)
        return removedSentence(*frame.removal, size);
    for (const Finding& finding : frame.findings) {
        if (finding.id == FindingId::SizeGate)
            return findingWord("The bytes of this frame were not kept. It has %1, which is over the size gate, so it "
                               "was refused "
                               "before anything was copied or decoded.")
                .arg(size);
    }
    if ((frame.head.flags & FrameFlag::JsonPayload) == 0) // the frame alone does not say which of the two
        return findingWord(
                   "The bytes of this frame (%1) were not kept: this session keeps digests only, or takes values "
                   "out by rules, which find no places in what is no JSON text.")
            .arg(size);
    return findingWord("The bytes of this frame (%1) were not kept: this session keeps digests only.").arg(size);
}

QString maskedWords(const Frame& frame)
{
    const RedactedValues values = redactedValuesIn(frame.payload);
    if (values.empty())
        return findingWord("masked: kept bytes differ from what was hashed");
    QStringList parts;
    for (const auto& [rule, count] : values) {
        const QString words = count == 1 ? findingWord("%1 value by rule %2") : findingWord("%1 values by rule %2");
        parts += words.arg(countText(count), QString::fromUtf8(rule));
    }
    return findingWord("redacted: %1; the hash is of what was received").arg(parts.join(QStringLiteral(", ")));
}

} // namespace framescope
