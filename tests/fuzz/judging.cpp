#include "tests/fuzz/judging.h"

#include "core/audit/auditentry.h"
#include "core/decode/batchfiller.h"
#include "core/frame/findingcatalogue.h"
#include "core/frame/framejson.h"
#include "core/gate/sizegate.h"
#include "tests/fuzz/fuzzinput.h"

#include <QStringDecoder>
#include <cstring>

namespace framescope::fuzz {

namespace {

constexpr std::size_t framesRead = 256;               // of a batch; texts are slow
constexpr qsizetype evidenceRoom = 2 * evidenceLimit; // evidence, and words around it

bool isUtf8(const QByteArray& text)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString decoded = decoder(text);
    return !decoder.hasError() && decoded.size() <= text.size();
}

void requireUtf8(const QByteArray& text, const Finding& finding)
{
    if (!isUtf8(text))
        std::fprintf(stderr, "%s: %s\n", findingInfo(finding.id).name, text.toPercentEncoding(" ").constData());
    require(isUtf8(text), "a finding's texts are UTF-8");
}

Verdict verdictOf(std::span<const Finding> findings)
{
    Verdict verdict = Verdict::Accepted;
    for (const Finding& finding : findings) {
        const Verdict own = finding.severity == Severity::Error     ? Verdict::Refused
                            : finding.severity == Severity::Warning ? Verdict::Warned
                                                                    : Verdict::Accepted;
        verdict = std::max(verdict, own);
    }
    return verdict;
}

void requireSoundFinding(const Finding& finding, const FrameHead& head)
{
    require(finding.id != FindingId::None && int(finding.id) < findingIdLimit, "a finding has an id");
    require(finding.pointer.isEmpty() || finding.pointer.startsWith('/'), "a JSON Pointer begins with a slash");
    if ((head.flags & FrameFlag::PayloadKept) != 0)
        require(quint64(finding.range.offset) + finding.range.length <= head.payloadBytes,
                "a finding's place is inside the payload");
    for (const QByteArray* text : {&finding.pointer, &finding.schemaPointer, &finding.expected, &finding.actual})
        requireUtf8(*text, finding);
    require(finding.expected.size() <= evidenceRoom && finding.actual.size() <= evidenceRoom, "evidence is short");
}

} // namespace

void judge(Decoder& decoder, QByteArrayView bytes, Form form, quint64 number, FrameBatch& batch)
{
    RawFrame frame;
    frame.arrival = now();
    frame.attempt = 1;
    QString text;
    std::vector<char16_t> units;
    if (form == Form::Text) {
        text = QString::fromUtf8(bytes);
        frame.text = QStringView(text.constData(), text.size()); // an empty message is no null view
    } else if (form == Form::Utf16Units) {
        units.resize(std::size_t(bytes.size()) / 2 + 1);
        if (units.size() > 1)
            std::memcpy(units.data(), bytes.data(), (units.size() - 1) * 2);
        frame.text = QStringView(units.data(), qsizetype(units.size()) - 1);
    } else {
        frame.opcode = form == Form::Binary ? Opcode::Binary : Opcode::Text;
        frame.bytes = bytes;
    }
    const SizeLimits limits;
    const quint64 sizeBytes = wireSizeBytes(frame);
    if (gateDecision(sizeBytes, limits) == GateDecision::Refuse)
        batchfiller::appendWithoutPayload(frame, sizeBytes, number, 0, batch);
    else
        batchfiller::append(frame, number, 0, batch);
    decoder.judge(batch);
    batch.types = decoder.typeNames();
}

void requireSound(const FrameBatch& batch)
{
    require(batch.digests.size() == batch.heads.size(), "each frame has a digest");
    std::size_t findingsBefore = 0;
    std::size_t bytesBefore = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const FrameHead& head = batch.heads[i];
        require(head.number == batch.firstNumber() + i, "numbers have no holes");
        require(head.payloadOffset == bytesBefore, "payloads stand one behind the other");
        bytesBefore += head.payloadBytes;
        require(bytesBefore <= batch.payload.size(), "a payload is inside the batch");
        require(batch.types && head.type < batch.types->size(), "a type has a name");
        for (const ByteRange range : {head.id, head.subject})
            require(range.isNull() || quint64(range.offset) + range.length <= head.payloadBytes,
                    "id and subject are inside the payload");
        require(head.findingCount == 0 || head.firstFinding == findingsBefore, "findings are in frame order");
        require(head.findingCount <= findingsPerFrameLimit, "a frame's findings are few");
        findingsBefore += head.findingCount;
        require(findingsBefore <= batch.findings.size(), "findings are inside the batch");
        require(head.verdict == verdictOf(batch.findingsOf(i)), "the verdict is that of the gravest finding");
        for (const Finding& finding : batch.findingsOf(i)) {
            require(finding.frame == i, "a finding names its frame");
            requireSoundFinding(finding, head);
        }
    }
    require(findingsBefore == batch.findings.size(), "each finding belongs to a frame");
    require(bytesBefore == batch.payload.size(), "each byte belongs to a frame");
}

void readAll(const FrameBatch& batch)
{
    for (std::size_t i = 0; i < std::min(batch.size(), framesRead); ++i) {
        const QByteArray line = frameToJsonLine(batch, i, PayloadTrust::Foreign);
        require(line.endsWith('\n') && line.count('\n') == 1, "a JSON line is one line");
        (void)auditEntryForFrame(batch, i);
        (void)Frame::fromBatch(batch, i);
        (void)jsonStringText(batch.rangeOf(i, batch.heads[i].subject));
    }
}

} // namespace framescope::fuzz
