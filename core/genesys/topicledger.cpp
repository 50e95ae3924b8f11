#include "core/genesys/topicledger.h"

#include "core/frame/topicname.h"

#include <QRandomGenerator>

namespace framescope {

namespace {
constexpr qsizetype permissionsShown = 20;

char16_t lowered(char16_t c)
{
    return c >= u'A' && c <= u'Z' ? char16_t(c + (u'a' - u'A')) : c;
}

} // namespace

TopicLedger::TopicLedger(const TopicPlan& plan)
    : m_byLane(std::size_t(plan.lanes))
    , m_seed(QRandomGenerator::system()->generate64()) // names come from outside: their order must not be guessable
{
    for (const PlannedTopic& planned : plan.topics) {
        TopicStatus status;
        status.id = planned.id;
        status.lane = planned.lane;
        if (planned.refusal.isEmpty()) {
            m_byLane[planned.lane].push_back(m_topics.size());
            for (const QByteArray& name : singleTopics(planned.id))
                index(name, m_topics.size());
        } else {
            status.state = TopicState::Rejected;
            status.rejection = planned.refusal.toUtf8();
        }
        m_topics.push_back(std::move(status));
    }
    m_listened.assign(m_topics.size(), false);
    m_open.resize(m_topics.size());
}

void TopicLedger::index(const QByteArray& name, std::size_t topic)
{
    QString text = QString::fromUtf8(name);
    for (QChar& c : text)
        c = QChar(lowered(c.unicode()));
    const quint64 hash = hashOf(text);
    if (m_byHash.contains(hash))
        return; // the same topic asked for twice, alone and combined: it counts where it came first
    m_byHash.insert(hash, m_known.size());
    m_known.push_back({text, topic});
}

/// FNV-1a over the lower-case UTF-16 units.
quint64 TopicLedger::hashOf(QStringView name) const
{
    quint64 hash = 14695981039346656037ULL ^ m_seed;
    for (const QChar c : name) {
        hash ^= lowered(c.unicode());
        hash *= 1099511628211ULL;
    }
    return hash;
}

void TopicLedger::countEvent(QStringView topicName, const Instant& arrival)
{
    const auto found = m_byHash.constFind(hashOf(topicName));
    if (found == m_byHash.constEnd())
        return;
    const Known& known = m_known[*found];
    const auto same = [](QChar a, QChar b) { return lowered(a.unicode()) == b.unicode(); };
    if (!std::equal(topicName.begin(), topicName.end(), known.name.begin(), known.name.end(), same))
        return;
    TopicStatus& topic = m_topics[known.topic];
    ++topic.events;
    topic.lastEventMonoNs = arrival.monoNs;
    topic.lastEventWallNs = arrival.wallNs;
}

std::vector<std::size_t> TopicLedger::applyAnswer(quint16 lane, const std::vector<TopicAnswer>& answers, qint64 wallNs)
{
    QHash<QByteArray, const TopicAnswer*> byId;
    for (const TopicAnswer& answer : answers)
        byId.insert(answer.id.toLower(), &answer);
    std::vector<std::size_t> newlyRejected;
    for (const std::size_t i : m_byLane[lane]) {
        TopicStatus& topic = m_topics[i];
        const TopicAnswer* answer = byId.value(topic.id.toLower());
        // It is not documented whether a combined topic is answered as it was asked or one by one.
        for (const QByteArray& single : singleTopics(topic.id)) {
            const TopicAnswer* part = byId.value(single.toLower());
            if (part && (!answer || !answer->permitted))
                answer = part;
        }
        if (answer && answer->permitted) {
            topic.state = TopicState::Permitted;
            topic.rejection.clear();
            topic.missingPermissions.clear();
            if (topic.subscribedWallNs == 0)
                topic.subscribedWallNs = wallNs;
            m_listened[i] = true;
            continue;
        }
        const QByteArray reason =
            answer ? answer->reason : QByteArrayLiteral("The service did not confirm this topic.");
        if (topic.rejection != reason || topic.state != TopicState::Rejected)
            newlyRejected.push_back(i);
        topic.state = TopicState::Rejected;
        openGap(i, wallNs, QByteArrayLiteral("rejected"));
        topic.rejection = reason;
        topic.missingPermissions = answer ? answer->missingPermissions : QByteArrayList();
    }
    return newlyRejected;
}

void TopicLedger::setPending(quint16 lane)
{
    for (const std::size_t i : m_byLane[lane]) {
        if (m_topics[i].state == TopicState::Permitted)
            m_topics[i].state = TopicState::Pending;
    }
}

void TopicLedger::openGap(std::size_t topic, qint64 fromWallNs, const QByteArray& cause)
{
    OpenGap& open = m_open[topic];
    if (m_listened[topic] && (open.fromWallNs == 0 || fromWallNs < open.fromWallNs))
        open = {fromWallNs, cause};
}

void TopicLedger::openGaps(quint16 lane, qint64 fromWallNs, const QByteArray& cause)
{
    for (const std::size_t i : m_byLane[lane])
        openGap(i, fromWallNs, cause);
}

std::vector<TopicGapEntry> TopicLedger::closeGaps(quint16 lane, qint64 toWallNs, GapsEnd end)
{
    std::vector<TopicGapEntry> entries;
    for (const std::size_t i : m_byLane[lane]) {
        if (m_open[i].fromWallNs == 0 || (end != GapsEnd::All && m_topics[i].state == TopicState::Rejected))
            continue;
        const OpenGap gap = std::exchange(m_open[i], OpenGap());
        ++m_topics[i].gaps;
        entries.push_back({m_topics[i].id, lane, gap.fromWallNs, toWallNs, gap.cause});
    }
    m_gapCount += entries.size();
    for (const TopicGapEntry& entry : entries)
        m_gaps.push_back(entry);
    while (m_gaps.size() > NotificationState::gapLimit)
        m_gaps.pop_front();
    return entries;
}

int TopicLedger::countOf(quint16 lane, TopicState state) const
{
    const std::vector<std::size_t>& own = m_byLane[lane];
    return int(std::count_if(own.begin(), own.end(), [&](std::size_t i) { return m_topics[i].state == state; }));
}

int TopicLedger::permitted(quint16 lane) const
{
    return countOf(lane, TopicState::Permitted);
}

int TopicLedger::rejected(quint16 lane) const
{
    return countOf(lane, TopicState::Rejected);
}

bool TopicLedger::isAllRejected() const
{
    return std::all_of(m_topics.begin(), m_topics.end(),
                       [](const TopicStatus& topic) { return topic.state == TopicState::Rejected; });
}

QByteArrayList TopicLedger::missingPermissions() const
{
    QByteArrayList names;
    for (const TopicStatus& topic : m_topics) {
        for (const QByteArray& name : topic.missingPermissions) {
            if (names.size() < permissionsShown && !names.contains(name))
                names.append(name);
        }
    }
    return names;
}

QByteArray TopicLedger::firstRejection() const
{
    const auto first = std::find_if(m_topics.begin(), m_topics.end(), [](const TopicStatus& topic) {
        return topic.state == TopicState::Rejected && !topic.rejection.isEmpty();
    });
    return first == m_topics.end() ? QByteArray() : first->rejection;
}

} // namespace framescope
