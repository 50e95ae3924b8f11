#pragma once
/// Holds JSON against the shapes in tests/data/genesys/topic-shapes.json by walking it. It knows nothing of JSON Schema
/// and shares no code with the program: an independent opinion. Thread: one.
#include <QByteArray>
#include <QJsonObject>
#include <QRegularExpression>
#include <QStringList>
#include <utility>
#include <vector>

namespace framescope::test {

class ShapeCheck
{
public:
    /// Reads the file; qFatal when it is not there.
    ShapeCheck();

    /// What is wrong with an event of that topic, each with where: unknown members, wrong types, unlisted values.
    /// Empty: nothing.
    [[nodiscard]] QStringList problemsOf(const QString& topic, const QJsonObject& body) const;
    /// "v2.users.{id}.presence" for a concrete topic, or empty.
    [[nodiscard]] QString templateOf(const QString& topic) const;
    [[nodiscard]] QStringList templates() const { return m_topics.keys(); }

private:
    void check(const QString& where, const QJsonValue& value, const QJsonObject& shape, QStringList& problems) const;
    void checkObject(const QString& where, const QJsonObject& object, const QString& type, QStringList& problems) const;

    QJsonObject m_topics;
    std::vector<std::pair<QString, QRegularExpression>> m_patterns;
    QJsonObject m_definitions;
};

} // namespace framescope::test
