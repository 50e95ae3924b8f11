#include "ui/mainwindow/windowmemory.h"

#include "core/session/sessionconfig.h"

#include <QDir>
#include <QFileInfo>
#include <QSettings>

namespace framescope {

namespace {
const QString layoutGroup = QStringLiteral("layout/");
const QString recentKey = QStringLiteral("recent/sessions");
} // namespace

QString WindowMemory::path()
{
    return QFileInfo(defaultSessionFolder()).path() + QStringLiteral("/window.ini");
}

namespace {

/// The file's path, its folder made.
QString preparedPath()
{
    const QString folder = QFileInfo(WindowMemory::path()).path();
    if (QDir().mkpath(folder))
        QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return WindowMemory::path();
}

} // namespace

QByteArray WindowMemory::state(const QString& key)
{
    return QSettings(preparedPath(), QSettings::IniFormat).value(layoutGroup + key).toByteArray();
}

void WindowMemory::setState(const QString& key, const QByteArray& state)
{
    QSettings(preparedPath(), QSettings::IniFormat).setValue(layoutGroup + key, state);
}

void WindowMemory::forgetLayout()
{
    QSettings(preparedPath(), QSettings::IniFormat).remove(layoutGroup.chopped(1));
}

QStringList WindowMemory::recentSessions()
{
    return QSettings(preparedPath(), QSettings::IniFormat).value(recentKey).toStringList().mid(0, recentLimit);
}

void WindowMemory::addRecentSession(const QString& path)
{
    QStringList paths = recentSessions();
    paths.removeAll(path);
    paths.prepend(path);
    QSettings(preparedPath(), QSettings::IniFormat).setValue(recentKey, paths.mid(0, recentLimit));
}

void WindowMemory::clearRecentSessions()
{
    QSettings(preparedPath(), QSettings::IniFormat).remove(recentKey);
}

} // namespace framescope
