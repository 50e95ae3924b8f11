#include "core/decode/schemaformats.h"

#include "core/decode/asciitext.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace framescope {

namespace {

bool isHex(char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool isOneOf(char c, std::string_view set)
{
    return set.find(c) != std::string_view::npos;
}

/// A text that is read from its front.
struct Front
{
    std::string_view rest;

    [[nodiscard]] bool isEmpty() const { return rest.empty(); }
    bool take(char c)
    {
        if (rest.empty() || rest.front() != c)
            return false;
        rest.remove_prefix(1);
        return true;
    }
    bool takeOneOf(std::string_view set) { return !rest.empty() && isOneOf(rest.front(), set) && take(rest.front()); }
    /// Exactly @p count digits, or -1.
    int number(std::size_t count)
    {
        if (rest.size() < count)
            return -1;
        int value = 0;
        for (const char c : rest.substr(0, count)) {
            if (!isDigit(c))
                return -1;
            value = value * 10 + (c - '0');
        }
        rest.remove_prefix(count);
        return value;
    }
    template <typename Belongs>
    std::string_view takeWhile(Belongs belongs)
    {
        const auto end = std::find_if_not(rest.begin(), rest.end(), belongs);
        const std::string_view taken = rest.substr(0, std::size_t(end - rest.begin()));
        rest.remove_prefix(taken.size());
        return taken;
    }
};

/// full-date of RFC 3339 section 5.6, with the days of the month of its appendix C.
bool takeDate(Front& text)
{
    constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int year = text.number(4);
    if (year < 0 || !text.take('-'))
        return false;
    const int month = text.number(2);
    if (month < 1 || month > 12 || !text.take('-'))
        return false;
    const bool isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    const int day = text.number(2);
    return day >= 1 && day <= days[std::size_t(month - 1)] + (month == 2 && isLeap ? 1 : 0);
}

/// full-time of RFC 3339 section 5.6. A leap second is the last one of a day in UTC.
bool takeTime(Front& text)
{
    const int hour = text.number(2);
    const bool separated = text.take(':');
    const int minute = text.number(2);
    if (hour < 0 || hour > 23 || !separated || minute < 0 || minute > 59 || !text.take(':'))
        return false;
    const int second = text.number(2);
    if (second < 0 || second > 60)
        return false;
    if (text.take('.') && text.takeWhile(isDigit).empty())
        return false;
    int offset = 0; // in minutes, ahead of UTC
    if (!text.takeOneOf("zZ")) {
        const int sign = text.take('+') ? 1 : text.take('-') ? -1 : 0;
        const int hours = text.number(2);
        const bool colon = text.take(':');
        const int minutes = text.number(2);
        if (sign == 0 || hours < 0 || hours > 23 || !colon || minutes < 0 || minutes > 59)
            return false;
        offset = sign * (hours * 60 + minutes);
    }
    constexpr int day = 24 * 60;
    return second < 60 || (hour * 60 + minute - offset + day) % day == day - 1;
}

bool isDate(std::string_view text)
{
    Front front{text};
    return takeDate(front) && front.isEmpty();
}

bool isTime(std::string_view text)
{
    Front front{text};
    return takeTime(front) && front.isEmpty();
}

bool isDateTime(std::string_view text)
{
    Front front{text};
    return takeDate(front) && front.takeOneOf("tT") && takeTime(front) && front.isEmpty();
}

bool isUuid(std::string_view text)
{
    constexpr std::size_t length = 36;
    if (text.size() != length)
        return false;
    for (std::size_t i = 0; i < length; ++i) {
        const bool isHyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (isHyphen ? text[i] != '-' : !isHex(text[i]))
            return false;
    }
    return true;
}

/// "d.d.d.d", each 0 to 255 without leading zeros.
bool isIpv4(std::string_view text)
{
    Front front{text};
    for (int part = 0; part < 4; ++part) {
        if (part > 0 && !front.take('.'))
            return false;
        const std::string_view digits = front.takeWhile(isDigit);
        if (digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits.front() == '0'))
            return false;
        if (Front{digits}.number(digits.size()) > 255)
            return false;
    }
    return front.isEmpty();
}

/// Eight groups of one to four hexadecimal digits; the last two may be an IPv4 address, and "::" once stands for one or
/// more groups of zeros.
bool isIpv6(std::string_view text)
{
    constexpr std::size_t longest = 45;
    if (text.size() > longest)
        return false;
    int groups = 0;
    bool isShortened = false;
    Front front{text};
    if (front.rest.starts_with("::")) {
        front.rest.remove_prefix(2);
        isShortened = true;
    }
    while (!front.isEmpty()) {
        const std::string_view before = front.rest;
        const std::string_view digits = front.takeWhile(isHex);
        if (!front.isEmpty() && front.rest.front() == '.') {
            groups += 2;
            return isIpv4(before) && (groups == 8 || (isShortened && groups < 8));
        }
        if (digits.empty() || digits.size() > 4 || ++groups > 8)
            return false;
        if (front.isEmpty())
            break;
        if (!front.take(':') || front.isEmpty())
            return false;
        if (front.take(':')) {
            if (isShortened)
                return false;
            isShortened = true;
        }
    }
    return isShortened ? groups < 8 : groups == 8;
}

bool isHostLabel(std::string_view label)
{
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(), [](char c) { return isLetter(c) || isDigit(c) || c == '-'; });
}

