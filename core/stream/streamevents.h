#pragma once
/// The audit events of a stream, one function each, so that their details are spelled in one place.
/// Thread: any; pure. Details are redacted by auditEvent(). Times in ms.
#include "core/frame/auditevent.h"
#include "core/stream/transport.h"

namespace framescope::streamevents {

[[nodiscard]] AuditEvent signInFailed(const Error& error);
[[nodiscard]] AuditEvent connectFailed(const QString& endpoint, const TransportFailure& failure);
/// {"clean","code","reason","words"}; code is "1012-1014" where the transport hides which.
[[nodiscard]] AuditEvent closed(const QString& endpoint, const TransportClose& close);
/// The same when we ended it: {"by":"us"} beside the code.
[[nodiscard]] AuditEvent closedByUs(const QString& endpoint, int code);
/// stall-detected, pong-missed or transport-limit.
[[nodiscard]] AuditEvent tripped(const QString& endpoint, TransportGuard guard, const QString& what);
/// @p cause is code-like and stable: "closed 1006", "stall", "pong-missed", "limit", "suspended".
[[nodiscard]] AuditEvent gap(const QString& endpoint, qint64 lengthMs, const QString& cause);
[[nodiscard]] QString gapCause(TransportGuard guard);

} // namespace framescope::streamevents
