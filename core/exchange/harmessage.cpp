#include "core/exchange/harmessage.h"

#include "core/base/clock.h"
#include "core/frame/findingcatalogue.h"

#include <array>
#include <cmath>
#include <utility>

namespace framescope {

namespace {

using Token = JsonStream::Token;

constexpr double longestSeconds = 4e9; // latestNs

template <typename Enum, std::size_t Count>
Enum named(const QByteArray& name, const std::array<Enum, Count>& values, QLatin1String (*nameOf)(Enum))
{
    for (const Enum value : values) {
        if (nameOf(value) == QLatin1String(name))
            return value;
    }
    return values.front();
}

Severity severityNamed(const QByteArray& name)
{
    return named(name, std::array{Severity::Error, Severity::Warning, Severity::Note}, severityName);
}

/// Null where the numbers are none of a range.
ByteRange rangeOf(qint64 offset, qint64 length)
{
    if (!std::in_range<quint32>(offset) || !std::in_range<quint32>(length))
        return {};
    return {quint32(offset), quint32(length)};
}

Expected<ByteRange> rangeValue(JsonStream& json)
{
    std::array<qint64, 2> numbers{};
    const auto begin = json.next();
    if (!begin)
        return tl::unexpected(begin.error());
    if (*begin != Token::BeginArray)
        return json.invalid(QStringLiteral("expected [offset, length]"));
    for (std::size_t i = 0;; ++i) {
        const auto token = json.next();
        if (!token)
            return tl::unexpected(token.error());
        if (*token == Token::EndArray)
            break;
        if (*token != Token::Number || i >= numbers.size())
            return json.invalid(QStringLiteral("expected [offset, length]"));
        numbers[i] = json.text().toLongLong();
    }
    return rangeOf(numbers[0], numbers[1]);
}

Expected<void> assignText(JsonStream& json, QByteArray& to)
{
    auto text = textValue(json);
    if (!text)
        return tl::unexpected(text.error());
    to = std::move(*text);
    return {};
}

template <typename Integer>
Expected<void> assignInteger(JsonStream& json, Integer& to)
{
    const auto number = integerValue(json);
    if (!number)
        return tl::unexpected(number.error());
    to = std::in_range<Integer>(*number) ? Integer(*number) : Integer{};
    return {};
}

Expected<void> assignRange(JsonStream& json, ByteRange& to)
{
    const auto range = rangeValue(json);
    if (!range)
        return tl::unexpected(range.error());
    to = *range;
    return {};
}

Expected<Finding> readFinding(JsonStream& json)
{
    Finding finding;
    QByteArray id;
    QByteArray severity;
    qint64 offset = 0;
    qint64 length = 0;
    const auto read = forEachMember(json, [&](const QByteArray& name) -> Expected<void> {
        if (name == "id")
            return assignText(json, id);
        if (name == "severity")
            return assignText(json, severity);
        if (name == "pointer")
            return assignText(json, finding.pointer);
        if (name == "schema_pointer")
            return assignText(json, finding.schemaPointer);
        if (name == "expected")
            return assignText(json, finding.expected);
        if (name == "actual")
            return assignText(json, finding.actual);
        if (name == "offset")
            return assignInteger(json, offset);
        if (name == "length")
            return assignInteger(json, length);
        return json.skip();
    });
    if (!read)
        return tl::unexpected(read.error());
    if (const FindingInfo* known = findingByName(id))
        finding.id = known->id;
    finding.range = rangeOf(offset, length);
    finding.severity = severityNamed(severity);
    return finding;
}

Expected<void> readFindings(JsonStream& json, std::vector<Finding>& findings)
{
    const auto begin = json.next();
    if (!begin)
        return tl::unexpected(begin.error());
    if (*begin != Token::BeginArray)
        return json.invalid(QStringLiteral("expected a list of findings"));
    for (;;) {
        const auto token = json.next();
        if (!token)
            return tl::unexpected(token.error());
        if (*token == Token::EndArray)
            return {};
        if (*token != Token::BeginObject || findings.size() >= findingsPerFrameLimit)
            return json.invalid(QStringLiteral("expected at most %1 findings").arg(findingsPerFrameLimit));
        auto finding = readFinding(json);
        if (!finding)
            return tl::unexpected(finding.error());
        if (finding->id != FindingId::None) // of a newer version
            findings.push_back(std::move(*finding));
    }
}

/// Members as appendFrameFacts() writes them. Texts that have a fixed set of values are turned into it afterwards.
class FactsReader
{
public:
    FactsReader(JsonStream& json, HarMessage& message)
        : m_json(json)
        , m_message(message)
    {
    }

