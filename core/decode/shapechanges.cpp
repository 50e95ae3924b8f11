#include "core/decode/shapechanges.h"

#include <QHash>
#include <algorithm>
#include <cmath>

namespace framescope {

namespace {

/// With the old rate so many would have been expected: that chance alone hid them all is less than 1 in 100.
constexpr double leastExpected = 5;
constexpr quint64 leastObjects = 20; // a rate of fewer is not compared
constexpr double leastDifference = 0.25;

bool isCredible(quint64 seen, quint64 ofBefore, quint64 chancesSince)
{
    return ofBefore > 0 && double(seen) / double(ofBefore) * double(chancesSince) >= leastExpected;
}

class TypeComparison
{
public:
    TypeComparison(const TypeShape& before, const TypeShape& since, std::vector<ShapeChange>& changes)
        : m_before(before)
        , m_since(since)
        , m_changes(changes)
    {
        for (const ShapePath& path : before.paths)
            m_pathsBefore.insert(path.pointer, &path);
        for (const ShapePath& path : since.paths)
            m_pathsSince.insert(path.pointer, &path);
    }

    void run()
    {
        for (const ShapePath& path : m_since.paths) {
            if (const ShapePath* before = m_pathsBefore.value(path.pointer))
                compare(*before, path);
            else if (const ShapePath* parent = parentIn(m_pathsBefore, m_since, path);
                     parent && couldHave(*parent, path))
                add(ShapeChangeKind::PathAppeared, path.pointer, path.all.first).kindsSince = path.kindsSeen();
        }
        for (const ShapePath& path : m_before.paths) {
            if (m_pathsSince.contains(path.pointer))
                continue;
            const ShapePath* parent = parentIn(m_pathsSince, m_before, path);
            if (parent && isCredible(path.owners, m_before.chancesOf(path), chancesBelow(*parent, path)))
                add(ShapeChangeKind::PathGone, path.pointer, path.all.last).kindsBefore = path.kindsSeen();
        }
    }

private:
    using Paths = QHash<QByteArray, const ShapePath*>;

    static const ShapePath* parentIn(const Paths& paths, const TypeShape& shape, const ShapePath& path)
    {
        return path.parent < 0 ? nullptr : paths.value(shape.paths[std::size_t(path.parent)].pointer);
    }

    static quint64 chancesBelow(const ShapePath& parent, const ShapePath& child)
    {
        return parent.of(child.isItem ? JsonKind::Array : JsonKind::Object).values;
    }

    static bool couldHave(const ShapePath& parent, const ShapePath& child) { return chancesBelow(parent, child) > 0; }

    ShapeChange& add(ShapeChangeKind kind, const QByteArray& pointer, quint64 frame)
    {
        ShapeChange change;
        change.kind = kind;
        change.type = m_since.type;
        change.pointer = pointer;
        change.frame = frame;
        return m_changes.emplace_back(std::move(change));
    }

    void compare(const ShapePath& before, const ShapePath& since)
    {
        compareKinds(before, since);
        comparePresence(before, since);
        if (!before.isEnumeration())
            return;
        for (const ShapePath::Text& text : since.texts) {
            const auto isSame = [&text](const ShapePath::Text& known) { return known.text == text.text; };
            if (std::none_of(before.texts.begin(), before.texts.end(), isSame))
                add(ShapeChangeKind::TextAppeared, since.pointer, text.first).text = text.text;
        }
    }

    void compareKinds(const ShapePath& before, const ShapePath& since)
    {
        const JsonKinds old = before.kindsSeen();
        const JsonKinds now = since.kindsSeen();
        for (std::size_t i = 0; i < jsonKindCount; ++i) {
            const JsonKind kind = JsonKind(i);
            const bool was = (old & kindBit(kind)) != 0;
            const bool is = (now & kindBit(kind)) != 0;
            // Where another kind came in its place, that says it all.
            const bool isGone = was && !is && (now & ~old) == 0 &&
                                isCredible(before.of(kind).values, before.all.values, since.all.values);
            if (was == is || (was && !isGone))
                continue;
            ShapeChange& change = add(is ? ShapeChangeKind::KindAppeared : ShapeChangeKind::KindGone, since.pointer,
                                      is ? since.of(kind).first : before.of(kind).last);
            change.jsonKind = kind;
            change.kindsBefore = old;
            change.kindsSince = now;
        }
    }

    void comparePresence(const ShapePath& before, const ShapePath& since)
    {
        const std::optional<double> old = m_before.presenceOf(before);
        const std::optional<double> now = m_since.presenceOf(since);
        if (!old || !now || m_before.chancesOf(before) < leastObjects || m_since.chancesOf(since) < leastObjects)
            return;
        const bool isNoLongerInAll = before.owners == m_before.chancesOf(before) && *now < 1;
        if (!isNoLongerInAll && std::abs(*old - *now) < leastDifference)
            return;
        ShapeChange& change = add(ShapeChangeKind::PresenceChanged, since.pointer, since.all.first);
        change.presenceBefore = *old;
        change.presenceSince = *now;
    }

    const TypeShape& m_before;
    const TypeShape& m_since;
    std::vector<ShapeChange>& m_changes;
    Paths m_pathsBefore;
    Paths m_pathsSince;
};

ShapeChange ofType(ShapeChangeKind kind, const QByteArray& type, quint64 frame)
{
    ShapeChange change;
    change.kind = kind;
    change.type = type;
    change.frame = frame;
    return change;
}

} // namespace

bool ShapeChange::isGone() const
{
    return kind == ShapeChangeKind::TypeGone || kind == ShapeChangeKind::PathGone || kind == ShapeChangeKind::KindGone;
}

const char* shapeChangeName(ShapeChangeKind kind)
{
    constexpr std::array names{"type-appeared", "type-gone", "path-appeared",    "path-gone",
                               "kind-appeared", "kind-gone", "presence-changed", "text-appeared"};
    return names[std::size_t(kind)];
}

std::vector<ShapeChange> shapeChanges(const ShapeReport& before, const ShapeReport& since)
{
    std::vector<ShapeChange> changes;
    if (before.isEmpty() || since.isEmpty())
        return changes;
    for (const TypeShape& type : since.types) {
        if (const TypeShape* old = before.find(type.type))
            TypeComparison(*old, type, changes).run();
        else
            changes.push_back(ofType(ShapeChangeKind::TypeAppeared, type.type, type.frames.first));
    }
    for (const TypeShape& type : before.types) {
        if (!since.find(type.type) && isCredible(type.frames.frames, before.frames.frames, since.frames.frames))
            changes.push_back(ofType(ShapeChangeKind::TypeGone, type.type, type.frames.last));
    }
    return changes;
}

} // namespace framescope
