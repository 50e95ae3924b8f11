#include "core/decode/schemapatternreader.h"

#include "core/decode/asciitext.h"

#include <algorithm>
#include <array>

namespace framescope {

namespace {

constexpr quint32 lastCodePoint = 0x10FFFF;

/// WhiteSpace and LineTerminator of ECMA-262 section 12, which \s stands for, and everything else.
constexpr const char* spaces = "\\x{9}-\\x{d}\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}"
                               "\\x{205f}\\x{3000}\\x{feff}";
constexpr const char* noSpaces = "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{"
                                 "200b}-\\x{2027}\\x{202a}-\\x{202e}"
                                 "\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}";

/// Long names of general categories (ECMA-262 table 69) that PCRE2 knows by their short ones only.
constexpr std::array<std::pair<std::string_view, std::string_view>, 37> categories{{{"Cased_Letter", "L&"},
                                                                                    {"Close_Punctuation", "Pe"},
                                                                                    {"Connector_Punctuation", "Pc"},
                                                                                    {"Control", "Cc"},
                                                                                    {"Currency_Symbol", "Sc"},
                                                                                    {"Dash_Punctuation", "Pd"},
                                                                                    {"Decimal_Number", "Nd"},
                                                                                    {"Enclosing_Mark", "Me"},
                                                                                    {"Final_Punctuation", "Pf"},
                                                                                    {"Format", "Cf"},
                                                                                    {"Initial_Punctuation", "Pi"},
                                                                                    {"Letter", "L"},
                                                                                    {"Letter_Number", "Nl"},
                                                                                    {"Line_Separator", "Zl"},
                                                                                    {"Lowercase_Letter", "Ll"},
                                                                                    {"Mark", "M"},
                                                                                    {"Math_Symbol", "Sm"},
                                                                                    {"Modifier_Letter", "Lm"},
                                                                                    {"Modifier_Symbol", "Sk"},
                                                                                    {"Nonspacing_Mark", "Mn"},
                                                                                    {"Number", "N"},
                                                                                    {"Open_Punctuation", "Ps"},
                                                                                    {"Other", "C"},
                                                                                    {"Other_Letter", "Lo"},
                                                                                    {"Other_Number", "No"},
                                                                                    {"Other_Punctuation", "Po"},
                                                                                    {"Other_Symbol", "So"},
                                                                                    {"Paragraph_Separator", "Zp"},
                                                                                    {"Private_Use", "Co"},
                                                                                    {"Punctuation", "P"},
                                                                                    {"Separator", "Z"},
                                                                                    {"Space_Separator", "Zs"},
                                                                                    {"Spacing_Mark", "Mc"},
                                                                                    {"Symbol", "S"},
                                                                                    {"Titlecase_Letter", "Lt"},
                                                                                    {"Unassigned", "Cn"},
                                                                                    {"Uppercase_Letter", "Lu"}}};

} // namespace

QByteArray codePointText(quint32 codePoint)
{
    return "\\x{" + QByteArray::number(codePoint, 16) + '}';
}

QByteArray patternSpaces()
{
    return spaces;
}

void PatternReader::fail(const QString& reason, ErrorCode code)
{
    if (!m_error)
        m_error = Error{code, reason + QStringLiteral(", at byte %1 of the pattern").arg(m_at), {}};
    m_at = m_pattern.size();
}

/// ECMA-262 section 22.2.1: ControlEscape, ControlLetter, HexEscapeSequence, RegExpUnicodeEscapeSequence and
/// IdentityEscape, the last one for everything that is no letter or digit.
std::optional<quint32> PatternReader::characterEscape()
{
    constexpr std::string_view controls = "tnvfr"; // U+0009 to U+000D
    const char c = peek();
    if (const std::size_t control = controls.find(c); control != std::string_view::npos) {
        ++m_at;
        constexpr std::array<quint32, 5> codes{0x09, 0x0A, 0x0B, 0x0C, 0x0D};
        return codes[control];
    }
    if (c == 'c' && isPatternLetter(peek(1))) {
        m_at += 2;
        return quint32(m_pattern[m_at - 1]) % 32;
    }
    if (c == '0' && !isPatternDigit(peek(1))) {
        ++m_at;
        return 0;
    }
    if (c == 'x') {
        ++m_at;
        if (const std::optional<quint32> code = hexDigits(2))
            return code;
        fail(QStringLiteral("\"\\x\" is followed by two hexadecimal digits"));
        return std::nullopt;
    }
    if (c == 'u') {
        ++m_at;
        return unicodeEscape();
    }
    if (isPatternLetter(c) || isPatternDigit(c)) {
        fail(QStringLiteral("ECMA-262 has no escape \"\\%1\"").arg(QLatin1Char(c)));
        return std::nullopt;
    }
    return codePoint();
}

std::optional<quint32> PatternReader::hexDigits(std::size_t count)
{
    const std::string_view digits = m_pattern.substr(std::min(m_at, m_pattern.size()), count);
    bool isNumber = false;
    const quint32 value = bytesOf(digits).toUInt(&isNumber, 16);
    const bool isPlain = std::all_of(digits.begin(), digits.end(), isPatternWord); // toUInt takes signs and spaces
    if (digits.size() != count || !isNumber || !isPlain)
        return std::nullopt;
    m_at += count;
    return value;
}

quint32 PatternReader::unicodeEscape()
{
    std::optional<quint32> code;
    if (peek() == '{') {
        const std::size_t end = m_pattern.find('}', m_at);
        ++m_at;
        if (end != std::string_view::npos && end - m_at <= 8)
            code = hexDigits(end - m_at);
        ++m_at;
    } else if (code = hexDigits(4); code && *code >= 0xD800 && *code < 0xDC00 && take("\\u")) {
        const std::optional<quint32> low = hexDigits(4);
        code = low && *low >= 0xDC00 && *low < 0xE000
                   ? std::optional<quint32>(0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00))
                   : std::nullopt;
    }
    if (code && *code <= lastCodePoint && (*code < 0xD800 || *code > 0xDFFF))
        return *code;
    fail(QStringLiteral("\"\\u\" is followed by the four hexadecimal digits of a character"));
    return 0;
}

