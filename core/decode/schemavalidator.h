#pragma once
/// Runs a compiled schema over one parsed document. For core/decode/*.cpp only.
///
/// The way through the document is in schemavalidator.cpp; the check of a keyword stands beside its reader, in the file
/// that schema_p.h names for its group. Bounded: recursion by the reader's depth limit and a limit of its own, work by
/// a budget of steps that grows with the document (a step is a subschema and a value, or work of about that size). When
/// it is used up, the document is refused with a finding that says so. On the good path nothing is allocated; pointers,
/// ranges and evidence are made only for what is wrong.
/// Thread: one validator, one thread.
#include "core/decode/jsonreader.h"
#include "core/decode/schema_p.h"

#include <vector>

namespace framescope {

class SchemaValidator
{
public:
    /// Appends a finding for each violation of the document that @p reader holds.
    void run(const Schema::Node& schema, const JsonReader& reader, FindingCollector& findings);
    /// Judges one member of the document's root, openly (SchemaStyle::Open): null counts as absent, unknown members and
    /// values are notes.
    void runOpen(const Schema::Node& schema, const JsonReader& reader, std::string_view member,
                 simdjson::dom::element value, FindingCollector& findings);

private:
    using Node = Schema::Node;
    using Element = simdjson::dom::element;

    /// What is judged: a value, or the name of a member, which is a text without an element of its own.
    struct Subject
    {
        explicit Subject(Element value)
            : element(value)
            , types(jsonTypesOf(value))
            , text(types == JsonType::String ? stringOf(value) : std::string_view())
        {
        }
        explicit Subject(std::string_view name)
            : types(JsonType::String)
            , text(name)
        {
        }
        [[nodiscard]] bool isText() const { return types == JsonType::String; }

        Element element;
        quint8 types;
        std::string_view text;
    };

    /// Which names of a schema were met in one object: bits in m_seen.
    struct MembersSeen
    {
        std::size_t firstWord = 0;
        std::size_t requiredCount = 0;
        std::size_t nextProperty = 0; ///< where to look first: members mostly come in the schema's order

        /// False when it was there already.
        static bool add(std::size_t property, quint64* words)
        {
            quint64& word = words[property / 64];
            const quint64 bit = quint64(1) << (property % 64);
            const bool isFirst = (word & bit) == 0;
            word |= bit;
            return isFirst;
        }
    };

    struct HashedItem
    {
        quint64 hash = 0;
        Element value;
    };

    struct SizeNames
    {
        const char* least;
        const char* most;
    };

    // schemavalidator.cpp
    void start(const JsonReader& reader, FindingCollector& findings, SchemaStyle style);
    /// Many subschemas ask for a type alone: that is answered at once.
    bool check(const Node& node, const Subject& subject)
    {
        if (--m_budget < 0)
            return giveUp(node);
        if ((node.types & subject.types) == 0 || (m_isOpen && subject.types == JsonType::Null))
            return checkOther(node, subject);
        return !node.asksMore || checkGroups(node, subject);
    }
    bool checkOther(const Node& node, const Subject& subject);
    bool checkGroups(const Node& node, const Subject& subject);
    bool checkByType(const Node& node, const Subject& subject);
    bool checkSize(const Node& node, const SchemaSize& size, quint64 actual, SizeNames names);
    [[nodiscard]] bool wants(FindingId id) { return m_quiet == 0 && m_findings->wants(id); }
    /// Takes a finding that wants() was true for. @p actual null: the value at the place.
    void report(FindingId id, const Node& node, const char* keyword, QByteArray expected, QByteArray actual = {});
    /// Reports and returns false. @p expected is called only when the finding is wanted.
    template <typename Expected>
    bool fail(FindingId id, const Node& node, const char* keyword, Expected expected, const char* actual = nullptr)
    {
        if (wants(id))
            report(id, node, keyword, expected(), QByteArray(actual));
        return false;
    }
    /// Remarks; never false, also where only the answer counts.
    template <typename Expected>
    bool note(FindingId id, const Node& node, const char* keyword, Expected expected)
    {
        (void)fail(id, node, keyword, expected);
        return true;
    }
    /// Ends the judging of the document with one finding, also where only the answer counts; returns false.
    bool giveUp(FindingId id, const Node& node, const char* keyword, const QByteArray& expected,
                const QByteArray& actual);
    bool giveUp(const Node& node);

