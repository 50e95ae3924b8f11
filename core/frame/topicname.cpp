#include "core/frame/topicname.h"

#include <QByteArrayList>
#include <algorithm>

namespace framescope {

namespace {

bool equalsWithoutCase(QByteArrayView a, QByteArrayView b)
{
    return a.size() == b.size() && qstrnicmp(a.data(), a.size(), b.data(), b.size()) == 0;
}

bool startsWithoutCase(QByteArrayView text, QByteArrayView start)
{
    return text.size() >= start.size() && equalsWithoutCase(text.first(start.size()), start);
}

/// The segment that begins at @p from; @p from moves behind its dot, or behind the end.
QByteArrayView nextSegment(QByteArrayView name, qsizetype& from)
{
    const qsizetype dot = name.indexOf('.', from);
    const qsizetype end = dot < 0 ? name.size() : dot;
    const QByteArrayView segment = name.sliced(from, end - from);
    from = end + 1;
    return segment;
}

bool isPlaceholder(QByteArrayView segment)
{
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool isUuid(QByteArrayView text)
{
    if (text.size() != 36)
        return false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool isDash = i == 8 || i == 13 || i == 18 || i == 23;
        const bool isHex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (isDash ? c != '-' : !isHex)
            return false;
    }
    return true;
}

} // namespace

bool topicMatches(QByteArrayView topic, QByteArrayView pattern)
{
    qsizetype inTopic = 0;
    qsizetype inPattern = 0;
    while (inPattern <= pattern.size()) {
        if (inTopic > topic.size())
            return false;
        const QByteArrayView rest = topic.sliced(inTopic);
        const QByteArrayView wanted = nextSegment(pattern, inPattern);
        if (isPlaceholder(wanted) && inPattern > pattern.size())
            return !rest.isEmpty();
        const QByteArrayView segment = nextSegment(topic, inTopic);
        if (segment.isEmpty() || !(isPlaceholder(wanted) || equalsWithoutCase(segment, wanted)))
            return false;
    }
    return inTopic > topic.size();
}

QByteArray topicTemplate(QByteArrayView topic)
{
    QByteArray name;
    qsizetype from = 0;
    while (from <= topic.size()) {
        const QByteArrayView segment = nextSegment(topic, from);
        if (!name.isEmpty())
            name += '.';
        name += isUuid(segment) ? QByteArrayView("{id}") : segment;
    }
    return name;
}

bool isSystemTopic(QByteArrayView topic)
{
    return equalsWithoutCase(topic, "channel.metadata") || startsWithoutCase(topic, "v2.system.") ||
           startsWithoutCase(topic, "system.v2.");
}

QByteArrayList singleTopics(QByteArrayView topic)
{
    const qsizetype mark = topic.indexOf('?');
    if (mark < 0)
        return {topic.toByteArray()};
    QByteArrayList names;
    const QByteArray prefix = topic.first(mark).toByteArray();
    for (const QByteArray& name : topic.sliced(mark + 1).toByteArray().split('&')) {
        if (!name.isEmpty())
            names += prefix + '.' + name;
    }
    return names;
}

} // namespace framescope
