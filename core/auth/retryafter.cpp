#include "core/auth/retryafter.h"

#include <QDateTime>
#include <QLocale>
#include <QTimeZone>

namespace framescope {

namespace {

constexpr qint64 secondsLimit = 366LL * 24 * 3600; // more is no wait, it is a refusal

/// The weekday is left out: it is redundant, and a sender that gets it wrong still means the date.
std::optional<QDateTime> httpDate(const QString& text, int yearNow)
{
    const QLocale english = QLocale::c(); // month names never depend on the person's language
    const qsizetype comma = text.indexOf(QLatin1Char(','));
    QDateTime date;
    if (comma > 0) {
        const QString rest = text.mid(comma + 1).simplified();
        date = english.toDateTime(rest, QStringLiteral("dd MMM yyyy hh:mm:ss 'GMT'"));
        if (!date.isValid()) {
            date = english.toDateTime(rest, QStringLiteral("dd-MMM-yy hh:mm:ss 'GMT'")); // obsolete RFC 850 form
            if (date.isValid()) {
                // Two digits mean the century that puts the date at most 50 years ahead.
                const int year = date.date().year() % 100 + yearNow / 100 * 100;
                const int placed = year > yearNow + 50 ? year - 100 : year;
                date = date.addYears(placed - date.date().year());
            }
        }
    } else {
        const QString rest = text.simplified(); // asctime: "Sun Nov  6 08:49:37 1994"
        date = english.toDateTime(rest.mid(rest.indexOf(QLatin1Char(' ')) + 1), QStringLiteral("MMM d hh:mm:ss yyyy"));
    }
    if (!date.isValid())
        return {};
    date.setTimeSpec(Qt::UTC);
    return date;
}

} // namespace

std::optional<qint64> parseHttpDate(QByteArrayView value, qint64 wallNowMs)
{
    const QByteArray text = value.first(std::min<qsizetype>(value.size(), 64)).toByteArray().trimmed();
    const int yearNow = QDateTime::fromMSecsSinceEpoch(wallNowMs, Qt::UTC).date().year();
    const std::optional<QDateTime> date = httpDate(QString::fromLatin1(text), yearNow);
    if (!date)
        return {};
    return date->toMSecsSinceEpoch();
}

std::optional<std::chrono::milliseconds> parseRetryAfter(QByteArrayView value, qint64 wallNowMs)
{
    const QByteArray text = value.first(std::min<qsizetype>(value.size(), 64)).toByteArray().trimmed();
    if (text.isEmpty())
        return {};
    if (std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        bool fits = false;
        const qint64 seconds = text.toLongLong(&fits);
        return std::chrono::seconds(fits ? std::min(seconds, secondsLimit) : secondsLimit);
    }
    const std::optional<qint64> date = parseHttpDate(text, wallNowMs);
    if (!date)
        return {};
    return std::chrono::milliseconds(std::clamp<qint64>(*date - wallNowMs, 0, secondsLimit * 1000));
}

} // namespace framescope
