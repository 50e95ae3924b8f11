#include "core/decode/secretmask.h"

#include "core/base/redactor.h"
#include "core/decode/asciitext.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace framescope {

namespace {

bool isIdLetter(char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Protocol notes, section 2.1: "streaming-<digit>-<26 lower-case letters or digits>". More digits cost nothing.
bool maskChannelIds(char* bytes, std::size_t size)
{
    static constexpr std::string_view prefix = "streaming-";
    constexpr std::ptrdiff_t idLetters = 26;
    char* from = bytes;
    char* const end = bytes + size;
    bool found = false;
    while (void* at = memmem(from, std::size_t(end - from), prefix.data(), prefix.size())) {
        from = static_cast<char*>(at) + prefix.size();
        char* const digits = from;
        char* const dash = std::find_if_not(digits, end, isDigit);
        if (dash == digits || dash == end || *dash != '-')
            continue;
        char* const id = dash + 1;
        char* const stop = std::find_if_not(id, end, isIdLetter);
        const bool isCut = stop != end && *stop == '\xE2'; // evidence that ends with "…"
        if (stop - id < idLetters && !isCut)
            continue;
        std::fill(id, stop, '*');
        from = stop;
        found = true;
    }
    return found;
}

} // namespace

bool maskSecrets(char* bytes, std::size_t size)
{
    const bool known = redactor::maskInPlace(bytes, size);
    return maskChannelIds(bytes, size) || known;
}

QByteArray withoutSecrets(QByteArray text)
{
    maskSecrets(text.data(), std::size_t(text.size()));
    return text;
}

} // namespace framescope
