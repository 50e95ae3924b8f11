#include "core/decode/jsonsyntax.h"

#include "core/decode/jsonnumber.h"
#include "core/decode/jsonpath.h"
#include "core/frame/frame.h"

#include <algorithm>
#include <array>
#include <cstring>

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

/// An object or array that is open.
struct Level
{
    bool isObject = false;
    bool isInValue = false;  ///< one of its values is being read
    qint64 index = 0;        ///< array: of the element
    qsizetype nameBegin = 0; ///< object: the member's name, between its quotes
    qsizetype nameEnd = 0;
};

/// Length of the start of @p text that needs no look: no quote, no backslash, no control character. Whole blocks, so
/// that the compiler makes vectors of them.
qsizetype plainLength(QByteArrayView text)
{
    constexpr qsizetype blockBytes = 32;
    qsizetype length = 0;
    for (; length + blockBytes <= text.size(); length += blockBytes) {
        std::array<unsigned char, blockBytes> block;
        std::memcpy(block.data(), text.data() + length, blockBytes);
        unsigned char special = 0;
        for (const unsigned char byte : block)
            special |= static_cast<unsigned char>(byte < 0x20 || byte == '"' || byte == '\\');
        if (special != 0)
            break;
    }
    return length;
}

class SyntaxChecker
{
public:
    SyntaxChecker(QByteArrayView json, int depthLimit, char* patch)
        : m_json(json)
        , m_depthLimit(std::size_t(std::max(0, depthLimit)))
        , m_patch(patch)
    {
    }

