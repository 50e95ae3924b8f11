#include "ui/preferences/preferences.h"

#include "core/base/basefolder.h"
#include "core/session/sessionconfig.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSettings>

namespace framescope {

namespace {

const QString schemeKey = QStringLiteral("appearance/scheme");
const QString matrixKey = QStringLiteral("payloads/matrix");
const QString windowKey = QStringLiteral("metrics/window_frames");
const QString flagKey = QStringLiteral("limits/flag_bytes");
const QString refuseKey = QStringLiteral("limits/refuse_bytes");
const QString breakerKey = QStringLiteral("limits/breaker_mean_mb");
const QString coolDownKey = QStringLiteral("limits/breaker_cool_down_s");

constexpr std::pair<ColorScheme, const char*> schemeNames[] = {
    {ColorScheme::Auto, "auto"}, {ColorScheme::Light, "light"}, {ColorScheme::Dark, "dark"}};

template <typename T>
T inRange(bool understood, T value, T least, T most, T standard)
{
    return understood && value >= least && value <= most ? value : standard;
}

QString preferenceText(const char* text)
{
    return QCoreApplication::translate("Preferences", text);
}

// QSettings takes anything for an INI file, binary rubbish too.
bool isText(const QString& path)
{
    constexpr qint64 looked = 64 * 1024;
    QFile file(path);
    return !file.open(QIODevice::ReadOnly) || !file.read(looked).contains('\0');
}

// A file that QSettings cannot parse would be overwritten by the next save: it is moved aside first, so that nothing a
// person wrote is lost.
QString setAside(const QString& path)
{
    const QString stamp = QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd'T'HHmmss'Z'"));
    const QString aside = path + QStringLiteral(".unreadable-") + stamp;
    return QFile::rename(path, aside) ? aside : QString();
}

Preferences fromSettings(const QSettings& settings)
{
    const Preferences standard;
    Preferences read;
    const QString scheme = settings.value(schemeKey).toString();
    for (const auto& [value, name] : schemeNames) {
        if (scheme == QLatin1String(name))
            read.scheme = value;
    }
    read.matrixPath = settings.value(matrixKey).toString();

    bool ok = false;
    const auto text = [&settings](const QString& key) { return settings.value(key).toString(); };
    const auto frames = text(windowKey).toInt(&ok);
    read.metricsWindow = inRange(ok, frames, Preferences::metricsWindowRange.least,
                                 Preferences::metricsWindowRange.most, standard.metricsWindow);
    const quint64 least = quint64(Preferences::limitRangeKiB.least) * 1024;
    const quint64 most = quint64(Preferences::limitRangeKiB.most) * 1024;
    const auto flag = text(flagKey).toULongLong(&ok);
    read.flagBytes = inRange<quint64>(ok, flag, least, most, standard.flagBytes);
    const auto refuse = text(refuseKey).toULongLong(&ok);
    read.refuseBytes = inRange<quint64>(ok, refuse, least, most, standard.refuseBytes);
    read.flagBytes = std::min(read.flagBytes, read.refuseBytes);
    const auto mean = text(breakerKey).toDouble(&ok);
    read.breakerMeanMb = inRange(ok, mean, Preferences::breakerMeanRangeMb.least, Preferences::breakerMeanRangeMb.most,
                                 standard.breakerMeanMb);
    const auto coolDown = text(coolDownKey).toInt(&ok);
    read.breakerCoolDownSeconds = inRange(ok, coolDown, Preferences::breakerCoolDownRange.least,
                                          Preferences::breakerCoolDownRange.most, standard.breakerCoolDownSeconds);
    return read;
}

} // namespace

QString Preferences::path()
{
    return baseFolder("XDG_CONFIG_HOME", QStringLiteral("/.config")) + QStringLiteral("/framescope/preferences.ini");
}

Preferences Preferences::load(QString* notice)
{
    const QString file = path();
    Preferences read;
    bool readable = true;
    {
        const QSettings settings(file, QSettings::IniFormat);
        (void)settings.allKeys(); // QSettings parses a section only when it is asked for
        readable = settings.status() != QSettings::FormatError && isText(file);
        if (readable)
            read = fromSettings(settings);
    }
    if (readable)
        return read;
    const QString aside = setAside(file);
    if (notice) {
        *notice = aside.isEmpty()
                      ? preferenceText("The preferences in %1 could not be read. The defaults are used.").arg(file)
                      : preferenceText("The preferences could not be read and are kept as %1. The defaults are used.")
                            .arg(aside);
    }
    return {};
}

Expected<void> Preferences::save() const
{
    const QString file = path();
    const QString folder = QFileInfo(file).path();
    const bool isNew = !QDir(folder).exists();
    if (!QDir().mkpath(folder))
        return failure(ErrorCode::Io, QStringLiteral("the folder cannot be made"), folder);
    if (isNew)
        QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);

    QSettings settings(file, QSettings::IniFormat);
    for (const auto& [value, name] : schemeNames) {
        if (value == scheme)
            settings.setValue(schemeKey, QLatin1String(name));
    }
    settings.setValue(matrixKey, matrixPath);
    settings.setValue(windowKey, QString::number(metricsWindow));
    settings.setValue(flagKey, QString::number(flagBytes));
    settings.setValue(refuseKey, QString::number(refuseBytes));
    settings.setValue(breakerKey, QString::number(breakerMeanMb));
    settings.setValue(coolDownKey, QString::number(breakerCoolDownSeconds));
    settings.sync();
    if (settings.status() != QSettings::NoError)
        return failure(ErrorCode::Io, QStringLiteral("the file cannot be written"), file);
    return {};
}

void Preferences::applyTo(SessionConfig& config) const
{
    config.matrixPath = matrixPath;
    config.metricsWindow = metricsWindow;
    config.sizeLimits.flagBytes = flagBytes;
    config.sizeLimits.refuseBytes = refuseBytes;
    config.breakerLimits.meanBytes = std::uint64_t(breakerMeanMb * 1'000'000);
    config.breakerLimits.coolDown = std::chrono::seconds(breakerCoolDownSeconds);
    config.breakerLimits.maximumCoolDown =
        std::max(config.breakerLimits.maximumCoolDown, config.breakerLimits.coolDown);
}

} // namespace framescope