    [[nodiscard]] Expected<void> read(QByteArray& payloadBase64)
    {
        auto read = forEachMember(m_json, [&](const QByteArray& name) -> Expected<void> {
            return name == "payload_base64" ? assignText(m_json, payloadBase64) : member(name);
        });
        if (!read)
            return read;
        Frame& frame = m_message.frame;
        frame.head.verdict =
            named(m_verdict, std::array{Verdict::Accepted, Verdict::Warned, Verdict::Refused}, verdictName);
        frame.head.checksum =
            named(m_checksum, std::array{ChecksumState::NotDeclared, ChecksumState::Verified, ChecksumState::Mismatch},
                  checksumStateName);
        const QByteArray digest = QByteArray::fromHex(m_digest);
        if (digest.size() == qsizetype(frame.digest.size()))
            std::copy(digest.begin(), digest.end(), frame.digest.begin());
        frame.head.findingCount = quint16(frame.findings.size());
        return {};
    }

private:
    [[nodiscard]] Expected<void> member(const QByteArray& name)
    {
        Frame& frame = m_message.frame;
        FrameHead& head = frame.head;
        if (name == "frame_no")
            return assignInteger(m_json, head.number);
        if (name == "seq")
            return assignInteger(m_json, frame.auditSeq);
        if (name == "mono_ns")
            return assignInteger(m_json, head.monoNs);
        if (name == "wall_ns")
            return assignInteger(m_json, head.wallNs);
        if (name == "event_wall_ns")
            return assignInteger(m_json, head.eventWallNs);
        if (name == "parse_ns")
            return assignInteger(m_json, head.parseNs);
        if (name == "flags")
            return assignInteger(m_json, head.flags);
        if (name == "size_bytes")
            return assignInteger(m_json, head.sizeBytes);
        if (name == "id_at")
            return assignRange(m_json, head.id);
        if (name == "subject_at")
            return assignRange(m_json, head.subject);
        if (name == "msg_type")
            return assignText(m_json, frame.type);
        if (name == "findings")
            return readFindings(m_json, frame.findings);
        if (name == "verdict")
            return assignText(m_json, m_verdict);
        if (name == "checksum")
            return assignText(m_json, m_checksum);
        if (name == "payload_sha256")
            return assignText(m_json, m_digest);
        return m_json.skip();
    }

