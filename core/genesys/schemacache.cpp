#include "core/genesys/schemacache.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QSaveFile>

namespace framescope {

namespace {

constexpr int versionsKept = 5;

/// A file name of a host's own letters only, whatever the host's name is.
QString prefixFor(const QString& host)
{
    QString prefix;
    for (const QChar c : host.toLower().left(100)) {
        const bool plain = (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9') || c == u'.';
        prefix += plain ? c : QLatin1Char('_');
    }
    while (prefix.startsWith(QLatin1Char('.')))
        prefix[0] = QLatin1Char('_');
    return prefix + QLatin1Char('-');
}

QFileInfoList filesOf(const QString& folder, const QString& prefix)
{
    return QDir(folder).entryInfoList({prefix + QStringLiteral("????????????????.json")},
                                      QDir::Files | QDir::Readable | QDir::NoSymLinks, QDir::Time);
}

} // namespace

SchemaCache::SchemaCache(QString folder, const QString& host)
    : m_folder(std::move(folder))
    , m_prefix(prefixFor(host))
{
}

QByteArray SchemaCache::newest() const
{
    if (m_folder.isEmpty())
        return {};
    const QFileInfoList files = filesOf(m_folder, m_prefix);
    if (files.isEmpty() || files.front().size() > sizeLimit)
        return {};
    QFile file(files.front().filePath());
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray json = file.read(sizeLimit);
    const bool whole =
        files.front().fileName() == m_prefix + QString::fromLatin1(versionOf(json)) + QStringLiteral(".json");
    return whole ? json : QByteArray();
}

Expected<void> SchemaCache::keep(const QByteArray& json)
{
    if (m_folder.isEmpty() || json.isEmpty() || json.size() > sizeLimit)
        return {};
    const QString name =
        m_folder + QLatin1Char('/') + m_prefix + QString::fromLatin1(versionOf(json)) + QStringLiteral(".json");
    if (!QDir().mkpath(m_folder))
        return failure(ErrorCode::Io, QStringLiteral("The folder for topic schemas cannot be made"), m_folder);
    QSaveFile file(name);
    if (!file.open(QIODevice::WriteOnly | QIODevice::Unbuffered)) // a full disk shows in write()
        return failure(ErrorCode::Io, QStringLiteral("The topic schemas cannot be kept: %1").arg(file.errorString()),
                       name);
    file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    if (file.write(json) != json.size() || !file.commit())
        return failure(ErrorCode::Io, QStringLiteral("The topic schemas cannot be kept: %1").arg(file.errorString()),
                       name);
    const QFileInfoList files = filesOf(m_folder, m_prefix);
    for (qsizetype i = versionsKept; i < files.size(); ++i)
        QFile::remove(files[i].filePath());
    return {};
}

QByteArray SchemaCache::versionOf(const QByteArray& json)
{
    return QCryptographicHash::hash(json, QCryptographicHash::Sha256).toHex().first(16);
}

} // namespace framescope