    // schemaliterals.cpp
    bool checkLiterals(const Node& node, const Subject& subject);
    bool checkEnum(const Node& node, const Subject& subject);
    bool isEqual(const Subject& subject, Element literal);
    // schemanumbers.cpp
    bool checkNumber(const Node& node, Element value);
    // schematexts.cpp
    bool checkText(const Node& node, std::string_view text);
    bool checkPattern(const Node& node, const SchemaPattern& pattern, std::string_view text);
    // schemaitems.cpp
    bool checkArray(const Node& node, simdjson::dom::array array);
    bool checkEachItem(const SchemaItems& items, simdjson::dom::array array);
    bool checkContains(const Node& node, simdjson::dom::array array);
    bool checkUnique(const Node& node, simdjson::dom::array array);
    void keepSuspects(simdjson::dom::array array);
    std::optional<std::size_t> repeatedAmongFew();
    std::optional<std::size_t> repeatedAmongMany();
    // schemamembers.cpp
    bool checkObject(const Node& node, const Subject& subject);
    bool checkEachMember(const Node& node, simdjson::dom::object object, MembersSeen& seen);
    bool checkMember(const Node& node, std::string_view name, Element value, MembersSeen& seen);
    bool checkByName(const SchemaMembers& members, std::string_view name, const Subject& subject, bool& good);
    bool checkName(const Node& schema, std::string_view name);
    bool findsInName(const Node& node, const SchemaPattern& pattern, std::string_view name);
    /// Forbidden, or openly only remarkable.
    bool checkUnnamed(const Node& node);
    bool checkRequired(const Node& node, simdjson::dom::object object, const MembersSeen& seen);
    bool checkDependencies(const Node& node, const Subject& subject, const MembersSeen& seen);
    [[nodiscard]] bool hasSeen(const MembersSeen& seen, std::size_t property) const
    {
        return (m_seen[seen.firstWord + property / 64] >> (property % 64) & 1) != 0;
    }
    // schemacombinations.cpp
    bool checkCombinations(const Node& node, const Subject& subject);
    bool checkAlternatives(const Node& node, const std::vector<const Node*>& schemas, const Subject& subject);
    bool checkExactlyOne(const Node& node, const std::vector<const Node*>& schemas, const Subject& subject);
    /// Whether it does; nothing is reported.
    bool fits(const Node& node, const Subject& subject);

    const JsonReader* m_reader = nullptr;
    FindingCollector* m_findings = nullptr;
    std::vector<PathStep> m_path;
    std::vector<quint64> m_seen; ///< a stack: MembersSeen of the objects around the value at hand
    std::size_t m_seenTop = 0;
    std::vector<HashedItem> m_items; ///< uniqueItems: those that may be twice
    std::vector<quint64> m_marks;    ///< bits by hash, to find these
    std::vector<quint32> m_slots;    ///< of a hash table over m_items
    PatternMatcher m_patterns;
    bool m_isOpen = false;
    bool m_isName = false; ///< what is judged is the name of the member at m_path
    int m_shared = 0;      ///< inside a node that sharesMembers, for the value at hand
    int m_quiet = 0;       ///< inside anyOf, oneOf, not, if, contains: only the answer counts
    int m_depth = 0;       ///< checks inside checks
    qint64 m_budget = 0;
    qint64 m_fullBudget = 0;
    bool m_gaveUp = false;
};

} // namespace framescope
