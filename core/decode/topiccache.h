#pragma once
/// What is known of the concrete topics that messages came of: a fixed table, so that a topic is compared with the
/// service's templates once and not with every message. For core/decode/*.cpp only. Thread: the pipeline's.
#include "core/decode/topicschemas_p.h"
#include "core/decode/typenametable.h"

#include <vector>

namespace framescope {

struct KnownTopic
{
    quint64 hash = 0;                ///< of the name as sent; 0: an empty place
    quint64 key = 0;                 ///< hash of the name in small letters: what duplicates are found by
    const TopicRule* rule = nullptr; ///< null: no template is known for it
    ByteRange id;                    ///< of the first identifier in the name; null when it has none
    TypeId type = unknownType;
    bool isSystem = false;
};

class TopicCache
{
public:
    static constexpr std::size_t size = 8192;

    explicit TopicCache(TypeNameTable& names);

    /// The topics to look into from now on; what was known is forgotten.
    void use(const TopicSchemas::Private& topics);
    [[nodiscard]] const KnownTopic& of(QByteArrayView name);

private:
    static constexpr std::size_t probes = 4;

    [[nodiscard]] KnownTopic lookUp(QByteArrayView name, quint64 hash);

    TypeNameTable& m_names;
    const TopicSchemas::Private* m_topics = nullptr;
    std::vector<KnownTopic> m_known; ///< made with the first topics: other streams do not pay for it
    std::size_t m_nextVictim = 0;
};

} // namespace framescope
