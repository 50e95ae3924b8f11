#include "core/stream/streamevents.h"

#include "core/stream/closecodes.h"

namespace framescope::streamevents {

namespace {

AuditAction actionOf(TransportGuard guard)
{
    switch (guard) {
    case TransportGuard::Stall:
        return AuditAction::StallDetected;
    case TransportGuard::PongMissed:
        return AuditAction::PongMissed;
    case TransportGuard::Limit:
        return AuditAction::TransportLimit;
    }
    return AuditAction::TransportLimit;
}

QJsonObject detailOf(const Error& error)
{
    return {{QStringLiteral("error"), errorCodeName(error.code)}, {QStringLiteral("reason"), error.detail}};
}

} // namespace

AuditEvent signInFailed(const Error& error)
{
    return auditEvent(AuditAction::SignInFailed, Severity::Error, error.place, detailOf(error));
}

AuditEvent connectFailed(const QString& endpoint, const TransportFailure& failure)
{
    QJsonObject detail = detailOf(failure.error);
    if (failure.httpStatus != 0)
        detail.insert(QStringLiteral("status"), failure.httpStatus);
    return auditEvent(AuditAction::ConnectFailed, Severity::Error, endpoint, detail);
}

AuditEvent closed(const QString& endpoint, const TransportClose& close)
{
    const QJsonValue code = close.codeExact ? QJsonValue(close.code) : QJsonValue(QStringLiteral("1012-1014"));
    return auditEvent(AuditAction::Closed, isNormalClose(close.code) ? Severity::Note : Severity::Warning, endpoint,
                      {{QStringLiteral("code"), code},
                       {QStringLiteral("reason"), close.reason},
                       {QStringLiteral("clean"), close.clean},
                       {QStringLiteral("words"), closeSentence(close.code)}});
}

AuditEvent closedByUs(const QString& endpoint, int code)
{
    return auditEvent(AuditAction::Closed, Severity::Note, endpoint,
                      {{QStringLiteral("code"), code},
                       {QStringLiteral("by"), QStringLiteral("us")},
                       {QStringLiteral("words"), QStringLiteral("Ended by this program")}});
}

AuditEvent tripped(const QString& endpoint, TransportGuard guard, const QString& what)
{
    return auditEvent(actionOf(guard), Severity::Error, endpoint, {{QStringLiteral("reason"), what}});
}

AuditEvent gap(const QString& endpoint, qint64 lengthMs, const QString& cause)
{
    return auditEvent(AuditAction::Gap, Severity::Warning, endpoint,
                      {{QStringLiteral("ms"), lengthMs},
                       {QStringLiteral("cause"), cause},
                       {QStringLiteral("lost"), QStringLiteral("unverifiable")}});
}

QString gapCause(TransportGuard guard)
{
    switch (guard) {
    case TransportGuard::Stall:
        return QStringLiteral("stall");
    case TransportGuard::PongMissed:
        return QStringLiteral("pong-missed");
    case TransportGuard::Limit:
        return QStringLiteral("limit");
    }
    return {};
}

} // namespace framescope::streamevents
