#include "ui/mainwindow/windowmemory.h"

#include "core/session/sessionconfig.h"

#include <QDir>
#include <QFileInfo>
#include <QSettings>

namespace framescope {

namespace {
const QString layoutGroup = QStringLiteral("layout/");
const QString recentKey = QStringLiteral("recent/sessions");
const QString importPayloadsKey = QStringLiteral("import/payloads");
const QString importRulesKey = QStringLiteral("import/redaction");
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

ImportChoice WindowMemory::lastImport()
{
    const QSettings settings(preparedPath(), QSettings::IniFormat);
    ImportChoice choice;
    const QString policy = settings.value(importPayloadsKey).toString();
    for (const PayloadPolicy known : {PayloadPolicy::Full, PayloadPolicy::DigestOnly, PayloadPolicy::Redacted}) {
        if (policy == QLatin1String(payloadPolicyName(known)))
            choice.payloads = known;
    }
    const QByteArray rules = settings.value(importRulesKey).toString().toUtf8();
    choice.redaction = RedactionRules::fromLines(rules).value_or(RedactionRules());
    return choice;
}

void WindowMemory::setLastImport(const ImportChoice& choice)
{
    QSettings settings(preparedPath(), QSettings::IniFormat);
    settings.setValue(importPayloadsKey, QString::fromLatin1(payloadPolicyName(choice.payloads)));
    settings.setValue(importRulesKey, QString::fromUtf8(choice.redaction.toLines()));
}

} // namespace framescope
