#include "core/exchange/exporter.h"

#include "core/exchange/exportmanifest.h"
#include "core/exchange/exportrows.h"
#include "core/exchange/exportsink.h"
#include "core/exchange/harexport.h"
#include "core/store/sessionreader.h"

#include <QFileInfo>
#include <QSaveFile>
#include <algorithm>
#include <cerrno>
#include <unistd.h>

namespace framescope {

namespace {

constexpr int exportEventsAtOnce = 1000;

/// One run over a session. It ends at what was committed when it began, so that exporting a running session ends.
class Export
{
public:
    Export(SessionReader& reader, ExportSink& sink, const ExportRequest& request, const ExportProgress& progress)
        : m_reader(reader)
        , m_sink(sink)
        , m_request(request)
        , m_progress(progress)
        , m_rows(request.what, request.format, request.rawCells)
    {
    }

    [[nodiscard]] Expected<ExportResult> run()
    {
        const auto extent = m_reader.extent();
        if (!extent)
            return tl::unexpected(extent.error());
        m_extent = *extent;
        if (auto ok = m_sink.put(m_rows.head()); !ok)
            return tl::unexpected(ok.error());
        m_lastFrame = std::min(m_extent.frames, m_request.scope.lastFrame());
        const bool wantsFrames = m_request.what == ExportWhat::Frames || m_request.includeFrames;
        auto number = m_request.scope.frameAtOrAfter(1);
        while (wantsFrames && number && *number <= m_lastFrame) {
            const auto block = m_reader.nextBlock(*number);
            if (!block)
                return tl::unexpected(block.error());
            if (!*block)
                break;
            if (auto ok = writeBlock(**block); !ok)
                return tl::unexpected(ok.error());
            number = m_request.scope.frameAtOrAfter((*block)->lastNumber() + 1);
        }
        if (auto ok = writeEventsBefore(m_extent.lastSeq + 1); !ok)
            return tl::unexpected(ok.error());
        if (auto ok = m_sink.flush(); !ok)
            return tl::unexpected(ok.error());
        noteRange(m_extent);
        return m_result;
    }

private:
    void noteRange(const SessionReader::Extent& extent)
    {
        if (!m_request.scope.isWhole())
            return;
        m_result.firstSeq = 1;
        m_result.lastSeq = extent.lastSeq;
    }

    void note(quint64 seq, quint64 frame)
    {
        ++m_result.rows;
        m_result.firstSeq = m_result.firstSeq == 0 ? seq : m_result.firstSeq;
        m_result.lastSeq = seq;
        if (frame == 0)
            return;
        m_result.firstFrame = m_result.firstFrame == 0 ? frame : m_result.firstFrame;
        m_result.lastFrame = frame;
    }

    [[nodiscard]] Expected<void> writeBlock(const FrameBatch& block)
    {
        if (auto ok = writeEventsBefore(block.firstAuditSeq); !ok)
            return ok;
        for (std::size_t i = 0; i < block.size() && block.heads[i].number <= m_lastFrame; ++i) {
            const FrameHead& head = block.heads[i];
            if (!m_request.scope.holdsTime(head.wallNs) || !m_request.scope.holdsFrame(head.number))
                continue;
            const bool isRemoved = block.isPayloadRemoved(i);
            m_result.notSearched += isRemoved && m_request.filter.needsPayload() ? 1 : 0;
            if (!m_request.filter.matches(block, i))
                continue;
            m_result.payloadsRemoved += isRemoved ? 1 : 0;
            if (auto ok = m_sink.put(m_rows.frame(block, i)); !ok)
                return ok;
            note(block.firstAuditSeq + i, head.number);
        }
        m_nextSeq = std::max(m_nextSeq, block.firstAuditSeq + block.size());
        m_done += block.size();
        return report();
    }

    [[nodiscard]] Expected<void> writeEventsBefore(quint64 seq)
    {
        const bool wantsEvents = m_request.what == ExportWhat::Audit && !m_request.scope.isOfFrames();
        while (wantsEvents && m_nextSeq < seq) {
            const auto events = m_reader.events(m_nextSeq, seq - 1, exportEventsAtOnce);
            if (!events)
                return tl::unexpected(events.error());
            if (events->empty())
                break;
            for (const AuditEvent& event : *events) {
                if (!m_request.scope.holdsTime(event.at.wallNs))
                    continue;
                if (auto ok = m_sink.put(m_rows.event(event)); !ok)
                    return ok;
                note(event.seq, 0);
            }
            m_done += events->size();
            m_nextSeq = events->back().seq + 1;
            if (auto ok = report(); !ok)
                return ok;
        }
        return {};
    }

    [[nodiscard]] Expected<void> report()
    {
        const quint64 frames = m_lastFrame - std::min(m_lastFrame, m_request.scope.firstFrame() - 1);
        const quint64 all = m_request.what == ExportWhat::Frames || m_request.scope.isOfFrames() ? frames
                            : m_request.includeFrames                                            ? m_extent.lastSeq
                                                                                                 : 0;
        if (m_progress && !m_progress(m_done, all))
            return failure(ErrorCode::Cancelled, QStringLiteral("the export was cancelled"), m_request.sessionPath);
        return {};
    }

