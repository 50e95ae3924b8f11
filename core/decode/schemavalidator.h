#pragma once
/// Runs a compiled schema over one parsed document. For core/decode/*.cpp only.
///
/// Bounded: recursion by the reader's depth limit and the compiler's limits, work by a budget that grows with the
/// document. On the good path it allocates nothing; pointers, ranges and evidence are made only for what is wrong.
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

    /// What was met on the way through one object.
    struct MembersSeen
    {
        Node::RequiredSet required;
        std::size_t requiredCount = 0;
        std::bitset<256> named;       ///< by place in Node::properties, as far as it goes
        std::size_t nextProperty = 0; ///< where to look first: members mostly come in the schema's order
    };

    void start(const JsonReader& reader, FindingCollector& findings, SchemaStyle style);
    bool check(const Node& node, Element value);
    bool checkLiterals(const Node& node, Element value);
    bool checkNumber(const Node& node, Element value);
    bool checkText(const Node& node, Element value);
    bool checkArray(const Node& node, simdjson::dom::array array);
    bool checkUnique(const Node& node, simdjson::dom::array array);
    bool checkObject(const Node& node, simdjson::dom::object object);
    bool checkEnum(const Node& node, Element value);
    bool checkMember(const Node& node, std::string_view name, Element value, MembersSeen& seen);
    bool checkRequired(const Node& node, simdjson::dom::object object, const Node::RequiredSet& seen);
    bool checkSize(const Node& node, Node::Size size, quint64 actual, const char* least, const char* most);
    bool checkCombinations(const Node& node, Element value);
    /// A member that the schema names stands there twice.
    void reportRepeated();
    /// Forbidden, or openly only remarkable.
    bool checkUnnamed(const Node& node);
    int countFitting(const std::vector<const Node*>& schemas, Element value, int enough);

    /// Reports and returns false. @p expected is called only when the finding is wanted.
    template <typename Expected>
    bool fail(FindingId id, const Node& node, const char* keyword, Expected expected, QByteArray actual = {});

    /// Remarks; never false, also where only the answer counts.
    template <typename Expected>
    bool note(FindingId id, const Node& node, const char* keyword, Expected expected)
    {
        (void)fail(id, node, keyword, expected);
        return true;
    }

    const JsonReader* m_reader = nullptr;
    FindingCollector* m_findings = nullptr;
    std::vector<PathStep> m_path;
    std::vector<std::pair<quint64, Element>> m_hashes; ///< uniqueItems
    bool m_isOpen = false;
    int m_shared = 0; ///< inside a node that sharesMembers, for the value at hand
    int m_quiet = 0;  ///< inside anyOf, oneOf, not: only the answer counts
    qint64 m_budget = 0;
    bool m_gaveUp = false;
};

} // namespace framescope
