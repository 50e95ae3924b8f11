#include "core/decode/jsonnumber.h"

#include <algorithm>
#include <charconv>

namespace framescope {

namespace {

bool isInteger(QByteArrayView text)
{
    return std::none_of(text.begin(), text.end(), [](char c) { return c == '.' || c == 'e' || c == 'E'; });
}

bool fitsInteger(QByteArrayView text)
{
    qint64 negative = 0;
    quint64 positive = 0;
    const char* const end = text.data() + text.size();
    return text.startsWith('-') ? std::from_chars(text.data(), end, negative).ec == std::errc()
                                : std::from_chars(text.data(), end, positive).ec == std::errc();
}

bool fitsDouble(QByteArrayView text)
{
    double value = 0;
    return std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc();
}

/// Tells too large from too close to zero by the place of the first digit that counts.
bool isAboveOne(QByteArrayView text)
{
    const QByteArrayView digits = text.sliced(text.startsWith('-') ? 1 : 0);
    const qsizetype letter = std::max(digits.indexOf('e'), digits.indexOf('E'));
    const QByteArrayView mantissa = letter < 0 ? digits : digits.first(letter);
    const qsizetype point = mantissa.indexOf('.');
    qint64 order = point < 0 ? mantissa.size() : point;
    if (mantissa.startsWith('0')) {
        order = 0;
        for (qsizetype i = point + 1; point >= 0 && i < mantissa.size() && mantissa[i] == '0'; ++i)
            --order;
    }
    if (letter < 0)
        return order > 0;
    qint64 exponent = 0;
    const QByteArrayView written = digits.sliced(letter + (digits[letter + 1] == '+' ? 2 : 1));
    if (std::from_chars(written.data(), written.data() + written.size(), exponent).ec != std::errc())
        return !written.startsWith('-');
    return order > -exponent;
}

} // namespace

bool isOutOfRange(QByteArrayView text)
{
    return isInteger(text) ? !fitsInteger(text) : !fitsDouble(text) && isAboveOne(text);
}

QByteArray nearestNumber(QByteArrayView text)
{
    double value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc()) {
        QByteArray nearest = QByteArray::number(value, 'e', 12);
        if (nearest.size() <= text.size())
            return nearest;
    }
    return text.startsWith('-') ? "-1e308" : "1e308";
}

} // namespace framescope
