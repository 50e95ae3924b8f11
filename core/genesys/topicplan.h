#pragma once
/// Which topic goes to which channel, and which cannot go anywhere: decided before anything is sent.
///
/// Limits of the service: 1,000 topics a channel, 20 channels a user and application, 200 characters a topic. Topics
/// about the stream itself (channel.metadata, v2.system) are delivered without being asked for; the service's own
/// clients leave them out too. Thread: any; pure. Errors: InvalidArgument, with what to do.
#include "core/base/error.h"

#include <QByteArray>
#include <QStringList>
#include <vector>

namespace framescope {

struct PlannedTopic
{
    QByteArray id;
    quint16 lane = 0;
    QString refusal; ///< why it is not even asked for; empty: it is
};

struct TopicPlan
{
    std::vector<PlannedTopic> topics; ///< in the order given, without those dropped
    std::vector<QByteArray> duplicates;
    std::vector<QByteArray> system; ///< left out: they come by themselves
    int lanes = 0;

    [[nodiscard]] std::vector<QByteArray> topicsOf(quint16 lane) const;
};

[[nodiscard]] Expected<TopicPlan> planTopics(const std::vector<QByteArray>& topics, int topicsPerChannel);

} // namespace framescope
