#include "core/audit/auditentry.h"

#include "core/frame/findingcatalogue.h"

namespace framescope {

namespace {

Severity severityOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Accepted:
        return Severity::Note;
    case Verdict::Warned:
        return Severity::Warning;
    case Verdict::Refused:
        return Severity::Error;
    }
    return Severity::Error;
}

/// Who made it happen: the other side of the wire, the person, or this program.
QByteArray actorOf(AuditAction action)
{
    switch (action) {
    case AuditAction::RateLimited:
    case AuditAction::Connected:
    case AuditAction::ConnectFailed:
    case AuditAction::Closed:
    case AuditAction::Gap:
    case AuditAction::StallDetected:
    case AuditAction::PongMissed:
    case AuditAction::SignInFailed:
    case AuditAction::TokenExpired:
    case AuditAction::ChannelLost:
    case AuditAction::TopicRejected:
    case AuditAction::TopicGap:
    case AuditAction::HeartbeatLate:
    case AuditAction::HeartbeatLost:
    case AuditAction::SocketClosing:
    case AuditAction::NoLongerSubscribed:
    case AuditAction::SocketReplaced:
    case AuditAction::TokenRevoked:
        return QByteArrayLiteral("stream");
    case AuditAction::ReconnectRequested:
    case AuditAction::SettingChanged:
    case AuditAction::Exported:
    case AuditAction::Marked:
    case AuditAction::Unmarked:
        return QByteArrayLiteral("user");
    default:
        return QByteArrayLiteral("framescope");
    }
}

// Written by hand, since it is made for every frame of an export; names come from our catalogue and need no escaping.
QByteArray frameDetail(const FrameBatch& batch, std::size_t index)
{
    const FrameHead& head = batch.heads[index];
    QByteArray json;
    json.reserve(192);
    json += "{\"checksum\":\"";
    json += QByteArrayView(checksumStateName(head.checksum));
    json += "\",\"findings\":[";
    bool first = true;
    for (const Finding& finding : batch.findingsOf(index)) {
        json += first ? "\"" : ",\"";
        json += findingInfo(finding.id).name;
        json += '"';
        first = false;
    }
    json += "],\"number\":" + QByteArray::number(head.number);
    if (index < batch.digests.size() && batch.digests[index] != Sha256Digest{})
        json += ",\"sha256\":\"" + toHex(batch.digests[index]) + '"';
    json += ",\"size_bytes\":" + QByteArray::number(head.sizeBytes) + '}';
    return json;
}

} // namespace

AuditEntry auditEntryForFrame(const FrameBatch& batch, std::size_t index)
{
    const FrameHead& head = batch.heads[index];
    AuditEntry entry;
    entry.seq = batch.firstAuditSeq + index;
    entry.at = {head.monoNs, head.wallNs};
    entry.severity = severityOf(head.verdict);
    entry.actor = QByteArrayLiteral("stream");
    entry.action = "frame-" + QByteArray(verdictName(head.verdict).data());
    entry.object = batch.typeNameOf(index).toByteArray();
    entry.detail = frameDetail(batch, index);
    entry.frame = head.number;
    entry.connection = head.connection;
    entry.attempt = head.attempt;
    return entry;
}

AuditEntry auditEntryForEvent(const AuditEvent& event)
{
    AuditEntry entry;
    entry.seq = event.seq;
    entry.at = event.at;
    entry.severity = event.severity;
    entry.actor = actorOf(event.action);
    entry.action = QByteArray(auditActionName(event.action).data());
    entry.object = event.object;
    entry.detail = event.detail;
    entry.connection = event.connection;
    entry.attempt = event.attempt;
    return entry;
}

} // namespace framescope
