#include "core/decode/topiccache.h"

#include "core/decode/processseed.h"
#include "core/frame/topicname.h"

#include <QHashFunctions>

namespace framescope {

namespace {

quint64 hashOf(QByteArrayView name)
{
    return quint64(qHashBits(name.data(), std::size_t(name.size()), processSeed())) | 1U;
}

/// What stands where @p pattern has its first placeholder; at its end, the placeholder takes the rest.
ByteRange identifierIn(QByteArrayView topic, QByteArrayView pattern)
{
    qsizetype from = 0;
    qsizetype inPattern = 0;
    while (inPattern < pattern.size() && from < topic.size()) {
        const qsizetype patternDot = pattern.indexOf('.', inPattern);
        const qsizetype dot = topic.indexOf('.', from);
        const bool isLast = patternDot < 0 || dot < 0;
        if (pattern[inPattern] == '{')
            return {quint32(from), quint32((isLast ? topic.size() : dot) - from)};
        if (isLast)
            return {};
        inPattern = patternDot + 1;
        from = dot + 1;
    }
    return {};
}

} // namespace

TopicCache::TopicCache(TypeNameTable& names)
    : m_names(names)
{
}

void TopicCache::use(const TopicSchemas::Private& topics)
{
    m_topics = &topics;
    m_known.assign(size, {});
}

const KnownTopic& TopicCache::of(QByteArrayView name)
{
    const quint64 hash = hashOf(name);
    const std::size_t home = std::size_t(hash >> 1) % size;
    KnownTopic* place = nullptr;
    for (std::size_t i = 0; i < probes && !place; ++i) {
        KnownTopic& each = m_known[(home + i) % size];
        if (each.hash == hash)
            return each;
        if (each.hash == 0)
            place = &each;
    }
    if (!place) // all taken by others: one of them, in turn, makes way
        place = &m_known[(home + m_nextVictim++ % probes) % size];
    *place = lookUp(name, hash);
    return *place;
}

KnownTopic TopicCache::lookUp(QByteArrayView name, quint64 hash)
{
    KnownTopic topic;
    topic.hash = hash;
    topic.key = hashOf(name.toByteArray().toLower());
    topic.rule = m_topics->ruleOf(name);
    topic.isSystem = isSystemTopic(name);
    QByteArray type = topic.rule ? topic.rule->name : topicTemplate(name);
    if (!topic.rule && topic.isSystem)
        type = name.compare("channel.metadata", Qt::CaseInsensitive) == 0 ? QByteArrayLiteral("channel.metadata")
                                                                          : QByteArrayLiteral("v2.system.{id}");
    topic.type = m_names.intern(type);
    topic.id = identifierIn(name, type);
    return topic;
}

} // namespace framescope
