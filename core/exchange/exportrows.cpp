#include "core/exchange/exportrows.h"

#include "core/base/redactor.h"
#include "core/frame/eventlatency.h"
#include "core/frame/findingcatalogue.h"
#include "core/frame/framejson.h"

#include <QJsonDocument>
#include <array>

namespace framescope {

namespace {

constexpr qsizetype previewCharacters = 200;
constexpr qsizetype previewBytes = 32;

// Order and names are a promise.
constexpr auto frameColumns = std::to_array<const char*>(
    {"frame_no",    "recv_utc", "mono_ns",    "conn_id",        "attempt",    "dir",     "opcode",
     "msg_type",    "msg_id",   "size_bytes", "event_utc",      "latency_ms", "verdict", "rule_ids",
     "schema_path", "checksum", "source",     "payload_sha256", "preview",    "guarded", "e2e_ms"});
constexpr auto auditColumns = std::to_array<const char*>(
    {"seq", "utc", "mono_ns", "severity", "actor", "action", "object", "frame_no", "conn_id", "attempt", "verdict",
     "rule_ids", "size_bytes", "checksum", "payload_sha256", "detail", "guarded"});

std::span<const char* const> columnsOf(ExportWhat what)
{
    return what == ExportWhat::Frames ? std::span<const char* const>(frameColumns)
                                      : std::span<const char* const>(auditColumns);
}

QByteArray ruleIds(const FrameBatch& batch, std::size_t index)
{
    QByteArray ids;
    for (const Finding& finding : batch.findingsOf(index)) {
        if (!ids.isEmpty())
            ids += ';';
        ids += findingInfo(finding.id).name;
    }
    return ids;
}

QByteArray firstSchemaPath(const FrameBatch& batch, std::size_t index)
{
    for (const Finding& finding : batch.findingsOf(index)) {
        if (!finding.schemaPointer.isEmpty())
            return finding.schemaPointer;
    }
    return {};
}

/// Hex; empty when none was computed (the gate refused the frame).
QByteArray digestText(const FrameBatch& batch, std::size_t index)
{
    const bool computed = index < batch.digests.size() && batch.digests[index] != Sha256Digest{};
    return computed ? toHex(batch.digests[index]) : QByteArray();
}

} // namespace

QByteArray payloadPreview(const FrameBatch& batch, std::size_t index)
{
    const FrameHead& head = batch.heads[index];
    const QByteArrayView payload = batch.payloadOf(index);
    if (head.opcode == Opcode::Binary && !(head.flags & FrameFlag::JsonPayload))
        return payload.first(std::min(payload.size(), previewBytes)).toByteArray().toHex();
    // Enough bytes for the characters wanted: four of UTF-8 each at most.
    QString text = QString::fromUtf8(payload.first(std::min(payload.size(), 4 * previewCharacters)));
    if (text.size() > previewCharacters)
        text.truncate(text[previewCharacters - 1].isHighSurrogate() ? previewCharacters - 1 : previewCharacters);
    return redactor::withoutControls(text).toUtf8();
}

ExportRows::ExportRows(ExportWhat what, ExportFormat format, bool rawCells)
    : m_what(what)
    , m_format(format)
    , m_row(columnsOf(what), rawCells)
{
}

QByteArray ExportRows::head() const
{
    return m_format == ExportFormat::Csv ? CsvRow::header(columnsOf(m_what)) : QByteArray();
}

QByteArray ExportRows::frame(const FrameBatch& batch, std::size_t index)
{
    if (m_what == ExportWhat::Frames)
        return m_format == ExportFormat::Csv ? frameCsv(batch, index)
                                             : frameToJsonLine(batch, index, PayloadTrust::Foreign);
    const AuditEntry entry = auditEntryForFrame(batch, index);
    return m_format == ExportFormat::Csv ? auditCsv(entry, &batch, index) : auditJson(entry);
}

QByteArray ExportRows::event(const AuditEvent& event)
{
    const AuditEntry entry = auditEntryForEvent(event);
    return m_format == ExportFormat::Csv ? auditCsv(entry, nullptr, 0) : auditJson(entry);
}

QByteArray ExportRows::frameCsv(const FrameBatch& batch, std::size_t index)
{
    const FrameHead& head = batch.heads[index];
    m_row.number(head.number);
    m_row.plain(rfc3339Utc(head.wallNs));
    m_row.number(head.monoNs);
    m_row.number(quint64(head.connection));
    head.attempt ? m_row.number(quint64(head.attempt)) : m_row.absent();
    m_row.plain(QByteArrayView(directionName(head.direction)));
    m_row.plain(QByteArrayView(opcodeName(head.opcode)));
    m_row.text(batch.typeNameOf(index));
    m_row.text(jsonStringText(batch.rangeOf(index, head.id)).toUtf8());
    m_row.number(head.sizeBytes);
    head.eventWallNs ? m_row.plain(rfc3339Utc(head.eventWallNs)) : m_row.absent();
    const bool isTimed = head.parseNs != 0 || !(head.flags & FrameFlag::Imported);
    isTimed ? m_row.plain(millisecondsText(head.parseNs)) : m_row.absent();
    m_row.plain(QByteArrayView(verdictName(head.verdict)));
    m_row.plain(ruleIds(batch, index));
    m_row.text(firstSchemaPath(batch, index));
    m_row.plain(QByteArrayView(checksumStateName(head.checksum)));
    m_row.plain(QByteArrayView(sourceName(head)));
    m_row.plain(digestText(batch, index));
    m_row.text(payloadPreview(batch, index));
    m_row.guarded();
    const std::optional<qint64> latencyNs = endToEndNs(head);
    latencyNs ? m_row.plain(millisecondsText(*latencyNs)) : m_row.absent();
    return m_row.end();
}

QByteArray ExportRows::auditCsv(const AuditEntry& entry, const FrameBatch* batch, std::size_t index)
{
    m_row.number(entry.seq);
    m_row.plain(rfc3339Utc(entry.at.wallNs));
    m_row.number(entry.at.monoNs);
    m_row.plain(QByteArrayView(severityName(entry.severity)));
    m_row.plain(entry.actor);
    m_row.plain(entry.action);
    m_row.text(entry.object);
    entry.frame ? m_row.number(entry.frame) : m_row.absent();
    m_row.number(quint64(entry.connection));
    entry.attempt ? m_row.number(quint64(entry.attempt)) : m_row.absent();
    if (batch) {
        const FrameHead& head = batch->heads[index];
        m_row.plain(QByteArrayView(verdictName(head.verdict)));
        m_row.plain(ruleIds(*batch, index));
        m_row.number(head.sizeBytes);
        m_row.plain(QByteArrayView(checksumStateName(head.checksum)));
        m_row.plain(digestText(*batch, index));
    } else {
        for (int absent = 0; absent < 5; ++absent)
            m_row.absent();
    }
    m_row.text(entry.detail);
    return m_row.end();
}

QByteArray ExportRows::auditJson(const AuditEntry& entry)
{
    QByteArray line = "{\"seq\":" + QByteArray::number(entry.seq);
    const auto text = [&line](const char* name, QByteArrayView value) {
        line += ",\"";
        line += name;
        line += "\":";
        appendJsonString(line, value);
    };
    text("utc", rfc3339Utc(entry.at.wallNs));
    line += ",\"mono_ns\":" + QByteArray::number(entry.at.monoNs);
    text("severity", QByteArrayView(severityName(entry.severity)));
    text("actor", entry.actor);
    text("action", entry.action);
    text("object", entry.object);
    if (entry.frame)
        line += ",\"frame_no\":" + QByteArray::number(entry.frame);
    line += ",\"conn_id\":" + QByteArray::number(entry.connection);
    if (entry.attempt)
        line += ",\"attempt\":" + QByteArray::number(entry.attempt);
    // A frame's detail is ours; an event's came from a file that may hold anything.
    const QJsonDocument detail = entry.frame ? QJsonDocument() : QJsonDocument::fromJson(entry.detail);
    if (entry.frame)
        line += ",\"detail\":" + entry.detail;
    else if (detail.isObject())
        line += ",\"detail\":" + detail.toJson(QJsonDocument::Compact);
    return line + "}\n";
}

} // namespace framescope
