#include "core/decode/schemapatterns.h"

#include "core/decode/schemapatternsyntax.h"

#include <algorithm>
#include <array>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace framescope {

namespace {

/// In the interpreter; about 10 ms here. Honest patterns need a few steps for each character.
constexpr qint64 stepLimit = 300'000;
/// The machine code counts only some of its steps: the product of both bounds is what it can waste on one text.
constexpr std::size_t fastTextLimit = 128;
constexpr qint64 fastStepsPerByte = 2;
constexpr qint64 fastStepsBase = 64;
constexpr quint32 heapLimitKib = 8 * 1024; ///< of the interpreter; what it took is kept for the next search

template <auto release>
struct Release
{
    template <typename T>
    void operator()(T* each) const
    {
        release(each);
    }
};

using CodePointer = std::unique_ptr<pcre2_code, Release<pcre2_code_free>>;
using MatchPointer = std::unique_ptr<pcre2_match_data, Release<pcre2_match_data_free>>;
using ContextPointer = std::unique_ptr<pcre2_match_context, Release<pcre2_match_context_free>>;

QString messageOf(int error)
{
    std::array<PCRE2_UCHAR, 256> text{};
    pcre2_get_error_message(error, text.data(), text.size());
    return QString::fromLatin1(reinterpret_cast<const char*>(text.data()));
}

} // namespace

struct SchemaPattern::Code
{
    CodePointer code;
    bool isFast = false; ///< there is machine code for it
};

SchemaPattern::SchemaPattern(QByteArray text)
    : m_text(std::move(text))
    , m_code(std::make_unique<Code>())
{
}

SchemaPattern::SchemaPattern(SchemaPattern&&) noexcept = default;
SchemaPattern& SchemaPattern::operator=(SchemaPattern&&) noexcept = default;
SchemaPattern::~SchemaPattern() = default;

Expected<SchemaPattern> SchemaPattern::compile(std::string_view text)
{
    const Expected<QByteArray> translated = patternForPcre(text);
    if (!translated)
        return tl::unexpected<Error>(translated.error());
    // Without NO_AUTO_POSSESS long repetitions would be given up without a step being counted, and a search could take
    // the square of the text's length. Where a match may start is part of the translation for the same reason: the
    // limit is for one start.
    constexpr quint32 options = PCRE2_UTF | PCRE2_ANCHORED | PCRE2_NO_AUTO_POSSESS | PCRE2_MATCH_UNSET_BACKREF |
                                PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UCP;
    int error = 0;
    PCRE2_SIZE offset = 0;
    SchemaPattern pattern(QByteArray(text.data(), qsizetype(text.size())));
    pattern.m_code->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated->constData()),
                                             PCRE2_SIZE(translated->size()), options, &error, &offset, nullptr));
    if (!pattern.m_code->code)
        return failure(ErrorCode::Unsupported, QStringLiteral("the pattern cannot be used: ") + messageOf(error));
    pattern.m_code->isFast = pcre2_jit_compile(pattern.m_code->code.get(), PCRE2_JIT_COMPLETE) == 0;
    return pattern;
}

std::size_t SchemaPattern::sizeBytes() const
{
    std::size_t size = 0;
    std::size_t machineCode = 0;
    pcre2_pattern_info(m_code->code.get(), PCRE2_INFO_SIZE, &size);
    pcre2_pattern_info(m_code->code.get(), PCRE2_INFO_JITSIZE, &machineCode);
    return size + machineCode;
}

struct PatternMatcher::Memory
{
    MatchPointer match{pcre2_match_data_create(1, nullptr)};
    ContextPointer context{pcre2_match_context_create(nullptr)};
};

PatternMatcher::PatternMatcher() = default;
PatternMatcher::PatternMatcher(PatternMatcher&&) noexcept = default;
PatternMatcher& PatternMatcher::operator=(PatternMatcher&&) noexcept = default;
PatternMatcher::~PatternMatcher() = default;

PatternMatcher::Answer PatternMatcher::find(const SchemaPattern& pattern, std::string_view text, qint64& budget)
{
    if (!m_memory)
        m_memory = std::make_unique<Memory>();
    const qint64 length = qint64(text.size());
    if (pattern.m_code->isFast && text.size() <= fastTextLimit) {
        const qint64 limit = fastStepsBase + fastStepsPerByte * length;
        budget -= limit / 8;
        const Answer answer = run(pattern, text, limit, true);
        if (answer != Answer::GaveUp)
            return answer;
    }
    // What a search took is not told, only that it took more than it may: the limit starts low and grows, so that an
    // honest search costs the budget little and a hostile one all that it took.
    for (qint64 limit = std::min(stepLimit, 256 + 8 * length);; limit = std::min(stepLimit, 16 * limit)) {
        const qint64 allowed = std::min(limit, std::max<qint64>(budget, 1));
        const Answer answer = run(pattern, text, allowed, false);
        budget -= answer == Answer::GaveUp ? allowed : allowed / 8;
        if (answer != Answer::GaveUp)
            return answer;
        if (limit == stepLimit || allowed < limit) {
            m_gaveUpAfter = allowed;
            return answer;
        }
    }
}

PatternMatcher::Answer PatternMatcher::run(const SchemaPattern& pattern, std::string_view text, qint64 limit, bool fast)
{
    if (!m_memory->match || !m_memory->context)
        return Answer::GaveUp; // no memory
    pcre2_set_match_limit(m_memory->context.get(), quint32(limit));
    pcre2_set_heap_limit(m_memory->context.get(), heapLimitKib);
    const quint32 options = PCRE2_NO_UTF_CHECK | (fast ? 0U : quint32(PCRE2_NO_JIT));
    const int result = pcre2_match(pattern.m_code->code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                                   0, options, m_memory->match.get(), m_memory->context.get());
    if (result >= 0) // 0: more groups than places for them, which are not asked for
        return Answer::Yes;
    return result == PCRE2_ERROR_NOMATCH ? Answer::No : Answer::GaveUp;
}

} // namespace framescope
