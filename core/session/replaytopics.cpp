#include "core/session/replaytopics.h"

#include "core/genesys/schemacache.h"

#include <QDir>
#include <QFile>

namespace framescope {

namespace {
constexpr int mostCachedFiles = 10;
}

ReplayTopics topicsOfVersion(const QByteArray& version, const QString& cacheFolder)
{
    Expected<TopicSchemas> builtIn = TopicSchemas::builtIn();
    const QString builtInOrigin = QStringLiteral("built-in");
    if (!builtIn || builtIn->version() == version)
        return {builtIn, builtInOrigin, builtIn.has_value()};
    const QFileInfoList files =
        QDir(cacheFolder).entryInfoList({QStringLiteral("*.json")}, QDir::Files | QDir::NoSymLinks, QDir::Time);
    for (const QFileInfo& info : files.mid(0, mostCachedFiles)) {
        QFile file(info.filePath());
        if (info.size() > SchemaCache::sizeLimit || !file.open(QIODevice::ReadOnly))
            continue;
        Expected<TopicSchemas> cached = TopicSchemas::fromAvailableTopics(file.readAll());
        if (cached && cached->version() == version)
            return {cached, QStringLiteral("cached"), true};
    }
    return {builtIn, builtInOrigin, false};
}

} // namespace framescope
