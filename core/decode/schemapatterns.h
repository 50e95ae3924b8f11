#pragma once
/// Patterns of schemas (`pattern`, `patternProperties`): regular expressions as ECMA-262 means them, run by PCRE2 with
/// an end to every search. For core/decode/*.cpp only.
///
/// Short texts go to the compiled machine code (JIT, where the machine has it) with a small limit. What it does not
/// decide, and all longer texts, go to the interpreter, whose steps are exact: each place that a search goes back to
/// counts one. The same text and pattern always take the same number of them.
#include "core/base/error.h"

#include <QByteArray>
#include <memory>
#include <string_view>

namespace framescope {

/// A compiled pattern. Thread: any; immutable.
class SchemaPattern
{
public:
    /// Parse or Unsupported, with the reason; `place` is empty. @p text is UTF-8.
    [[nodiscard]] static Expected<SchemaPattern> compile(std::string_view text);

    SchemaPattern(SchemaPattern&&) noexcept;
    SchemaPattern& operator=(SchemaPattern&&) noexcept;
    SchemaPattern(const SchemaPattern&) = delete;
    SchemaPattern& operator=(const SchemaPattern&) = delete;
    ~SchemaPattern();

    [[nodiscard]] const QByteArray& text() const { return m_text; } ///< as the schema has it
    [[nodiscard]] std::size_t sizeBytes() const;                    ///< of the compiled form

private:
    friend class PatternMatcher;
    struct Code;
    explicit SchemaPattern(QByteArray text);

    QByteArray m_text;
    std::unique_ptr<Code> m_code;
};

/// Runs patterns, in memory that is used again. Thread: one matcher, one thread.
class PatternMatcher
{
public:
    enum class Answer
    {
        Yes,
        No,
        GaveUp ///< after gaveUpAfter() steps
    };

    PatternMatcher();
    PatternMatcher(PatternMatcher&&) noexcept;
    PatternMatcher& operator=(PatternMatcher&&) noexcept;
    PatternMatcher(const PatternMatcher&) = delete;
    PatternMatcher& operator=(const PatternMatcher&) = delete;
    ~PatternMatcher();

    /// Whether @p pattern is found in @p text, which is good UTF-8. Takes the work off @p budget.
    [[nodiscard]] Answer find(const SchemaPattern& pattern, std::string_view text, qint64& budget);
    [[nodiscard]] qint64 gaveUpAfter() const { return m_gaveUpAfter; }

private:
    struct Memory;

    [[nodiscard]] Answer run(const SchemaPattern& pattern, std::string_view text, qint64 limit, bool fast);

    std::unique_ptr<Memory> m_memory; ///< made for the first pattern: most schemas have none
    qint64 m_gaveUpAfter = 0;
};

} // namespace framescope
