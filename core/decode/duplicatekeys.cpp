#include "core/decode/duplicatekeys.h"

#include "core/decode/processseed.h"

#include <QHashFunctions>
#include <algorithm>
#include <bit>
#include <cstring>

namespace framescope {

namespace {

/// Members up to which all names of an object are compared with each other.
constexpr std::size_t smallObject = 32;
/// Slots above which the table is given back after the document.
constexpr std::size_t keptSlots = std::size_t(64) * 1024;
constexpr std::size_t namesAtOnce = 16;

// The tape of simdjson: a word for each value, its type in the highest byte. Numbers have a second word. Objects and
// lists have a word at their end; that at their beginning holds the place behind their end and the number of members.
constexpr quint64 payloadMask = 0x00FF'FFFF'FFFF'FFFF;
constexpr quint64 mostCounted = 0xFF'FFFF;

char typeOf(quint64 word)
{
    return char(word >> 56);
}

std::size_t placeBehind(quint64 opening)
{
    return std::size_t(opening & 0xFFFF'FFFF);
}

std::size_t countOf(quint64 opening)
{
    return std::size_t((opening >> 32) & mostCounted);
}

std::size_t wordsOf(char type)
{
    return type == 'l' || type == 'u' || type == 'd' ? 2 : 1;
}

/// Cheap, and not safe against names that were chosen to collide: for small objects only. Reads up to 8 bytes past the
/// name's end; the parser's buffer has more behind it.
quint64 cheapHash(std::string_view name)
{
    constexpr quint64 golden = 0x9e3779b97f4a7c15ULL; // 2^64 / the golden ratio
    quint64 head = 0;
    std::memcpy(&head, name.data(), sizeof head);
    if (name.size() < sizeof head) {
        const quint64 mask = ~(~quint64(0) << (name.size() * 8));
        return ((head & mask) | (quint64(name.size()) << 56)) * golden;
    }
    quint64 tail = 0;
    std::memcpy(&tail, name.data() + name.size() - sizeof tail, sizeof tail);
    return (head ^ std::rotl(tail, 29) ^ name.size()) * golden;
}

} // namespace

DuplicateKeys::DuplicateKeys(int depthLimit)
    : m_levels(std::size_t(depthLimit))
    , m_names(smallObject * 4)
{
}

DuplicateKeys::Outcome DuplicateKeys::search(const simdjson::dom::document& document)
{
    m_tape = document.tape.get();
    m_strings = document.string_buf.get();
    m_depth = 0;
    m_nameCount = 0;
    m_placeCount = 0;
    m_more = 0;
    const Outcome outcome = walk();
    if (m_slots.size() > keptSlots)
        m_slots = {};
    std::sort(m_places.begin(), m_places.begin() + qsizetype(m_placeCount));
    return outcome;
}

DuplicateKeys::Outcome DuplicateKeys::walk()
{
    const std::size_t end = std::size_t(m_tape[0] & payloadMask) - 1; // the first word holds the place behind the last
    Level* level = nullptr;                                           // the innermost that is open
    for (std::size_t at = 1; at < end;) {
        if (level && level->isObject && typeOf(m_tape[at]) != '}') {
            if (!level->isSearched)
                takeName(*level, at);
            ++at;
        }
        const quint64 word = m_tape[at];
        switch (typeOf(word)) {
        case '{':
        case '[':
            level = open(at);
            if (!level)
                return Outcome::TooDeep;
            ++at;
            break;
        case '}':
        case ']':
            m_nameCount = level->firstName;
            level = --m_depth > 0 ? level - 1 : nullptr;
            ++at;
            break;
        default:
            at += wordsOf(typeOf(word));
        }
    }
    return m_placeCount > 0 ? Outcome::Repeated : Outcome::Distinct;
}

/// Nothing when it is one level too many.
DuplicateKeys::Level* DuplicateKeys::open(std::size_t at)
{
    if (m_depth == m_levels.size())
        return nullptr;
    const bool isObject = typeOf(m_tape[at]) == '{';
    const std::size_t members = isObject ? countOf(m_tape[at]) : 0;
    const bool isLarge = members > smallObject;
    if (isLarge)
        searchLarge(at);
    else if (m_nameCount + members > m_names.size())
        m_names.resize((m_nameCount + members) * 2);
    m_levels[m_depth] = {m_nameCount, 0, isObject, isLarge};
    return &m_levels[m_depth++];
}

std::string_view DuplicateKeys::nameAt(std::size_t at) const
{
    const std::uint8_t* const text = m_strings + (m_tape[at] & payloadMask);
    quint32 length = 0;
    std::memcpy(&length, text, sizeof length);
    return {reinterpret_cast<const char*>(text + sizeof length), length};
}

void DuplicateKeys::takeName(Level& level, std::size_t at)
{
    const std::string_view name = nameAt(at);
    const quint64 hash = cheapHash(name);
    const quint64 bit = quint64(1) << (hash >> 58);
    if (level.seen & bit) {
        for (std::size_t i = level.firstName; i < m_nameCount; ++i) {
            if (m_names[i].hash == hash && nameAt(m_names[i].place) == name)
                return repeated(at);
        }
    }
    level.seen |= bit;
    m_names[m_nameCount++] = {hash, quint32(at)};
}

/// The names of the object that begins at @p at.
void DuplicateKeys::searchLarge(std::size_t at)
{
    const std::size_t end = placeBehind(m_tape[at]) - 1;
    std::size_t members = countOf(m_tape[at]);
    if (members == mostCounted)
        members = (end - at) / 2; // or more: each has at least two words
    m_slots.assign(std::bit_ceil(members * 2), 0);
    std::array<Name, namesAtOnce> names;
    std::size_t count = 0;
    for (std::size_t place = at + 1; place < end;) {
        const std::string_view name = nameAt(place);
        const quint64 hash = quint64(qHashBits(name.data(), name.size(), processSeed()));
        __builtin_prefetch(&m_slots[hash & (m_slots.size() - 1)], 1);
        names[count++] = {hash, quint32(place)};
        if (count == namesAtOnce)
            probe(std::span(names).first(std::exchange(count, 0)));
        const quint64 value = m_tape[place + 1];
        const char type = typeOf(value);
        place = type == '{' || type == '[' ? placeBehind(value) : place + 1 + wordsOf(type);
    }
    probe(std::span(names).first(count));
}

void DuplicateKeys::probe(std::span<const Name> names)
{
    constexpr quint64 hashMask = 0xFFFF'FFFF'0000'0000;
    for (const Name& name : names) {
        std::size_t slot = std::size_t(name.hash) & (m_slots.size() - 1);
        bool isNew = true;
        for (; m_slots[slot] != 0 && isNew; slot = (slot + 1) & (m_slots.size() - 1)) {
            const quint64 found = m_slots[slot];
            isNew = (found & hashMask) != (name.hash & hashMask) ||
                    nameAt(std::size_t(found & ~hashMask)) != nameAt(name.place);
        }
        if (isNew)
            m_slots[slot] = (name.hash & hashMask) | name.place;
        else
            repeated(name.place);
    }
}

void DuplicateKeys::repeated(std::size_t at)
{
    if (m_placeCount < kept)
        m_places[m_placeCount++] = quint32(at);
    else
        ++m_more;
}

} // namespace framescope
