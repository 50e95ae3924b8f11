#pragma once
/// The shapes pane's table as CSV. Thread: any. No locale.
#include "ui/shapes/shaperesult.h"
#include "ui/topics/csvtable.h"

namespace framescope {

/// One row a path: type, path, json_types, presence (0 to 1), present_in, chances, values, frames, first_frame,
/// last_frame, change. Then what is gone, with the frame where it was seen last in last_frame.
[[nodiscard]] CsvTable shapesCsv(const ShapeResult& result);

} // namespace framescope
