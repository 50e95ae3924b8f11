#pragma once
/// What the shapes pane shows: a report, and what changed in it. Thread: any; immutable once shared.
#include "core/session/shapescan.h"

#include <QMetaType>
#include <memory>

namespace framescope {

struct ShapeRequest
{
    QString path;       ///< the session file
    QString since;      ///< frame number or time as typed; empty: nothing is compared
    QString comparedTo; ///< an earlier session's file; empty: none

    friend bool operator==(const ShapeRequest&, const ShapeRequest&) = default;
};

struct ShapeResult
{
    ShapeReport report;
    std::vector<ShapeChange> changes;
    quint64 sinceFrame = 0;             ///< the first frame of "since"; 0: there is none (yet)
    bool isComparison = false;          ///< changes were looked for
    std::optional<Error> error;         ///< of the session file: the report ends where it came
    std::optional<Error> questionError; ///< of the point in time, or of the other file
};
using ShapeResultPtr = std::shared_ptr<const ShapeResult>;

} // namespace framescope

Q_DECLARE_METATYPE(framescope::ShapeResultPtr)
