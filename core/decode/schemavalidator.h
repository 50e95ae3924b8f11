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

private:
    using Node = Schema::Node;
    using Element = simdjson::dom::element;

    /// What was met on the way through one object.
    struct MembersSeen
    {
        Node::RequiredSet required;
        std::size_t requiredCount = 0;
        std::size_t nextProperty = 0; ///< where to look first: members mostly come in the schema's order
    };

    bool check(const Node& node, Element value);
    bool checkLiterals(const Node& node, Element value);
    bool checkNumber(const Node& node, Element value);
    bool checkText(const Node& node, Element value);
    bool checkArray(const Node& node, simdjson::dom::array array);
    bool checkUnique(const Node& node, simdjson::dom::array array);
    bool checkObject(const Node& node, simdjson::dom::object object);
    bool checkMember(const Node& node, std::string_view name, Element value, MembersSeen& seen);
    bool checkRequired(const Node& node, simdjson::dom::object object, const Node::RequiredSet& seen);
    bool checkSize(const Node& node, Node::Size size, quint64 actual, const char* least, const char* most);
    bool checkCombinations(const Node& node, Element value);
    int countFitting(const std::vector<const Node*>& schemas, Element value, int enough);

    /// Reports and returns false. @p expected is called only when the finding is wanted.
    template <typename Expected>
    bool fail(FindingId id, const Node& node, const char* keyword, Expected expected, QByteArray actual = {});

    const JsonReader* m_reader = nullptr;
    FindingCollector* m_findings = nullptr;
    std::vector<PathStep> m_path;
    std::vector<std::pair<quint64, Element>> m_hashes; ///< uniqueItems
    int m_quiet = 0;                                   ///< inside anyOf, oneOf, not: only the answer counts
    qint64 m_budget = 0;
    bool m_gaveUp = false;
};

} // namespace framescope
