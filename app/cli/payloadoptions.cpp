#include "app/cli/payloadoptions.h"

#include "app/cli/words.h"

namespace framescope::cli {

namespace {

const QString policyOption = QStringLiteral("payloads");
const QString fileOption = QStringLiteral("redact");
const QString pointerOption = QStringLiteral("redact-pointer");

std::optional<QString> readRules(const QCommandLineParser& parser, RedactionRules& rules)
{
    for (const QString& path : parser.values(fileOption)) {
        const auto read = RedactionRules::fromFile(path);
        if (!read)
            return QStringLiteral("--redact: ") + inWords(read.error());
        if (read->isEmpty())
            return QStringLiteral("--redact: there is no rule in %1").arg(path);
        if (const auto added = rules.add(*read); !added)
            return QStringLiteral("--redact: ") + inWords(added.error());
    }
    for (const QString& line : parser.values(pointerOption)) {
        const auto rule = RedactionRules::ruleFromLine(line.toUtf8());
        const auto added = rule ? rules.add(*rule) : Expected<void>(tl::unexpected(rule.error()));
        if (!added)
            return QStringLiteral("--redact-pointer '%1': %2").arg(line, added.error().detail);
    }
    return std::nullopt;
}

} // namespace

void addPayloadOptions(QCommandLineParser& parser)
{
    const auto add = [&parser](const QString& name, const char* value, const char* description) {
        parser.addOption({name, QString::fromUtf8(description), QString::fromLatin1(value)});
    };
    add(policyOption, "full|digest|redacted",
        "Keep payloads, only their SHA-256, or payloads without the values that rules name; default full.");
    add(fileOption, "FILE",
        "Redaction rules: {\"rules\":[{\"name\":…,\"pointer\":…,\"type\":…}]}; 'type' may be absent.");
    add(pointerOption, "NAME=POINTER",
        "One rule: NAME=/a/*/b, or NAME@TYPE=/a/b for one type of message; may be given more than once.");
}

std::optional<QString> readPayloadOptions(const QCommandLineParser& parser, PayloadChoice& choice)
{
    if (auto problem = readRules(parser, choice.rules))
        return problem;
    const bool hasRules = parser.isSet(fileOption) || parser.isSet(pointerOption);
    if (parser.isSet(policyOption)) {
        const QString policy = parser.value(policyOption);
        if (policy == QStringLiteral("full"))
            choice.policy = PayloadPolicy::Full;
        else if (policy == QStringLiteral("digest"))
            choice.policy = PayloadPolicy::DigestOnly;
        else if (policy == QStringLiteral("redacted"))
            choice.policy = PayloadPolicy::Redacted;
        else
            return QStringLiteral("--payloads takes full, digest or redacted");
        if (hasRules && choice.policy != PayloadPolicy::Redacted)
            return QStringLiteral("--redact and --redact-pointer go with --payloads redacted");
    } else if (hasRules) {
        choice.policy = PayloadPolicy::Redacted;
    }
    if (choice.policy == PayloadPolicy::Redacted && choice.rules.isEmpty())
        return QStringLiteral(
            "--payloads redacted needs rules: --redact FILE or --redact-pointer NAME=POINTER, such as phone=/a/*/b");
    return std::nullopt;
}

QString redactionText(const RedactionRules& rules, const RedactionCounts& counts)
{
    QStringList parts;
    for (const auto& [name, count] : valuesByName(rules, counts))
        parts += QString::fromUtf8(name) + u' ' + grouped(count);
    QString text = parts.join(QStringLiteral(", "));
    if (counts.withheld > 0)
        text +=
            QStringLiteral("; %1 messages in which rules find no places: digest only").arg(grouped(counts.withheld));
    return text;
}

} // namespace framescope::cli