bool isHostname(std::string_view text)
{
    constexpr std::size_t longest = 253;
    if (text.size() > longest)
        return false;
    while (true) {
        const std::size_t dot = text.find('.');
        if (!isHostLabel(text.substr(0, dot)))
            return false;
        if (dot == std::string_view::npos)
            return true;
        text.remove_prefix(dot + 1);
    }
}

bool isAtomCharacter(char c)
{
    return isLetter(c) || isDigit(c) || isOneOf(c, "!#$%&'*+-/=?^_`{|}~");
}

bool takeQuotedLocalPart(Front& text)
{
    while (!text.isEmpty()) {
        if (text.take('"'))
            return true;
        text.take('\\');
        if (text.isEmpty() || text.rest.front() < ' ' || text.rest.front() > '~')
            return false;
        text.rest.remove_prefix(1);
    }
    return false;
}

/// Mailbox of RFC 5321 section 4.1.2.
bool isEmail(std::string_view text)
{
    Front front{text};
    if (front.take('"')) {
        if (!takeQuotedLocalPart(front))
            return false;
    } else {
        do {
            if (front.takeWhile(isAtomCharacter).empty())
                return false;
        } while (front.take('.'));
    }
    if (!front.take('@'))
        return false;
    if (!front.take('['))
        return isHostname(front.rest);
    if (!front.rest.ends_with(']'))
        return false;
    front.rest.remove_suffix(1);
    constexpr std::string_view tag = "IPv6:";
    return front.rest.starts_with(tag) ? isIpv6(front.rest.substr(tag.size())) : isIpv4(front.rest);
}

/// Takes unreserved, sub-delims and pct-encoded characters of RFC 3986 section 2, and those in @p more.
void takeUriCharacters(Front& text, std::string_view more)
{
    while (!text.isEmpty()) {
        const char c = text.rest.front();
        if (c == '%') {
            if (text.rest.size() < 3 || !isHex(text.rest[1]) || !isHex(text.rest[2]))
                return;
            text.rest.remove_prefix(3);
        } else if (isLetter(c) || isDigit(c) || isOneOf(c, "-._~!$&'()*+,;=") || isOneOf(c, more)) {
            text.rest.remove_prefix(1);
        } else {
            return;
        }
    }
}

/// IP-literal of RFC 3986 section 3.2.2, without its brackets.
bool isIpLiteral(std::string_view text)
{
    if (!text.starts_with('v') && !text.starts_with('V'))
        return isIpv6(text);
    Front front{text.substr(1)};
    if (front.takeWhile(isHex).empty() || !front.take('.') || front.isEmpty() || front.rest.find('%') != text.npos)
        return false;
    takeUriCharacters(front, ":");
    return front.isEmpty();
}

/// authority of RFC 3986 section 3.2.
bool isAuthority(std::string_view text)
{
    if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
        Front user{text.substr(0, at)};
        takeUriCharacters(user, ":");
        if (!user.isEmpty())
            return false;
        text.remove_prefix(at + 1);
    }
    Front front{text};
    if (front.take('[')) {
        const std::size_t end = front.rest.find(']');
        if (end == std::string_view::npos || !isIpLiteral(front.rest.substr(0, end)))
            return false;
        front.rest.remove_prefix(end + 1);
    } else {
        takeUriCharacters(front, {});
    }
    if (front.take(':'))
        front.takeWhile(isDigit);
    return front.isEmpty();
}

/// URI of RFC 3986 section 3: with a scheme.
bool isUri(std::string_view text)
{
    Front front{text};
    if (front.isEmpty() || !isLetter(front.rest.front()))
        return false;
    front.takeWhile([](char c) { return isLetter(c) || isDigit(c) || isOneOf(c, "+-."); });
    if (!front.take(':'))
        return false;
    if (front.rest.starts_with("//")) {
        front.rest.remove_prefix(2);
        const std::size_t end = std::min(front.rest.find_first_of("/?#"), front.rest.size());
        if (!isAuthority(front.rest.substr(0, end)))
            return false;
        front.rest.remove_prefix(end);
    }
    takeUriCharacters(front, ":@/");
    if (front.take('?'))
        takeUriCharacters(front, ":@/?");
    if (front.take('#'))
        takeUriCharacters(front, ":@/?");
    return front.isEmpty();
}

constexpr auto formats = std::to_array<SchemaFormat>({
    {"date-time", "RFC 3339 section 5.6", isDateTime},
    {"date", "RFC 3339 section 5.6, full-date", isDate},
    {"time", "RFC 3339 section 5.6, full-time", isTime},
    {"uuid", "RFC 4122 section 3", isUuid},
    {"uri", "RFC 3986 section 3, with a scheme", isUri},
    {"email", "RFC 5321 section 4.1.2, Mailbox", isEmail},
    {"ipv4", "RFC 2673 section 3.2", isIpv4},
    {"ipv6", "RFC 4291 section 2.2", isIpv6},
    {"hostname", "RFC 1123 section 2.1", isHostname},
});

} // namespace

const SchemaFormat* schemaFormat(std::string_view name)
{
    const auto* known = std::find_if(formats.begin(), formats.end(),
                                     [name](const SchemaFormat& format) { return name == format.name; });
    return known == formats.end() ? nullptr : known;
}

} // namespace framescope