    JsonFaults run()
    {
        while (m_faults.isReadable) {
            skipSpace();
            if (m_next == Next::EndOfText && m_at == m_json.size())
                break;
            step();
        }
        return std::move(m_faults);
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

    /// Reading ends here.
    bool fail(const char* expected)
    {
        qsizetype length = 1;
        while ((peek(length) & 0xC0) == 0x80 && peek(length) != -1)
            ++length; // the whole character
        return fail(JsonFault::Kind::Syntax, length, expected);
    }
    bool fail(JsonFault::Kind kind, qsizetype length, QByteArray expected)
    {
        m_faults.isReadable = false;
        if (m_faults.list.size() == std::size_t(findingsPerFrameLimit)) {
            m_faults.list.pop_back();
            ++m_faults.more;
        }
        m_faults.list.push_back({kind, m_at, std::min(length, m_json.size() - m_at), pointer(), std::move(expected)});
        return false;
    }

    /// Reading goes on.
    void note(JsonFault::Kind kind, qsizetype offset, qsizetype length, const char* expected)
    {
        if (m_faults.list.size() == std::size_t(findingsPerFrameLimit))
            ++m_faults.more;
        else
            m_faults.list.push_back({kind, offset, length, pointer(), expected});
    }

    /// Of the value that is being read.
    [[nodiscard]] QByteArray pointer() const
    {
        QByteArray text;
        for (const Level& level : m_nesting) {
            if (!level.isInValue || text.size() > evidenceLimit)
                break;
            text = level.isObject ? withStep(text, nameOf(level)) : text + '/' + QByteArray::number(level.index);
        }
        return text;
    }
    [[nodiscard]] std::string nameOf(const Level& level) const
    {
        const qsizetype length = std::min<qsizetype>(level.nameEnd - level.nameBegin, evidenceLimit);
        const QByteArrayView raw = m_json.sliced(level.nameBegin, length);
        return raw.contains('\\') ? jsonStringText(raw).toStdString() : std::string(raw.data(), std::size_t(length));
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
                fail(JsonFault::Kind::Syntax, 3, "no byte order mark");
            } else {
                fail(expected);
            }
        }
    }

    void open(bool isObject)
    {
        if (m_nesting.size() >= m_depthLimit) {
            fail(JsonFault::Kind::Depth, 1, "at most " + QByteArray::number(qulonglong(m_depthLimit)) + " levels");
            return;
        }
        m_nesting.push_back({.isObject = isObject, .isInValue = !isObject});
        m_next = isObject ? Next::MemberOrEnd : Next::ValueOrEnd;
        ++m_at;
    }

    void close()
    {
        m_nesting.pop_back();
        ++m_at;
        afterValue();
    }

    void afterValue()
    {
        m_next = m_nesting.empty() ? Next::EndOfText : Next::CommaOrEnd;
        if (!m_nesting.empty())
            m_nesting.back().isInValue = false;
    }

    void member(const char* expected)
    {
        const qsizetype begin = m_at + 1;
        if (peek() != '"') {
            fail(expected);
        } else if (string()) {
            m_nesting.back().nameBegin = begin;
            m_nesting.back().nameEnd = m_at - 1;
            m_next = Next::Colon;
        }
    }

    void colon()
    {
        if (peek() != ':') {
            fail("':'");
            return;
        }
        ++m_at;
        m_nesting.back().isInValue = true;
        m_next = Next::Value;
    }

    void commaOrEnd()
    {
        Level& level = m_nesting.back();
        if (peek() == (level.isObject ? '}' : ']')) {
            close();
        } else if (peek() == ',') {
            ++m_at;
            ++level.index;
            level.isInValue = !level.isObject;
            m_next = level.isObject ? Next::Member : Next::Value;
        } else {
            fail(level.isObject ? "',' or '}'" : "',' or ']'");
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
            m_at += plainLength(m_json.sliced(m_at));
            while (peek() >= 0x20 && peek() != '"' && peek() != '\\')
                ++m_at;
            const int byte = peek();
            if (byte == -1)
                return fail("'\"' at the end of the string");
            if (byte < 0x20)
                return fail("an escape instead of a control character");
            if (byte == '"') {
                ++m_at;
                return true;
            }
            if (!escape())
                return false;
        }
    }

    bool escape()
    {
        ++m_at;
        if (peek() == 'u') {
            --m_at;
            return unicodeEscape();
        }
        if (peek() <= 0 || !std::strchr("\"\\/bfnrt", peek())) // 0: strchr would find the end of its list
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
        m_at += unitBytes;
        if (first < 0xD800 || first > 0xDFFF)
            return true;
        if (first >= 0xDC00) {
            noteSurrogate("a high surrogate before a low one");
            return true;
        }
        const int second = unit();
        if (second >= 0xDC00 && second <= 0xDFFF)
            m_at += unitBytes;
        else
            noteSurrogate("a low surrogate after a high one");
        return true;
    }

    /// Of the unit that was read last.
    void noteSurrogate(const char* expected)
    {
        const qsizetype offset = m_at - unitBytes;
        note(JsonFault::Kind::LoneSurrogate, offset, unitBytes, expected);
        if (m_patch)
            std::memcpy(m_patch + offset, "\\ufffd", std::size_t(unitBytes));
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
        if (peek() == '-')
            ++m_at;
        if (peek() == '0' && isDigit(1)) {
            ++m_at;
            return fail("no digit after a leading zero");
        }
        if (!digits())
            return false;
        if (peek() == '.') {
            ++m_at;
            if (!digits())
                return false;
        }
        if (peek() == 'e' || peek() == 'E') {
            ++m_at;
            if (peek() == '+' || peek() == '-')
                ++m_at;
            if (!digits())
                return false;
        }
        noteRange(m_json.sliced(begin, m_at - begin), begin);
        return true;
    }

    void noteRange(QByteArrayView text, qsizetype offset)
    {
        if (!isOutOfRange(text))
            return;
        note(JsonFault::Kind::NumberRange, offset, text.size(), "a number that fits 64 bits");
        if (!m_patch)
            return;
        const QByteArray nearest = nearestNumber(text);
        std::memset(m_patch + offset, ' ', std::size_t(text.size()));
        std::memcpy(m_patch + offset, nearest.constData(), std::size_t(nearest.size()));
    }

    static constexpr qsizetype unitBytes = 6; ///< "\uXXXX"

    QByteArrayView m_json;
    std::size_t m_depthLimit;
    char* m_patch;
    qsizetype m_at = 0;
    Next m_next = Next::Value;
    std::vector<Level> m_nesting;
    JsonFaults m_faults;
};

} // namespace

JsonFaults checkJsonSyntax(QByteArrayView json, int depthLimit, char* patch)
{
    return SyntaxChecker(json, depthLimit, patch).run();
}

QByteArray jsonPointerAt(QByteArrayView json, qsizetype offset, int depthLimit)
{
    const QByteArrayView before = json.first(std::min(offset, json.size()));
    const JsonFaults faults = SyntaxChecker(before, depthLimit, nullptr).run();
    // The text up to there is no whole document: what is missing at its end says where it stands.
    const bool isAtEnd = !faults.isReadable && faults.list.back().length == 0;
    return isAtEnd ? faults.list.back().pointer : QByteArray();
}

} // namespace framescope
