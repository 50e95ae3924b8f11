#pragma once
/// Shapes and what changed in them, in words. Names from the wire are made visible first. Thread: gui (translations).
#include "ui/shapes/shaperesult.h"

#include <QString>

namespace framescope {

[[nodiscard]] QString shapeTypeText(const QByteArray& type); ///< "interaction.update", "(unknown)"
[[nodiscard]] QString shapePathText(const ShapePath& path);  ///< "/routing/skillId", "(the document)"
[[nodiscard]] QString shapeKindsText(JsonKinds kinds);       ///< "string, null"
/// "100 %"; empty where it means nothing.
[[nodiscard]] QString shapePresenceText(const TypeShape& shape, const ShapePath& path);
/// What presence counts, for a tool tip.
[[nodiscard]] QString shapePresenceTip(const TypeShape& shape, const ShapePath& path);
/// "+ appeared at frame 10,422", without the path. What is gone from @p otherSession has that one's frame numbers.
[[nodiscard]] QString shapeChangeText(const ShapeChange& change, bool otherSession);
/// "3 types · 112 paths · learnt from 9,400 frames · 2,210 binary": what was read, and what of it has no shape.
[[nodiscard]] QString shapeSummaryText(const ShapeReport& report);
/// What was over a bound; empty when nothing was.
[[nodiscard]] QString shapeBoundsText(const TypeShape& shape);
/// Why there is nothing to show.
[[nodiscard]] QString shapeEmptyText(const ShapeReport& report);

} // namespace framescope
