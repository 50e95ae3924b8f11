#include "core/session/retentionwords.h"

#include <QRegularExpression>
#include <array>
#include <cmath>

namespace framescope {

namespace {

struct Unit
{
    const char* name;
    quint64 factor;
};
// The first one of a factor is how it is written.
constexpr auto ageUnits = std::to_array<Unit>({{"s", 1}, {"min", 60}, {"m", 60}, {"h", 3'600}, {"d", 86'400}, {"", 1}});
constexpr auto sizeUnits = std::to_array<Unit>({{"B", 1},
                                                {"kB", 1'000},
                                                {"KiB", 1ULL << 10},
                                                {"MB", 1'000'000},
                                                {"MiB", 1ULL << 20},
                                                {"GB", 1'000'000'000},
                                                {"GiB", 1ULL << 30},
                                                {"TB", 1'000'000'000'000},
                                                {"TiB", 1ULL << 40},
                                                {"", 1}});
constexpr double mostSeconds = 10.0 * 366 * 86'400;
constexpr double leastBytes = 1 << 20;
constexpr double mostBytes = double(1ULL << 50);
constexpr double mostFrames = 1e15;

/// A number and one of @p units; below zero when it is none.
double valueOf(const QString& text, std::span<const Unit> units)
{
    static const QRegularExpression form(QStringLiteral("^\\s*(\\d{1,15}(?:\\.\\d{1,6})?)\\s*([A-Za-z]*)\\s*$"));
    const auto match = form.match(text);
    if (!match.hasMatch())
        return -1;
    for (const Unit& unit : units) {
        if (match.captured(2).compare(QLatin1String(unit.name), Qt::CaseInsensitive) == 0)
            return match.captured(1).toDouble() * double(unit.factor);
    }
    return -1;
}

/// In the largest unit that leaves a whole number.
QString inUnits(quint64 value, std::span<const Unit> units)
{
    if (value == 0)
        return {};
    const Unit* best = &units.front();
    for (const Unit& unit : units) {
        if (unit.factor > best->factor && value % unit.factor == 0)
            best = &unit;
    }
    return QStringLiteral("%1 %2").arg(value / best->factor).arg(QLatin1String(best->name));
}

} // namespace

Expected<std::chrono::seconds> retentionAgeOf(const QString& text)
{
    const double seconds = valueOf(text, ageUnits);
    if (seconds < 1 || seconds > mostSeconds)
        return failure(ErrorCode::InvalidArgument,
                       QStringLiteral("an age is a number with s, min, h or d: '15 min', '7 d'; 1 s to 10 years"));
    return std::chrono::seconds(std::llround(seconds));
}

Expected<quint64> retentionBytesOf(const QString& text)
{
    const double bytes = valueOf(text, sizeUnits);
    if (bytes < leastBytes || bytes > mostBytes)
        return failure(ErrorCode::InvalidArgument,
                       QStringLiteral("a size is a number with MB, MiB, GB, GiB, TB or TiB: '500 MB'; 1 MiB or more"));
    return quint64(bytes);
}

Expected<quint64> retentionFramesOf(const QString& text)
{
    QString digits = text;
    const double frames = valueOf(digits.remove(u','), std::array{Unit{"", 1}});
    if (frames < 1 || frames > mostFrames || frames != std::floor(frames))
        return failure(ErrorCode::InvalidArgument, QStringLiteral("a number of frames is a whole number from 1"));
    return quint64(frames);
}

QString retentionText(std::chrono::seconds age)
{
    return inUnits(quint64(age.count()), ageUnits);
}

QString retentionBytesText(quint64 bytes)
{
    return inUnits(bytes, sizeUnits);
}

QString retentionFramesText(quint64 frames)
{
    return frames == 0 ? QString() : QString::number(frames);
}

} // namespace framescope
