#include "core/genesys/topicplan.h"

#include "core/frame/topicname.h"
#include "core/genesys/notificationconfig.h"

#include <QSet>

namespace framescope {

namespace {

QString refusalOf(const QByteArray& id)
{
    const QString text = QString::fromUtf8(id);
    if (text.size() > ServiceLimit::topicLength)
        return QStringLiteral("The topic has %1 characters; the service takes %2.")
            .arg(text.size())
            .arg(ServiceLimit::topicLength);
    const auto isControl = [](QChar c) { return c.unicode() < 0x20 || (c.unicode() >= 0x7f && c.unicode() < 0xa0); };
    if (std::any_of(text.begin(), text.end(), isControl))
        return QStringLiteral("The topic contains control characters.");
    return {};
}

} // namespace

std::vector<QByteArray> TopicPlan::topicsOf(quint16 lane) const
{
    std::vector<QByteArray> ids;
    for (const PlannedTopic& topic : topics) {
        if (topic.lane == lane && topic.refusal.isEmpty())
            ids.push_back(topic.id);
    }
    return ids;
}

Expected<TopicPlan> planTopics(const std::vector<QByteArray>& topics, int topicsPerChannel)
{
    const int perChannel = std::max(1, topicsPerChannel);
    TopicPlan plan;
    QSet<QByteArray> seen;
    int asked = 0;
    for (const QByteArray& raw : topics) {
        const QByteArray id = raw.trimmed();
        if (id.isEmpty())
            continue;
        if (isSystemTopic(id)) {
            plan.system.push_back(id);
            continue;
        }
        if (seen.contains(id.toLower())) { // the service compares without case
            plan.duplicates.push_back(id);
            continue;
        }
        seen.insert(id.toLower());
        PlannedTopic topic{id, 0, refusalOf(id)};
        if (topic.refusal.isEmpty())
            topic.lane = quint16(std::min(asked++ / perChannel, int(std::numeric_limits<quint16>::max())));
        plan.topics.push_back(std::move(topic));
    }
    const int channels = ServiceLimit::channelsPerUserAndApp;
    plan.lanes = asked / perChannel + (asked % perChannel != 0 ? 1 : 0);
    if (plan.topics.empty())
        return failure(ErrorCode::InvalidArgument,
                       QStringLiteral("No topic was chosen. Name at least one, such as v2.users.ID.presence."));
    if (asked == 0)
        return failure(ErrorCode::InvalidArgument,
                       QStringLiteral("None of the topics can be asked for. %1").arg(plan.topics.front().refusal),
                       QString::fromUtf8(plan.topics.front().id.left(ServiceLimit::topicLength)));
    if (plan.lanes > channels)
        return failure(
            ErrorCode::InvalidArgument,
            QStringLiteral("%1 topics with %2 on a channel need %3 channels; a user and application may have "
                           "%4, of %5 topics each. Take fewer topics, combine those of one user or queue "
                           "(v2.users.ID?presence&routingStatus), or use a second OAuth client.")
                .arg(asked)
                .arg(perChannel)
                .arg(plan.lanes)
                .arg(channels)
                .arg(ServiceLimit::topicsPerChannel));
    if (asked > channels * ServiceLimit::topicsPerChannel)
        return failure(
            ErrorCode::InvalidArgument,
            QStringLiteral("%1 topics are more than the %2 that a user and application may have in all. Take "
                           "fewer topics, combine those of one user or queue, or use a second OAuth client.")
                .arg(asked)
                .arg(channels * ServiceLimit::topicsPerChannel));
    return plan;
}

} // namespace framescope
