#include "core/session/redactiondetail.h"

#include <QJsonDocument>

namespace framescope {

QString payloadWord(PayloadPolicy policy)
{
    switch (policy) {
    case PayloadPolicy::Full:
        return QStringLiteral("full");
    case PayloadPolicy::DigestOnly:
        return QStringLiteral("digest");
    case PayloadPolicy::Redacted:
        break;
    }
    return QStringLiteral("redacted");
}

void addRedactionRules(const RedactionRules& rules, QJsonObject& detail)
{
    detail.insert(QStringLiteral("redaction"),
                  QJsonDocument::fromJson(rules.toJson()).object().value(QStringLiteral("rules")));
}

void addRedactionCounts(const RedactionRules& rules, const RedactionCounts& counts, QJsonObject& detail)
{
    QJsonObject values;
    for (const auto& [name, count] : valuesByName(rules, counts))
        values.insert(QString::fromUtf8(name), qint64(count));
    detail.insert(QStringLiteral("frames_redacted"), qint64(counts.frames));
    detail.insert(QStringLiteral("payloads_withheld"), qint64(counts.withheld));
    detail.insert(QStringLiteral("values_redacted"), values);
}

} // namespace framescope
