#pragma once
/// Learns the shapes of messages (shapes.h) from one JSON document after another.
///
/// One walk over the parsed document, each member found by its place in the object before: about as fast as parsing.
/// Counts are exact. Memory is bounded whatever comes (ShapeLimits); what a bound kept out is counted.
/// A book has two parts, before and since, so that what changed at a frame can be told.
/// Thread: one at a time. Frame numbers ascend from 1.
#include "core/decode/shapes.h"

#include <QByteArrayView>
#include <memory>

namespace framescope {

struct ShapeLimits
{
    std::size_t types = 1024;
    std::size_t pathsPerType = 2048;
    std::size_t paths = 32 * 1024; ///< of all types: at most about 20 MB
    std::size_t members = 512;     ///< different ones of one object: more are keys of a dictionary
    int depth = 32;                ///< objects and lists inside each other
    std::size_t nameBytes = 128;
    std::size_t texts = 16; ///< different ones at one path
    std::size_t textBytes = 32;
    std::size_t structuresPerType = 256;
};

enum class ShapePart : quint8
{
    Before,
    Since,
    Whole
};

class ShapeBook
{
public:
    explicit ShapeBook(const ShapeLimits& limits = {});
    ~ShapeBook();
    ShapeBook(ShapeBook&&) noexcept;
    ShapeBook& operator=(ShapeBook&&) noexcept;

    /// Index for learn(); -1 when there are too many types.
    [[nodiscard]] int typeOf(QByteArrayView name);
    /// False when @p json cannot be parsed (also: nested deeper than 128, numbers beyond 64 bits); nothing is learnt
    /// then. A frame is learnt whole or not at all.
    bool learn(int type, quint64 frame, QByteArrayView json);
    /// What is learnt from now on belongs to the part Since.
    void beginSince();

    /// Types and frames; what else the report counts is for the caller to fill in. A part has only what was seen in it;
    /// structures are those of the whole.
    [[nodiscard]] ShapeReport report(ShapePart part = ShapePart::Whole) const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace framescope
