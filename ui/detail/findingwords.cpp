#include "ui/detail/findingwords.h"

#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"

#include <QCoreApplication>
#include <QStringList>

namespace framescope {

namespace {

constexpr qsizetype longestEvidence = 240;
constexpr qsizetype longestInSentence = 60;

QString translated(const char* text)
{
    return QCoreApplication::translate("FindingWords", text);
}

QString evidence(const QByteArray& utf8)
{
    return visibleLine(utf8, longestInSentence);
}

QString placeName(const Finding& finding)
{
    return finding.pointer.isEmpty() ? translated("The message") : evidence(finding.pointer);
}

QString schemaSentence(const Finding& finding, const Frame& frame)
{
    const QString type = frame.type.isEmpty() ? translated("its type") : evidence(frame.type);
    switch (finding.id) {
    case FindingId::SchemaRequired:
        return translated("%1 has no %2; the schema of %3 requires it.")
            .arg(placeName(finding), evidence(finding.expected), type);
    case FindingId::SchemaType:
        return translated("The schema of %1 wants %2 at %3.")
            .arg(type, evidence(finding.expected), evidence(finding.pointer.isEmpty() ? "/" : finding.pointer));
    case FindingId::SchemaAdditional:
        return translated("%1 is not among the members that the schema of %2 allows.").arg(placeName(finding), type);
    default:
        break;
    }
    if (finding.expected.isEmpty())
        return translated("The schema of %1 refuses %2.").arg(type, placeName(finding));
    return translated("%1 should be: %2.").arg(placeName(finding), evidence(finding.expected));
}

QString wireSentence(const Finding& finding, const Frame& frame)
{
    const QString size = sizeText(frame.head.sizeBytes);
    switch (finding.id) {
    case FindingId::SizeGate:
        return translated("It has %1. It was counted, not copied and not decoded.").arg(size);
    case FindingId::SizeLarge:
        return translated("It has %1.").arg(size);
    case FindingId::Utf8Invalid:
        return translated("Byte %1 does not belong to any character.").arg(finding.range.offset);
    case FindingId::JsonParse:
        return translated("Reading stopped at byte %1.").arg(finding.range.offset);
    case FindingId::JsonDuplicateKey:
        return translated("%1 stands there twice.").arg(placeName(finding));
    case FindingId::TypeUnknown:
        return finding.actual.isEmpty()
                   ? QString()
                   : translated("No row of the matrix recognises %1.").arg(evidence(finding.actual));
    case FindingId::TypeOpcode:
        return translated("It came with the %1 opcode.").arg(QString(opcodeName(frame.head.opcode)));
    default:
        return {};
    }
}

QString streamSentence(const Finding& finding)
{
    const bool hasBoth = !finding.expected.isEmpty() && !finding.actual.isEmpty();
    switch (finding.id) {
    case FindingId::ChecksumMismatch:
        return translated("The digest that it declares is not the digest of its bytes.");
    case FindingId::DuplicateId:
        return finding.actual.isEmpty()
                   ? QString()
                   : translated("A message with the id %1 came before.").arg(evidence(finding.actual));
    case FindingId::SequenceGap:
    case FindingId::SequenceRepeat:
        return hasBoth ? translated("Number %1 was next, and %2 came.")
                             .arg(evidence(finding.expected), evidence(finding.actual))
                       : QString();
    default:
        return {};
    }
}

/// What is judged by the schemas that the service publishes: it adds to them without notice.
QString publishedSentence(const Finding& finding, const Frame& frame)
{
    const QString type = frame.type.isEmpty() ? translated("its topic") : evidence(frame.type);
    switch (finding.id) {
    case FindingId::TopicUnknown:
        return translated("The body of %1 was checked as JSON only.").arg(type);
    case FindingId::FieldUnknown:
        return translated("%1 is not in the schema that the service publishes for %2.").arg(placeName(finding), type);
    case FindingId::EnumUnknown:
        return finding.actual.isEmpty() ? QString()
                                        : translated("%1 says %2, which the published schema of %3 does not list.")
                                              .arg(placeName(finding), evidence(finding.actual), type);
    case FindingId::DuplicateEvent:
        return translated("The same topic came with the same body, its members in any order.");
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
        return translated("note");
    case Severity::Warning:
        return translated("warning");
    case Severity::Error:
        return translated("error");
    }
    return translated("unknown");
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
    const QString pointer =
        finding.pointer.isEmpty() ? translated("whole message") : visibleLine(finding.pointer, longestEvidence);
    if (finding.range.isNull())
        return pointer;
    const quint64 last = quint64(finding.range.offset) + finding.range.length - 1;
    const QString bytes = last == finding.range.offset ? translated("byte %1").arg(finding.range.offset)
                                                       : translated("bytes %1–%2").arg(finding.range.offset).arg(last);
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
    addLine(lines, translated("Frame"), QString::number(frame.head.number));
    addLine(lines, translated("Received"), QString::fromLatin1(rfc3339Utc(frame.head.wallNs)));
    addLine(lines, translated("Type"), visibleLine(frame.type, longestEvidence));
    addLine(lines, translated("In the frame"), findingPlace(finding));
    addLine(lines, translated("In the schema"), visibleLine(finding.schemaPointer, longestEvidence));
    addLine(lines, translated("Expected"), visibleLine(finding.expected, longestEvidence));
    addLine(lines, translated("Actual"), visibleLine(finding.actual, longestEvidence));
    addLine(lines, translated("Likely cause"), findingText(info.cause));
    addLine(lines, translated("Next step"), findingText(info.nextStep));
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
        return translated("verified: the declared SHA-256 is that of its bytes");
    case ChecksumState::Mismatch:
        return translated("mismatch: the declared SHA-256 is not that of its bytes");
    case ChecksumState::NotDeclared:
        break;
    }
    return translated("not declared: this type carries none, so nothing was compared");
}

QString missingPayloadSentence(const Frame& frame)
{
    if ((frame.head.flags & FrameFlag::PayloadKept) != 0)
        return {};
    const QString size = sizeText(frame.head.sizeBytes);
    for (const Finding& finding : frame.findings) {
        if (finding.id == FindingId::SizeGate)
            return translated("The bytes of this frame were not kept. It has %1, which is over the size gate, so it "
                              "was refused "
                              "before anything was copied or decoded.")
                .arg(size);
    }
    return translated("The bytes of this frame (%1) were not kept: this session keeps digests only.").arg(size);
}

} // namespace framescope
