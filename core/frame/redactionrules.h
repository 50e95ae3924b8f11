#pragma once
/// Which values of a message never reach the disk or leave the program: the rules of a session whose payloads are
/// redacted. Where a rule leads to a value, of whatever type, the JSON text "[redacted:NAME]" stands instead.
///
/// A rule's place is a JSON Pointer (RFC 6901) with one extension of ours: a token that is just `*` stands for any
/// member of an object and any element of a list. So that a member called "*" can be named, `~2` is a literal `*`
/// (beside RFC 6901's `~0` for `~` and `~1` for `/`): `/a/*/b` is b of whatever is in a, `/a/~2/b` is b of a's member
/// "*". A `*` among other characters is just that character. Names of members are compared as their decoded text, in
/// every case as written; where a name stands twice in an object, both values are redacted. The names themselves stay.
///
/// As one line of text a rule is `NAME=POINTER`, or `NAME@TYPE=POINTER` where it is for messages of one type only. TYPE
/// is compared without case with a message's type, that is the name in the matrix or a topic's template
/// ("v2.users.{id}.presence"); `*` in it stands for any characters, and an identifier where the template has a
/// placeholder for any; a message whose type nobody can tell may be of any. As a file:
/// {"rules":[{"name":"phone","pointer":"/a/*/b","type":"v2.users.*"}]}, read strictly.
///
/// Thread: any; a value. Errors: Parse with the place ("/rules/2/pointer" or "line 3"), InvalidArgument for too many.
#include "core/base/error.h"

#include <QByteArray>
#include <QByteArrayView>
#include <string>
#include <vector>

namespace framescope {

struct RedactionRule
{
    QByteArray name;    ///< letters, digits, '.', '_', '-'; several rules may have one name
    QByteArray pointer; ///< as written
    QByteArray type;    ///< empty: every message

    friend bool operator==(const RedactionRule&, const RedactionRule&) = default;
};

/// One step of a rule's pointer.
struct RedactionStep
{
    std::string name;
    bool isAny = false;
    qint64 index = -1; ///< in a list; -1: the step fits no list

    [[nodiscard]] bool fitsMember(std::string_view member) const { return isAny || name == member; }
    [[nodiscard]] bool fitsElement(qint64 at) const { return isAny || index == at; }
};

class RedactionRules
{
public:
    static constexpr std::size_t ruleLimit = 64;
    static constexpr qsizetype nameLimit = 64;
    static constexpr qsizetype textLimit = 1024; ///< bytes of a pointer, and of a type
    static constexpr std::size_t stepLimit = 64;
    static constexpr qsizetype fileLimit = 1024 * 1024;

    /// The text of a file of rules, or of toJson().
    [[nodiscard]] static Expected<RedactionRules> fromJson(const QByteArray& json);
    [[nodiscard]] static Expected<RedactionRules> fromFile(const QString& path);
    /// One rule a line; empty lines are passed over.
    [[nodiscard]] static Expected<RedactionRules> fromLines(const QByteArray& lines);
    /// Of one line; Error::place is empty.
    [[nodiscard]] static Expected<RedactionRule> ruleFromLine(const QByteArray& line);

    /// Error::place is "name", "pointer" or "type".
    [[nodiscard]] Expected<void> add(RedactionRule rule);
    [[nodiscard]] Expected<void> add(const RedactionRules& others);

    [[nodiscard]] bool isEmpty() const { return m_rules.empty(); }
    [[nodiscard]] const std::vector<RedactionRule>& rules() const { return m_rules; }
    /// Compact and always the same for the same rules; empty for none.
    [[nodiscard]] QByteArray toJson() const;
    [[nodiscard]] QByteArray toLines() const;

    friend bool operator==(const RedactionRules&, const RedactionRules&) = default;

private:
    std::vector<RedactionRule> m_rules;
};

/// What redaction did.
struct RedactionCounts
{
    quint64 frames = 0; ///< from which something was taken out
    quint64 values = 0;
    std::vector<quint64> valuesOfRule; ///< in the order of the rules
    quint64 withheld = 0;              ///< frames of which only the digest is kept, since rules find no places in them
};

/// How many values a rule of each name took out, also none, in the order of the names' first rules.
using RedactedValues = std::vector<std::pair<QByteArray, quint64>>;
[[nodiscard]] RedactedValues valuesByName(const RedactionRules& rules, const RedactionCounts& counts);
/// The same as the kept bytes of a redacted frame (FrameFlag::Masked) show it: by their marks.
[[nodiscard]] RedactedValues redactedValuesIn(QByteArrayView kept);

/// The steps of a rule's pointer. Errors: Parse, with the character in `detail`.
[[nodiscard]] Expected<std::vector<RedactionStep>> redactionSteps(QByteArrayView pointer);
/// Whether a rule for @p ruleType is for messages of @p type.
[[nodiscard]] bool redactionTypeFits(QByteArrayView ruleType, QByteArrayView type);
/// What stands for a value, without quotes: "[redacted:phone]".
[[nodiscard]] QByteArray redactionMark(const QByteArray& ruleName);

} // namespace framescope
