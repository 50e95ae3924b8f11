// The checksum and media checks of FrameJudge.
#include "core/decode/framejudge.h"

#include <algorithm>

namespace framescope {

namespace {

constexpr qsizetype digestBytes = qsizetype(std::tuple_size_v<Sha256Digest>);

int hexDigit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    const char lower = char(digit | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// 32 raw bytes or 64 hexadecimal digits of either case.
std::optional<Sha256Digest> digestFrom(QByteArrayView declared)
{
    Sha256Digest digest{};
    if (declared.size() == digestBytes) {
        std::copy(declared.begin(), declared.end(), digest.begin());
        return digest;
    }
    if (declared.size() != digestBytes * 2)
        return std::nullopt;
    for (qsizetype i = 0; i < digestBytes; ++i) {
        const int high = hexDigit(declared[i * 2]);
        const int low = hexDigit(declared[i * 2 + 1]);
        if (high < 0 || low < 0)
            return std::nullopt;
        digest[std::size_t(i)] = static_cast<unsigned char>(high * 16 + low);
    }
    return digest;
}

/// Finding about one byte of a binary header.
Finding headerFinding(const FieldAt& field, QByteArrayView payload, QByteArray expected)
{
    return {.id = FindingId::MediaHeader,
            .range = {quint32(field.offset), quint32(field.length)},
            .pointer = {},
            .schemaPointer = {},
            .expected = std::move(expected),
            .actual = QByteArray::number(field.number(payload))};
}

template <typename Set>
QByteArray allowedNumbers(const char* what, const Set& allowed)
{
    QByteArray text;
    for (std::size_t i = 0; i < allowed.size(); ++i) {
        if (allowed[i])
            text += (text.isEmpty() ? "" : " or ") + QByteArray::number(qulonglong(i));
    }
    return what + text;
}

} // namespace

void FrameJudge::checkMedia(JudgedFrame& frame, const MediaRule& rule) const
{
    const QByteArrayView payload = frame.payload;
    if (payload.size() < rule.headerBytes) {
        if (frame.findings.wants(FindingId::MediaHeader)) {
            frame.findings.add({.id = FindingId::MediaHeader,
                                .range = {0, quint32(payload.size())},
                                .pointer = {},
                                .schemaPointer = {},
                                .expected = "a header of " + QByteArray::number(rule.headerBytes) + " bytes",
                                .actual = QByteArray::number(payload.size()) + " bytes"});
        }
        return;
    }
    const auto value = [&](const FieldAt& field) { return std::size_t(field.number(payload)); };
    const quint8 sampleBytes = rule.bytesPerSample[value(rule.codec)];
    bool good = true;
    const auto require = [&](bool holds, const FieldAt& field, const char* what, const auto& allowed) {
        good = good && holds;
        if (!holds && frame.findings.wants(FindingId::MediaHeader))
            frame.findings.add(headerFinding(field, payload, allowedNumbers(what, allowed)));
    };
    if (rule.version)
        require(rule.versionsAllowed[value(*rule.version)], *rule.version, "version ", rule.versionsAllowed);
    require(sampleBytes != 0, rule.codec, "codec ", rule.bytesPerSample);
    require(rule.channelsAllowed[value(rule.channels)], rule.channels, "channels ", rule.channelsAllowed);
    if (!good)
        return;
    const qsizetype unit = qsizetype(sampleBytes) * qsizetype(std::max<std::size_t>(1, value(rule.channels)));
    const qsizetype media = payload.size() - rule.headerBytes;
    if (media % unit != 0 && frame.findings.wants(FindingId::MediaLength)) {
        frame.findings.add({.id = FindingId::MediaLength,
                            .range = {quint32(rule.headerBytes), quint32(media)},
                            .pointer = {},
                            .schemaPointer = {},
                            .expected = "a multiple of " + QByteArray::number(unit) + " bytes",
                            .actual = QByteArray::number(media) + " bytes"});
    }
}

void FrameJudge::checkChecksum(JudgedFrame& frame, const ChecksumRule& rule)
{
    if (std::holds_alternative<DigestList>(rule.expected)) {
        compareDigest(frame, rule, {}, {});
        return;
    }
    if (const auto* field = std::get_if<FieldAt>(&rule.expected)) {
        if (field->fits(frame.payload)) // a header that was cut is a finding of its own
            compareDigest(frame, rule, field->of(frame.payload), {quint32(field->offset), quint32(field->length)});
        else
            compareDigest(frame, rule, frame.payload, {0, quint32(frame.payload.size())});
        return;
    }
    const auto& pointer = std::get<CompiledPointer>(rule.expected);
    const std::optional<Element> declared = valueAt(m_reader.root(), pointer.steps());
    if (!declared)
        return; // not declared
    const ByteRange range = m_reader.locator().find(pointer.steps());
    const std::string_view text = declared->is_string() ? stringOf(*declared) : std::string_view("-");
    const bool isDigest = text.size() == std::size_t(digestBytes) * 2; // never raw bytes in JSON
    compareDigest(frame, rule, isDigest ? QByteArrayView(text.data(), qsizetype(text.size())) : QByteArrayView("-"),
                  range);
}

/// Nothing when the rule's JSON value is not in the message.
std::optional<Sha256Digest> FrameJudge::coveredDigest(const JudgedFrame& frame, const ChecksumRule& rule) const
{
    if (const auto* from = std::get_if<qsizetype>(&rule.covers))
        return *from == 0 ? frame.digest : Sha256::digest(frame.payload.sliced(std::min(*from, frame.payload.size())));
    const auto& pointer = std::get<CompiledPointer>(rule.covers);
    const std::optional<Element> value = valueAt(m_reader.root(), pointer.steps());
    if (!value)
        return std::nullopt;
    if (value->is_string()) {
        const std::string_view text = stringOf(*value);
        return Sha256::digest(QByteArrayView(text.data(), qsizetype(text.size())));
    }
    return Sha256::digest(m_reader.locator().bytes(m_reader.locator().find(pointer.steps())));
}

/// @p declared is empty for a list. Its range is what a finding marks.
void FrameJudge::compareDigest(JudgedFrame& frame, const ChecksumRule& rule, QByteArrayView declared, ByteRange range)
{
    const auto* list = std::get_if<DigestList>(&rule.expected);
    const auto* member = std::get_if<CompiledPointer>(&rule.expected);
    const std::optional<Sha256Digest> expected = list ? std::nullopt : digestFrom(declared);
    const std::optional<Sha256Digest> actual = coveredDigest(frame, rule);
    const bool isVerified =
        actual && (list ? std::binary_search(list->begin(), list->end(), *actual) : expected == actual);
    frame.head.checksum = isVerified ? ChecksumState::Verified : ChecksumState::Mismatch;
    if (isVerified)
        return;
    const bool isMalformed = !list && !expected;
    const FindingId id = isMalformed ? FindingId::ChecksumMalformed : FindingId::ChecksumMismatch;
    if (!frame.findings.wants(id))
        return;
    Finding finding{.id = id,
                    .range = range,
                    .pointer = member ? member->text() : QByteArray(),
                    .schemaPointer = {},
                    .expected = {},
                    .actual = actual ? toHex(*actual) : QByteArray("nothing to hash")};
    if (list)
        finding.expected = "one of " + QByteArray::number(qulonglong(list->size())) + " listed digests";
    else if (expected)
        finding.expected = toHex(*expected);
    if (isMalformed) {
        finding.expected = "a SHA-256 digest";
        const QByteArrayView shown =
            range.isNull() ? QByteArrayView() : frame.payload.sliced(range.offset, range.length);
        finding.actual = member ? cutEvidence(shown) : QByteArray::number(shown.size()) + " bytes";
    }
    frame.findings.add(std::move(finding));
}

} // namespace framescope
