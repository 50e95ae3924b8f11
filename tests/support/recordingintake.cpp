#include "tests/support/recordingintake.h"

#include <QJsonDocument>

namespace framescope::test {

void RecordingIntake::receive(const RawFrame& frame)
{
    frames.push_back({frame.opcode, frame.attempt, frame.arrival,
                      frame.isUtf16() ? frame.text.toUtf8() : frame.bytes.toByteArray(), frame.isUtf16()});
    order.append(QStringLiteral("frame"));
    if (onFrame)
        onFrame(frame);
}

void RecordingIntake::record(AuditEvent event)
{
    order.append(auditActionName(event.action));
    events.push_back(std::move(event));
}

std::vector<AuditEvent> RecordingIntake::eventsOf(AuditAction action) const
{
    std::vector<AuditEvent> found;
    for (const AuditEvent& event : events) {
        if (event.action == action)
            found.push_back(event);
    }
    return found;
}

QJsonValue RecordingIntake::detail(AuditAction action, const char* key) const
{
    const std::vector<AuditEvent> found = eventsOf(action);
    return found.empty() ? QJsonValue()
                         : QJsonDocument::fromJson(found.back().detail).object().value(QLatin1String(key));
}

} // namespace framescope::test
