#pragma once
/// Finds members that stand twice in one object, for all objects of a parsed document, whatever a schema names.
///
/// One pass over the parser's tape, linear in the document also when its names were chosen to collide. Names of small
/// objects are compared in place; an object of many members gets a hash table, seeded per process, that is used again
/// and given back when it has become large. No allocation for usual documents. Names are compared as their text: "a" is
/// "\u0061". For core/decode/*.cpp only. Thread: one.
#include <QtGlobal>
#include <array>
#include <simdjson.h>
#include <span>
#include <vector>

namespace framescope {

class DuplicateKeys
{
public:
    enum class Outcome
    {
        Distinct,
        Repeated,
        TooDeep ///< an empty object or list below the deepest level: the parser does not count those
    };

    /// @p depthLimit: levels of @p document, which the parser has accepted.
    explicit DuplicateKeys(int depthLimit);
    Outcome search(const simdjson::dom::document& document);

    /// Places on the tape of repeated names, the second and later ones of each, in order; at most `kept` of them.
    [[nodiscard]] std::span<const quint32> places() const { return std::span(m_places).first(m_placeCount); }
    /// How many more there are.
    [[nodiscard]] quint64 more() const { return m_more; }

    static constexpr std::size_t kept = 16;

private:
    struct Level
    {
        std::size_t firstName; ///< of its names in m_names
        quint64 seen;          ///< one bit for each hash: most names are new at a glance
        bool isObject;
        bool isSearched; ///< its names were compared when it was opened
    };
    struct Name
    {
        quint64 hash;
        quint32 place;
    };

    Outcome walk();
    Level* open(std::size_t at);
    void takeName(Level& level, std::size_t at);
    void searchLarge(std::size_t at);
    void probe(std::span<const Name> names);
    void repeated(std::size_t at);
    [[nodiscard]] std::string_view nameAt(std::size_t at) const;

    const std::uint64_t* m_tape = nullptr;
    const std::uint8_t* m_strings = nullptr;
    std::vector<Level> m_levels;
    std::size_t m_depth = 0;
    std::vector<Name> m_names; ///< of the open objects
    std::size_t m_nameCount = 0;
    std::vector<quint64> m_slots; ///< of one large object: half a hash, and a place on the tape; 0 is empty
    std::array<quint32, kept> m_places{};
    std::size_t m_placeCount = 0;
    quint64 m_more = 0;
};

} // namespace framescope