    SessionReader& m_reader;
    ExportSink& m_sink;
    const ExportRequest& m_request;
    const ExportProgress& m_progress;
    ExportRows m_rows;
    SessionReader::Extent m_extent;
    ExportResult m_result;
    quint64 m_lastFrame = 0;
    quint64 m_nextSeq = 1;
    quint64 m_done = 0;
};

Expected<ExportResult> written(SessionReader& reader, ExportSink& sink, const ExportRequest& request,
                               const ExportProgress& progress)
{
    if (request.format != ExportFormat::Har)
        return Export(reader, sink, request, progress).run();
    if (request.what == ExportWhat::Frames)
        return HarExport(reader, sink, request, progress).run();
    return failure(ErrorCode::InvalidArgument, QStringLiteral("a HAR holds frames, not the audit log"));
}

/// What is marked stands in the session: from here on the request names frames by number.
Expected<ExportRequest> withMarks(const ExportRequest& request)
{
    ExportRequest resolved = request;
    if (!request.scope.onlyMarked && !request.filter.needsMarks())
        return resolved;
    const auto reader = SessionReader::open(request.sessionPath);
    if (!reader)
        return tl::unexpected(reader.error());
    const auto marks = (*reader)->marks();
    if (!marks)
        return tl::unexpected(marks.error());
    resolved.filter = request.filter.withMarks(*marks);
    resolved.scope.marksPassedOver = (*marks)->passedOver();
    if (request.scope.onlyMarked)
        resolved.scope.spans =
            request.scope.spans.empty() ? (*marks)->spans() : commonFrames(request.scope.spans, (*marks)->spans());
    return resolved;
}

/// Of a request whose marks are known.
Expected<ExportResult> exportKnown(QIODevice& device, const ExportRequest& request, const ExportProgress& progress)
{
    const auto reader = SessionReader::open(request.sessionPath);
    if (!reader)
        return tl::unexpected(reader.error());
    ExportSink sink(device);
    if (request.byteOrderMark && request.format == ExportFormat::Csv) {
        if (auto ok = sink.put("\xef\xbb\xbf"); !ok)
            return tl::unexpected(ok.error());
    }
    auto result = written(**reader, sink, request, progress);
    if (!result)
        return result;
    result->marksPassedOver = request.scope.marksPassedOver;
    result->bytes = sink.bytes();
    result->sha256Hex = sink.sha256Hex();
    return result;
}

/// Open for writing, for the owner only. Unbuffered, so that a full disk shows in write(): commit() of a buffered
/// QSaveFile may miss it (QTBUG-132332).
Expected<void> openForOwner(QSaveFile& file)
{
    // A link would be followed to a file that the person did not name.
    if (QFileInfo(file.fileName()).isSymLink())
        return failure(ErrorCode::Refused, QStringLiteral("the target is a symbolic link"), file.fileName());
    if (!file.open(QIODevice::WriteOnly | QIODevice::Unbuffered))
        return failure(ErrorCode::Io, file.errorString(), file.fileName());
    file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    return {};
}

/// On the disk before it gets its name. QSaveFile syncs too, but keeps quiet when that fails, and some disks are full
/// only then (quotas, network file systems).
Expected<void> commitDurably(QSaveFile& file)
{
    if (fsync(file.handle()) != 0)
        return failure(ErrorCode::Io, qt_error_string(errno), file.fileName());
    if (!file.commit())
        return failure(ErrorCode::Io, file.errorString(), file.fileName());
    return {};
}

/// The manifest goes first: an export without one is never there, not even after a crash between the two.
Expected<void> writeManifest(QSaveFile& file, const QByteArray& manifest)
{
    if (file.write(manifest) != manifest.size())
        return failure(ErrorCode::Io, file.errorString(), file.fileName());
    return commitDurably(file);
}

} // namespace

bool ExportScope::hasTimes() const
{
    return fromWallNs != std::numeric_limits<qint64>::min() || untilWallNs != std::numeric_limits<qint64>::max();
}

bool ExportScope::holdsFrame(quint64 number) const
{
    return isOfFrames() ? holdsNumber(spans, number) : true;
}

std::optional<quint64> ExportScope::frameAtOrAfter(quint64 number) const
{
    return isOfFrames() ? numberAtOrAfter(spans, number) : number;
}

quint64 ExportScope::lastFrame() const
{
    if (!isOfFrames())
        return FrameSpan().last;
    return spans.empty() ? 0 : spans.back().last;
}

QString exportSuffix(ExportFormat format)
{
    switch (format) {
    case ExportFormat::Csv:
        return QStringLiteral("csv");
    case ExportFormat::JsonLines:
        return QStringLiteral("jsonl");
    case ExportFormat::Har:
        return QStringLiteral("har");
    }
    return {};
}

Expected<ExportResult> exportTo(QIODevice& device, const ExportRequest& request, const ExportProgress& progress)
{
    const auto known = withMarks(request);
    if (!known)
        return tl::unexpected(known.error());
    return exportKnown(device, *known, progress);
}

Expected<ExportResult> exportToFile(const QString& path, const ExportRequest& request, const ExportProgress& progress)
{
    const QString session = QFileInfo(request.sessionPath).absoluteFilePath();
    for (const QString& target : {path, manifestPath(path)}) {
        if (QFileInfo(target).absoluteFilePath() == session)
            return failure(ErrorCode::Refused, QStringLiteral("the target is the session itself"), path);
    }
    const auto known = withMarks(request);
    if (!known)
        return tl::unexpected(known.error());
    QSaveFile file(path);
    QSaveFile manifestFile(manifestPath(path));
    for (QSaveFile* each : {&file, &manifestFile}) {
        if (auto ok = openForOwner(*each); !ok)
            return tl::unexpected(ok.error());
    }
    auto result = exportKnown(file, *known, progress);
    if (!result) {
        if (result.error().place.isEmpty())
            result.error().place = path;
        return result;
    }
    const auto manifest = exportManifest(path, *known, *result);
    if (!manifest)
        return tl::unexpected(manifest.error());
    if (auto ok = writeManifest(manifestFile, *manifest); !ok)
        return tl::unexpected(ok.error());
    if (auto ok = commitDurably(file); !ok) {
        QFile::remove(manifestFile.fileName());
        return tl::unexpected(ok.error());
    }
    return result;
}

} // namespace framescope
