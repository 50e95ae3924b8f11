#pragma once
/// What the audit log says about redaction: at a session's start its rules (names and places are no secret), at its end
/// what they did. Thread: any; pure.
#include "core/frame/redactionrules.h"
#include "core/store/sessionfile.h"

#include <QJsonObject>

namespace framescope {

/// "full", "digest", "redacted": as the command line and the start event say it.
[[nodiscard]] QString payloadWord(PayloadPolicy policy);
/// `redaction`: a list of {name, pointer, type}.
void addRedactionRules(const RedactionRules& rules, QJsonObject& detail);
/// `frames_redacted`, `payloads_withheld`, and `values_redacted` by the rules' names, also of those that found nothing.
void addRedactionCounts(const RedactionRules& rules, const RedactionCounts& counts, QJsonObject& detail);

} // namespace framescope
