#pragma once
/// Learns the shapes of a session's messages (core/decode/shapes.h) from its file, from where it stopped on, so that a
/// session that is being written is followed at the cost of what came.
///
/// With a point, what came before and what came since are kept apart. Memory is bounded whatever the session's length;
/// payloads are parsed again. For the command line and the window this header is the door to shapes, what changed
/// (core/decode/shapechanges.h) and proposed schemas (core/decode/shapeschema.h).
/// Thread: one at a time; may wait for the disk, so never the gui's.
#include "core/base/error.h"
#include "core/decode/shapebook.h"
#include "core/decode/shapechanges.h"
#include "core/decode/shapes.h"
#include "core/decode/shapeschema.h"
#include "core/frame/frame.h"

#include <functional>

namespace framescope {

class SessionReader;

/// The first frame of "since": by its number, or the first that came at that time or later.
struct ShapePoint
{
    quint64 frame = 0; ///< 0: by time
    qint64 wallNs = 0;

    friend bool operator==(const ShapePoint&, const ShapePoint&) = default;
};

/// "10422", "10,422", an RFC 3339 time, or a time of day in UTC ("20:15", "20:15:07.431"), which is the first such
/// moment at or after @p firstWallNs, firstFrameWallNs() of the session. Parse with the forms that there are.
[[nodiscard]] Expected<ShapePoint> shapePointFromText(const QString& text, qint64 firstWallNs);
/// When the session's first frame came, by the clock that its frames carry: in a replay that of the original. Without
/// frames, when it began.
[[nodiscard]] qint64 firstFrameWallNs(SessionReader& reader);

class ShapeScan
{
public:
    /// @p done of @p all frames; false: stop.
    using Progress = std::function<bool(quint64 done, quint64 all)>;

    explicit ShapeScan(std::optional<ShapePoint> since = std::nullopt);

    /// Frames up to lastFrame() are passed over.
    void take(const FrameBatch& batch);
    /// Takes everything that is committed. Errors: those of the reader; Cancelled when @p progress says so, after which
    /// it can go on.
    [[nodiscard]] Expected<void> readOn(SessionReader& reader, const Progress& progress);

    [[nodiscard]] quint64 lastFrame() const { return m_lastFrame; }
    /// The first frame of "since"; 0 while it has not come.
    [[nodiscard]] quint64 sinceFrame() const { return m_sinceFrame; }
    /// What was not learnt from is counted in the report of the whole.
    [[nodiscard]] ShapeReport report(ShapePart part = ShapePart::Whole) const;

private:
    void takeFrame(const FrameBatch& batch, std::size_t index);

    ShapeBook m_book;
    std::optional<ShapePoint> m_since;
    std::vector<int> m_typeOf; ///< of the batch in hand: TypeId to the book's type; -2: not looked up yet
    quint64 m_lastFrame = 0;
    quint64 m_sinceFrame = 0;
    quint64 m_notJson = 0;
    quint64 m_binary = 0;
    quint64 m_withoutPayload = 0;
    quint64 m_ofFurtherTypes = 0;
};

} // namespace framescope
