#include "core/frame/framejson.h"

#include "core/frame/eventlatency.h"
#include "core/frame/findingcatalogue.h"

#include <QJsonDocument>

namespace framescope {

namespace {

bool isPlain(QByteArrayView utf8)
{
    return std::all_of(utf8.begin(), utf8.end(), [](char c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; });
}

void appendEscaped(QByteArray& line, QByteArrayView utf8)
{
    for (const char c : utf8) {
        switch (c) {
        case '"':
            line += "\\\"";
            break;
        case '\\':
            line += "\\\\";
            break;
        case '\n':
            line += "\\n";
            break;
        case '\r':
            line += "\\r";
            break;
        case '\t':
            line += "\\t";
            break;
        default:
            if (uchar(c) < 0x20 || c == 0x7f) {
                constexpr char digits[] = "0123456789abcdef";
                line += "\\u00";
                line += digits[uchar(c) >> 4];
                line += digits[uchar(c) & 15];
            } else {
                line += c;
            }
        }
    }
}

/// Members of one line, with their commas.
class LineWriter
{
public:
    explicit LineWriter(QByteArray& line)
        : m_line(line)
    {
        m_line += '{';
    }

    void number(const char* name, quint64 value) { raw(name, QByteArray::number(value)); }
    void text(const char* name, QByteArrayView utf8)
    {
        key(name);
        appendJsonString(m_line, utf8);
    }
    void raw(const char* name, QByteArrayView json)
    {
        key(name);
        m_line += json;
    }
    void end() { m_line += '}'; }

private:
    void key(const char* name)
    {
        m_line += m_first ? "\"" : ",\"";
        m_line += name;
        m_line += "\":";
        m_first = false;
    }

