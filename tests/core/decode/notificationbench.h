#pragma once
// Notifications as the service sends them: the sample frames, made events, and a bench that judges them by the topics'
// schemas.
#include "tests/core/decode/decoderbench.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace framescope::test {

inline DecoderOptions topicOptions(const QByteArray& availableTopics = {}, bool maskPersonal = false)
{
    const Expected<TopicSchemas> topics =
        availableTopics.isEmpty() ? TopicSchemas::builtIn() : TopicSchemas::fromAvailableTopics(availableTopics);
    if (!topics)
        qFatal("%s at %s", qPrintable(topics.error().detail), qPrintable(topics.error().place));
    DecoderOptions options;
    options.topics = *topics;
    options.maskPersonal = maskPersonal;
    return options;
}

inline QJsonArray sampleFrames()
{
    QFile file(QStringLiteral(FRAMESCOPE_SOURCE_DIR "/tests/data/genesys/sample-frames.json"));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s", qPrintable(file.errorString()));
    return QJsonDocument::fromJson(file.readAll()).array();
}

inline QByteArray compact(const QJsonValue& frame)
{
    return QJsonDocument(frame.toObject()).toJson(QJsonDocument::Compact);
}

/// The list of topics that the service publishes, with one topic.
inline QByteArray topicList(const QByteArray& schema, const QByteArray& id = "v2.test.{id}")
{
    return R"({"entities":[{"id":")" + id + R"(","schema":)" + schema + "}]}";
}

inline QByteArray notification(const QByteArray& body, const QByteArray& topic = "v2.test.1")
{
    return R"({"topicName":")" + topic + R"(","version":"2","eventBody":)" + body +
           R"(,"metadata":{"CorrelationId":"907a70c3-1012-4037-b64c-e4228c38fb29"}})";
}

using JsonPath = QStringList;

/// Calls @p each with the path and value of everything in @p value, from the top.
template <typename Each>
void forEachValue(const QJsonValue& value, const JsonPath& path, const Each& each)
{
    each(path, value);
    if (value.isObject()) {
        const QJsonObject object = value.toObject();
        for (auto it = object.begin(); it != object.end(); ++it)
            forEachValue(it.value(), path + JsonPath{it.key()}, each);
    } else if (value.isArray()) {
        const QJsonArray array = value.toArray();
        for (qsizetype i = 0; i < array.size(); ++i)
            forEachValue(array[i], path + JsonPath{QString::number(i)}, each);
    }
}

/// @p value with @p now at @p path; a member that is not there is added.
inline QJsonValue withValueAt(const QJsonValue& value, const JsonPath& path, const QJsonValue& now)
{
    if (path.isEmpty())
        return now;
    const QString& step = path.front();
    if (value.isArray()) {
        QJsonArray array = value.toArray();
        array[step.toInt()] = withValueAt(array[step.toInt()], path.mid(1), now);
        return array;
    }
    QJsonObject object = value.toObject();
    object[step] = withValueAt(object.value(step), path.mid(1), now);
    return object;
}

inline QByteArray pointerOf(const JsonPath& path)
{
    QByteArray pointer;
    for (const QString& step : path)
        pointer += '/' + step.toUtf8();
    return pointer;
}

} // namespace framescope::test
