#pragma once
/// What a session file's audit events tell about the notifications of a session: gap ledger and topics. Counts, ages
/// and channels are not in them: those are live only.
/// Thread: one. Memory: 20,000 topics at most, and NotificationState::gapLimit gaps.
#include "core/frame/auditevent.h"
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
    /// Null while these are no events of notifications.
    [[nodiscard]] NotificationStatePtr state() const;

private:
    [[nodiscard]] TopicStatus* topicOf(const QByteArray& id, const AuditEvent& event);
    void permit(const QByteArray& id, const AuditEvent& event);
    void reject(const AuditEvent& event, const QJsonObject& detail);
    void addGap(const AuditEvent& event, const QJsonObject& detail);

    NotificationState m_state;
    QHash<QByteArray, std::size_t> m_rows;
    bool m_isOfNotifications = false;
};

/// The same of all @p events at once.
[[nodiscard]] NotificationStatePtr recordedNotifications(const std::vector<AuditEvent>& events);

} // namespace framescope
