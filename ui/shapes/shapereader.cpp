#include "ui/shapes/shapereader.h"

#include "core/store/sessionreader.h"

#include <QElapsedTimer>

namespace framescope {

namespace {
constexpr qint64 shapeReportMs = 200;
}

ShapeReader::ShapeReader() = default;

ShapeReader::~ShapeReader() = default;

void ShapeReader::run(quint64 ticket, const ShapeRequest& request)
{
    if (!isCurrent(ticket))
        return;
    ShapeResult result;
    result.error = begin(request, result);
    if (m_scan && m_reader) {
        if (const Expected<void> done = read(ticket, *m_scan, *m_reader); !done)
            result.error = done.error();
        if (!isCurrent(ticket))
            return;
        result.report = m_scan->report();
        result.sinceFrame = m_scan->sinceFrame();
        compare(ticket, result);
    }
    if (isCurrent(ticket))
        Q_EMIT finished(ticket, std::make_shared<const ShapeResult>(std::move(result)));
}

/// Opens what is not open; another request starts anew. A live session's file may be a moment younger than the wish to
/// read it: that is tried again with the next run.
std::optional<Error> ShapeReader::begin(const ShapeRequest& request, ShapeResult& result)
{
    if (m_request != request) {
        if (m_request.comparedTo != request.comparedTo)
            m_earlier.reset();
        m_request = request;
        m_reader.reset();
        m_scan.reset();
    }
    if (!m_reader) {
        Expected<std::unique_ptr<SessionReader>> opened = SessionReader::open(request.path);
        if (!opened)
            return opened.error();
        m_reader = std::move(*opened);
        m_pointError.reset();
        std::optional<ShapePoint> since;
        if (!request.since.isEmpty()) {
            const Expected<ShapePoint> point = shapePointFromText(request.since, firstFrameWallNs(*m_reader));
            if (point)
                since = *point;
            else
                m_pointError = point.error();
        }
        m_scan.emplace(since);
    }
    result.questionError = m_pointError;
    return std::nullopt;
}

Expected<void> ShapeReader::read(quint64 ticket, ShapeScan& scan, SessionReader& reader)
{
    QElapsedTimer sinceReport;
    sinceReport.start();
    return scan.readOn(reader, [&](quint64 done, quint64 all) {
        if (sinceReport.elapsed() >= shapeReportMs) {
            sinceReport.restart();
            Q_EMIT progressed(ticket, done, all);
        }
        return isCurrent(ticket);
    });
}

Expected<void> ShapeReader::readEarlier(quint64 ticket)
{
    const Expected<std::unique_ptr<SessionReader>> reader = SessionReader::open(m_request.comparedTo);
    if (!reader)
        return tl::unexpected(reader.error());
    ShapeScan scan;
    Expected<void> done = read(ticket, scan, **reader);
    if (done)
        m_earlier = scan.report();
    return done;
}

void ShapeReader::compare(quint64 ticket, ShapeResult& result)
{
    if (!m_request.comparedTo.isEmpty()) {
        if (!m_earlier) {
            if (const Expected<void> done = readEarlier(ticket); !done) {
                result.questionError = done.error();
                return;
            }
        }
        result.isComparison = true;
        result.changes = shapeChanges(*m_earlier, result.report);
    } else if (!m_request.since.isEmpty() && !m_pointError) {
        result.isComparison = true;
        result.changes = shapeChanges(m_scan->report(ShapePart::Before), m_scan->report(ShapePart::Since));
    }
}

} // namespace framescope
