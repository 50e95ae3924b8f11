#pragma once
/// What is kept of payloads, as `record` and `import` are told: --payloads, --redact and --redact-pointer.
/// Thread: main.
#include "core/frame/redactionrules.h"
#include "core/store/sessionfile.h"

#include <QCommandLineParser>
#include <optional>

namespace framescope::cli {

struct PayloadChoice
{
    PayloadPolicy policy = PayloadPolicy::Full;
    RedactionRules rules;
};

void addPayloadOptions(QCommandLineParser& parser);
/// Over what @p choice holds already, of a profile: --payloads takes the place of its policy, rules are added to its
/// own. Rules alone mean --payloads redacted. The answer is what is wrong, in words.
[[nodiscard]] std::optional<QString> readPayloadOptions(const QCommandLineParser& parser, PayloadChoice& choice);
/// "phone 12, name 0; 3 messages without places for rules: digest only".
[[nodiscard]] QString redactionText(const RedactionRules& rules, const RedactionCounts& counts);

} // namespace framescope::cli
