#include "core/simulator/jsontext.h"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace framescope {

namespace {

void putDigits(char* at, int digits, unsigned value)
{
    for (int i = digits - 1; i >= 0; --i) {
        at[i] = char('0' + value % 10);
        value /= 10;
    }
}

} // namespace

void appendIsoTime(qint64 wallMs, std::string& text)
{
    using namespace std::chrono;
    const milliseconds since(std::max<qint64>(0, wallMs));
    const auto day = floor<days>(since);
    const year_month_day date{sys_days(day)};
    const auto time = unsigned((since - day).count());
    char iso[] = "0000-00-00T00:00:00.000Z";
    putDigits(iso, 4, unsigned(int(date.year())));
    putDigits(iso + 5, 2, unsigned(date.month()));
    putDigits(iso + 8, 2, unsigned(date.day()));
    putDigits(iso + 11, 2, time / 3'600'000);
    putDigits(iso + 14, 2, time / 60'000 % 60);
    putDigits(iso + 17, 2, time / 1000 % 60);
    putDigits(iso + 20, 3, time % 1000);
    text.append(iso, sizeof iso - 1);
}

void appendInteger(qint64 number, std::string& text)
{
    char digits[21];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
    text.append(digits, std::size_t(end - digits));
}

void JsonText::name(std::string_view key)
{
    comma();
    m_json += '"';
    m_json += key;
    m_json += "\":";
}

JsonText& JsonText::text(std::string_view value)
{
    comma();
    m_json += '"';
    m_json += value;
    return raw('"');
}

JsonText& JsonText::text(std::string_view key, std::string_view value)
{
    name(key);
    m_json += '"';
    m_json += value;
    return raw('"');
}

JsonText& JsonText::number(std::string_view key, qint64 value)
{
    name(key);
    appendInteger(value, m_json);
    return *this;
}

JsonText& JsonText::hundredths(std::string_view key, int value)
{
    name(key);
    char digits[] = "0.00";
    putDigits(digits, 1, unsigned(value) / 100 % 10);
    putDigits(digits + 2, 2, unsigned(value) % 100);
    m_json += digits;
    return *this;
}

JsonText& JsonText::boolean(std::string_view key, bool value)
{
    name(key);
    m_json += value ? "true" : "false";
    return *this;
}

JsonText& JsonText::time(std::string_view key, qint64 wallMs)
{
    name(key);
    m_json += '"';
    appendIsoTime(wallMs, m_json);
    return raw('"');
}

JsonText& JsonText::members(std::string_view members)
{
    comma();
    m_json += members;
    return *this;
}

JsonText& JsonText::json(std::string_view key, std::string_view value)
{
    name(key);
    m_json += value;
    return *this;
}

} // namespace framescope
