#include "core/session/shapescan.h"

#include "core/base/clock.h"
#include "core/store/sessionreader.h"

#include <QDateTime>
#include <QTimeZone>

namespace framescope {

namespace {

constexpr int notLookedUp = -2;

std::optional<qint64> wallNsOfTimeOfDay(const QString& text, qint64 firstWallNs)
{
    for (const char* form : {"H:mm", "H:mm:ss", "H:mm:ss.z", "H:mm:ss.zzz"}) {
        const QTime time = QTime::fromString(text, QString::fromLatin1(form));
        if (!time.isValid())
            continue;
        const QDateTime started = QDateTime::fromMSecsSinceEpoch(firstWallNs / nsPerMs, Qt::UTC);
        QDateTime moment(started.date(), time, Qt::UTC);
        if (moment < started)
            moment = moment.addDays(1);
        return moment.toMSecsSinceEpoch() * nsPerMs;
    }
    return std::nullopt;
}

} // namespace

Expected<ShapePoint> shapePointFromText(const QString& text, qint64 firstWallNs)
{
    const QString own = text.trimmed();
    bool isNumber = false;
    const quint64 frame = QString(own).remove(u',').toULongLong(&isNumber);
    if (isNumber && frame > 0)
        return ShapePoint{frame, 0};
    if (const std::optional<qint64> wallNs = wallNsOfTimeOfDay(own, firstWallNs))
        return ShapePoint{0, *wallNs};
    const QDateTime time = QDateTime::fromString(own, Qt::ISODateWithMs);
    if (time.isValid() && time.timeSpec() != Qt::LocalTime)
        return ShapePoint{0, time.toMSecsSinceEpoch() * nsPerMs};
    return failure(ErrorCode::Parse,
                   QStringLiteral("neither a frame number (from 1) nor a time such as 20:15:07 (UTC) or "
                                  "2026-11-24T20:15:07Z"),
                   own);
}

qint64 firstFrameWallNs(SessionReader& reader)
{
    const Expected<FrameBatchPtr> block = reader.nextBlock(1);
    const bool hasFrames = block && *block && !(*block)->isEmpty();
    return hasFrames ? (*block)->heads.front().wallNs : reader.info().startedWallNs;
}

ShapeScan::ShapeScan(std::optional<ShapePoint> since)
    : m_since(since)
{
}

void ShapeScan::take(const FrameBatch& batch)
{
    m_typeOf.assign(batch.types ? batch.types->size() : 0, notLookedUp);
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (batch.heads[i].number > m_lastFrame)
            takeFrame(batch, i);
    }
}

void ShapeScan::takeFrame(const FrameBatch& batch, std::size_t index)
{
    const FrameHead& head = batch.heads[index];
    m_lastFrame = head.number;
    const bool isSince =
        m_since && (m_since->frame > 0 ? head.number >= m_since->frame : head.wallNs >= m_since->wallNs);
    if (isSince && m_sinceFrame == 0) {
        m_sinceFrame = head.number;
        m_book.beginSince();
    }
    if ((head.flags & FrameFlag::PayloadKept) == 0) {
        ++m_withoutPayload;
        return;
    }
    if (head.opcode == Opcode::Binary && (head.flags & FrameFlag::JsonPayload) == 0) {
        ++m_binary;
        return;
    }
    int type = -1;
    if (head.type < m_typeOf.size()) {
        int& known = m_typeOf[head.type];
        if (known == notLookedUp)
            known = m_book.typeOf(batch.typeNameOf(index));
        type = known;
    }
    if (type < 0)
        ++m_ofFurtherTypes;
    else if (!m_book.learn(type, head.number, batch.payloadOf(index)))
        ++m_notJson;
}

Expected<void> ShapeScan::readOn(SessionReader& reader, const Progress& progress)
{
    const Expected<SessionReader::Extent> extent = reader.extent();
    if (!extent)
        return tl::unexpected(extent.error());
    for (;;) {
        const Expected<FrameBatchPtr> block = reader.nextBlock(m_lastFrame + 1);
        if (!block)
            return tl::unexpected(block.error());
        if (!*block || (*block)->isEmpty() || (*block)->lastNumber() <= m_lastFrame)
            return {};
        take(**block);
        if (!progress(m_lastFrame, std::max(extent->frames, m_lastFrame)))
            return failure(ErrorCode::Cancelled, QStringLiteral("stopped"));
    }
}

ShapeReport ShapeScan::report(ShapePart part) const
{
    ShapeReport report = m_book.report(part);
    report.lastFrame = m_lastFrame;
    if (part == ShapePart::Whole) {
        report.notJson = m_notJson;
        report.binary = m_binary;
        report.withoutPayload = m_withoutPayload;
        report.ofFurtherTypes = m_ofFurtherTypes;
    }
    return report;
}

} // namespace framescope
