#pragma once
/// Finds the values that a session's redaction rules name in JSON text, and writes the text without them.
///
/// One pass over the bytes, no tree, no recursion; objects and lists that no rule leads into are only passed over. What
/// it does not understand it refuses, so that nothing is kept by mistake: whoever calls has parsed the text before.
/// The rules' places are described in core/frame/redactionrules.h. Where several rules lead to one value the first one
/// names it; what is inside a value that is taken out is not looked at.
/// Thread: one at a time (it keeps buffers). Units: bytes. Errors: none; find() says false.
#include "core/frame/finding.h"
#include "core/frame/redactionrules.h"

#include <optional>
#include <vector>

namespace framescope {

/// A value that a rule names: its bytes, and which rule.
struct RedactedSpan
{
    quint32 offset = 0;
    quint32 length = 0;
    int rule = 0;

    [[nodiscard]] quint32 end() const { return offset + length; }
};

class JsonRedactor
{
public:
    /// A set of rules, by their numbers.
    using RuleSet = quint64;
    static_assert(RedactionRules::ruleLimit <= 64);

    explicit JsonRedactor(const RedactionRules& rules);

    [[nodiscard]] RuleSet all() const;
    [[nodiscard]] RuleSet rulesFor(QByteArrayView type) const;
    /// The places in @p json that rules of @p set name, in order and apart from each other. False when @p json is no
    /// JSON text.
    [[nodiscard]] bool find(QByteArrayView json, RuleSet set, std::vector<RedactedSpan>& spans);
    /// How many bytes @p json has without @p spans.
    [[nodiscard]] quint64 sizeWithout(QByteArrayView json, const std::vector<RedactedSpan>& spans) const;
    void appendWithout(QByteArrayView json, const std::vector<RedactedSpan>& spans, std::vector<char>& out) const;

    struct Hit
    {
        int rule = 0;
        qsizetype length = 0; ///< of the part of the pointer that leads to the value that is taken out
    };
    /// Whether what stands at @p pointer (RFC 6901) is taken out, or is inside of what is. A pointer that was cut
    /// ("…") is taken for one that may lead there.
    [[nodiscard]] std::optional<Hit> hit(QByteArrayView pointer, RuleSet set) const;

    [[nodiscard]] const RedactionRule& rule(int number) const { return m_rules[std::size_t(number)].rule; }
    [[nodiscard]] std::size_t ruleCount() const { return m_rules.size(); }
    /// What stands for the value, with quotes.
    [[nodiscard]] const QByteArray& mark(int number) const { return m_rules[std::size_t(number)].mark; }

private:
    struct CompiledRule
    {
        RedactionRule rule;
        std::vector<RedactionStep> steps;
        QByteArray mark;
    };
    struct Level
    {
        bool isObject = false;
        RuleSet active = 0; ///< rules that lead at least this far, and on
        qint64 index = 0;
    };
    /// What the rules say of one member or element.
    struct Match
    {
        RuleSet further = 0;
        int taken = -1;
    };

    template <typename Fits>
    [[nodiscard]] Match match(RuleSet active, std::size_t depth, const Fits& fits) const;
    bool walk(std::vector<RedactedSpan>& spans);
    bool openValue(const Match& match, std::vector<RedactedSpan>& spans);
    bool memberName(std::string_view& name);
    bool decodeName(std::size_t begin, std::size_t end);
    void skipSpace();
    bool skipString();
    bool skipScalar();
    bool skipTree();
    bool skipValue();
    [[nodiscard]] char here() const { return m_at < m_size ? m_json[m_at] : '\0'; }

    std::vector<CompiledRule> m_rules;
    std::vector<Level> m_levels;
    std::string m_name;
    const char* m_json = nullptr;
    std::size_t m_size = 0;
    std::size_t m_at = 0;
};

} // namespace framescope