/// The property names that PCRE2 knows; it says so of others.
QByteArray PatternReader::propertyEscape()
{
    const char kind = peek();
    const std::size_t end = m_pattern.find('}', m_at);
    if (peek(1) != '{' || end == std::string_view::npos) {
        fail(QStringLiteral("\"\\p\" is followed by a property in braces"));
        return {};
    }
    std::string_view name = m_pattern.substr(m_at + 2, end - m_at - 2);
    const std::size_t equals = name.find('=');
    const std::string_view key = equals == std::string_view::npos ? std::string_view() : name.substr(0, equals);
    QByteArray prefix;
    if (!key.empty())
        name.remove_prefix(equals + 1);
    if (key == "Script" || key == "sc")
        prefix = "sc:";
    else if (key == "Script_Extensions" || key == "scx")
        prefix = "scx:";
    const bool isCategory = key.empty() || key == "General_Category" || key == "gc";
    if (name.empty() || !std::all_of(name.begin(), name.end(), isPatternWord) || (prefix.isEmpty() && !isCategory)) {
        fail(QStringLiteral("the property after \"\\p\" is not known"), ErrorCode::Unsupported);
        return {};
    }
    const auto* known = std::find_if(categories.begin(), categories.end(),
                                     [name](const auto& category) { return category.first == name; });
    if (prefix.isEmpty() && known != categories.end())
        name = known->second;
    m_at = end + 1;
    return QByteArray("\\") + kind + '{' + prefix + bytesOf(name) + '}';
}

QByteArray PatternReader::characterClass()
{
    ++m_at;
    const bool isNegated = take("^");
    QByteArray members;
    while (!isAtEnd() && peek() != ']') {
        const ClassAtom first = classAtom();
        const bool isRange = peek() == '-' && m_at + 1 < m_pattern.size() && peek(1) != ']';
        if (!isRange) {
            members += first.codePoint ? codePointText(*first.codePoint) : first.set;
            continue;
        }
        ++m_at;
        const ClassAtom last = classAtom();
        if (!first.codePoint || !last.codePoint) { // annex B: the hyphen stands for itself
            members += first.codePoint ? codePointText(*first.codePoint) : first.set;
            members += codePointText('-') + (last.codePoint ? codePointText(*last.codePoint) : last.set);
        } else if (*first.codePoint > *last.codePoint) {
            fail(QStringLiteral("the range of a character class is out of order"));
        } else {
            members += codePointText(*first.codePoint) + '-' + codePointText(*last.codePoint);
        }
    }
    if (!take("]"))
        fail(QStringLiteral("a character class is not closed"));
    if (members.isEmpty()) // any character, or none at all
        return isNegated ? "[\\x{0}-\\x{10ffff}]" : "[^\\x{0}-\\x{10ffff}]";
    return (isNegated ? "[^" : "[") + members + ']';
}

PatternReader::ClassAtom PatternReader::classAtom()
{
    if (peek() != '\\')
        return {codePoint(), {}};
    ++m_at;
    return classEscape();
}

PatternReader::ClassAtom PatternReader::classEscape()
{
    const char c = peek();
    if (isAtEnd()) {
        fail(QStringLiteral("a backslash at the end"));
        return {};
    }
    switch (c) {
    case 'd':
    case 'D':
    case 'w':
    case 'W':
        ++m_at;
        return {std::nullopt, QByteArray("\\") + c};
    case 's':
    case 'S':
        ++m_at;
        return {std::nullopt, c == 's' ? spaces : noSpaces};
    case 'p':
    case 'P':
        return {std::nullopt, propertyEscape()};
    case 'b':
        ++m_at;
        return {0x08, {}};
    default:
        return {characterEscape(), {}};
    }
}

/// The character at the place, which is good UTF-8.
quint32 PatternReader::codePoint()
{
    const auto byte = [this](std::size_t ahead) { return quint32(static_cast<unsigned char>(peek(ahead))); };
    const quint32 first = byte(0);
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    quint32 code = length == 1 ? first : first & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i)
        code = (code << 6) | (byte(i) & 0x3FU);
    m_at += length;
    return code;
}

} // namespace framescope
