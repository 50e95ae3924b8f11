#include "core/decode/utf8.h"

#include <algorithm>
#include <cstring>
#include <simdjson.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace framescope {

namespace {

constexpr std::size_t blockUnits = 32;
constexpr std::size_t longestCharacter = 4;

/// Writes the bytes of a block of ASCII; false, and nothing that counts, when there is anything else in it.
#if defined(__SSE2__)
bool copyAsciiBlock(const char16_t* units, char* out)
{
    constexpr std::size_t vectorUnits = 8;
    const auto load = [units](std::size_t vector) {
        __m128i eight;
        std::memcpy(&eight, units + vector * vectorUnits, sizeof eight);
        return eight;
    };
    const __m128i a = load(0);
    const __m128i b = load(1);
    const __m128i c = load(2);
    const __m128i d = load(3);
    const __m128i all = _mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d));
    const __m128i beyond = _mm_and_si128(all, _mm_set1_epi16(qint16(0xFF80)));
    constexpr int allEqual = 0xFFFF;
    if (_mm_movemask_epi8(_mm_cmpeq_epi16(beyond, _mm_setzero_si128())) != allEqual)
        return false;
    const __m128i low = _mm_packus_epi16(a, b);
    const __m128i high = _mm_packus_epi16(c, d);
    std::memcpy(out, &low, sizeof low);
    std::memcpy(out + sizeof low, &high, sizeof high);
    return true;
}
#else
bool copyAsciiBlock(const char16_t* units, char* out)
{
    char16_t all = 0;
    for (std::size_t i = 0; i < blockUnits; ++i) {
        all |= units[i];
        out[i] = static_cast<char>(units[i]);
    }
    return all < 0x80;
}
#endif

/// Copies the ASCII at the start of @p units and returns its length.
std::size_t copyAscii(const char16_t* units, std::size_t count, char* out)
{
    std::size_t done = 0;
    while (done + blockUnits <= count && copyAsciiBlock(units + done, out + done))
        done += blockUnits;
    for (; done < count && units[done] < 0x80; ++done)
        out[done] = static_cast<char>(units[done]);
    return done;
}

char* encodeCharacter(char32_t code, char* out)
{
    const auto put = [&out](char32_t bits) { *out++ = static_cast<char>(static_cast<unsigned char>(bits)); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0 | (code >> 6));
        put(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        put(0xE0 | (code >> 12));
        put(0x80 | ((code >> 6) & 0x3F));
        put(0x80 | (code & 0x3F));
    } else {
        put(0xF0 | (code >> 18));
        put(0x80 | ((code >> 12) & 0x3F));
        put(0x80 | ((code >> 6) & 0x3F));
        put(0x80 | (code & 0x3F));
    }
    return out;
}

char32_t takeCharacter(const char16_t* units, std::size_t count, std::size_t& at)
{
    const char16_t unit = units[at++];
    if (unit < 0xD800 || unit > 0xDFFF)
        return unit;
    if (unit < 0xDC00 && at < count && units[at] >= 0xDC00 && units[at] <= 0xDFFF)
        return 0x10000 + ((char32_t(unit) - 0xD800) << 10) + (char32_t(units[at++]) - 0xDC00);
    return 0xFFFD;
}

struct Encoded
{
    std::size_t units = 0; ///< taken
    std::size_t bytes = 0; ///< written
};

/// As much as there is room for.
Encoded encode(QStringView text, char* out, std::size_t room)
{
    const char16_t* units = text.utf16();
    const std::size_t count = std::size_t(text.size());
    Encoded done;
    while (done.units < count && done.bytes < room) {
        const std::size_t fits = std::min(count - done.units, room - done.bytes);
        const std::size_t ascii = copyAscii(units + done.units, fits, out + done.bytes);
        done.units += ascii;
        done.bytes += ascii;
        if (done.units == count || room - done.bytes < longestCharacter)
            break;
        done.bytes = std::size_t(encodeCharacter(takeCharacter(units, count, done.units), out + done.bytes) - out);
    }
    return done;
}

/// Length of the valid character at the start of @p bytes, or 0 with the length of what is wrong in @p bad.
qsizetype characterLength(QByteArrayView bytes, quint32& bad)
{
    const auto byte = [&](qsizetype i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U; };
    const unsigned first = byte(0);
    bad = 1;
    if (first < 0x80)
        return 1;
    const qsizetype length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4)
        return 0;
    // RFC 3629 section 4: the second byte excludes overlong forms, surrogates and what is above U+10FFFF.
    const unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (byte(1) < low || byte(1) > high)
        return 0;
    for (qsizetype i = 2; i < length; ++i) {
        bad = quint32(i);
        if ((byte(i) & 0xC0U) != 0x80U)
            return 0;
    }
    return length;
}

} // namespace

std::size_t appendUtf8(QStringView text, std::size_t room, std::vector<char>& bytes)
{
    // Most text is ASCII with a few other letters; where it is not, a unit is never more than three bytes.
    const std::size_t offset = bytes.size();
    const std::size_t count = std::size_t(text.size());
    Encoded done;
    std::size_t most = count + count / 16 + 2 * longestCharacter;
    while (true) {
        if (const std::size_t needed = offset + most + room; needed > bytes.capacity())
            bytes.reserve(std::max(needed, bytes.capacity() * 2));
        bytes.resize(offset + most);
        const Encoded more =
            encode(text.sliced(qsizetype(done.units)), bytes.data() + offset + done.bytes, most - done.bytes);
        done.units += more.units;
        done.bytes += more.bytes;
        if (done.units == count)
            break;
        most = done.bytes + (count - done.units) * 3 + longestCharacter;
    }
    bytes.resize(offset + done.bytes);
    return done.bytes;
}

ByteRange firstInvalidUtf8(QByteArrayView bytes)
{
    const auto continues = [&](qsizetype at) { return (static_cast<unsigned char>(bytes[at]) & 0xC0U) == 0x80U; };
    // Chunks that are valid as a whole are passed over; they end where a character does.
    constexpr qsizetype chunkBytes = 4096;
    qsizetype at = 0;
    while (bytes.size() - at > chunkBytes) {
        qsizetype end = at + chunkBytes;
        while (end > at && continues(end))
            --end;
        if (end == at || !simdjson::validate_utf8(bytes.data() + at, std::size_t(end - at)))
            break;
        at = end;
    }
    while (at < bytes.size()) {
        quint32 bad = 0;
        const qsizetype length = characterLength(bytes.sliced(at), bad);
        if (length == 0)
            return {quint32(at), bad};
        at += length;
    }
    return {};
}

} // namespace framescope
