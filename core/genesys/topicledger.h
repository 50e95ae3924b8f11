#pragma once
/// The state of each topic and the gap ledger of a notification session.
///
/// Counting is by the concrete name in a frame, without case; a combined topic counts the events of all its single
/// ones. Cost of an event: one hash over the name, no allocation. Memory: the configured topics and the newest gaps.
/// Thread: the stream's.
#include "core/base/clock.h"
#include "core/genesys/channelcalls.h"
#include "core/genesys/notificationstate.h"
#include "core/genesys/topicplan.h"

#include <QHash>
#include <QStringView>
#include <deque>

namespace framescope {

enum class GapsEnd
{
    OfSubscribed, ///< connected again: of topics that are listened to again
    All           ///< the session ends
};

class TopicLedger
{
public:
    explicit TopicLedger(const TopicPlan& plan);

    void countEvent(QStringView topicName, const Instant& arrival);

    /// What the service answered for the topics of @p lane; the indices of those that are newly rejected. One that was
    /// listened to before has a gap from @p wallNs on.
    std::vector<std::size_t> applyAnswer(quint16 lane, const std::vector<TopicAnswer>& answers, qint64 wallNs);
    void setPending(quint16 lane);
    /// From then on each topic of @p lane that was listened to may miss events; the earlier of two beginnings counts.
    void openGaps(quint16 lane, qint64 fromWallNs, const QByteArray& cause);
    /// One entry for each gap of @p lane that ends here; returns them. That of a rejected topic stays open.
    std::vector<TopicGapEntry> closeGaps(quint16 lane, qint64 toWallNs, GapsEnd end);

    [[nodiscard]] const std::vector<TopicStatus>& topics() const { return m_topics; }
    [[nodiscard]] const std::deque<TopicGapEntry>& gaps() const { return m_gaps; }
    [[nodiscard]] quint64 gapCount() const { return m_gapCount; }
    [[nodiscard]] int permitted(quint16 lane) const;
    [[nodiscard]] int rejected(quint16 lane) const;
    [[nodiscard]] bool isAllRejected() const;
    /// Permissions that rejected topics miss, and the first reason: for an error text.
    [[nodiscard]] QByteArrayList missingPermissions() const;
    [[nodiscard]] QByteArray firstRejection() const;

private:
    void index(const QByteArray& name, std::size_t topic);
    void openGap(std::size_t topic, qint64 fromWallNs, const QByteArray& cause);
    [[nodiscard]] quint64 hashOf(QStringView name) const;
    [[nodiscard]] int countOf(quint16 lane, TopicState state) const;

    struct OpenGap
    {
        qint64 fromWallNs = 0; ///< 0: none is open
        QByteArray cause;
    };
    struct Known
    {
        QString name; ///< lower case
        std::size_t topic = 0;
    };

    std::vector<TopicStatus> m_topics;
    std::vector<bool> m_listened; ///< was permitted once: what it misses is a gap
    std::vector<OpenGap> m_open;  ///< one for each topic
    std::vector<std::vector<std::size_t>> m_byLane;
    std::vector<Known> m_known;
    QHash<quint64, std::size_t> m_byHash; ///< to m_known
    std::deque<TopicGapEntry> m_gaps;
    quint64 m_gapCount = 0;
    quint64 m_seed;
};

} // namespace framescope
