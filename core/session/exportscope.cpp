#include "core/session/exportscope.h"

#include "core/session/shapescan.h"

namespace framescope {

Expected<ExportScope> exportScopeFromText(const QString& since, const QString& until, qint64 firstWallNs)
{
    ExportScope scope;
    FrameSpan span;
    const auto read = [firstWallNs](const QString& text, quint64& frame, qint64& wallNs) -> Expected<void> {
        if (text.trimmed().isEmpty())
            return {};
        const Expected<ShapePoint> point = shapePointFromText(text, firstWallNs);
        if (!point)
            return tl::unexpected(point.error());
        if (point->frame != 0)
            frame = point->frame;
        else
            wallNs = point->wallNs;
        return {};
    };
    if (auto ok = read(since, span.first, scope.fromWallNs); !ok)
        return tl::unexpected(ok.error());
    if (auto ok = read(until, span.last, scope.untilWallNs); !ok)
        return tl::unexpected(ok.error());
    if (span.first > span.last || scope.fromWallNs > scope.untilWallNs)
        return failure(ErrorCode::Parse, QStringLiteral("it ends before it begins"), until);
    if (span != FrameSpan())
        scope.spans = {span};
    return scope;
}

} // namespace framescope
