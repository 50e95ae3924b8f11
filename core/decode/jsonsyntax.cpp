#include "core/decode/jsonsyntax.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <vector>

namespace framescope {

namespace {

enum class Next
{
    Value,
    ValueOrEnd,
    Member,
    MemberOrEnd,
    Colon,
    CommaOrEnd,
    EndOfText
};

class SyntaxChecker
{
public:
    SyntaxChecker(QByteArrayView json, int depthLimit, char* patch)
        : m_json(json)
        , m_depthLimit(std::size_t(std::max(0, depthLimit)))
        , m_patch(patch)
    {
    }

    JsonFault run()
    {
        while (m_fault.kind == JsonFault::Kind::None) {
            skipSpace();
            if (m_next == Next::EndOfText && m_at == m_json.size())
                return m_range;
            step();
        }
        return m_fault;
    }

private:
    [[nodiscard]] int peek(qsizetype ahead = 0) const
    {
        return m_at + ahead < m_json.size() ? static_cast<unsigned char>(m_json[m_at + ahead]) : -1;
    }
    [[nodiscard]] bool isDigit(qsizetype ahead = 0) const { return peek(ahead) >= '0' && peek(ahead) <= '9'; }

    void skipSpace()
    {
        while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')
            ++m_at;
    }

    bool fail(const char* expected, JsonFault::Kind kind = JsonFault::Kind::Syntax, qsizetype length = 1)
    {
        while (length > 0 && (peek(length) & 0xC0) == 0x80 && peek(length) != -1)
            ++length; // the whole character
        m_fault = {kind, m_at, std::min(length, m_json.size() - m_at), expected};
        return false;
    }

    void step()
    {
        switch (m_next) {
        case Next::Value:
            value("a value");
            break;
        case Next::ValueOrEnd:
            peek() == ']' ? close() : value("a value or ']'");
            break;
        case Next::Member:
            member("a member name in quotes");
            break;
        case Next::MemberOrEnd:
            peek() == '}' ? close() : member("a member name in quotes or '}'");
            break;
        case Next::Colon:
            colon();
            break;
        case Next::CommaOrEnd:
            commaOrEnd();
            break;
        case Next::EndOfText:
            fail("the end of the text");
            break;
        }
    }

    void value(const char* expected)
    {
        switch (peek()) {
        case '{':
            open(true);
            break;
        case '[':
            open(false);
            break;
        case '"':
            if (string())
                afterValue();
            break;
        case 't':
            literal("true");
            break;
        case 'f':
            literal("false");
            break;
        case 'n':
            literal("null");
            break;
        default:
            if (peek() == '-' || isDigit()) {
                if (number())
                    afterValue();
            } else if (m_json.startsWith(QByteArrayView("\xEF\xBB\xBF")) && m_at == 0) {
                fail("no byte order mark", JsonFault::Kind::Syntax, 3);
            } else {
                fail(expected);
            }
        }
    }

    void open(bool isObject)
    {
        if (m_nesting.size() >= m_depthLimit) {
            fail("", JsonFault::Kind::Depth);
            m_fault.expected = "at most " + QByteArray::number(qulonglong(m_depthLimit)) + " levels";
            return;
        }
        m_nesting.push_back(isObject);
        m_next = isObject ? Next::MemberOrEnd : Next::ValueOrEnd;
        ++m_at;
    }

    void close()
    {
        m_nesting.pop_back();
        ++m_at;
        afterValue();
    }

    void afterValue() { m_next = m_nesting.empty() ? Next::EndOfText : Next::CommaOrEnd; }

    void member(const char* expected)
    {
        if (peek() != '"')
            fail(expected);
        else if (string())
            m_next = Next::Colon;
    }

    void colon()
    {
        if (peek() != ':') {
            fail("':'");
            return;
        }
        ++m_at;
        m_next = Next::Value;
    }

    void commaOrEnd()
    {
        const bool isObject = m_nesting.back();
        if (peek() == (isObject ? '}' : ']')) {
            close();
        } else if (peek() == ',') {
            ++m_at;
            m_next = isObject ? Next::Member : Next::Value;
        } else {
            fail(isObject ? "',' or '}'" : "',' or ']'");
        }
    }

    void literal(const char* word)
    {
        for (const char* letter = word; *letter != '\0'; ++letter, ++m_at) {
            if (peek() != *letter) {
                fail(word);
                return;
            }
        }
        afterValue();
    }

    bool string()
    {
        ++m_at;
        for (;;) {
            const int byte = peek();
            if (byte == -1)
                return fail("'\"' at the end of the string");
            if (byte < 0x20)
                return fail("an escape instead of a control character");
            if (byte == '\\') {
                if (!escape())
                    return false;
                continue;
            }
            ++m_at;
            if (byte == '"')
                return true;
        }
    }

    bool escape()
    {
        ++m_at;
        if (peek() == 'u') {
            --m_at;
            return unicodeEscape();
        }
        if (peek() == -1 || !std::strchr("\"\\/bfnrt", peek()))
            return fail("one of \" \\ / b f n r t u after '\\'");
        ++m_at;
        return true;
    }

