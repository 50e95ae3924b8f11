#pragma once
/// The decoder's view of the topics: one rule a topic, its schema compiled. For core/decode/*.cpp only.
#include "core/decode/schema_p.h"
#include "core/decode/topicschemas.h"

namespace framescope {

struct TopicRule
{
    QByteArray name;                      ///< the template: "v2.users.{id}.presence"
    const Schema::Node* schema = nullptr; ///< null: the service publishes none
    int literals = 0; ///< segments that are no placeholders: of two that match, the closer one counts
};

struct TopicSchemas::Private
{
    std::vector<std::shared_ptr<const CompiledSchema>> documents; ///< own what the rules point to
    std::vector<TopicRule> rules;
    std::size_t published = 0; ///< rules of the service's own list; those of the offline copy stand behind them
    QStringList problems;
    QByteArray version;
    const Schema::Node* systemBody = nullptr; ///< of v2.system topics that no rule names

    /// The rule of a concrete topic, or null. Compares with every template: ask once a topic.
    [[nodiscard]] const TopicRule* ruleOf(QByteArrayView topic) const;
};

} // namespace framescope
