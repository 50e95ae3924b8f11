#pragma once
/// What `stats --shapes`, `--since`, `--compared-to` and `--schema` print: the shapes of a session's messages, what
/// changed in them, a proposed schema. The JSON keys are a promise (README.md). Thread: main; waits for the disk.
#include "core/store/sessionreader.h"

#include <QString>

namespace framescope::cli {

struct ShapeQuestion
{
    bool isJson = false;
    QString since;      ///< frame number or time; empty: not asked
    QString comparedTo; ///< the earlier session's file; empty: not asked
    QString schemaType; ///< print only the schema of this type; empty: not asked
};

/// Reads, prints, and says errors. An ExitCode.
[[nodiscard]] int runShapes(SessionReader& reader, const ShapeQuestion& question);

} // namespace framescope::cli