    /// Value of "\uXXXX" at m_at, or -1.
    [[nodiscard]] int unit() const
    {
        if (peek() != '\\' || peek(1) != 'u')
            return -1;
        int code = 0;
        for (qsizetype i = 2; i < 6; ++i) {
            const int byte = peek(i);
            const int lower = byte | 0x20;
            const int digit = byte >= '0' && byte <= '9'                    ? byte - '0'
                              : lower >= 'a' && lower <= 'f' && byte >= 'A' ? lower - 'a' + 10
                                                                            : -1;
            if (digit < 0)
                return -1;
            code = code * 16 + digit;
        }
        return code;
    }

    bool unicodeEscape()
    {
        const int first = unit();
        if (first < 0) {
            m_at += 2;
            return fail("four hexadecimal digits after '\\u'");
        }
        if (first >= 0xDC00 && first <= 0xDFFF)
            return fail("a high surrogate before a low one", JsonFault::Kind::LoneSurrogate, 6);
        m_at += 6;
        if (first < 0xD800 || first > 0xDBFF)
            return true;
        const int second = unit();
        if (second < 0xDC00 || second > 0xDFFF) {
            m_at -= 6;
            return fail("a low surrogate after a high one", JsonFault::Kind::LoneSurrogate, 6);
        }
        m_at += 6;
        return true;
    }

    bool digits()
    {
        if (!isDigit())
            return fail("a digit");
        while (isDigit())
            ++m_at;
        return true;
    }

    bool number()
    {
        const qsizetype begin = m_at;
        bool isInteger = true;
        if (peek() == '-')
            ++m_at;
        if (peek() == '0' && isDigit(1)) {
            ++m_at;
            return fail("no digit after a leading zero");
        }
        if (!digits())
            return false;
        if (peek() == '.') {
            isInteger = false;
            ++m_at;
            if (!digits())
                return false;
        }
        if (peek() == 'e' || peek() == 'E') {
            isInteger = false;
            ++m_at;
            if (peek() == '+' || peek() == '-')
                ++m_at;
            if (!digits())
                return false;
        }
        noteRange(m_json.sliced(begin, m_at - begin), begin, isInteger);
        return true;
    }

    void noteRange(QByteArrayView text, qsizetype offset, bool isInteger)
    {
        double asDouble = 0;
        const char* const end = text.data() + text.size();
        const bool fitsDouble = std::from_chars(text.data(), end, asDouble).ec == std::errc();
        if (isInteger ? fitsInteger(text) : fitsDouble || !isAboveOne(text))
            return;
        if (m_range.kind == JsonFault::Kind::None)
            m_range = {JsonFault::Kind::NumberRange, offset, text.size(),
                       isInteger ? "an integer of 64 bits" : "a number of at most 1.8e308"};
        if (m_patch)
            patchNumber(text, offset, fitsDouble ? asDouble : HUGE_VAL);
    }

    static bool fitsInteger(QByteArrayView text)
    {
        qint64 negative = 0;
        quint64 positive = 0;
        const char* const begin = text.data();
        const char* const end = begin + text.size();
        return text.startsWith('-') ? std::from_chars(begin, end, negative).ec == std::errc()
                                    : std::from_chars(begin, end, positive).ec == std::errc();
    }

    /// Tells too large from too close to zero, which becomes 0, by the place of the first digit that counts.
    static bool isAboveOne(QByteArrayView text)
    {
        const QByteArrayView digits = text.sliced(text.startsWith('-') ? 1 : 0);
        const qsizetype letter = std::max(digits.indexOf('e'), digits.indexOf('E'));
        const QByteArrayView mantissa = letter < 0 ? digits : digits.first(letter);
        const qsizetype point = mantissa.indexOf('.');
        qint64 order = point < 0 ? mantissa.size() : point;
        if (mantissa.startsWith('0')) {
            order = 0;
            for (qsizetype i = point + 1; i < mantissa.size() && mantissa[i] == '0'; ++i)
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

    void patchNumber(QByteArrayView text, qsizetype offset, double asDouble)
    {
        const bool isNegative = text.startsWith('-');
        QByteArray nearest = isNegative ? "-1e308" : "1e308";
        if (!std::isinf(asDouble)) {
            const QByteArray exact = QByteArray::number(asDouble, 'e', 12);
            if (exact.size() <= text.size())
                nearest = exact;
        }
        std::memset(m_patch + offset, ' ', std::size_t(text.size()));
        std::memcpy(m_patch + offset, nearest.constData(), std::size_t(std::min(nearest.size(), text.size())));
    }

    QByteArrayView m_json;
    std::size_t m_depthLimit;
    char* m_patch;
    qsizetype m_at = 0;
    Next m_next = Next::Value;
    std::vector<bool> m_nesting; ///< true: object
    JsonFault m_fault;
    JsonFault m_range; ///< the first number out of range
};

} // namespace

JsonFault checkJsonSyntax(QByteArrayView json, int depthLimit, char* patch)
{
    return SyntaxChecker(json, depthLimit, patch).run();
}

} // namespace framescope
