#include "tests/core/simulator/shapecheck.h"

#include <QDateTime>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

namespace framescope::test {

namespace {

bool isOfType(const QJsonValue& value, const QString& type)
{
    if (type == QLatin1String("string"))
        return value.isString();
    if (type == QLatin1String("boolean"))
        return value.isBool();
    if (type == QLatin1String("integer"))
        return value.isDouble() && double(qint64(value.toDouble())) == value.toDouble();
    if (type == QLatin1String("number"))
        return value.isDouble();
    return type == QLatin1String("object") && value.isObject();
}

} // namespace

ShapeCheck::ShapeCheck()
{
    QFile file(QStringLiteral(FRAMESCOPE_SOURCE_DIR "/tests/data/genesys/topic-shapes.json"));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("no topic-shapes.json");
    const QJsonObject shapes = QJsonDocument::fromJson(file.readAll()).object();
    m_topics = shapes.value(QStringLiteral("topics")).toObject();
    for (const QString& name : m_topics.keys()) {
        const QString pattern =
            QRegularExpression::escape(name).replace(QStringLiteral("\\{id\\}"), QStringLiteral("[^.]+"));
        m_patterns.emplace_back(name, QRegularExpression(QRegularExpression::anchoredPattern(pattern)));
    }
    m_definitions = shapes.value(QStringLiteral("definitions")).toObject();
}

QString ShapeCheck::templateOf(const QString& topic) const
{
    for (const auto& [name, pattern] : m_patterns) {
        if (pattern.match(topic).hasMatch())
            return name;
    }
    return {};
}

QStringList ShapeCheck::problemsOf(const QString& topic, const QJsonObject& body) const
{
    const QString name = templateOf(topic);
    if (name.isEmpty())
        return {QStringLiteral("no such topic: ") + topic};
    QStringList problems;
    checkObject({}, body, m_topics.value(name).toString(), problems);
    return problems;
}

void ShapeCheck::checkObject(const QString& where, const QJsonObject& object, const QString& type,
                             QStringList& problems) const
{
    const QJsonObject members = m_definitions.value(type).toObject();
    for (auto member = object.begin(); member != object.end(); ++member) {
        const QString there = where + QLatin1Char('/') + member.key();
        if (!members.contains(member.key()))
            problems.append(there + QStringLiteral(": unknown member"));
        else
            check(there, member.value(), members.value(member.key()).toObject(), problems);
    }
}

void ShapeCheck::check(const QString& where, const QJsonValue& value, const QJsonObject& shape,
                       QStringList& problems) const
{
    if (shape.contains(QLatin1String("ref"))) {
        if (value.isObject())
            checkObject(where, value.toObject(), shape.value(QStringLiteral("ref")).toString(), problems);
        else
            problems.append(where + QStringLiteral(": no object"));
    } else if (shape.contains(QLatin1String("array"))) {
        if (!value.isArray())
            problems.append(where + QStringLiteral(": no array"));
        const QJsonArray array = value.toArray();
        for (const QJsonValue& element : array)
            check(where + QStringLiteral("[]"), element, shape.value(QStringLiteral("array")).toObject(), problems);
    } else if (shape.contains(QLatin1String("map"))) {
        const QString type = shape.value(QStringLiteral("map")).toString();
        const QJsonObject map = value.toObject();
        if (!value.isObject())
            problems.append(where + QStringLiteral(": no map"));
        for (auto member = map.begin(); member != map.end(); ++member) {
            if (!isOfType(member.value(), type))
                problems.append(where + QLatin1Char('/') + member.key() + QStringLiteral(": no ") + type);
        }
    } else {
        const QString type = shape.value(QStringLiteral("type")).toString();
        const QJsonArray allowed = shape.value(QStringLiteral("enum")).toArray();
        if (!isOfType(value, type))
            problems.append(where + QStringLiteral(": no ") + type);
        else if (!allowed.isEmpty() && !allowed.contains(value))
            problems.append(where + QStringLiteral(": value not listed: ") + value.toString());
        else if (shape.value(QStringLiteral("format")).toString() == QLatin1String("date-time") &&
                 !QDateTime::fromString(value.toString(), Qt::ISODateWithMs).isValid())
            problems.append(where + QStringLiteral(": no time: ") + value.toString());
    }
}

} // namespace framescope::test
