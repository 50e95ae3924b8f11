#include "core/decode/jsonredactor.h"

#include "core/decode/findingcollector.h"

#include <array>
#include <bit>
#include <cstring>
#include <limits>

namespace framescope {

namespace {

/// What ends a run of bytes that nothing hangs on when a tree is passed over.
enum class TreeLetter : quint8
{
    Other,
    Quote,
    Open,
    Close
};

constexpr std::array<TreeLetter, 256> treeLetters = [] {
    std::array<TreeLetter, 256> letters{};
    letters['"'] = TreeLetter::Quote;
    letters['{'] = letters['['] = TreeLetter::Open;
    letters['}'] = letters[']'] = TreeLetter::Close;
    return letters;
}();

bool isJsonSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool isScalarLetter(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '+' || c == '.' || c == 'E';
}

int hexValue(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    const char lower = char(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// The four digits at @p at, or -1.
int codeUnit(const char* at, const char* end)
{
    if (end - at < 4)
        return -1;
    int unit = 0;
    for (int i = 0; i < 4; ++i) {
        const int digit = hexValue(at[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

void appendCodePoint(char32_t code, std::string& text)
{
    const auto tail = [](char32_t bits) { return char(0x80U | (bits & 0x3FU)); };
    if (code < 0x80) {
        text.push_back(char(code));
    } else if (code < 0x800) {
        text += {char(0xC0U | (code >> 6U)), tail(code)};
    } else if (code < 0x10000) {
        text += {char(0xE0U | (code >> 12U)), tail(code >> 6U), tail(code)};
    } else {
        text += {char(0xF0U | (code >> 18U)), tail(code >> 12U), tail(code >> 6U), tail(code)};
    }
}

/// The character that \uXXXX stands for, and behind it; half a pair is U+FFFD, as the decoder reads it.
char32_t codePointAt(const char*& at, const char* end)
{
    constexpr char32_t replacement = 0xFFFD;
    const int first = codeUnit(at, end);
    at += 4;
    if (first < 0xD800 || first > 0xDFFF)
        return char32_t(first);
    if (first > 0xDBFF || end - at < 6 || at[0] != '\\' || at[1] != 'u')
        return replacement;
    const int second = codeUnit(at + 2, end);
    if (second < 0xDC00 || second > 0xDFFF)
        return replacement;
    at += 6;
    return 0x10000U + ((char32_t(first) - 0xD800U) << 10U) + (char32_t(second) - 0xDC00U);
}

/// The next step of @p pointer, decoded; takes it off.
std::string nextStep(QByteArrayView& pointer)
{
    std::string name;
    qsizetype at = 1;
    for (; at < pointer.size() && pointer[at] != '/'; ++at) {
        if (pointer[at] == '~' && at + 1 < pointer.size())
            name.push_back(pointer[++at] == '0' ? '~' : '/');
        else
            name.push_back(pointer[at]);
    }
    pointer = pointer.sliced(at);
    return name;
}

} // namespace

JsonRedactor::JsonRedactor(const RedactionRules& rules)
{
    for (const RedactionRule& rule : rules.rules()) {
        auto steps = redactionSteps(rule.pointer);
        m_rules.push_back({rule, steps.value_or(std::vector<RedactionStep>()), '"' + redactionMark(rule.name) + '"'});
    }
}

JsonRedactor::RuleSet JsonRedactor::all() const
{
    return m_rules.empty() ? 0 : ~RuleSet(0) >> (64 - m_rules.size());
}

JsonRedactor::RuleSet JsonRedactor::rulesFor(QByteArrayView type) const
{
    RuleSet set = 0;
    for (std::size_t i = 0; i < m_rules.size(); ++i)
        set |= redactionTypeFits(m_rules[i].rule.type, type) ? RuleSet(1) << i : 0;
    return set;
}

template <typename Fits>
JsonRedactor::Match JsonRedactor::match(RuleSet active, std::size_t depth, const Fits& fits) const
{
    Match match;
    for (; active != 0; active &= active - 1) {
        const int number = std::countr_zero(active);
        const std::vector<RedactionStep>& steps = m_rules[std::size_t(number)].steps;
        if (!fits(steps[depth]))
            continue;
        if (steps.size() > depth + 1)
            match.further |= RuleSet(1) << number;
        else if (match.taken < 0)
            match.taken = number;
    }
    return match;
}

bool JsonRedactor::find(QByteArrayView json, RuleSet set, std::vector<RedactedSpan>& spans)
{
    spans.clear();
    if (std::size_t(json.size()) > std::numeric_limits<quint32>::max())
        return false;
    m_json = json.data();
    m_size = std::size_t(json.size());
    m_at = 0;
    m_levels.clear();
    Match whole;
    for (RuleSet rest = set & all(); rest != 0; rest &= rest - 1) {
        const int number = std::countr_zero(rest);
        if (m_rules[std::size_t(number)].steps.empty())
            whole.taken = whole.taken < 0 ? number : whole.taken;
        else
            whole.further |= RuleSet(1) << number;
    }
    skipSpace();
    if (!openValue(whole, spans) || !walk(spans))
        return false;
    skipSpace();
    return m_at == m_size;
}

/// At the beginning of a value: takes it out, passes over it, or goes down into it.
bool JsonRedactor::openValue(const Match& match, std::vector<RedactedSpan>& spans)
{
    const std::size_t begin = m_at;
    const bool isTree = here() == '{' || here() == '[';
    if (match.taken < 0 && match.further != 0 && isTree) {
        m_levels.push_back({here() == '{', match.further, 0});
        ++m_at;
        return true;
    }
    if (!skipValue())
        return false;
    if (match.taken >= 0)
        spans.push_back({quint32(begin), quint32(m_at - begin), match.taken});
    return true;
}

bool JsonRedactor::walk(std::vector<RedactedSpan>& spans)
{
    bool isFirst = true; // nothing of the innermost level was read yet
    while (!m_levels.empty()) {
        Level& level = m_levels.back();
        skipSpace();
        if (here() == (level.isObject ? '}' : ']')) {
            ++m_at;
            m_levels.pop_back();
            isFirst = false;
            continue;
        }
        if (!isFirst) {
            if (here() != ',')
                return false;
            ++m_at;
            skipSpace();
        }
        Match found;
        const std::size_t depth = m_levels.size() - 1;
        if (level.isObject) {
            std::string_view name;
            if (!memberName(name))
                return false;
            found = match(level.active, depth, [&](const RedactionStep& step) { return step.fitsMember(name); });
        } else {
            const qint64 index = level.index++;
            found = match(level.active, depth, [&](const RedactionStep& step) { return step.fitsElement(index); });
        }
        if (!openValue(found, spans))
            return false;
        isFirst = m_levels.size() > depth + 1;
    }
    return true;
}

/// The decoded name of a member, and to its value.
bool JsonRedactor::memberName(std::string_view& name)
{
    const std::size_t begin = m_at + 1;
    if (here() != '"' || !skipString())
        return false;
    const std::size_t end = m_at - 1;
    name = {m_json + begin, end - begin};
    if (std::memchr(name.data(), '\\', name.size())) {
        if (!decodeName(begin, end))
            return false;
        name = m_name;
    }
    skipSpace();
    if (here() != ':')
        return false;
    ++m_at;
    skipSpace();
    return true;
}

bool JsonRedactor::decodeName(std::size_t begin, std::size_t end)
{
    static constexpr std::string_view letters = "\"\\/bfnrt";
    static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    m_name.clear();
    const char* const stop = m_json + end;
    for (const char* at = m_json + begin; at < stop; ++at) {
        if (*at != '\\') {
            m_name.push_back(*at);
            continue;
        }
        if (++at == stop)
            return false;
        if (*at == 'u') {
            if (codeUnit(++at, stop) < 0)
                return false;
            appendCodePoint(codePointAt(at, stop), m_name);
            --at;
            continue;
        }
        const std::size_t which = letters.find(*at);
        if (which == std::string_view::npos)
            return false;
        m_name.push_back(meanings[which]);
    }
    return true;
}

void JsonRedactor::skipSpace()
{
    while (m_at < m_size && isJsonSpace(m_json[m_at]))
        ++m_at;
}

bool JsonRedactor::skipString()
{
    // Most texts are short: looking for their end by memchr() costs more than it saves.
    const char* at = m_json + m_at + 1;
    const char* const end = m_json + m_size;
    while (at < end && *at != '"')
        at += *at == '\\' ? 2 : 1;
    if (at >= end)
        return false;
    m_at = std::size_t(at - m_json) + 1;
    return true;
}

bool JsonRedactor::skipScalar()
{
    const std::size_t begin = m_at;
    while (m_at < m_size && isScalarLetter(m_json[m_at]))
        ++m_at;
    return m_at > begin;
}

/// Over an object or a list, whatever is in it.
bool JsonRedactor::skipTree()
{
    std::size_t depth = 0;
    for (;;) {
        while (m_at < m_size && treeLetters[uchar(m_json[m_at])] == TreeLetter::Other)
            ++m_at;
        if (m_at == m_size)
            return false;
        switch (treeLetters[uchar(m_json[m_at])]) {
        case TreeLetter::Quote:
            if (!skipString())
                return false;
            continue;
        case TreeLetter::Open:
            ++depth;
            break;
        default:
            --depth;
            break;
        }
        ++m_at;
        if (depth == 0)
            return true;
    }
}

bool JsonRedactor::skipValue()
{
    switch (here()) {
    case '"':
        return skipString();
    case '{':
    case '[':
        return skipTree();
    default:
        return skipScalar();
    }
}

quint64 JsonRedactor::sizeWithout(QByteArrayView json, const std::vector<RedactedSpan>& spans) const
{
    quint64 size = quint64(json.size());
    for (const RedactedSpan& span : spans)
        size += quint64(mark(span.rule).size()) - span.length;
    return size;
}

void JsonRedactor::appendWithout(QByteArrayView json, const std::vector<RedactedSpan>& spans,
                                 std::vector<char>& out) const
{
    qsizetype from = 0;
    const auto copy = [&out](QByteArrayView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); };
    for (const RedactedSpan& span : spans) {
        copy(json.sliced(from, qsizetype(span.offset) - from));
        copy(mark(span.rule));
        from = qsizetype(span.end());
    }
    copy(json.sliced(from));
}

std::optional<JsonRedactor::Hit> JsonRedactor::hit(QByteArrayView pointer, RuleSet set) const
{
    const QByteArrayView whole = pointer;
    RuleSet active = set & all();
    for (RuleSet rest = active; rest != 0; rest &= rest - 1) {
        const int number = std::countr_zero(rest);
        if (m_rules[std::size_t(number)].steps.empty())
            return Hit{number, 0};
    }
    for (std::size_t depth = 0; active != 0 && !pointer.isEmpty(); ++depth) {
        const std::string name = nextStep(pointer);
        const bool isCut = pointer.isEmpty() && QByteArrayView(name).endsWith(cutMark);
        const Match found =
            match(active, depth, [&](const RedactionStep& step) { return isCut || step.fitsMember(name); });
        if (found.taken >= 0)
            return Hit{found.taken, whole.size() - pointer.size()};
        if (isCut && found.further != 0) // where it goes on to is not known
            return Hit{std::countr_zero(found.further), whole.size()};
        active = found.further;
    }
    return std::nullopt;
}

} // namespace framescope
