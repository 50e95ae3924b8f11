#pragma once
/// What a session tells about its notifications afterwards: its audit events of gaps and of rejected topics, its frames
/// of the others, and how many each has (a frame whose payload is gone names only its kind of topic). Channels are live
/// only.
/// Thread: one. Memory: 20,000 topics at most, and NotificationState::gapLimit gaps.
#include "core/frame/auditevent.h"
#include "core/frame/frame.h"
#include "core/genesys/notificationstate.h"

#include <QHash>
#include <vector>

class QJsonObject;

namespace framescope {

class RecordedTopics
{
public:
    /// The next event; true when it changed something.
    bool take(const AuditEvent& event);
    /// The next frames, of a replay: which topics they belong to. True as above.
    bool take(const FrameBatch& batch);
    /// Null while these are no events of notifications.
    [[nodiscard]] NotificationStatePtr state() const;

private:
    [[nodiscard]] TopicStatus* topicOf(const QByteArray& id, quint16 lane);
    void permit(const QByteArray& id, const AuditEvent& event);
    void reject(const AuditEvent& event, const QJsonObject& detail);
    void addGap(const AuditEvent& event, const QJsonObject& detail);

    NotificationState m_state;
    QHash<QByteArray, std::size_t> m_rows;
    bool m_isOfNotifications = false;
};

} // namespace framescope
