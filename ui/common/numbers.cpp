#include "ui/common/numbers.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

namespace framescope {

namespace {

QString numberText(const char* text)
{
    return QCoreApplication::translate("Numbers", text);
}

QDateTime utc(qint64 wallNs)
{
    return QDateTime::fromMSecsSinceEpoch(wallNs / 1'000'000, Qt::UTC);
}

} // namespace

QString countText(quint64 count)
{
    return QLocale().toString(count);
}

QString shortCountText(quint64 count)
{
    if (count < 100'000)
        return countText(count);
    if (count < 100'000'000)
        return numberText("%1 k").arg(QLocale().toString(count / 1'000));
    return numberText("%1 M").arg(QLocale().toString(count / 1'000'000));
}

QString sizeText(quint64 bytes)
{
    if (bytes < 1'000)
        return numberText("%1 B").arg(bytes);
    double value = double(bytes);
    const char* const units[] = {"%1 kB", "%1 MB", "%1 GB", "%1 TB"};
    std::size_t unit = 0;
    value /= 1'000;
    while (value >= 999.5 && unit + 1 < std::size(units)) {
        value /= 1'000;
        ++unit;
    }
    return numberText(units[unit]).arg(QLocale().toString(value, 'f', value < 10 ? 1 : 0));
}

QString durationText(qint64 ns)
{
    const double ms = double(ns) / 1e6;
    // Most verdicts come within microseconds: "0.00 ms" would say nothing.
    if (ms < 1)
        return numberText("%1 µs").arg(QLocale().toString(ms * 1e3, 'f', ms < 0.01 ? 1 : 0));
    return numberText("%1 ms").arg(QLocale().toString(ms, 'f', ms < 100 ? 2 : 0));
}

QString percentText(double share)
{
    // 99.996 % must not read as 100 %: something was refused.
    const double shown = share >= 1.0 ? 100.0 : std::min(share * 100.0, 99.99);
    return numberText("%1 %").arg(QLocale().toString(shown, 'f', 2));
}

QString utcTimeText(qint64 wallNs)
{
    return utc(wallNs).toString(QStringLiteral("HH:mm:ss.zzz"));
}

QString utcDateTimeText(qint64 wallNs)
{
    return utc(wallNs).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz"));
}

QString countdownText(qint64 seconds)
{
    const qint64 left = std::max<qint64>(0, seconds);
    const auto two = [](qint64 value) { return QStringLiteral("%1").arg(value, 2, 10, QLatin1Char('0')); };
    if (left < 3600)
        return two(left / 60) + QLatin1Char(':') + two(left % 60);
    return two(left / 3600) + QLatin1Char(':') + two(left / 60 % 60) + QLatin1Char(':') + two(left % 60);
}

} // namespace framescope
