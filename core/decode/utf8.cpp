#include "core/decode/utf8.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <simdjson.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace framescope {

namespace {

constexpr std::size_t blockUnits = 16;
constexpr std::size_t longestCharacter = 4;

/// ASCII characters at the start of a block of 16 units, whose bytes are written to @p out: 16 bytes in any case.
#if defined(__SSE2__)
std::size_t copyAsciiBlock(const char16_t* units, char* out)
{
    const auto load = [units](std::size_t at) {
        __m128i eight;
        std::memcpy(&eight, units + at, sizeof eight);
        return eight;
    };
    const __m128i low = load(0);
    const __m128i high = load(8);
    const __m128i bytes = _mm_packus_epi16(low, high);
    std::memcpy(out, &bytes, sizeof bytes);
    const __m128i notAscii = _mm_set1_epi16(qint16(0xFF80));
    const __m128i none = _mm_setzero_si128();
    const __m128i isAscii = _mm_packs_epi16(_mm_cmpeq_epi16(_mm_and_si128(low, notAscii), none),
                                            _mm_cmpeq_epi16(_mm_and_si128(high, notAscii), none));
    constexpr int allAscii = 0xFFFF;
    const int mask = _mm_movemask_epi8(isAscii);
    return mask == allAscii ? blockUnits : std::size_t(std::countr_one(unsigned(mask)));
}
#else
std::size_t copyAsciiBlock(const char16_t* units, char* out)
{
    std::size_t length = 0;
    for (; length < blockUnits && units[length] < 0x80; ++length)
        out[length] = static_cast<char>(units[length]);
    return length;
}
#endif

/// Copies the ASCII at the start of @p units and returns its length. Writes up to a block more.
std::size_t copyAscii(const char16_t* units, std::size_t count, char* out)
{
    std::size_t done = 0;
    while (done + blockUnits <= count) {
        const std::size_t length = copyAsciiBlock(units + done, out + done);
        if (length < blockUnits)
            return done + length;
        done += blockUnits; // not `length`: the next block need not wait for it
    }
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

/// Bytes written, or nothing when @p room does not suffice.
std::optional<std::size_t> encode(QStringView text, char* out, std::size_t room)
{
    const char16_t* units = text.utf16();
    const std::size_t count = std::size_t(text.size());
    char* const begin = out;
    char* const end = out + room;
    std::size_t at = 0;
    while (at < count) {
        const std::size_t fits = std::min(count - at, std::size_t(end - out));
        const std::size_t ascii = copyAscii(units + at, fits, out);
        at += ascii;
        out += ascii;
        if (at == count)
            break;
        std::array<char, longestCharacter> character{};
        const char* const last = encodeCharacter(takeCharacter(units, count, at), character.data());
        const std::size_t length = std::size_t(last - character.data());
        if (length > std::size_t(end - out))
            return std::nullopt;
        out = std::copy_n(character.data(), length, out);
    }
    return std::size_t(out - begin);
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
    // Most text is ASCII: one byte a unit, tried first. A unit is never more than three.
    const std::size_t offset = bytes.size();
    std::optional<std::size_t> written;
    for (const std::size_t bytesOfUnit : {1U, 3U}) {
        const std::size_t most = std::size_t(text.size()) * bytesOfUnit;
        if (const std::size_t needed = offset + most + room; needed > bytes.capacity())
            bytes.reserve(std::max(needed, bytes.capacity() * 2));
        bytes.resize(offset + most);
        written = encode(text, bytes.data() + offset, most);
        if (written)
            break;
    }
    bytes.resize(offset + written.value_or(0));
    return written.value_or(0);
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
