#pragma once
/// Frames as HAR 1.2 with `_webSocketMessages`, in the shape that Chrome's DevTools write: one entry for each
/// connection attempt, with its messages in order. What HAR has no member for stands in members `_framescope`
/// (README.md), so that reading the file back (harcapture.h) loses nothing. Room-private; exporter.h is the door.
///
/// HAR wants the messages of one connection together, a session has them as they came. So a first pass notes where each
/// attempt's frames lie, and each entry then reads that part of the session: memory stays that of one block, also where
/// many connections run side by side.
/// Thread: any but the gui's. Errors: as exportTo().
#include "core/exchange/exporter.h"
#include "core/exchange/exportsink.h"
#include "core/store/sessionreader.h"

#include <map>

namespace framescope {

class HarExport
{
public:
    HarExport(SessionReader& reader, ExportSink& sink, const ExportRequest& request, const ExportProgress& progress);

    [[nodiscard]] Expected<ExportResult> run();

private:
    /// One attempt of one connection: what the entry says of it, and where its frames lie.
    struct Attempt
    {
        quint16 connection = 0;
        quint16 attempt = 0;
        quint64 order = 0; ///< sequence number of what was seen of it first
        quint64 frames = 0;
        quint64 firstFrame = 0;
        quint64 lastFrame = 0;
        qint64 firstWallNs = 0;
        qint64 lastWallNs = 0;
        qint64 startedWallNs = 0;   ///< 0: not recorded
        qint64 connectedWallNs = 0; ///< 0: it never was
        qint64 closedWallNs = 0;
        quint64 closedSeq = 0;
        QByteArray endpoint;
        QByteArray closed; ///< detail of the event that ended it
    };

    [[nodiscard]] Expected<void> lookAtFrames();
    [[nodiscard]] Expected<void> lookAtEvents();
    void take(const AuditEvent& event);
    void note(Attempt& attempt, const FrameBatch& block, std::size_t index);
    [[nodiscard]] Attempt& attemptOf(quint16 connection, quint16 attempt, quint64 seq);
    [[nodiscard]] std::vector<const Attempt*> entries() const;
    [[nodiscard]] bool isInScope(const FrameHead& head) const;
    [[nodiscard]] bool isWanted(const FrameBatch& block, std::size_t index) const;
    [[nodiscard]] Expected<void> writeMessages(const Attempt& attempt);
    [[nodiscard]] Expected<void> report(quint64 done);

    [[nodiscard]] QByteArray head() const;
    [[nodiscard]] static QByteArray entryHead(const Attempt& attempt);
    [[nodiscard]] static QByteArray entryFacts(const Attempt& attempt);
    [[nodiscard]] static QByteArray message(const FrameBatch& block, std::size_t index);

    SessionReader& m_reader;
    ExportSink& m_sink;
    const ExportRequest& m_request;
    const ExportProgress& m_progress;
    SessionReader::Extent m_extent;
    std::map<std::pair<quint16, quint16>, Attempt> m_attempts;
    ExportResult m_result;
    quint64 m_looked = 0; ///< frames that the first pass read
    quint64 m_written = 0;
};

} // namespace framescope
