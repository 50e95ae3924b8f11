#include "core/decode/shapes.h"

#include <algorithm>

namespace framescope {

namespace {

constexpr std::array<const char*, jsonKindCount> kindNames{"null",   "boolean", "integer", "number",
                                                           "string", "array",   "object"};
constexpr quint64 leastTexts = 20;       // fewer say nothing about what else may come
constexpr quint64 leastTextsForEach = 5; // on average
constexpr quint64 leastOfOneText = 2;

} // namespace

const char* jsonKindName(JsonKind kind)
{
    return kindNames[std::size_t(kind)];
}

QByteArray jsonKindNames(JsonKinds kinds)
{
    QByteArray names;
    for (std::size_t i = 1; i <= jsonKindCount; ++i) {
        const auto kind = JsonKind(i % jsonKindCount);
        if ((kinds & kindBit(kind)) != 0)
            names += (names.isEmpty() ? "" : ", ") + QByteArray(jsonKindName(kind));
    }
    return names;
}

JsonKinds ShapePath::kindsSeen() const
{
    JsonKinds seen = 0;
    for (std::size_t i = 0; i < jsonKindCount; ++i)
        seen |= kinds[i].values > 0 ? kindBit(JsonKind(i)) : JsonKinds(0);
    return seen;
}

bool ShapePath::isEnumeration() const
{
    const JsonKinds others = kindsSeen() & ~(kindBit(JsonKind::String) | kindBit(JsonKind::Null));
    const quint64 count = of(JsonKind::String).values;
    if (texts.empty() || others != 0 || count < leastTexts || count < leastTextsForEach * texts.size())
        return false;
    return std::all_of(texts.begin(), texts.end(), [](const Text& text) { return text.count >= leastOfOneText; });
}

int TypeShape::indexOf(QByteArrayView pointer) const
{
    const auto at =
        std::find_if(paths.begin(), paths.end(), [pointer](const ShapePath& path) { return path.pointer == pointer; });
    return at == paths.end() ? -1 : int(at - paths.begin());
}

quint64 TypeShape::chancesOf(const ShapePath& path) const
{
    if (path.parent < 0)
        return 0;
    return paths[std::size_t(path.parent)].of(path.isItem ? JsonKind::Array : JsonKind::Object).values;
}

std::optional<double> TypeShape::presenceOf(const ShapePath& path) const
{
    const quint64 chances = path.isItem ? 0 : chancesOf(path);
    if (chances == 0)
        return std::nullopt;
    return double(path.owners) / double(chances);
}

const TypeShape* ShapeReport::find(QByteArrayView type) const
{
    const auto at =
        std::find_if(types.begin(), types.end(), [type](const TypeShape& shape) { return shape.type == type; });
    return at == types.end() ? nullptr : &*at;
}

} // namespace framescope
