#include "ui/connection/topicids.h"

#include "core/frame/topicname.h"
#include "ui/common/plaintext.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace framescope {

namespace {

constexpr qsizetype longestShown = 80;

QString topicIdText(const char* text)
{
    return QCoreApplication::translate("TopicIds", text);
}

} // namespace

TopicParameter topicParameter(QByteArrayView pattern)
{
    const QByteArray name = pattern.toByteArray();
    const qsizetype brace = name.indexOf('{');
    if (brace < 0)
        return TopicParameter::None;
    const QByteArray before = name.left(brace);
    if (name.count('{') == 1 && before.endsWith(".queues."))
        return TopicParameter::Queue;
    if (name.count('{') == 1 && before.endsWith(".users."))
        return TopicParameter::User;
    return TopicParameter::Other;
}

QString filledTopic(const QString& pattern, const QString& id)
{
    QString topic = pattern;
    const QStringList parts = pattern.count(QLatin1Char('{')) > 1 ? id.split(QLatin1Char('/')) : QStringList{id};
    qsizetype from = 0;
    for (const QString& part : parts) {
        const qsizetype open = topic.indexOf(QLatin1Char('{'), from);
        const qsizetype close = topic.indexOf(QLatin1Char('}'), open);
        if (open < 0 || close < 0)
            break;
        topic.replace(open, close - open + 1, part);
        from = open + part.size();
    }
    return topic;
}

QStringList pastedWords(const QString& text)
{
    static const QRegularExpression separators(QStringLiteral("[\\s,;]+"));
    return text.split(separators, Qt::SkipEmptyParts);
}

QString topicProblem(const QString& topic)
{
    static const QRegularExpression allowed(QStringLiteral("^[A-Za-z0-9._\\-?&@:~+]+$"));
    const QString shown = visibleText(topic.left(longestShown));
    if (topic.contains(QLatin1Char('{')) || topic.contains(QLatin1Char('}')))
        return topicIdText("%1 still has a place for an id.").arg(shown);
    if (topic.size() > ServiceLimit::topicLength)
        return topicIdText("%1 … has more than %2 characters.").arg(shown).arg(ServiceLimit::topicLength);
    if (!topic.startsWith(QLatin1String("v2.")) || !allowed.match(topic).hasMatch())
        return topicIdText("%1 is no topic: topics begin with v2.").arg(shown);
    if (isSystemTopic(topic.toUtf8()))
        return topicIdText("%1 comes by itself.").arg(shown);
    return {};
}

QString topicObstacle(const AvailableTopic& topic, bool hasUser)
{
    if (!topic.isForWebSocket())
        return topicIdText("not over WebSocket: %1 only").arg(visibleLine(topic.transports.join(", "), longestShown));
    if (topic.requiresCurrentUser && !hasUser)
        return topicIdText("needs a signed-in person: client credentials have none");
    return {};
}

} // namespace framescope
