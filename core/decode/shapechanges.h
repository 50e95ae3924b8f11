#pragma once
/// What changed between two shape reports: those of two sessions, or the parts of one book.
///
/// Appearances are facts, with the frame. That something is gone, or rarer, is only said when there were enough chances
/// to see it: a member that one object in a hundred has is not gone because ten objects lack it.
/// Thread: any; pure.
#include "core/decode/shapes.h"

namespace framescope {

/// Names in machine output: append, never rename.
enum class ShapeChangeKind : quint8
{
    TypeAppeared,
    TypeGone,
    PathAppeared, ///< its parent was there before
    PathGone,
    KindAppeared, ///< a path has values of a JSON type that it never had
    KindGone,
    PresenceChanged, ///< was in all objects and no longer is, or differs by a quarter of all
    TextAppeared     ///< a further code in what was a closed list
};

struct ShapeChange
{
    ShapeChangeKind kind = ShapeChangeKind::TypeAppeared;
    QByteArray type;
    QByteArray pointer;
    quint64 frame = 0; ///< first with what appeared, last with what is gone, first since for a presence
    JsonKind jsonKind = JsonKind::Null; ///< KindAppeared, KindGone
    JsonKinds kindsBefore = 0;
    JsonKinds kindsSince = 0;
    double presenceBefore = 0; ///< 0 to 1
    double presenceSince = 0;
    QByteArray text; ///< TextAppeared

    /// Of what is gone the frame is one of the report before; with two sessions, of the other file.
    [[nodiscard]] bool isGone() const;
};

[[nodiscard]] const char* shapeChangeName(ShapeChangeKind kind); ///< "path-appeared"

/// By type, then by path. None when either report has no frames.
[[nodiscard]] std::vector<ShapeChange> shapeChanges(const ShapeReport& before, const ShapeReport& since);

} // namespace framescope