    JsonStream& m_json;
    HarMessage& m_message;
    QByteArray m_verdict;
    QByteArray m_checksum;
    QByteArray m_digest;
};

/// What a message holds, as it stands in the file.
struct HarRawMessage
{
    QByteArray type;
    std::optional<qint64> wallNs;
    qint64 opcode = 0;
    QByteArray data;
    qint64 dataBytes = 0;
    QByteArray payloadBase64;
    bool hasFacts = false;
};

Expected<void> readTime(JsonStream& json, HarRawMessage& raw)
{
    const auto token = json.next();
    if (!token)
        return tl::unexpected(token.error());
    if (*token == Token::Number)
        raw.wallNs = nsOfSeconds(json.text());
    if (!raw.wallNs)
        return json.invalid(QStringLiteral("expected the time as seconds since 1970"));
    return {};
}

Expected<void> readData(JsonStream& json, HarRawMessage& raw, qsizetype payloadLimit)
{
    json.setTextLimit(payloadLimit == 0 ? 0 : payloadLimit + payloadLimit / 3 + 4); // as base64
    const auto token = json.next();
    json.setTextLimit(JsonStream::defaultTextLimit);
    if (!token)
        return tl::unexpected(token.error());
    if (*token != Token::String)
        return json.invalid(QStringLiteral("expected the data as a text"));
    raw.dataBytes = json.textBytes();
    raw.data = json.takeText();
    return {};
}

/// base64, or false.
bool decodeBase64(const QByteArray& base64, QByteArray& bytes)
{
    auto decoded = QByteArray::fromBase64Encoding(base64, QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded)
        return false;
    bytes = std::move(*decoded);
    return true;
}

/// What a file states as a place in the payload, and lies outside of it, is none.
void checkRanges(Frame& frame)
{
    const auto check = [bytes = quint64(frame.payload.size())](ByteRange& range) {
        if (quint64(range.offset) + range.length > bytes)
            range = {};
    };
    check(frame.head.id);
    check(frame.head.subject);
    for (Finding& finding : frame.findings)
        check(finding.range);
}

void takePayload(HarRawMessage& raw, HarMessage& message)
{
    Frame& frame = message.frame;
    const bool isBinary = frame.head.opcode == Opcode::Binary;
    const bool isCut = raw.dataBytes > raw.data.size();
    if (!raw.payloadBase64.isEmpty())
        message.isReadable = decodeBase64(raw.payloadBase64, frame.payload);
    else if (isBinary && !isCut)
        message.isReadable = decodeBase64(raw.data, frame.payload);
    else if (!isCut)
        frame.payload = std::move(raw.data);
    const quint64 bytes = !isCut     ? quint64(frame.payload.size())
                          : isBinary ? quint64(raw.dataBytes) / 4 * 3
                                     : quint64(raw.dataBytes);
    if (!message.isOurs)
        frame.head.sizeBytes = bytes;
    message.isComplete = !isCut && bytes == frame.head.sizeBytes;
    frame.head.payloadBytes = quint32(frame.payload.size());
    if (!frame.payload.isEmpty()) // else they are places in what the file does not have
        checkRanges(frame);
}

} // namespace

Expected<void> forEachMember(JsonStream& json, const std::function<Expected<void>(const QByteArray& name)>& member)
{
    for (;;) {
        const auto token = json.next();
        if (!token)
            return tl::unexpected(token.error());
        if (*token == Token::EndObject)
            return {};
        const QByteArray name = json.text();
        if (auto ok = member(name); !ok)
            return ok;
    }
}

Expected<QByteArray> textValue(JsonStream& json)
{
    const auto token = json.next();
    if (!token)
        return tl::unexpected(token.error());
    if (*token == Token::String)
        return json.takeText();
    if (*token == Token::BeginArray || *token == Token::BeginObject) {
        if (auto ok = json.skip(); !ok)
            return tl::unexpected(ok.error());
    }
    return QByteArray();
}

Expected<qint64> integerValue(JsonStream& json)
{
    const auto token = json.next();
    if (!token)
        return tl::unexpected(token.error());
    if (*token == Token::Number)
        return json.text().toLongLong();
    if (*token == Token::BeginArray || *token == Token::BeginObject) {
        if (auto ok = json.skip(); !ok)
            return tl::unexpected(ok.error());
    }
    return 0;
}

std::optional<qint64> nsOfSeconds(const QByteArray& number)
{
    constexpr qsizetype nsDigits = 9;
    bool isNumber = false;
    const double seconds = number.toDouble(&isNumber);
    if (!isNumber || !(seconds >= 0) || seconds > longestSeconds)
        return std::nullopt;
    if (number.contains('e'))
        return qint64(std::llround(seconds * double(nsPerSecond)));
    const qsizetype point = number.indexOf('.');
    const QByteArray decimals = point < 0 ? QByteArray() : number.mid(point + 1, nsDigits);
    return number.left(point < 0 ? number.size() : point).toLongLong() * nsPerSecond +
           decimals.leftJustified(nsDigits, '0').toLongLong();
}

Expected<HarMessage> readHarMessage(JsonStream& json, qsizetype payloadLimit)
{
    HarMessage message;
    HarRawMessage raw;
    const auto read = forEachMember(json, [&](const QByteArray& name) -> Expected<void> {
        if (name == "type")
            return assignText(json, raw.type);
        if (name == "time")
            return readTime(json, raw);
        if (name == "opcode")
            return assignInteger(json, raw.opcode);
        if (name == "data")
            return readData(json, raw, payloadLimit);
        if (name != "_framescope")
            return json.skip();
        const auto token = json.next();
        if (!token || *token != Token::BeginObject)
            return token ? json.invalid(QStringLiteral("expected an object")) : tl::unexpected(token.error());
        raw.hasFacts = true;
        json.setTextLimit(std::max(JsonStream::defaultTextLimit, payloadLimit + payloadLimit / 3 + 4));
        auto facts = FactsReader(json, message).read(raw.payloadBase64);
        json.setTextLimit(JsonStream::defaultTextLimit);
        return facts;
    });
    if (!read)
        return tl::unexpected(read.error());
    FrameHead& head = message.frame.head;
    message.isFrame = (raw.type == "send" || raw.type == "receive") && (raw.opcode == 1 || raw.opcode == 2);
    message.isOurs = raw.hasFacts && message.frame.auditSeq != 0;
    if (!raw.wallNs)
        return json.invalid(QStringLiteral("a message without a time"));
    if (!message.isOurs)
        head = {};
    for (qint64* ns : {&head.monoNs, &head.wallNs, &head.eventWallNs})
        *ns = plausibleNs(*ns);
    if (head.wallNs == 0)
        head.wallNs = *raw.wallNs;
    head.direction = raw.type == "send" ? Direction::Out : Direction::In;
    head.opcode = raw.opcode == 2 ? Opcode::Binary : Opcode::Text;
    if (message.isFrame && payloadLimit != 0)
        takePayload(raw, message);
    return message;
}

} // namespace framescope
