#pragma once
/// The rows of an export: frames and audit entries as CSV or JSON lines. Room-private; the columns are a promise
/// (README.md).
///
/// Thread: one at a time. Pure but for the row it builds.
#include "core/audit/auditentry.h"
#include "core/exchange/csvcells.h"
#include "core/exchange/exporter.h"

namespace framescope {

class ExportRows
{
public:
    ExportRows(ExportWhat what, ExportFormat format, bool rawCells);

    /// What stands before the first row: the CSV header; nothing for JSON lines.
    [[nodiscard]] QByteArray head() const;
    [[nodiscard]] QByteArray frame(const FrameBatch& batch, std::size_t index);
    /// Audit only.
    [[nodiscard]] QByteArray event(const AuditEvent& event);

private:
    [[nodiscard]] QByteArray frameCsv(const FrameBatch& batch, std::size_t index);
    /// @p batch is null for an event.
    [[nodiscard]] QByteArray auditCsv(const AuditEntry& entry, const FrameBatch* batch, std::size_t index);
    [[nodiscard]] static QByteArray auditJson(const AuditEntry& entry);

    const ExportWhat m_what;
    const ExportFormat m_format;
    CsvRow m_row;
};

/// The first 200 characters of a text payload, control characters as escapes; of a binary one the first 32 bytes in
/// hex.
[[nodiscard]] QByteArray payloadPreview(const FrameBatch& batch, std::size_t index);

} // namespace framescope
