#pragma once
/// Reads a pattern character by character: escapes and character classes, in the words of PCRE2. For
/// core/decode/schemapattern*.cpp only. Thread: one reader, one thread.
#include "core/base/error.h"

#include <QByteArray>
#include <algorithm>
#include <optional>
#include <string_view>

namespace framescope {

class PatternReader
{
public:
    explicit PatternReader(std::string_view pattern)
        : m_pattern(pattern)
    {
    }

    [[nodiscard]] std::string_view pattern() const { return m_pattern; }
    [[nodiscard]] std::size_t at() const { return m_at; }
    [[nodiscard]] bool isAtEnd() const { return m_at >= m_pattern.size(); }
    [[nodiscard]] char peek(std::size_t ahead = 0) const
    {
        return m_at + ahead < m_pattern.size() ? m_pattern[m_at + ahead] : '\0';
    }
    bool take(std::string_view text)
    {
        if (!m_pattern.substr(std::min(m_at, m_pattern.size())).starts_with(text))
            return false;
        m_at += text.size();
        return true;
    }
    void skip(std::size_t count) { m_at += count; }
    /// Keeps the first reason and ends the reading.
    void fail(const QString& reason, ErrorCode code = ErrorCode::Parse);
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }

    /// The character at the place; the pattern is good UTF-8.
    quint32 codePoint();
    /// What follows a backslash and stands for one character; nothing after an error.
    std::optional<quint32> characterEscape();
    /// What follows a backslash and starts with p or P.
    QByteArray propertyEscape();
    /// From the '[' on.
    QByteArray characterClass();

private:
    /// One member of a class: a character, or a set of them.
    struct ClassAtom
    {
        std::optional<quint32> codePoint;
        QByteArray set;
    };

    ClassAtom classAtom();
    ClassAtom classEscape();
    quint32 unicodeEscape();
    std::optional<quint32> hexDigits(std::size_t count);

    std::string_view m_pattern;
    std::size_t m_at = 0;
    std::optional<Error> m_error;
};

/// A character as PCRE2 takes it everywhere, whatever it would mean by itself.
[[nodiscard]] QByteArray codePointText(quint32 codePoint);
/// White space and line ends of ECMA-262 section 12: what "\s" stands for, as members of a class.
[[nodiscard]] QByteArray patternSpaces();

[[nodiscard]] inline bool isPatternDigit(char c)
{
    return c >= '0' && c <= '9';
}
[[nodiscard]] inline bool isPatternLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
[[nodiscard]] inline bool isPatternWord(char c)
{
    return isPatternLetter(c) || isPatternDigit(c) || c == '_';
}

} // namespace framescope
