#include "core/store/exporter.h"

#include "core/store/exportrows.h"
#include "core/store/sessionreader.h"

#include <QFileInfo>
#include <QSaveFile>
#include <limits>
#include <openssl/evp.h>

namespace framescope {

namespace {

constexpr qsizetype chunkBytes = 256 * 1024;
constexpr int eventsAtOnce = 1000;

/// Collects rows into chunks, hashes them, writes them.
class ExportSink
{
public:
    explicit ExportSink(QIODevice& device)
        : m_device(device)
        , m_digest(EVP_MD_CTX_new())
    {
        EVP_DigestInit_ex(m_digest.get(), EVP_sha256(), nullptr);
    }

    [[nodiscard]] Expected<void> put(QByteArrayView bytes)
    {
        m_chunk += bytes;
        return m_chunk.size() < chunkBytes ? Expected<void>() : flush();
    }

    [[nodiscard]] Expected<void> flush()
    {
        EVP_DigestUpdate(m_digest.get(), m_chunk.constData(), std::size_t(m_chunk.size()));
        for (qsizetype done = 0; done < m_chunk.size();) {
            const qint64 written = m_device.write(m_chunk.constData() + done, m_chunk.size() - done);
            if (written <= 0)
                return failure(ErrorCode::Io, m_device.errorString());
            done += written;
            m_bytes += written;
        }
        m_chunk.clear();
        return {};
    }

    [[nodiscard]] qint64 bytes() const { return m_bytes; }

    [[nodiscard]] QByteArray sha256Hex()
    {
        Sha256Digest digest{};
        EVP_DigestFinal_ex(m_digest.get(), digest.data(), nullptr);
        return toHex(digest);
    }

private:
    struct Free
    {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    QIODevice& m_device;
    std::unique_ptr<EVP_MD_CTX, Free> m_digest;
    QByteArray m_chunk;
    qint64 m_bytes = 0;
};

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

    [[nodiscard]] Expected<quint64> run()
    {
        const auto extent = m_reader.extent();
        if (!extent)
            return tl::unexpected(extent.error());
        m_extent = *extent;
        if (auto ok = m_sink.put(m_rows.head()); !ok)
            return tl::unexpected(ok.error());
        const bool wantsFrames = m_request.what == ExportWhat::Frames || m_request.includeFrames;
        for (quint64 number = 1; wantsFrames && number <= m_extent.frames;) {
            const auto block = m_reader.nextBlock(number);
            if (!block)
                return tl::unexpected(block.error());
            if (!*block)
                break;
            if (auto ok = writeBlock(**block); !ok)
                return tl::unexpected(ok.error());
            number = (*block)->lastNumber() + 1;
        }
        if (auto ok = writeEventsBefore(m_extent.lastSeq + 1); !ok)
            return tl::unexpected(ok.error());
        if (auto ok = m_sink.flush(); !ok)
            return tl::unexpected(ok.error());
        return m_written;
    }

private:
    [[nodiscard]] Expected<void> writeBlock(const FrameBatch& block)
    {
        if (auto ok = writeEventsBefore(block.firstAuditSeq); !ok)
            return ok;
        for (std::size_t i = 0; i < block.size() && block.heads[i].number <= m_extent.frames; ++i) {
            if (!m_request.filter.matches(block, i))
                continue;
            if (auto ok = m_sink.put(m_rows.frame(block, i)); !ok)
                return ok;
            ++m_written;
        }
        m_nextSeq = std::max(m_nextSeq, block.firstAuditSeq + block.size());
        m_done += block.size();
        return report();
    }

    [[nodiscard]] Expected<void> writeEventsBefore(quint64 seq)
    {
        while (m_request.what == ExportWhat::Audit && m_nextSeq < seq) {
            const auto events = m_reader.events(m_nextSeq, seq - 1, eventsAtOnce);
            if (!events)
                return tl::unexpected(events.error());
            if (events->empty())
                break;
            for (const AuditEvent& event : *events) {
                if (auto ok = m_sink.put(m_rows.event(event)); !ok)
                    return ok;
            }
            m_written += events->size();
            m_done += events->size();
            m_nextSeq = events->back().seq + 1;
            if (auto ok = report(); !ok)
                return ok;
        }
        return {};
    }

    [[nodiscard]] Expected<void> report()
    {
        const quint64 all = m_request.what == ExportWhat::Frames ? m_extent.frames
                            : m_request.includeFrames            ? m_extent.lastSeq
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
    quint64 m_nextSeq = 1;
    quint64 m_done = 0;
    quint64 m_written = 0;
};

} // namespace

Expected<ExportResult> exportTo(QIODevice& device, const ExportRequest& request, const ExportProgress& progress)
{
    const auto reader = SessionReader::open(request.sessionPath);
    if (!reader)
        return tl::unexpected(reader.error());
    ExportSink sink(device);
    if (request.byteOrderMark && request.format == ExportFormat::Csv) {
        if (auto ok = sink.put("\xef\xbb\xbf"); !ok)
            return tl::unexpected(ok.error());
    }
    const auto rows = Export(**reader, sink, request, progress).run();
    if (!rows)
        return tl::unexpected(rows.error());
    return ExportResult{*rows, sink.bytes(), sink.sha256Hex()};
}

Expected<ExportResult> exportToFile(const QString& path, const ExportRequest& request, const ExportProgress& progress)
{
    // A link would be followed to a file that the person did not name.
    if (QFileInfo(path).isSymLink())
        return failure(ErrorCode::Refused, QStringLiteral("the target is a symbolic link"), path);
    if (QFileInfo(path).absoluteFilePath() == QFileInfo(request.sessionPath).absoluteFilePath())
        return failure(ErrorCode::Refused, QStringLiteral("the target is the session itself"), path);
    QSaveFile file(path);
    // Unbuffered, so that a full disk shows in write(): commit() of a buffered QSaveFile may miss it (QTBUG-132332).
    if (!file.open(QIODevice::WriteOnly | QIODevice::Unbuffered))
        return failure(ErrorCode::Io, file.errorString(), path);
    file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    auto result = exportTo(file, request, progress);
    if (!result) {
        file.cancelWriting();
        if (result.error().place.isEmpty())
            result.error().place = path;
        return result;
    }
    if (!file.commit())
        return failure(ErrorCode::Io, file.errorString(), path);
    return result;
}

} // namespace framescope
