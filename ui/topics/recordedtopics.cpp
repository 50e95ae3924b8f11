#include "ui/topics/recordedtopics.h"

#include "core/filter/messagetopic.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace framescope {

namespace {

constexpr std::size_t topicLimit = 20'000; // 20 channels of 1,000: more is not a session of this service

qint64 wallNsOf(const QJsonValue& value)
{
    const QDateTime time = QDateTime::fromString(value.toString(), Qt::ISODateWithMs);
    return time.isValid() ? time.toMSecsSinceEpoch() * 1'000'000 : 0;
}

} // namespace

bool RecordedTopics::take(const AuditEvent& event)
{
    const QJsonObject detail = QJsonDocument::fromJson(event.detail).object();
    switch (event.action) {
    case AuditAction::ChannelCreated:
        m_isOfNotifications = true;
        break;
    case AuditAction::TopicsSubscribed:
        m_isOfNotifications = true;
        for (const auto& id : detail.value(QLatin1String("topics")).toArray())
            permit(id.toString().toUtf8(), event);
        break;
    case AuditAction::TopicRejected:
        m_isOfNotifications = true;
        reject(event, detail);
        break;
    case AuditAction::TopicGap:
        m_isOfNotifications = true;
        addGap(event, detail);
        break;
    case AuditAction::SchemasLoaded:
        m_state.schemaOrigin = detail.value(QLatin1String("origin")).toString().toUtf8();
        m_state.schemaVersion = detail.value(QLatin1String("version")).toString().toUtf8();
        break;
    default:
        return false;
    }
    return true;
}

bool RecordedTopics::take(const FrameBatch& batch)
{
    bool isNews = false;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const FrameHead& head = batch.heads[i];
        if ((head.flags & FrameFlag::Control) != 0)
            continue;
        const QByteArrayView name = topicOfMessage(batch, i);
        // The name lives as long as the batch: nothing is copied for one that is known.
        TopicStatus* topic = topicOf(QByteArray::fromRawData(name.data(), name.size()), head.connection);
        if (!topic)
            continue;
        isNews = true;
        topic->state = TopicState::Permitted;
        ++topic->events;
        topic->lastEventWallNs = head.wallNs;
        topic->lastEventMonoNs = head.monoNs;
    }
    return isNews;
}

NotificationStatePtr RecordedTopics::state() const
{
    return m_isOfNotifications ? std::make_shared<const NotificationState>(m_state) : nullptr;
}

/// Null when there are too many.
TopicStatus* RecordedTopics::topicOf(const QByteArray& id, quint16 lane)
{
    const auto known = m_rows.constFind(id);
    if (known != m_rows.constEnd())
        return &m_state.topics[*known];
    if (id.isEmpty() || m_state.topics.size() >= topicLimit)
        return nullptr;
    TopicStatus status;
    status.id = QByteArray(id.constData(), id.size());
    m_rows.insert(status.id, m_state.topics.size());
    status.lane = lane;
    m_state.topics.push_back(status);
    return &m_state.topics.back();
}

void RecordedTopics::permit(const QByteArray& id, const AuditEvent& event)
{
    TopicStatus* topic = topicOf(id, event.connection);
    if (!topic)
        return;
    topic->state = TopicState::Permitted;
    if (topic->subscribedWallNs == 0)
        topic->subscribedWallNs = event.at.wallNs;
}

void RecordedTopics::reject(const AuditEvent& event, const QJsonObject& detail)
{
    TopicStatus* topic = topicOf(event.object, event.connection);
    if (!topic)
        return;
    topic->state = TopicState::Rejected;
    topic->rejection = detail.value(QLatin1String("reason")).toString().toUtf8();
    topic->missingPermissions.clear();
    const QJsonValue missing = detail.value(QLatin1String("missing_permissions"));
    for (const auto& name : missing.toArray())
        topic->missingPermissions.append(name.toString().toUtf8());
    if (missing.isString() && !missing.toString().isEmpty())
        topic->missingPermissions.append(missing.toString().toUtf8());
}

void RecordedTopics::addGap(const AuditEvent& event, const QJsonObject& detail)
{
    TopicGapEntry gap;
    gap.topic = event.object;
    gap.lane = event.connection;
    gap.fromWallNs = wallNsOf(detail.value(QLatin1String("from")));
    gap.toWallNs = wallNsOf(detail.value(QLatin1String("to")));
    gap.cause = detail.value(QLatin1String("cause")).toString().toUtf8();
    if (TopicStatus* topic = topicOf(gap.topic, event.connection)) {
        ++topic->gaps;
        if (topic->state == TopicState::Pending)
            topic->state = TopicState::Permitted; // only what was listened to can have a gap
    }
    m_state.gaps.push_back(std::move(gap));
    ++m_state.gapCount;
    if (m_state.gaps.size() > 2 * NotificationState::gapLimit)
        m_state.gaps.erase(m_state.gaps.begin(), m_state.gaps.end() - NotificationState::gapLimit);
}

} // namespace framescope
