#include "core/decode/schemapatternsyntax.h"

#include "core/decode/asciitext.h"
#include "core/decode/schemapatternreader.h"

#include <algorithm>
#include <vector>

namespace framescope {

namespace {

constexpr std::size_t lengthLimit = 16 * 1024;
constexpr int repeatLimit = 65'535; ///< PCRE2's

class PatternTranslator
{
public:
    explicit PatternTranslator(std::string_view pattern)
        : m_in(pattern)
    {
    }

    Expected<QByteArray> translate();

private:
    struct Group
    {
        std::size_t capturesBefore = 0;
        bool isCapture = false;
        bool isAssertion = false;
    };

    void readTerm();
    void readAssertion(const QByteArray& words);
    void openGroup();
    void closeGroup();
    void readQuantifier(int most);
    bool readBraces();
    void readEscape();
    void readReference();
    void referTo(std::size_t group);
    std::string_view nameInAngles();
    void checkReferences();
    void emitAtom(const QByteArray& text)
    {
        m_out += text;
        m_isQuantifiable = true;
        m_atom = {m_captures, false, false};
    }

    PatternReader m_in;
    QByteArray m_out;
    std::vector<Group> m_groups; ///< the open ones
    std::size_t m_captures = 0;
    std::vector<bool> m_isRepeated; ///< by capture: it is inside something that may be repeated
    std::vector<std::size_t> m_referred;
    std::vector<std::string_view> m_names; ///< of captures, as far as they have one
    bool m_isQuantifiable = false;
    Group m_atom;                   ///< what a quantifier would repeat
    bool m_hasAlternatives = false; ///< outside of all groups
};

Expected<QByteArray> PatternTranslator::translate()
{
    if (m_in.pattern().size() > lengthLimit)
        return failure(ErrorCode::Unsupported, QStringLiteral("a pattern longer than %1 bytes").arg(lengthLimit));
    while (!m_in.isAtEnd())
        readTerm();
    if (!m_groups.empty())
        m_in.fail(QStringLiteral("a group is not closed"));
    checkReferences();
    if (m_in.error())
        return tl::unexpected<Error>(*m_in.error());
    const bool isAnchored = m_in.pattern().starts_with('^') && !m_hasAlternatives;
    return isAnchored ? m_out : "(?s:.*?)(?:" + m_out + ')';
}

void PatternTranslator::readTerm()
{
    const char c = m_in.peek();
    switch (c) {
    case '^':
        readAssertion("^");
        return;
    case '$': // PCRE2's would also match before a last line feed
        readAssertion("\\z");
        return;
    case '|':
        m_hasAlternatives = m_hasAlternatives || m_groups.empty();
        readAssertion("|");
        return;
    case '(':
        openGroup();
        return;
    case ')':
        closeGroup();
        return;
    case '*':
    case '+':
    case '?':
        m_out += c;
        m_in.skip(1);
        readQuantifier(c == '?' ? 1 : repeatLimit);
        return;
    case '{':
        if (!readBraces())
            emitAtom(codePointText(m_in.codePoint()));
        return;
    case '.': // PCRE2 knows one line end at a time
        m_in.skip(1);
        emitAtom("[^\\x{a}\\x{d}\\x{2028}\\x{2029}]");
        return;
    case '[':
        emitAtom(m_in.characterClass());
        return;
    case '\\':
        m_in.skip(1);
        readEscape();
        return;
    default:
        emitAtom(codePointText(m_in.codePoint()));
    }
}

/// One character of the pattern that takes none of the text.
void PatternTranslator::readAssertion(const QByteArray& words)
{
    m_in.skip(1);
    m_out += words;
    m_isQuantifiable = false;
}

void PatternTranslator::openGroup()
{
    m_in.skip(1);
    Group group{m_captures, false, false};
    for (const char* look : {"?=", "?!", "?<=", "?<!"}) {
        group.isAssertion = group.isAssertion || m_in.take(look);
        if (group.isAssertion) {
            m_out += QByteArray("(") + look;
            break;
        }
    }
    if (group.isAssertion) {
        // taken
    } else if (m_in.take("?:")) {
        m_out += "(?:";
    } else if (m_in.take("?<")) {
        const std::string_view name = nameInAngles();
        if (std::find(m_names.begin(), m_names.end(), name) != m_names.end())
            m_in.fail(QStringLiteral("two groups have the same name"));
        m_names.resize(m_captures);
        m_names.push_back(name);
        m_out += '('; // names become numbers: PCRE2's are shorter
        group.isCapture = true;
    } else if (m_in.peek() == '?') {
        m_in.fail(QStringLiteral("ECMA-262 has no group that starts like this"));
    } else {
        m_out += '(';
        group.isCapture = true;
    }
    m_captures += group.isCapture ? 1 : 0;
    m_groups.push_back(group);
    m_isQuantifiable = false;
}

void PatternTranslator::closeGroup()
{
    if (m_groups.empty()) {
        m_in.fail(QStringLiteral("')' closes no group"));
        return;
    }
    m_in.skip(1);
    m_out += ')';
    m_atom = m_groups.back();
    m_groups.pop_back();
    m_isQuantifiable = !m_atom.isAssertion;
}

/// After the quantifier itself.
void PatternTranslator::readQuantifier(int most)
{
    if (!m_isQuantifiable) {
        m_in.fail(QStringLiteral("there is nothing to repeat"));
        return;
    }
    if (m_in.take("?"))
        m_out += '?';
    m_isQuantifiable = false;
    m_isRepeated.resize(m_captures);
    // ECMA-262 forgets what was captured in an earlier round, PCRE2 does not. A group that is repeated as a whole is
    // captured anew in each.
    const std::size_t first = m_atom.capturesBefore + (m_atom.isCapture ? 1 : 0);
    for (std::size_t i = first; most > 1 && i < m_captures; ++i)
        m_isRepeated[i] = true;
}

/// False when the '{' starts no quantifier: it stands for itself then (annex B).
bool PatternTranslator::readBraces()
{
    std::size_t ahead = 1;
    const auto number = [&]() -> int {
        int value = -1;
        for (; isPatternDigit(m_in.peek(ahead)); ++ahead)
            value = std::min(std::max(value, 0) * 10 + (m_in.peek(ahead) - '0'), repeatLimit + 1);
        return value;
    };
    const int least = number();
    const bool isRange = m_in.peek(ahead) == ',';
    ahead += isRange ? 1 : 0;
    const int most = isRange ? number() : least;
    if (least < 0 || m_in.peek(ahead) != '}')
        return false;
    if (most >= 0 && most < least)
        m_in.fail(QStringLiteral("the numbers of a repetition are out of order"));
    else if (std::max(least, most) > repeatLimit)
        m_in.fail(QStringLiteral("a repetition of more than %1").arg(repeatLimit), ErrorCode::Unsupported);
    if (m_in.error())
        return true;
    m_out += bytesOf(m_in.pattern().substr(m_in.at(), ahead + 1));
    m_in.skip(ahead + 1);
    readQuantifier(most < 0 ? repeatLimit : most);
    return true;
}

void PatternTranslator::readEscape()
{
    const char c = m_in.peek();
    if (m_in.isAtEnd()) {
        m_in.fail(QStringLiteral("a backslash at the end"));
    } else if (c == 'b' || c == 'B') {
        readAssertion(QByteArray("\\") + c);
    } else if (c == 'd' || c == 'D' || c == 'w' || c == 'W') {
        m_in.skip(1);
        emitAtom(QByteArray("\\") + c);
    } else if (c == 's' || c == 'S') {
        m_in.skip(1);
        emitAtom((c == 's' ? "[" : "[^") + patternSpaces() + ']');
    } else if (c == 'p' || c == 'P') {
        emitAtom(m_in.propertyEscape());
    } else if (c == 'k' || (c >= '1' && c <= '9')) {
        readReference();
    } else if (const std::optional<quint32> character = m_in.characterEscape()) {
        emitAtom(codePointText(*character));
    }
}

void PatternTranslator::readReference()
{
    if (!m_in.take("k")) {
        std::size_t number = 0;
        for (; isPatternDigit(m_in.peek()); m_in.skip(1))
            number = std::min(number * 10 + std::size_t(m_in.peek() - '0'), lengthLimit);
        referTo(number - 1);
        return;
    }
    if (!m_in.take("<")) {
        m_in.fail(QStringLiteral("\"\\k\" is followed by a name in angle brackets"));
        return;
    }
    const std::string_view name = nameInAngles();
    const auto known = std::find(m_names.begin(), m_names.end(), name);
    if (known == m_names.end())
        m_in.fail(QStringLiteral("\"\\k\" names no group before it"), ErrorCode::Unsupported);
    else
        referTo(std::size_t(known - m_names.begin()));
}

/// @p group counts from 0.
void PatternTranslator::referTo(std::size_t group)
{
    // Inside of the group itself, PCRE2 means what it captured in an earlier round, and ECMA-262 nothing.
    const bool isInside = std::any_of(m_groups.begin(), m_groups.end(), [group](const Group& open) {
        return open.isCapture && open.capturesBefore == group;
    });
    if (isInside) {
        m_in.fail(QStringLiteral("a group that refers to itself"), ErrorCode::Unsupported);
        return;
    }
    m_referred.push_back(group);
    emitAtom("\\g{" + QByteArray::number(qulonglong(group) + 1) + '}');
}

/// After the '<'.
std::string_view PatternTranslator::nameInAngles()
{
    const std::size_t end = m_in.pattern().find('>', m_in.at());
    const std::string_view name = m_in.pattern().substr(m_in.at(), end - m_in.at());
    const bool isName = end != std::string_view::npos && !name.empty() && !isPatternDigit(name.front()) &&
                        std::all_of(name.begin(), name.end(), [](char c) { return isPatternWord(c) || c == '$'; });
    if (!isName) {
        m_in.fail(QStringLiteral("the name of a group is made of letters, digits, '_' and '$'"),
                  ErrorCode::Unsupported);
        return {};
    }
    m_in.skip(name.size() + 1);
    return name;
}

void PatternTranslator::checkReferences()
{
    m_isRepeated.resize(m_captures);
    for (const std::size_t group : m_referred) {
        if (group >= m_captures)
            m_in.fail(QStringLiteral("a reference to group %1 of %2").arg(group + 1).arg(m_captures));
        else if (m_isRepeated[group])
            m_in.fail(QStringLiteral("a reference to a group inside a repetition"), ErrorCode::Unsupported);
    }
}

} // namespace

Expected<QByteArray> patternForPcre(std::string_view pattern)
{
    return PatternTranslator(pattern).translate();
}

} // namespace framescope
