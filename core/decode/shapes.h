#pragma once
/// What the messages of a type look like: which paths, of which JSON types, how often, from which frame to which.
///
/// Paths are JSON Pointers (RFC 6901) with `*` for the items of a list; a member that is itself called "*" is written
/// "~2", which no JSON Pointer is. No values are kept but short codes that repeat, such as states (ShapePath::texts).
/// Thread: any; values.
#include <QByteArray>
#include <QtGlobal>
#include <array>
#include <optional>
#include <vector>

namespace framescope {

/// As written: 3 is an integer, 3.0 a number.
enum class JsonKind : quint8
{
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object
};
inline constexpr std::size_t jsonKindCount = 7;

/// Several kinds: one bit each.
using JsonKinds = quint8;
[[nodiscard]] constexpr JsonKinds kindBit(JsonKind kind)
{
    return JsonKinds(1U << quint8(kind));
}
[[nodiscard]] const char* jsonKindName(JsonKind kind); ///< as JSON Schema has it: "integer"
/// "string, null": null comes last. Empty for none.
[[nodiscard]] QByteArray jsonKindNames(JsonKinds kinds);

/// How often something was seen, and where. Frame numbers are exact; 0: never.
struct Sightings
{
    quint64 values = 0;
    quint64 frames = 0;
    quint64 first = 0;
    quint64 last = 0;
};

struct ShapePath
{
    QByteArray pointer;
    QByteArray name; ///< the member's; empty for the document itself and for items
    int parent = -1; ///< index in TypeShape::paths; parents come before their children
    bool isItem = false;
    Sightings all;
    std::array<Sightings, jsonKindCount> kinds;
    quint64 owners = 0; ///< objects that have the member; lists that have an item

    struct Text
    {
        QByteArray text;
        quint64 count = 0;
        quint64 first = 0;
    };
    std::vector<Text> texts; ///< all that were seen, where they are few, short, and codes; else empty

    [[nodiscard]] const Sightings& of(JsonKind kind) const { return kinds[std::size_t(kind)]; }
    [[nodiscard]] JsonKinds kindsSeen() const;
    /// A closed list of codes, as far as can be told: each of them came again and again.
    [[nodiscard]] bool isEnumeration() const;
};

/// What a bound kept from being learnt.
enum class ShapeBound : quint8
{
    Paths,   ///< of one type, or of all together
    Members, ///< different members of one object
    Depth,
    NameLength
};
inline constexpr std::size_t shapeBoundCount = 4;

struct TypeShape
{
    QByteArray type;
    Sightings frames;
    quint64 structures = 0;         ///< different sets of paths and kinds that frames had
    bool hasMoreStructures = false; ///< there were too many to be counted
    std::vector<ShapePath> paths;   ///< depth first, members as they first appeared; [0] is the document
    std::array<quint64, shapeBoundCount> unlearnt{}; ///< values that were passed over, by the bound that did it

    /// Index in paths; -1 when it was not seen.
    [[nodiscard]] int indexOf(QByteArrayView pointer) const;
    /// In how many of the objects that could have it a member was: outside of lists those are frames. None for the
    /// document and for items.
    [[nodiscard]] std::optional<double> presenceOf(const ShapePath& path) const;
    /// Objects (lists, for items) that could have it.
    [[nodiscard]] quint64 chancesOf(const ShapePath& path) const;
};

struct ShapeReport
{
    std::vector<TypeShape> types; ///< as they first appeared
    Sightings frames;             ///< those that were learnt from
    quint64 lastFrame = 0;        ///< the last one that was looked at
    quint64 notJson = 0;          ///< text that could not be parsed: not judged
    quint64 binary = 0;
    quint64 withoutPayload = 0; ///< only their digests were kept, or the gate refused them
    quint64 ofFurtherTypes = 0; ///< over the bound of types

    [[nodiscard]] const TypeShape* find(QByteArrayView type) const;
    [[nodiscard]] bool isEmpty() const { return types.empty(); }
};

} // namespace framescope
