#include "ui/common/topicwords.h"

#include "core/base/clock.h"
#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"

#include <QByteArrayList>
#include <QCoreApplication>
#include <QLocale>
#include <QUuid>
#include <cmath>

namespace framescope {

namespace {

constexpr qsizetype longestToldName = 200;
constexpr qsizetype uuidLength = 36;

QString topicText(const char* text)
{
    return QCoreApplication::translate("TopicWords", text);
}

bool isIdentifier(const QByteArray& segment)
{
    if (segment.startsWith('{'))
        return true;
    return segment.size() == uuidLength && !QUuid::fromString(QLatin1String(segment)).isNull();
}

QString millisecondsText(double ms)
{
    const QString minus = ms < 0 ? QStringLiteral("−") : QString();
    const double size = std::abs(ms);
    if (size < 10'000)
        return minus + topicText("%1 ms").arg(QLocale().toString(size, 'f', size < 10 ? 1 : 0));
    return minus + topicText("%1 s").arg(QLocale().toString(size / 1000.0, 'f', 1));
}

} // namespace

QString shortTopicName(QByteArrayView topic)
{
    if (!topic.startsWith("v2."))
        return visibleLine(topic, longestToldName);
    QByteArrayList kept;
    for (const QByteArray& segment : topic.sliced(3).toByteArray().split('.')) {
        if (!isIdentifier(segment))
            kept.append(segment);
    }
    return kept.isEmpty() ? visibleLine(topic, longestToldName) : visibleLine(kept.join('.'), longestToldName);
}

QString spanText(qint64 ns)
{
    const qint64 seconds = std::max<qint64>(0, ns) / nsPerSecond;
    if (seconds < 60)
        return topicText("%1 s").arg(seconds);
    if (seconds < 3600)
        return topicText("%1 min %2 s").arg(seconds / 60).arg(seconds % 60);
    if (seconds < 86'400)
        return topicText("%1 h %2 min").arg(seconds / 3600).arg(seconds / 60 % 60);
    return topicText("%1 d %2 h").arg(seconds / 86'400).arg(seconds / 3600 % 24);
}

QString exactSpanText(qint64 ns)
{
    const qint64 span = std::max<qint64>(0, ns);
    if (span >= 10 * nsPerSecond)
        return spanText(span);
    return topicText("%1 s").arg(QLocale().toString(double(span) / double(nsPerSecond), 'f', 1));
}

QString offsetText(qint64 ns)
{
    const double ms = double(ns) / 1e6;
    return topicText("about %1").arg((ms >= 0 ? QStringLiteral("+") : QString()) + millisecondsText(ms));
}

QString signedLatencyText(qint64 ns)
{
    return millisecondsText(double(ns) / 1e6);
}

} // namespace framescope