    QByteArray& m_line;
    bool m_first = true;
};

void appendFindings(QByteArray& line, std::span<const Finding> findings)
{
    line += '[';
    for (const Finding& finding : findings) {
        if (&finding != findings.data())
            line += ',';
        const FindingInfo& info = findingInfo(finding.id);
        LineWriter members(line);
        members.text("id", info.name);
        members.text("severity", severityName(finding.severity));
        members.text("title", info.title);
        members.text("pointer", finding.pointer);
        if (!finding.schemaPointer.isEmpty())
            members.text("schema_pointer", finding.schemaPointer);
        if (!finding.expected.isEmpty())
            members.text("expected", finding.expected);
        if (!finding.actual.isEmpty())
            members.text("actual", finding.actual);
        if (!finding.range.isNull()) {
            members.number("offset", finding.range.offset);
            members.number("length", finding.range.length);
        }
        members.text("cause", info.cause);
        members.text("next_step", info.nextStep);
        members.end();
    }
    line += ']';
}

bool isJson(const FrameHead& head, QByteArrayView payload, PayloadTrust trust)
{
    if (payload.isEmpty() || !(head.flags & FrameFlag::JsonPayload) || head.verdict == Verdict::Refused)
        return false;
    return trust == PayloadTrust::Judged ||
           !QJsonDocument::fromJson(QByteArray::fromRawData(payload.data(), payload.size())).isNull();
}

void appendPayload(LineWriter& members, const FrameBatch& batch, std::size_t index, PayloadTrust trust)
{
    const QByteArrayView payload = batch.payloadOf(index);
    if (payload.isEmpty())
        return;
    if (!isJson(batch.heads[index], payload, trust)) {
        members.text("payload_base64", payload.toByteArray().toBase64());
    } else if (payload.contains('\n') || payload.contains('\r')) {
        // Line ends in a valid document are white space between tokens; a line of ours must stay one line.
        QByteArray oneLine = payload.toByteArray();
        oneLine.replace('\n', ' ').replace('\r', ' ');
        members.raw("payload", oneLine);
    } else {
        members.raw("payload", payload);
    }
}

void writeFacts(LineWriter& members, const FrameBatch& batch, std::size_t index)
{
    const FrameHead& head = batch.heads[index];
    members.number("seq", batch.firstAuditSeq + index);
    members.number("frame_no", head.number);
    members.text("recv_utc", rfc3339Utc(head.wallNs));
    members.raw("mono_ns", QByteArray::number(head.monoNs));
    members.number("conn_id", head.connection);
    members.number("attempt", head.attempt);
    members.text("dir", directionName(head.direction));
    members.text("opcode", opcodeName(head.opcode));
    if (const QByteArrayView type = batch.typeNameOf(index); !type.isEmpty())
        members.text("msg_type", type);
    if (const QByteArrayView id = batch.rangeOf(index, head.id); !id.isEmpty())
        members.text("msg_id", isPlain(id) ? id.toByteArray() : jsonStringText(id).toUtf8());
    members.number("size_bytes", head.sizeBytes);
    if (head.parseNs != 0 || !(head.flags & FrameFlag::Imported)) // a foreign capture does not say
        members.raw("latency_ms", millisecondsText(head.parseNs));
    members.text("verdict", verdictName(head.verdict));
    members.text("checksum", checksumStateName(head.checksum));
    members.text("source", sourceName(head));
    if (index < batch.digests.size() && batch.digests[index] != Sha256Digest{})
        members.text("payload_sha256", toHex(batch.digests[index]));
    if (batch.isPayloadRemoved(index)) {
        QByteArray removal = "{\"seq\":" + QByteArray::number(batch.removal->seq) + ",\"utc\":\"" +
                             rfc3339Utc(batch.removal->wallNs) + "\",\"rule\":";
        appendJsonString(removal, batch.removal->rule);
        members.raw("payload_removed", removal + '}');
    }
    if (const auto findings = batch.findingsOf(index); !findings.empty()) {
        QByteArray list;
        appendFindings(list, findings);
        members.raw("findings", list);
    }
    if (const std::optional<qint64> latencyNs = endToEndNs(head)) {
        members.text("event_utc", rfc3339Utc(head.eventWallNs));
        members.raw("e2e_ms", millisecondsText(*latencyNs));
    }
}

void writeRange(LineWriter& members, const char* name, ByteRange range)
{
    if (!range.isNull())
        members.raw(name, '[' + QByteArray::number(range.offset) + ',' + QByteArray::number(range.length) + ']');
}

} // namespace

void appendJsonString(QByteArray& line, QByteArrayView utf8)
{
    line += '"';
    if (isPlain(utf8))
        line += utf8;
    else if (QUtf8StringView(utf8.data(), utf8.size()).isValidUtf8())
        appendEscaped(line, utf8); // not by way of QString, which would take a byte order mark away
    else
        appendEscaped(line, QString::fromUtf8(utf8).toUtf8());
    line += '"';
}

QLatin1String sourceName(const FrameHead& head)
{
    if (head.flags & FrameFlag::Imported)
        return QLatin1String("imported");
    if (head.flags & FrameFlag::Replayed)
        return QLatin1String("replay");
    return head.flags & FrameFlag::Simulated ? QLatin1String("simulated") : QLatin1String("live");
}

QByteArray millisecondsText(qint64 ns)
{
    const quint64 us = (quint64(ns < 0 ? 0 - quint64(ns) : quint64(ns)) + 500) / 1000;
    const QByteArray decimals = QByteArray::number(us % 1000);
    return (ns < 0 && us > 0 ? "-" : "") + QByteArray::number(us / 1000) + '.' + QByteArray(3 - decimals.size(), '0') +
           decimals;
}

QByteArray frameToJsonLine(const FrameBatch& batch, std::size_t index, PayloadTrust trust)
{
    const FrameHead& head = batch.heads[index];
    QByteArray line;
    line.reserve(640 + qsizetype(head.payloadBytes) +
                 (head.flags & FrameFlag::JsonPayload ? 0 : head.payloadBytes / 2));
    LineWriter members(line);
    writeFacts(members, batch, index);
    appendPayload(members, batch, index, trust);
    members.end();
    line += '\n';
    return line;
}

void appendFrameFacts(QByteArray& json, const FrameBatch& batch, std::size_t index)
{
    const FrameHead& head = batch.heads[index];
    LineWriter members(json);
    writeFacts(members, batch, index);
    members.raw("wall_ns", QByteArray::number(head.wallNs));
    members.number("parse_ns", head.parseNs);
    members.number("flags", head.flags);
    if (head.eventWallNs != 0)
        members.raw("event_wall_ns", QByteArray::number(head.eventWallNs));
    writeRange(members, "id_at", head.id);
    writeRange(members, "subject_at", head.subject);
    members.end();
}

} // namespace framescope
